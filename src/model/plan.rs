//! A plan: an allocation with its standbys.

use std::collections::BTreeMap;

use super::instance::{CellIdx, Instance, OfferIdx, Standby};

/// Primary shares and standbys of every workload.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// `[n_cells]`, each sorted by offer with positive shares that sum to 1.
    pub allocation: Vec<Vec<(OfferIdx, f64)>>,
    /// `[n_workloads]`, each sorted by offer.
    pub standby: Vec<Vec<Standby>>,
}

impl Plan {
    /// The plan in use today, according to the portfolio file.
    #[must_use]
    pub fn current(instance: &Instance) -> Self {
        Self {
            allocation: instance.cells.iter().map(|c| c.allocation.clone()).collect(),
            standby: instance.workloads.iter().map(|w| w.standby.clone()).collect(),
        }
    }

    /// Share of the cell's demand on the offer.
    #[must_use]
    pub fn share(&self, cell: CellIdx, offer: OfferIdx) -> f64 {
        let shares = &self.allocation[cell];
        shares.binary_search_by_key(&offer, |s| s.0).map_or(0.0, |at| shares[at].1)
    }

    /// Share of the business value that each offer serves, or of demand if all values are 0.
    #[must_use]
    pub fn value_by_offer(&self, instance: &Instance) -> BTreeMap<OfferIdx, f64> {
        let mut served: BTreeMap<OfferIdx, f64> = BTreeMap::new();
        for (cell, list) in self.allocation.iter().enumerate() {
            for &(offer, share) in list {
                *served.entry(offer).or_default() += share * instance.value_share(cell);
            }
        }
        served
    }
}

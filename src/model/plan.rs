//! An allocation with its standbys: what is measured, compared and recommended.

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
    /// What the portfolio file says is in use today.
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
}

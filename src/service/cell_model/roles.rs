//! The roles of offers in the cells of a study: primary, standby, both or neither.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::instance::OfferIdx;
use crate::model::plan::Plan;
use crate::service::setting::Setting;

/// The offers that may be primaries or standbys: those that a plan uses, or all that a plan could use.
#[derive(Debug, Clone)]
pub struct Roles {
    /// `[n_cells]`: possible primaries, ascending.
    pub primaries: Vec<Vec<OfferIdx>>,
    /// `[n_workloads]`: possible standbys, ascending, each with its lead when warm, days.
    pub standbys: Vec<Vec<(OfferIdx, f64)>>,
}

impl Roles {
    /// The offers one plan uses.
    #[must_use]
    pub fn of_plan(plan: &Plan) -> Self {
        Self::of_plans(&[plan])
    }

    /// The offers used by any of several plans of one portfolio; a warm standby has the lead of the first plan that uses it.
    #[must_use]
    pub fn of_plans(plans: &[&Plan]) -> Self {
        let n_cells = plans.iter().map(|p| p.allocation.len()).max().unwrap_or(0);
        let n_workloads = plans.iter().map(|p| p.standby.len()).max().unwrap_or(0);
        let primaries = |cell: usize| {
            let offers = plans.iter().flat_map(|p| p.allocation[cell].iter().map(|s| s.0));
            offers.collect::<BTreeSet<_>>().into_iter().collect()
        };
        let standbys = |workload: usize| {
            let mut leads: BTreeMap<OfferIdx, f64> = BTreeMap::new();
            for standby in plans.iter().flat_map(|p| &p.standby[workload]) {
                // A hot standby has no lead, so a warm one sets it.
                let lead = leads.entry(standby.offer).or_insert(standby.lead_days);
                if *lead == 0.0 {
                    *lead = standby.lead_days;
                }
            }
            leads.into_iter().collect()
        };
        Self {
            primaries: (0..n_cells).map(primaries).collect(),
            standbys: (0..n_workloads).map(standbys).collect(),
        }
    }

    /// Every offer as a primary, and only the standbys of today.
    #[must_use]
    pub fn without_new_standbys(setting: &Setting<'_>) -> Self {
        let mut all = Self::all(setting);
        for (offers, workload) in all.standbys.iter_mut().zip(&setting.instance.workloads) {
            offers.retain(|(offer, _)| workload.standby.iter().any(|own| own.offer == *offer));
        }
        all
    }

    /// Every offer that a plan may use: all eligible offers, and those in use today.
    #[must_use]
    pub fn all(setting: &Setting<'_>) -> Self {
        let instance = setting.instance;
        let primaries = (0..instance.cells.len())
            .map(|cell| {
                let mut offers: BTreeSet<OfferIdx> = setting.law.eligible.offers(cell).collect();
                offers.extend(instance.cells[cell].allocation.iter().map(|s| s.0));
                offers.into_iter().collect()
            })
            .collect();
        let lead = instance.portfolio.readiness.warm_lead_days;
        let standbys = instance
            .workloads
            .iter()
            .map(|w| {
                let mut offers: BTreeSet<OfferIdx> =
                    w.cells.clone().flat_map(|cell| setting.law.eligible.offers(cell)).collect();
                offers.extend(w.standby.iter().map(|s| s.offer));
                let own_lead = |offer| {
                    let own = w.standby.iter().find(|s| s.offer == offer && s.lead_days > 0.0);
                    own.map_or(lead, |s| s.lead_days)
                };
                offers.into_iter().map(|offer| (offer, own_lead(offer))).collect()
            })
            .collect();
        Self { primaries, standbys }
    }
}

//! What a company knows today: models qualified for workloads, hosts under contract, and the capability it has.

use std::collections::BTreeSet;

use crate::model::contract::ContractStatus;
use crate::model::instance::{CellIdx, Instance, ModelIdx, OfferIdx, SupplierIdx, WorkloadIdx};
use crate::model::plan::Plan;

/// Shares below this count as none (methodology/change.md).
pub const NO_SHARE: f64 = 1e-6;

/// What is in use and known today (methodology/change.md).
#[derive(Debug, Clone, Default)]
pub struct KnownToday {
    /// Models that a workload uses, as primary or standby.
    pub models: BTreeSet<(WorkloadIdx, ModelIdx)>,
    /// Hosts in use, as primary or standby.
    pub used_hosts: BTreeSet<SupplierIdx>,
    /// Whether the company runs machines of its own for some workload.
    pub uses_self: bool,
    /// Hosts in use, and those of signed contracts.
    pub hosts: BTreeSet<SupplierIdx>,
    /// `[n_workloads]`: mean capability, points.
    pub quality_points: Vec<f64>,
}

impl KnownToday {
    /// Of today's allocation, standbys and contracts.
    #[must_use]
    pub fn new(instance: &Instance) -> Self {
        let today = Plan::current(instance);
        let (mut models, mut used_hosts, mut uses_self) = (BTreeSet::new(), BTreeSet::new(), false);
        for (workload, offer) in used_offers(instance, &today) {
            models.insert((workload, instance.offers[offer].model));
            used_hosts.extend(instance.offers[offer].host);
            uses_self |= instance.offers[offer].is_self_hosted();
        }
        let signed = instance.portfolio.contracts.iter().filter(|c| c.status == ContractStatus::Signed);
        let hosts = signed.filter_map(|c| instance.supplier_idx(&c.host)).chain(used_hosts.iter().copied());
        let workloads = 0..instance.workloads.len();
        let quality_points = workloads.map(|w| mean_quality(instance, w, &today)).collect();
        Self { models, hosts: hosts.collect(), used_hosts, uses_self, quality_points }
    }
}

/// (workload, offer) in use: with a share in some cell, or as a standby.
#[must_use]
pub fn used_offers(instance: &Instance, plan: &Plan) -> BTreeSet<(WorkloadIdx, OfferIdx)> {
    let mut used: BTreeSet<(WorkloadIdx, OfferIdx)> = BTreeSet::new();
    for (cell, shares) in plan.allocation.iter().enumerate() {
        let workload = instance.cells[cell].workload;
        used.extend(shares.iter().filter(|s| s.1 >= NO_SHARE).map(|s| (workload, s.0)));
    }
    for (workload, standbys) in plan.standby.iter().enumerate() {
        used.extend(standbys.iter().map(|s| (workload, s.offer)));
    }
    used
}

/// Capability of the offer's model for the workload, points; an unrated model counts as the floor, 0 without one.
#[must_use]
pub fn quality_points(instance: &Instance, workload: WorkloadIdx, offer: OfferIdx) -> f64 {
    let rated = instance.model_of(offer).model.quality.general;
    rated.or(instance.workloads[workload].workload.min_quality).unwrap_or(0.0)
}

/// Mean capability of the offers that serve the workload's users, points.
#[must_use]
pub fn mean_quality(instance: &Instance, workload: WorkloadIdx, plan: &Plan) -> f64 {
    let of_cell = |cell: CellIdx| {
        let shares = plan.allocation[cell].iter();
        let points: f64 =
            shares.map(|&(offer, share)| share * quality_points(instance, workload, offer)).sum();
        instance.cells[cell].users_share * points
    };
    instance.workloads[workload].cells.clone().map(of_cell).sum()
}

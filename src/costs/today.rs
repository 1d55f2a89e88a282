//! What a company knows today: models qualified for workloads, hosts under contract, and the capability it has.

use std::collections::{BTreeMap, BTreeSet};

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

    /// Whether the host is in use; `None` is the company itself.
    #[must_use]
    pub fn is_in_use(&self, host: Option<SupplierIdx>) -> bool {
        host.map_or(self.uses_self, |host| self.used_hosts.contains(&host))
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

/// Mean capability of all demand, points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Capability {
    pub points: f64,
    /// Standard error that the ratings of the models in use leave, taken as independent; unrated models add none.
    pub std_error: f64,
}

/// Mean capability of the offers that serve all demand, by tokens.
#[must_use]
pub fn capability(instance: &Instance, plan: &Plan) -> Capability {
    let mut by_model: BTreeMap<ModelIdx, f64> = BTreeMap::new();
    let (mut points, mut total) = (0.0, 0.0);
    for (cell, shares) in plan.allocation.iter().enumerate() {
        let own = &instance.cells[cell];
        for &(offer, share) in shares {
            let mtok = own.mtok_per_month() * share;
            points += mtok * quality_points(instance, own.workload, offer);
            total += mtok;
            *by_model.entry(instance.offers[offer].model).or_default() += mtok;
        }
    }
    let total = f64::max(total, f64::MIN_POSITIVE);
    let variance = |(&model, mtok): (&ModelIdx, &f64)| {
        let error = instance.models[model].model.quality.std_error.unwrap_or(0.0);
        (error * mtok / total).powi(2)
    };
    Capability { points: points / total, std_error: by_model.iter().map(variance).sum::<f64>().sqrt() }
}

//! Sizes of a plan: shares that are worth routing, offers that can be run side by side, capability that is kept
//! (methodology/change.md#sizes). They bind plans, not today.

use std::collections::BTreeSet;

use crate::costs::today::{NO_SHARE, mean_quality};
use crate::model::instance::{CellIdx, Instance, ModelIdx, OfferIdx, SupplierIdx, WorkloadIdx};
use crate::model::plan::Plan;
use crate::service::setting::Setting;

/// Smallest share of a used offer where `smallest_share` is 0: less is a rounding error (methodology/change.md#sizes).
pub const LEAST_SHARE: f64 = 0.001;

/// Slack of shares and of points, for the rounding of sums.
const SLACK: f64 = 1e-6;

/// A rule on the sizes of a workload's plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Size {
    SmallestShare,
    MostOffers,
    KeepQuality,
}

impl Size {
    pub const ALL: [Self; 3] = [Self::SmallestShare, Self::MostOffers, Self::KeepQuality];

    /// The word of the files and reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SmallestShare => "smallest_share",
            Self::MostOffers => "most_offers",
            Self::KeepQuality => "keep_quality",
        }
    }
}

/// Smallest share that a plan may give the offer in the cell, besides none: today's where that is smaller.
#[must_use]
pub fn smallest_share(instance: &Instance, cell: CellIdx, offer: OfferIdx) -> f64 {
    let least = instance.routing(instance.cells[cell].workload).smallest_share.max(LEAST_SHARE);
    let today = instance.cells[cell].allocation.iter().find(|share| share.0 == offer);
    today.map_or(least, |share| least.min(share.1))
}

/// Most (model, host) pairs that a plan may use for the workload: today's number where that is more.
#[must_use]
pub fn most_offers(instance: &Instance, workload: WorkloadIdx) -> Option<usize> {
    let most = instance.routing(workload).most_offers?;
    Some(most.max(pairs_in_use(instance, workload, &Plan::current(instance)).len()))
}

/// Least mean capability that a plan may give the workload, points.
#[must_use]
pub fn least_quality(setting: &Setting<'_>, workload: WorkloadIdx) -> Option<f64> {
    let keep = setting.instance.keep_quality(workload)?;
    Some(setting.known.quality_points[workload] - keep)
}

/// (model, host) pairs with a share in some cell of the workload.
#[must_use]
pub fn pairs_in_use(
    instance: &Instance,
    workload: WorkloadIdx,
    plan: &Plan,
) -> BTreeSet<(ModelIdx, Option<SupplierIdx>)> {
    let cells = instance.workloads[workload].cells.clone();
    let shares = cells.flat_map(|cell| plan.allocation[cell].iter()).filter(|share| share.1 >= NO_SHARE);
    shares.map(|share| (instance.offers[share.0].model, instance.offers[share.0].host)).collect()
}

/// The rules that a plan breaks, by workload.
#[must_use]
pub fn broken_sizes(setting: &Setting<'_>, plan: &Plan) -> Vec<(WorkloadIdx, Size)> {
    let instance = setting.instance;
    let is_broken = |workload: WorkloadIdx, size: Size| match size {
        Size::SmallestShare => instance.workloads[workload].cells.clone().any(|cell| {
            let shares = plan.allocation[cell].iter().filter(|share| share.1 >= NO_SHARE);
            let mut shares = shares.map(|&(offer, share)| share - smallest_share(instance, cell, offer));
            shares.any(|above| above < -SLACK)
        }),
        Size::MostOffers => most_offers(instance, workload)
            .is_some_and(|most| pairs_in_use(instance, workload, plan).len() > most),
        Size::KeepQuality => least_quality(setting, workload).is_some_and(|least| {
            mean_quality(instance, workload, plan) < least - SLACK * least.abs().max(1.0)
        }),
    };
    let all = (0..instance.workloads.len()).flat_map(|w| Size::ALL.map(|size| (w, size)));
    all.filter(|&(workload, size)| is_broken(workload, size)).collect()
}

/// What people read: the rule and the workload.
#[must_use]
pub fn size_name(instance: &Instance, (workload, size): (WorkloadIdx, Size)) -> String {
    format!("{} of {}", size.as_str(), instance.workloads[workload].workload.id)
}

//! Exposure profile: the dependencies of a plan, and what their failure would cost.

use std::collections::BTreeMap;

use super::chokepoints::{Chokepoint, chokepoints};
use super::diversity::Diversity;
use super::minimum_cuts::{WorkloadCut, minimum_cuts};
use super::node_losses::{NodeFailureAnalysis, NodeLoss};
use super::pair_losses::PairLoss;
use super::retirements::{Retirement, retirements};
use super::shares::{DimensionExposure, ExposureSetting};
use super::substitutes::{Substitutes, substitutes};
use crate::costs::MonthlyCost;
use crate::graph::dimension::Dimensions;
use crate::model::instance::{ResolvedWorkload, WorkloadIdx};
use crate::model::limit::{Dimension, NodeKind, Weight};
use crate::model::plan::Plan;
use crate::service::setting::Setting;

/// Kinds of node whose losses are reported, in the documented order.
pub const NODE_KINDS: [NodeKind; 6] = [
    NodeKind::Jurisdiction,
    NodeKind::Territory,
    NodeKind::Supplier,
    NodeKind::Host,
    NodeKind::HostSite,
    NodeKind::Hardware,
];

/// Kinds of node that form pairs: those that can fail independently.
pub const PAIR_KINDS: [NodeKind; 4] =
    [NodeKind::Jurisdiction, NodeKind::Supplier, NodeKind::HostSite, NodeKind::Hardware];

/// Number of pairs reported.
pub const N_PAIRS: usize = 20;

/// Exposure profile of a plan (methodology/exposure.md).
#[derive(Debug, Clone, PartialEq)]
pub struct ExposureProfile {
    pub monthly_cost: MonthlyCost,
    /// USD per day of a complete outage.
    pub value_usd_per_day: f64,
    pub dimensions: BTreeMap<Dimension, DimensionExposure>,
    /// Weighted by value.
    pub diversity: Diversity,
    /// Sorted by kind and id.
    pub node_losses: Vec<NodeLoss>,
    /// The [`N_PAIRS`] pairs with the largest excess.
    pub pair_losses: Vec<PairLoss>,
    /// Sorted by workload, kind and id.
    pub chokepoints: Vec<Chokepoint>,
    /// Sorted by workload and kind.
    pub minimum_cuts: Vec<WorkloadCut>,
    /// In the order of the workloads.
    pub substitutes: Vec<Substitutes>,
    /// The earliest first.
    pub retirements: Vec<Retirement>,
}

/// Shares by dimension of one workload.
#[derive(Debug, Clone, PartialEq)]
pub struct WorkloadExposure {
    pub workload: WorkloadIdx,
    pub dimensions: BTreeMap<Dimension, DimensionExposure>,
    /// Weighted by value.
    pub diversity: Diversity,
}

/// The exposure of a plan: shares, node and pair losses, chokepoints, cuts and substitutes.
#[must_use]
pub fn profile(setting: &Setting<'_>, plan: &Plan) -> ExposureProfile {
    let (dimensions, diversity) = concentration(setting, plan);
    let analysis = NodeFailureAnalysis::new(setting, plan);
    ExposureProfile {
        monthly_cost: setting.monthly_cost(plan),
        value_usd_per_day: setting.instance.value_usd_per_day(),
        dimensions,
        diversity,
        node_losses: analysis.every_loss(&NODE_KINDS),
        pair_losses: analysis.worst_pairs(&PAIR_KINDS, N_PAIRS),
        chokepoints: chokepoints(setting, plan),
        minimum_cuts: minimum_cuts(setting, plan),
        substitutes: substitutes(setting, plan),
        retirements: retirements(setting.instance, plan),
    }
}

/// Shares of a plan by dimension, and its diversity by value.
#[must_use]
pub fn concentration(
    setting: &Setting<'_>,
    plan: &Plan,
) -> (BTreeMap<Dimension, DimensionExposure>, Diversity) {
    let cells = 0..setting.instance.cells.len();
    with_dimensions(setting, |s| {
        (s.exposure(plan, cells.clone()), s.diversity(plan, cells.clone(), Weight::Value))
    })
}

/// Shares by dimension of each workload of a plan, in the order of the workloads.
#[must_use]
pub fn workload_exposures(setting: &Setting<'_>, plan: &Plan) -> Vec<WorkloadExposure> {
    let workloads = setting.instance.workloads.iter().enumerate();
    with_dimensions(setting, |s| {
        let exposure = |(workload, w): (WorkloadIdx, &ResolvedWorkload)| WorkloadExposure {
            workload,
            dimensions: s.exposure(plan, w.cells.clone()),
            diversity: s.diversity(plan, w.cells.clone(), Weight::Value),
        };
        workloads.map(exposure).collect()
    })
}

fn with_dimensions<T>(setting: &Setting<'_>, measure: impl FnOnce(ExposureSetting<'_>) -> T) -> T {
    let dimensions = Dimensions::new(setting.instance, &setting.graph);
    measure(ExposureSetting { instance: setting.instance, prices: &setting.prices, dimensions: &dimensions })
}

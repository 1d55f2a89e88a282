//! `exposure`: the suppliers and countries that the portfolio depends on, and what their failure would cost.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::concentration::{ConcentrationAnswer, DiversityAnswer};
use super::retirements::RetirementAnswer;
use super::substitutes::SubstitutesAnswer;
use super::{FORMAT_VERSION, finite};
use crate::exposure::chokepoints::Chokepoint;
use crate::exposure::minimum_cuts::WorkloadCut;
use crate::exposure::node_losses::{NodeFailure, NodeLoss};
use crate::exposure::pair_losses::PairLoss;
use crate::exposure::profile::{ExposureProfile, WorkloadExposure};
use crate::model::instance::Instance;
use crate::report::answer::currency::CurrencyAnswer;
use crate::report::names::node_name;

/// The suppliers and countries that the portfolio depends on today, and what their failure would cost.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ExposureAnswer {
    /// Version of this format: 1.
    pub format_version: u64,
    /// Name of the portfolio.
    pub portfolio: String,
    #[serde(flatten)]
    pub currency: CurrencyAnswer,
    /// Planned cost of a month, USD.
    pub monthly_cost_usd: f64,
    /// Cost of a complete outage of all workloads, USD a day. Shares by value are shares of this.
    pub value_usd_per_day: f64,
    /// Horizon over which losses are counted, days.
    pub horizon_days: f64,
    #[serde(flatten)]
    pub concentration: ConcentrationAnswer,
    /// Suppliers under contract against suppliers in effect.
    pub diversity: DiversityAnswer,
    /// Loss of each supplier, country, site and kind of hardware, one at a time, at day 0, without notice and for good.
    /// Ordered by kind and id; nodes whose loss costs nothing are included.
    pub node_losses: Vec<NodeLossAnswer>,
    /// Pairs of nodes whose loss together costs most beyond the worse of the two alone, the largest excess first; 20 at most.
    /// No pair contains a node that is part of the other.
    pub pair_losses: Vec<PairLossAnswer>,
    /// Nodes without which a workload has no prepared way to go on, ordered by workload, kind and id.
    pub chokepoints: Vec<ChokepointAnswer>,
    /// Smallest sets of suppliers, and of countries, whose failure stops a workload: two entries per workload.
    pub minimum_cuts: Vec<MinimumCutAnswer>,
    /// What could replace the offers in use, one entry per workload.
    pub substitutes: Vec<SubstitutesAnswer>,
    /// Offers in use, as primary or standby, that their hosts end on a known day, the earliest first. It looks beyond the
    /// horizon.
    pub retirements: Vec<RetirementAnswer>,
    /// Share of the portfolio's value by workload id; empty when no outage costs anything.
    pub value_by_workload: BTreeMap<String, f64>,
    /// Each workload by its id; absent unless asked for with `--by-workload`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workloads: Option<BTreeMap<String, WorkloadExposureAnswer>>,
}

/// What one workload depends on, by itself.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct WorkloadExposureAnswer {
    #[serde(flatten)]
    pub concentration: ConcentrationAnswer,
    /// Suppliers under contract against suppliers in effect.
    pub diversity: DiversityAnswer,
}

/// The loss of one node.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct NodeLossAnswer {
    /// What is lost: `jurisdiction` (all suppliers, sites and hardware under a country or bloc), `territory` (all sites in
    /// it), `supplier` (a company in all its roles), `host` (its sites only), `host_site` or `hardware`.
    pub kind: String,
    /// Id of the node; a host site is `host:REGION`.
    pub id: String,
    /// Name of the node for readers.
    pub name: String,
    /// Served share of the portfolio's value.
    pub service: ServiceAnswer,
    /// Days until something is first unserved; null when everything stays served.
    pub time_to_survive_days: Option<f64>,
    /// Day from which everything stays served again; null when nothing was unserved, or still is at the horizon.
    pub time_to_recover_days: Option<f64>,
    /// Loss over the horizon, USD.
    pub loss_usd: f64,
}

/// Served share of the value at fixed times after a loss; null beyond the horizon.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct ServiceAnswer {
    /// At once.
    #[serde(rename = "0d")]
    pub at_once: Option<f64>,
    /// After 7 days.
    #[serde(rename = "7d")]
    pub after_7_days: Option<f64>,
    /// After 30 days.
    #[serde(rename = "30d")]
    pub after_30_days: Option<f64>,
    /// After 90 days.
    #[serde(rename = "90d")]
    pub after_90_days: Option<f64>,
    /// At the end of the horizon.
    pub end: f64,
}

/// The loss of two nodes together.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct PairLossAnswer {
    /// The two nodes, each as `[kind, id]`.
    pub nodes: [[String; 2]; 2],
    /// Names of the two nodes for readers, in the same order.
    pub names: [String; 2],
    /// Loss of both together over the horizon, USD.
    pub loss_usd: f64,
    /// What that is more than the loss of the worse of the two alone, USD.
    pub excess_usd: f64,
}

/// A node without which a workload has no prepared way to go on: no offer in use, and no hot or warm standby.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ChokepointAnswer {
    /// Id of the workload.
    pub workload: String,
    /// Kind of the node, `supplier` or `hardware` for example.
    pub kind: String,
    /// Id of the node.
    pub id: String,
    /// Name of the node for readers.
    pub name: String,
    /// Days that stocks and buffers last after the node stops.
    pub buffer_days: f64,
}

/// The smallest sets of nodes of one kind whose failure stops a workload.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct MinimumCutAnswer {
    /// Id of the workload.
    pub workload: String,
    /// `supplier` or `jurisdiction`.
    pub kind: String,
    /// Number of nodes in each set; null when no set of up to 6 is enough within the horizon.
    pub size: Option<usize>,
    /// Every set of that size, as lists of ids.
    pub cuts: Vec<Vec<String>>,
    /// Days until the last prepared way is down when the first set fails; null without a set.
    pub days: Option<f64>,
}

impl ExposureAnswer {
    /// The documented `exposure`; `workloads` where each is asked for by itself.
    #[must_use]
    pub fn of(
        instance: &Instance,
        exposure: &ExposureProfile,
        workloads: Option<&[WorkloadExposure]>,
    ) -> Self {
        Self {
            format_version: FORMAT_VERSION,
            portfolio: instance.portfolio.name.clone(),
            currency: CurrencyAnswer::of(&instance.portfolio.currency),
            monthly_cost_usd: exposure.monthly_cost.total_usd(),
            value_usd_per_day: exposure.value_usd_per_day,
            horizon_days: instance.portfolio.horizon_days,
            concentration: ConcentrationAnswer::of(&exposure.dimensions),
            diversity: DiversityAnswer::of(&exposure.diversity),
            node_losses: exposure.node_losses.iter().map(|l| NodeLossAnswer::of(instance, l)).collect(),
            pair_losses: exposure.pair_losses.iter().map(|p| PairLossAnswer::of(instance, p)).collect(),
            chokepoints: exposure.chokepoints.iter().map(|c| ChokepointAnswer::of(instance, c)).collect(),
            minimum_cuts: exposure.minimum_cuts.iter().map(|c| MinimumCutAnswer::of(instance, c)).collect(),
            substitutes: exposure.substitutes.iter().map(|s| SubstitutesAnswer::of(instance, s)).collect(),
            retirements: exposure.retirements.iter().map(|r| RetirementAnswer::of(instance, r)).collect(),
            value_by_workload: value_by_workload(instance, exposure.value_usd_per_day),
            workloads: workloads.map(|list| by_workload(instance, list)),
        }
    }
}

fn value_by_workload(instance: &Instance, all_usd_per_day: f64) -> BTreeMap<String, f64> {
    let workloads = instance.workloads.iter().map(|w| &w.workload);
    let share = |cost: f64| finite(cost / all_usd_per_day);
    workloads.filter_map(|w| Some((w.id.clone(), share(w.outage_cost_usd_per_day)?))).collect()
}

fn by_workload(
    instance: &Instance,
    workloads: &[WorkloadExposure],
) -> BTreeMap<String, WorkloadExposureAnswer> {
    let of_workload = |w: &WorkloadExposure| {
        let answer = WorkloadExposureAnswer {
            concentration: ConcentrationAnswer::of(&w.dimensions),
            diversity: DiversityAnswer::of(&w.diversity),
        };
        (instance.workloads[w.workload].workload.id.clone(), answer)
    };
    workloads.iter().map(of_workload).collect()
}

impl NodeLossAnswer {
    /// The documented entry.
    #[must_use]
    pub fn of(instance: &Instance, loss: &NodeLoss) -> Self {
        let [at_once, after_7_days, after_30_days, after_90_days] = loss.service();
        let end = loss.timeline.service_at_end();
        Self {
            kind: loss.node.kind().as_str().to_owned(),
            id: loss.node.id(instance),
            name: node_name(instance, loss.node),
            service: ServiceAnswer { at_once, after_7_days, after_30_days, after_90_days, end },
            time_to_survive_days: loss.timeline.time_to_survive_days(),
            time_to_recover_days: loss.timeline.time_to_recover_days(),
            loss_usd: loss.loss.total_usd(),
        }
    }
}

impl PairLossAnswer {
    fn of(instance: &Instance, pair: &PairLoss) -> Self {
        Self {
            nodes: pair.nodes.map(|node| [node.kind().as_str().to_owned(), node.id(instance)]),
            names: pair.nodes.map(|node| node_name(instance, node)),
            loss_usd: pair.loss_usd,
            excess_usd: pair.excess_usd,
        }
    }
}

impl ChokepointAnswer {
    /// Whether both say that the same node stops the same workload.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        (&self.workload, &self.kind, &self.id) == (&other.workload, &other.kind, &other.id)
    }

    /// The documented entry.
    #[must_use]
    pub fn of(instance: &Instance, chokepoint: &Chokepoint) -> Self {
        Self {
            workload: instance.workloads[chokepoint.workload].workload.id.clone(),
            kind: chokepoint.node.kind().as_str().to_owned(),
            id: chokepoint.node.id(instance),
            name: node_name(instance, chokepoint.node),
            buffer_days: chokepoint.buffer_days,
        }
    }
}

impl MinimumCutAnswer {
    fn of(instance: &Instance, cut: &WorkloadCut) -> Self {
        let ids = |nodes: &Vec<NodeFailure>| nodes.iter().map(|node| node.id(instance)).collect();
        Self {
            workload: instance.workloads[cut.workload].workload.id.clone(),
            kind: cut.kind.as_str().to_owned(),
            size: cut.size(),
            cuts: cut.cuts.iter().map(ids).collect(),
            days: cut.days,
        }
    }
}

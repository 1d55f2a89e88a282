//! `stress`: what scenarios would cost.

pub mod rows;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::FORMAT_VERSION;
use crate::limits::crisis::BrokenLimit;
use crate::model::instance::Instance;
use crate::report::answer::currency::CurrencyAnswer;
use crate::report::names;
use crate::stress::outcome::{Cause, Instant, StressOutcome, Takeover, WorkloadOutcome};

/// What scenarios would cost. They have no probability: their losses are not part of the average loss.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct StressAnswer {
    /// Version of this format: 1.
    pub format_version: u64,
    #[serde(flatten)]
    pub currency: CurrencyAnswer,
    /// One entry per scenario, in the order asked; with several, the largest loss first.
    pub scenarios: Vec<ScenarioAnswer>,
}

/// What one scenario would cost. Days count from the first day of the horizon, with fractions: 0.25 is six hours.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ScenarioAnswer {
    /// Name of the portfolio.
    pub portfolio: String,
    /// Id of the scenario; that of the shock where a shock is played alone.
    pub scenario: String,
    /// Name of the scenario.
    pub name: String,
    /// Days that are simulated.
    pub horizon_days: f64,
    /// Loss over the horizon, USD: the sum of the next three.
    pub loss_usd: f64,
    /// Cost of what is unserved past the recovery objectives, USD.
    pub outage_usd: f64,
    /// Additional cost of dearer substitutes and prices, USD.
    pub extra_cost_usd: f64,
    /// One-off cost of changes, USD.
    pub one_off_usd: f64,
    /// Lowest served share of the portfolio's value.
    pub least_service: f64,
    /// First day on which service is that low.
    pub least_service_day: f64,
    /// First day on which something is unserved; null when never.
    pub first_unserved_day: Option<f64>,
    /// First day on which something is unserved past its recovery objective, which costs money; null when never.
    pub first_outage_cost_day: Option<f64>,
    /// First day after which everything stays served; null when nothing was unserved, or something still is at the horizon.
    pub recovered_day: Option<f64>,
    /// Each workload, in the order of the portfolio.
    pub workloads: Vec<StressedWorkloadAnswer>,
    /// One entry per event with everything it triggered.
    pub causes: Vec<CauseAnswer>,
    /// Limits broken at some time.
    pub broken_limits: Vec<BrokenLimitAnswer>,
    /// Service at each change, the first at day 0.
    pub timeline: Vec<InstantAnswer>,
    /// Offers that take over from others.
    pub takeovers: Vec<TakeoverAnswer>,
}

/// What a scenario costs one workload.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct StressedWorkloadAnswer {
    /// Id of the workload.
    pub id: String,
    /// Loss over the horizon, USD: the sum of the next three.
    pub loss_usd: f64,
    /// Cost of what is unserved past the recovery objective, USD.
    pub outage_usd: f64,
    /// Additional cost of dearer substitutes and prices, USD.
    pub extra_cost_usd: f64,
    /// One-off cost of changes, USD.
    pub one_off_usd: f64,
    /// Unserved share of the demand, on average over the horizon.
    pub unserved_share: f64,
    /// First day on which something is unserved; null when never.
    pub first_unserved_day: Option<f64>,
    /// First day on which something is unserved past the recovery objective; null when never.
    pub first_outage_cost_day: Option<f64>,
    /// First day after which everything stays served; null when nothing was unserved, or something still is at the horizon.
    pub recovered_day: Option<f64>,
}

/// An event of a scenario and its part of the loss.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CauseAnswer {
    /// Id of the shock.
    pub shock: String,
    /// Name of the shock for readers.
    pub name: String,
    /// Day on which it strikes.
    pub at_day: f64,
    /// Days it lasts; null when it is permanent.
    pub duration_days: Option<f64>,
    /// Id of the jurisdiction that acts; `none` where nobody does.
    pub jurisdiction: String,
    /// Name of that jurisdiction for readers.
    pub jurisdiction_name: String,
    /// Ids of the shocks that it triggered.
    pub triggered: Vec<String>,
    /// Names of those shocks for readers, in the same order.
    pub triggered_names: Vec<String>,
    /// Its part of the loss, USD; the parts of all events add up to the loss.
    pub loss_usd: f64,
    /// What it would cost alone, USD.
    pub alone_usd: f64,
    /// Its part of each workload's loss, USD, by workload id.
    pub workloads: BTreeMap<String, f64>,
}

/// A limit broken while a scenario lasts, tested on what serves at each time.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct BrokenLimitAnswer {
    /// The limit's `id`, else its one-line text.
    pub limit: String,
    /// What values and bounds are counted in: `share` (0 to 1), `hhi` (0 to 1), `count` or `usd`.
    pub unit: String,
    /// Smallest value allowed; null when there is none.
    pub at_least: Option<f64>,
    /// Largest value allowed; null when there is none.
    pub at_most: Option<f64>,
    /// First day on which it is broken.
    pub first_day: f64,
    /// Days in all on which it is broken.
    pub days: f64,
    /// The value farthest beyond the bound.
    pub worst_value: f64,
    /// The bound that it breaks.
    pub bound: f64,
    /// Whether today's portfolio breaks it already.
    pub broken_before: bool,
}

/// Service from a time on, until the next change.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct InstantAnswer {
    /// Day of the change.
    pub day: f64,
    /// Served share of the portfolio's value.
    pub service: f64,
    /// Served share of each workload's demand, by its id.
    pub workloads: BTreeMap<String, f64>,
}

/// An offer that takes over from another.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct TakeoverAnswer {
    /// Id of the workload.
    pub workload: String,
    /// Id of the offer that stops serving.
    pub from: String,
    /// Id of the offer that takes over.
    pub to: String,
    /// How: `surge` (in use already, takes more), `hot` or `warm` (a standby), `cold` (set up anew).
    pub by: String,
    /// First day on which it serves.
    pub first_day: f64,
    /// Largest share of the workload's demand that it takes over at one time.
    pub share: f64,
}

impl StressAnswer {
    /// The documented `stress`.
    #[must_use]
    pub fn of(instance: &Instance, outcomes: &[StressOutcome]) -> Self {
        let scenarios = outcomes.iter().map(|outcome| ScenarioAnswer::of(instance, outcome)).collect();
        let currency = CurrencyAnswer::of(&instance.portfolio.currency);
        Self { format_version: FORMAT_VERSION, currency, scenarios }
    }
}

impl ScenarioAnswer {
    /// The outcome of one scenario.
    #[must_use]
    pub fn of(instance: &Instance, outcome: &StressOutcome) -> Self {
        let (least_service, least_service_day) = outcome.least_service();
        Self {
            portfolio: instance.portfolio.name.clone(),
            scenario: outcome.scenario.clone(),
            name: outcome.name.clone(),
            horizon_days: outcome.horizon_days,
            loss_usd: outcome.loss.total_usd(),
            outage_usd: outcome.loss.outage_usd,
            extra_cost_usd: outcome.loss.extra_cost_usd,
            one_off_usd: outcome.loss.one_off_usd,
            least_service,
            least_service_day,
            first_unserved_day: outcome.first_unserved_day(),
            first_outage_cost_day: outcome.first_outage_cost_day(),
            recovered_day: outcome.recovered_day(),
            workloads: outcome.workloads.iter().map(StressedWorkloadAnswer::of).collect(),
            causes: outcome.causes.iter().map(|c| CauseAnswer::of(instance, c)).collect(),
            broken_limits: outcome.broken_limits.iter().map(BrokenLimitAnswer::of).collect(),
            timeline: outcome.timeline.iter().map(|i| InstantAnswer::of(instance, i)).collect(),
            takeovers: outcome.takeovers.iter().map(|t| TakeoverAnswer::of(instance, t)).collect(),
        }
    }
}

/// Values of the workloads by their ids.
fn by_workload(instance: &Instance, values: &[f64]) -> BTreeMap<String, f64> {
    instance.workloads.iter().zip(values).map(|(w, x)| (w.workload.id.clone(), *x)).collect()
}

impl StressedWorkloadAnswer {
    fn of(outcome: &WorkloadOutcome) -> Self {
        Self {
            id: outcome.id.clone(),
            loss_usd: outcome.loss.total_usd(),
            outage_usd: outcome.loss.outage_usd,
            extra_cost_usd: outcome.loss.extra_cost_usd,
            one_off_usd: outcome.loss.one_off_usd,
            unserved_share: outcome.unserved_share,
            first_unserved_day: outcome.first_unserved_day,
            first_outage_cost_day: outcome.first_outage_cost_day,
            recovered_day: outcome.recovered_day,
        }
    }
}

impl CauseAnswer {
    fn of(instance: &Instance, cause: &Cause) -> Self {
        let name = |id: &String| names::shock(instance, id);
        Self {
            shock: cause.shock.clone(),
            name: cause.name.clone().unwrap_or_else(|| name(&cause.shock)),
            at_day: cause.at_day,
            duration_days: cause.duration_days,
            jurisdiction: cause.jurisdiction.clone(),
            jurisdiction_name: names::jurisdiction(instance, &cause.jurisdiction),
            triggered: cause.triggered.clone(),
            triggered_names: cause.triggered.iter().map(name).collect(),
            loss_usd: cause.loss_usd,
            alone_usd: cause.alone_usd,
            workloads: by_workload(instance, &cause.loss_usd_by_workload),
        }
    }
}

impl BrokenLimitAnswer {
    fn of(limit: &BrokenLimit) -> Self {
        let ends = limit.measure.bound();
        Self {
            limit: limit.name.clone(),
            unit: limit.measure.unit().as_str().to_owned(),
            at_least: ends.at_least,
            at_most: ends.at_most,
            first_day: limit.first_day,
            days: limit.days,
            worst_value: limit.worst_value,
            bound: limit.bound,
            broken_before: limit.broken_before,
        }
    }
}

impl InstantAnswer {
    fn of(instance: &Instance, instant: &Instant) -> Self {
        let workloads = by_workload(instance, &instant.workloads);
        Self { day: instant.day, service: instant.service, workloads }
    }
}

impl TakeoverAnswer {
    fn of(instance: &Instance, takeover: &Takeover) -> Self {
        Self {
            workload: names::workload(instance, takeover.workload).to_owned(),
            from: names::offer(instance, takeover.from),
            to: names::offer(instance, takeover.to),
            by: takeover.by.as_str().to_owned(),
            first_day: takeover.first_day,
            share: takeover.share,
        }
    }
}

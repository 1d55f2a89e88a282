//! Sets of `reverse` as rows for spreadsheets.

use schemars::JsonSchema;
use serde::Serialize;

use super::{ReverseAnswer, ReverseSetAnswer};

/// A set of shocks.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ReverseRow<'a> {
    portfolio: &'a str,
    threshold_usd: Option<f64>,
    /// Ids, separated by spaces.
    shocks: String,
    annual_probability: f64,
    loss_usd: f64,
    worst_workload: Option<&'a str>,
    measure_kind: Option<&'a str>,
    measure_workload: Option<&'a str>,
    measure_offer: Option<&'a str>,
    measure_readiness: Option<&'a str>,
    measure_share: Option<f64>,
    measure_usd_per_month: Option<f64>,
    loss_after_usd: Option<f64>,
    scenario: &'a str,
    channel: &'a str,
    impact: &'a str,
    mitigation: &'a str,
}

/// One row per set, in the order of the answer.
#[must_use]
pub fn rows(answer: &ReverseAnswer) -> Vec<ReverseRow<'_>> {
    answer.sets.iter().map(|set| row_of(answer, set)).collect()
}

fn row_of<'a>(answer: &'a ReverseAnswer, set: &'a ReverseSetAnswer) -> ReverseRow<'a> {
    let measure = set.measure.as_ref();
    ReverseRow {
        portfolio: &answer.portfolio,
        threshold_usd: answer.threshold_usd,
        shocks: set.shocks.join(" "),
        annual_probability: set.annual_probability,
        loss_usd: set.loss_usd,
        worst_workload: set.workloads.first().map(|own| own.id.as_str()),
        measure_kind: measure.map(|own| own.kind.as_str()),
        measure_workload: measure.map(|own| own.workload.as_str()),
        measure_offer: measure.map(|own| own.offer.as_str()),
        measure_readiness: measure.and_then(|own| own.readiness.as_deref()),
        measure_share: measure.and_then(|own| own.share),
        measure_usd_per_month: measure.map(|own| own.usd_per_month),
        loss_after_usd: measure.map(|own| own.loss_after_usd),
        scenario: &set.story.scenario,
        channel: &set.story.channel,
        impact: &set.story.impact,
        mitigation: &set.story.mitigation,
    }
}

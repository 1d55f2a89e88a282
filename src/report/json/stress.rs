//! `stress` as JSON, and its lists as rows for spreadsheets.

use serde_json::{Value, json};

use super::{FORMAT_VERSION, number, object, optional};
use crate::limits::crisis::BrokenLimit;
use crate::model::instance::Instance;
use crate::report::csv::{Sheet, field};
use crate::stress::outcome::{Cause, Instant, StressOutcome, Takeover, WorkloadOutcome};

/// The documented `stress`.
#[must_use]
pub fn stress(instance: &Instance, outcomes: &[StressOutcome]) -> Value {
    let scenarios: Vec<Value> = outcomes.iter().map(|outcome| scenario(instance, outcome)).collect();
    json!({ "format_version": FORMAT_VERSION, "scenarios": scenarios })
}

fn scenario(instance: &Instance, outcome: &StressOutcome) -> Value {
    let (least_service, least_service_day) = outcome.least_service();
    json!({
        "portfolio": instance.portfolio.name,
        "scenario": outcome.scenario,
        "name": outcome.name,
        "horizon_days": number(outcome.horizon_days),
        "loss_usd": number(outcome.loss.total_usd()),
        "outage_usd": number(outcome.loss.outage_usd),
        "extra_cost_usd": number(outcome.loss.extra_cost_usd),
        "one_off_usd": number(outcome.loss.one_off_usd),
        "least_service": number(least_service),
        "least_service_day": number(least_service_day),
        "first_unserved_day": optional(outcome.first_unserved_day()),
        "first_outage_cost_day": optional(outcome.first_outage_cost_day()),
        "recovered_day": optional(outcome.recovered_day()),
        "workloads": outcome.workloads.iter().map(workload).collect::<Vec<Value>>(),
        "causes": outcome.causes.iter().map(|c| cause(instance, c)).collect::<Vec<Value>>(),
        "broken_limits": outcome.broken_limits.iter().map(broken_limit).collect::<Vec<Value>>(),
        "timeline": outcome.timeline.iter().map(|i| instant(instance, i)).collect::<Vec<Value>>(),
        "takeovers": outcome.takeovers.iter().map(|t| takeover(instance, t)).collect::<Vec<Value>>(),
    })
}

fn workload(outcome: &WorkloadOutcome) -> Value {
    json!({
        "id": outcome.id,
        "loss_usd": number(outcome.loss.total_usd()),
        "outage_usd": number(outcome.loss.outage_usd),
        "extra_cost_usd": number(outcome.loss.extra_cost_usd),
        "one_off_usd": number(outcome.loss.one_off_usd),
        "unserved_share": number(outcome.unserved_share),
        "first_unserved_day": optional(outcome.first_unserved_day),
        "first_outage_cost_day": optional(outcome.first_outage_cost_day),
        "recovered_day": optional(outcome.recovered_day),
    })
}

fn cause(instance: &Instance, cause: &Cause) -> Value {
    let parts = instance.workloads.iter().zip(&cause.loss_usd_by_workload);
    json!({
        "shock": cause.shock,
        "at_day": number(cause.at_day),
        "duration_days": optional(cause.duration_days),
        "jurisdiction": cause.jurisdiction,
        "triggered": cause.triggered,
        "loss_usd": number(cause.loss_usd),
        "alone_usd": number(cause.alone_usd),
        "workloads": object(parts.map(|(w, usd)| (w.workload.id.clone(), number(*usd)))),
    })
}

fn broken_limit(limit: &BrokenLimit) -> Value {
    json!({
        "limit": limit.name,
        "first_day": number(limit.first_day),
        "days": number(limit.days),
        "worst_value": number(limit.worst_value),
        "bound": number(limit.bound),
        "broken_before": limit.broken_before,
    })
}

fn instant(instance: &Instance, instant: &Instant) -> Value {
    let served = instance.workloads.iter().zip(&instant.workloads);
    json!({
        "day": number(instant.day),
        "service": number(instant.service),
        "workloads": object(served.map(|(w, share)| (w.workload.id.clone(), number(*share)))),
    })
}

fn takeover(instance: &Instance, takeover: &Takeover) -> Value {
    json!({
        "workload": instance.workloads[takeover.workload].workload.id,
        "from": instance.offers[takeover.from].id.to_string(),
        "to": instance.offers[takeover.to].id.to_string(),
        "by": takeover.by.as_str(),
        "first_day": number(takeover.first_day),
        "share": number(takeover.share),
    })
}

/// A list of the answer that can be written as rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rows {
    /// One row per scenario and workload.
    Summary,
    /// One per scenario, change of service and workload; without a workload, the portfolio by value.
    Timeline,
    /// One per scenario, event and workload.
    Causes,
    /// One per scenario and broken limit.
    BrokenLimits,
    /// One per scenario and takeover.
    Takeovers,
}

const SUMMARY: [&str; 12] = [
    "portfolio",
    "scenario",
    "horizon_days",
    "workload",
    "loss_usd",
    "outage_usd",
    "extra_cost_usd",
    "one_off_usd",
    "unserved_share",
    "first_unserved_day",
    "first_outage_cost_day",
    "recovered_day",
];
const TIMELINE: [&str; 5] = ["portfolio", "scenario", "day", "workload", "service"];
const CAUSES: [&str; 8] =
    ["portfolio", "scenario", "shock", "at_day", "duration_days", "jurisdiction", "workload", "loss_usd"];
const BROKEN_LIMITS: [&str; 8] =
    ["portfolio", "scenario", "limit", "first_day", "days", "worst_value", "bound", "broken_before"];
const TAKEOVERS: [&str; 8] = ["portfolio", "scenario", "workload", "from", "to", "by", "first_day", "share"];

/// One list of the answer as rows, with the keys of the JSON as columns.
#[must_use]
pub fn rows(instance: &Instance, outcomes: &[StressOutcome], rows: Rows) -> String {
    let columns: &[&str] = match rows {
        Rows::Summary => &SUMMARY,
        Rows::Timeline => &TIMELINE,
        Rows::Causes => &CAUSES,
        Rows::BrokenLimits => &BROKEN_LIMITS,
        Rows::Takeovers => &TAKEOVERS,
    };
    let mut sheet = Sheet::new(columns);
    for outcome in outcomes {
        let about = json!({
            "portfolio": instance.portfolio.name,
            "scenario": outcome.scenario,
            "horizon_days": number(outcome.horizon_days),
        });
        for record in records(instance, outcome, rows) {
            let cell =
                |column: &&str| record.get(column).or_else(|| about.get(column)).unwrap_or(&Value::Null);
            sheet.row(columns.iter().map(|column| field(cell(column))));
        }
    }
    sheet.to_text()
}

fn records(instance: &Instance, outcome: &StressOutcome, rows: Rows) -> Vec<Value> {
    match rows {
        Rows::Summary => {
            outcome.workloads.iter().map(|w| with(workload(w), "workload", json!(w.id))).collect()
        }
        Rows::BrokenLimits => outcome.broken_limits.iter().map(broken_limit).collect(),
        Rows::Takeovers => outcome.takeovers.iter().map(|t| takeover(instance, t)).collect(),
        Rows::Timeline => outcome.timeline.iter().flat_map(|i| service_records(instance, i)).collect(),
        Rows::Causes => outcome.causes.iter().flat_map(|c| cause_records(instance, c)).collect(),
    }
}

fn service_records(instance: &Instance, instant: &Instant) -> Vec<Value> {
    let whole = json!({ "day": number(instant.day), "service": number(instant.service) });
    let served = instance.workloads.iter().zip(&instant.workloads);
    let of_workload = served.map(|(w, share)| {
        json!({ "day": number(instant.day), "workload": w.workload.id, "service": number(*share) })
    });
    std::iter::once(whole).chain(of_workload).collect()
}

fn cause_records(instance: &Instance, of: &Cause) -> Vec<Value> {
    let parts = instance.workloads.iter().zip(&of.loss_usd_by_workload);
    let record = |(w, usd): (&crate::model::instance::ResolvedWorkload, &f64)| {
        with(with(cause(instance, of), "workload", json!(w.workload.id)), "loss_usd", number(*usd))
    };
    parts.map(record).collect()
}

fn with(mut record: Value, key: &str, value: Value) -> Value {
    record[key] = value;
    record
}

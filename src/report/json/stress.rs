//! `stress` as JSON.

use serde_json::{Value, json};

use super::{FORMAT_VERSION, number, object, optional};
use crate::model::instance::Instance;
use crate::stress::outcome::{Instant, StressOutcome, Takeover, WorkloadOutcome};

/// The documented `stress`.
#[must_use]
pub fn stress(instance: &Instance, outcomes: &[StressOutcome]) -> Value {
    let scenarios: Vec<Value> = outcomes.iter().map(|outcome| scenario(instance, outcome)).collect();
    json!({ "format_version": FORMAT_VERSION, "scenarios": scenarios })
}

fn scenario(instance: &Instance, outcome: &StressOutcome) -> Value {
    json!({
        "portfolio": instance.portfolio.name,
        "scenario": outcome.scenario,
        "name": outcome.name,
        "horizon_days": number(outcome.horizon_days),
        "loss_usd": number(outcome.loss.total_usd()),
        "outage_usd": number(outcome.loss.outage_usd),
        "extra_cost_usd": number(outcome.loss.extra_cost_usd),
        "one_off_usd": number(outcome.loss.one_off_usd),
        "workloads": outcome.workloads.iter().map(workload).collect::<Vec<Value>>(),
        "timeline": outcome.timeline.iter().map(|i| instant(instance, i)).collect::<Vec<Value>>(),
        "takeovers": outcome.takeovers.iter().map(|t| takeover(instance, t)).collect::<Vec<Value>>(),
    })
}

fn workload(outcome: &WorkloadOutcome) -> Value {
    json!({
        "id": outcome.id,
        "loss_usd": number(outcome.loss.total_usd()),
        "unserved_share": number(outcome.unserved_share),
        "first_unserved_day": optional(outcome.first_unserved_day),
        "recovered_day": optional(outcome.recovered_day),
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

//! `optimize` with what is asked besides, as JSON and as rows.

use serde_json::{Value, json};

use super::optimize::{allocation, figures, optimize, standby};
use super::{number, optional};
use crate::model::instance::Instance;
use crate::report::csv::Sheet;
use crate::report::names::{candidate, offer, workload};
use crate::study::plan::alternatives::{AlternativePlans, CARRIES, Shared, Trait};
use crate::study::plan::analyses::Answers;
use crate::study::plan::context::MeasuredPlan;
use crate::study::plan::frontier::Frontier;
use crate::study::plan::stability::{CLOSE, Stability};

/// A list that can be written as rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rows {
    Moves,
    StandbyMoves,
    Hedges,
    Frontier,
    Alternatives,
    Candidates,
}

/// The documented `optimize`; what was not asked for is null.
#[must_use]
pub fn answers(instance: &Instance, answers: &Answers, seed: u64) -> Value {
    let mut value = optimize(instance, &answers.optimized, seed);
    value["frontier"] = answers.frontier.as_ref().map_or(Value::Null, |f| frontier(instance, f));
    value["alternatives"] = answers.alternatives.as_ref().map_or(Value::Null, |a| alternatives(instance, a));
    value["stability"] = answers.stability.as_ref().map_or(Value::Null, stability);
    value
}

/// One list as CSV, with the keys of the JSON as columns.
#[must_use]
pub fn rows(instance: &Instance, given: &Answers, seed: u64, rows: Rows) -> String {
    const FIGURES: [&str; 8] = [
        "monthly_cost_usd",
        "aal_usd",
        "cvar_usd",
        "objective_usd",
        "out_of_sample_monthly_cost_usd",
        "out_of_sample_aal_usd",
        "out_of_sample_cvar_usd",
        "out_of_sample_objective_usd",
    ];
    const AFTER: [&str; 3] = ["monthly_cost_usd", "aal_usd", "cvar_usd"];
    let value = answers(instance, given, seed);
    let (list, columns): (&Value, Vec<&str>) = match rows {
        Rows::Moves => {
            let own = ["step", "quarter", "workload", "users", "from", "to", "share"];
            (&value["moves"], [&own[..], &AFTER].concat())
        }
        Rows::StandbyMoves => {
            let own = ["step", "quarter", "workload", "offer", "change", "readiness", "cover"];
            (&value["standby_moves"], [&own[..], &AFTER].concat())
        }
        Rows::Hedges => (
            &value["hedges"],
            vec![
                "workload",
                "offer",
                "readiness",
                "share",
                "loss_avoided_usd",
                "loss_avoided_low_usd",
                "loss_avoided_high_usd",
                "cost_usd",
                "break_even_usd_per_month",
                "break_even_low_usd_per_month",
                "break_even_high_usd_per_month",
            ],
        ),
        Rows::Frontier => {
            let own = ["plan", "risk_times", "is_knee", "is_recommended"];
            (&value["frontier"]["points"], [&own[..], &FIGURES].concat())
        }
        Rows::Alternatives => {
            let own = ["plan", "over_plan", "distance_to_plan", "least_distance", "n_standbys_changed"];
            (&value["alternatives"]["list"], [&own[..], &FIGURES].concat())
        }
        Rows::Candidates => (
            &value["stability"]["candidates"],
            vec![
                "plan",
                "objective_usd",
                "difference_usd",
                "difference_low_usd",
                "difference_high_usd",
                "probability_close",
                "probability_best",
            ],
        ),
    };
    let flat: Vec<Value> = list.as_array().into_iter().flatten().map(flattened).collect();
    Sheet::of_objects(&columns, &flat).to_text()
}

/// Figures of fresh trials beside the others.
fn flattened(object: &Value) -> Value {
    let mut flat = object.clone();
    for (key, value) in object["out_of_sample"].as_object().into_iter().flatten() {
        flat[format!("out_of_sample_{key}")] = value.clone();
    }
    flat
}

fn measured(instance: &Instance, plan: &MeasuredPlan) -> Value {
    let mut value = figures(&plan.in_sample.figures);
    value["out_of_sample"] = figures(&plan.fresh.figures);
    value["allocation"] = allocation(instance, &plan.plan);
    value["standby"] = standby(instance, &plan.plan).into();
    value
}

fn frontier(instance: &Instance, frontier: &Frontier) -> Value {
    let points = frontier.points.iter().enumerate().map(|(at, point)| {
        let mut value = measured(instance, &point.measured);
        value["plan"] = (at + 1).into();
        value["risk_times"] = number(point.risk_times);
        value["is_knee"] = (frontier.knee == Some(at)).into();
        value["is_recommended"] = point.is_recommended.into();
        value
    });
    json!({
        "points": points.collect::<Vec<Value>>(),
        "recommended": frontier.recommended.as_ref().map(|plan| measured(instance, plan)),
        "today": measured(instance, &frontier.today),
        "searches": frontier.n_searches,
    })
}

fn alternatives(instance: &Instance, found: &AlternativePlans) -> Value {
    let list = found.list.iter().enumerate().map(|(at, alternative)| {
        let mut value = measured(instance, &alternative.measured);
        value["plan"] = (at + 1).into();
        value["over_plan"] = number(alternative.over_plan);
        value["distance_to_plan"] = number(alternative.distance_to_plan);
        value["least_distance"] = number(alternative.least_distance);
        value["n_standbys_changed"] = alternative.n_standbys_changed.into();
        value
    });
    json!({
        "asked": found.asked.n,
        "within": number(found.asked.within),
        "objective_at_most_usd": number(found.limit_usd),
        "list": list.collect::<Vec<Value>>(),
        "shared": found.shared.iter().map(|s| shared(instance, s)).collect::<Vec<Value>>(),
    })
}

fn shared(instance: &Instance, shared: &Shared) -> Value {
    let (of_workload, of_offer, at_least) = match shared.what {
        Trait::Carries { offer } => (None, offer, Some(CARRIES)),
        Trait::Standby { workload, offer } => (Some(workload), offer, None),
    };
    json!({
        "what": if of_workload.is_some() { "standby" } else { "carries" },
        "workload": of_workload.map(|w| workload(instance, w)),
        "offer": offer(instance, of_offer),
        "share_at_least": optional(at_least),
        "plans": shared.n_plans,
        "of": shared.n_of,
    })
}

fn stability(found: &Stability) -> Value {
    let candidates = found.candidates.iter().map(|c| {
        let difference = c.difference_usd;
        json!({
            "plan": candidate(c.name),
            "objective_usd": number(c.objective_usd),
            "difference_usd": optional(difference.map(|d| d.value)),
            "difference_low_usd": optional(difference.and_then(|d| d.low)),
            "difference_high_usd": optional(difference.and_then(|d| d.high)),
            "is_too_close_to_tell": c.is_too_close_to_tell(),
            "probability_close": number(c.probability_close),
            "probability_best": number(c.probability_best),
        })
    });
    let replicated = found.replicated.as_ref().map(|gap| {
        json!({
            "replications": gap.n_replications,
            "failed": gap.n_failed,
            "trials": gap.n_trials,
            "gap_usd": optional(gap.gap_usd.map(|g| g.value)),
            "gap_low_usd": optional(gap.gap_usd.and_then(|g| g.low)),
            "gap_high_usd": optional(gap.gap_usd.and_then(|g| g.high)),
        })
    });
    json!({
        "candidates": candidates.collect::<Vec<Value>>(),
        "close": number(CLOSE),
        "trials": found.n_trials,
        "resamples": found.n_resamples,
        "replicated_gap": replicated,
    })
}

//! `optimize --why` as JSON.

use serde_json::{Value, json};

use super::bounds::{conflict, conflict_proof};
use super::optimize::figures;
use super::{FORMAT_VERSION, number, optional};
use crate::model::instance::Instance;
use crate::report::tables::why::reason;
use crate::study::plan::why_not::{CellWhy, Forced, ForcedOutcome, Why};
use crate::study::session::OptimizeSettings;

/// The documented `optimize --why`.
#[must_use]
pub fn why(instance: &Instance, answer: &Why, settings: OptimizeSettings) -> Value {
    let question = answer.question;
    json!({
        "format_version": FORMAT_VERSION,
        "portfolio": instance.portfolio.name,
        "trials": answer.n_trials,
        "seed": settings.seed,
        "cvar_weight": number(settings.cvar_weight),
        "confidence_level": number(settings.confidence_level),
        "offer": instance.offers[question.offer].id.to_string(),
        "workload": question.workload.map(|w| instance.workloads[w].workload.id.clone()),
        "cells": answer.cells.iter().map(|c| cell(instance, answer, c)).collect::<Vec<Value>>(),
        "forced": answer.forced.as_ref().map_or(Value::Null, forced),
    })
}

fn cell(instance: &Instance, answer: &Why, why: &CellWhy) -> Value {
    let cell = &instance.cells[why.cell];
    let reasons = why.reasons.iter().map(|r| reason(instance, why.cell, answer.question.offer, r));
    json!({
        "workload": instance.workloads[cell.workload].workload.id,
        "users": instance.jurisdictions[cell.users].id,
        "eligible": why.reasons.is_empty(),
        "reasons": reasons.collect::<Vec<String>>(),
        "share_today": number(why.share_today),
        "share_planned": optional(why.share_planned),
    })
}

fn forced(forced: &Forced) -> Value {
    let mut value = json!({
        "share": number(forced.share),
        "share_planned": number(forced.share_planned),
        "best": figures(&forced.best),
        "plan": null,
        "change": null,
        "tolerance_usd": null,
        "in_the_way": [],
        "conflict": [],
        "conflict_proof": null,
    });
    match &forced.outcome {
        ForcedOutcome::Planned => {}
        ForcedOutcome::Plan { figures: plan, tolerance_usd, in_the_way } => {
            value["plan"] = figures(plan);
            value["tolerance_usd"] = number(*tolerance_usd);
            value["in_the_way"] = in_the_way.clone().into();
            value["change"] = json!({
                "monthly_cost_usd": number(plan.monthly_cost_usd - forced.best.monthly_cost_usd),
                "aal_usd": number(plan.aal_usd - forced.best.aal_usd),
                "cvar_usd": number(plan.cvar_usd - forced.best.cvar_usd),
                "objective_usd": number(plan.objective_usd - forced.best.objective_usd),
            });
        }
        ForcedOutcome::Conflict { members, proof } => {
            value["conflict"] = members.iter().map(conflict).collect();
            value["conflict_proof"] = conflict_proof(proof);
        }
    }
    value
}

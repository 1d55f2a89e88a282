//! The steps of a plan as JSON: one entry per cell and move, one per change of a standby.

use serde_json::{Value, json};

use super::number;
use crate::model::instance::{Instance, Standby};
use crate::study::plan::outcome::{MigrationAction, MigrationStep, Schedule};

/// Moves of demand, with cost and risk after the step that they are part of.
pub(super) fn moves(instance: &Instance, schedule: &Schedule) -> Vec<Value> {
    let entries = numbered(schedule).flat_map(|(number_of_step, step, action)| {
        let MigrationAction::Shift { workload, from, to, parts } = action else { return Vec::new() };
        let entry = |&(cell, share): &(usize, f64)| {
            let mut value = after(number_of_step, step);
            value["workload"] = instance.workloads[*workload].workload.id.clone().into();
            value["users"] = instance.jurisdictions[instance.cells[cell].users].id.clone().into();
            value["from"] = instance.offers[*from].id.to_string().into();
            value["to"] = instance.offers[*to].id.to_string().into();
            value["share"] = number(share);
            value
        };
        parts.iter().map(entry).collect()
    });
    entries.collect()
}

/// Standbys that are set up, changed or dropped on the way.
pub(super) fn standby_moves(instance: &Instance, schedule: &Schedule) -> Vec<Value> {
    let entry = |(number_of_step, step, action): (usize, &MigrationStep, &MigrationAction)| {
        let (change, workload, standby): (&str, usize, &Standby) = match action {
            MigrationAction::Shift { .. } => return None,
            MigrationAction::SetUp { workload, standby } => ("new", *workload, standby),
            MigrationAction::Change { workload, standby } => ("changed", *workload, standby),
            MigrationAction::Drop { workload, standby } => ("dropped", *workload, standby),
        };
        let mut value = after(number_of_step, step);
        value["workload"] = instance.workloads[workload].workload.id.clone().into();
        value["offer"] = instance.offers[standby.offer].id.to_string().into();
        value["change"] = change.into();
        value["readiness"] = standby.readiness.as_str().into();
        value["cover"] = number(standby.cover);
        Some(value)
    };
    numbered(schedule).filter_map(entry).collect()
}

/// Limits that no order of steps keeps.
pub(super) fn broken_on_the_way(schedule: &Schedule) -> Vec<Value> {
    let steps = schedule.steps.iter().enumerate();
    let broken = steps.flat_map(|(at, step)| {
        step.breaks
            .iter()
            .map(move |limit| json!({ "step": at + 1, "quarter": step.quarter, "limit": limit }))
    });
    broken.collect()
}

fn numbered(schedule: &Schedule) -> impl Iterator<Item = (usize, &MigrationStep, &MigrationAction)> {
    let steps = schedule.steps.iter().enumerate();
    steps.flat_map(|(at, step)| step.actions.iter().map(move |action| (at + 1, step, action)))
}

fn after(number_of_step: usize, step: &MigrationStep) -> Value {
    json!({
        "step": number_of_step,
        "quarter": step.quarter,
        "monthly_cost_usd": number(step.figures.monthly_cost_usd),
        "aal_usd": number(step.figures.aal_usd),
        "cvar_usd": number(step.figures.cvar_usd),
    })
}

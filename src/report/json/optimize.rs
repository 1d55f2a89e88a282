//! `optimize` as JSON.

use serde_json::{Value, json};

use super::bounds::{binding_limit, conflict, conflict_proof};
use super::{FORMAT_VERSION, number, object, optional};
use crate::model::instance::Instance;
use crate::model::plan::Plan;
use crate::planning::outcome::{Figures, Hedge, Optimized, Recommended};
use crate::study::changes::moves;

/// The documented `optimize`; `seed` is the one the trials were drawn with.
#[must_use]
pub fn optimize(instance: &Instance, optimized: &Optimized, seed: u64) -> Value {
    let plan = optimized.plan.as_ref();
    let list = |of: &dyn Fn(&Recommended) -> Vec<Value>| Value::from(plan.map(of).unwrap_or_default());
    json!({
        "format_version": FORMAT_VERSION,
        "portfolio": instance.portfolio.name,
        "trials": optimized.n_trials,
        "fresh_trials": optimized.n_fresh_trials,
        "seed": seed,
        "cvar_weight": number(optimized.cvar_weight),
        "confidence_level": number(optimized.confidence_level),
        "status": optimized.status.as_str(),
        "current_infeasible": !optimized.current_breaks.is_empty(),
        "current_breaks": optimized.current_breaks,
        "objective_usd": number(optimized.objective_usd),
        "bound_usd": number(optimized.bound_usd),
        "gap": number(optimized.gap),
        "current": figures(&optimized.current),
        "current_out_of_sample": plan.map_or(Value::Null, |p| figures(&p.current_out_of_sample)),
        "plan": plan.map_or(Value::Null, plan_figures),
        "turnover": optional(plan.map(|p| p.turnover)),
        "allocation": plan.map_or(Value::Null, |p| allocation(instance, &p.plan)),
        "standby": list(&|p| standby(instance, &p.plan)),
        "replicas": object(
            plan.iter().flat_map(|p| &p.replicas).map(|(offer, n)| (offer.to_string(), Value::from(*n))),
        ),
        "binding_limits": list(&|p| p.binding_limits.iter().map(binding_limit).collect()),
        "conflict": optimized.conflicts.iter().map(conflict).collect::<Vec<Value>>(),
        "conflict_proof": optimized.conflict_proof.as_ref().map_or(Value::Null, conflict_proof),
        "hedges": list(&|p| p.hedges.iter().map(hedge).collect()),
        "moves": list(&|p| move_list(instance, &p.plan)),
    })
}

/// Cost and risk of a plan.
#[must_use]
pub fn figures(f: &Figures) -> Value {
    json!({
        "monthly_cost_usd": number(f.monthly_cost_usd),
        "aal_usd": number(f.aal_usd),
        "cvar_usd": number(f.cvar_usd),
        "objective_usd": number(f.objective_usd),
    })
}

fn plan_figures(plan: &Recommended) -> Value {
    let mut value = figures(&plan.figures);
    value["out_of_sample"] = figures(&plan.out_of_sample);
    value
}

fn allocation(instance: &Instance, plan: &Plan) -> Value {
    let of_cell = |cell: usize| {
        let shares = plan.allocation[cell].iter();
        let shares = shares.map(|(offer, share)| (instance.offers[*offer].id.to_string(), number(*share)));
        (instance.jurisdictions[instance.cells[cell].users].id.clone(), object(shares))
    };
    object(instance.workloads.iter().map(|w| (w.workload.id.clone(), object(w.cells.clone().map(of_cell)))))
}

fn standby(instance: &Instance, plan: &Plan) -> Vec<Value> {
    let of_workload = |(workload, list): (usize, &Vec<crate::model::instance::Standby>)| -> Vec<Value> {
        let entry = |s: &crate::model::instance::Standby| {
            json!({
                "workload": instance.workloads[workload].workload.id,
                "offer": instance.offers[s.offer].id.to_string(),
                "readiness": s.readiness.as_str(),
                "cover": number(s.cover),
                "lead_days": number(s.lead_days),
            })
        };
        list.iter().map(entry).collect()
    };
    plan.standby.iter().enumerate().flat_map(of_workload).collect()
}

fn hedge(hedge: &Hedge) -> Value {
    json!({
        "workload": hedge.workload,
        "offer": hedge.offer.to_string(),
        "readiness": hedge.readiness.as_str(),
        "loss_avoided_usd": number(hedge.loss_avoided_usd),
        "cost_usd": number(hedge.cost_usd),
        "break_even_usd_per_month": number(hedge.break_even_usd_per_month),
    })
}

/// Every move from today's allocation; `quarter` and the figures after it are null: no order of moves is planned.
fn move_list(instance: &Instance, plan: &Plan) -> Vec<Value> {
    let entry = |m: &crate::study::changes::Move| {
        let cell = &instance.cells[m.cell];
        json!({
            "quarter": null,
            "workload": instance.workloads[cell.workload].workload.id,
            "users": instance.jurisdictions[cell.users].id,
            "from": instance.offers[m.from].id.to_string(),
            "to": instance.offers[m.to].id.to_string(),
            "share": number(m.share),
            "monthly_cost_usd": null,
            "cvar_usd": null,
        })
    };
    moves(&Plan::current(instance), plan).iter().map(entry).collect()
}

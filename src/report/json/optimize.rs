//! `optimize` as JSON.

use serde_json::{Value, json};

use super::bounds::{binding_limit, conflict, conflict_proof};
use super::moves::{broken_on_the_way, moves, standby_moves};
use super::{FORMAT_VERSION, number, object, optional};
use crate::ids::OfferId;
use crate::model::instance::Instance;
use crate::model::plan::Plan;
use crate::planning::outcome::Figures;
use crate::study::plan::outcome::{HedgeRole, HedgeValue, Optimized, Recommended};

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
        "shortlist": {"pairs": optimized.size.n_pairs, "of": optimized.size.n_pairs_in_all},
        "hedges": list(&|p| p.hedges.list.iter().map(hedge).collect()),
        "hedge_trials": plan.map_or(Value::Null, |p| p.hedges.n_trials.into()),
        "only_sources": list(&|p| p.hedges.only_sources.iter().map(only_source).collect()),
        "moves": list(&|p| moves(instance, &p.schedule)),
        "standby_moves": list(&|p| standby_moves(instance, &p.schedule)),
        "broken_on_the_way": list(&|p| broken_on_the_way(&p.schedule)),
        "max_turnover_per_quarter": optional(instance.portfolio.max_turnover_per_quarter),
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

pub(super) fn allocation(instance: &Instance, plan: &Plan) -> Value {
    let of_cell = |cell: usize| {
        let shares = plan.allocation[cell].iter();
        let shares = shares.map(|(offer, share)| (instance.offers[*offer].id.to_string(), number(*share)));
        (instance.jurisdictions[instance.cells[cell].users].id.clone(), object(shares))
    };
    object(instance.workloads.iter().map(|w| (w.workload.id.clone(), object(w.cells.clone().map(of_cell)))))
}

pub(super) fn standby(instance: &Instance, plan: &Plan) -> Vec<Value> {
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

fn hedge(hedge: &HedgeValue) -> Value {
    let share = match hedge.role {
        HedgeRole::Primary { share } => Some(share),
        HedgeRole::Standby(_) => None,
    };
    let (loss, fee) = (&hedge.loss_avoided_usd, &hedge.break_even_usd_per_month);
    json!({
        "workload": hedge.workload,
        "offer": hedge.offer.to_string(),
        "readiness": hedge.role.as_str(),
        "share": optional(share),
        "loss_avoided_usd": number(loss.value),
        "loss_avoided_low_usd": optional(loss.low),
        "loss_avoided_high_usd": optional(loss.high),
        "cost_usd": number(hedge.cost_usd),
        "break_even_usd_per_month": number(fee.value),
        "break_even_low_usd_per_month": optional(fee.low),
        "break_even_high_usd_per_month": optional(fee.high),
        "needed_for": hedge.needed_for,
    })
}

fn only_source((workload, offer): &(String, OfferId)) -> Value {
    json!({ "workload": workload, "offer": offer.to_string() })
}

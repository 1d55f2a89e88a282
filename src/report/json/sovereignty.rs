//! `optimize --sovereignty` as JSON.

use serde_json::{Value, json};

use super::bounds::conflict;
use super::optimize::figures;
use super::{FORMAT_VERSION, number, object};
use crate::model::instance::Instance;
use crate::study::plan::sovereignty::{CaseOutcome, Sovereignty, SovereigntyCase};
use crate::study::session::OptimizeSettings;

/// The documented `optimize --sovereignty`.
#[must_use]
pub fn sovereignty(instance: &Instance, answer: &Sovereignty, settings: OptimizeSettings) -> Value {
    let free = answer.cases.first().and_then(|case| case.outcome.figures());
    json!({
        "format_version": FORMAT_VERSION,
        "portfolio": instance.portfolio.name,
        "trials": answer.n_trials,
        "seed": settings.seed,
        "cvar_weight": number(settings.cvar_weight),
        "confidence_level": number(settings.confidence_level),
        "current": figures(&answer.today),
        "sovereignty": answer.cases.iter().map(|c| case(instance, c, free.as_ref())).collect::<Vec<Value>>(),
    })
}

fn case(
    instance: &Instance,
    case: &SovereigntyCase,
    free: Option<&crate::planning::outcome::Figures>,
) -> Value {
    let mut value = json!({
        "rule": case.rule.as_str(),
        "excluded_today": number(case.excluded_today),
        "plan": null,
        "change_from_free": null,
        "bound_usd": null,
        "turnover": null,
        "nothing_left": {},
        "conflict": [],
    });
    match &case.outcome {
        CaseOutcome::Plan { figures: plan, bound_usd, turnover } => {
            value["plan"] = figures(plan);
            value["bound_usd"] = number(*bound_usd);
            value["turnover"] = number(*turnover);
            if let Some(free) = free {
                value["change_from_free"] = json!({
                    "monthly_cost_usd": number(plan.monthly_cost_usd - free.monthly_cost_usd),
                    "aal_usd": number(plan.aal_usd - free.aal_usd),
                    "cvar_usd": number(plan.cvar_usd - free.cvar_usd),
                    "objective_usd": number(plan.objective_usd - free.objective_usd),
                });
            }
        }
        CaseOutcome::NothingLeft(workloads) => {
            let users =
                |cell: &usize| Value::from(instance.jurisdictions[instance.cells[*cell].users].id.clone());
            value["nothing_left"] = object(workloads.iter().map(|(workload, cells)| {
                let id = instance.workloads[*workload].workload.id.clone();
                (id, cells.iter().map(users).collect())
            }));
        }
        CaseOutcome::Conflict(members) => {
            value["conflict"] = members.iter().map(conflict).collect();
        }
    }
    value
}

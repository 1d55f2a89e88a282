//! `simulate` as JSON.

use serde_json::{Value, json};

use super::{FORMAT_VERSION, number, numbers, object, optional};
use crate::measures::Estimate;
use crate::measures::return_period::ReturnPeriodLoss;
use crate::model::instance::Instance;
use crate::report::figures::level;
use crate::simulation::draws::Rates;
use crate::simulation::parts::Parts;
use crate::simulation::summary::{BREAKDOWN_LEVEL, CONFIDENCE_LEVELS};
use crate::study::simulate::Remarks;
use crate::study::simulate::Simulated;

/// The documented `simulate`.
#[must_use]
pub fn simulate(instance: &Instance, simulated: &Simulated) -> Value {
    let summary = &simulated.summary;
    let mut value = json!({
        "format_version": FORMAT_VERSION,
        "portfolio": instance.portfolio.name,
        "trials": summary.n_trials,
        "seed": simulated.settings.seed,
        "rates": match simulated.settings.rates { Rates::Drawn => "drawn", Rates::Mean => "mean" },
        "horizon_days": number(summary.horizon_days),
        "monthly_cost_usd": number(simulated.monthly_cost.total_usd()),
        "aal_usd": { "value": number(summary.aal.value), "std_error": optional(summary.aal.std_error) },
        "std_dev_usd": optional(summary.std_dev_usd),
        "probability_of_loss": number(summary.probability_of_loss),
        "var_usd": estimates(&summary.var),
        "cvar_usd": estimates(&summary.cvar),
        "aep": summary.aep.iter().map(return_period).collect::<Vec<Value>>(),
        "oep": summary.oep.iter().map(return_period).collect::<Vec<Value>>(),
        "availability": numbers(&summary.availability),
        "aal_by": parts(&summary.aal_by),
        "cvar_by": object([(level(BREAKDOWN_LEVEL), parts(&summary.cvar_by))]),
    });
    for (key, remark) in remarks(&simulated.remarks) {
        value[key] = remark;
    }
    value
}

/// Keys that stand there only where the answer is not simply that of the trials asked for.
fn remarks(remarks: &Remarks) -> impl Iterator<Item = (&'static str, Value)> {
    let convergence = remarks.convergence.map(
        |c| json!({ "target": number(c.target), "width": optional(c.width), "converged": c.is_reached() }),
    );
    let shard = remarks.shard.map(|part| {
        json!({
            "index": part.shard.index,
            "of": part.shard.of,
            "first_trial": part.first_trial,
            "total_trials": part.total_trials,
        })
    });
    let asked = remarks.asked_trials.map(Value::from);
    let all = [("asked_trials", asked), ("convergence", convergence), ("shard", shard)];
    all.into_iter().filter_map(|(key, value)| Some((key, value?)))
}

fn estimates(list: &[Estimate]) -> Value {
    let estimate =
        |e: &Estimate| json!({ "value": number(e.value), "low": optional(e.low), "high": optional(e.high) });
    object(CONFIDENCE_LEVELS.iter().zip(list).map(|(l, e)| (level(*l), estimate(e))))
}

fn return_period(loss: &ReturnPeriodLoss) -> Value {
    json!({ "return_period_years": number(loss.return_period_years), "loss_usd": number(loss.loss) })
}

fn parts(parts: &Parts) -> Value {
    json!({
        "shock": numbers(&parts.shock),
        "jurisdiction": numbers(&parts.jurisdiction),
        "workload": numbers(&parts.workload),
    })
}

//! What each standby of a plan is worth: the plan measured again without it.

use super::evaluate::{Evaluation, Objective, evaluate, risk_usd};
use super::horizon_months;
use super::outcome::Hedge;
use super::program::Program;
use crate::model::plan::Plan;
use crate::service::setting::Setting;

/// The standbys of a plan, the most valuable first.
#[must_use]
pub fn hedges(
    setting: &Setting<'_>,
    program: &Program,
    objective: &Objective,
    plan: &Plan,
    with: &Evaluation,
) -> Vec<Hedge> {
    let months = horizon_months(setting);
    let risk = |e: &Evaluation| risk_usd(objective, e.mean_loss_usd, e.figures.cvar_usd);
    let mut hedges = Vec::new();
    for (workload, standbys) in plan.standby.iter().enumerate() {
        for (at, standby) in standbys.iter().enumerate() {
            let mut without = plan.clone();
            without.standby[workload].remove(at);
            let without = evaluate(setting, program, objective, &without);
            let loss_avoided_usd = risk(&without) - risk(with);
            let monthly = with.figures.monthly_cost_usd - without.figures.monthly_cost_usd;
            let fee = crate::costs::readiness_fee(setting.instance, standby.readiness);
            hedges.push(Hedge {
                workload: setting.instance.workloads[workload].workload.id.clone(),
                offer: setting.instance.offers[standby.offer].id.clone(),
                readiness: standby.readiness,
                loss_avoided_usd,
                cost_usd: monthly * months,
                break_even_usd_per_month: loss_avoided_usd / months - (monthly - fee),
            });
        }
    }
    hedges.sort_by(|a, b| b.loss_avoided_usd.total_cmp(&a.loss_avoided_usd).then(a.offer.cmp(&b.offer)));
    hedges
}

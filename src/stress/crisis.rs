//! Limits during a scenario: the plan's shares, unserved demand and monthly cost at each instant.

use super::played::PlayedCell;
use crate::costs::monthly_cost_at;
use crate::limits::crisis::{BrokenLimit, Situation, broken_limits};
use crate::model::plan::Plan;
use crate::service::setting::Setting;

/// Limits that are broken at some time, in the portfolio's order.
pub(super) fn limits_broken(
    setting: &Setting<'_>,
    plan: &Plan,
    cells: &[PlayedCell],
    horizon_days: f64,
) -> Vec<BrokenLimit> {
    if setting.instance.portfolio.limits.is_empty() {
        return Vec::new();
    }
    let mut days: Vec<f64> = cells.iter().flat_map(PlayedCell::instants).collect();
    days.push(0.0);
    days.retain(|day| *day < horizon_days);
    days.sort_by(f64::total_cmp);
    days.dedup();
    let situations: Vec<Situation> =
        days.into_iter().map(|day| situation(setting, plan, cells, day)).collect();
    broken_limits(setting, plan, &situations, horizon_days)
}

fn situation(setting: &Setting<'_>, plan: &Plan, cells: &[PlayedCell], day: f64) -> Situation {
    let instance = setting.instance;
    let is_self_hosted = |offer: usize| instance.offers[offer].is_self_hosted();
    let plan_with = |allocation| Plan { allocation, standby: plan.standby.clone() };
    let paid = plan_with(cells.iter().map(|cell| cell.paid_at(day, is_self_hosted)).collect());
    let factor = |cell: usize, offer| cells[cell].price_factor_at(day, offer);
    let bill = monthly_cost_at(instance, &setting.prices, &setting.law.eligible, &paid, factor);
    Situation {
        day,
        serving: plan_with(cells.iter().map(|cell| cell.served_at(day)).collect()),
        monthly_cost_usd: bill.total_usd(),
        unserved_past_objective: cells.iter().map(|cell| cell.unserved_past_objective_at(day)).collect(),
    }
}

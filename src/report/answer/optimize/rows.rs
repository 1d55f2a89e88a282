//! Lists of `optimize` as flat rows, one struct per `--table`: the fields are the columns of its CSV.

use schemars::JsonSchema;
use serde::Serialize;

use super::OptimizeAnswer;
use crate::model::portfolio::Readiness;
use crate::report::answer::alternatives::AlternativeAnswer;
use crate::report::answer::frontier::FrontierPlan;
use crate::report::answer::hedges::{HedgeAnswer, HedgeWord};
use crate::report::answer::ladder::{RungAnswer, RungWord};
use crate::report::answer::moves::{StandbyMove, StandbyWord};
use crate::report::answer::stability::CandidatePlan;
use crate::report::csv::Sheet;

/// A list that can be written as rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OptimizeList {
    Moves,
    StandbyMoves,
    Hedges,
    Frontier,
    Alternatives,
    Candidates,
    Ladder,
}

/// One list as rows.
#[must_use]
pub fn rows(answer: &OptimizeAnswer, rows: OptimizeList) -> Sheet {
    match rows {
        OptimizeList::Moves => Sheet::of(&answer.moves),
        OptimizeList::StandbyMoves => {
            Sheet::of(&answer.standby_moves.iter().map(StandbyMoveRow::of).collect::<Vec<_>>())
        }
        OptimizeList::Hedges => Sheet::of(&answer.hedges.iter().map(HedgeRow::of).collect::<Vec<_>>()),
        OptimizeList::Frontier => {
            let points = answer.frontier.iter().flat_map(|frontier| &frontier.points);
            Sheet::of(&points.map(FrontierRow::of).collect::<Vec<_>>())
        }
        OptimizeList::Alternatives => {
            let list = answer.alternatives.iter().flat_map(|alternatives| &alternatives.list);
            Sheet::of(&list.map(AlternativeRow::of).collect::<Vec<_>>())
        }
        OptimizeList::Candidates => {
            let list = answer.stability.iter().flat_map(|stability| &stability.candidates);
            Sheet::of(&list.map(CandidateRow::of).collect::<Vec<_>>())
        }
        OptimizeList::Ladder => Sheet::of(&answer.ladder.iter().map(RungRow::of).collect::<Vec<_>>()),
    }
}

/// A [`StandbyMove`].
#[derive(Debug, Serialize, JsonSchema)]
struct StandbyMoveRow<'a> {
    step: usize,
    quarter: u64,
    workload: &'a str,
    offer: &'a str,
    change: Option<StandbyWord>,
    readiness: Option<Readiness>,
    cover: f64,
    monthly_cost_usd: f64,
    aal_usd: f64,
    cvar_usd: f64,
}

impl<'a> StandbyMoveRow<'a> {
    fn of(standby: &'a StandbyMove) -> Self {
        Self {
            step: standby.step,
            quarter: standby.quarter,
            workload: &standby.workload,
            offer: &standby.offer,
            change: Some(standby.change),
            readiness: Some(standby.readiness),
            cover: standby.cover,
            monthly_cost_usd: standby.monthly_cost_usd,
            aal_usd: standby.aal_usd,
            cvar_usd: standby.cvar_usd,
        }
    }
}

/// A [`HedgeAnswer`], without the limits that need it.
#[derive(Debug, Serialize, JsonSchema)]
struct HedgeRow<'a> {
    workload: &'a str,
    offer: &'a str,
    readiness: Option<HedgeWord>,
    share: Option<f64>,
    loss_avoided_usd: f64,
    loss_avoided_low_usd: Option<f64>,
    loss_avoided_high_usd: Option<f64>,
    cost_usd: f64,
    break_even_usd_per_month: f64,
    break_even_low_usd_per_month: Option<f64>,
    break_even_high_usd_per_month: Option<f64>,
}

impl<'a> HedgeRow<'a> {
    fn of(hedge: &'a HedgeAnswer) -> Self {
        Self {
            workload: &hedge.workload,
            offer: &hedge.offer,
            readiness: Some(hedge.readiness),
            share: hedge.share,
            loss_avoided_usd: hedge.loss_avoided_usd,
            loss_avoided_low_usd: hedge.loss_avoided_low_usd,
            loss_avoided_high_usd: hedge.loss_avoided_high_usd,
            cost_usd: hedge.cost_usd,
            break_even_usd_per_month: hedge.break_even_usd_per_month,
            break_even_low_usd_per_month: hedge.break_even_low_usd_per_month,
            break_even_high_usd_per_month: hedge.break_even_high_usd_per_month,
        }
    }
}

/// A [`FrontierPlan`], without what it allocates.
#[derive(Debug, Serialize, JsonSchema)]
struct FrontierRow {
    plan: usize,
    risk_times: f64,
    is_knee: bool,
    is_recommended: bool,
    monthly_cost_usd: f64,
    aal_usd: f64,
    cvar_usd: f64,
    objective_usd: Option<f64>,
    out_of_sample_monthly_cost_usd: f64,
    out_of_sample_aal_usd: f64,
    out_of_sample_cvar_usd: f64,
    out_of_sample_objective_usd: Option<f64>,
}

impl FrontierRow {
    fn of(point: &FrontierPlan) -> Self {
        Self {
            plan: point.plan,
            risk_times: point.risk_times,
            is_knee: point.is_knee,
            is_recommended: point.is_recommended,
            monthly_cost_usd: point.monthly_cost_usd,
            aal_usd: point.aal_usd,
            cvar_usd: point.cvar_usd,
            objective_usd: point.objective_usd,
            out_of_sample_monthly_cost_usd: point.out_of_sample.monthly_cost_usd,
            out_of_sample_aal_usd: point.out_of_sample.aal_usd,
            out_of_sample_cvar_usd: point.out_of_sample.cvar_usd,
            out_of_sample_objective_usd: point.out_of_sample.objective_usd,
        }
    }
}

/// An [`AlternativeAnswer`], without what it allocates.
#[derive(Debug, Serialize, JsonSchema)]
struct AlternativeRow {
    plan: usize,
    over_plan: f64,
    distance_to_plan: f64,
    least_distance: f64,
    n_standbys_changed: usize,
    monthly_cost_usd: f64,
    aal_usd: f64,
    cvar_usd: f64,
    objective_usd: Option<f64>,
    out_of_sample_monthly_cost_usd: f64,
    out_of_sample_aal_usd: f64,
    out_of_sample_cvar_usd: f64,
    out_of_sample_objective_usd: Option<f64>,
}

impl AlternativeRow {
    fn of(plan: &AlternativeAnswer) -> Self {
        Self {
            plan: plan.plan,
            over_plan: plan.over_plan,
            distance_to_plan: plan.distance_to_plan,
            least_distance: plan.least_distance,
            n_standbys_changed: plan.n_standbys_changed,
            monthly_cost_usd: plan.monthly_cost_usd,
            aal_usd: plan.aal_usd,
            cvar_usd: plan.cvar_usd,
            objective_usd: plan.objective_usd,
            out_of_sample_monthly_cost_usd: plan.out_of_sample.monthly_cost_usd,
            out_of_sample_aal_usd: plan.out_of_sample.aal_usd,
            out_of_sample_cvar_usd: plan.out_of_sample.cvar_usd,
            out_of_sample_objective_usd: plan.out_of_sample.objective_usd,
        }
    }
}

/// A [`RungAnswer`] on the new trials; lists as their lengths.
#[derive(Debug, Serialize, JsonSchema)]
struct RungRow {
    rung: Option<RungWord>,
    touched: Option<usize>,
    is_knee: bool,
    is_recommended: bool,
    n_workloads: usize,
    monthly_cost_usd: f64,
    aal_usd: f64,
    cvar_usd: f64,
    capability: f64,
    n_new_models: usize,
    n_new_hosts: usize,
    n_closed_hosts: usize,
    cash_usd: f64,
    payback_months: Option<f64>,
    n_limits_broken: usize,
    gap: Option<f64>,
}

impl RungRow {
    fn of(rung: &RungAnswer) -> Self {
        let fresh = &rung.figures.out_of_sample;
        Self {
            rung: Some(rung.rung),
            touched: rung.touched,
            is_knee: rung.is_knee,
            is_recommended: rung.is_recommended,
            n_workloads: rung.workloads.len(),
            monthly_cost_usd: fresh.monthly_cost_usd,
            aal_usd: fresh.aal_usd,
            cvar_usd: fresh.cvar_usd,
            capability: rung.capability.points,
            n_new_models: rung.new_models,
            n_new_hosts: rung.new_hosts.len(),
            n_closed_hosts: rung.closed_hosts.len(),
            cash_usd: rung.cash_usd,
            payback_months: rung.payback_months,
            n_limits_broken: rung.limits_broken.len(),
            gap: rung.gap,
        }
    }
}

/// A [`CandidatePlan`].
#[derive(Debug, Serialize, JsonSchema)]
struct CandidateRow<'a> {
    plan: &'a str,
    objective_usd: f64,
    difference_usd: Option<f64>,
    difference_low_usd: Option<f64>,
    difference_high_usd: Option<f64>,
    probability_close: f64,
    probability_best: f64,
}

impl<'a> CandidateRow<'a> {
    fn of(candidate: &'a CandidatePlan) -> Self {
        Self {
            plan: &candidate.plan,
            objective_usd: candidate.objective_usd,
            difference_usd: candidate.difference_usd,
            difference_low_usd: candidate.difference_low_usd,
            difference_high_usd: candidate.difference_high_usd,
            probability_close: candidate.probability_close,
            probability_best: candidate.probability_best,
        }
    }
}

//! Evaluation of plans on a compiled sample: cost, loss, tail, limits.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::CompiledSample;
use crate::limits::sizes::{broken_sizes, size_name};
use crate::limits::{LimitOutcome, RiskFigures, test_limits};
use crate::measures::probabilities::TrialProbabilities;
use crate::model::instance::{OfferIdx, WorkloadIdx};
use crate::model::plan::Plan;
use crate::planning::outcome::Figures;
use crate::service::cell_plan::CellPlan;
use crate::service::setting::Setting;
use crate::units::DAYS_PER_YEAR;

/// What the planner minimizes: planned cost + (1 − w)·E\[loss\] + w·CVaR.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Objective {
    /// Weight of a dollar of risk against a dollar of planned cost: 1, except along a frontier.
    pub risk_times: f64,
    /// 0: expected loss only; 1: CVaR only.
    pub cvar_weight: f64,
    /// 0.95: the worst 5 % is the tail.
    pub confidence_level: f64,
}

/// Cost, losses and limits of a plan on a set of trials.
#[derive(Debug, Clone)]
pub struct Evaluation {
    pub figures: Figures,
    /// `[n_trials]`, USD.
    pub losses: Vec<f64>,
    /// Of the trials.
    pub probabilities: TrialProbabilities,
    pub mean_loss_usd: f64,
    /// Limits that the plan breaks, without accepted exceptions.
    pub broken: Vec<String>,
}

impl Evaluation {
    /// Planned cost plus weighted risk, whether or not limits are kept, USD.
    #[must_use]
    pub fn score_usd(&self, objective: &Objective) -> f64 {
        self.figures.planned_usd + risk_usd(objective, self.mean_loss_usd, self.figures.cvar_usd)
    }

    /// The figures with the worst years and the objective of another objective.
    #[must_use]
    pub fn figures_for(&self, objective: &Objective) -> Figures {
        let other = Figures { cvar_usd: self.cvar_usd(objective.confidence_level), ..self.figures };
        let objective_usd = other.planned_usd + risk_usd(objective, self.mean_loss_usd, other.cvar_usd);
        Figures { objective_usd, ..other }
    }

    /// CVaR at a level, USD.
    #[must_use]
    pub fn cvar_usd(&self, confidence_level: f64) -> f64 {
        self.probabilities.conditional_value_at_risk(&self.losses, confidence_level).unwrap_or(0.0)
    }

    /// The trials of the tail, (trial, weight in the CVaR), ascending; weights sum to 1.
    #[must_use]
    pub fn tail(&self, objective: &Objective) -> Vec<(usize, f64)> {
        self.probabilities.tail(&self.losses, objective.confidence_level).unwrap_or_default()
    }

    /// What limits on losses are tested on.
    #[must_use]
    pub fn risk_figures(&self) -> RiskFigures<'_> {
        RiskFigures {
            average_annual_loss_usd: self.figures.aal_usd,
            losses: &self.losses,
            probabilities: Some(&self.probabilities),
        }
    }
}

impl Objective {
    /// An objective in which a dollar of risk counts as much as a dollar of planned cost.
    #[must_use]
    pub fn new(cvar_weight: f64, confidence_level: f64) -> Self {
        Self { risk_times: 1.0, cvar_weight, confidence_level }
    }
}

/// Weighted risk: `risk_times` × ((1 − w)·E\[loss\] + w·CVaR), USD.
#[must_use]
pub fn risk_usd(objective: &Objective, mean_loss_usd: f64, cvar_usd: f64) -> f64 {
    let risk = (1.0 - objective.cvar_weight) * mean_loss_usd + objective.cvar_weight * cvar_usd;
    objective.risk_times * risk
}

/// Evaluates a plan on a compiled sample.
#[must_use]
pub fn evaluate(
    setting: &Setting<'_>,
    sample: &CompiledSample,
    objective: &Objective,
    plan: &Plan,
) -> Evaluation {
    let losses = sample.losses(&cell_plans(setting, sample, plan));
    measure(setting, objective, plan, (losses, &sample.probabilities))
}

/// Evaluates a plan from its losses over the horizon, `[n_trials]`, USD, and the probabilities of the trials.
#[must_use]
pub fn measure(
    setting: &Setting<'_>,
    objective: &Objective,
    plan: &Plan,
    (losses, probabilities): (Vec<f64>, &TrialProbabilities),
) -> Evaluation {
    let mean_loss_usd = probabilities.mean(&losses);
    let cvar_usd =
        probabilities.conditional_value_at_risk(&losses, objective.confidence_level).unwrap_or(0.0);
    let aal_usd = mean_loss_usd * DAYS_PER_YEAR / setting.horizon_days();
    let probabilities = probabilities.clone();
    let risk = RiskFigures {
        average_annual_loss_usd: aal_usd,
        losses: &losses,
        probabilities: Some(&probabilities),
    };
    let outcomes = test_limits(setting, plan, Some(risk), None);
    let figures =
        Figures { aal_usd, cvar_usd, objective_usd: 0.0, ..Figures::of_cost(&setting.planned_cost(plan)) };
    let sizes = broken_sizes(setting, plan).into_iter().map(|size| size_name(setting.instance, size));
    let limits = outcomes.iter().filter(|o| o.kept == Some(false)).map(name);
    let broken: Vec<String> = limits.chain(sizes).chain(ineligible(setting, plan)).collect();
    let mut evaluation = Evaluation { figures, losses, probabilities, mean_loss_usd, broken };
    evaluation.figures.objective_usd =
        if evaluation.broken.is_empty() { evaluation.score_usd(objective) } else { f64::INFINITY };
    evaluation
}

/// Shares of offers that their workload may not use, in words.
fn ineligible(setting: &Setting<'_>, plan: &Plan) -> Vec<String> {
    let instance = setting.instance;
    let shares =
        plan.allocation.iter().enumerate().flat_map(|(cell, own)| own.iter().map(move |s| (cell, s.0)));
    let refused: BTreeSet<(WorkloadIdx, OfferIdx)> = shares
        .filter(|&(cell, offer)| !setting.law.eligible.contains(cell, offer))
        .map(|(cell, offer)| (instance.cells[cell].workload, offer))
        .collect();
    let words = |(workload, offer): (WorkloadIdx, OfferIdx)| {
        format!("{} may not use {}", instance.workloads[workload].workload.id, instance.offers[offer].id)
    };
    refused.into_iter().map(words).collect()
}

fn name(outcome: &LimitOutcome) -> String {
    outcome.name.clone()
}

/// `[n_cells]`: the part of the plan that concerns each cell.
#[must_use]
pub fn cell_plans(setting: &Setting<'_>, sample: &CompiledSample, plan: &Plan) -> Vec<CellPlan> {
    let cell_plan = |cell: &crate::planning::sample::CellSample| {
        CellPlan::new(&cell.cell_model, setting.instance.cells[cell.cell_model.cell].workload, plan)
    };
    sample.cells.par_iter().map(cell_plan).collect()
}

/// Trials with a positive loss, at least as large as the value at risk, that are not known yet; the worst first.
///
/// `losses`: `[n_trials]`.
#[must_use]
pub fn beyond_value_at_risk(
    losses: &[f64],
    (probabilities, confidence_level): (&TrialProbabilities, f64),
    is_known: impl Fn(usize) -> bool,
) -> Vec<usize> {
    let Ok(from) = probabilities.value_at_risk(losses, confidence_level) else { return Vec::new() };
    let is_new = |trial: &usize| losses[*trial] >= from && losses[*trial] > 0.0 && !is_known(*trial);
    let mut new: Vec<usize> = (0..losses.len()).filter(is_new).collect();
    new.sort_by(|a, b| losses[*b].total_cmp(&losses[*a]).then(a.cmp(b)));
    new
}

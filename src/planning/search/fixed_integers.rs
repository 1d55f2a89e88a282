//! Optimal shares and covers of all workloads with fixed integers (readiness and replicas). The loss enters by cuts,
//! added at the plans tried (outer approximation; Kelley 1960, Duran and Grossmann 1986).

use rayon::prelude::*;

use super::{GAP_TOLERANCE, Searcher};
use crate::model::plan::Plan;
use crate::planning::USD_PER_UNIT;
use crate::planning::formulation::limits::hhi_tangents;
use crate::planning::sample::CompiledSample;
use crate::planning::sample::cuts::{LossCut, StateWeights};
use crate::planning::sample::evaluate::{Evaluation, cell_plans, evaluate, risk_usd};
use crate::planning::solver::{SolveLimits, Solved, SolverError, solve};

/// Relative gap at which the rounds with fixed integers end.
const ROUND_TOLERANCE: f64 = 1e-2;
/// Rounds for one choice of integers, at most.
const MAX_FIXED_ROUNDS: usize = 6;
/// Branch-and-bound nodes per round that has free integers.
const MAX_NODES: i32 = 100;
/// Relative gap of a round that has free integers.
const MIP_GAP: f64 = GAP_TOLERANCE / 2.0;
/// Part of a plan's CVaR that a known set of tail weights must reach so that no new set is added.
const TAIL_IS_KNOWN: f64 = 0.999;
/// Part of a plan's CVaR that a set of tail weights must reach so that a cut is added to it.
const TAIL_IS_NEAR: f64 = 0.97;

/// A set of tail weights.
pub(super) struct Tail {
    /// (trial, weight); weights sum to 1.
    pub(super) trials: Vec<(usize, f64)>,
    /// `[n_cells]`
    pub(super) weights: Vec<StateWeights>,
}

impl Tail {
    /// The weights of the states under the weights of trials.
    pub(super) fn new(sample: &CompiledSample, trials: Vec<(usize, f64)>) -> Self {
        Self { weights: StateWeights::of_sample(sample, &trials), trials }
    }

    /// Weighted loss, USD. `losses`: `[n_trials]`.
    pub(super) fn loss(&self, losses: &[f64]) -> f64 {
        self.trials.iter().map(|(trial, weight)| weight * losses[*trial]).sum()
    }
}

/// A plan that was tried.
pub(super) struct Tried {
    evaluation: Evaluation,
    risk_usd: f64,
}

impl Searcher<'_> {
    /// Evaluates a plan and adds the cuts and tangents at it.
    pub(super) fn try_plan(&mut self, plan: &Plan) -> Tried {
        let evaluation = evaluate(self.setting, self.sample, &self.request.objective, plan);
        let plans = cell_plans(self.setting, self.sample, plan);
        let cuts = |weights: &[StateWeights]| -> Vec<LossCut> {
            let cells = self.sample.cells.par_iter().zip(&plans).zip(weights);
            cells.map(|((cell, plan), weights)| LossCut::at(cell, plan, weights)).collect()
        };
        self.formulation.add_expected_loss(self.sample, &cuts(&self.mean));
        let cvar = evaluation.figures.cvar_usd;
        if !self.tails.iter().any(|tail| tail.loss(&evaluation.losses) >= TAIL_IS_KNOWN * cvar) {
            let trials = evaluation.tail(&self.request.objective);
            self.tails.push(Tail::new(self.sample, trials));
            self.formulation.add_tail();
        }
        for (at, tail) in self.tails.iter().enumerate() {
            if tail.loss(&evaluation.losses) >= TAIL_IS_NEAR * cvar {
                self.formulation.add_tail_loss(self.sample, at, &cuts(&tail.weights));
            }
        }
        let tangents = hhi_tangents(self.setting, self.exposure, &self.formulation.variables, plan);
        self.formulation.lp.constraints.extend(tangents);
        let risk_usd = risk_usd(&self.request.objective, evaluation.mean_loss_usd, cvar);
        Tried { evaluation, risk_usd }
    }

    /// Solves the formulation with its cuts.
    fn solve(&self, is_relaxed: bool) -> Result<Solved, SolverError> {
        let limits = SolveLimits {
            is_relaxed,
            mip_gap: MIP_GAP,
            max_nodes: MAX_NODES,
            may_restart: false,
            start: &[],
        };
        solve(&self.formulation.lp, self.formulation.cuts(), &limits)
    }

    /// Whether the best point so far is within the tolerance of the bound. If `point` is worse than the best one, also
    /// adds cuts at the middle between them, where they are most effective.
    fn is_met(&mut self, center: &mut Option<(f64, Plan)>, point: (f64, Plan), bound: f64) -> bool {
        match center {
            Some((best, plan)) if point.0 >= *best => {
                let middle = blend(plan, &point.1);
                self.try_plan(&middle);
            }
            _ => *center = Some(point),
        }
        center.as_ref().is_some_and(|(best, _)| best - bound <= ROUND_TOLERANCE * best.abs())
    }

    /// Risk of a solution as the cuts estimate it, USD.
    fn estimated_risk(&self, values: &[f64]) -> f64 {
        let expected: f64 = self.formulation.risk.expected.iter().map(|&variable| values[variable]).sum();
        risk_usd(&self.request.objective, expected, values[self.formulation.risk.cvar]) * USD_PER_UNIT
    }

    /// Optimizes shares and covers with readiness, replicas and uses fixed at their values in `integers`,
    /// `[n_variables]`.
    pub(super) fn rounds_with_fixed_integers(&mut self, integers: &[f64]) -> Result<(), SolverError> {
        let free = self.formulation.lp.variables.clone();
        for variable in self.formulation.variables.integers() {
            let value = integers[variable].round();
            let variable = &mut self.formulation.lp.variables[variable];
            (variable.low, variable.high) = (value, value);
        }
        // Shares that may not be small stay in use, or out of it.
        for (variable, own) in self.formulation.lp.variables.iter_mut().enumerate() {
            if own.smallest > 0.0 && own.low < own.high {
                let is_used = integers[variable] > 0.0;
                (own.low, own.high) = if is_used { (own.smallest, 1.0) } else { (0.0, 0.0) };
            }
        }
        // Fixed replicas leave nothing to decide about their use.
        for ((_, offer), &variable) in &self.formulation.variables.uses {
            let n = self.formulation.variables.replicas.get(offer).map_or(0.0, |&r| integers[r].round());
            let variable = &mut self.formulation.lp.variables[variable];
            (variable.low, variable.high) = (n.min(1.0), n.min(1.0));
        }
        let outcome = self.fixed_rounds();
        for (variable, free) in self.formulation.lp.variables.iter_mut().zip(&free) {
            (variable.low, variable.high) = (free.low, free.high);
        }
        outcome
    }

    /// The rounds, once the integers are fixed.
    fn fixed_rounds(&mut self) -> Result<(), SolverError> {
        let mut center: Option<(f64, Plan)> = None;
        for _ in 0..MAX_FIXED_ROUNDS {
            // Counters of limits stay free: they are few, and rounding them could break the limit.
            let is_counting = self.formulation.lp.variables.iter().any(|v| v.is_integer && v.low < v.high);
            let solved = match self.solve(!is_counting) {
                Ok(solved) => solved,
                // The fixed integers are infeasible, for example after rounding.
                Err(SolverError::Infeasible) => return Ok(()),
                Err(error) => return Err(error),
            };
            self.formulation.drop_idle_cuts(&solved.values);
            let lower = self.formulation.lp.cost(&solved.values) * USD_PER_UNIT;
            let plan = self.formulation.plan(self.setting, self.sample, self.every_cell(), &solved.values);
            let tried = self.try_plan(&plan);
            let upper = lower - self.estimated_risk(&solved.values) + tried.risk_usd;
            self.accept(plan.clone(), tried.evaluation);
            // These integers cannot give a better plan.
            if lower >= self.best_usd() || self.is_met(&mut center, (upper, plan), lower) {
                break;
            }
        }
        Ok(())
    }
}

/// The plan halfway between two.
fn blend(a: &Plan, b: &Plan) -> Plan {
    let merge = |x: &[(usize, f64)], y: &[(usize, f64)]| {
        let mut sum: std::collections::BTreeMap<usize, f64> = std::collections::BTreeMap::new();
        x.iter().chain(y).for_each(|(key, value)| *sum.entry(*key).or_default() += value / 2.0);
        sum.into_iter().collect::<Vec<_>>()
    };
    let allocation = a.allocation.iter().zip(&b.allocation).map(|(x, y)| merge(x, y)).collect();
    let standby = a.standby.iter().zip(&b.standby).map(|(x, y)| {
        let mut both: Vec<_> = x
            .iter()
            .chain(y)
            .map(|s| crate::model::instance::Standby { cover: s.cover / 2.0, ..*s })
            .collect();
        both.sort_by_key(|s| (s.offer, s.readiness));
        both.dedup_by(|next, kept| {
            let is_same = next.offer == kept.offer && next.readiness == kept.readiness;
            if is_same {
                kept.cover += next.cover;
            }
            is_same
        });
        both
    });
    Plan { standby: standby.collect(), allocation }
}

//! One program for all workloads, until its gap is closed.

use super::Searcher;
use crate::planning::USD_PER_UNIT;
use crate::planning::extensive_form::ExtensiveForm;
use crate::planning::formulation::Formulation;
use crate::planning::formulation::limits::hhi_tangents;
use crate::planning::sample::evaluate::evaluate;
use crate::planning::solver::{SolveLimits, SolverError, solve};

/// Rounds in which the tail of the whole program grows.
const MAX_WHOLE_ROUNDS: usize = 20;
const MAX_WHOLE_NODES: i32 = 20_000;
/// The same for a proof that was asked for.
const MAX_PROOF_NODES: i32 = 10_000_000;
/// Gap at which the whole program is solved.
const WHOLE_GAP: f64 = 1e-6;

impl Searcher<'_> {
    /// One program for all, with integers, until no trial outside its tail is as bad as those in it.
    pub(super) fn whole_rounds(&mut self) -> Result<(), SolverError> {
        self.whole_rounds_on(&self.formulation.clone(), WHOLE_GAP, MAX_WHOLE_NODES)
    }

    /// Closes the gap between plan and bound as far as is asked for, from the best plan on.
    ///
    /// `formulation`: all decisions and limits.
    pub(super) fn prove(&mut self, formulation: &Formulation, gap: f64) -> Result<(), SolverError> {
        if self.is_met_to(gap) {
            return Ok(());
        }
        match self.whole_rounds_on(formulation, gap, MAX_PROOF_NODES) {
            // What is known stays known.
            Err(SolverError::NoAnswer(_)) if self.best.is_some() => Ok(()),
            other => other,
        }
    }

    fn whole_rounds_on(
        &mut self,
        formulation: &Formulation,
        gap: f64,
        max_nodes: i32,
    ) -> Result<(), SolverError> {
        let level = self.request.objective.confidence_level;
        let mut whole = ExtensiveForm::new(self.program, formulation, &self.mean, level);
        whole.grow_tail(&self.today.losses);
        if let Some((_, best)) = &self.best {
            whole.grow_tail(&best.losses);
        }
        whole.relax(&mut |solved| {
            self.bound_usd = self.bound_usd.max(solved.cost * USD_PER_UNIT);
            self.report(self.best_usd());
            self.learn(self.program, formulation, &solved.values)
        })?;
        for _ in 0..MAX_WHOLE_ROUNDS {
            let best = self.best.as_ref().map(|(plan, _)| formulation.integers_of(self.setting, plan));
            let start = best.as_deref().unwrap_or_default();
            let effort = SolveLimits { is_relaxed: false, mip_gap: gap, max_nodes, start };
            let solved = solve(&whole.lp, std::iter::empty(), &effort)?;
            if !formulation.is_narrower {
                self.bound_usd = self.bound_usd.max(solved.bound * USD_PER_UNIT);
            }
            let plan = formulation.plan(self.setting, self.program, self.every_cell(), &solved.values);
            let evaluation = evaluate(self.setting, self.program, &self.request.objective, &plan);
            let has_grown = whole.grow_tail(&evaluation.losses);
            let tangents = hhi_tangents(self.setting, self.exposure, &formulation.variables, &plan);
            let is_settled = !has_grown && tangents.is_empty();
            whole.add_rows(tangents);
            self.accept(plan, evaluation);
            self.report(self.best_usd());
            if is_settled || self.will_do() || self.is_met_to(gap) {
                break;
            }
        }
        Ok(())
    }
}

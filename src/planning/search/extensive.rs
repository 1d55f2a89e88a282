//! The direct method: solves the extensive form of all workloads until its gap is closed.

use super::Searcher;
use crate::planning::USD_PER_UNIT;
use crate::planning::extensive_form::ExtensiveForm;
use crate::planning::formulation::Formulation;
use crate::planning::formulation::limits::hhi_tangents;
use crate::planning::sample::evaluate::evaluate;
use crate::planning::solver::{SolveLimits, SolverError, solve};

/// Integer solves while the tail grows, at most.
const MAX_TAIL_ROUNDS: usize = 20;
/// Branch-and-bound nodes per integer solve.
const MAX_DIRECT_NODES: i32 = 20_000;
/// Branch-and-bound nodes per integer solve for a requested proof.
const MAX_PROOF_NODES: i32 = 10_000_000;
/// Relative gap to which the extensive form is solved.
const DIRECT_GAP: f64 = 1e-6;

impl Searcher<'_> {
    /// Solves the extensive form with integers, until no trial outside its tail is as bad as those in it.
    pub(super) fn direct_rounds(&mut self) -> Result<(), SolverError> {
        self.solve_extensive_form(&self.formulation.clone(), DIRECT_GAP, MAX_DIRECT_NODES)
    }

    /// Closes the gap between plan and bound to `gap`, starting from the best plan.
    ///
    /// `formulation`: all decisions and limits, without cuts.
    pub(super) fn prove(&mut self, formulation: &Formulation, gap: f64) -> Result<(), SolverError> {
        if self.is_met_to(gap) {
            return Ok(());
        }
        match self.solve_extensive_form(formulation, gap, MAX_PROOF_NODES) {
            // The best plan and the bound remain valid.
            Err(SolverError::NoAnswer(_)) if self.best.is_some() => Ok(()),
            other => other,
        }
    }

    /// Solves the extensive form of `formulation`: relaxed first, then with integers, until plan and bound meet.
    fn solve_extensive_form(
        &mut self,
        formulation: &Formulation,
        gap: f64,
        max_nodes: i32,
    ) -> Result<(), SolverError> {
        let level = self.request.objective.confidence_level;
        let mut extensive = ExtensiveForm::new(self.sample, formulation, &self.mean, level);
        extensive.grow_tail(&self.today.losses);
        if let Some((_, best)) = &self.best {
            extensive.grow_tail(&best.losses);
        }
        extensive.relax(&mut |solved| {
            self.bound_usd = self.bound_usd.max(solved.cost * USD_PER_UNIT);
            self.report(self.best_usd());
            self.learn(self.sample, formulation, &solved.values)
        })?;
        for _ in 0..MAX_TAIL_ROUNDS {
            let best = self.best.as_ref().map(|(plan, _)| formulation.integers_of(self.setting, plan));
            let start = best.as_deref().unwrap_or_default();
            let limits = SolveLimits { is_relaxed: false, mip_gap: gap, max_nodes, start };
            let solved = solve(&extensive.lp, std::iter::empty(), &limits)?;
            if !formulation.is_narrower {
                self.bound_usd = self.bound_usd.max(solved.bound * USD_PER_UNIT);
            }
            let plan = formulation.plan(self.setting, self.sample, self.every_cell(), &solved.values);
            let evaluation = evaluate(self.setting, self.sample, &self.request.objective, &plan);
            let has_grown = extensive.grow_tail(&evaluation.losses);
            let tangents = hhi_tangents(self.setting, self.exposure, &formulation.variables, &plan);
            let is_settled = !has_grown && tangents.is_empty();
            extensive.add_rows(tangents);
            self.accept(plan, evaluation);
            self.report(self.best_usd());
            if is_settled || self.is_enough() || self.is_met_to(gap) {
                break;
            }
        }
        Ok(())
    }
}

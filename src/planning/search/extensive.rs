//! The direct method: solves the extensive form of all workloads until its gap is closed.

use super::{GAP_TOLERANCE, Searcher};
use crate::planning::USD_PER_UNIT;
use crate::planning::extensive_form::ExtensiveForm;
use crate::planning::formulation::Formulation;
use crate::planning::formulation::limits::hhi_tangents;
use crate::planning::formulation::linear_program::LinearProgram;
use crate::planning::sample::evaluate::evaluate;
use crate::planning::solver::{STOPS_EARLY, SolveLimits, Solved, SolverError, solve};

/// Integer solves while the tail grows, at most.
const MAX_TAIL_ROUNDS: usize = 20;
/// Branch-and-bound nodes of an integer solve, at most.
const MAX_DIRECT_NODES: i32 = 20_000;
/// Nodes of the first try of an integer solve; each further one, from the best solution so far, has four times as many.
const FIRST_NODES: i32 = 80;
const MORE_NODES: i32 = 4;
/// Work of the direct method, at most: simplex iterations of all integer solves × terms of the program. A count, so that
/// the same input gives the same plan on any machine; some seconds.
const MAX_DIRECT_WORK: u64 = 3_000_000_000;
/// Branch-and-bound nodes per integer solve for a requested proof.
const MAX_PROOF_NODES: i32 = 10_000_000;
/// Relative gap to which the extensive form is solved, if it has at most [`FEW_INTEGERS`]; else [`GAP_TOLERANCE`].
const DIRECT_GAP: f64 = 1e-6;
const FEW_INTEGERS: usize = 120;
/// Relative gap within which any plan is.
const ANY_GAP: f64 = 1e6;
/// Terms of the extensive form up to which the solver tries to close the gap that column generation leaves.
const MAX_CLOSING_TERMS: usize = 150_000;

impl Searcher<'_> {
    /// Solves the extensive form with integers, until no trial outside its tail is as bad as those in it; returns
    /// whether that took no more than [`MAX_DIRECT_WORK`].
    pub(super) fn direct_rounds(&mut self) -> Result<bool, SolverError> {
        let mut work = Work { left: MAX_DIRECT_WORK, max_nodes: MAX_DIRECT_NODES };
        let gap = if self.formulation.lp.n_integers() <= FEW_INTEGERS { DIRECT_GAP } else { GAP_TOLERANCE };
        self.solve_extensive_form(&self.formulation.clone(), gap, &mut work)?;
        Ok(work.left > 0)
    }

    /// Closes the gap that column generation has left, as far as [`MAX_DIRECT_WORK`] allows; does nothing where the program
    /// is too large. `formulation`: all decisions and limits, without cuts.
    pub(super) fn close(&mut self, formulation: &Formulation) -> Result<(), SolverError> {
        if !self.may_close(formulation) {
            return Ok(());
        }
        let mut work = Work { left: MAX_DIRECT_WORK, max_nodes: MAX_DIRECT_NODES };
        match self.solve_extensive_form(formulation, GAP_TOLERANCE, &mut work) {
            // What column generation has found remains valid.
            Err(SolverError::NoAnswer(_)) => Ok(()),
            other => other,
        }
    }

    /// Whether the solver can be asked to close the gap, or for any plan: it can stop early, and the program is not too large.
    pub(super) fn may_close(&self, formulation: &Formulation) -> bool {
        STOPS_EARLY && ExtensiveForm::n_terms(self.sample, formulation, &self.mean) <= MAX_CLOSING_TERMS
    }

    /// Closes the gap between plan and bound to `gap`, starting from the best plan.
    ///
    /// `formulation`: all decisions and limits, without cuts.
    pub(super) fn prove(&mut self, formulation: &Formulation, gap: f64) -> Result<(), SolverError> {
        if self.is_met_to(gap) {
            return Ok(());
        }
        let mut work = Work { left: u64::MAX, max_nodes: MAX_PROOF_NODES };
        match self.solve_extensive_form(formulation, gap, &mut work) {
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
        work: &mut Work,
    ) -> Result<(), SolverError> {
        let mut asked_gap = if self.request.any_plan_will_do { ANY_GAP } else { gap };
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
            let solved = work.solve(&extensive.lp, asked_gap, start)?;
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
            if self.is_enough() || self.is_met_to(gap) || work.left == 0 || (is_settled && asked_gap <= gap) {
                break;
            }
            // The first plan of the solver broke what is no row of the program; a better one may not.
            asked_gap = gap;
        }
        Ok(())
    }
}

/// The work that integer solves may still do.
struct Work {
    /// Simplex iterations × terms; none are left if a solve was stopped.
    left: u64,
    /// Of one solve.
    max_nodes: i32,
}

impl Work {
    /// Solves the program to a relative gap, with more and more nodes while work is left.
    fn solve(&mut self, lp: &LinearProgram, gap: f64, start: &[f64]) -> Result<Solved, SolverError> {
        let n_terms: usize = lp.constraints.iter().map(|row| row.terms.len()).sum();
        let mut start = start.to_vec();
        let mut max_nodes = if self.left == u64::MAX { self.max_nodes } else { FIRST_NODES };
        loop {
            let limits =
                SolveLimits { is_relaxed: false, mip_gap: gap, max_nodes, may_restart: true, start: &start };
            let solved = solve(lp, std::iter::empty(), &limits)?;
            let cost = lp.cost(&solved.values);
            if max_nodes >= self.max_nodes || cost - solved.bound <= gap * cost.abs() {
                return Ok(solved);
            }
            let done = solved.n_iterations.saturating_mul(n_terms as u64);
            self.left = self.left.saturating_sub(done);
            // The next try takes about as much as all before it, and more.
            if self.left < done.saturating_mul(MORE_NODES as u64) {
                self.left = 0;
                return Ok(solved);
            }
            max_nodes = (max_nodes * MORE_NODES).min(self.max_nodes);
            start = solved.values;
        }
    }
}

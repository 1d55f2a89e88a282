//! One program for all workloads, until its gap is closed.

use super::Searcher;
use crate::planning::USD_PER_UNIT;
use crate::planning::evaluate::evaluate;
use crate::planning::limits::hhi_tangents;
use crate::planning::solver::{Effort, SolverError, solve};
use crate::planning::whole::Whole;

/// Rounds in which the tail of the whole program grows.
const MAX_WHOLE_ROUNDS: usize = 20;
const MAX_WHOLE_NODES: i32 = 20_000;
/// Gap at which the whole program is solved.
const WHOLE_GAP: f64 = 1e-6;

impl Searcher<'_> {
    /// One program for all, with integers, until no trial outside its tail is as bad as those in it.
    pub(super) fn whole_rounds(&mut self) -> Result<(), SolverError> {
        let structure = self.master.clone();
        let level = self.request.objective.confidence_level;
        let mut whole = Whole::new(self.program, &structure, &self.mean, level);
        whole.grow_tail(&self.today.losses);
        whole.relax(&mut |solved| {
            self.bound_usd = self.bound_usd.max(solved.cost * USD_PER_UNIT);
            self.report(self.best_usd());
            self.learn(self.program, &structure, &solved.values)
        })?;
        for _ in 0..MAX_WHOLE_ROUNDS {
            let effort = Effort { is_relaxed: false, mip_gap: WHOLE_GAP, max_nodes: MAX_WHOLE_NODES };
            let solved = solve(&whole.lp, std::iter::empty(), &effort)?;
            if !structure.is_narrower {
                self.bound_usd = self.bound_usd.max(solved.bound * USD_PER_UNIT);
            }
            let plan = structure.plan(self.setting, self.program, self.every_cell(), &solved.values);
            let evaluation = evaluate(self.setting, self.program, &self.request.objective, &plan);
            let has_grown = whole.grow_tail(&evaluation.losses);
            let tangents = hhi_tangents(self.setting, self.exposure, &structure.columns, &plan);
            let is_settled = !has_grown && tangents.is_empty();
            whole.add_rows(tangents);
            self.accept(plan, evaluation);
            self.report(self.best_usd());
            if is_settled || self.will_do() || self.is_met_to(WHOLE_GAP) {
                break;
            }
        }
        Ok(())
    }
}

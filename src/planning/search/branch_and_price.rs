//! Branch and price (Barnhart, Johnson, Nemhauser, Savelsbergh and Vance 1998) over the integers that workloads share
//! (machines, hosts in use, counters of limits) and over what each workload's plan costs.
//!
//! Column generation leaves both fractional: half a machine costs half, and half of a cheap plan with half of a dear one loses
//! what the two lose on average, for which no plan of the workload exists. Many discrete choices cost and lose about the same,
//! so a choice that is ruled out is replaced by another; a cost is not.

use super::{CLOSED, Searcher};
use crate::planning::USD_PER_UNIT;
use crate::planning::column_generation::ColumnGeneration;
use crate::planning::column_generation::exchange_heuristic::{Neighborhood, exchange_search};
use crate::planning::column_generation::node::MasterNode;
use crate::planning::column_generation::restricted_master::MasterSolution;
use crate::planning::formulation::Formulation;
use crate::planning::solver::SolverError;

/// Relative gap between plan and bound at which branching ends.
const BRANCHED_TO: f64 = 1e-2;
/// A combination is refined if it is worse than the best plan by no more than this, relative to it.
const WORTH_REFINING: f64 = 3e-2;
/// Nodes, at most, and in a row that bring neither a better plan nor a better bound; and nodes where a gap must be proven.
const MAX_PARTS: usize = 20;
const MAX_VAIN_PARTS: usize = 10;
const MAX_PROOF_PARTS: usize = 400;
/// Nodes after which the columns found so far are combined.
const COMBINED_AFTER: usize = 8;
/// Relative change of plan or bound that counts as progress.
const PROGRESS: f64 = 2e-4;
/// Rounds of column generation in a node, at most.
const MAX_PART_ROUNDS: usize = 3;
/// Rounds at a node that cannot be split, at most.
const MAX_LAST_ROUNDS: usize = 6;
/// Relative gap between master solution and bound at which a node is split.
const PART_TOLERANCE: f64 = 1e-3;

/// When branching ends.
#[derive(Debug, Clone, Copy)]
struct NodeLimits {
    /// Relative gap between plan and bound.
    gap: f64,
    max_nodes: usize,
    /// Nodes in a row without progress.
    max_vain: usize,
}

impl Searcher<'_> {
    /// Splits the node with the lowest bound until plan and bound are within [`BRANCHED_TO`], or further nodes gain little; until
    /// they are within `prove_to`, if that is asked for. Combines the columns found on the way.
    pub(super) fn branch(
        &mut self,
        columns: &mut ColumnGeneration<'_>,
        formulation: &Formulation,
        prove_to: Option<f64>,
    ) -> Result<(), SolverError> {
        let limits = match prove_to {
            Some(gap) => NodeLimits { gap, max_nodes: MAX_PROOF_PARTS, max_vain: MAX_PROOF_PARTS },
            None => NodeLimits { gap: BRANCHED_TO, max_nodes: MAX_PARTS, max_vain: MAX_VAIN_PARTS },
        };
        if self.best.is_none() {
            return Ok(());
        }
        let root = columns.node();
        columns.enter(root.clone());
        let n_searched = self.branch_from(columns, formulation, limits);
        columns.enter(root);
        if n_searched? < COMBINED_AFTER && !self.is_met_to(limits.gap.min(CLOSED)) {
            self.combine(columns, formulation)?;
        }
        Ok(())
    }

    /// Searches the tree from the present node; returns how many nodes were taken from it.
    fn branch_from(
        &mut self,
        columns: &mut ColumnGeneration<'_>,
        formulation: &Formulation,
        limits: NodeLimits,
    ) -> Result<usize, SolverError> {
        let root = columns.node();
        let mut open: Vec<MasterNode> = vec![root.clone()];
        // Lowest bound of the nodes that are not split: their master solution is whole, or they are near enough to the plan.
        let mut settled = f64::INFINITY;
        let (mut n_searched, mut n_vain) = (0, 0);
        while !self.is_met_to(limits.gap) && n_searched < limits.max_nodes && n_vain < limits.max_vain {
            if n_searched == COMBINED_AFTER {
                columns.enter(root.clone());
                self.combine(columns, formulation)?;
            }
            let before = (self.bound_usd, self.best_usd());
            let lowest = open.iter().enumerate().min_by(|a, b| a.1.bound.total_cmp(&b.1.bound));
            let Some(at) = lowest.map(|(at, _)| at) else { break };
            let node = open.swap_remove(at);
            n_searched += 1;
            if self.is_worth_searching(node.bound, limits.gap) {
                columns.enter(node);
                match self.search_node(columns, formulation, limits.gap) {
                    Ok(Some(parts)) => open.extend(parts),
                    Ok(None) | Err(SolverError::NoAnswer(_)) => settled = settled.min(columns.bound),
                    Err(SolverError::Infeasible) => {}
                }
            } else {
                settled = settled.min(node.bound);
            }
            let bound = open.iter().map(|node| node.bound).fold(settled, f64::min);
            self.bound_usd = self.bound_usd.max(bound.min(self.best_usd() / USD_PER_UNIT) * USD_PER_UNIT);
            self.report(self.best_usd());
            let least = PROGRESS * self.best_usd().abs();
            let moved = self.bound_usd > before.0 + least || self.best_usd() < before.1 - least;
            n_vain = if moved { 0 } else { n_vain + 1 };
        }
        Ok(n_searched)
    }

    /// Whether a node with this bound may hold a plan that is better by more than a relative gap.
    fn is_worth_searching(&self, bound: f64, gap: f64) -> bool {
        let best = self.best_usd() / USD_PER_UNIT;
        best - bound > gap * best.abs()
    }

    /// Generates columns within a node, and refines the combination that its master solution leads to; returns the node's
    /// parts, or `None` if it need not or cannot be split.
    fn search_node(
        &mut self,
        columns: &mut ColumnGeneration<'_>,
        formulation: &Formulation,
        gap: f64,
    ) -> Result<Option<[MasterNode; 2]>, SolverError> {
        let mut solution = columns.solve_master()?;
        for _ in 0..MAX_PART_ROUNDS {
            if solution.is_within(columns.estimate(), PART_TOLERANCE)
                || !self.is_worth_searching(columns.bound, gap)
            {
                break;
            }
            solution = columns.round()?;
        }
        let is_open = columns.estimate() - columns.bound > PART_TOLERANCE * solution.cost.abs();
        if is_open && self.is_worth_searching(columns.bound, gap) {
            columns.tighten();
        }
        let solution = columns.solve_open()?;
        let blends = columns.add_blends(&solution);
        let objective = &self.request.objective;
        let (combination, score) =
            exchange_search(columns, formulation, objective, &[blends], Neighborhood::Single);
        let before = self.best_usd() / USD_PER_UNIT;
        if score < before * (1.0 + WORTH_REFINING) {
            self.refine(columns, formulation, vec![combination])?;
        }
        if !solution.is_kept() || !self.is_worth_searching(columns.bound, gap) {
            return Ok(None);
        }
        let parts = columns.split(&solution);
        if parts.is_none() {
            self.settle_node(columns, solution, gap)?;
        }
        Ok(parts)
    }

    /// Raises the bound of a node that cannot be split, at the dual values of its own master solution.
    fn settle_node(
        &self,
        columns: &mut ColumnGeneration<'_>,
        mut solution: MasterSolution,
        gap: f64,
    ) -> Result<(), SolverError> {
        for _ in 0..MAX_LAST_ROUNDS {
            let is_done = solution.is_within(columns.bound, PART_TOLERANCE);
            if is_done || !self.is_worth_searching(columns.bound, gap) {
                break;
            }
            columns.price_at(solution.duals)?;
            solution = columns.solve_open()?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::cut_relaxation::tests::shock;
    use crate::model::example::Example;
    use crate::model::limit::Measure;
    use crate::model::words::Openness;
    use crate::planning::request::{Freedom, Request};
    use crate::planning::sample::CompiledSample;
    use crate::planning::sample::evaluate::Objective;
    use crate::planning::search::{Method, SearchOptions, search_with};
    use crate::service::cell_model::Roles;
    use crate::service::disruption::Occurrence;
    use crate::service::setting::Setting;
    use crate::shocks::resolve::ResolvedShock;

    /// Two workloads of 60 mtok each share machines of 100 mtok for 100 USD a month; an API asks 1.2 USD per mtok. Parts of
    /// machines would serve all for 120 USD. One whole machine and 20 mtok of the API cost 124 USD, two machines 200 USD.
    #[test]
    fn machines_are_whole_in_the_bound_too() {
        let instance = Example::machines_or_api().instance();
        let setting = Setting::new(&instance);
        let sample = CompiledSample::new(&setting, &[], &Roles::all(&setting), &[Vec::new()]);
        let request = Request::new(Objective::new(0.5, 0.95));
        let options = SearchOptions { method: Some(Method::Decomposed), warm_start: None };
        let found = search_with(options, &setting, &sample, &request, &|_, _, _| ()).unwrap();
        let months = instance.portfolio.horizon_days / crate::units::DAYS_PER_MONTH;
        let (best, bound) = (found.best.unwrap().1.figures.objective_usd / months, found.bound_usd / months);
        assert!((best - 124.0).abs() < 1e-6, "{best}");
        assert!(bound > 124.0 * 0.99 && bound <= 124.0 + 1e-6, "{bound}");
    }

    /// Two workloads whose only primary is dark all the time. A hot standby takes either of them for 100 USD a month, and the
    /// budget leaves 150: mixes of plans buy one and a half standbys, a plan buys one.
    #[test]
    fn half_a_standby_is_no_plan_in_the_bound_either() {
        let mut example = Example::new();
        example.supplier("lab", "US", &[]);
        for id in ["a", "b"] {
            example.model(id, "lab", Openness::OpenWeights, None);
            example.offer(id, "lab", "US", &[]);
        }
        for id in ["v", "w"] {
            example.workload(id, &[("DE", 1.0)], &[("a@lab:US", 1.0)]);
        }
        let fees = &mut example.portfolio.readiness;
        (fees.hot_usd_per_month, fees.warm_usd_per_month) = (100.0, 1000.0);
        example.limit("budget", Measure::MonthlyCost { at_most_usd: 350.0 });
        let instance = example.instance();
        let setting = Setting::new(&instance);
        let mut dark = ResolvedShock::new(&instance, &shock());
        (0..2).for_each(|cell| dark.unavailable.insert(cell, 0));
        let trials = [vec![Occurrence::endless(0)]];
        let sample = CompiledSample::new(&setting, &[dark], &Roles::all(&setting), &trials);
        let mut request = Request::new(Objective::new(0.5, 0.95));
        request.freedom = Freedom { keeps_shares: true, ..Freedom::default() };
        let options = SearchOptions { method: Some(Method::Decomposed), warm_start: None };
        let found = search_with(options, &setting, &sample, &request, &|_, _, _| ()).unwrap();
        let (plan, best) = found.best.unwrap();
        assert_eq!(plan.standby.iter().map(Vec::len).sum::<usize>(), 1);
        let (today, best) = (found.current.figures, best.figures);
        assert!((best.cvar_usd - today.cvar_usd / 2.0).abs() < 1e-6, "{best:?}");
        assert!(found.bound_usd > 0.99 * best.objective_usd, "{} of {}", found.bound_usd, best.objective_usd);
        assert!(found.bound_usd <= best.objective_usd * (1.0 + 1e-9), "{}", found.bound_usd);
    }
}

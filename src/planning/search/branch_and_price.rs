//! Branch and price over the integers that workloads share: machines, hosts in use, counters of limits.
//!
//! Column generation leaves them fractional: half a machine costs half. Bounds on them leave the plans of single workloads
//! as they are, so that the parts of a split share all columns (Barnhart, Johnson, Nemhauser, Savelsbergh and Vance 1998).

use super::Searcher;
use crate::planning::USD_PER_UNIT;
use crate::planning::column_generation::ColumnGeneration;
use crate::planning::column_generation::exchange_heuristic::{Neighborhood, exchange_search};
use crate::planning::column_generation::node::MasterNode;
use crate::planning::formulation::Formulation;
use crate::planning::solver::SolverError;

/// Relative gap between plan and bound at which branching ends.
const BRANCHED_TO: f64 = 1e-2;
/// A combination is refined if it is worse than the best plan by no more than this, relative to it.
const WORTH_REFINING: f64 = 3e-2;
/// Nodes, at most; and in a row that bring neither a better plan nor a better bound.
const MAX_PARTS: usize = 24;
const MAX_VAIN_PARTS: usize = 3;
/// Relative change of plan or bound that counts as progress.
const PROGRESS: f64 = 2e-4;
/// Rounds of column generation in a node, at most.
const MAX_PART_ROUNDS: usize = 5;
/// Relative gap between master solution and bound at which a node is split.
const PART_TOLERANCE: f64 = 1e-3;

impl Searcher<'_> {
    /// Whether a mix of columns with whole machines and hosts, which costs `cost` in units of money, leaves hope that
    /// branching on these reaches [`BRANCHED_TO`].
    pub(super) fn is_met_by(&self, cost: f64) -> bool {
        !cost.is_finite()
            || self.best_usd() / USD_PER_UNIT - cost <= BRANCHED_TO * (self.best_usd() / USD_PER_UNIT).abs()
    }

    /// Splits the node with the lowest bound until plan and bound are within [`BRANCHED_TO`].
    pub(super) fn branch(
        &mut self,
        columns: &mut ColumnGeneration<'_>,
        formulation: &Formulation,
    ) -> Result<(), SolverError> {
        if self.is_met_to(BRANCHED_TO) || self.best.is_none() {
            return Ok(());
        }
        let root = columns.node();
        columns.enter(root.clone());
        let outcome = self.branch_from(columns, formulation);
        columns.enter(root);
        outcome
    }

    fn branch_from(
        &mut self,
        columns: &mut ColumnGeneration<'_>,
        formulation: &Formulation,
    ) -> Result<(), SolverError> {
        let mut open: Vec<MasterNode> = vec![columns.node()];
        // Lowest bound of the nodes that are not split: their master solution is integral.
        let mut settled = f64::INFINITY;
        let mut n_vain = 0;
        for _ in 0..MAX_PARTS {
            let before = (self.bound_usd, self.best_usd());
            let lowest = open.iter().enumerate().min_by(|a, b| a.1.bound.total_cmp(&b.1.bound));
            let Some(at) = lowest.map(|(at, _)| at) else { break };
            let node = open.swap_remove(at);
            if self.is_worth_searching(node.bound) {
                columns.enter(node);
                let is_feasible = self.search_node(columns, formulation)?;
                match columns.split().filter(|_| is_feasible && self.is_worth_searching(columns.bound)) {
                    Some(parts) => open.extend(parts),
                    None => settled = settled.min(columns.bound),
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
            if self.is_met_to(BRANCHED_TO) || n_vain == MAX_VAIN_PARTS {
                break;
            }
        }
        Ok(())
    }

    /// Whether a node with this bound may hold a plan that is better by more than the gap that is left open.
    fn is_worth_searching(&self, bound: f64) -> bool {
        self.best_usd() / USD_PER_UNIT - bound > BRANCHED_TO * (self.best_usd() / USD_PER_UNIT).abs()
    }

    /// Generates columns within a node, and refines the combination that its master solution leads to; returns whether the
    /// master solution keeps all rows.
    fn search_node(
        &mut self,
        columns: &mut ColumnGeneration<'_>,
        formulation: &Formulation,
    ) -> Result<bool, SolverError> {
        let mut solution = columns.solve_master()?;
        for _ in 0..MAX_PART_ROUNDS {
            if solution.is_within(columns.estimate(), PART_TOLERANCE)
                || !self.is_worth_searching(columns.bound)
            {
                break;
            }
            solution = columns.round()?;
        }
        let is_open = columns.estimate() - columns.bound > PART_TOLERANCE * solution.cost.abs();
        if is_open && self.is_worth_searching(columns.bound) {
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
        Ok(solution.is_kept())
    }
}

#[cfg(test)]
mod tests {
    use crate::model::example::Example;
    use crate::planning::request::Request;
    use crate::planning::sample::CompiledSample;
    use crate::planning::sample::evaluate::Objective;
    use crate::planning::search::{Method, SearchOptions, search_with};
    use crate::service::cell_model::Roles;
    use crate::service::setting::Setting;

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
}

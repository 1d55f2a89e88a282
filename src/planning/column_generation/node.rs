//! A node of branch and price: bounds of the integers that workloads share, and of the planned cost of each workload, within
//! which columns are generated.

use std::collections::{BTreeMap, BTreeSet};

use super::column::CostRange;
use super::restricted_master::{MasterSolution, ProbedInteger};
use super::{BOX_WIDTH, ColumnGeneration, SMOOTHING, StabilityCenter};
use crate::model::instance::WorkloadIdx;
use crate::planning::formulation::linear_program::VariableIdx;

/// Workloads whose cost is probed at a node, at most.
const MAX_PROBED: usize = 8;
/// Spread of the costs that a workload mixes, relative to their mean, from which they are split.
const LEAST_SPREAD: f64 = 1e-4;
/// What a split of costs counts beside a split of integers that promises as much: it rules out columns, for which workloads
/// will find others.
const COST_PROMISE: f64 = 0.1;
/// Rise of the master's cost below which splits count as equally good, relative to that cost.
const LEAST_RISE: f64 = 1e-6;

/// A node of branch and price: bounds of the shared variables and of workloads' costs, and what is known of the best plan
/// within them.
#[derive(Clone)]
pub struct MasterNode {
    shared_bounds: Vec<(f64, f64)>,
    /// `[n_workloads]`
    costs: Vec<CostRange>,
    center: Option<StabilityCenter>,
    /// Lower bound on the cost of the plans within the bounds, in units of money.
    pub bound: f64,
}

/// What a node may be split at.
#[derive(Debug, Clone, Copy)]
enum NodeSplit {
    Shared(ProbedInteger),
    /// The planned cost of a workload.
    Cost(WorkloadIdx, f64),
}

impl MasterNode {
    /// Sets what the dual values of the stability center say within the bounds.
    fn settle(&mut self, columns: &ColumnGeneration<'_>) {
        let Some(center) = &mut self.center else { return };
        let bound =
            columns.shared_cost(&self.shared_bounds, &center.duals) + center.bounds.iter().sum::<f64>();
        center.estimate = bound + center.open.iter().sum::<f64>();
        self.bound = self.bound.max(bound);
    }
}

impl ColumnGeneration<'_> {
    /// The node that is searched.
    #[must_use]
    pub fn node(&self) -> MasterNode {
        MasterNode {
            shared_bounds: self.shared_bounds.clone(),
            costs: self.pricing_problems.iter().map(|problem| problem.costs).collect(),
            center: self.center.clone(),
            bound: self.bound,
        }
    }

    /// Searches a node from now on. Columns of other nodes stay, and are used where the bounds allow them.
    pub fn enter(&mut self, node: MasterNode) {
        let MasterNode { shared_bounds, costs, center, bound } = node;
        (self.shared_bounds, self.center, self.bound) = (shared_bounds, center, bound);
        (self.smoothing, self.box_width) = (SMOOTHING, BOX_WIDTH);
        for (workload, own) in costs.into_iter().enumerate() {
            if self.pricing_problems[workload].costs != own {
                self.pricing_problems[workload].costs = own;
                self.allow_within(workload, own);
            }
        }
        self.enter_bounds();
        if let Some(center) = &self.center {
            self.master.set_box(&center.duals, self.box_width);
        }
    }

    /// Bounds of the shared variables.
    pub(super) fn bounds_by_variable(&self) -> BTreeMap<VariableIdx, (f64, f64)> {
        self.blocks.shared.iter().copied().zip(self.shared_bounds.iter().copied()).collect()
    }

    /// Sets the bounds of the node in the restricted master.
    pub(super) fn enter_bounds(&mut self) {
        let bounds = self.bounds_by_variable();
        self.master.set_bounds(&bounds);
    }

    /// Allows the columns of a workload in the restricted master whose planned cost is within a range.
    fn allow_within(&mut self, workload: WorkloadIdx, costs: CostRange) {
        let pool = &self.pools[workload];
        self.master.allow(workload, |column| costs.contains(pool[column].planned));
    }

    /// Workloads that mix plans with different discrete choices, each with the mean of what these plans cost: those first
    /// whose costs are furthest apart. No plan of a workload may cost what the mix does and lose as little.
    fn mixed_costs(&self, solution: &MasterSolution) -> Vec<(WorkloadIdx, f64)> {
        let mut mixed = Vec::new();
        for (workload, parts) in solution.parts.iter().enumerate() {
            let choices: BTreeSet<_> = parts.iter().map(|own| self.discrete(workload, own.0)).collect();
            let cost = |column: usize| self.pools[workload][column].planned;
            let mean: f64 = parts.iter().map(|&(column, part)| part * cost(column)).sum();
            let spread: f64 = parts.iter().map(|&(column, part)| part * (cost(column) - mean).abs()).sum();
            if choices.len() > 1 && spread > LEAST_SPREAD * mean.abs() {
                mixed.push((spread, workload, mean));
            }
        }
        mixed.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        mixed.into_iter().take(MAX_PROBED).map(|(_, workload, mean)| (workload, mean)).collect()
    }

    /// Splits the node where it promises most in the restricted master (strong branching; Achterberg, Koch and Martin 2005):
    /// at a fractional shared integer, or at the cost of a workload that mixes plans. `solution`: the last one of the master,
    /// with open boxes. `None` if nothing is fractional. Both parts start with the workloads' bounds at the dual values of the
    /// node.
    #[must_use]
    pub fn split(&mut self, solution: &MasterSolution) -> Option<[MasterNode; 2]> {
        let bounds = self.bounds_by_variable();
        self.master.open_boxes();
        let probed = self.master.probe(|variable| bounds[&variable]);
        let mut splits: Vec<(NodeSplit, [f64; 2])> =
            probed.into_iter().map(|own| (NodeSplit::Shared(own), own.costs)).collect();
        for (workload, at) in self.mixed_costs(solution) {
            let own = self.pricing_problems[workload].costs;
            let costs = own.split(at).map(|part| {
                self.allow_within(workload, part);
                self.master.cost()
            });
            self.allow_within(workload, own);
            splits.push((NodeSplit::Cost(workload, at), costs));
        }
        if let Some(center) = &self.center {
            self.master.set_box(&center.duals, self.box_width);
        }
        let cost = solution.cost;
        let rise = |part: f64| (part - cost).clamp(LEAST_RISE * cost.abs(), cost.abs());
        let promise = |(split, costs): &(NodeSplit, [f64; 2])| {
            let weight = if matches!(split, NodeSplit::Cost(..)) { COST_PROMISE } else { 1.0 };
            weight * rise(costs[0]) * rise(costs[1])
        };
        let best = splits.iter().rev().max_by(|a, b| promise(a).total_cmp(&promise(b)))?;
        match best.0 {
            NodeSplit::Shared(integer) => self.split_at_integer(integer),
            NodeSplit::Cost(workload, at) => {
                let part = |costs: CostRange| {
                    let mut node = self.node();
                    node.costs[workload] = costs;
                    node
                };
                Some(self.pricing_problems[workload].costs.split(at).map(part))
            }
        }
    }

    /// The parts below and above the value of a shared integer.
    fn split_at_integer(
        &self,
        ProbedInteger { variable, value, .. }: ProbedInteger,
    ) -> Option<[MasterNode; 2]> {
        let at = self.blocks.shared.binary_search(&variable).ok()?;
        let part = |bounds: (f64, f64)| {
            let mut node = self.node();
            node.shared_bounds[at] = bounds;
            node.settle(self);
            node
        };
        let (low, high) = self.shared_bounds[at];
        Some([part((low, value.floor())), part((value.ceil(), high))])
    }
}

//! A node of branch and price: bounds of the integers that workloads share, within which columns are generated.

use std::collections::BTreeMap;

use super::restricted_master::ProbedInteger;
use super::{BOX_WIDTH, ColumnGeneration, SMOOTHING, StabilityCenter};
use crate::planning::formulation::linear_program::VariableIdx;

/// A node of branch and price: bounds of the shared variables, and what is known of the best plan within them.
#[derive(Clone)]
pub struct MasterNode {
    shared_bounds: Vec<(f64, f64)>,
    center: Option<StabilityCenter>,
    /// Lower bound on the cost of the plans within the bounds, in units of money.
    pub bound: f64,
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
            center: self.center.clone(),
            bound: self.bound,
        }
    }

    /// Searches a node from now on. Columns are plans of single workloads, so those of other nodes stay.
    pub fn enter(&mut self, node: MasterNode) {
        MasterNode { shared_bounds: self.shared_bounds, center: self.center, bound: self.bound } = node;
        (self.smoothing, self.box_width) = (SMOOTHING, BOX_WIDTH);
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

    /// Splits the node at the fractional shared integer of the last master solution whose cheaper side costs most in the
    /// restricted master (strong branching; Achterberg, Koch and Martin 2005); `None` if all are integral. Both parts start
    /// with the workloads' bounds at the dual values of the node.
    #[must_use]
    pub fn split(&mut self) -> Option<[MasterNode; 2]> {
        let bounds = self.bounds_by_variable();
        self.master.open_boxes();
        let probed = self.master.probe(|variable| bounds[&variable]);
        if let Some(center) = &self.center {
            self.master.set_box(&center.duals, self.box_width);
        }
        let (least, most) = (f64::min, f64::max);
        let worst = probed.iter().max_by(|a, b| {
            let by =
                |of: fn(f64, f64) -> f64| of(a.costs[0], a.costs[1]).total_cmp(&of(b.costs[0], b.costs[1]));
            by(least).then(by(most)).then(b.variable.cmp(&a.variable))
        });
        let &ProbedInteger { variable, value, .. } = worst?;
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

//! A node of branch and price: bounds of the integers that workloads share, within which columns are generated.

use std::cmp::Ordering;

use super::restricted_master::INTEGRALITY_TOLERANCE;
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

    /// Sets the bounds of the node in the restricted master.
    pub(super) fn enter_bounds(&mut self) {
        let bounds: Vec<(VariableIdx, (f64, f64))> =
            self.blocks.shared.iter().copied().zip(self.shared_bounds.iter().copied()).collect();
        self.master.set_bounds(&bounds);
    }

    /// Splits the node at the fractional shared integer of the last master solution whose rounding costs most; `None` if all
    /// are integral. Both parts start with the workloads' bounds at the dual values of the node.
    #[must_use]
    pub fn split(&self) -> Option<[MasterNode; 2]> {
        let off = |value: f64| (value - value.round()).abs();
        let cost = |variable: VariableIdx| self.formulation.lp.variables[variable].cost.abs();
        let fractional = self.master.shared_integers.iter().filter(|own| off(own.2) > INTEGRALITY_TOLERANCE);
        let worst = fractional.max_by(|a, b| {
            let of = |own: &(VariableIdx, VariableIdx, f64)| (cost(own.0) * off(own.2), off(own.2));
            of(a).partial_cmp(&of(b)).unwrap_or(Ordering::Equal).then(b.0.cmp(&a.0))
        });
        let &(variable, _, value) = worst?;
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

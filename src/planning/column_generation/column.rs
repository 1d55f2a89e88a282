//! A column: the plan of one workload, with its cost, its activity in the linking rows and its loss in every trial. A
//! plan of the portfolio combines one column per workload.

use std::collections::BTreeMap;

use super::blocks::Block;
use crate::model::plan::Plan;
use crate::planning::USD_PER_UNIT;
use crate::planning::formulation::Formulation;
use crate::planning::formulation::linear_program::{LinearProgram, VariableIdx};
use crate::planning::sample::CompiledSample;
use crate::service::cell_plan::CellPlan;
use crate::service::setting::Setting;

/// Rounding errors of the solver in a planned cost, in units of money.
const ROUNDING: f64 = 1e-6;

/// Planned costs that a node of branch and price leaves to a workload's plans, without replicas, in units of money.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CostRange {
    pub low: f64,
    pub high: f64,
}

impl CostRange {
    /// Every cost.
    pub const ANY: Self = Self { low: f64::NEG_INFINITY, high: f64::INFINITY };

    /// Whether a cost is within it.
    #[must_use]
    pub fn contains(self, cost: f64) -> bool {
        cost >= self.low - ROUNDING && cost <= self.high + ROUNDING
    }

    /// The parts up to a cost, and from it.
    #[must_use]
    pub fn split(self, at: f64) -> [Self; 2] {
        [Self { high: at, ..self }, Self { low: at, ..self }]
    }
}

/// Planned cost of a workload's plan, without replicas, in units of money.
#[must_use]
pub fn planned_cost(lp: &LinearProgram, values: &[(VariableIdx, f64)]) -> f64 {
    values.iter().map(|&(variable, value)| lp.variables[variable].cost * value).sum()
}

/// A column: one plan of one workload.
#[derive(Debug, Clone)]
pub struct PlanColumn {
    /// Values by variable of the program, ascending; zeros are left out.
    pub values: Vec<(VariableIdx, f64)>,
    /// Planned cost without replicas, in units of money.
    pub planned: f64,
    /// The same plus weighted expected loss.
    pub cost: f64,
    /// Activity in the linking rows, (row, value), ascending; zeros are left out.
    pub activity: Vec<(usize, f64)>,
    /// `[n_trials]`: losses, in units of money.
    pub losses: Vec<f64>,
}

impl PlanColumn {
    /// Measures a workload's plan, given as values of its variables.
    #[must_use]
    pub fn new(
        setting: &Setting<'_>,
        sample: &CompiledSample,
        formulation: &Formulation,
        block: &Block,
        values: Vec<(VariableIdx, f64)>,
    ) -> Self {
        let mut all = vec![0.0; formulation.lp.variables.len()];
        values.iter().for_each(|&(variable, value)| all[variable] = value);
        let plan = formulation.plan_as_is(setting, sample, block.cells.clone(), &all);
        let planned = planned_cost(&formulation.lp, &values);
        let mut cost = planned;
        let mut losses = vec![0.0; sample.n_trials];
        let mut activity: BTreeMap<usize, f64> = BTreeMap::new();
        for cell in block.cells.clone() {
            let own = &sample.cells[cell];
            let of_cell = own.losses(&CellPlan::new(&own.cell_model, block.workload, &plan), sample.n_trials);
            let mean = sample.probabilities.mean(&of_cell) / USD_PER_UNIT;
            cost += formulation.lp.variables[formulation.risk.expected[cell]].cost * mean;
            for &(row, _, factor) in block.linking_losses.iter().filter(|own| own.1 == cell) {
                *activity.entry(row).or_default() += factor * mean;
            }
            losses.iter_mut().zip(of_cell).for_each(|(loss, usd)| *loss += usd / USD_PER_UNIT);
        }
        for (row, terms) in &block.linking_rows {
            let own: f64 = terms.iter().map(|&(variable, factor)| factor * all[variable]).sum();
            *activity.entry(*row).or_default() += own;
        }
        let activity = activity.into_iter().filter(|(_, value)| *value != 0.0).collect();
        Self { values, planned, cost, activity, losses }
    }

    /// One workload's part of a portfolio plan, as values of its variables; `None` if it uses an offer or standby
    /// without a variable.
    #[must_use]
    pub fn values_of(
        setting: &Setting<'_>,
        formulation: &Formulation,
        block: &Block,
        plan: &Plan,
    ) -> Option<Vec<(VariableIdx, f64)>> {
        let mut values: BTreeMap<VariableIdx, f64> = BTreeMap::new();
        let used = |offer: usize, is_primary: bool, values: &mut BTreeMap<VariableIdx, f64>| {
            let own = formulation.variables.used.of(setting, block.workload, offer, is_primary);
            own.for_each(|variable| _ = values.insert(variable, 1.0));
        };
        let uses = |offer: usize, values: &mut BTreeMap<VariableIdx, f64>| {
            formulation
                .variables
                .uses
                .get(&(block.workload, offer))
                .map(|&variable| values.insert(variable, 1.0));
        };
        for cell in block.cells.clone() {
            for &(offer, share) in &plan.allocation[cell] {
                let primary = formulation.variables.primaries_of(cell).iter().find(|c| c.offer == offer)?;
                *values.entry(primary.variable).or_default() += share;
                uses(primary.offer, &mut values);
                used(primary.offer, true, &mut values);
            }
        }
        for standby in &plan.standby[block.workload] {
            let variables =
                formulation.variables.standby_of(block.workload, standby.offer, standby.readiness)?;
            values.insert(variables.is_ready, 1.0);
            values.insert(variables.cover, standby.cover);
            used(standby.offer, false, &mut values);
            if variables.holds_machines {
                uses(standby.offer, &mut values);
            }
        }
        let dependents = formulation.variables.dependents.iter().filter(|f| block.cells.contains(&f.cell));
        for dependent in dependents.collect::<Vec<_>>() {
            let value = dependent.value(&formulation.lp, &values);
            if value > 0.0 {
                values.insert(dependent.variable, value);
            }
        }
        Some(values.into_iter().collect())
    }
}

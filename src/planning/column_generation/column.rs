//! Plans of single workloads, each with what it costs, what it binds and what it loses in every trial: a plan of the
//! portfolio picks one per workload.

use std::collections::BTreeMap;

use super::blocks::Block;
use crate::model::plan::Plan;
use crate::planning::USD_PER_UNIT;
use crate::planning::formulation::Master;
use crate::planning::formulation::linear_program::Column;
use crate::planning::sample::Program;
use crate::service::loss::CellPlan;
use crate::service::setting::Setting;

/// One plan of one workload.
#[derive(Debug, Clone)]
pub struct Item {
    /// By column of the program, ascending; zeros are left out.
    pub values: Vec<(Column, f64)>,
    /// Planned cost and expected loss as they count, without replicas, in units of money.
    pub cost: f64,
    /// Activity in binding rows, ascending.
    pub activity: Vec<(usize, f64)>,
    /// `[n_trials]`, in units of money.
    pub losses: Vec<f64>,
}

impl Item {
    /// Measures a plan of a workload.
    #[must_use]
    pub fn new(
        setting: &Setting<'_>,
        program: &Program,
        master: &Master,
        block: &Block,
        values: Vec<(Column, f64)>,
    ) -> Self {
        let mut all = vec![0.0; master.lp.variables.len()];
        values.iter().for_each(|&(column, value)| all[column] = value);
        let plan = master.plan_as_is(setting, program, block.cells.clone(), &all);
        let mut cost: f64 = values.iter().map(|&(c, value)| master.lp.variables[c].cost * value).sum();
        let mut losses = vec![0.0; program.n_trials];
        let mut activity: BTreeMap<usize, f64> = BTreeMap::new();
        for cell in block.cells.clone() {
            let own = &program.cells[cell];
            let of_cell = own.losses(&CellPlan::new(&own.frame, block.workload, &plan), program.n_trials);
            let mean = of_cell.iter().sum::<f64>() / program.n_trials.max(1) as f64 / USD_PER_UNIT;
            cost += master.lp.variables[master.risk.expected[cell]].cost * mean;
            for &(row, _, factor) in block.binding_losses.iter().filter(|own| own.1 == cell) {
                *activity.entry(row).or_default() += factor * mean;
            }
            losses.iter_mut().zip(of_cell).for_each(|(loss, usd)| *loss += usd / USD_PER_UNIT);
        }
        for (row, terms) in &block.binding {
            let own: f64 = terms.iter().map(|&(column, factor)| factor * all[column]).sum();
            *activity.entry(*row).or_default() += own;
        }
        let activity = activity.into_iter().filter(|(_, value)| *value != 0.0).collect();
        Self { values, cost, activity, losses }
    }

    /// What a whole plan does for one workload, as values of its columns; `None` when it uses what has no column.
    #[must_use]
    pub fn values_of(master: &Master, block: &Block, plan: &Plan) -> Option<Vec<(Column, f64)>> {
        let mut values: BTreeMap<Column, f64> = BTreeMap::new();
        let uses = |offer: usize, values: &mut BTreeMap<Column, f64>| {
            master.columns.uses.get(&(block.workload, offer)).map(|&column| values.insert(column, 1.0));
        };
        for cell in block.cells.clone() {
            for &(offer, share) in &plan.allocation[cell] {
                let carrier = master.columns.carriers_of(cell).iter().find(|c| c.offer == offer)?;
                *values.entry(carrier.column).or_default() += share;
                uses(carrier.offer, &mut values);
            }
        }
        for standby in &plan.standby[block.workload] {
            let columns = master.columns.standby_of(block.workload, standby.offer, standby.readiness)?;
            values.insert(columns.is_ready, 1.0);
            values.insert(columns.cover, standby.cover);
            if standby.readiness == crate::model::portfolio::Readiness::Hot {
                uses(standby.offer, &mut values);
            }
        }
        let followers = master.columns.followers.iter().filter(|f| block.cells.contains(&f.cell));
        for follower in followers.collect::<Vec<_>>() {
            let value = follower.value(&master.lp, &values);
            if value > 0.0 {
                values.insert(follower.column, value);
            }
        }
        Some(values.into_iter().collect())
    }
}

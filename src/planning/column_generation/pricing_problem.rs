//! The best plan of one workload at given prices: of what it shares with others, and of each trial's loss.
//!
//! Its loss is taken in by lower bounds that grow where plans are tried, as in the whole program; but here the weights of
//! trials are fixed, and the integers are few.

use super::blocks::Block;
use crate::planning::USD_PER_UNIT;
use crate::planning::formulation::Master;
use crate::planning::formulation::linear_program::{Column, Constraint, LinearProgram};
use crate::planning::sample::Program;
use crate::planning::sample::cuts::{CellCut, StateWeights};
use crate::planning::solver::branch_and_bound::{Effort, Learned, minimize};
use crate::planning::solver::{SolverError, open};
use crate::service::loss::CellPlan;
use crate::service::setting::Setting;

/// Part of a workload's cost by which a plan must be better to be looked for.
const TOLERANCE: f64 = 3e-4;
/// Plans met before whose lower bounds a new search begins with.
const PLANS_REMEMBERED: usize = 12;
/// Branch-and-bound nodes for one workload.
const MAX_NODES: usize = 200;

/// What everything costs a workload.
#[derive(Debug, Clone)]
pub struct Prices {
    /// `[n_rows of the program]`: of binding rows.
    pub rows: Vec<f64>,
    /// What a dollar of a trial's loss counts in the tail, by trial; those that count nothing are left out.
    pub tail: Vec<(usize, f64)>,
}

/// The answer for one workload.
#[derive(Debug, Clone)]
pub struct Priced {
    /// By column of the block: what its best plan uses.
    pub values: Vec<(Column, f64)>,
    /// No plan of the workload costs less at these prices, in units of money.
    pub bound: f64,
    /// Of the plan in `values`.
    pub cost: f64,
}

/// One workload's search, with the plans it met.
#[derive(Debug, Clone)]
pub struct Pricer {
    block: Block,
    met: Vec<Vec<(Column, f64)>>,
}

impl Pricer {
    /// A search that has met nothing.
    #[must_use]
    pub fn new(block: Block) -> Self {
        Self { block, met: Vec::new() }
    }

    /// Remembers a plan: lower bounds are begun with what binds there.
    pub fn meet(&mut self, values: &[(Column, f64)]) {
        if self.met.iter().any(|own| own == values) {
            return;
        }
        if self.met.len() >= PLANS_REMEMBERED {
            self.met.remove(0);
        }
        self.met.push(values.to_vec());
    }

    /// Finds the best plan at the prices.
    ///
    /// # Errors
    /// As [`crate::planning::solver::solve`].
    pub fn price(
        &mut self,
        setting: &Setting<'_>,
        program: &Program,
        master: &Master,
        prices: &Prices,
    ) -> Result<Priced, SolverError> {
        let world = World { setting, program, master };
        let mut own = OwnProgram::new(world, &self.block, prices);
        let mut best: Option<Priced> = None;
        for values in &self.met {
            let cost = own.planned(values) + own.learn(values, &mut Vec::new());
            if own.is_whole(values) && best.as_ref().is_none_or(|b| cost < b.cost) {
                best = Some(Priced { values: values.clone(), bound: f64::NEG_INFINITY, cost });
            }
        }
        let known_cost = best.as_ref().map_or(f64::INFINITY, |b| b.cost);
        let effort = Effort { tolerance: TOLERANCE, max_nodes: MAX_NODES };
        let mut session = open(&own.lp);
        let integers = own.integers.clone();
        let mut tried = Vec::new();
        let found = minimize(session.as_mut(), &integers, known_cost, effort, &mut |solution| {
            let values = own.values(solution);
            let mut rows = Vec::new();
            let cost = own.planned_at(solution) + own.learn(&values, &mut rows);
            tried.push(values);
            Learned { cost, rows }
        })?;
        // What was tried last bounds best.
        let new = found.values.as_ref().map(|solution| own.values(solution));
        tried.iter().rev().take(PLANS_REMEMBERED / 4).rev().for_each(|values| self.meet(values));
        if let Some(values) = new {
            self.meet(&values);
            return Ok(Priced { values, bound: found.bound, cost: found.cost });
        }
        let best = best.ok_or(SolverError::Infeasible)?;
        Ok(Priced { bound: found.bound, ..best })
    }
}

/// What all workloads look at.
#[derive(Clone, Copy)]
struct World<'a> {
    setting: &'a Setting<'a>,
    program: &'a Program,
    master: &'a Master,
}

/// The program of one workload, renumbered.
struct OwnProgram<'a> {
    world: World<'a>,
    block: &'a Block,
    lp: LinearProgram,
    /// Whole by nature, with their bounds; how many stand ready comes first.
    integers: Vec<(Column, f64, f64)>,
    /// By cell of the block: its outage cost.
    outage: Vec<Column>,
    /// By cell of the block.
    weights: Vec<StateWeights>,
}

impl<'a> OwnProgram<'a> {
    fn new(world: World<'a>, block: &'a Block, prices: &Prices) -> Self {
        let master = world.master;
        let weights = weights(world.program, master, block, prices);
        let mut costs: Vec<f64> = block.columns.iter().map(|&c| master.lp.variables[c].cost).collect();
        let place = |column: Column| block.columns.binary_search(&column).ok();
        for (row, terms) in &block.binding {
            for &(column, factor) in terms {
                place(column).into_iter().for_each(|at| costs[at] -= prices.rows[*row] * factor);
            }
        }
        let mut lp = LinearProgram::default();
        for (&column, &cost) in block.columns.iter().zip(&costs) {
            lp.variables.push(crate::planning::formulation::linear_program::Variable {
                cost,
                ..master.lp.variables[column]
            });
        }
        for carrier in block.cells.clone().flat_map(|cell| master.columns.carriers_of(cell)) {
            let least = carrier.least_usd(&weights[carrier.cell - block.cells.start].linear);
            place(carrier.column).into_iter().for_each(|at| lp.variables[at].cost += least / USD_PER_UNIT);
        }
        let outage = block.cells.clone().map(|_| lp.add_continuous(1.0, 0.0, f64::INFINITY)).collect();
        let own = master.columns.standbys_of(block.workload).iter();
        let mut standing: Vec<(Column, f64)> = own.filter_map(|s| Some((place(s.is_ready)?, 1.0))).collect();
        let most = standing.len() as f64;
        let n_ready = lp.add_integer(0.0, 0.0, most);
        standing.push((n_ready, -1.0));
        lp.add_equal("n_ready", standing, 0.0);
        let whole = lp.variables.iter().enumerate().filter(|(c, v)| v.is_integer && *c != n_ready);
        let mut integers = vec![(n_ready, 0.0, most)];
        integers.extend(whole.map(|(column, v)| (column, v.low, v.high)));
        for &row in &block.rows {
            let row = &master.lp.constraints[row];
            let terms = row.terms.iter().filter_map(|&(column, factor)| Some((place(column)?, factor)));
            lp.constraints.push(Constraint { terms: terms.collect(), ..row.clone() });
        }
        Self { world, block, lp, integers, outage, weights }
    }

    fn place(&self, column: Column) -> Option<Column> {
        self.block.columns.binary_search(&column).ok()
    }

    /// Takes in what binds at a plan, and gives the rows to `rows` too; returns its outage cost, in units of money.
    fn learn(&mut self, values: &[(Column, f64)], rows: &mut Vec<Constraint>) -> f64 {
        let World { setting, program, master } = self.world;
        let mut all = vec![0.0; master.lp.variables.len()];
        values.iter().for_each(|&(column, value)| all[column] = value);
        let plan = master.plan_as_is(setting, program, self.block.cells.clone(), &all);
        let mut usd = 0.0;
        for cell in self.block.cells.clone() {
            let (own, at) = (&program.cells[cell], cell - self.block.cells.start);
            let cell_plan = CellPlan::new(&own.frame, self.block.workload, &plan);
            let cut = CellCut::outage_at(own, &cell_plan, &self.weights[at]);
            usd += cut.usd_at(&cell_plan);
            let mut terms = vec![(self.outage[at], 1.0)];
            for (column, usd) in master.terms_of(program, cell, &cut) {
                terms.extend(self.place(column).map(|column| (column, -usd / USD_PER_UNIT)));
            }
            terms.retain(|t| t.1 != 0.0);
            if terms.len() > 1 {
                rows.push(Constraint::at_least("outage", terms, 0.0));
            }
        }
        self.lp.constraints.extend(rows.iter().cloned());
        usd / USD_PER_UNIT
    }

    /// Values of the block's columns in a solution; a solver's rounding is dropped.
    fn values(&self, solution: &[f64]) -> Vec<(Column, f64)> {
        let all = self.block.columns.iter().zip(solution).zip(&self.lp.variables);
        let rounded = all.map(|((&column, &value), variable)| {
            let whole = value.round();
            let is_whole = variable.is_integer && (value - whole).abs() < 1e-5;
            (column, if is_whole { whole } else { value })
        });
        rounded.filter(|(_, value)| value.abs() > 1e-9).collect()
    }

    /// Whether what is whole by nature is whole.
    fn is_whole(&self, values: &[(Column, f64)]) -> bool {
        let is_off = |&(column, value): &(Column, f64)| {
            value.fract() != 0.0 && self.place(column).is_some_and(|at| self.lp.variables[at].is_integer)
        };
        !values.iter().any(is_off)
    }

    /// Cost of a solution without its outage.
    fn planned_at(&self, solution: &[f64]) -> f64 {
        let all = self.lp.cost(solution);
        all - self.outage.iter().map(|&column| solution[column]).sum::<f64>()
    }

    /// Cost of a plan without its outage.
    fn planned(&self, values: &[(Column, f64)]) -> f64 {
        let cost =
            |&(column, value): &(Column, f64)| Some(self.lp.variables[self.place(column)?].cost * value);
        values.iter().filter_map(cost).sum()
    }
}

/// By cell of the block: what each state counts at the prices.
fn weights(program: &Program, master: &Master, block: &Block, prices: &Prices) -> Vec<StateWeights> {
    let of = |cell: usize| {
        let mut mean = master.lp.variables[master.risk.expected[cell]].cost;
        let losses = block.binding_losses.iter().filter(|l| l.1 == cell);
        losses.for_each(|&(row, _, factor)| mean -= prices.rows[row] * factor);
        let mut by_trial = vec![mean.max(0.0) / program.n_trials.max(1) as f64; program.n_trials];
        prices.tail.iter().for_each(|&(trial, weight)| by_trial[trial] += weight);
        let trials: Vec<(usize, f64)> = by_trial.into_iter().enumerate().filter(|(_, w)| *w > 0.0).collect();
        StateWeights::over(&program.cells[cell], &trials)
    };
    block.cells.clone().map(of).collect()
}

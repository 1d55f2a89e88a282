//! The best plan of one workload at given duals: of what it shares with others, and of each trial's loss.
//!
//! Its loss is taken in by lower bounds that grow where plans are tried, as in the integral sample; but here the weights of
//! trials are fixed, and the integers are few.

use super::blocks::Block;
use crate::planning::USD_PER_UNIT;
use crate::planning::formulation::Formulation;
use crate::planning::formulation::linear_program::{Constraint, LinearProgram, VariableIdx};
use crate::planning::sample::CompiledSample;
use crate::planning::sample::cuts::{LossCut, StateWeights};
use crate::planning::solver::branch_and_bound::{BranchLimits, NodeFeedback, minimize};
use crate::planning::solver::{SolverError, open};
use crate::service::cell_plan::CellPlan;
use crate::service::setting::Setting;

/// Part of a workload's cost by which a plan must be better to be looked for.
const TOLERANCE: f64 = 3e-4;
/// Plans met before whose lower bounds a new search begins with.
const PLANS_REMEMBERED: usize = 12;
/// Branch-and-bound nodes for one workload.
const MAX_NODES: usize = 200;

/// What everything costs a workload.
#[derive(Debug, Clone)]
pub struct DualValues {
    /// `[n_rows of the sample]`: of linking_rows rows.
    pub rows: Vec<f64>,
    /// What a dollar of a trial's loss counts in the tail, by trial; those that count nothing are left out.
    pub tail: Vec<(usize, f64)>,
}

/// The answer for one workload.
#[derive(Debug, Clone)]
pub struct PricingAnswer {
    /// By variable of the block: what its best plan uses.
    pub values: Vec<(VariableIdx, f64)>,
    /// No plan of the workload costs less at these duals, in units of money.
    pub bound: f64,
    /// Of the plan in `values`.
    pub cost: f64,
}

/// One workload's search, with the plans it met.
#[derive(Debug, Clone)]
pub struct PricingProblem {
    block: Block,
    met: Vec<Vec<(VariableIdx, f64)>>,
}

impl PricingProblem {
    /// A search that has met nothing.
    #[must_use]
    pub fn new(block: Block) -> Self {
        Self { block, met: Vec::new() }
    }

    /// Remembers a plan: lower bounds are begun with what binds there.
    pub fn meet(&mut self, values: &[(VariableIdx, f64)]) {
        if self.met.iter().any(|own| own == values) {
            return;
        }
        if self.met.len() >= PLANS_REMEMBERED {
            self.met.remove(0);
        }
        self.met.push(values.to_vec());
    }

    /// Finds the best plan at the duals.
    ///
    /// # Errors
    /// As [`crate::planning::solver::solve`].
    pub fn price(
        &mut self,
        setting: &Setting<'_>,
        sample: &CompiledSample,
        formulation: &Formulation,
        duals: &DualValues,
    ) -> Result<PricingAnswer, SolverError> {
        let world = World { setting, sample, formulation };
        let mut own = PricingModel::new(world, &self.block, duals);
        let mut best: Option<PricingAnswer> = None;
        for values in &self.met {
            let cost = own.planned(values) + own.learn(values, &mut Vec::new());
            if own.is_integer(values) && best.as_ref().is_none_or(|b| cost < b.cost) {
                best = Some(PricingAnswer { values: values.clone(), bound: f64::NEG_INFINITY, cost });
            }
        }
        let known_cost = best.as_ref().map_or(f64::INFINITY, |b| b.cost);
        let limits = BranchLimits { tolerance: TOLERANCE, max_nodes: MAX_NODES };
        let mut session = open(&own.lp);
        let integers = own.integers.clone();
        let mut tried = Vec::new();
        let found = minimize(session.as_mut(), &integers, known_cost, limits, &mut |solution| {
            let values = own.values(solution);
            let mut rows = Vec::new();
            let cost = own.planned_at(solution) + own.learn(&values, &mut rows);
            tried.push(values);
            NodeFeedback { cost, rows }
        })?;
        // What was tried last bounds best.
        let new = found.values.as_ref().map(|solution| own.values(solution));
        tried.iter().rev().take(PLANS_REMEMBERED / 4).rev().for_each(|values| self.meet(values));
        if let Some(values) = new {
            self.meet(&values);
            return Ok(PricingAnswer { values, bound: found.bound, cost: found.cost });
        }
        let best = best.ok_or(SolverError::Infeasible)?;
        Ok(PricingAnswer { bound: found.bound, ..best })
    }
}

/// What all workloads look at.
#[derive(Clone, Copy)]
struct World<'a> {
    setting: &'a Setting<'a>,
    sample: &'a CompiledSample,
    formulation: &'a Formulation,
}

/// The sample of one workload, renumbered.
struct PricingModel<'a> {
    world: World<'a>,
    block: &'a Block,
    lp: LinearProgram,
    /// ExtensiveForm by nature, with their bounds; how many stand ready comes first.
    integers: Vec<(VariableIdx, f64, f64)>,
    /// By cell of the block: its outage cost.
    outage: Vec<VariableIdx>,
    /// By cell of the block.
    weights: Vec<StateWeights>,
}

impl<'a> PricingModel<'a> {
    fn new(world: World<'a>, block: &'a Block, duals: &DualValues) -> Self {
        let formulation = world.formulation;
        let weights = weights(world.sample, formulation, block, duals);
        let mut costs: Vec<f64> = block.variables.iter().map(|&c| formulation.lp.variables[c].cost).collect();
        let place = |variable: VariableIdx| block.variables.binary_search(&variable).ok();
        for (row, terms) in &block.linking_rows {
            for &(variable, factor) in terms {
                place(variable).into_iter().for_each(|at| costs[at] -= duals.rows[*row] * factor);
            }
        }
        let mut lp = LinearProgram::default();
        for (&variable, &cost) in block.variables.iter().zip(&costs) {
            lp.variables.push(crate::planning::formulation::linear_program::Variable {
                cost,
                ..formulation.lp.variables[variable]
            });
        }
        for primary in block.cells.clone().flat_map(|cell| formulation.variables.carriers_of(cell)) {
            let least = primary.least_usd(&weights[primary.cell - block.cells.start].linear);
            place(primary.variable).into_iter().for_each(|at| lp.variables[at].cost += least / USD_PER_UNIT);
        }
        let outage = block.cells.clone().map(|_| lp.add_continuous(1.0, 0.0, f64::INFINITY)).collect();
        let own = formulation.variables.standbys_of(block.workload).iter();
        let mut standing: Vec<(VariableIdx, f64)> =
            own.filter_map(|s| Some((place(s.is_ready)?, 1.0))).collect();
        let most = standing.len() as f64;
        let n_ready = lp.add_integer(0.0, 0.0, most);
        standing.push((n_ready, -1.0));
        lp.add_equal("n_ready", standing, 0.0);
        let integral = lp.variables.iter().enumerate().filter(|(c, v)| v.is_integer && *c != n_ready);
        let mut integers = vec![(n_ready, 0.0, most)];
        integers.extend(integral.map(|(variable, v)| (variable, v.low, v.high)));
        for &row in &block.rows {
            let row = &formulation.lp.constraints[row];
            let terms = row.terms.iter().filter_map(|&(variable, factor)| Some((place(variable)?, factor)));
            lp.constraints.push(Constraint { terms: terms.collect(), ..row.clone() });
        }
        Self { world, block, lp, integers, outage, weights }
    }

    fn place(&self, variable: VariableIdx) -> Option<VariableIdx> {
        self.block.variables.binary_search(&variable).ok()
    }

    /// Takes in what binds at a plan, and gives the rows to `rows` too; returns its outage cost, in units of money.
    fn learn(&mut self, values: &[(VariableIdx, f64)], rows: &mut Vec<Constraint>) -> f64 {
        let World { setting, sample, formulation } = self.world;
        let mut all = vec![0.0; formulation.lp.variables.len()];
        values.iter().for_each(|&(variable, value)| all[variable] = value);
        let plan = formulation.plan_as_is(setting, sample, self.block.cells.clone(), &all);
        let mut usd = 0.0;
        for cell in self.block.cells.clone() {
            let (own, at) = (&sample.cells[cell], cell - self.block.cells.start);
            let cell_plan = CellPlan::new(&own.cell_model, self.block.workload, &plan);
            let cut = LossCut::outage_at(own, &cell_plan, &self.weights[at]);
            usd += cut.usd_at(&cell_plan);
            let mut terms = vec![(self.outage[at], 1.0)];
            for (variable, usd) in formulation.terms_of(sample, cell, &cut) {
                terms.extend(self.place(variable).map(|variable| (variable, -usd / USD_PER_UNIT)));
            }
            terms.retain(|t| t.1 != 0.0);
            if terms.len() > 1 {
                rows.push(Constraint::at_least("outage", terms, 0.0));
            }
        }
        self.lp.constraints.extend(rows.iter().cloned());
        usd / USD_PER_UNIT
    }

    /// Values of the block's variables in a solution; a solver's rounding is dropped.
    fn values(&self, solution: &[f64]) -> Vec<(VariableIdx, f64)> {
        let all = self.block.variables.iter().zip(solution).zip(&self.lp.variables);
        let rounded = all.map(|((&variable, &value), kind)| {
            let integral = value.round();
            let is_integer = kind.is_integer && (value - integral).abs() < 1e-5;
            (variable, if is_integer { integral } else { value })
        });
        rounded.filter(|(_, value)| value.abs() > 1e-9).collect()
    }

    /// Whether what is integral by nature is integral.
    fn is_integer(&self, values: &[(VariableIdx, f64)]) -> bool {
        let is_off = |&(variable, value): &(VariableIdx, f64)| {
            value.fract() != 0.0 && self.place(variable).is_some_and(|at| self.lp.variables[at].is_integer)
        };
        !values.iter().any(is_off)
    }

    /// Cost of a solution without its outage.
    fn planned_at(&self, solution: &[f64]) -> f64 {
        let all = self.lp.cost(solution);
        all - self.outage.iter().map(|&variable| solution[variable]).sum::<f64>()
    }

    /// Cost of a plan without its outage.
    fn planned(&self, values: &[(VariableIdx, f64)]) -> f64 {
        let cost = |&(variable, value): &(VariableIdx, f64)| {
            Some(self.lp.variables[self.place(variable)?].cost * value)
        };
        values.iter().filter_map(cost).sum()
    }
}

/// By cell of the block: what each state counts at the duals.
fn weights(
    sample: &CompiledSample,
    formulation: &Formulation,
    block: &Block,
    duals: &DualValues,
) -> Vec<StateWeights> {
    let of = |cell: usize| {
        let mut mean = formulation.lp.variables[formulation.risk.expected[cell]].cost;
        let losses = block.linking_losses.iter().filter(|l| l.1 == cell);
        losses.for_each(|&(row, _, factor)| mean -= duals.rows[row] * factor);
        let mut by_trial = vec![mean.max(0.0) / sample.n_trials.max(1) as f64; sample.n_trials];
        duals.tail.iter().for_each(|&(trial, weight)| by_trial[trial] += weight);
        let trials: Vec<(usize, f64)> = by_trial.into_iter().enumerate().filter(|(_, w)| *w > 0.0).collect();
        StateWeights::over(&sample.cells[cell], &trials)
    };
    block.cells.clone().map(of).collect()
}

//! The pricing problem: the best plan of one workload at given dual values of linking rows and trials.
//!
//! The outage cost enters by cuts, added at the plans that are tried. Unlike in the formulation of all workloads, the
//! weights of trials are fixed, and integers are few.

use std::collections::BTreeSet;

use super::blocks::Block;
use super::column::{CostRange, planned_cost};
use crate::planning::USD_PER_UNIT;
use crate::planning::formulation::Formulation;
use crate::planning::formulation::linear_program::{Constraint, LinearProgram, Variable, VariableIdx};
use crate::planning::sample::CompiledSample;
use crate::planning::sample::cuts::{LossCut, StateWeights};
use crate::planning::solver::SolverError;
use crate::planning::solver::branch_and_bound::{
    BranchLimits, Branching, NodeFeedback, Pseudocosts, minimize,
};
use crate::planning::solver::purged::PurgedLp;
use crate::service::cell_plan::CellPlan;
use crate::service::setting::Setting;

/// Number of known plans whose cuts the next pricing starts with.
const PLANS_REMEMBERED: usize = 12;
/// A cut that a solution violates by less is not added, in units of money.
const VIOLATION: f64 = 1e-7;
/// The solver's rounding errors of integers are smaller.
const ROUNDING: f64 = 1e-5;
/// Simplex iterations per allowed node, after which the search ends as if there had been as many nodes.
const ITERATIONS_PER_NODE: u64 = 100;

/// Dual values of linking rows and trials: the common prices at which workloads plan for themselves.
#[derive(Debug, Clone)]
pub struct DualValues {
    /// `[n_rows]` of the formulation; 0 except for linking rows.
    pub rows: Vec<f64>,
    /// (trial, weight of its loss in the CVaR), ascending; trials of weight 0 may be left out.
    pub tail: Vec<(usize, f64)>,
}

/// How thoroughly a pricing problem is solved.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Effort {
    /// Distance between cost and bound at which it counts as solved, in units of money.
    pub tolerance: f64,
    /// Branch-and-bound nodes, after which its bound is what the open branches leave.
    pub max_nodes: usize,
}

/// Solution of a pricing problem.
#[derive(Debug, Clone)]
pub struct PricingSolution {
    /// Values of the block's variables in the best plan found; zeros are left out.
    pub values: Vec<(VariableIdx, f64)>,
    /// Lower bound on the cost of the workload's plans at these dual values, in units of money.
    pub bound: f64,
    /// Cost of the best plan found, in units of money.
    pub cost: f64,
    /// Other plans met on the way, the cheapest first.
    pub others: Vec<Vec<(VariableIdx, f64)>>,
}

/// The pricing problem of one workload, with plans it found earlier.
#[derive(Debug, Clone)]
pub struct PricingProblem {
    block: Block,
    /// The latest last.
    known_plans: Vec<Vec<(VariableIdx, f64)>>,
    /// Of its own variables, from earlier pricings.
    pseudocosts: Pseudocosts,
    /// Planned costs of the plans to find.
    pub costs: CostRange,
}

impl PricingProblem {
    /// A pricing problem without known plans.
    #[must_use]
    pub fn new(block: Block) -> Self {
        let (known_plans, pseudocosts) = (Vec::new(), Pseudocosts::default());
        Self { block, known_plans, pseudocosts, costs: CostRange::ANY }
    }

    /// Adds a known plan: the next pricing starts with the cuts at it.
    pub fn remember(&mut self, values: &[(VariableIdx, f64)]) {
        if self.known_plans.iter().any(|own| own == values) {
            return;
        }
        if self.known_plans.len() >= PLANS_REMEMBERED {
            self.known_plans.remove(0);
        }
        self.known_plans.push(values.to_vec());
    }

    /// Finds the best plan at the dual values.
    ///
    /// # Errors
    /// As [`crate::planning::solver::solve`].
    pub fn price(
        &mut self,
        setting: &Setting<'_>,
        sample: &CompiledSample,
        formulation: &Formulation,
        duals: &DualValues,
        effort: Effort,
    ) -> Result<PricingSolution, SolverError> {
        let context = PricingContext { setting, sample, formulation };
        let mut model = PricingModel::new(context, &self.block, duals);
        model.limit_cost(self.costs);
        let n_kept = model.lp.constraints.len();
        let mut best: Option<PricingSolution> = None;
        for values in &self.known_plans {
            let cost = model.planned(values) + model.add_cuts(values, &mut Vec::new());
            let is_allowed = self.costs.contains(planned_cost(&formulation.lp, values));
            if is_allowed && model.is_integral(values) && best.as_ref().is_none_or(|b| cost < b.cost) {
                best = Some(PricingSolution {
                    values: values.clone(),
                    bound: f64::NEG_INFINITY,
                    cost,
                    others: Vec::new(),
                });
            }
        }
        let known_cost = best.as_ref().map_or(f64::INFINITY, |b| b.cost);
        let Effort { tolerance, max_nodes } = effort;
        let limits =
            BranchLimits { tolerance, max_nodes, max_iterations: ITERATIONS_PER_NODE * max_nodes as u64 };
        let mut session = PurgedLp::new(&model.lp, n_kept);
        let branching = model.branching.clone();
        let mut tried = Vec::new();
        let mut met: Vec<(f64, Vec<(VariableIdx, f64)>)> = Vec::new();
        let known = (&branching, &mut self.pseudocosts);
        let found = minimize(&mut session, known, known_cost, limits, &mut |solution| {
            let values = model.values(solution);
            let mut rows = Vec::new();
            let cost = model.planned_at(solution) + model.add_cuts(&values, &mut rows);
            rows.retain(|row| row.low - row.activity(solution) > VIOLATION);
            if model.is_integral(&values) && model.branching.is_kept(solution) {
                met.push((cost, values.clone()));
            }
            tried.push(values);
            NodeFeedback { cost, rows }
        })?;
        // The plans tried last give the tightest cuts.
        let new = found.values.as_ref().map(|solution| model.values(solution));
        tried.iter().rev().take(PLANS_REMEMBERED / 4).rev().for_each(|values| self.remember(values));
        met.sort_by(|a, b| a.0.total_cmp(&b.0));
        let others: Vec<_> = met.into_iter().map(|own| own.1).collect();
        if let Some(values) = new {
            self.remember(&values);
            return Ok(PricingSolution { values, bound: found.bound, cost: found.cost, others });
        }
        let best = best.ok_or_else(|| match found.bound == f64::INFINITY {
            true => SolverError::Infeasible,
            // Nodes are left, so this proves nothing.
            false => {
                SolverError::NoAnswer("no plan of a workload was found within the allowed nodes".to_owned())
            }
        })?;
        Ok(PricingSolution { bound: found.bound, others, ..best })
    }
}

/// The problem that all workloads are part of.
#[derive(Clone, Copy)]
struct PricingContext<'a> {
    setting: &'a Setting<'a>,
    sample: &'a CompiledSample,
    formulation: &'a Formulation,
}

/// The mixed-integer program of one workload; the block's variables come first, in their order.
struct PricingModel<'a> {
    context: PricingContext<'a>,
    block: &'a Block,
    lp: LinearProgram,
    /// What has to hold besides the rows; the number of standbys comes first and is branched on first.
    branching: Branching,
    /// By cell of the block: variable for its outage cost.
    outage: Vec<VariableIdx>,
    /// By cell of the block.
    weights: Vec<StateWeights>,
}

impl<'a> PricingModel<'a> {
    fn new(context: PricingContext<'a>, block: &'a Block, duals: &DualValues) -> Self {
        let formulation = context.formulation;
        let weights = weights(context.sample, formulation, block, duals);
        let mut costs: Vec<f64> = block.variables.iter().map(|&c| formulation.lp.variables[c].cost).collect();
        let place = |variable: VariableIdx| block.variables.binary_search(&variable).ok();
        for (row, terms) in &block.linking_rows {
            for &(variable, factor) in terms {
                place(variable).into_iter().for_each(|at| costs[at] -= duals.rows[*row] * factor);
            }
        }
        let mut lp = LinearProgram::default();
        for (&variable, &cost) in block.variables.iter().zip(&costs) {
            lp.variables.push(Variable { cost, ..formulation.lp.variables[variable] });
        }
        for primary in block.cells.clone().flat_map(|cell| formulation.variables.primaries_of(cell)) {
            let least = primary.least_usd(&weights[primary.cell - block.cells.start].linear);
            place(primary.variable).into_iter().for_each(|at| lp.variables[at].cost += least / USD_PER_UNIT);
        }
        let outage = block.cells.clone().map(|_| lp.add_continuous(1.0, 0.0, f64::INFINITY)).collect();
        let own = formulation.variables.standbys_of(block.workload).iter();
        let mut readiness: Vec<(VariableIdx, f64)> =
            own.filter_map(|s| Some((place(s.is_ready)?, 1.0))).collect();
        let most = readiness.len() as f64;
        let n_ready = lp.add_integer(0.0, 0.0, most);
        readiness.push((n_ready, -1.0));
        lp.add_equal("n_ready", readiness, 0.0);
        let used = &formulation.variables.used;
        let pairs = used.pairs.range((block.workload, 0, None)..(block.workload + 1, 0, None));
        let pairs: Vec<VariableIdx> = pairs.filter_map(|(_, &variable)| place(variable)).collect();
        let is_integral = |(c, v): &(usize, &Variable)| v.is_integer && *c != n_ready && !pairs.contains(c);
        let integral = lp.variables.iter().enumerate().filter(is_integral);
        let mut integers = vec![(n_ready, 0.0, most)];
        integers.extend(integral.map(|(variable, v)| (variable, v.low, v.high)));
        let shares = lp.variables.iter().enumerate().filter(|(_, v)| v.smallest > 0.0 && v.low < v.high);
        let semicontinuous = shares.map(|(variable, v)| (variable, v.smallest)).collect();
        let few = used.most_pairs.get(&block.workload).map(|&most| (pairs, most)).into_iter().collect();
        let branching = Branching { integers, first: n_ready, few, semicontinuous };
        for &row in &block.rows {
            let row = &formulation.lp.constraints[row];
            let terms = row.terms.iter().filter_map(|&(variable, factor)| Some((place(variable)?, factor)));
            lp.constraints.push(Constraint { terms: terms.collect(), ..row.clone() });
        }
        Self { context, block, lp, branching, outage, weights }
    }

    /// Keeps the planned cost within a range.
    fn limit_cost(&mut self, CostRange { low, high }: CostRange) {
        if low.is_finite() || high.is_finite() {
            let cost = |&variable: &VariableIdx| self.context.formulation.lp.variables[variable].cost;
            let terms = self.block.variables.iter().map(cost).enumerate().filter(|term| term.1 != 0.0);
            self.lp.constraints.push(Constraint { name: "cost", terms: terms.collect(), low, high });
        }
    }

    /// Index of a formulation's variable in this program.
    fn place(&self, variable: VariableIdx) -> Option<VariableIdx> {
        self.block.variables.binary_search(&variable).ok()
    }

    /// Adds the cuts at a plan to the program and to `rows`; returns the plan's outage cost, in units of money.
    fn add_cuts(&mut self, values: &[(VariableIdx, f64)], rows: &mut Vec<Constraint>) -> f64 {
        let PricingContext { setting, sample, formulation } = self.context;
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

    /// Values of the block's variables in a solution, without the solver's rounding errors.
    fn values(&self, solution: &[f64]) -> Vec<(VariableIdx, f64)> {
        let few: BTreeSet<VariableIdx> =
            self.branching.few.iter().flat_map(|few| few.0.iter().copied()).collect();
        let all = self.block.variables.iter().zip(solution).zip(&self.lp.variables).enumerate();
        let rounded = all.map(|(at, ((&variable, &value), kind))| {
            // What is used at all counts as used.
            let integral = if few.contains(&at) { (value - ROUNDING).ceil() } else { value.round() };
            let is_integer = few.contains(&at) || kind.is_integer && (value - integral).abs() < ROUNDING;
            (variable, if is_integer { integral } else { value })
        });
        rounded.filter(|(_, value)| value.abs() > 1e-9).collect()
    }

    /// Whether all integer variables are integral, and no share is too small.
    fn is_integral(&self, values: &[(VariableIdx, f64)]) -> bool {
        let is_off = |&(variable, value): &(VariableIdx, f64)| {
            let kind = self.place(variable).map(|at| &self.lp.variables[at]);
            kind.is_some_and(|kind| {
                kind.is_integer && value.fract() != 0.0 || value < kind.smallest - ROUNDING
            })
        };
        !values.iter().any(is_off)
    }

    /// Cost of a solution without its outage cost.
    fn planned_at(&self, solution: &[f64]) -> f64 {
        let all = self.lp.cost(solution);
        all - self.outage.iter().map(|&variable| solution[variable]).sum::<f64>()
    }

    /// Cost of a plan without its outage cost.
    fn planned(&self, values: &[(VariableIdx, f64)]) -> f64 {
        let cost = |&(variable, value): &(VariableIdx, f64)| {
            Some(self.lp.variables[self.place(variable)?].cost * value)
        };
        values.iter().filter_map(cost).sum()
    }
}

/// By cell of the block: weights of its states at the dual values.
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
        let own = |trial: usize| mean.max(0.0) * sample.probabilities.of(trial);
        let mut by_trial: Vec<f64> = (0..sample.n_trials).map(own).collect();
        duals.tail.iter().for_each(|&(trial, weight)| by_trial[trial] += weight);
        let trials: Vec<(usize, f64)> = by_trial.into_iter().enumerate().filter(|(_, w)| *w > 0.0).collect();
        StateWeights::over(&sample.cells[cell], &trials)
    };
    block.cells.clone().map(of).collect()
}

//! Workloads plan for themselves at duals for what they share; the duals move until their plans fit together.
//!
//! Column generation over plans of single workloads (Dantzig and Wolfe 1960): a small sample mixes the plans met so far
//! under the rows that bind workloads together and under the tail of the loss; its duals tell every workload what to look
//! for next, and what all answer bounds the cost of every plan from below (Geoffrion 1974), far closer than fractions of
//! standbys do. DualValues are smoothed towards those of the best bound (Wentges 1997).

pub mod blocks;
pub mod column;
pub mod exchange_heuristic;
pub mod pricing_problem;
pub mod restricted_master;
pub mod warm_start;

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::formulation::Formulation;
use super::formulation::linear_program::{LinearProgram, VariableIdx};
use super::request::Request;
use super::sample::CompiledSample;
use super::solver::SolverError;
use crate::service::setting::Setting;
use blocks::{Block, Blocks};
use column::PlanColumn;
use pricing_problem::{DualValues, PricingAnswer, PricingProblem};
use restricted_master::{MasterSolution, NEARLY, RestrictedMaster};

/// Part of the solution's duals in those that are tried next, and how it grows while the bound does not rise.
const SMOOTHING: f64 = 0.8;
const SMOOTHING_GROWTH: f64 = 1.5;
/// Part of a workload's solution from which plans with the same standbys are blended.
const BLENDED_FROM: f64 = 0.05;
/// How far from those of the best bound duals may be, as a part of each; twice as far once the solution is nearly as cheap as
/// the bound and still not one that keeps all rows.
const BOX_WIDTH: f64 = 0.3;
const BOX_TOLERANCE: f64 = 1e-2;
/// How far duals are from those of the best bound where others are tried.
const NEAR: f64 = 0.25;
/// Rounds at the end of a dive.
const DIVE_ROUNDS: usize = 3;

/// Bound and plans as the duals move.
pub struct ColumnGeneration<'a> {
    setting: &'a Setting<'a>,
    sample: &'a CompiledSample,
    formulation: &'a Formulation,
    request: &'a Request,
    blocks: Blocks,
    pricing_problems: Vec<PricingProblem>,
    /// By workload.
    pools: Vec<Vec<PlanColumn>>,
    master: RestrictedMaster,
    /// DualValues of the best bound.
    center: Option<StabilityCenter>,
    smoothing: f64,
    box_width: f64,
    /// No plan costs less, in units of money; offers left out apart.
    pub bound: f64,
}

/// DualValues of the best bound.
struct StabilityCenter {
    duals: DualValues,
    /// By workload: no plan of it costs less at the duals.
    bounds: Vec<f64>,
}

/// Where a dive came to.
pub struct DiveResult {
    /// By workload: the largest part of the solution.
    pub combination: Vec<usize>,
    /// Integers that all share, and what they are.
    pub integral: Vec<(VariableIdx, f64)>,
}

impl<'a> ColumnGeneration<'a> {
    /// Begins with some plans of each workload, `[n_workloads]`; each needs at least one.
    #[must_use]
    pub fn new(
        setting: &'a Setting<'a>,
        sample: &'a CompiledSample,
        formulation: &'a Formulation,
        request: &'a Request,
    ) -> Self {
        let blocks = Blocks::new(setting.instance, formulation);
        let pricing_problems = blocks.blocks.iter().cloned().map(PricingProblem::new).collect();
        let master = RestrictedMaster::new(setting, formulation, request, &blocks, sample.n_trials);
        let pools = vec![Vec::new(); blocks.blocks.len()];
        let bound = f64::NEG_INFINITY;
        Self {
            setting,
            sample,
            formulation,
            request,
            blocks,
            pricing_problems,
            pools,
            master,
            center: None,
            smoothing: 1.0,
            box_width: BOX_WIDTH,
            bound,
        }
    }

    /// The workloads' parts of the sample.
    #[must_use]
    pub fn blocks(&self) -> &[Block] {
        &self.blocks.blocks
    }

    /// `[n_workloads]`: the plans met.
    #[must_use]
    pub fn pools(&self) -> &[Vec<PlanColumn>] {
        &self.pools
    }

    /// Adds to each pool what the solution makes of plans with the same standbys: as good as their solution at least, for the loss is
    /// convex. Returns the largest of each workload.
    pub fn add_blends(&mut self, solution: &MasterSolution) -> Vec<usize> {
        let mut largest = vec![0; self.pools.len()];
        for (workload, parts) in solution.parts.iter().enumerate() {
            let mut blends: BTreeMap<Vec<VariableIdx>, (f64, BTreeMap<VariableIdx, f64>)> = BTreeMap::new();
            for &(column, part) in parts {
                let values = &self.pools[workload][column].values;
                let is_integer = |c: VariableIdx| self.formulation.lp.variables[c].is_integer;
                let integral = values.iter().map(|v| v.0).filter(|&c| is_integer(c)).collect();
                let blend = blends.entry(integral).or_default();
                blend.0 += part;
                values.iter().for_each(|&(c, value)| *blend.1.entry(c).or_default() += part * value);
            }
            let mut most = 0.0;
            for (sum, values) in blends.into_values().filter(|blend| blend.0 > BLENDED_FROM) {
                let at = self.add_answer(workload, values.into_iter().map(|(c, v)| (c, v / sum)).collect());
                if sum > most {
                    (most, largest[workload]) = (sum, at);
                }
            }
        }
        largest
    }

    /// Rows that bind workloads together.
    #[must_use]
    pub fn linking_rows(&self) -> &[usize] {
        &self.blocks.linking_rows
    }

    /// Variables of no workload, ascending.
    #[must_use]
    pub fn shared(&self) -> &[VariableIdx] {
        &self.blocks.shared
    }

    /// Trials that every loss is known on.
    #[must_use]
    pub fn n_trials(&self) -> usize {
        self.sample.n_trials
    }

    /// Adds what a workload answered to its pool, as the plan that it is: what it pays for and does not use is dropped.
    fn add_answer(&mut self, workload: usize, values: Vec<(VariableIdx, f64)>) -> usize {
        let block = &self.blocks.blocks[workload];
        let mut all = vec![0.0; self.formulation.lp.variables.len()];
        values.iter().for_each(|&(variable, value)| all[variable] = value);
        let plan = self.formulation.plan(self.setting, self.sample, block.cells.clone(), &all);
        let values = PlanColumn::values_of(self.formulation, block, &plan).unwrap_or(values);
        self.add(workload, values)
    }

    /// Adds a plan to a workload's pool, unless it is there; returns its place.
    pub fn add(&mut self, workload: usize, values: Vec<(VariableIdx, f64)>) -> usize {
        if let Some(at) = self.pools[workload].iter().position(|column| column.values == values) {
            return at;
        }
        self.pricing_problems[workload].meet(&values);
        let block = &self.blocks.blocks[workload];
        let column = PlanColumn::new(self.setting, self.sample, self.formulation, block, values);
        self.master.add_column(workload, self.pools[workload].len(), &column);
        self.pools[workload].push(column);
        self.pools[workload].len() - 1
    }

    /// DualValues of rows as in the best bound, and of trials as in a plan's tail: `tail` as (trial, weight), the weights sum
    /// to 1.
    #[must_use]
    pub fn duals_at(&self, tail: &[(usize, f64)]) -> DualValues {
        let rows = match &self.center {
            Some(center) => center.duals.rows.clone(),
            None => vec![0.0; self.formulation.lp.constraints.len()],
        };
        let duals = self.blocks.linking_rows.iter().map(|&row| (row, rows[row]));
        let weight = self.formulation.lp.variables[self.formulation.risk.cvar].cost;
        let tail = tail.iter().map(|&(trial, part)| (trial, weight * part));
        DualValues::of(self.formulation, duals, tail, self.master.part)
    }

    /// Asks at duals near those of the best bound, others each time.
    ///
    /// # Errors
    /// As [`crate::planning::solver::solve`].
    pub fn price_near(&mut self, times: usize) -> Result<(), SolverError> {
        let Some(center) = &self.center else { return Ok(()) };
        let wave = |row: usize| ((row * 7 + times * 13) as f64).sin();
        let duals = DualValues {
            rows: center
                .duals
                .rows
                .iter()
                .enumerate()
                .map(|(row, price)| price * (1.0 + NEAR * wave(row)))
                .collect(),
            tail: center.duals.tail.clone(),
        };
        self.price_at(duals)
    }

    /// DualValues of the sample with its integers relaxed: `row_duals` `[n_rows]`, of its first rows at least; `tail` as
    /// (trial, price).
    #[must_use]
    pub fn duals_of(&self, row_duals: &[f64], tail: &[(usize, f64)]) -> DualValues {
        let linking_rows = self.blocks.linking_rows.iter().map(|&row| (row, row_duals[row]));
        DualValues::of(self.formulation, linking_rows, tail.iter().copied(), self.master.part)
    }

    /// Begins with what another search came to: its plans of workloads, and its duals of rows.
    ///
    /// # Errors
    /// As [`crate::planning::solver::solve`].
    pub fn start_from(&mut self, other: &ColumnGeneration<'_>) -> Result<(), SolverError> {
        for (workload, pool) in other.pools.iter().enumerate() {
            pool.iter().for_each(|column| _ = self.add(workload, column.values.clone()));
        }
        if let Some(center) = &other.center {
            self.master.set_box(&center.duals, self.box_width);
        }
        let solution = self.solve_master()?;
        self.price_at(solution.duals)
    }

    /// Asks at duals and takes them for the best if their bound is.
    ///
    /// # Errors
    /// As [`crate::planning::solver::solve`].
    pub fn price_at(&mut self, duals: DualValues) -> Result<(), SolverError> {
        if !self.price_all(duals)? {
            return Ok(());
        }
        if let Some(center) = &self.center {
            self.master.set_box(&center.duals, self.box_width);
        }
        Ok(())
    }

    /// Mixes the plans met; the tail grows until no trial outside it is worse than those in it.
    ///
    /// # Errors
    /// As [`crate::planning::solver::solve`].
    pub fn solve_master(&mut self) -> Result<MasterSolution, SolverError> {
        loop {
            let solution = self.master.solve(&self.pools, self.formulation)?;
            let losses = self.losses_of(&solution);
            if !self.master.grow_tail(&self.pools, &losses, self.request.objective.confidence_level) {
                return Ok(solution);
            }
        }
    }

    /// `[n_trials]`: losses of a solution, in units of money; never below those of the mixed plan.
    #[must_use]
    pub fn losses_of(&self, solution: &MasterSolution) -> Vec<f64> {
        let mut losses = vec![0.0; self.sample.n_trials];
        for (pool, parts) in self.pools.iter().zip(&solution.parts) {
            for &(column, part) in parts {
                losses.iter_mut().zip(&pool[column].losses).for_each(|(sum, loss)| *sum += part * loss);
            }
        }
        losses
    }

    /// Asks every workload for its best plan at duals; adds what they answer; whether the bound rises, and with it the
    /// duals that it is due to.
    fn price_all(&mut self, duals: DualValues) -> Result<bool, SolverError> {
        let (setting, sample, formulation) = (self.setting, self.sample, self.formulation);
        let answers: Vec<Result<PricingAnswer, SolverError>> = self
            .pricing_problems
            .par_iter_mut()
            .map(|problem| problem.price(setting, sample, formulation, &duals))
            .collect();
        let mut bounds = Vec::with_capacity(answers.len());
        for (workload, answer) in answers.into_iter().enumerate() {
            let answer = answer?;
            bounds.push(answer.bound);
            self.add_answer(workload, answer.values);
        }
        let rest = self.blocks.rest(&formulation.lp, formulation.risk.cvar, &duals);
        let bound = rest + bounds.iter().sum::<f64>();
        if bound <= self.bound {
            return Ok(false);
        }
        self.bound = bound;
        self.center = Some(StabilityCenter { duals, bounds });
        self.smoothing = SMOOTHING;
        Ok(true)
    }

    /// By workload and column: no plan of the portfolio with it costs less than so much above the bound, in units of money.
    #[must_use]
    pub fn reduced_costs(&self) -> Vec<Vec<f64>> {
        let Some(StabilityCenter { duals, bounds }) = &self.center else {
            return self.pools.iter().map(|pool| vec![0.0; pool.len()]).collect();
        };
        let reduced_costs = |column: &PlanColumn, bound: f64| {
            let rows: f64 = column.activity.iter().map(|&(row, value)| duals.rows[row] * value).sum();
            let tail: f64 = duals.tail.iter().map(|&(trial, weight)| weight * column.losses[trial]).sum();
            column.cost - rows + tail - bound
        };
        let of = |(pool, &bound): (&Vec<PlanColumn>, &f64)| {
            pool.iter().map(|column| reduced_costs(column, bound)).collect()
        };
        self.pools.iter().zip(bounds).map(of).collect()
    }

    /// Dives from the solution to integral numbers of what all share, and has workloads plan for that (Sadykov, Vanderbeck, Pessoa,
    /// Tahiri and Uchoa 2019).
    ///
    /// # Errors
    /// As [`crate::planning::solver::solve`].
    pub fn dive(&mut self) -> Result<DiveResult, SolverError> {
        self.master.open_boxes();
        let mut solution = self.solve_master()?;
        while let Some((variable, value)) = self.master.nearly_integral() {
            self.master.fix(variable, value);
            solution = self.solve_master()?;
        }
        self.master.fix_integral();
        for _ in 0..DIVE_ROUNDS {
            self.price_all(solution.duals)?;
            solution = self.solve_master()?;
        }
        let combination = self.add_blends(&solution);
        let integral =
            self.master.integral.iter().map(|&(variable, _, value)| (variable, value.round())).collect();
        self.master.release(self.formulation);
        if let Some(center) = &self.center {
            self.master.set_box(&center.duals, self.box_width);
        }
        Ok(DiveResult { combination, integral })
    }

    /// One round: solution, move the duals, price_all; returns the solution.
    ///
    /// # Errors
    /// As [`crate::planning::solver::solve`].
    pub fn round(&mut self) -> Result<MasterSolution, SolverError> {
        let solution = self.solve_master()?;
        let duals = match &self.center {
            Some(center) => blend(&center.duals, &solution.duals, self.smoothing),
            None => solution.duals.clone(),
        };
        if !self.price_all(duals)? {
            self.smoothing = (self.smoothing * SMOOTHING_GROWTH).min(1.0);
        }
        if solution.broken > NEARLY && solution.cost - self.bound <= BOX_TOLERANCE * solution.cost.abs() {
            self.box_width *= 2.0;
        }
        if let Some(center) = &self.center {
            self.master.set_box(&center.duals, self.box_width);
        }
        Ok(solution)
    }
}

impl Blocks {
    /// What the bound owes to no workload: sides of linking_rows rows and variables that all share, at duals.
    fn rest(&self, lp: &LinearProgram, cvar: VariableIdx, duals: &DualValues) -> f64 {
        let mut cost: Vec<f64> = lp.variables.iter().map(|v| v.cost).collect();
        let mut rest = 0.0;
        for &row in &self.linking_rows {
            let (price, row) = (duals.rows[row], &lp.constraints[row]);
            if price != 0.0 {
                rest += price * if price > 0.0 { row.low } else { row.high };
                row.terms.iter().for_each(|&(variable, factor)| cost[variable] -= price * factor);
            }
        }
        // Tail weights sum to what CVaR costs, so that it drops out.
        let variables = self.shared.iter().filter(|&&variable| variable != cvar);
        rest + variables
            .map(|&variable| {
                let (cost, bounds) = (cost[variable], &lp.variables[variable]);
                if cost >= 0.0 { cost * bounds.low } else { cost * bounds.high }
            })
            .sum::<f64>()
    }
}

fn blend(center: &DualValues, new: &DualValues, smoothing: f64) -> DualValues {
    let rows = center.rows.iter().zip(&new.rows).map(|(a, b)| a + smoothing * (b - a)).collect();
    let mut tail: BTreeMap<usize, f64> = BTreeMap::new();
    center
        .tail
        .iter()
        .for_each(|&(trial, weight)| *tail.entry(trial).or_default() += (1.0 - smoothing) * weight);
    new.tail.iter().for_each(|&(trial, weight)| *tail.entry(trial).or_default() += smoothing * weight);
    DualValues { rows, tail: tail.into_iter().collect() }
}

//! Column generation over plans of single workloads (Dantzig and Wolfe 1960).
//!
//! The restricted master, a small linear program, combines the plans found so far under the linking rows and the tail
//! of the loss. At its dual values, the pricing problem of each workload finds a new plan. The optimal values of the
//! pricing problems add up to a lower bound on the cost of every plan (Geoffrion 1974), which is far tighter than the
//! bound of the relaxation with fractional standbys. Dual values are smoothed towards the best so far (Wentges
//! 1997).

pub mod blocks;
pub mod column;
pub mod dive;
pub mod exchange_heuristic;
pub mod node;
pub mod pricing_problem;
pub mod restricted_master;
pub mod restricted_master_heuristic;
pub mod warm_start;

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::USD_PER_UNIT;
use super::formulation::Formulation;
use super::formulation::linear_program::VariableIdx;
use super::request::Request;
use super::sample::CompiledSample;
use super::solver::SolverError;
use crate::measures::probabilities::TrialProbabilities;
use crate::service::setting::Setting;
use blocks::{Block, Blocks};
use column::PlanColumn;
use pricing_problem::{DualValues, Effort, PricingProblem, PricingSolution};
use restricted_master::{MasterSolution, RestrictedMaster};

/// Weight of the master's dual values against the stability center (Wentges smoothing), and its growth factor while the
/// bound does not rise.
const SMOOTHING: f64 = 0.8;
const SMOOTHING_GROWTH: f64 = 1.5;
/// Weight in the master solution above which columns with the same standbys are blended.
const BLENDED_FROM: f64 = 0.05;
/// Half-width of the box around the stability center, relative to each dual value. It doubles when the master solution
/// violates a linking row, and is within [`BOX_TOLERANCE`] of the bound or the bound does not rise.
const BOX_WIDTH: f64 = 0.3;
/// Relative gap of the master solution below which the box may double.
const BOX_TOLERANCE: f64 = 1e-2;
/// Relative gap between a master solution that keeps all rows and the bound, from which the box is a trust region; how its
/// half-width and the smoothing change with each round; and their least values.
const TRUSTED_FROM: f64 = 2e-2;
const TRUST_GROWTH: f64 = 1.5;
const TRUST_SHRINK: f64 = 0.5;
const LEAST_BOX_WIDTH: f64 = 0.02;
const STEP_SHRINK: f64 = 0.7;
const LEAST_STEP: f64 = 0.3;
/// Rounds in a row that do not raise the bound, from which the box is a trust region too.
const MAX_VAIN: usize = 3;
/// Raises of the penalty for violated rows where it proves too low, at most.
const MAX_PENALTY_RAISES: usize = 3;
/// Relative change of the master's cost below which it stands still.
const STILL: f64 = 1e-5;
/// Relative distance from the stability center at which [`ColumnGeneration::price_near`] tries other dual values.
const NEAR: f64 = 0.25;
/// What all pricing problems together may be off, relative to the cost: a part of the gap of the master solution,
/// within limits.
const PART_OF_GAP: f64 = 0.1;
const FINE: f64 = 3e-4;
const ROUGH: f64 = 3e-3;
/// Plans with other discrete choices than its best one that a pricing problem adds to its pool, at most.
const MAX_OTHERS: usize = 4;
/// Branch-and-bound nodes of a pricing problem: for a column, and for a bound.
const MAX_PRICING_NODES: usize = 200;
const MAX_PROOF_NODES: usize = 800;

/// The state of column generation: column pools, restricted master, best bound.
pub struct ColumnGeneration<'a> {
    setting: &'a Setting<'a>,
    sample: &'a CompiledSample,
    formulation: &'a Formulation,
    blocks: Blocks,
    pricing_problems: Vec<PricingProblem>,
    /// `[n_workloads]`: the columns found.
    pools: Vec<Vec<PlanColumn>>,
    master: RestrictedMaster,
    center: Option<StabilityCenter>,
    /// Bounds of the shared variables, in their order.
    shared_bounds: Vec<(f64, f64)>,
    smoothing: f64,
    box_width: f64,
    /// Whether the box is a trust region.
    is_trusted: bool,
    /// Rounds in a row that did not raise the estimate.
    n_vain: usize,
    /// Cost of the last master solution, in units of money.
    last_cost: f64,
    /// Cost of a plan, in units of money.
    scale: f64,
    /// What all pricing problems together may be off, relative to the cost.
    tolerance: f64,
    /// Lower bound on the cost of every plan made of the shortlist, in units of money.
    pub bound: f64,
}

/// The stability center: dual values of the best estimate of the bound.
#[derive(Clone)]
struct StabilityCenter {
    duals: DualValues,
    /// The bound at the dual values if the plans found are the workloads' best, in units of money.
    estimate: f64,
    /// `[n_workloads]`: lower bound on the cost of the workload's plans at the dual values.
    bounds: Vec<f64>,
    /// `[n_workloads]`: distance between that bound and the best plan found.
    open: Vec<f64>,
}

impl<'a> ColumnGeneration<'a> {
    /// Starts with empty pools; each workload needs a column before the first solve. `today_usd`: objective of today's
    /// allocation.
    #[must_use]
    pub fn new(
        setting: &'a Setting<'a>,
        sample: &'a CompiledSample,
        formulation: &'a Formulation,
        request: &'a Request,
        today_usd: f64,
    ) -> Self {
        let blocks = Blocks::new(setting.instance, formulation);
        let pricing_problems = blocks.blocks.iter().cloned().map(PricingProblem::new).collect();
        let master = RestrictedMaster::new(formulation, request, &blocks, (&sample.probabilities, today_usd));
        let pools = vec![Vec::new(); blocks.blocks.len()];
        let bound = f64::NEG_INFINITY;
        let own = |&variable: &VariableIdx| {
            let variable = &formulation.lp.variables[variable];
            (variable.low, variable.high)
        };
        let shared_bounds = blocks.shared.iter().map(own).collect();
        Self {
            setting,
            sample,
            formulation,
            blocks,
            pricing_problems,
            pools,
            master,
            center: None,
            shared_bounds,
            smoothing: 1.0,
            box_width: BOX_WIDTH,
            is_trusted: false,
            n_vain: 0,
            last_cost: f64::INFINITY,
            scale: (today_usd / USD_PER_UNIT).abs().max(1.0),
            tolerance: ROUGH,
            bound,
        }
    }

    /// `[n_workloads]`: blocks of the program.
    #[must_use]
    pub fn blocks(&self) -> &[Block] {
        &self.blocks.blocks
    }

    /// `[n_workloads]`: the column pools.
    #[must_use]
    pub fn pools(&self) -> &[Vec<PlanColumn>] {
        &self.pools
    }

    /// Blends columns with the same integers and the same offers in use, in proportion to their weights in the master solution, and adds the
    /// blends to the pools. A blend costs no more than its columns do on average, because the loss is convex. Returns
    /// the blend with the largest weight of each workload.
    pub fn add_blends(&mut self, solution: &MasterSolution) -> Vec<usize> {
        let mut largest = vec![0; self.pools.len()];
        for (workload, parts) in solution.parts.iter().enumerate() {
            let mut blends: BTreeMap<Vec<VariableIdx>, (f64, BTreeMap<VariableIdx, f64>)> = BTreeMap::new();
            for &(column, part) in parts {
                let values = &self.pools[workload][column].values;
                let integral = self.discrete(workload, column);
                let blend = blends.entry(integral).or_default();
                blend.0 += part;
                values.iter().for_each(|&(c, value)| *blend.1.entry(c).or_default() += part * value);
            }
            let mut most = 0.0;
            for (sum, values) in blends.into_values().filter(|blend| blend.0 > BLENDED_FROM) {
                let at = self.add_trimmed(workload, values.into_iter().map(|(c, v)| (c, v / sum)).collect());
                if sum > most {
                    (most, largest[workload]) = (sum, at);
                }
            }
        }
        largest
    }

    /// Rows that link workloads.
    #[must_use]
    pub fn linking_rows(&self) -> &[usize] {
        &self.blocks.linking_rows
    }

    /// Variables that belong to no workload, ascending.
    #[must_use]
    pub fn shared(&self) -> &[VariableIdx] {
        &self.blocks.shared
    }

    /// Probabilities of the sample's trials.
    #[must_use]
    pub fn probabilities(&self) -> &'a TrialProbabilities {
        &self.sample.probabilities
    }

    /// Adds a plan to a workload's pool, without readiness that it pays for and does not use; returns its index.
    fn add_trimmed(&mut self, workload: usize, values: Vec<(VariableIdx, f64)>) -> usize {
        let block = &self.blocks.blocks[workload];
        let mut all = vec![0.0; self.formulation.lp.variables.len()];
        values.iter().for_each(|&(variable, value)| all[variable] = value);
        let plan = self.formulation.plan(self.setting, self.sample, block.cells.clone(), &all);
        let values = PlanColumn::values_of(self.setting, self.formulation, block, &plan).unwrap_or(values);
        self.add(workload, values)
    }

    /// Adds the first of some plans whose discrete choices no column of the workload makes yet.
    fn add_others(&mut self, workload: usize, others: Vec<Vec<(VariableIdx, f64)>>) {
        let mut n_added = 0;
        for values in others {
            let choice: Vec<VariableIdx> = self.discrete_of(&values).collect();
            let is_new =
                (0..self.pools[workload].len()).all(|column| self.discrete(workload, column) != choice);
            if is_new {
                self.add_trimmed(workload, values);
                n_added += 1;
            }
            if n_added == MAX_OTHERS {
                break;
            }
        }
    }

    /// Adds a plan to a workload's pool, unless it is there already; returns its index.
    pub fn add(&mut self, workload: usize, values: Vec<(VariableIdx, f64)>) -> usize {
        if let Some(at) = self.pools[workload].iter().position(|column| column.values == values) {
            return at;
        }
        self.pricing_problems[workload].remember(&values);
        let block = &self.blocks.blocks[workload];
        let column = PlanColumn::new(self.setting, self.sample, self.formulation, block, values);
        let is_allowed = self.pricing_problems[workload].costs.contains(column.planned);
        self.master.add_column((workload, self.pools[workload].len()), &column, is_allowed);
        self.pools[workload].push(column);
        self.pools[workload].len() - 1
    }

    /// Dual values with the rows of the stability center and the tail of a plan. `tail`: (trial, weight); weights sum
    /// to 1.
    #[must_use]
    pub fn duals_at(&self, tail: &[(usize, f64)]) -> DualValues {
        let rows = match &self.center {
            Some(center) => center.duals.rows.clone(),
            None => vec![0.0; self.formulation.lp.constraints.len()],
        };
        let duals = self.blocks.linking_rows.iter().map(|&row| (row, rows[row]));
        DualValues::of(self.formulation, duals, self.tail_duals(tail).into_iter(), self.master.limits())
    }

    /// Dual values of the trials of a tail. `tail`: (trial, weight); weights sum to 1.
    #[must_use]
    pub fn tail_duals(&self, tail: &[(usize, f64)]) -> Vec<(usize, f64)> {
        let weight = self.formulation.lp.variables[self.formulation.risk.cvar].cost;
        tail.iter().map(|&(trial, part)| (trial, weight * part)).collect()
    }

    /// Solves the pricing problems near the stability center, at other dual values for each value of `attempt`.
    ///
    /// # Errors
    /// As [`crate::planning::solver::solve`].
    pub fn price_near(&mut self, attempt: usize) -> Result<(), SolverError> {
        let Some(center) = &self.center else { return Ok(()) };
        let wave = |row: usize| ((row * 7 + attempt * 13) as f64).sin();
        let duals = DualValues {
            rows: center
                .duals
                .rows
                .iter()
                .enumerate()
                .map(|(row, dual)| dual * (1.0 + NEAR * wave(row)))
                .collect(),
            tail: center.duals.tail.clone(),
        };
        self.price_at(duals)
    }

    /// Dual values from a solution of the relaxed extensive form. `row_duals`: `[n_rows]` or more, the program's rows
    /// first; `tail`: (trial, dual value).
    #[must_use]
    pub fn duals_of(&self, row_duals: &[f64], tail: &[(usize, f64)]) -> DualValues {
        let linking_rows = self.blocks.linking_rows.iter().map(|&row| (row, row_duals[row]));
        DualValues::of(self.formulation, linking_rows, tail.iter().copied(), self.master.limits())
    }

    /// Starts from another column generation: adds its columns and takes the dual values of its rows as the center of
    /// the box.
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

    /// Solves all pricing problems at dual values; if the estimate rises, these become the stability center.
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

    /// Solves the restricted master; adds trials to the tail until no trial outside it is as bad as those in it.
    ///
    /// # Errors
    /// As [`crate::planning::solver::solve`].
    pub fn solve_master(&mut self) -> Result<MasterSolution, SolverError> {
        loop {
            let solution = self.master.solve(&self.pools, self.formulation)?;
            let losses = self.losses_of(&solution.parts);
            if !self.master.grow_tail(&self.pools, &losses) {
                return Ok(solution);
            }
        }
    }

    /// `[n_trials]`: weighted losses of columns, in units of money; never below the losses of the blended plan. `parts`:
    /// `[n_workloads]`, (index in the pool, weight).
    #[must_use]
    pub fn losses_of(&self, parts: &[Vec<(usize, f64)>]) -> Vec<f64> {
        let mut losses = vec![0.0; self.sample.n_trials];
        for (pool, parts) in self.pools.iter().zip(parts) {
            for &(column, part) in parts {
                losses.iter_mut().zip(&pool[column].losses).for_each(|(sum, loss)| *sum += part * loss);
            }
        }
        losses
    }

    /// Effort for each pricing problem: all together are off by `tolerance` at most, relative to the cost, if they need no
    /// more nodes.
    fn effort(&self, tolerance: f64, max_nodes: usize) -> Effort {
        Effort { tolerance: tolerance * self.scale / self.pools.len().max(1) as f64, max_nodes }
    }

    /// Solves the pricing problems of all workloads and adds their columns; returns whether the estimate rises. If it does,
    /// `duals` become the stability center.
    fn price_all(&mut self, duals: DualValues) -> Result<bool, SolverError> {
        let (setting, sample, formulation) = (self.setting, self.sample, self.formulation);
        let effort = self.effort(self.tolerance, MAX_PRICING_NODES);
        let priced: Vec<Result<PricingSolution, SolverError>> = self
            .pricing_problems
            .par_iter_mut()
            .map(|problem| problem.price(setting, sample, formulation, &duals, effort))
            .collect();
        let (mut bounds, mut open) = (Vec::with_capacity(priced.len()), Vec::with_capacity(priced.len()));
        for (workload, solution) in priced.into_iter().enumerate() {
            let solution = solution?;
            bounds.push(solution.bound);
            open.push(solution.cost - solution.bound);
            self.add_trimmed(workload, solution.values);
            self.add_others(workload, solution.others);
        }
        self.lower_estimate();
        let bound = self.shared_bound(&duals) + bounds.iter().sum::<f64>();
        self.bound = self.bound.max(bound);
        let estimate = bound + open.iter().sum::<f64>();
        if estimate <= self.estimate() {
            return Ok(false);
        }
        self.center = Some(StabilityCenter { duals, estimate, bounds, open });
        Ok(true)
    }

    /// Solves the pricing problems again that were left open at the stability center, with more nodes. Raises the bound
    /// and adds their columns; one without an answer stays open.
    pub fn tighten(&mut self) {
        let Some(mut center) = self.center.take() else { return };
        let (setting, sample, formulation) = (self.setting, self.sample, self.formulation);
        let effort = self.effort(FINE, MAX_PROOF_NODES);
        let duals = &center.duals;
        let again = |(problem, &open): (&mut PricingProblem, &f64)| -> Option<PricingSolution> {
            let is_open = open > effort.tolerance;
            is_open.then(|| problem.price(setting, sample, formulation, duals, effort).ok()).flatten()
        };
        let priced: Vec<Option<PricingSolution>> =
            self.pricing_problems.par_iter_mut().zip(&center.open).map(again).collect();
        for (workload, solution) in priced.into_iter().enumerate() {
            let Some(solution) = solution else { continue };
            center.bounds[workload] = center.bounds[workload].max(solution.bound);
            center.open[workload] = solution.cost - center.bounds[workload];
            self.add_trimmed(workload, solution.values);
        }
        let bound = self.shared_bound(&center.duals) + center.bounds.iter().sum::<f64>();
        self.bound = self.bound.max(bound);
        center.estimate = bound + center.open.iter().sum::<f64>();
        self.center = Some(center);
    }

    /// Lowers the estimate at the stability center to what the columns say that the node may use.
    fn lower_estimate(&mut self) {
        let reduced_costs = self.reduced_costs();
        let Some(center) = &mut self.center else { return };
        for (workload, (open, reduced_costs)) in center.open.iter_mut().zip(&reduced_costs).enumerate() {
            let costs = self.pricing_problems[workload].costs;
            let own = reduced_costs.iter().zip(&self.pools[workload]);
            let allowed = own.filter(|(_, column)| costs.contains(column.planned)).map(|own| *own.0);
            let least = allowed.fold(*open, f64::min).max(0.0);
            center.estimate -= *open - least;
            *open = least;
        }
    }

    /// What the bound would be at the stability center if the plans found there are the workloads' best, in units of money.
    #[must_use]
    pub fn estimate(&self) -> f64 {
        self.center.as_ref().map_or(f64::NEG_INFINITY, |center| center.estimate)
    }

    /// Lower bound at the stability center, in units of money.
    #[must_use]
    pub fn center_bound(&self) -> f64 {
        let of = |center: &StabilityCenter| center.estimate - center.open.iter().sum::<f64>();
        self.center.as_ref().map_or(self.bound, of)
    }

    /// Reduced cost of each column against the bound, by workload and column, in units of money: a plan with the column
    /// costs at least this much more than the bound.
    #[must_use]
    pub fn reduced_costs(&self) -> Vec<Vec<f64>> {
        let Some(StabilityCenter { duals, bounds, .. }) = &self.center else {
            return self.pools.iter().map(|pool| vec![0.0; pool.len()]).collect();
        };
        let reduced_cost = |column: &PlanColumn, bound: f64| {
            let rows: f64 = column.activity.iter().map(|&(row, value)| duals.rows[row] * value).sum();
            let tail: f64 = duals.tail.iter().map(|&(trial, weight)| weight * column.losses[trial]).sum();
            column.cost - rows + tail - bound
        };
        let of = |(pool, &bound): (&Vec<PlanColumn>, &f64)| {
            pool.iter().map(|column| reduced_cost(column, bound)).collect()
        };
        self.pools.iter().zip(bounds).map(of).collect()
    }

    /// The discrete choices of a column: its integers, and the offers in use.
    fn discrete(&self, workload: usize, column: usize) -> Vec<VariableIdx> {
        self.discrete_of(&self.pools[workload][column].values).collect()
    }

    fn discrete_of<'b>(&'b self, values: &'b [(VariableIdx, f64)]) -> impl Iterator<Item = VariableIdx> + 'b {
        let variables = &self.formulation.lp.variables;
        values.iter().map(|value| value.0).filter(|&variable| variables[variable].is_discrete())
    }

    /// Adapts box and smoothing to what the last round has brought.
    ///
    /// Far from the bound, dual values may have to travel, so the box opens and the master's own values are trusted. Once a
    /// master solution keeps all rows and is close to the bound, or no round has raised it for a while, the box is a trust
    /// region: it shrinks where the bound does not rise, and grows where it rises and the box binds.
    fn adapt(&mut self, solution: &MasterSolution, has_risen: bool) {
        let is_broken = !solution.is_kept();
        let is_still = (solution.cost - self.last_cost).abs() <= STILL * solution.cost.abs();
        self.last_cost = solution.cost;
        self.n_vain = if has_risen { 0 } else { self.n_vain + 1 };
        if has_risen {
            self.smoothing = SMOOTHING;
        }
        if self.is_trusted {
            if has_risen && is_broken {
                self.box_width *= TRUST_GROWTH;
            } else if !has_risen {
                self.box_width = (self.box_width * TRUST_SHRINK).max(LEAST_BOX_WIDTH);
                // Where the master stands still, shorter steps would find the same plans again.
                let shorter = (self.smoothing * STEP_SHRINK).max(LEAST_STEP);
                self.smoothing = if is_still { 1.0 } else { shorter };
            }
            return;
        }
        if !has_risen {
            self.smoothing = (self.smoothing * SMOOTHING_GROWTH).min(1.0);
        }
        let is_near = solution.cost - self.estimate() <= BOX_TOLERANCE * solution.cost.abs();
        if is_broken && (is_near || !has_risen) {
            self.box_width *= if has_risen { 2.0 } else { 4.0 };
        }
        let has_stalled = !is_broken && self.n_vain >= MAX_VAIN;
        if has_stalled || solution.is_within(self.estimate(), TRUSTED_FROM) {
            (self.is_trusted, self.box_width) = (true, BOX_WIDTH.min(self.box_width));
        }
    }

    /// Solves the restricted master with dual values that are limited by the penalty for violated rows only. Where a violation
    /// pays nevertheless, the penalty grows, up to a point from which on the node counts as infeasible.
    ///
    /// # Errors
    /// As [`crate::planning::solver::solve`].
    pub fn solve_open(&mut self) -> Result<MasterSolution, SolverError> {
        self.master.open_boxes();
        let mut solution = self.solve_master();
        for _ in 0..MAX_PENALTY_RAISES {
            if solution.as_ref().map_or(true, MasterSolution::is_kept) {
                break;
            }
            self.master.raise_penalty();
            solution = self.solve_master();
        }
        if let Some(center) = &self.center {
            self.master.set_box(&center.duals, self.box_width);
        }
        solution
    }

    fn shared_bound(&self, duals: &DualValues) -> f64 {
        self.shared_cost(&self.shared_bounds, duals)
    }

    /// Part of the bound that belongs to no workload: sides of the linking rows and shared variables within `bounds`, at the
    /// dual values.
    fn shared_cost(&self, bounds: &[(f64, f64)], duals: &DualValues) -> f64 {
        let (lp, cvar) = (&self.formulation.lp, self.formulation.risk.cvar);
        let mut cost: Vec<f64> = lp.variables.iter().map(|v| v.cost).collect();
        let mut bound = 0.0;
        for &row in &self.blocks.linking_rows {
            let (dual, row) = (duals.rows[row], &lp.constraints[row]);
            if dual != 0.0 {
                bound += dual * if dual > 0.0 { row.low } else { row.high };
                row.terms.iter().for_each(|&(variable, factor)| cost[variable] -= dual * factor);
            }
        }
        // The CVaR drops out: its cost equals the sum of the tail's dual values.
        let variables = self.blocks.shared.iter().zip(bounds).filter(|(variable, _)| **variable != cvar);
        let least = |(&variable, &(low, high)): (&VariableIdx, &(f64, f64))| {
            if cost[variable] >= 0.0 { cost[variable] * low } else { cost[variable] * high }
        };
        bound + variables.map(least).sum::<f64>()
    }

    /// Runs one round: solves the restricted master, smooths its dual values, and solves the pricing problems at them.
    /// Returns the master solution.
    ///
    /// # Errors
    /// As [`crate::planning::solver::solve`].
    pub fn round(&mut self) -> Result<MasterSolution, SolverError> {
        let solution = self.solve_master()?;
        self.scale = solution.cost.abs().max(1.0);
        let gap = (solution.cost - self.estimate()) / self.scale;
        self.tolerance = (PART_OF_GAP * gap).clamp(FINE, ROUGH);
        let duals = match &self.center {
            Some(center) => blend(&center.duals, &solution.duals, self.smoothing),
            None => solution.duals.clone(),
        };
        let has_risen = self.price_all(duals)?;
        self.adapt(&solution, has_risen);
        if let Some(center) = &self.center {
            self.master.set_box(&center.duals, self.box_width);
        }
        Ok(solution)
    }
}

/// Dual values between the stability center (`smoothing` 0) and new ones (1).
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

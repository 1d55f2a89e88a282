//! The restricted master: a linear program that combines columns under the linking rows and the tail of the loss.

use std::collections::BTreeMap;

use super::blocks::Blocks;
use super::column::PlanColumn;
use super::pricing_problem::DualValues;
use crate::measures::probabilities::TrialProbabilities;
use crate::planning::USD_PER_UNIT;
use crate::planning::formulation::Formulation;
use crate::planning::formulation::linear_program::{Constraint, LinearProgram, VariableIdx};
use crate::planning::request::Request;
use crate::planning::sample::evaluate::beyond_value_at_risk;
use crate::planning::solver::incremental::IncrementalLp;
use crate::planning::solver::{SolverError, open_large};

/// Trials added to the tail at a time, at most, relative to the size of the tail.
const TAIL_GROWTH: f64 = 0.5;
/// Penalty for violating a linking row by its largest factor, as a multiple of today's objective.
const PENALTY: f64 = 2.0;
/// Growth of the penalty where it proves too low.
const PENALTY_GROWTH: f64 = 8.0;
/// Distance to the nearest integer up to which a value counts as integral.
pub const INTEGRALITY_TOLERANCE: f64 = 1e-6;
/// Smallest scale of a box, relative to the largest dual value, or to the largest that is possible.
const SMALL_DUAL: f64 = 0.03;
const SMALLEST_DUAL: f64 = 1e-4;

/// The restricted master problem.
pub struct RestrictedMaster {
    session: Box<dyn IncrementalLp>,
    n_variables: usize,
    /// `[n_variables]`: (workload, index in its pool) of a column's variable; `None` for other variables.
    columns: Vec<Option<(usize, usize)>>,
    linking_rows: Vec<StabilizedRow>,
    /// `[n_workloads]`: convexity rows; the weights of a workload's columns sum to 1.
    convexity_rows: Vec<usize>,
    /// (trial, row) of the trials in the tail.
    tail: Vec<(usize, usize)>,
    n_rows: usize,
    tail_row: usize,
    /// What CVaR is measured from: VaR at the optimum, in units of money.
    base: VariableIdx,
    /// Shared integers: (variable in the formulation, variable in the master, value in the last solution).
    pub shared_integers: Vec<(VariableIdx, VariableIdx, f64)>,
    probabilities: TrialProbabilities,
    confidence_level: f64,
    /// Size of the tail in trials; need not be an integer.
    tail_size: f64,
}

/// A linking row with two slack variables, whose costs keep its dual value in a box (du Merle, Villeneuve, Desrosiers
/// and Hansen 1999).
pub struct StabilizedRow {
    /// Index in the formulation.
    formulation_row: usize,
    /// Index in the master.
    master_row: usize,
    raise: VariableIdx,
    lower: VariableIdx,
    /// Largest absolute dual value when the box is open.
    max_dual: f64,
    /// Change of the row per unit of either slack variable.
    factor: f64,
}

/// A fractional shared integer of a solution.
#[derive(Debug, Clone, Copy)]
pub struct ProbedInteger {
    /// In the formulation.
    pub variable: VariableIdx,
    /// In the master.
    pub place: VariableIdx,
    pub value: f64,
    /// What the master costs with the integers below the value, and with those above it; infinite if that breaks rows.
    pub costs: [f64; 2],
}

/// A solution of the restricted master.
pub struct MasterSolution {
    /// `[n_workloads]`: (index in the pool, weight) of the columns used; weights sum to 1.
    pub parts: Vec<Vec<(usize, f64)>>,
    pub cost: f64,
    pub duals: DualValues,
    /// Sum of the slack variables; 0 if every linking row is kept.
    pub broken: f64,
}

impl MasterSolution {
    /// Whether the solution keeps every linking row.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        self.broken < INTEGRALITY_TOLERANCE
    }

    /// Whether the solution keeps every linking row and its relative gap to `bound` is at most `tolerance`.
    #[must_use]
    pub fn is_within(&self, bound: f64, tolerance: f64) -> bool {
        self.is_kept() && self.cost - bound <= tolerance * self.cost.abs()
    }
}

impl DualValues {
    /// Dual values that give a valid bound, from those of a solver: wrong signs and weights that are too large by
    /// rounding are removed.
    ///
    /// `linking_rows`: (row, dual value). `tail`: (trial, dual value). Trials with their probabilities, and the level from
    /// which the tail begins.
    #[must_use]
    pub fn of(
        formulation: &Formulation,
        linking_rows: impl Iterator<Item = (usize, f64)>,
        tail: impl Iterator<Item = (usize, f64)>,
        (probabilities, level): (&TrialProbabilities, f64),
    ) -> Self {
        let (lp, cvar) = (&formulation.lp, formulation.risk.cvar);
        let mut rows = vec![0.0; lp.constraints.len()];
        // The weights of the tail must not sum to more than the cost of CVaR.
        let mut most = lp.variables[cvar].cost;
        for (row, dual) in linking_rows {
            let constraint = &lp.constraints[row];
            let has_side = if dual > 0.0 { constraint.low.is_finite() } else { constraint.high.is_finite() };
            if has_side {
                rows[row] = dual;
                constraint.terms.iter().filter(|t| t.0 == cvar).for_each(|t| most -= dual * t.1);
            }
        }
        let most = most.max(0.0);
        let mut tail: Vec<(usize, f64)> = tail.filter(|t| t.1 > 0.0).collect();
        tail.sort_unstable_by_key(|t| t.0);
        let sum: f64 = tail.iter().map(|t| t.1).sum();
        if sum > most {
            tail.iter_mut().for_each(|t| t.1 *= most / sum);
        }
        tail.iter_mut().for_each(|t| t.1 = t.1.min(most * probabilities.largest_tail_weight(t.0, level)));
        Self { rows, tail }
    }
}

/// Largest weight of a column; of one that may be used, the convexity row limits it.
fn largest_weight(is_allowed: bool) -> f64 {
    if is_allowed { f64::INFINITY } else { 0.0 }
}

impl RestrictedMaster {
    /// Creates the restricted master without columns. `today_usd`: objective of today's allocation.
    #[must_use]
    pub fn new(
        formulation: &Formulation,
        request: &Request,
        blocks: &Blocks,
        (probabilities, today_usd): (&TrialProbabilities, f64),
    ) -> Self {
        let mut lp = LinearProgram::default();
        let (mut place, mut shared_integers) = (vec![None; formulation.lp.variables.len()], Vec::new());
        for &variable in &blocks.shared {
            let v = &formulation.lp.variables[variable];
            let own = lp.add_continuous(v.cost, v.low, v.high);
            place[variable] = Some(own);
            if v.is_integer {
                shared_integers.push((variable, own, 0.0));
            }
        }
        let base = lp.add_continuous(0.0, 0.0, f64::INFINITY);
        let mut linking_rows = Vec::new();
        for &row in &blocks.linking_rows {
            let own = &formulation.lp.constraints[row];
            let factor = own.terms.iter().map(|t| t.1.abs()).fold(0.0, f64::max).max(f64::MIN_POSITIVE);
            let mut terms: Vec<(VariableIdx, f64)> =
                own.terms.iter().filter_map(|&(variable, factor)| Some((place[variable]?, factor))).collect();
            let max_dual = PENALTY * (today_usd / USD_PER_UNIT).max(1.0) / factor;
            let mut slack = |by: f64| {
                let variable = lp.add_continuous(max_dual * factor, 0.0, f64::INFINITY);
                terms.push((variable, by));
                variable
            };
            let (raise, lower) = (slack(factor), slack(-factor));
            let master_row = lp.constraints.len();
            linking_rows.push(StabilizedRow {
                formulation_row: row,
                master_row,
                raise,
                lower,
                max_dual,
                factor,
            });
            lp.constraints.push(Constraint { terms, ..own.clone() });
        }
        let convexity_rows = (0..blocks.blocks.len())
            .map(|_| {
                lp.add_equal("convexity", Vec::new(), 1.0);
                lp.constraints.len() - 1
            })
            .collect();
        let tail_row = lp.constraints.len();
        let cvar = place[formulation.risk.cvar].expect("CVaR is shared");
        lp.add_at_least("cvar", vec![(cvar, 1.0), (base, -1.0)], 0.0);
        let confidence_level = request.objective.confidence_level;
        Self {
            session: open_large(&lp),
            n_variables: lp.variables.len(),
            columns: vec![None; lp.variables.len()],
            linking_rows,
            convexity_rows,
            tail: Vec::new(),
            n_rows: lp.constraints.len(),
            tail_row,
            base,
            shared_integers,
            tail_size: probabilities.tail_size(confidence_level),
            probabilities: probabilities.clone(),
            confidence_level,
        }
    }

    /// Adds a column. `place`: its index in the workload's pool; `is_allowed`: whether the node may use it.
    pub fn add_column(&mut self, (workload, place): (usize, usize), column: &PlanColumn, is_allowed: bool) {
        let mut terms = vec![(self.convexity_rows[workload], 1.0)];
        for row in &self.linking_rows {
            if let Ok(at) = column.activity.binary_search_by_key(&row.formulation_row, |a| a.0) {
                terms.push((row.master_row, column.activity[at].1));
            }
        }
        let in_tail = self.tail.iter().map(|&(trial, row)| (row, -column.losses[trial]));
        terms.extend(in_tail.filter(|t| t.1 != 0.0));
        self.session.add_column(column.cost, 0.0, largest_weight(is_allowed), &terms);
        self.columns.push(Some((workload, place)));
        self.n_variables += 1;
    }

    /// Allows those columns of a workload that `is_allowed` names by their index in its pool.
    pub fn allow(&mut self, workload: usize, is_allowed: impl Fn(usize) -> bool) {
        for (variable, column) in self.columns.iter().enumerate() {
            if let &Some((of, place)) = column
                && of == workload
            {
                self.session.set_bounds(variable, 0.0, largest_weight(is_allowed(place)));
            }
        }
    }

    /// Solves the restricted master.
    ///
    /// # Errors
    /// As [`crate::planning::solver::solve`].
    pub fn solve(
        &mut self,
        pools: &[Vec<PlanColumn>],
        formulation: &Formulation,
    ) -> Result<MasterSolution, SolverError> {
        let solved = self.session.solve()?;
        self.shared_integers.iter_mut().for_each(|(_, own, value)| *value = solved.values[*own]);
        let mut parts = vec![Vec::new(); pools.len()];
        for (variable, column) in self.columns.iter().enumerate() {
            if let (Some((workload, place)), true) = (column, solved.values[variable] > INTEGRALITY_TOLERANCE)
            {
                parts[*workload].push((*place, solved.values[variable]));
            }
        }
        let tail = self.tail.iter().map(|&(trial, row)| (trial, solved.row_duals[row]));
        let row_duals =
            self.linking_rows.iter().map(|row| (row.formulation_row, solved.row_duals[row.master_row]));
        let duals = DualValues::of(formulation, row_duals, tail, self.limits());
        let broken = self.broken(&solved.values);
        Ok(MasterSolution { parts, cost: solved.cost, duals, broken })
    }

    /// Keeps the dual values of the linking rows in a box around `duals`, whose half-width is relative to each dual
    /// value.
    pub fn set_box(&mut self, duals: &DualValues, box_width: f64) {
        let largest = self
            .linking_rows
            .iter()
            .map(|row| duals.rows[row.formulation_row].abs() * row.factor)
            .fold(0.0, f64::max);
        for row in &self.linking_rows {
            let dual = duals.rows[row.formulation_row];
            let scale = (SMALL_DUAL * largest / row.factor).max(SMALLEST_DUAL * row.max_dual);
            let room = box_width * dual.abs().max(scale);
            self.session.set_cost(row.raise, (dual + room) * row.factor);
            self.session.set_cost(row.lower, (room - dual) * row.factor);
        }
    }

    /// Opens the boxes: dual values are limited by the penalty only.
    pub fn open_boxes(&mut self) {
        for row in &self.linking_rows {
            self.session.set_cost(row.raise, row.max_dual * row.factor);
            self.session.set_cost(row.lower, row.max_dual * row.factor);
        }
    }

    /// Raises the penalty for violated rows, and opens the boxes.
    pub fn raise_penalty(&mut self) {
        self.linking_rows.iter_mut().for_each(|row| row.max_dual *= PENALTY_GROWTH);
        self.open_boxes();
    }

    /// What the master costs within its present bounds, with the tail as it is; infinite if it breaks rows.
    pub fn cost(&mut self) -> f64 {
        let solved = self.session.solve().ok();
        let kept = solved.filter(|own| self.broken(&own.values) < INTEGRALITY_TOLERANCE);
        kept.map_or(f64::INFINITY, |own| own.cost)
    }

    /// The fractional shared integers of the last solution, each with what the master costs on either side of its value.
    ///
    /// `bounds`: of a variable in the formulation.
    pub fn probe(&mut self, bounds: impl Fn(VariableIdx) -> (f64, f64)) -> Vec<ProbedInteger> {
        let is_fractional = |value: f64| (value - value.round()).abs() > INTEGRALITY_TOLERANCE;
        let fractional: Vec<_> =
            self.shared_integers.iter().copied().filter(|own| is_fractional(own.2)).collect();
        let probed = |(variable, place, value): (VariableIdx, VariableIdx, f64)| {
            let (low, high) = bounds(variable);
            let costs = [(low, value.floor()), (value.ceil(), high)].map(|(low, high)| {
                self.session.set_bounds(place, low, high);
                self.cost()
            });
            self.session.set_bounds(place, low, high);
            ProbedInteger { variable, place, value, costs }
        };
        fractional.into_iter().map(probed).collect()
    }

    /// What limits the dual values of trials: their probabilities, and the level from which the tail begins.
    #[must_use]
    pub fn limits(&self) -> (&TrialProbabilities, f64) {
        (&self.probabilities, self.confidence_level)
    }

    /// Sum of the slack variables of the linking rows.
    fn broken(&self, values: &[f64]) -> f64 {
        self.linking_rows.iter().map(|row| values[row.raise] + values[row.lower]).sum()
    }

    /// Fixes a shared integer at a value.
    pub fn fix(&mut self, variable: VariableIdx, value: f64) {
        self.session.set_bounds(variable, value, value);
    }

    /// Fixes all shared integers at their rounded values in the last solution.
    pub fn fix_all(&mut self) {
        for &(_, own, value) in &self.shared_integers {
            self.session.set_bounds(own, value.round(), value.round());
        }
    }

    /// Sets the bounds of the shared integers. `bounds`: by variable of the formulation.
    pub fn set_bounds(&mut self, bounds: &BTreeMap<VariableIdx, (f64, f64)>) {
        for &(variable, own, _) in &self.shared_integers {
            if let Some(&(low, high)) = bounds.get(&variable) {
                self.session.set_bounds(own, low, high);
            }
        }
    }

    /// Adds trials to the tail that are at least as bad as the value at risk; returns whether there were any.
    pub fn grow_tail(&mut self, pools: &[Vec<PlanColumn>], losses: &[f64]) -> bool {
        let is_known = |trial: usize| self.tail.iter().any(|own| own.0 == trial);
        let mut outside = beyond_value_at_risk(losses, self.limits(), is_known);
        outside.truncate((self.tail_size * TAIL_GROWTH).ceil().max(1.0) as usize);
        for &trial in &outside {
            let weight = self.probabilities.largest_tail_weight(trial, self.confidence_level);
            self.session.add_column(0.0, 0.0, f64::INFINITY, &[(self.tail_row, -weight)]);
            let excess = self.n_variables;
            self.columns.push(None);
            self.n_variables += 1;
            let mut terms = vec![(excess, 1.0), (self.base, 1.0)];
            for (variable, column) in self.columns.iter().enumerate() {
                if let Some((workload, place)) = column {
                    terms.push((variable, -pools[*workload][*place].losses[trial]));
                }
            }
            terms.retain(|t| t.1 != 0.0);
            self.session.add_row(&Constraint::at_least("tail", terms, 0.0));
            self.tail.push((trial, self.n_rows));
            self.n_rows += 1;
        }
        !outside.is_empty()
    }
}

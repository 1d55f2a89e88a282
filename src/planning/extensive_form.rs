//! The extensive form: one program with a variable for the unserved share of every state and a row for every trial of
//! the tail.
//!
//! It is exact, and with few states it is the fastest way to a proof. Trials enter the tail during the search: with
//! only some trials the cost is never above the true one, and it equals the true one as soon as no trial outside the
//! tail is as bad as those in it (CVaR as in Rockafellar and Uryasev 2000, row generation as in Künzi-Bay and Mayer
//! 2006).

use std::collections::BTreeMap;
use std::sync::Arc;

use super::USD_PER_UNIT;
use super::formulation::Formulation;
use super::formulation::linear_program::{Constraint, LinearProgram, VariableIdx};
use super::sample::cuts::{LossCut, StateWeights};
use super::sample::evaluate::beyond_value_at_risk;
use super::sample::{CellSample, CompiledSample, RowSet, Sparse};
use super::solver::incremental::LpSolution;
use super::solver::{SolverError, open_large};
use crate::service::state::LossRow;

/// Solves of the relaxed program while its tail grows, at most.
const MAX_ROUNDS: usize = 20;

/// The program, with the meaning of its variables.
pub struct ExtensiveForm<'a> {
    sample: &'a CompiledSample,
    formulation: &'a Formulation,
    pub lp: LinearProgram,
    /// By cell and row set.
    unserved: Vec<Vec<Unserved>>,
    /// What CVaR is measured from: VaR at the optimum, in units of money.
    base: VariableIdx,
    cvar_row: usize,
    /// Trials of the tail, with their rows.
    tail: BTreeMap<usize, usize>,
    confidence_level: f64,
}

/// What the caller returns for a solution of the relaxed program.
pub struct TailFeedback {
    /// `[n_trials]`: losses of the solution's plan, USD.
    pub losses: Vec<f64>,
    /// Rows that the solution violates.
    pub rows: Vec<Constraint>,
}

/// Variables for the unserved shares of a state; `None` if no row can bind.
#[derive(Clone, Copy)]
struct Unserved {
    /// Over the rows before the fallback starts.
    before_fallback: Option<VariableIdx>,
    /// Over all rows.
    all: Option<VariableIdx>,
}

impl<'a> ExtensiveForm<'a> {
    /// Creates the program with an empty tail, from the decisions and limits of `formulation`, without its cuts.
    ///
    /// `mean`: `[n_cells]`, weights of states over all trials.
    #[must_use]
    pub fn new(
        sample: &'a CompiledSample,
        formulation: &'a Formulation,
        mean: &[StateWeights],
        confidence_level: f64,
    ) -> Self {
        let mut lp = formulation.lp.clone();
        let unserved = mean
            .iter()
            .enumerate()
            .map(|(cell, weights)| add_states(sample, formulation, cell, weights, &mut lp))
            .collect();
        let base = lp.add_continuous(0.0, 0.0, f64::INFINITY);
        let cvar_row = lp.constraints.len();
        lp.add_at_least("cvar", vec![(formulation.risk.cvar, 1.0), (base, -1.0)], 0.0);
        let mut own = Self {
            sample,
            formulation,
            lp,
            unserved,
            base,
            cvar_row,
            tail: BTreeMap::new(),
            confidence_level,
        };
        for (cell, weights) in mean.iter().enumerate() {
            let mut terms = vec![(formulation.risk.expected[cell], 1.0)];
            let states = weights.row_sets.iter().copied().enumerate().filter(|(_, days)| *days > 0.0);
            own.add_outage(cell, states, &mut terms);
            own.add_linear(cell, &weights.linear, &mut terms);
            own.lp.add_at_least("expected_loss", terms, 0.0);
        }
        own
    }

    /// Number of terms in the rows of its states, which is most of its size.
    #[must_use]
    pub fn n_terms(sample: &CompiledSample, formulation: &Formulation, mean: &[StateWeights]) -> usize {
        let of_cell = |(cell, own): (usize, &CellSample)| {
            let n_rows = |(set, &days): (&RowSet, &f64)| match own.cell_model.fallback_usd_per_day {
                _ if days == 0.0 => 0,
                Some(_) => set.rows.len() + set.n_rows_before_fallback.min(set.rows.len()),
                None => set.rows.len(),
            };
            let n_rows: usize = own.row_sets.iter().zip(&mean[cell].row_sets).map(n_rows).sum();
            n_rows * formulation.n_terms_of(sample, cell)
        };
        sample.cells.iter().enumerate().map(of_cell).sum()
    }

    /// Adds trials to the tail that are at least as bad as the value at risk; returns whether there were any new ones.
    ///
    /// `losses`: `[n_trials]`, USD.
    pub fn grow_tail(&mut self, losses: &[f64]) -> bool {
        let (probabilities, level) = (&self.sample.probabilities, self.confidence_level);
        let new =
            beyond_value_at_risk(losses, (probabilities, level), |trial| self.tail.contains_key(&trial));
        for &trial in &new {
            let excess = self.lp.add_continuous(0.0, 0.0, f64::INFINITY);
            let share = -probabilities.largest_tail_weight(trial, level);
            self.lp.constraints[self.cvar_row].terms.push((excess, share));
            let mut terms = vec![(excess, 1.0), (self.base, 1.0)];
            for (cell, own) in self.sample.cells.iter().enumerate() {
                let days = own.row_set_days.trial(trial).iter().map(|&(set, days)| (set as usize, days));
                self.add_outage(cell, days, &mut terms);
                self.add_linear(cell, &by_member(own, &own.linear, trial), &mut terms);
            }
            self.tail.insert(trial, self.lp.constraints.len());
            self.lp.add_at_least("excess", terms, 0.0);
        }
        !new.is_empty()
    }

    /// Adds the terms −(outage cost) of the days in some states, (row set, days).
    fn add_outage(
        &self,
        cell: usize,
        states: impl Iterator<Item = (usize, f64)>,
        terms: &mut Vec<(VariableIdx, f64)>,
    ) {
        let cell_model = &self.sample.cells[cell].cell_model;
        let fallback = cell_model.fallback_usd_per_day.unwrap_or(0.0);
        for (set, days) in states {
            let unserved = self.unserved[cell][set];
            let before = cell_model.value_usd_per_day - fallback;
            terms.extend(unserved.before_fallback.map(|c| (c, -days * before / USD_PER_UNIT)));
            let after = if cell_model.fallback_usd_per_day.is_some() {
                fallback
            } else {
                cell_model.value_usd_per_day
            };
            terms.extend(unserved.all.map(|c| (c, -days * after / USD_PER_UNIT)));
        }
    }

    /// Adds the terms −(extra costs and one-off costs). `by_member`: `[n_members]`, USD per unit of share.
    fn add_linear(&self, cell: usize, by_member: &[f64], terms: &mut Vec<(VariableIdx, f64)>) {
        let primaries = self.formulation.variables.primaries_of(cell).iter();
        terms.extend(primaries.map(|c| (c.variable, -c.least_usd(by_member) / USD_PER_UNIT)));
    }

    /// Solves with integers relaxed, until no trial outside the tail is as bad as those in it and no row is violated.
    ///
    /// `learn` is called with every solution.
    ///
    /// # Errors
    /// As [`crate::planning::solver::solve`].
    pub fn relax(
        &mut self,
        learn: &mut dyn FnMut(&LpSolution) -> TailFeedback,
    ) -> Result<LpSolution, SolverError> {
        let mut session = open_large(&self.lp);
        for round in 1.. {
            let solved = session.solve()?;
            let (n_variables, n_rows) = (self.lp.variables.len(), self.lp.constraints.len());
            let TailFeedback { losses, rows } = learn(&solved);
            let is_settled = !self.grow_tail(&losses) && rows.is_empty();
            if is_settled || round == MAX_ROUNDS {
                return Ok(solved);
            }
            self.add_rows(rows);
            for variable in n_variables..self.lp.variables.len() {
                // New variables are the excesses of new trials, with terms in the CVaR row and in new rows only.
                let v = &self.lp.variables[variable];
                let cvar = self.lp.constraints[self.cvar_row].terms.iter().find(|t| t.0 == variable);
                let share = cvar.map(|t| (self.cvar_row, t.1));
                session.add_column(v.cost, v.low, v.high, share.as_slice());
            }
            self.lp.constraints[n_rows..].iter().for_each(|row| session.add_row(row));
        }
        unreachable!("rounds end")
    }

    /// Dual values of the trials in the tail, (trial, dual value). `row_duals`: `[n_rows]`.
    #[must_use]
    pub fn tail_duals(&self, row_duals: &[f64]) -> Vec<(usize, f64)> {
        self.tail.iter().map(|(&trial, &row)| (trial, row_duals[row])).collect()
    }

    /// Adds rows on the decision variables.
    pub fn add_rows(&mut self, rows: impl IntoIterator<Item = Constraint>) {
        self.lp.constraints.extend(rows);
    }
}

/// `[n_members]`: a trial's extra costs and one-off costs, USD per unit of share.
fn by_member(cell: &CellSample, linear: &Sparse, trial: usize) -> Vec<f64> {
    let mut usd = vec![0.0; cell.cell_model.members.len()];
    linear.trial(trial).iter().for_each(|&(member, value)| usd[member as usize] += value);
    usd
}

/// Adds the unserved shares of a cell's states, each at least each of the state's rows; states that never occur get
/// none.
fn add_states(
    sample: &CompiledSample,
    formulation: &Formulation,
    cell: usize,
    weights: &StateWeights,
    lp: &mut LinearProgram,
) -> Vec<Unserved> {
    let own = &sample.cells[cell];
    let has_fallback = own.cell_model.fallback_usd_per_day.is_some();
    let mut bounded = |rows: &[Arc<LossRow>]| {
        let unserved = lp.add_continuous(0.0, 0.0, f64::INFINITY);
        for row in rows {
            let cut = LossCut::of_row(&own.cell_model, row);
            let mut terms: Vec<(VariableIdx, f64)> = formulation
                .terms_of(sample, cell, &cut)
                .map(|(variable, share)| (variable, -share))
                .collect();
            terms.push((unserved, 1.0));
            lp.add_at_least("unserved", terms, 0.0);
        }
        unserved
    };
    let of_set = |(set, &days): (&RowSet, &f64)| {
        if days == 0.0 {
            return Unserved { before_fallback: None, all: None };
        }
        let before = &set.rows[..set.n_rows_before_fallback.min(set.rows.len())];
        Unserved {
            before_fallback: (has_fallback && !before.is_empty()).then(|| bounded(before)),
            all: (!set.rows.is_empty()).then(|| bounded(&set.rows)),
        }
    };
    own.row_sets.iter().zip(&weights.row_sets).map(of_set).collect()
}

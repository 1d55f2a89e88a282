//! The sample in one piece: the unserved share of every state is a variable, the excess of every trial of the tail a row.
//!
//! Exact, and for few states the shortest way to a proof. The tail grows: a sample with the excess of some trials only
//! is never above the true one, and the same once no trial outside the tail is as bad as those in it (the CVaR of
//! Rockafellar and Uryasev 2000, by row generation as in Künzi-Bay and Mayer 2006).

use std::collections::BTreeMap;

use super::USD_PER_UNIT;
use super::formulation::Formulation;
use super::formulation::linear_program::{Constraint, LinearProgram, VariableIdx};
use super::sample::cuts::{LossCut, StateWeights};
use super::sample::evaluate::beyond_value_at_risk;
use super::sample::{CellSample, CompiledSample, RowSet, Sparse};
use super::solver::incremental::LpSolution;
use super::solver::{SolverError, open};
use crate::service::state::LossRow;

/// Rounds in which the tail of the relaxed sample grows.
const MAX_ROUNDS: usize = 20;

/// The sample with what its variables mean.
pub struct ExtensiveForm<'a> {
    sample: &'a CompiledSample,
    formulation: &'a Formulation,
    pub lp: LinearProgram,
    /// By cell and row set.
    unserved: Vec<Vec<Unserved>>,
    /// What CVaR is measured from: VaR at the optimum, in units of money.
    base: VariableIdx,
    cvar_row: usize,
    /// By trial of the tail: its row.
    tail: BTreeMap<usize, usize>,
    confidence_level: f64,
}

/// What a solution tells.
pub struct TailFeedback {
    /// `[n_trials]`: what its plan loses, USD.
    pub losses: Vec<f64>,
    /// Rows that it breaks.
    pub rows: Vec<Constraint>,
}

/// Unserved shares of a state; `None` where nothing can bind.
#[derive(Clone, Copy)]
struct Unserved {
    before_fallback: Option<VariableIdx>,
    all: Option<VariableIdx>,
}

impl<'a> ExtensiveForm<'a> {
    /// Writes the sample with an empty tail, over decisions and limits of `formulation`; its lower bounds on loss are no part
    /// of it.
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

    /// Takes trials into the tail that are at least as bad as the value at risk; whether there were any.
    ///
    /// `losses`: `[n_trials]`, USD.
    pub fn grow_tail(&mut self, losses: &[f64]) -> bool {
        let new = beyond_value_at_risk(losses, self.confidence_level, |trial| self.tail.contains_key(&trial));
        let part = (1.0 - self.confidence_level) * self.sample.n_trials.max(1) as f64;
        for &trial in &new {
            let excess = self.lp.add_continuous(0.0, 0.0, f64::INFINITY);
            let share = -1.0 / part.max(f64::MIN_POSITIVE);
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

    /// Takes less the outage cost of days in states.
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

    /// Takes less extra costs and one-offs, `[n_members]`, USD per unit of share.
    fn add_linear(&self, cell: usize, by_member: &[f64], terms: &mut Vec<(VariableIdx, f64)>) {
        let primaries = self.formulation.variables.carriers_of(cell).iter();
        terms.extend(primaries.map(|c| (c.variable, -c.least_usd(by_member) / USD_PER_UNIT)));
    }

    /// Solves with integers relaxed, until no trial outside the tail is as bad as those in it and no row is missing.
    ///
    /// `learn` hears every solution.
    ///
    /// # Errors
    /// As [`crate::planning::solver::solve`].
    pub fn relax(
        &mut self,
        learn: &mut dyn FnMut(&LpSolution) -> TailFeedback,
    ) -> Result<LpSolution, SolverError> {
        let mut live = open(&self.lp);
        for round in 1.. {
            let solved = live.solve()?;
            let (n_variables, n_rows) = (self.lp.variables.len(), self.lp.constraints.len());
            let TailFeedback { losses, rows } = learn(&solved);
            let is_settled = !self.grow_tail(&losses) && rows.is_empty();
            if is_settled || round == MAX_ROUNDS {
                return Ok(solved);
            }
            self.add_rows(rows);
            for variable in n_variables..self.lp.variables.len() {
                // Only the excess of trials is new, which stands in the row of CVaR, and in rows that are new too.
                let v = &self.lp.variables[variable];
                let cvar = self.lp.constraints[self.cvar_row].terms.iter().find(|t| t.0 == variable);
                let share = cvar.map(|t| (self.cvar_row, t.1));
                live.add_column(v.cost, v.low, v.high, share.as_slice());
            }
            self.lp.constraints[n_rows..].iter().for_each(|row| live.add_row(row));
        }
        unreachable!("rounds end")
    }

    /// What a dollar of each trial's loss counts in the tail, given prices of rows.
    #[must_use]
    pub fn tail_prices(&self, row_duals: &[f64]) -> Vec<(usize, f64)> {
        self.tail.iter().map(|(&trial, &row)| (trial, row_duals[row])).collect()
    }

    /// Adds rows to decisions alone.
    pub fn add_rows(&mut self, rows: impl IntoIterator<Item = Constraint>) {
        self.lp.constraints.extend(rows);
    }
}

/// `[n_members]`: a trial's extra costs and one-offs, USD per unit of share.
fn by_member(cell: &CellSample, linear: &Sparse, trial: usize) -> Vec<f64> {
    let mut usd = vec![0.0; cell.cell_model.members.len()];
    linear.trial(trial).iter().for_each(|&(member, value)| usd[member as usize] += value);
    usd
}

/// A cell's states that ever are: each unserved share is at least each of its rows.
fn add_states(
    sample: &CompiledSample,
    formulation: &Formulation,
    cell: usize,
    weights: &StateWeights,
    lp: &mut LinearProgram,
) -> Vec<Unserved> {
    let own = &sample.cells[cell];
    let has_fallback = own.cell_model.fallback_usd_per_day.is_some();
    let mut bounded = |rows: &[LossRow]| {
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

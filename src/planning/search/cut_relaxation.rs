//! The relaxation by loss cuts: where the extensive form would not fit into memory.
//!
//! A cut adds up the binding rows of all states of a cell, so memory grows with the rounds instead of with the states
//! (outer approximation; Kelley 1960). The cost rises to that of the relaxed extensive form, and is a lower bound in
//! every round. So limits are proven to conflict as soon as the program has no solution.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::Searcher;
use super::fixed_integers::Tail;
use crate::planning::column_generation::ColumnGeneration;
use crate::planning::column_generation::pricing_problem::DualValues;
use crate::planning::formulation::Formulation;
use crate::planning::formulation::limits::hhi_tangents;
use crate::planning::sample::CompiledSample;
use crate::planning::sample::cuts::{LossCut, StateWeights};
use crate::planning::sample::evaluate::cell_plans;
use crate::planning::solver::incremental::{IncrementalLp, LpSolution};
use crate::planning::solver::{SolverError, open};
use crate::planning::{USD_PER_UNIT, formulation::linear_program::LinearProgram};

/// Rounds of cuts, at most.
const MAX_CUT_ROUNDS: usize = 60;
/// Rounds after which cuts that do not bind are dropped and the program is opened anew.
const ROUNDS_PER_SESSION: usize = 6;
/// Relative error of a plan's estimated losses at which the relaxation ends.
const LOSS_TOLERANCE: f64 = 5e-3;
/// Part of a plan's CVaR that a known set of tail weights must reach so that no new set is added.
const TAIL_IS_KNOWN: f64 = 0.999;
/// Part of a plan's CVaR that a set of tail weights must reach so that a cut is added to it.
const TAIL_IS_NEAR: f64 = 0.9;

/// A solved relaxation.
pub(super) struct Relaxed {
    /// Lower bound on the cost of every plan, in units of money.
    pub(super) cost: f64,
    /// `[n_variables]` of the formulation, or more.
    pub(super) values: Vec<f64>,
    /// `[n_rows]` of the formulation.
    pub(super) row_duals: Vec<f64>,
    /// (trial, dual value).
    pub(super) tail: Vec<(usize, f64)>,
}

impl Relaxed {
    /// The dual values at which column generation starts.
    pub(super) fn duals(&self, columns: &ColumnGeneration<'_>) -> DualValues {
        columns.duals_of(&self.row_duals, &self.tail)
    }
}

impl Searcher<'_> {
    /// Relaxes the program of `formulation` by cuts on the losses of `sample`.
    ///
    /// # Errors
    /// As [`crate::planning::solver::solve`]; infeasible is proven for every plan made of the sample's offers.
    pub(super) fn relax_by_cuts(
        &self,
        sample: &CompiledSample,
        formulation: &Formulation,
    ) -> Result<Relaxed, SolverError> {
        let mut program = CutProgram {
            sample,
            formulation: formulation.clone(),
            mean: StateWeights::of_sample(sample, &sample.probabilities.every_trial()),
            tails: Vec::new(),
        };
        let n_rows = formulation.lp.constraints.len();
        for round in 1.. {
            let mut session = CutSession::open(&program.formulation);
            let mut solved = session.solve()?;
            for _ in 1..ROUNDS_PER_SESSION {
                if program.learn(self, &solved.values) {
                    return Ok(program.relaxed(&session, &solved, n_rows));
                }
                session.extend(&program.formulation);
                solved = session.solve()?;
            }
            if round * ROUNDS_PER_SESSION >= MAX_CUT_ROUNDS {
                return Ok(program.relaxed(&session, &solved, n_rows));
            }
            program.formulation.drop_idle_cuts(&solved.values);
            program.learn(self, &solved.values);
        }
        unreachable!("rounds end")
    }
}

/// The program with the cuts found so far.
struct CutProgram<'a> {
    sample: &'a CompiledSample,
    formulation: Formulation,
    /// `[n_cells]`: weights of states over all trials.
    mean: Vec<StateWeights>,
    /// Sets of tail weights, each with the row by which the CVaR is at least the loss under them.
    tails: Vec<(Tail, usize)>,
}

impl CutProgram<'_> {
    /// Adds the cuts and tangents at a solution's plan; returns whether the program knows the plan's losses already.
    fn learn(&mut self, searcher: &Searcher<'_>, values: &[f64]) -> bool {
        let setting = searcher.setting;
        let plan = self.formulation.plan(setting, self.sample, searcher.every_cell(), values);
        let plans = cell_plans(setting, self.sample, &plan);
        let losses = self.sample.losses(&plans);
        let (probabilities, level) =
            (&self.sample.probabilities, searcher.request.objective.confidence_level);
        let trials = probabilities.tail(&losses, level).unwrap_or_default();
        let cvar: f64 = trials.iter().map(|&(trial, weight)| weight * losses[trial]).sum();
        let expected = probabilities.mean(&losses);
        let risk = &self.formulation.risk;
        let known_expected: f64 = risk.expected.iter().map(|&v| values[v]).sum::<f64>() * USD_PER_UNIT;
        let known_cvar = values[risk.cvar] * USD_PER_UNIT;
        let tangents = hhi_tangents(setting, searcher.exposure, &self.formulation.variables, &plan);
        let is_known = |known: f64, own: f64| own - known <= LOSS_TOLERANCE * own;
        if tangents.is_empty() && is_known(known_expected, expected) && is_known(known_cvar, cvar) {
            return true;
        }
        let (sample, n_cuts) = (self.sample, self.formulation.cuts().count());
        let cuts = |weights: &[StateWeights]| -> Vec<LossCut> {
            let cells = sample.cells.par_iter().zip(&plans).zip(weights);
            cells.map(|((cell, plan), weights)| LossCut::at(cell, plan, weights)).collect()
        };
        self.formulation.add_expected_loss(sample, &cuts(&self.mean));
        if !self.tails.iter().any(|(own, _)| own.loss(&losses) >= TAIL_IS_KNOWN * cvar) {
            let row = self.formulation.lp.constraints.len();
            self.tails.push((Tail::new(sample, trials), row));
            self.formulation.add_tail();
        }
        for (at, (own, _)) in self.tails.iter().enumerate() {
            if own.loss(&losses) >= TAIL_IS_NEAR * cvar {
                self.formulation.add_tail_loss(sample, at, &cuts(&own.weights));
            }
        }
        self.formulation.drop_kept_cuts(n_cuts, values);
        self.formulation.lp.constraints.extend(tangents);
        false
    }

    fn relaxed(&self, session: &CutSession, solved: &LpSolution, n_rows: usize) -> Relaxed {
        let mut by_trial: BTreeMap<usize, f64> = BTreeMap::new();
        for (tail, row) in &self.tails {
            // Sets found after the last solve have no dual value.
            let dual = session.rows.get(*row).map_or(0.0, |&own| solved.row_duals[own]);
            tail.trials
                .iter()
                .for_each(|(trial, weight)| *by_trial.entry(*trial).or_default() += dual * weight);
        }
        let row_duals = (0..n_rows).map(|row| solved.row_duals[session.rows[row]]).collect();
        Relaxed {
            cost: solved.cost,
            values: solved.values.clone(),
            row_duals,
            tail: by_trial.into_iter().filter(|own| own.1 > 0.0).collect(),
        }
    }
}

/// The program in the solver, extended from round to round.
struct CutSession {
    lp: Box<dyn IncrementalLp>,
    n_variables: usize,
    /// `[n_rows]` of the formulation: its row in the solver.
    rows: Vec<usize>,
    n_cuts: usize,
}

impl CutSession {
    fn open(formulation: &Formulation) -> Self {
        let variables = formulation.lp.variables.clone();
        let lp = open(&LinearProgram { variables, constraints: Vec::new() });
        let n_variables = formulation.lp.variables.len();
        let mut own = Self { lp, n_variables, rows: Vec::new(), n_cuts: 0 };
        own.extend(formulation);
        own
    }

    /// Adds the variables, rows and cuts that are new.
    fn extend(&mut self, formulation: &Formulation) {
        let lp = &formulation.lp;
        lp.variables[self.n_variables..].iter().for_each(|v| self.lp.add_column(v.cost, v.low, v.high, &[]));
        self.n_variables = lp.variables.len();
        for row in &lp.constraints[self.rows.len()..] {
            self.rows.push(self.rows.len() + self.n_cuts);
            self.lp.add_row(row);
        }
        for cut in formulation.cuts().skip(self.n_cuts) {
            self.lp.add_row(cut);
            self.n_cuts += 1;
        }
    }

    fn solve(&mut self) -> Result<LpSolution, SolverError> {
        self.lp.solve()
    }
}

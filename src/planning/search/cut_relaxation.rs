//! The relaxation by loss cuts: where the extensive form would not fit into memory.
//!
//! A cut adds up the binding rows of all states of a cell, so memory grows with the rounds instead of with the states
//! (outer approximation; Kelley 1960). The cost rises to that of the relaxed extensive form, and is a lower bound in
//! every round. So limits are proven to conflict as soon as the program has no solution.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::Searcher;
use super::fixed_integers::Tail;
use crate::planning::USD_PER_UNIT;
use crate::planning::column_generation::ColumnGeneration;
use crate::planning::column_generation::pricing_problem::DualValues;
use crate::planning::formulation::Formulation;
use crate::planning::formulation::limits::hhi_tangents;
use crate::planning::formulation::linear_program::{LinearProgram, VariableIdx};
use crate::planning::sample::CompiledSample;
use crate::planning::sample::cuts::{LossCut, StateWeights};
use crate::planning::sample::evaluate::cell_plans;
use crate::planning::solver::incremental::{IncrementalLp, LpSolution};
use crate::planning::solver::{SolverError, open_large};

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

/// Cost of a dollar of loss above a limit while the limits are softened, USD.
const EXCESS_COST: f64 = 1e3;

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
        // A program that no solution keeps is the hardest for a solver to be sure about: limits on losses are softened.
        let excess = program.formulation.soften_loss_limits(EXCESS_COST);
        let is_broken = |values: &[f64]| excess.iter().any(|&(variable, nothing)| values[variable] > nothing);
        let (relaxed, is_broken_so_far) = program.solve(self, n_rows, is_broken)?;
        if !is_broken_so_far {
            return Ok(relaxed);
        }
        // By how much at least they are broken: if by anything, no plan keeps them.
        let costs = program.minimize(&excess);
        let (least, is_broken_by_all) = program.solve(self, n_rows, is_broken)?;
        if is_broken_by_all {
            return Err(SolverError::Infeasible);
        }
        program.set_costs(&costs);
        let (relaxed, _) = program.solve(self, n_rows, |_| false)?;
        Ok(if is_broken(&relaxed.values) { Relaxed { values: least.values, ..relaxed } } else { relaxed })
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
    /// Solves the program with more and more cuts, until it knows the losses of its plan or `is_enough` of its values; returns
    /// which of the two. `n_rows`: of the formulation without cuts.
    fn solve(
        &mut self,
        searcher: &Searcher<'_>,
        n_rows: usize,
        is_enough: impl Fn(&[f64]) -> bool,
    ) -> Result<(Relaxed, bool), SolverError> {
        for round in 1.. {
            let mut session = CutSession::open(&self.formulation);
            let mut solved = session.solve()?;
            for _ in 1..ROUNDS_PER_SESSION {
                let ends = is_enough(&solved.values);
                if ends || self.learn(searcher, &solved.values) {
                    return Ok((self.relaxed(&session, &solved, n_rows), ends));
                }
                session.extend(&self.formulation);
                solved = session.solve()?;
            }
            if round * ROUNDS_PER_SESSION >= MAX_CUT_ROUNDS {
                return Ok((self.relaxed(&session, &solved, n_rows), is_enough(&solved.values)));
            }
            self.formulation.drop_idle_cuts(&solved.values);
            self.learn(searcher, &solved.values);
        }
        unreachable!("rounds end")
    }

    /// Lets only these variables have a cost; returns the costs of all variables before.
    fn minimize(&mut self, variables: &[(VariableIdx, f64)]) -> Vec<f64> {
        let lp = &mut self.formulation.lp;
        let costs = lp.variables.iter_mut().map(|variable| std::mem::take(&mut variable.cost)).collect();
        variables.iter().for_each(|&(variable, _)| lp.variables[variable].cost = 1.0);
        costs
    }

    /// Sets costs, `[n_variables]`; later variables, which are losses under sets of tail weights, have none.
    fn set_costs(&mut self, costs: &[f64]) {
        let variables = &mut self.formulation.lp.variables;
        variables.iter_mut().zip(costs).for_each(|(variable, cost)| variable.cost = *cost);
    }

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
        let lp = open_large(&LinearProgram { variables, constraints: Vec::new() });
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

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::exposure::shares::ExposureSetting;
    use crate::graph::dimension::Dimensions;
    use crate::model::Provenance;
    use crate::model::example::Example;
    use crate::model::limit::Measure;
    use crate::model::shock::{Action, DurationLaw, Shock};
    use crate::model::words::Openness;
    use crate::planning::request::Request;
    use crate::planning::sample::evaluate::Objective;
    use crate::service::cell_model::Roles;
    use crate::service::disruption::Occurrence;
    use crate::service::setting::Setting;
    use crate::shocks::resolve::ResolvedShock;

    /// A shock without effects.
    pub(in crate::planning::search) fn shock() -> Shock {
        Shock {
            id: "dark".to_owned(),
            name: None,
            action: Action::Effects(Vec::new()),
            by: None,
            frequency: None,
            duration: DurationLaw::Permanent,
            notice_days: 0.0,
            tensions: BTreeMap::new(),
            collateral: None,
            triggers: Vec::new(),
            crowding: None,
            watch: Vec::new(),
            in_force: false,
            each: None,
            template: None,
            provenance: Provenance::default(),
        }
    }

    /// A workload of 1,000 USD a day and its only offer, which is dark for all of 100 days in one trial of ten: every plan
    /// loses 100,000 USD there, which is its CVaR at 0.95, and 10,000 on average. Limits below that are proven to conflict;
    /// under limits above it the relaxation is what it is without them.
    #[test]
    fn losses_that_no_plan_avoids_are_proven_to_break_a_limit() {
        let relaxed = |limit: Option<Measure>| {
            let mut example = Example::new();
            example.supplier("lab", "US", &[]).model("a", "lab", Openness::OpenWeights, None);
            example.offer("a", "lab", "US", &[]);
            let workload = example.workload("w", &[("DE", 1.0)], &[("a@lab:US", 1.0)]);
            workload.outage_cost_usd_per_day = 1000.0;
            limit.into_iter().for_each(|limit| _ = example.limit("losses", limit));
            let instance = example.instance();
            let setting = Setting::new(&instance);
            let mut dark = ResolvedShock::new(&instance, &shock());
            dark.unavailable.insert(0, 0);
            let mut trials = vec![Vec::new(); 10];
            trials[3] = vec![Occurrence::endless(0)];
            let sample = CompiledSample::new(&setting, &[dark], &Roles::all(&setting), &trials);
            let request = Request::new(Objective::new(0.5, 0.95));
            let dimensions = Dimensions::new(&instance, &setting.graph);
            let exposure =
                ExposureSetting { instance: &instance, prices: &setting.prices, dimensions: &dimensions };
            let searcher = Searcher::new(&setting, &exposure, &sample, &request, &|_, _, _| ());
            searcher.relax_by_cuts(&sample, &searcher.formulation).map(|relaxed| relaxed.cost)
        };
        let cvar = |at_most_usd: f64| Measure::Cvar { confidence_level: 0.95, at_most_usd };
        // 100 days are 100 / 365 of a year.
        let annual = |at_most_usd: f64| Measure::AverageAnnualLoss { at_most_usd: at_most_usd * 3.65 };
        let free = relaxed(None).unwrap();
        for (limit, is_kept) in [
            (cvar(101_000.0), true),
            (cvar(99_000.0), false),
            (cvar(1.0), false),
            (annual(10_100.0), true),
            (annual(9_900.0), false),
        ] {
            let found = relaxed(Some(limit.clone()));
            match is_kept {
                true => assert!((found.unwrap() - free).abs() < 1e-6 * free, "{limit:?}"),
                false => assert_eq!(found, Err(SolverError::Infeasible), "{limit:?}"),
            }
        }
        // Half of 10,000 and half of 100,000, and a few tokens.
        assert!((55_000.0..55_500.0).contains(&(free * USD_PER_UNIT)), "{free}");
    }
}

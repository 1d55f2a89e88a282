//! The decomposed method: column generation, an exchange heuristic over its columns, and refinement with fixed
//! integers.

use super::cut_relaxation::Relaxed;
use super::{CLOSED, GAP_TOLERANCE, Searcher};
use crate::model::plan::Plan;
use crate::planning::USD_PER_UNIT;
use crate::planning::column_generation::ColumnGeneration;
use crate::planning::column_generation::column::PlanColumn;
use crate::planning::column_generation::exchange_heuristic::{Combination, Neighborhood, exchange_search};
use crate::planning::column_generation::warm_start::WarmStart;
use crate::planning::extensive_form::ExtensiveForm;
use crate::planning::formulation::Formulation;
use crate::planning::sample::CompiledSample;
use crate::planning::sample::cuts::StateWeights;
use crate::planning::sample::evaluate::{Evaluation, evaluate};
use crate::planning::solver::{SolverError, open_large};

/// Sizes of the subsample that warm-starts the search, in trials: the largest with at most [`MAX_SUBSAMPLE_STATES`]
/// states is used, else the smallest.
const SUBSAMPLE_TRIALS: [usize; 7] = [500, 250, 125, 60, 30, 15, 8];
/// States of all cells in a subsample, at most.
const MAX_SUBSAMPLE_STATES: usize = 4_000;
/// Terms in the rows of states up to which the extensive form is relaxed; the solver takes some 400 bytes for each.
const MAX_EXTENSIVE_TERMS: usize = 600_000;
/// Rounds of column generation on the subsample, at most.
const MAX_SUBSAMPLE_ROUNDS: usize = 20;
/// Relative gap at which column generation on the subsample ends.
const SUBSAMPLE_TOLERANCE: f64 = 1e-2;
/// Pricings near the stability center, once the master solution is close to the bound.
const MAX_NEAR_PRICINGS: usize = 2;
/// Rounds without progress after which column generation ends: once the master solution is within [`CLOSE`] of the bound,
/// and before.
const MAX_STILL: usize = 3;
const MAX_STILL_FAR: usize = 12;
/// Relative gap between master solution and bound at which progress is slow.
const CLOSE: f64 = 3e-2;
/// Relative change of bound or master cost that counts as progress.
const PROGRESS: f64 = GAP_TOLERANCE / 10.0;
/// Rounds of column generation, at most.
const MAX_PRICING_ROUNDS: usize = 30;
/// Relative gap between master solution and bound at which the dual values are good enough.
const MASTER_TOLERANCE: f64 = 1e-3;
/// Relative improvement that a combination must promise to be evaluated.
const WORTH_MEASURING: f64 = 1e-4;
/// Refinements in a row, at most; one where any plan will do.
const MAX_REFINEMENTS: usize = 4;
/// First rounds in which the tail of a new plan is priced as well.
const MAX_TAIL_PRICINGS: usize = 4;

/// Number of trials of the subsample; that of the sample where it is small.
pub(super) fn n_subsample_trials(sample: &CompiledSample) -> usize {
    n_trials_within(sample, MAX_SUBSAMPLE_STATES)
}

/// The largest number of first trials with at most so many states, of those in [`SUBSAMPLE_TRIALS`].
fn n_trials_within(sample: &CompiledSample, max_states: usize) -> usize {
    let is_small = |n: &usize| sample.n_states_of_first(*n) <= max_states;
    let n =
        SUBSAMPLE_TRIALS.into_iter().find(is_small).unwrap_or(SUBSAMPLE_TRIALS[SUBSAMPLE_TRIALS.len() - 1]);
    n.min(sample.n_trials)
}

/// Rounds of column generation on a part of the trials, until master solution and bound are near; returns the largest blends of
/// the last.
pub(super) fn rough_rounds(columns: &mut ColumnGeneration<'_>) -> Result<Combination, SolverError> {
    let mut blends = Combination::new();
    for _ in 0..MAX_SUBSAMPLE_ROUNDS {
        let solution = columns.round()?;
        blends = columns.add_blends(&solution);
        if solution.is_within(columns.estimate(), SUBSAMPLE_TOLERANCE) {
            break;
        }
    }
    Ok(blends)
}

impl<'a> Searcher<'a> {
    /// Column generation on `sample`, started at the dual values of its relaxed extensive form; and the cost of the
    /// relaxation, in units of money.
    pub(super) fn start_on<'b>(
        &self,
        sample: &'b CompiledSample,
        formulation: &'b Formulation,
    ) -> Result<(ColumnGeneration<'b>, Relaxed), SolverError>
    where
        'a: 'b,
    {
        let relaxed = self.relax(sample, formulation)?;
        let mut columns =
            ColumnGeneration::new(self.setting, sample, formulation, self.request, self.today_usd());
        self.seed(&mut columns, &Plan::current(self.setting.instance));
        columns.price_at(relaxed.duals(&columns))?;
        Ok((columns, relaxed))
    }

    /// The relaxed extensive form, or where it would be too large, the relaxation by cuts.
    fn relax(&self, sample: &CompiledSample, formulation: &Formulation) -> Result<Relaxed, SolverError> {
        let mean = StateWeights::of_sample(sample, &sample.probabilities.every_trial());
        if ExtensiveForm::n_terms(sample, formulation, &mean) > MAX_EXTENSIVE_TERMS {
            return self.relax_by_cuts(sample, formulation);
        }
        let level = self.request.objective.confidence_level;
        let mut extensive = ExtensiveForm::new(sample, formulation, &mean, level);
        extensive.grow_tail(&self.today.losses[..sample.n_trials]);
        let solved = extensive.relax(&mut |solved| self.learn(sample, formulation, &solved.values))?;
        let tail = extensive.tail_duals(&solved.row_duals);
        let values = solved.values;
        Ok(Relaxed { cost: solved.cost, values, row_duals: solved.row_duals, tail })
    }

    /// Column generation on all trials, started from column generation on the first `n_first`.
    pub(super) fn start_from_subsample<'b>(
        &self,
        formulation: &'b Formulation,
        n_first: usize,
    ) -> Result<ColumnGeneration<'b>, SolverError>
    where
        'a: 'b,
    {
        let subsample = self.sample.first(n_first);
        let (mut coarse, _) = self.start_on(&subsample, formulation)?;
        rough_rounds(&mut coarse)?;
        let mut columns =
            ColumnGeneration::new(self.setting, self.sample, formulation, self.request, self.today_usd());
        self.seed(&mut columns, &Plan::current(self.setting.instance));
        columns.start_from(&coarse)?;
        Ok(columns)
    }

    /// Column generation on all trials, started from the columns and dual values of another search.
    fn start_warm<'b>(
        &self,
        formulation: &'b Formulation,
        start: &WarmStart,
    ) -> Result<ColumnGeneration<'b>, SolverError>
    where
        'a: 'b,
    {
        let mut columns =
            ColumnGeneration::new(self.setting, self.sample, formulation, self.request, self.today_usd());
        self.seed(&mut columns, &Plan::current(self.setting.instance));
        for (workload, plans) in start.plans().iter().enumerate() {
            plans.iter().for_each(|plan| _ = columns.add(workload, plan.clone()));
        }
        let reference = start.reference.as_ref().map(|plan| {
            let evaluation = evaluate(self.setting, self.sample, &self.request.objective, plan);
            evaluation.tail(&self.request.objective)
        });
        if let Some(duals) = start.duals(&columns, reference.as_deref()) {
            columns.price_at(duals)?;
        }
        Ok(columns)
    }

    /// Searches by column generation.
    ///
    /// Survival rows are many and their dual values converge slowly, so they are left out of column generation unless
    /// no plan is found without them. The refinement with fixed integers always keeps all rows.
    pub(super) fn decomposed_rounds(&mut self) -> Result<(), SolverError> {
        // What conflicts whatever is lost is proven by one small program.
        if let Err(SolverError::Infeasible) = open_large(&self.formulation.lp).solve() {
            return Err(SolverError::Infeasible);
        }
        let formulation = self.formulation.clone();
        self.formulation.keep_hhi_by_chords(self.setting, self.exposure);
        if let Some(loose) = formulation.without_survival() {
            self.decomposed_rounds_on(loose)?;
            if self.best.is_some() {
                return Ok(());
            }
        }
        self.decomposed_rounds_on(formulation)
    }

    /// Whether the search starts from a finished one: it is asked for a plan to compare with, not for a proof.
    fn is_comparison(&self) -> bool {
        self.start.is_some_and(|start| start.reference.is_none())
    }

    /// Searches by column generation on `formulation`; plans are refined on the searcher's own formulation.
    fn decomposed_rounds_on(&mut self, formulation: Formulation) -> Result<(), SolverError> {
        let n_first = n_subsample_trials(self.sample);
        let has_subsample = self.sample.n_trials > 2 * n_first;
        // A failure on the subsample proves nothing about all trials.
        let subsampled =
            || has_subsample.then(|| self.start_from_subsample(&formulation, n_first).ok()).flatten();
        let start = self.start.filter(|start| start.fits(&formulation));
        let warm = start.and_then(|start| self.start_warm(&formulation, start).ok()).or_else(subsampled);
        let mut columns = match warm {
            Some(columns) => columns,
            None => self.start_from_relaxation(&formulation)?,
        };
        self.bound_usd = self.bound_usd.max(columns.bound * USD_PER_UNIT);
        self.report(self.best_usd());
        let combinations = self.generate_columns(&mut columns, &formulation)?;
        if self.is_enough() {
            return Ok(());
        }
        if !self.is_met_to(CLOSED) {
            columns.tighten();
            self.bound_usd = self.bound_usd.max(columns.bound * USD_PER_UNIT);
            self.report(self.best_usd());
        }
        // A failure here does not prove infeasibility; it only means that some choice of integers did not work.
        let dived = self.dive(&mut columns, &formulation);
        if self.is_enough() || (self.request.any_plan_will_do && self.may_close(&formulation)) {
            return dived;
        }
        let mut improved = dived.and(self.refine(&mut columns, &formulation, combinations));
        // A search from the columns of another one is asked for its plan, not for a proof.
        if !self.is_met_to(CLOSED) && !self.is_comparison() {
            improved = improved.and(self.branch(&mut columns, &formulation, None));
        }
        self.drop_idle_standbys();
        // Where the solver cannot be asked for all workloads at once, a gap that is asked for is proven here.
        let prove_to = self.request.prove_to.filter(|_| !self.may_close(&formulation));
        if prove_to.is_some() {
            improved = improved.and(self.branch(&mut columns, &formulation, prove_to));
        }
        self.warm_start = Some(WarmStart::new(&columns, &formulation));
        if let (Err(error @ SolverError::NoAnswer(_)), None) = (improved, &self.best) {
            return Err(error);
        }
        self.drop_idle_standbys();
        if self.best.is_none() && has_subsample {
            // Returns an error if the relaxation on all trials proves that the limits cannot hold together.
            self.start_from_relaxation(&formulation)?;
        }
        Ok(())
    }

    /// Column generation on all trials, started from the relaxed extensive form, which also gives the first bound.
    fn start_from_relaxation<'b>(
        &mut self,
        formulation: &'b Formulation,
    ) -> Result<ColumnGeneration<'b>, SolverError>
    where
        'a: 'b,
    {
        let (columns, relaxed) = self.start_on(self.sample, formulation)?;
        self.bound_usd = self.bound_usd.max(relaxed.cost * USD_PER_UNIT);
        Ok(columns)
    }

    /// Runs rounds of column generation until master solution and bound meet or stop moving; returns combinations worth
    /// refining.
    fn generate_columns(
        &mut self,
        columns: &mut ColumnGeneration<'_>,
        formulation: &Formulation,
    ) -> Result<Vec<Combination>, SolverError> {
        let mut best_combination: Option<Combination> = None;
        let mut blends = Combination::new();
        let (mut n_near, mut n_still) = (0, 0);
        let mut before = (f64::NEG_INFINITY, f64::INFINITY);
        for round in 0..MAX_PRICING_ROUNDS {
            let solution = columns.round()?;
            blends = columns.add_blends(&solution);
            let starts: Vec<Combination> =
                best_combination.take().into_iter().chain([blends.clone()]).collect();
            let neighborhood = if round == 0 { Neighborhood::Pairs } else { Neighborhood::Single };
            let (combination, score) =
                exchange_search(columns, formulation, &self.request.objective, &starts, neighborhood);
            if score * USD_PER_UNIT < self.best_usd() * (1.0 - WORTH_MEASURING) {
                let evaluation = self.try_combination(columns, formulation, &combination);
                if round < MAX_TAIL_PRICINGS {
                    let tail = evaluation.tail(&self.request.objective);
                    columns.price_at(columns.duals_at(&tail))?;
                }
            }
            best_combination = Some(combination);
            self.bound_usd = self.bound_usd.max(columns.bound * USD_PER_UNIT);
            self.report(self.best_usd());
            let least = PROGRESS * solution.cost.abs();
            let moved = columns.estimate() > before.0 + least || solution.cost < before.1 - least;
            n_still = if moved { 0 } else { n_still + 1 };
            before = (columns.estimate(), solution.cost);
            let is_close = solution.cost - columns.estimate() <= CLOSE * solution.cost.abs();
            let most_still = if is_close { MAX_STILL } else { MAX_STILL_FAR };
            if n_near == MAX_NEAR_PRICINGS || n_still >= most_still || self.is_proven() || self.is_enough() {
                break;
            }
            if solution.is_within(columns.estimate(), MASTER_TOLERANCE) {
                // A search from the columns of another one has many already. And where the pricing problems are left far open, they
                // would be so near the center too.
                let is_open = columns.estimate() - columns.center_bound() > CLOSE * solution.cost.abs();
                if self.is_comparison() || is_open {
                    break;
                }
                n_near += 1;
                columns.price_near(n_near)?;
            }
        }
        Ok(best_combination.into_iter().chain([blends]).collect())
    }

    /// Dives, and optimizes shares and covers for the integers that the dive ends with.
    fn dive(
        &mut self,
        columns: &mut ColumnGeneration<'_>,
        formulation: &Formulation,
    ) -> Result<(), SolverError> {
        let dived = columns.dive()?;
        let plan = self.plan_of(columns, formulation, &dived.combination);
        let mut integers = self.formulation.integers_of(self.setting, &plan);
        dived.shared_integers.iter().for_each(|&(variable, value)| integers[variable] = value);
        self.try_plan(&plan);
        self.rounds_with_fixed_integers(&integers)?;
        self.report(self.best_usd());
        Ok(())
    }

    /// Combines the columns found by the restricted master heuristic, and refines what it finds.
    pub(super) fn combine(
        &mut self,
        columns: &mut ColumnGeneration<'_>,
        formulation: &Formulation,
    ) -> Result<(), SolverError> {
        let Some((plan, _)) = self.best.clone() else { return Ok(()) };
        let Some(incumbent) = self.seed(columns, &plan) else { return Ok(()) };
        match columns.combine(&incumbent, self.best_usd() / USD_PER_UNIT) {
            Some(combination) => self.refine(columns, formulation, vec![combination]),
            None => Ok(()),
        }
    }

    /// Optimizes shares and covers with the standbys and replicas of each combination fixed. Adds the best plan to the
    /// pools and repeats this with the combination that the exchange heuristic finds from it.
    pub(super) fn refine(
        &mut self,
        columns: &mut ColumnGeneration<'_>,
        formulation: &Formulation,
        mut combinations: Vec<Combination>,
    ) -> Result<(), SolverError> {
        let mut refined: Vec<Vec<f64>> = Vec::new();
        let most = if self.request.any_plan_will_do { 1 } else { MAX_REFINEMENTS };
        for _ in 0..most {
            let before = self.best_usd();
            for combination in combinations.drain(..) {
                let plan = self.plan_of(columns, formulation, &combination);
                let integers = self.formulation.integers_of(self.setting, &plan);
                if !refined.contains(&integers) {
                    self.try_plan(&plan);
                    self.rounds_with_fixed_integers(&integers)?;
                    refined.push(integers);
                }
            }
            self.report(self.best_usd());
            let Some((plan, _)) = self.best.clone() else { break };
            let Some(own) = self.seed(columns, &plan) else { break };
            let (combination, _) =
                exchange_search(columns, formulation, &self.request.objective, &[own], Neighborhood::Pairs);
            self.try_combination(columns, formulation, &combination);
            if self.best_usd() >= before * (1.0 - WORTH_MEASURING) {
                break;
            }
            combinations.push(combination);
        }
        Ok(())
    }

    /// Adds a plan's columns to the pools; returns their combination, or `None` if some workload's plan has no
    /// variables.
    fn seed(&self, columns: &mut ColumnGeneration<'_>, plan: &Plan) -> Option<Combination> {
        let add = |workload: usize| {
            let values =
                PlanColumn::values_of(self.setting, &self.formulation, &columns.blocks()[workload], plan)?;
            Some(columns.add(workload, values))
        };
        let places: Vec<Option<usize>> = (0..self.setting.instance.workloads.len()).map(add).collect();
        places.into_iter().collect()
    }

    /// The plan of a combination.
    pub(super) fn plan_of(
        &self,
        columns: &ColumnGeneration<'_>,
        formulation: &Formulation,
        combination: &Combination,
    ) -> Plan {
        let mut values = vec![0.0; self.formulation.lp.variables.len()];
        for (pool, &column) in columns.pools().iter().zip(combination) {
            pool[column].values.iter().for_each(|&(variable, value)| values[variable] = value);
        }
        formulation.plan(self.setting, self.sample, self.every_cell(), &values)
    }

    /// Evaluates the plan of a combination, and keeps it if it is the best.
    fn try_combination(
        &mut self,
        columns: &ColumnGeneration<'_>,
        formulation: &Formulation,
        combination: &Combination,
    ) -> Evaluation {
        let plan = self.plan_of(columns, formulation, combination);
        let evaluation = evaluate(self.setting, self.sample, &self.request.objective, &plan);
        self.accept(plan, evaluation.clone());
        evaluation
    }
}

#[cfg(test)]
mod tests {
    use super::super::cut_relaxation::tests::shock;
    use super::*;
    use crate::model::example::Example;
    use crate::model::words::Openness;
    use crate::service::cell_model::Roles;
    use crate::service::disruption::Occurrence;
    use crate::service::setting::Setting;
    use crate::shocks::resolve::ResolvedShock;

    /// In each of 20 trials another of 20 offers is dark, so every trial brings two states: until a new offer is set up, and after.
    #[test]
    fn a_subsample_has_no_more_states_than_it_may() {
        let mut example = Example::new();
        example.supplier("lab", "US", &[]);
        for at in 0..20 {
            let id = format!("m{at:02}");
            example.model(&id, "lab", Openness::OpenWeights, None);
            example.offer(&id, "lab", "US", &[]);
        }
        example.workload("w", &[("DE", 1.0)], &[("m00@lab:US", 1.0)]);
        let instance = example.instance();
        let setting = Setting::new(&instance);
        let dark = |offer: usize| {
            let mut dark = ResolvedShock::new(&instance, &shock());
            dark.unavailable.insert(0, offer);
            dark
        };
        let shocks: Vec<ResolvedShock> = (0..20).map(dark).collect();
        let trials: Vec<Vec<Occurrence>> = (0..20).map(|at| vec![Occurrence::endless(at)]).collect();
        let sample = CompiledSample::new(&setting, &shocks, &Roles::all(&setting), &trials);
        assert_eq!(sample.n_states_of_first(15), 30);
        for (max_states, n_trials) in [(40, 20), (39, 15), (30, 15), (29, 8), (1, 8)] {
            assert_eq!(n_trials_within(&sample, max_states), n_trials, "{max_states} states");
        }
    }
}

//! Workloads plan for themselves at common duals; one plan of each is picked, and what comes of it is refined together.

use super::{GAP_TOLERANCE, Searcher, every_trial, n_states};
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
use crate::planning::sample::evaluate::{Evaluation, evaluate, tail};
use crate::planning::solver::SolverError;

/// First trials on which duals and plans are found that the search on all begins with: the first of these numbers with so
/// many states at most, else the last; rounds and gap of that.
const SUBSAMPLE_TRIALS: [usize; 5] = [500, 250, 125, 60, 30];
const MAX_SUBSAMPLE_STATES: usize = 15_000;
const MAX_SUBSAMPLE_ROUNDS: usize = 20;
const SUBSAMPLE_TOLERANCE: f64 = 5e-3;
/// Times that workloads are asked at duals near the best, once these are good enough.
const MAX_NEAR: usize = 2;
/// Rounds without progress after which duals move no more.
const MAX_STILL: usize = 8;
/// What counts as progress, as a part of the cost.
const PROGRESS: f64 = GAP_TOLERANCE / 10.0;
/// Rounds in which duals move.
const MAX_ROUNDS: usize = 30;
/// Gap between solution and bound at which duals are good enough.
const MASTER_TOLERANCE: f64 = 1e-3;
/// Part of the cost by which a combination must be better than the best plan to be measured.
const WORTH_MEASURING: f64 = 1e-4;
/// Times that plans are refined, picked from, and refined again.
const MAX_REFINEMENTS: usize = 4;
/// Gap at which a plan is looked for once more, times that it is, and times in a row that nothing comes of it.
const FAR: f64 = 1e-2;
const MAX_ATTEMPTS: usize = 6;
const MAX_VAIN: usize = 2;
/// Rounds in which the tails of new plans are asked for.
const ROUNDS_OF_SEARCH: usize = 8;

/// How many trials to rehearse on.
fn n_subsampled(program: &CompiledSample) -> usize {
    let is_small =
        |n: &usize| *n >= program.n_trials || program.n_states_of_first(*n) <= MAX_SUBSAMPLE_STATES;
    SUBSAMPLE_TRIALS.into_iter().find(is_small).unwrap_or(SUBSAMPLE_TRIALS[SUBSAMPLE_TRIALS.len() - 1])
}

impl<'a> Searcher<'a> {
    /// A generation whose duals are those of the relaxed program.
    fn begun<'b>(
        &self,
        program: &'b CompiledSample,
        formulation: &'b Formulation,
    ) -> Result<(ColumnGeneration<'b>, f64), SolverError>
    where
        'a: 'b,
    {
        let mean = StateWeights::of_program(program, &every_trial(program.n_trials));
        let level = self.request.objective.confidence_level;
        let mut integral = ExtensiveForm::new(program, formulation, &mean, level);
        integral.grow_tail(&self.today.losses[..program.n_trials]);
        let solved = integral.relax(&mut |solved| self.learn(program, formulation, &solved.values))?;
        let mut generation = ColumnGeneration::new(self.setting, program, formulation, self.request);
        self.seed(&mut generation, &Plan::current(self.setting.instance));
        let tail = integral.tail_prices(&solved.row_duals);
        generation.price_at(generation.duals_of(&solved.row_duals, &tail))?;
        Ok((generation, solved.cost))
    }

    /// The same from what the first trials taught, if there are many.
    fn start_from_subsample<'b>(
        &self,
        formulation: &'b Formulation,
    ) -> Result<ColumnGeneration<'b>, SolverError>
    where
        'a: 'b,
    {
        let few = self.program.first(n_subsampled(self.program));
        let (mut subsample, _) = self.begun(&few, formulation)?;
        for _ in 0..MAX_SUBSAMPLE_ROUNDS {
            let solution = subsample.round()?;
            subsample.add_blends(&solution);
            if solution.is_within(subsample.bound, SUBSAMPLE_TOLERANCE) {
                break;
            }
        }
        let mut generation = ColumnGeneration::new(self.setting, self.program, formulation, self.request);
        self.seed(&mut generation, &Plan::current(self.setting.instance));
        generation.start_from(&subsample)?;
        Ok(generation)
    }

    /// The same from what another search met.
    fn start_warm<'b>(
        &self,
        formulation: &'b Formulation,
        start: &WarmStart,
    ) -> Result<ColumnGeneration<'b>, SolverError>
    where
        'a: 'b,
    {
        let mut generation = ColumnGeneration::new(self.setting, self.program, formulation, self.request);
        self.seed(&mut generation, &Plan::current(self.setting.instance));
        for (workload, plans) in start.plans().iter().enumerate() {
            plans.iter().for_each(|plan| _ = generation.add(workload, plan.clone()));
        }
        let solution = generation.solve_master()?;
        generation.price_at(solution.duals)?;
        Ok(generation)
    }

    /// Rounds in which workloads plan for themselves at common duals; their combinations are refined together.
    ///
    /// DualValues of what must survive the loss of nodes are many and settle slowly, so they are left out unless no plan comes of
    /// it; shares and covers are found under all rows in any case.
    pub(super) fn decomposed_rounds(&mut self) -> Result<(), SolverError> {
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

    fn decomposed_rounds_on(&mut self, formulation: Formulation) -> Result<(), SolverError> {
        let has_subsample = self.program.n_trials > 2 * n_subsampled(self.program);
        // A rehearsal that fails says nothing of all trials.
        let subsampled = || has_subsample.then(|| self.start_from_subsample(&formulation).ok()).flatten();
        let start = self.start.filter(|start| start.fits(&formulation));
        let begun = start.and_then(|start| self.start_warm(&formulation, start).ok()).or_else(subsampled);
        let mut generation = match begun {
            Some(generation) => generation,
            None => self.start_from_relaxation(&formulation)?,
        };
        self.bound_usd = self.bound_usd.max(generation.bound * USD_PER_UNIT);
        self.report(self.best_usd());
        let combinations = self.rounds_of_duals(&mut generation, &formulation)?;
        if self.will_do() {
            return Ok(());
        }
        // Neither says that there is no plan: what they fail at is a choice of integers.
        let improved = self.dive(&mut generation, &formulation);
        let improved = improved.and(self.refine(&mut generation, &formulation, combinations));
        let improved = improved.and(self.try_elsewhere(&mut generation, &formulation));
        self.warm_start = Some(WarmStart::new(&generation, &formulation));
        if let (Err(error @ SolverError::NoAnswer(_)), None) = (improved, &self.best) {
            return Err(error);
        }
        self.drop_idle_standbys();
        if self.best.is_none() && has_subsample {
            // Limits that cannot fix together on all trials are known to be so.
            self.start_from_relaxation(&formulation)?;
        }
        Ok(())
    }

    fn start_from_relaxation<'b>(
        &mut self,
        formulation: &'b Formulation,
    ) -> Result<ColumnGeneration<'b>, SolverError>
    where
        'a: 'b,
    {
        let (generation, cost) = self.begun(self.program, formulation)?;
        self.bound_usd = self.bound_usd.max(cost * USD_PER_UNIT);
        Ok(generation)
    }

    /// Neighborhood duals until solution and bound meet, or neither neighborhood; returns combinations worth refining.
    fn rounds_of_duals(
        &mut self,
        generation: &mut ColumnGeneration<'_>,
        formulation: &Formulation,
    ) -> Result<Vec<Combination>, SolverError> {
        let mut best_pick: Option<Combination> = None;
        let mut blends = Combination::new();
        let (mut n_near, mut n_still) = (0, 0);
        let mut before = (f64::NEG_INFINITY, f64::INFINITY);
        for round in 0..MAX_ROUNDS {
            let solution = generation.round()?;
            blends = generation.add_blends(&solution);
            let starts: Vec<Combination> = best_pick.take().into_iter().chain([blends.clone()]).collect();
            let neighborhood = if round == 0 { Neighborhood::Pairs } else { Neighborhood::Single };
            let (combination, score) =
                exchange_search(generation, formulation, &self.request.objective, &starts, neighborhood);
            if score * USD_PER_UNIT < self.best_usd() * (1.0 - WORTH_MEASURING) {
                let evaluation = self.take(generation, formulation, &combination);
                if round < ROUNDS_OF_SEARCH {
                    let tail = tail(&evaluation.losses, self.request.objective.confidence_level);
                    generation.price_at(generation.duals_at(&tail))?;
                }
            }
            best_pick = Some(combination);
            self.bound_usd = self.bound_usd.max(generation.bound * USD_PER_UNIT);
            self.report(self.best_usd());
            let least = PROGRESS * solution.cost.abs();
            let moved = generation.bound > before.0 + least || solution.cost < before.1 - least;
            n_still = if moved { 0 } else { n_still + 1 };
            before = (generation.bound, solution.cost);
            if n_near == MAX_NEAR || n_still == MAX_STILL || self.is_proven() || self.will_do() {
                break;
            }
            if solution.is_within(generation.bound, MASTER_TOLERANCE) {
                n_near += 1;
                generation.price_near(n_near)?;
            }
        }
        Ok(best_pick.into_iter().chain([blends]).collect())
    }

    /// Finds shares and covers for what a dive from the solution leaves integral.
    fn dive(
        &mut self,
        generation: &mut ColumnGeneration<'_>,
        formulation: &Formulation,
    ) -> Result<(), SolverError> {
        let dived = generation.dive()?;
        let plan = self.plan_of(generation, formulation, &dived.combination);
        let mut integral = self.formulation.integers_of(self.setting, &plan);
        dived.integral.iter().for_each(|&(variable, value)| integral[variable] = value);
        self.try_plan(&plan);
        self.rounds_with_integers_of(&integral)?;
        self.report(self.best_usd());
        Ok(())
    }

    /// Finds shares and covers anew with the standbys and replicas of combinations held fast, and of what comes of them.
    fn refine(
        &mut self,
        generation: &mut ColumnGeneration<'_>,
        formulation: &Formulation,
        mut combinations: Vec<Combination>,
    ) -> Result<(), SolverError> {
        let mut refined: Vec<Vec<f64>> = Vec::new();
        for _ in 0..MAX_REFINEMENTS {
            let before = self.best_usd();
            for combination in combinations.drain(..) {
                let plan = self.plan_of(generation, formulation, &combination);
                let integral = self.formulation.integers_of(self.setting, &plan);
                if !refined.contains(&integral) {
                    self.try_plan(&plan);
                    self.rounds_with_integers_of(&integral)?;
                    refined.push(integral);
                }
            }
            self.report(self.best_usd());
            let Some((plan, _)) = self.best.clone() else { break };
            let Some(own) = self.seed(generation, &plan) else { break };
            let (combination, _) = exchange_search(
                generation,
                formulation,
                &self.request.objective,
                &[own],
                Neighborhood::Pairs,
            );
            self.take(generation, formulation, &combination);
            if self.best_usd() >= before * (1.0 - WORTH_MEASURING) {
                break;
            }
            combinations.push(combination);
        }
        Ok(())
    }

    /// Picks anew at duals near the best, others each time, while the plan is far from the bound.
    fn try_elsewhere(
        &mut self,
        generation: &mut ColumnGeneration<'_>,
        formulation: &Formulation,
    ) -> Result<(), SolverError> {
        let mut n_vain = 0;
        for attempt in 1..=MAX_ATTEMPTS {
            let before = self.best_usd();
            if self.is_met_to(FAR) || self.best.is_none() || n_states(self.program) > MAX_SUBSAMPLE_STATES {
                break;
            }
            generation.price_near(MAX_NEAR + attempt)?;
            let solution = generation.solve_master()?;
            let blends = generation.add_blends(&solution);
            let (combination, _) = exchange_search(
                generation,
                formulation,
                &self.request.objective,
                &[blends],
                Neighborhood::Pairs,
            );
            self.refine(generation, formulation, vec![combination])?;
            n_vain = if self.best_usd() < before * (1.0 - WORTH_MEASURING) { 0 } else { n_vain + 1 };
            if n_vain == MAX_VAIN {
                break;
            }
        }
        Ok(())
    }

    /// Puts a plan's parts on the pools; returns where they stand, unless some part has no variables.
    fn seed(&self, generation: &mut ColumnGeneration<'_>, plan: &Plan) -> Option<Combination> {
        let add = |workload: usize| {
            let values = PlanColumn::values_of(&self.formulation, &generation.blocks()[workload], plan)?;
            Some(generation.add(workload, values))
        };
        let places: Vec<Option<usize>> = (0..self.setting.instance.workloads.len()).map(add).collect();
        places.into_iter().collect()
    }

    fn plan_of(
        &self,
        generation: &ColumnGeneration<'_>,
        formulation: &Formulation,
        combination: &Combination,
    ) -> Plan {
        let mut values = vec![0.0; self.formulation.lp.variables.len()];
        for (pool, &column) in generation.pools().iter().zip(combination) {
            pool[column].values.iter().for_each(|&(variable, value)| values[variable] = value);
        }
        formulation.plan(self.setting, self.program, self.every_cell(), &values)
    }

    /// Takes a combination for a plan.
    fn take(
        &mut self,
        generation: &ColumnGeneration<'_>,
        formulation: &Formulation,
        combination: &Combination,
    ) -> Evaluation {
        let plan = self.plan_of(generation, formulation, combination);
        let evaluation = evaluate(self.setting, self.program, &self.request.objective, &plan);
        self.accept(plan, evaluation.clone());
        evaluation
    }
}

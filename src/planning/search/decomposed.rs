//! Workloads plan for themselves at common prices; one plan of each is picked, and what comes of it is refined together.

use super::{GAP_TOLERANCE, Searcher, every_trial, n_states};
use crate::model::plan::Plan;
use crate::planning::USD_PER_UNIT;
use crate::planning::column_generation::Coordinator;
use crate::planning::column_generation::column::Item;
use crate::planning::column_generation::exchange_heuristic::{Moves, Pick, pick};
use crate::planning::column_generation::warm_start::Experience;
use crate::planning::extensive_form::Whole;
use crate::planning::formulation::Master;
use crate::planning::sample::Program;
use crate::planning::sample::cuts::StateWeights;
use crate::planning::sample::evaluate::{Evaluation, evaluate, tail};
use crate::planning::solver::SolverError;

/// First trials on which prices and plans are found that the search on all begins with: the first of these numbers with so
/// many states at most, else the last; rounds and gap of that.
const REHEARSED_TRIALS: [usize; 5] = [500, 250, 125, 60, 30];
const MAX_REHEARSED_STATES: usize = 15_000;
const MAX_REHEARSED_ROUNDS: usize = 20;
const REHEARSED_TOLERANCE: f64 = 5e-3;
/// Times that workloads are asked at prices near the best, once these are good enough.
const MAX_NEAR: usize = 2;
/// Rounds without progress after which prices move no more.
const MAX_STILL: usize = 8;
/// What counts as progress, as a part of the cost.
const PROGRESS: f64 = GAP_TOLERANCE / 10.0;
/// Rounds in which prices move.
const MAX_COORDINATED_ROUNDS: usize = 30;
/// Gap between mix and bound at which prices are good enough.
const MIX_TOLERANCE: f64 = 1e-3;
/// Part of the cost by which a pick must be better than the best plan to be measured.
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
fn n_rehearsed(program: &Program) -> usize {
    let is_small =
        |n: &usize| *n >= program.n_trials || program.n_states_of_first(*n) <= MAX_REHEARSED_STATES;
    REHEARSED_TRIALS.into_iter().find(is_small).unwrap_or(REHEARSED_TRIALS[REHEARSED_TRIALS.len() - 1])
}

impl<'a> Searcher<'a> {
    /// A coordinator whose prices are those of the relaxed program.
    fn begun<'b>(
        &self,
        program: &'b Program,
        structure: &'b Master,
    ) -> Result<(Coordinator<'b>, f64), SolverError>
    where
        'a: 'b,
    {
        let mean = StateWeights::of_program(program, &every_trial(program.n_trials));
        let level = self.request.objective.confidence_level;
        let mut whole = Whole::new(program, structure, &mean, level);
        whole.grow_tail(&self.today.losses[..program.n_trials]);
        let solved = whole.relax(&mut |solved| self.learn(program, structure, &solved.values))?;
        let mut coordinator = Coordinator::new(self.setting, program, structure, self.request);
        self.seed(&mut coordinator, &Plan::current(self.setting.instance));
        let tail = whole.tail_prices(&solved.row_prices);
        coordinator.ask_at(coordinator.prices_of(&solved.row_prices, &tail))?;
        Ok((coordinator, solved.cost))
    }

    /// The same from what the first trials taught, if there are many.
    fn begun_by_rehearsal<'b>(&self, structure: &'b Master) -> Result<Coordinator<'b>, SolverError>
    where
        'a: 'b,
    {
        let few = self.program.first(n_rehearsed(self.program));
        let (mut rehearsal, _) = self.begun(&few, structure)?;
        for _ in 0..MAX_REHEARSED_ROUNDS {
            let mix = rehearsal.round()?;
            rehearsal.add_blends(&mix);
            if mix.is_within(rehearsal.bound, REHEARSED_TOLERANCE) {
                break;
            }
        }
        let mut coordinator = Coordinator::new(self.setting, self.program, structure, self.request);
        self.seed(&mut coordinator, &Plan::current(self.setting.instance));
        coordinator.begin_like(&rehearsal)?;
        Ok(coordinator)
    }

    /// The same from what another search met.
    fn begun_by_experience<'b>(
        &self,
        structure: &'b Master,
        known: &Experience,
    ) -> Result<Coordinator<'b>, SolverError>
    where
        'a: 'b,
    {
        let mut coordinator = Coordinator::new(self.setting, self.program, structure, self.request);
        self.seed(&mut coordinator, &Plan::current(self.setting.instance));
        for (workload, plans) in known.plans().iter().enumerate() {
            plans.iter().for_each(|plan| _ = coordinator.add(workload, plan.clone()));
        }
        let mix = coordinator.mix()?;
        coordinator.ask_at(mix.prices)?;
        Ok(coordinator)
    }

    /// Rounds in which workloads plan for themselves at common prices; their picks are refined together.
    ///
    /// Prices of what must survive the loss of nodes are many and settle slowly, so they are left out unless no plan comes of
    /// it; shares and covers are found under all rows in any case.
    pub(super) fn coordinated_rounds(&mut self) -> Result<(), SolverError> {
        let structure = self.master.clone();
        self.master.keep_hhi_by_chords(self.setting, self.exposure);
        if let Some(loose) = structure.without_survival() {
            self.coordinated_rounds_on(loose)?;
            if self.best.is_some() {
                return Ok(());
            }
        }
        self.coordinated_rounds_on(structure)
    }

    fn coordinated_rounds_on(&mut self, structure: Master) -> Result<(), SolverError> {
        let is_rehearsed = self.program.n_trials > 2 * n_rehearsed(self.program);
        // A rehearsal that fails says nothing of all trials.
        let rehearsed = || is_rehearsed.then(|| self.begun_by_rehearsal(&structure).ok()).flatten();
        let known = self.known.filter(|known| known.fits(&structure));
        let begun =
            known.and_then(|known| self.begun_by_experience(&structure, known).ok()).or_else(rehearsed);
        let mut coordinator = match begun {
            Some(coordinator) => coordinator,
            None => self.begun_on_all(&structure)?,
        };
        self.bound_usd = self.bound_usd.max(coordinator.bound * USD_PER_UNIT);
        self.report(self.best_usd());
        let picks = self.rounds_of_prices(&mut coordinator, &structure)?;
        if self.will_do() {
            return Ok(());
        }
        // Neither says that there is no plan: what they fail at is a choice of integers.
        let improved = self.dive(&mut coordinator, &structure);
        let improved = improved.and(self.refine(&mut coordinator, &structure, picks));
        let improved = improved.and(self.try_elsewhere(&mut coordinator, &structure));
        self.experience = Some(Experience::new(&coordinator, &structure));
        if let (Err(error @ SolverError::NoAnswer(_)), None) = (improved, &self.best) {
            return Err(error);
        }
        self.drop_idle_standbys();
        if self.best.is_none() && is_rehearsed {
            // Limits that cannot hold together on all trials are known to be so.
            self.begun_on_all(&structure)?;
        }
        Ok(())
    }

    fn begun_on_all<'b>(&mut self, structure: &'b Master) -> Result<Coordinator<'b>, SolverError>
    where
        'a: 'b,
    {
        let (coordinator, cost) = self.begun(self.program, structure)?;
        self.bound_usd = self.bound_usd.max(cost * USD_PER_UNIT);
        Ok(coordinator)
    }

    /// Moves prices until mix and bound meet, or neither moves; returns picks worth refining.
    fn rounds_of_prices(
        &mut self,
        coordinator: &mut Coordinator<'_>,
        structure: &Master,
    ) -> Result<Vec<Pick>, SolverError> {
        let mut best_pick: Option<Pick> = None;
        let mut blends = Pick::new();
        let (mut n_near, mut n_still) = (0, 0);
        let mut before = (f64::NEG_INFINITY, f64::INFINITY);
        for round in 0..MAX_COORDINATED_ROUNDS {
            let mix = coordinator.round()?;
            blends = coordinator.add_blends(&mix);
            let starts: Vec<Pick> = best_pick.take().into_iter().chain([blends.clone()]).collect();
            let moves = if round == 0 { Moves::Pairs } else { Moves::Single };
            let (pick, score) = pick(coordinator, structure, &self.request.objective, &starts, moves);
            if score * USD_PER_UNIT < self.best_usd() * (1.0 - WORTH_MEASURING) {
                let evaluation = self.take(coordinator, structure, &pick);
                if round < ROUNDS_OF_SEARCH {
                    let tail = tail(&evaluation.losses, self.request.objective.confidence_level);
                    coordinator.ask_at(coordinator.prices_at(&tail))?;
                }
            }
            best_pick = Some(pick);
            self.bound_usd = self.bound_usd.max(coordinator.bound * USD_PER_UNIT);
            self.report(self.best_usd());
            let least = PROGRESS * mix.cost.abs();
            let moved = coordinator.bound > before.0 + least || mix.cost < before.1 - least;
            n_still = if moved { 0 } else { n_still + 1 };
            before = (coordinator.bound, mix.cost);
            if n_near == MAX_NEAR || n_still == MAX_STILL || self.is_proven() || self.will_do() {
                break;
            }
            if mix.is_within(coordinator.bound, MIX_TOLERANCE) {
                n_near += 1;
                coordinator.ask_near(n_near)?;
            }
        }
        Ok(best_pick.into_iter().chain([blends]).collect())
    }

    /// Finds shares and covers for what a dive from the mix leaves whole.
    fn dive(&mut self, coordinator: &mut Coordinator<'_>, structure: &Master) -> Result<(), SolverError> {
        let dived = coordinator.dive()?;
        let plan = self.plan_of(coordinator, structure, &dived.pick);
        let mut whole = self.master.integers_of(self.setting, &plan);
        dived.whole.iter().for_each(|&(column, value)| whole[column] = value);
        self.try_plan(&plan);
        self.rounds_with_integers_of(&whole)?;
        self.report(self.best_usd());
        Ok(())
    }

    /// Finds shares and covers anew with the standbys and replicas of picks held fast, and of what comes of them.
    fn refine(
        &mut self,
        coordinator: &mut Coordinator<'_>,
        structure: &Master,
        mut picks: Vec<Pick>,
    ) -> Result<(), SolverError> {
        let mut refined: Vec<Vec<f64>> = Vec::new();
        for _ in 0..MAX_REFINEMENTS {
            let before = self.best_usd();
            for pick in picks.drain(..) {
                let plan = self.plan_of(coordinator, structure, &pick);
                let whole = self.master.integers_of(self.setting, &plan);
                if !refined.contains(&whole) {
                    self.try_plan(&plan);
                    self.rounds_with_integers_of(&whole)?;
                    refined.push(whole);
                }
            }
            self.report(self.best_usd());
            let Some((plan, _)) = self.best.clone() else { break };
            let Some(own) = self.seed(coordinator, &plan) else { break };
            let (pick, _) = pick(coordinator, structure, &self.request.objective, &[own], Moves::Pairs);
            self.take(coordinator, structure, &pick);
            if self.best_usd() >= before * (1.0 - WORTH_MEASURING) {
                break;
            }
            picks.push(pick);
        }
        Ok(())
    }

    /// Picks anew at prices near the best, others each time, while the plan is far from the bound.
    fn try_elsewhere(
        &mut self,
        coordinator: &mut Coordinator<'_>,
        structure: &Master,
    ) -> Result<(), SolverError> {
        let mut n_vain = 0;
        for attempt in 1..=MAX_ATTEMPTS {
            let before = self.best_usd();
            if self.is_met_to(FAR) || self.best.is_none() || n_states(self.program) > MAX_REHEARSED_STATES {
                break;
            }
            coordinator.ask_near(MAX_NEAR + attempt)?;
            let mix = coordinator.mix()?;
            let blends = coordinator.add_blends(&mix);
            let (pick, _) = pick(coordinator, structure, &self.request.objective, &[blends], Moves::Pairs);
            self.refine(coordinator, structure, vec![pick])?;
            n_vain = if self.best_usd() < before * (1.0 - WORTH_MEASURING) { 0 } else { n_vain + 1 };
            if n_vain == MAX_VAIN {
                break;
            }
        }
        Ok(())
    }

    /// Puts a plan's parts on the menus; returns where they stand, unless some part has no columns.
    fn seed(&self, coordinator: &mut Coordinator<'_>, plan: &Plan) -> Option<Pick> {
        let add = |workload: usize| {
            let values = Item::values_of(&self.master, &coordinator.blocks()[workload], plan)?;
            Some(coordinator.add(workload, values))
        };
        let places: Vec<Option<usize>> = (0..self.setting.instance.workloads.len()).map(add).collect();
        places.into_iter().collect()
    }

    fn plan_of(&self, coordinator: &Coordinator<'_>, structure: &Master, pick: &Pick) -> Plan {
        let mut values = vec![0.0; self.master.lp.variables.len()];
        for (menu, &item) in coordinator.menus().iter().zip(pick) {
            menu[item].values.iter().for_each(|&(column, value)| values[column] = value);
        }
        structure.plan(self.setting, self.program, self.every_cell(), &values)
    }

    /// Takes a pick for a plan.
    fn take(&mut self, coordinator: &Coordinator<'_>, structure: &Master, pick: &Pick) -> Evaluation {
        let plan = self.plan_of(coordinator, structure, pick);
        let evaluation = evaluate(self.setting, self.program, &self.request.objective, &plan);
        self.accept(plan, evaluation.clone());
        evaluation
    }
}

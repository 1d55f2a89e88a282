//! The search: solve the program, try its plan on all trials, bound the loss there from below, repeat until bound and
//! plan meet (outer approximation; Kelley 1960, Duran and Grossmann 1986).

use rayon::prelude::*;

use super::USD_PER_UNIT;
use super::coordinate::Coordinator;
use super::evaluate::{Evaluation, cell_plans, evaluate, risk_usd, tail};
use super::limits::hhi_tangents;
use super::linearize::{CellCut, StateWeights};
use super::lp::LinearProgram;
use super::master::Master;
use super::menu::Item;
use super::outcome::Size;
use super::pick::{Pick, pick};
use super::program::{CellProgram, Program};
use super::request::Request;
use super::solver::{Effort, Solved, SolverError, solve};
use crate::costs::exposure::ExposureSetting;
use crate::graph::dimension::Dimensions;
use crate::model::plan::Plan;
use crate::service::frame::Roles;
use crate::service::limits::BOUND_SLACK;
use crate::service::setting::Setting;

/// Gap below which plan and bound count as met.
pub const GAP_TOLERANCE: f64 = 1e-3;
/// Gap at which the relaxed rounds, and rounds with integers held fast, end: what is left is found with the integers.
const ROUND_TOLERANCE: f64 = 1e-2;
/// Rounds of the relaxed program.
const MAX_RELAXED_ROUNDS: usize = 40;
/// Rounds of branch and bound.
const MAX_INTEGER_ROUNDS: usize = 2;
/// Integers up to which branch and bound goes on until the gap is closed.
const MAX_PROVEN_INTEGERS: usize = 60;
const MAX_INTEGER_ROUNDS_WHEN_TINY: usize = 12;
const MAX_NODES_WHEN_TINY: i32 = 2_000;
/// Rounds in which prices move.
const MAX_COORDINATED_ROUNDS: usize = 30;
/// Gap between mix and bound at which prices are good enough.
const MIX_TOLERANCE: f64 = 2e-3;
/// Part of the cost by which a pick must be better than the best plan to be measured.
const WORTH_MEASURING: f64 = 1e-4;
/// Times that plans are refined, picked from, and refined again.
const MAX_REFINEMENTS: usize = 4;
/// Rounds in which the tails of new plans are asked for.
const ROUNDS_OF_SEARCH: usize = 8;
/// Rounds with one choice of integers.
const MAX_FIXED_ROUNDS: usize = 12;
/// Parts of an integer from which on a relaxed solution is rounded up, tried in this order.
const ROUND_UP_FROM: [f64; 3] = [0.05, 0.3, 0.7];
/// Integers up to which branch and bound is tried.
const MAX_BRANCHED_INTEGERS: usize = 300;
/// Branch-and-bound nodes per integer round.
const MAX_NODES: i32 = 100;
/// Relative gap at which an integer round ends.
const MIP_GAP: f64 = GAP_TOLERANCE / 2.0;
/// A known set of tail weights that comes this close to the CVaR stands for it.
const TAIL_IS_KNOWN: f64 = 0.999;
/// Sets of tail weights that come this close take part in a new bound.
const TAIL_IS_NEAR: f64 = 0.97;

/// What the search found.
#[derive(Debug, Clone)]
pub struct Search {
    pub current: Evaluation,
    /// The best plan that keeps every limit, with its measure; `None` when none was found.
    pub best: Option<(Plan, Evaluation)>,
    /// No plan that keeps the limits costs less, USD.
    pub bound_usd: f64,
    /// Limits that a plan found breaks although no row of the program forbids it.
    pub unkept: Vec<String>,
    pub size: Size,
}

/// Searches for the best plan on compiled trials; `progress` hears round, bound and best objective, USD.
///
/// # Errors
/// [`SolverError::Infeasible`] when the limits cannot hold together; [`SolverError::NoAnswer`] when the solver gave up.
pub fn search(
    setting: &Setting<'_>,
    program: &Program,
    request: &Request,
    progress: &dyn Fn(usize, f64, f64),
) -> Result<Search, SolverError> {
    search_by(None, setting, program, request, progress)
}

/// How a plan is searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// One program for all workloads, until its gap is closed: for few integers.
    Whole,
    /// Workloads plan for themselves at common prices.
    Coordinated,
}

/// The same by a method; `None`: by the number of integers.
///
/// # Errors
/// As [`search`].
pub fn search_by(
    method: Option<Method>,
    setting: &Setting<'_>,
    program: &Program,
    request: &Request,
    progress: &dyn Fn(usize, f64, f64),
) -> Result<Search, SolverError> {
    let dimensions = Dimensions::new(setting.instance, &setting.graph);
    let exposure =
        ExposureSetting { instance: setting.instance, prices: &setting.prices, dimensions: &dimensions };
    let today = Plan::current(setting.instance);
    let mut searcher = Searcher {
        setting,
        exposure: &exposure,
        program,
        request,
        master: Master::new(setting, &exposure, program, request),
        mean: StateWeights::of_program(program, &every_trial(program.n_trials)),
        tails: Vec::new(),
        best: None,
        bound_usd: f64::NEG_INFINITY,
        unkept: Vec::new(),
        n_rounds: 0,
        progress,
    };
    let current = searcher.try_plan(&today).evaluation;
    searcher.accept(today, current.clone());
    searcher.unkept.clear();
    let by_size = if searcher.is_tiny() { Method::Whole } else { Method::Coordinated };
    match method.unwrap_or(by_size) {
        _ if searcher.will_do() => {}
        Method::Whole => {
            searcher.relaxed_rounds()?;
            searcher.integer_rounds()?;
        }
        Method::Coordinated => {
            // Whatever the loss: limits that cannot hold together are known at once.
            searcher.solve(true)?;
            searcher.coordinated_rounds()?;
        }
    }
    let lp = &searcher.master.lp;
    let size = Size {
        n_columns: lp.variables.len(),
        n_rows: lp.constraints.len(),
        n_integers: lp.n_integers(),
        n_states: program.cells.iter().map(|c| c.row_sets.len()).sum(),
        n_tails: searcher.tails.len(),
        n_rounds: searcher.n_rounds,
        n_pairs: program.cells.iter().map(n_carriers).sum(),
        n_pairs_in_all: Roles::all(setting).carriers.iter().map(Vec::len).sum(),
    };
    Ok(Search { current, best: searcher.best, bound_usd: searcher.bound_usd, unkept: searcher.unkept, size })
}

fn n_carriers(cell: &CellProgram) -> usize {
    cell.frame.members.iter().filter(|m| cell.frame.classes[m.class].is_carrier).count()
}

fn every_trial(n_trials: usize) -> Vec<(usize, f64)> {
    (0..n_trials).map(|trial| (trial, 1.0 / n_trials as f64)).collect()
}

/// Tail weights met on the way.
struct Tail {
    trials: Vec<(usize, f64)>,
    /// By cell.
    weights: Vec<StateWeights>,
}

impl Tail {
    fn loss(&self, losses: &[f64]) -> f64 {
        self.trials.iter().map(|(trial, weight)| weight * losses[*trial]).sum()
    }
}

struct Searcher<'a> {
    setting: &'a Setting<'a>,
    exposure: &'a ExposureSetting<'a>,
    program: &'a Program,
    request: &'a Request,
    master: Master,
    /// By cell.
    mean: Vec<StateWeights>,
    tails: Vec<Tail>,
    best: Option<(Plan, Evaluation)>,
    bound_usd: f64,
    unkept: Vec<String>,
    n_rounds: usize,
    progress: &'a dyn Fn(usize, f64, f64),
}

struct Tried {
    evaluation: Evaluation,
    risk_usd: f64,
}

impl Searcher<'_> {
    /// Measures a plan and bounds the loss from below by what binds there.
    fn try_plan(&mut self, plan: &Plan) -> Tried {
        let evaluation = evaluate(self.setting, self.program, &self.request.objective, plan);
        let plans = cell_plans(self.setting, self.program, plan);
        let cuts = |weights: &[StateWeights]| -> Vec<CellCut> {
            let cells = self.program.cells.par_iter().zip(&plans).zip(weights);
            cells.map(|((cell, plan), weights)| CellCut::at(cell, plan, weights)).collect()
        };
        self.master.add_expected_loss(self.program, &cuts(&self.mean));
        let cvar = evaluation.figures.cvar_usd;
        if !self.tails.iter().any(|tail| tail.loss(&evaluation.losses) >= TAIL_IS_KNOWN * cvar) {
            let trials = tail(&evaluation.losses, self.request.objective.confidence_level);
            let weights = StateWeights::of_program(self.program, &trials);
            self.tails.push(Tail { trials, weights });
            self.master.add_tail();
        }
        for (at, tail) in self.tails.iter().enumerate() {
            if tail.loss(&evaluation.losses) >= TAIL_IS_NEAR * cvar {
                self.master.add_tail_loss(self.program, at, &cuts(&tail.weights));
            }
        }
        let tangents = hhi_tangents(self.setting, self.exposure, &self.master.columns, plan);
        self.master.lp.constraints.extend(tangents);
        let risk_usd = risk_usd(&self.request.objective, evaluation.mean_loss_usd, cvar);
        Tried { evaluation, risk_usd }
    }

    fn solve(&self, is_relaxed: bool) -> Result<Solved, SolverError> {
        let max_nodes = if self.is_tiny() { MAX_NODES_WHEN_TINY } else { MAX_NODES };
        let effort = Effort { is_relaxed, mip_gap: MIP_GAP, max_nodes };
        solve(&self.master.lp, self.master.bounds(), &effort)
    }

    /// Rounds without integers, until the bound is as high as the relaxed plan's own cost.
    fn relaxed_rounds(&mut self) -> Result<(), SolverError> {
        let mut center: Option<(f64, Plan)> = None;
        for _ in 0..MAX_RELAXED_ROUNDS {
            let solved = self.solve(true)?;
            self.master.forget_idle(&solved.values);
            let lower = self.master.lp.cost(&solved.values) * USD_PER_UNIT;
            self.bound_usd = self.bound_usd.max(lower);
            let plan = self.master.plan(self.setting, self.program, self.every_cell(), &solved.values);
            let tried = self.try_plan(&plan);
            let upper = lower - self.estimated_risk(&solved.values) + tried.risk_usd;
            self.report(upper);
            if self.is_met(&mut center, (upper, plan), self.bound_usd) {
                break;
            }
        }
        Ok(())
    }

    /// Whether the best of the points met comes down to the bound; between it and one that overshoots, where bounds
    /// are most telling, another point is tried.
    fn is_met(&mut self, center: &mut Option<(f64, Plan)>, point: (f64, Plan), bound: f64) -> bool {
        match center {
            Some((best, plan)) if point.0 >= *best => {
                let middle = blend(plan, &point.1);
                self.try_plan(&middle);
            }
            _ => *center = Some(point),
        }
        center.as_ref().is_some_and(|(best, _)| best - bound <= self.round_tolerance() * best.abs())
    }

    fn round_tolerance(&self) -> f64 {
        if self.is_tiny() {
            GAP_TOLERANCE / 4.0
        } else if self.is_small() {
            GAP_TOLERANCE
        } else {
            ROUND_TOLERANCE
        }
    }

    fn max_fixed_rounds(&self) -> usize {
        if self.is_tiny() { MAX_FIXED_ROUNDS } else { MAX_FIXED_ROUNDS / 2 }
    }

    fn is_tiny(&self) -> bool {
        self.master.lp.n_integers() <= MAX_PROVEN_INTEGERS
    }

    fn is_small(&self) -> bool {
        self.master.lp.n_integers() <= MAX_BRANCHED_INTEGERS
    }

    /// What the program takes the risk for at a solution, USD.
    fn estimated_risk(&self, values: &[f64]) -> f64 {
        let expected: f64 = self.master.risk.expected.iter().map(|&column| values[column]).sum();
        risk_usd(&self.request.objective, expected, values[self.master.risk.cvar]) * USD_PER_UNIT
    }

    /// Rounds with integers: by branch and bound where they are few, else by rounding the relaxed solution.
    fn integer_rounds(&mut self) -> Result<(), SolverError> {
        self.master.keep_hhi_by_chords(self.setting, self.exposure);
        let relaxed = self.solve(true)?;
        let n_thresholds = if self.is_tiny() { ROUND_UP_FROM.len() } else { 1 };
        for &threshold in &ROUND_UP_FROM[..n_thresholds] {
            self.rounds_with_integers_of(&rounded(&self.master.lp, &relaxed, threshold))?;
            self.report(self.best_usd());
            if self.will_do() {
                return Ok(());
            }
        }
        self.drop_idle_standbys();
        if let Some((plan, _)) = &self.best {
            // Once more with the integers that are left.
            let used = self.master.integers_of(self.setting, plan);
            self.rounds_with_integers_of(&Solved {
                values: used,
                is_proven: false,
                bound: f64::NEG_INFINITY,
            })?;
            self.report(self.best_usd());
        }
        if self.is_small() || self.best.is_none() {
            self.branched_rounds()?;
            self.drop_idle_standbys();
        }
        Ok(())
    }

    /// Rounds in which workloads plan for themselves at common prices; their picks are refined together.
    fn coordinated_rounds(&mut self) -> Result<(), SolverError> {
        let structure = self.master.clone();
        self.master.keep_hhi_by_chords(self.setting, self.exposure);
        let mut coordinator = Coordinator::new(self.setting, self.program, &structure, self.request);
        self.seed(&mut coordinator, &Plan::current(self.setting.instance));
        coordinator.ask_at(coordinator.even_prices())?;
        let mut best_pick: Option<Pick> = None;
        let mut blends = Pick::new();
        for round in 0..MAX_COORDINATED_ROUNDS {
            let mix = coordinator.round()?;
            blends = coordinator.add_blends(&mix);
            let starts: Vec<Pick> = best_pick.take().into_iter().chain([blends.clone()]).collect();
            let (pick, score) = pick(&coordinator, &structure, &self.request.objective, &starts);
            if score * USD_PER_UNIT < self.best_usd() * (1.0 - WORTH_MEASURING) {
                let evaluation = self.take(&coordinator, &structure, &pick);
                if round < ROUNDS_OF_SEARCH {
                    let tail = tail(&evaluation.losses, self.request.objective.confidence_level);
                    coordinator.ask_at(coordinator.prices_at(&tail))?;
                }
            }
            best_pick = Some(pick);
            self.bound_usd = self.bound_usd.max(coordinator.bound * USD_PER_UNIT);
            self.report(self.best_usd());
            if self.will_do() {
                return Ok(());
            }
            if mix.cost - coordinator.bound <= MIX_TOLERANCE * mix.cost.abs() || self.is_proven() {
                break;
            }
        }
        self.refine(&mut coordinator, &structure, best_pick.into_iter().chain([blends]).collect())?;
        self.drop_idle_standbys();
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
                    let solved = Solved { values: whole.clone(), is_proven: false, bound: f64::NEG_INFINITY };
                    self.rounds_with_integers_of(&solved)?;
                    refined.push(whole);
                }
            }
            self.report(self.best_usd());
            let Some((plan, _)) = self.best.clone() else { break };
            let Some(own) = self.seed(coordinator, &plan) else { break };
            let (pick, _) = pick(coordinator, structure, &self.request.objective, &[own]);
            self.take(coordinator, structure, &pick);
            if self.best_usd() >= before * (1.0 - WORTH_MEASURING) {
                break;
            }
            picks.push(pick);
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

    fn every_cell(&self) -> std::ops::Range<usize> {
        0..self.setting.instance.cells.len()
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

    /// Takes away standbys that cost more than they are worth, one after the other.
    fn drop_idle_standbys(&mut self) {
        let Some((mut plan, mut evaluation)) = self.best.clone() else { return };
        for workload in 0..plan.standby.len() {
            let mut at = 0;
            while at < plan.standby[workload].len() {
                let mut without = plan.clone();
                without.standby[workload].remove(at);
                let tried = evaluate(self.setting, self.program, &self.request.objective, &without);
                if tried.figures.objective_usd < evaluation.figures.objective_usd {
                    (plan, evaluation) = (without, tried);
                } else {
                    at += 1;
                }
            }
        }
        self.accept(plan, evaluation);
    }

    /// Branch and bound, until the best plan is as good as the bound, or the program knows its best for what it is.
    fn branched_rounds(&mut self) -> Result<(), SolverError> {
        let max_rounds = if self.is_tiny() { MAX_INTEGER_ROUNDS_WHEN_TINY } else { MAX_INTEGER_ROUNDS };
        for _ in 0..max_rounds {
            if self.is_proven() {
                break;
            }
            let solved = match self.solve(false) {
                Ok(solved) => solved,
                // Some plan is known, so giving up costs its proof only.
                Err(SolverError::NoAnswer(_)) if self.best.is_some() => return Ok(()),
                Err(error) => return Err(error),
            };
            let cost = self.master.lp.cost(&solved.values) * USD_PER_UNIT;
            if solved.is_proven && !self.master.is_narrower {
                self.bound_usd = self.bound_usd.max(cost * (1.0 - MIP_GAP));
            }
            let is_settled = cost >= self.best_usd() * (1.0 - MIP_GAP);
            self.rounds_with_integers_of(&solved)?;
            self.report(self.best_usd());
            if is_settled {
                break;
            }
        }
        Ok(())
    }

    /// Whether the plan found is all that was asked for.
    fn will_do(&self) -> bool {
        self.request.any_plan_will_do && self.best.is_some()
    }

    fn is_proven(&self) -> bool {
        self.best.is_some() && self.best_usd() - self.bound_usd <= GAP_TOLERANCE * self.best_usd().abs()
    }

    /// Rounds over shares and covers with the readiness and replicas of a solution held fast.
    fn rounds_with_integers_of(&mut self, solved: &Solved) -> Result<(), SolverError> {
        let free = self.master.lp.variables.clone();
        for column in self.master.columns.integers() {
            let value = solved.values[column].round();
            let variable = &mut self.master.lp.variables[column];
            (variable.low, variable.high) = (value, value);
        }
        // With replicas held fast nothing is left to decide about their use.
        for ((_, offer), &column) in &self.master.columns.uses {
            let n = self.master.columns.replicas.get(offer).map_or(0.0, |&r| solved.values[r].round());
            let variable = &mut self.master.lp.variables[column];
            (variable.low, variable.high) = (n.min(1.0), n.min(1.0));
        }
        let outcome = self.fixed_rounds();
        for (variable, free) in self.master.lp.variables.iter_mut().zip(&free) {
            (variable.low, variable.high) = (free.low, free.high);
        }
        outcome
    }

    fn fixed_rounds(&mut self) -> Result<(), SolverError> {
        let mut center: Option<(f64, Plan)> = None;
        for _ in 0..self.max_fixed_rounds() {
            // What limits count is left to the solver: it is little, and rounding it may break the limit.
            let is_counting = self.master.lp.variables.iter().any(|v| v.is_integer && v.low < v.high);
            let solved = match self.solve(!is_counting) {
                Ok(solved) => solved,
                // The integers came with rounding that the rows do not forgive.
                Err(SolverError::Infeasible) => return Ok(()),
                Err(error) => return Err(error),
            };
            if !self.is_tiny() {
                self.master.forget_idle(&solved.values);
            }
            let lower = self.master.lp.cost(&solved.values) * USD_PER_UNIT;
            let plan = self.master.plan(self.setting, self.program, self.every_cell(), &solved.values);
            let tried = self.try_plan(&plan);
            let upper = lower - self.estimated_risk(&solved.values) + tried.risk_usd;
            self.accept(plan.clone(), tried.evaluation);
            // Nothing better can come of these integers.
            if lower >= self.best_usd() || self.is_met(&mut center, (upper, plan), lower) {
                break;
            }
        }
        Ok(())
    }

    fn best_usd(&self) -> f64 {
        self.best.as_ref().map_or(f64::INFINITY, |(plan, e)| self.charged_usd(plan, e))
    }

    /// The objective with what steers the search.
    fn charged_usd(&self, plan: &Plan, evaluation: &Evaluation) -> f64 {
        evaluation.figures.objective_usd + self.request.discouragement_usd(plan)
    }

    /// Whether it gives the shares that are asked for.
    fn keeps_floors(&self, plan: &Plan) -> bool {
        let mut floors = self.request.floors.iter();
        floors.all(|floor| floor.given(self.setting.instance, plan) >= floor.share - BOUND_SLACK)
    }

    fn accept(&mut self, plan: Plan, evaluation: Evaluation) {
        if !self.keeps_floors(&plan) {
            return;
        }
        if evaluation.broken.is_empty() {
            if self.charged_usd(&plan, &evaluation) < self.best_usd() {
                self.best = Some((plan, evaluation));
            }
        } else {
            self.unkept = evaluation.broken;
        }
    }

    fn report(&mut self, upper: f64) {
        self.n_rounds += 1;
        (self.progress)(self.n_rounds, self.bound_usd, upper);
    }
}

/// Integers of a relaxed solution: up from `threshold` on, else down.
fn rounded(lp: &LinearProgram, relaxed: &Solved, threshold: f64) -> Solved {
    let round = |(variable, value): (&super::lp::Variable, &f64)| {
        if variable.is_integer { (value + 1.0 - threshold).floor().max(variable.low) } else { *value }
    };
    Solved {
        values: lp.variables.iter().zip(&relaxed.values).map(round).collect(),
        is_proven: false,
        bound: f64::NEG_INFINITY,
    }
}

/// The plan halfway between two.
fn blend(a: &Plan, b: &Plan) -> Plan {
    let merge = |x: &[(usize, f64)], y: &[(usize, f64)]| {
        let mut sum: std::collections::BTreeMap<usize, f64> = std::collections::BTreeMap::new();
        x.iter().chain(y).for_each(|(key, value)| *sum.entry(*key).or_default() += value / 2.0);
        sum.into_iter().collect::<Vec<_>>()
    };
    let allocation = a.allocation.iter().zip(&b.allocation).map(|(x, y)| merge(x, y)).collect();
    let standby = a.standby.iter().zip(&b.standby).map(|(x, y)| {
        let mut both: Vec<_> = x
            .iter()
            .chain(y)
            .map(|s| crate::model::instance::Standby { cover: s.cover / 2.0, ..*s })
            .collect();
        both.sort_by_key(|s| (s.offer, s.readiness));
        both.dedup_by(|next, kept| {
            let is_same = next.offer == kept.offer && next.readiness == kept.readiness;
            if is_same {
                kept.cover += next.cover;
            }
            is_same
        });
        both
    });
    Plan { standby: standby.collect(), allocation }
}

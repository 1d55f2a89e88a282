//! The search for the best plan on compiled trials: for few states in one piece, else by workloads at common prices.
//!
//! Every plan is measured on all trials by the rows themselves before it counts.

mod decomposed;
mod extensive;
mod fixed_integers;

use fixed_integers::Tail;

use super::column_generation::warm_start::WarmStart;
use super::extensive_form::TailFeedback;
use super::formulation::Formulation;
use super::formulation::limits::hhi_tangents;
use super::outcome::ProgramSize;
use super::request::Request;
use super::sample::cuts::StateWeights;
use super::sample::evaluate::{Evaluation, cell_plans, evaluate};
use super::sample::{CellSample, CompiledSample};
use super::solver::SolverError;
use crate::exposure::shares::ExposureSetting;
use crate::graph::dimension::Dimensions;
use crate::limits::BOUND_SLACK;
use crate::model::plan::Plan;
use crate::service::cell_model::Roles;
use crate::service::setting::Setting;

/// Gap below which plan and bound count as met.
pub const GAP_TOLERANCE: f64 = 1e-3;
/// Integers, and states of cells, up to which one program for all is the shortest way.
const MAX_WHOLE_INTEGERS: usize = 120;
const MAX_WHOLE_STATES: usize = 4_000;

/// What the search found.
#[derive(Debug, Clone)]
pub struct SearchOutcome {
    pub current: Evaluation,
    /// The best plan that keeps every limit, with its measure; `None` when none was found.
    pub best: Option<(Plan, Evaluation)>,
    /// No plan that keeps the limits costs less, USD.
    pub bound_usd: f64,
    /// Limits that a plan found breaks although no row of the program forbids it.
    pub unkept: Vec<String>,
    pub size: ProgramSize,
    /// What the next search on the same trials may begin with.
    pub warm_start: Option<WarmStart>,
}

/// Searches for the best plan on compiled trials; `progress` hears round, bound and best objective, USD.
///
/// # Errors
/// [`SolverError::Infeasible`] when the limits cannot hold together; [`SolverError::NoAnswer`] when the solver gave up.
pub fn search(
    setting: &Setting<'_>,
    program: &CompiledSample,
    request: &Request,
    progress: &dyn Fn(usize, f64, f64),
) -> Result<SearchOutcome, SolverError> {
    search_with(SearchOptions::default(), setting, program, request, progress)
}

/// A way to a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// One program for all workloads, until its gap is closed: for few states and integers.
    Direct,
    /// Workloads plan for themselves at common prices.
    Decomposed,
}

/// How a search goes about it.
#[derive(Debug, Clone, Copy, Default)]
pub struct SearchOptions<'a> {
    /// `None`: in one piece where that is the shortest way, and by workloads if no plan comes of it.
    pub method: Option<Method>,
    /// What another search on the same trials met.
    pub warm_start: Option<&'a WarmStart>,
}

/// Like [`search`], with the method and a warm start chosen by the caller.
///
/// # Errors
/// As [`search`].
pub fn search_with(
    options: SearchOptions<'_>,
    setting: &Setting<'_>,
    program: &CompiledSample,
    request: &Request,
    progress: &dyn Fn(usize, f64, f64),
) -> Result<SearchOutcome, SolverError> {
    let dimensions = Dimensions::new(setting.instance, &setting.graph);
    let exposure =
        ExposureSetting { instance: setting.instance, prices: &setting.prices, dimensions: &dimensions };
    let today = Plan::current(setting.instance);
    let current = evaluate(setting, program, &request.objective, &today);
    let mut searcher = Searcher {
        today: current.clone(),
        setting,
        exposure: &exposure,
        program,
        request,
        formulation: Formulation::new(setting, &exposure, program, request),
        mean: StateWeights::of_program(program, &every_trial(program.n_trials)),
        tails: Vec::new(),
        best: None,
        // Neither plans nor losses cost less than nothing.
        bound_usd: 0.0,
        unkept: Vec::new(),
        n_rounds: 0,
        start: options.warm_start,
        warm_start: None,
        progress,
    };
    searcher.accept(today, current.clone());
    searcher.unkept.clear();
    let formulation = request.prove_to.map(|gap| (searcher.formulation.clone(), gap));
    match options.method {
        _ if searcher.will_do() => {}
        Some(Method::Direct) => searcher.whole_rounds()?,
        None if searcher.is_small() => {
            match searcher.whole_rounds() {
                Err(SolverError::Infeasible) => return Err(SolverError::Infeasible),
                // Limits that are no rows are kept by more than one way to a plan, or the solver gave up.
                _ if searcher.best.is_none() => searcher.decomposed_rounds()?,
                _ => {}
            }
        }
        Some(Method::Decomposed) | None => searcher.decomposed_rounds()?,
    }
    if let Some((formulation, gap)) = formulation {
        searcher.prove(&formulation, gap)?;
    }
    let lp = &searcher.formulation.lp;
    let size = ProgramSize {
        n_variables: lp.variables.len(),
        n_rows: lp.constraints.len(),
        n_integers: lp.n_integers(),
        n_states: n_states(program),
        n_tails: searcher.tails.len(),
        n_rounds: searcher.n_rounds,
        n_pairs: program.cells.iter().map(n_carriers).sum(),
        n_pairs_in_all: Roles::all(setting).primaries.iter().map(Vec::len).sum(),
    };
    let Searcher { best, bound_usd, unkept, warm_start, .. } = searcher;
    Ok(SearchOutcome { current, best, bound_usd, unkept, size, warm_start })
}

/// States of all cells.
fn n_states(program: &CompiledSample) -> usize {
    program.cells.iter().map(|c| c.row_sets.len()).sum()
}

fn n_carriers(cell: &CellSample) -> usize {
    cell.cell_model.members.iter().filter(|m| cell.cell_model.classes[m.class].is_primary).count()
}

fn every_trial(n_trials: usize) -> Vec<(usize, f64)> {
    (0..n_trials).map(|trial| (trial, 1.0 / n_trials as f64)).collect()
}

struct Searcher<'a> {
    today: Evaluation,
    setting: &'a Setting<'a>,
    exposure: &'a ExposureSetting<'a>,
    program: &'a CompiledSample,
    request: &'a Request,
    formulation: Formulation,
    /// By cell.
    mean: Vec<StateWeights>,
    tails: Vec<Tail>,
    best: Option<(Plan, Evaluation)>,
    bound_usd: f64,
    unkept: Vec<String>,
    n_rounds: usize,
    start: Option<&'a WarmStart>,
    warm_start: Option<WarmStart>,
    progress: &'a dyn Fn(usize, f64, f64),
}

impl<'a> Searcher<'a> {
    /// What a relaxed solution's plan loses on all trials, and the rows that it breaks.
    fn learn(&self, program: &CompiledSample, formulation: &Formulation, values: &[f64]) -> TailFeedback {
        let plan = formulation.plan(self.setting, program, self.every_cell(), values);
        let losses = program.losses(&cell_plans(self.setting, program, &plan));
        TailFeedback {
            losses,
            rows: hhi_tangents(self.setting, self.exposure, &formulation.variables, &plan),
        }
    }

    fn every_cell(&self) -> std::ops::Range<usize> {
        0..self.setting.instance.cells.len()
    }

    /// Whether one program for all is the shortest way.
    fn is_small(&self) -> bool {
        self.formulation.lp.n_integers() <= MAX_WHOLE_INTEGERS && n_states(self.program) <= MAX_WHOLE_STATES
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

    /// Whether the plan found is all that was asked for.
    fn will_do(&self) -> bool {
        self.request.any_plan_will_do && self.best.is_some()
    }

    fn is_proven(&self) -> bool {
        self.is_met_to(GAP_TOLERANCE)
    }

    fn is_met_to(&self, gap: f64) -> bool {
        self.best.is_some() && self.best_usd() - self.bound_usd <= gap * self.best_usd().abs()
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

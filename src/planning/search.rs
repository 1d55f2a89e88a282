//! The search for the best plan on a compiled sample: by the extensive form if it is small, else by column generation.
//!
//! A plan counts only after it has been evaluated on all trials of the sample.

mod branch_and_price;
mod cut_relaxation;
mod decomposed;
mod extensive;
mod fixed_integers;
pub mod pilot;
mod small_moves;

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
use super::solver::{STOPS_EARLY, SolverError};
use crate::exposure::shares::ExposureSetting;
use crate::graph::dimension::Dimensions;
use crate::limits::BOUND_SLACK;
use crate::model::plan::Plan;
use crate::service::cell_model::Roles;
use crate::service::setting::Setting;

/// Relative gap at which a plan counts as optimal.
pub const GAP_TOLERANCE: f64 = 1e-3;
/// Relative gap of column generation up to which the solver is not asked to close it.
const CLOSED: f64 = 5e-3;
/// Integers up to which the extensive form is solved at once: fewer where the solver cannot stop before the optimum.
const MAX_EXTENSIVE_INTEGERS: usize = if STOPS_EARLY { 250 } else { 120 };
/// States of all cells up to which the extensive form is solved.
const MAX_EXTENSIVE_STATES: usize = 4_000;

/// Result of a search.
#[derive(Debug, Clone)]
pub struct SearchOutcome {
    /// Today's allocation.
    pub current: Evaluation,
    /// The best plan that keeps every limit; `None` if none was found.
    pub best: Option<(Plan, Evaluation)>,
    /// Lower bound on the objective of every plan that keeps the limits, USD.
    pub bound_usd: f64,
    /// Limits that the last rejected plan breaks: they are not rows of the program, so the search cannot steer by them.
    pub unkept: Vec<String>,
    pub size: ProgramSize,
    /// Warm start for the next search on the same trials.
    pub warm_start: Option<WarmStart>,
}

/// Searches for the best plan on a compiled sample. `progress` is called with round, bound and best objective, USD.
///
/// # Errors
/// [`SolverError::Infeasible`] when the limits cannot hold together; [`SolverError::NoAnswer`] when the solver gave up.
pub fn search(
    setting: &Setting<'_>,
    sample: &CompiledSample,
    request: &Request,
    progress: &dyn Fn(usize, f64, f64),
) -> Result<SearchOutcome, SolverError> {
    search_with(SearchOptions::default(), setting, sample, request, progress)
}

/// Solution method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Solves the extensive form until its gap is closed: for few states and integers.
    Direct,
    /// Column generation: workloads plan for themselves at common dual values.
    Decomposed,
}

/// Options of a search.
#[derive(Debug, Clone, Copy, Default)]
pub struct SearchOptions<'a> {
    /// `None`: [`Method::Direct`] if the problem is small; [`Method::Decomposed`] if it is not, or no plan is found; then
    /// the direct method again for the gap that is left, if the program is not too large.
    pub method: Option<Method>,
    /// Columns of another search on the same trials.
    pub warm_start: Option<&'a WarmStart>,
}

/// Like [`search`], with the method and a warm start chosen by the caller.
///
/// # Errors
/// As [`search`].
pub fn search_with(
    options: SearchOptions<'_>,
    setting: &Setting<'_>,
    sample: &CompiledSample,
    request: &Request,
    progress: &dyn Fn(usize, f64, f64),
) -> Result<SearchOutcome, SolverError> {
    let dimensions = Dimensions::new(setting.instance, &setting.graph);
    let exposure =
        ExposureSetting { instance: setting.instance, prices: &setting.prices, dimensions: &dimensions };
    let mut searcher = Searcher::new(setting, &exposure, sample, request, progress);
    searcher.start = options.warm_start;
    let current = searcher.today.clone();
    let formulation = searcher.formulation.clone();
    match options.method {
        _ if searcher.is_enough() => {}
        Some(Method::Direct) => _ = searcher.direct_rounds()?,
        Some(Method::Decomposed) => searcher.decomposed_rounds()?,
        None => searcher.whichever_method(&formulation)?,
    }
    if let Some(gap) = request.prove_to {
        searcher.prove(&formulation, gap)?;
    } else if !request.any_plan_will_do {
        searcher.undo_small_moves();
    }
    let lp = &searcher.formulation.lp;
    let size = ProgramSize {
        n_variables: lp.variables.len(),
        n_rows: lp.constraints.len(),
        n_integers: lp.n_integers(),
        n_states: n_states(sample),
        n_tails: searcher.tails.len(),
        n_rounds: searcher.n_rounds,
        n_pairs: sample.cells.iter().map(n_primaries).sum(),
        n_pairs_in_all: Roles::all(setting).primaries.iter().map(Vec::len).sum(),
    };
    let Searcher { best, bound_usd, unkept, warm_start, .. } = searcher;
    Ok(SearchOutcome { current, best, bound_usd, unkept, size, warm_start })
}

/// Whether some workload pays for capability.
fn is_quality_priced(setting: &Setting<'_>) -> bool {
    setting.instance.workloads.iter().any(|w| w.workload.terms.quality_usd_per_point_per_month > 0.0)
}

/// Number of states in all cells.
fn n_states(sample: &CompiledSample) -> usize {
    sample.cells.iter().map(|c| c.row_sets.len()).sum()
}

/// Number of offers that may be primaries of the cell.
fn n_primaries(cell: &CellSample) -> usize {
    cell.cell_model.members.iter().filter(|m| cell.cell_model.classes[m.class].is_primary).count()
}

/// The state of a search.
struct Searcher<'a> {
    today: Evaluation,
    setting: &'a Setting<'a>,
    exposure: &'a ExposureSetting<'a>,
    sample: &'a CompiledSample,
    request: &'a Request,
    formulation: Formulation,
    /// `[n_cells]`: weights of states over all trials.
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
    /// A search that knows today's plan.
    fn new(
        setting: &'a Setting<'a>,
        exposure: &'a ExposureSetting<'a>,
        sample: &'a CompiledSample,
        request: &'a Request,
        progress: &'a dyn Fn(usize, f64, f64),
    ) -> Self {
        let today = Plan::current(setting.instance);
        let current = evaluate(setting, sample, &request.objective, &today);
        let mut own = Self {
            today: current.clone(),
            setting,
            exposure,
            sample,
            request,
            formulation: Formulation::new(setting, exposure, sample, request),
            mean: StateWeights::of_sample(sample, &sample.probabilities.every_trial()),
            tails: Vec::new(),
            best: None,
            // Costs and losses are not negative, but capability gained may be worth more.
            bound_usd: if is_quality_priced(setting) { f64::NEG_INFINITY } else { 0.0 },
            unkept: Vec::new(),
            n_rounds: 0,
            start: None,
            warm_start: None,
            progress,
        };
        own.accept(today, current);
        own.unkept.clear();
        own
    }

    /// Losses of a relaxed solution's plan on all trials, and the HHI tangents that it violates.
    fn learn(&self, sample: &CompiledSample, formulation: &Formulation, values: &[f64]) -> TailFeedback {
        let plan = formulation.plan(self.setting, sample, self.every_cell(), values);
        let losses = sample.losses(&cell_plans(self.setting, sample, &plan));
        TailFeedback {
            losses,
            rows: hhi_tangents(self.setting, self.exposure, &formulation.variables, &plan),
        }
    }

    /// Solves a small problem at once. Else, and if that takes too much work, generates columns, and leaves the gap that
    /// they cannot close to the solver where the program is not too large for it. `formulation`: without cuts.
    fn whichever_method(&mut self, formulation: &Formulation) -> Result<(), SolverError> {
        if self.is_small() {
            match self.direct_rounds() {
                Err(SolverError::Infeasible) => return Err(SolverError::Infeasible),
                // Else the plans found break limits that are not rows, or the solver gave up.
                Ok(is_done) if is_done && self.best.is_some() => return Ok(()),
                _ => {}
            }
        }
        let is_asked = self.request.any_plan_will_do && self.may_close(formulation);
        match self.decomposed_rounds() {
            Err(error) if error == SolverError::Infeasible || (self.best.is_none() && !is_asked) => {
                Err(error)
            }
            _ if self.is_enough() || self.is_met_to(CLOSED) => Ok(()),
            _ => self.close(formulation),
        }
    }

    fn every_cell(&self) -> std::ops::Range<usize> {
        0..self.setting.instance.cells.len()
    }

    /// Whether the extensive form is small enough to be solved.
    fn is_small(&self) -> bool {
        self.formulation.lp.n_integers() <= MAX_EXTENSIVE_INTEGERS
            && n_states(self.sample) <= MAX_EXTENSIVE_STATES
    }

    /// Drops standbys that cost more than they save, one by one.
    fn drop_idle_standbys(&mut self) {
        let Some((mut plan, mut evaluation)) = self.best.clone() else { return };
        for workload in 0..plan.standby.len() {
            let mut at = 0;
            while at < plan.standby[workload].len() {
                let mut without = plan.clone();
                without.standby[workload].remove(at);
                let tried = evaluate(self.setting, self.sample, &self.request.objective, &without);
                let is_kept = tried.broken.len() <= evaluation.broken.len();
                let score = |e: &Evaluation| e.score_usd(&self.request.objective);
                let may_drop = self.request.freedom.may_touch(workload);
                if may_drop && is_kept && score(&tried) < score(&evaluation) {
                    (plan, evaluation) = (without, tried);
                } else {
                    at += 1;
                }
            }
        }
        self.accept(plan, evaluation);
    }

    /// Objective of today's allocation, USD.
    fn today_usd(&self) -> f64 {
        self.today.score_usd(&self.request.objective)
    }

    /// Whether any plan is enough and one is found.
    fn is_enough(&self) -> bool {
        self.request.any_plan_will_do && self.best.is_some()
    }

    /// Whether the gap is within [`GAP_TOLERANCE`].
    fn is_proven(&self) -> bool {
        self.is_met_to(GAP_TOLERANCE)
    }

    /// Whether the relative gap between plan and bound is at most `gap`.
    fn is_met_to(&self, gap: f64) -> bool {
        self.best.is_some() && self.best_usd() - self.bound_usd <= gap * self.best_usd().abs()
    }

    /// Charged objective of the best plan, USD; infinite if there is none.
    fn best_usd(&self) -> f64 {
        self.best.as_ref().map_or(f64::INFINITY, |(plan, e)| self.charged_usd(plan, e))
    }

    /// The objective with the charges on discouraged choices, USD.
    fn charged_usd(&self, plan: &Plan, evaluation: &Evaluation) -> f64 {
        evaluation.score_usd(&self.request.objective) + self.request.discouragement_usd(plan)
    }

    /// Whether the plan has the requested minimum shares.
    fn keeps_floors(&self, plan: &Plan) -> bool {
        let mut floors = self.request.floors.iter();
        floors.all(|floor| floor.given(self.setting.instance, plan) >= floor.share - BOUND_SLACK)
    }

    /// Keeps the plan if it is the best so far, keeps the floors and breaks no limit.
    fn accept(&mut self, plan: Plan, evaluation: Evaluation) {
        if !self.keeps_floors(&plan) {
            return;
        }
        if evaluation.broken.iter().all(|broken| self.request.freedom.tolerated.contains(broken)) {
            if self.charged_usd(&plan, &evaluation) < self.best_usd() {
                self.best = Some((plan, evaluation));
            }
        } else {
            self.unkept = evaluation.broken;
        }
    }

    /// Reports a finished round.
    fn report(&mut self, upper: f64) {
        self.n_rounds += 1;
        (self.progress)(self.n_rounds, self.bound_usd, upper);
    }
}

//! Shared context of the plan analyses: one compiled sample, one request, and the warm start of the search.

use crate::model::plan::Plan;
use crate::planning::column_generation::warm_start::WarmStart;
use crate::planning::request::Request;
use crate::planning::sample::CompiledSample;
use crate::planning::sample::evaluate::{Evaluation, evaluate};
use crate::planning::search::{SearchOptions, SearchOutcome, search_with};
use crate::planning::solver::SolverError;
use crate::study::progress::{Progress, Target};
use crate::study::session::{OptimizeError, OptimizeSettings, Session};

/// A plan measured on its planning trials and on fresh ones.
#[derive(Debug, Clone)]
pub struct MeasuredPlan {
    pub plan: Plan,
    pub in_sample: Evaluation,
    pub fresh: Evaluation,
}

impl PartialEq for MeasuredPlan {
    fn eq(&self, other: &Self) -> bool {
        self.plan == other.plan
            && self.in_sample.figures == other.in_sample.figures
            && self.fresh.figures == other.fresh.figures
    }
}

/// Shared context of the plan analyses.
pub(super) struct PlanContext<'a> {
    pub session: &'a Session<'a>,
    /// Settings of the planning trials.
    pub settings: OptimizeSettings,
    /// Number of fresh trials that plans are measured on.
    pub n_fresh: u64,
    /// Request for the recommended plan, without a proof.
    pub request: Request,
    /// The compiled planning trials.
    pub sample: &'a CompiledSample,
    /// Warm start from the search for the recommended plan.
    pub warm_start: Option<WarmStart>,
    pub progress: &'a (dyn Fn(Progress) + Sync),
}

impl PlanContext<'_> {
    /// The best plan for a request, searched from a warm start; `None` when no plan was found.
    pub fn search(
        &self,
        warm_start: Option<&WarmStart>,
        request: &Request,
        target: Target,
    ) -> Option<SearchOutcome> {
        let on_round = |round: usize, bound_usd: f64, best_usd: f64| {
            (self.progress)(Progress::Round { target, round, bound_usd, best_usd });
        };
        let options = SearchOptions { warm_start, ..SearchOptions::default() };
        let found = search_with(options, &self.session.setting, self.sample, request, &on_round);
        found.ok().filter(|found| found.best.is_some())
    }

    /// Evaluates a plan on the planning trials.
    pub fn evaluate(&self, plan: &Plan) -> Evaluation {
        evaluate(&self.session.setting, self.sample, &self.request.objective, plan)
    }

    /// Evaluates a plan on fresh trials.
    pub fn fresh(&self, plan: &Plan) -> Evaluation {
        let settings = OptimizeSettings { n_trials: self.n_fresh, ..self.settings };
        self.session.on_fresh_trials(settings, &self.request.objective, plan)
    }

    pub fn measured(&self, plan: Plan) -> MeasuredPlan {
        MeasuredPlan { in_sample: self.evaluate(&plan), fresh: self.fresh(&plan), plan }
    }
}

/// The outcome of a search; `None` when it proved that the limits cannot hold together.
pub(super) fn searched(
    found: Result<SearchOutcome, SolverError>,
) -> Result<Option<SearchOutcome>, OptimizeError> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(SolverError::Infeasible) => Ok(None),
        Err(error @ SolverError::NoAnswer(_)) => Err(OptimizeError::NoAnswer(error.to_string())),
    }
}

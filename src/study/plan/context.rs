//! What all analyses of a portfolio's plans share: one compiled sample, one request, what the search met.

use crate::model::plan::Plan;
use crate::planning::column_generation::warm_start::WarmStart;
use crate::planning::request::Request;
use crate::planning::sample::CompiledSample;
use crate::planning::sample::evaluate::{Evaluation, evaluate};
use crate::planning::search::{SearchOptions, SearchOutcome, search_with};
use crate::simulation::draws::Purpose;
use crate::study::progress::{Progress, Target};
use crate::study::session::{OptimizeSettings, Session};

/// Fresh trials on which parts of a plan are measured at most.
const MAX_FRESH_COMPILED: u64 = 10_000;

/// A plan measured on the trials it was made on, and on fresh ones.
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

/// One portfolio with its compiled trials: what all answers about its plans share.
pub(super) struct PlanContext<'a> {
    pub session: &'a Session<'a>,
    /// Of the trials that plans are made on.
    pub settings: OptimizeSettings,
    /// Trials that plans are measured on.
    pub n_fresh: u64,
    /// For the recommended plan.
    pub request: Request,
    pub program: &'a CompiledSample,
    /// What the search for the recommended plan met.
    pub warm_start: Option<WarmStart>,
    pub progress: &'a dyn Fn(Progress),
}

impl PlanContext<'_> {
    /// The best plan for a request, searched from what is known; `None` when the solver found none.
    pub fn search(
        &self,
        warm_start: Option<&WarmStart>,
        request: &Request,
        target: Target,
    ) -> Option<SearchOutcome> {
        let told = |round: usize, bound_usd: f64, best_usd: f64| {
            (self.progress)(Progress::Round { target, round, bound_usd, best_usd });
        };
        let options = SearchOptions { warm_start, ..SearchOptions::default() };
        let found = search_with(options, &self.session.setting, self.program, request, &told);
        found.ok().filter(|found| found.best.is_some())
    }

    /// A plan on the trials that plans are made on.
    pub fn evaluate(&self, plan: &Plan) -> Evaluation {
        evaluate(&self.session.setting, self.program, &self.request.objective, plan)
    }

    /// A plan on fresh trials.
    pub fn fresh(&self, plan: &Plan) -> Evaluation {
        let settings = OptimizeSettings { n_trials: self.n_fresh, ..self.settings };
        self.session.on_fresh_trials(settings, &self.request.objective, plan)
    }

    pub fn measured(&self, plan: Plan) -> MeasuredPlan {
        MeasuredPlan { in_sample: self.evaluate(&plan), fresh: self.fresh(&plan), plan }
    }

    /// Fresh trials compiled for some plans and their parts.
    pub fn fresh_program(&self, plans: &[&Plan]) -> CompiledSample {
        let n_trials = self.n_fresh.min(MAX_FRESH_COMPILED);
        self.session.compiled_for(self.settings.seed, Purpose::OutOfSample, 0..n_trials, plans)
    }
}

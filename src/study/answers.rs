//! What is asked of the planner besides the plan, and the desk at which all of it is worked out: one compiled program.

use super::alternatives::{Alternatives, alternatives};
use super::frontier::{Frontier, frontier};
use super::session::{OptimizeSettings, Session};
use super::stability::{Stability, stability};
use crate::model::plan::Plan;
use crate::planning::evaluate::{Evaluation, evaluate};
use crate::planning::experience::Experience;
use crate::planning::optimize::{How, Search, search_by};
use crate::planning::outcome::{Optimized, Status};
use crate::planning::program::Program;
use crate::planning::request::Request;
use crate::simulation::draws::Purpose;

/// Fresh trials on which parts of a plan are measured at most.
const MAX_FRESH_COMPILED: u64 = 10_000;

/// What is asked besides the plan.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Questions {
    /// Plans from the cheapest to the safest.
    pub frontier: bool,
    pub alternatives: Option<AlternativesAsked>,
    /// Independent samples on which a plan is made anew; `None`: how sure the decision is, is not asked.
    pub replications: Option<u64>,
}

/// Other plans that are nearly as good.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AlternativesAsked {
    pub n: usize,
    /// Part of the plan's objective by which theirs may be larger.
    pub within: f64,
}

/// The plan, and what was asked besides.
#[derive(Debug, Clone, PartialEq)]
pub struct Answers {
    pub optimized: Optimized,
    pub frontier: Option<Frontier>,
    pub alternatives: Option<Alternatives>,
    pub stability: Option<Stability>,
}

impl Answers {
    /// A plan alone, or none.
    #[must_use]
    pub fn of(optimized: Optimized) -> Self {
        Self { optimized, frontier: None, alternatives: None, stability: None }
    }
}

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
pub(super) struct Desk<'a> {
    pub session: &'a Session<'a>,
    /// Of the trials that plans are made on.
    pub settings: OptimizeSettings,
    /// Trials that plans are measured on.
    pub n_fresh: u64,
    /// For the recommended plan.
    pub request: Request,
    pub program: &'a Program,
    /// What the search for the recommended plan met.
    pub experience: Option<Experience>,
    pub stage: &'a dyn Fn(&str),
}

impl Desk<'_> {
    /// The best plan for a request, searched from what is known; `None` when the solver found none.
    pub fn search(&self, known: Option<&Experience>, request: &Request, what: &str) -> Option<Search> {
        let told = |round: usize, _: f64, _: f64| (self.stage)(&format!("{what}: round {round}"));
        let how = How { known, ..How::default() };
        let found = search_by(how, &self.session.setting, self.program, request, &told);
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
    pub fn fresh_program(&self, plans: &[&Plan]) -> Program {
        let n_trials = self.n_fresh.min(MAX_FRESH_COMPILED);
        self.session.compiled_for(self.settings.seed, Purpose::OutOfSample, 0..n_trials, plans)
    }
}

/// Answers the questions about a plan that was found.
pub(super) fn answers(desk: &Desk<'_>, questions: &Questions, optimized: Optimized) -> Answers {
    let Some(recommended) = optimized.plan.as_ref().filter(|_| optimized.status != Status::Infeasible) else {
        return Answers::of(optimized);
    };
    let is_asked = questions.frontier || questions.alternatives.is_some() || questions.replications.is_some();
    if !is_asked {
        return Answers::of(optimized);
    }
    let plan = desk.measured(recommended.plan.clone());
    let today = desk.measured(desk.session.current.clone());
    let frontier = questions.frontier.then(|| frontier(desk, &plan, &today));
    let alternatives = questions.alternatives.map(|asked| {
        let known = frontier.iter().flat_map(|f| &f.points).map(|point| &point.measured.plan);
        alternatives(desk, &plan, asked, &known.collect::<Vec<_>>())
    });
    let stability = stability(desk, questions, &plan, &today, frontier.as_ref(), alternatives.as_ref());
    Answers { optimized, frontier, alternatives, stability: Some(stability) }
}

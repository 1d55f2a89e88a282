//! What is asked of the planner besides the plan, and the context at which all of it is worked out: one compiled program.

use super::alternatives::{AlternativePlans, alternatives};
use super::context::PlanContext;
use super::frontier::{Frontier, frontier};
use super::outcome::Optimized;
use super::stability::{Stability, stability};
use crate::planning::outcome::Status;

/// What is asked besides the plan.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Questions {
    /// Plans from the cheapest to the safest.
    pub frontier: bool,
    pub alternatives: Option<AlternativesRequest>,
    /// Independent samples on which a plan is made anew; `None`: how sure the decision is, is not asked.
    pub replications: Option<u64>,
}

/// Other plans that are nearly as good.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AlternativesRequest {
    pub n: usize,
    /// Part of the plan's objective by which theirs may be larger.
    pub within: f64,
}

/// The plan, and what was asked besides.
#[derive(Debug, Clone, PartialEq)]
pub struct Answers {
    pub optimized: Optimized,
    pub frontier: Option<Frontier>,
    pub alternatives: Option<AlternativePlans>,
    pub stability: Option<Stability>,
}

impl Answers {
    /// A plan alone, or none.
    #[must_use]
    pub fn of(optimized: Optimized) -> Self {
        Self { optimized, frontier: None, alternatives: None, stability: None }
    }
}

/// Answers the questions about a plan that was found.
pub(super) fn answers(context: &PlanContext<'_>, questions: &Questions, optimized: Optimized) -> Answers {
    let Some(recommended) = optimized.plan.as_ref().filter(|_| optimized.status != Status::Infeasible) else {
        return Answers::of(optimized);
    };
    let is_asked = questions.frontier || questions.alternatives.is_some() || questions.replications.is_some();
    if !is_asked {
        return Answers::of(optimized);
    }
    let plan = context.measured(recommended.plan.clone());
    let today = context.measured(context.session.current.clone());
    let frontier = questions.frontier.then(|| frontier(context, &plan, &today));
    let alternatives = questions.alternatives.map(|asked| {
        let known = frontier.iter().flat_map(|f| &f.points).map(|point| &point.measured.plan);
        alternatives(context, &plan, asked, &known.collect::<Vec<_>>())
    });
    let stability = stability(context, questions, &plan, &today, frontier.as_ref(), alternatives.as_ref());
    Answers { optimized, frontier, alternatives, stability: Some(stability) }
}

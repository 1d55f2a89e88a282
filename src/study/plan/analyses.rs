//! Extra analyses of a recommended plan: ladder, frontier, alternatives and stability.

use super::alternatives::{AlternativePlans, alternatives};
use super::context::PlanContext;
use super::frontier::{Frontier, frontier};
use super::ladder::ladder;
use super::outcome::{HedgeRole, Optimized, Recommended};
use super::questions::Questions;
use super::runners_up::runners_up;
use super::stability::{Stability, stability};
use crate::planning::outcome::Status;

/// The plan, with the requested analyses.
#[derive(Debug, Clone, PartialEq)]
pub struct Answers {
    pub optimized: Optimized,
    pub frontier: Option<Frontier>,
    pub alternatives: Option<AlternativePlans>,
    pub stability: Option<Stability>,
}

impl Answers {
    /// An optimization without extra analyses.
    #[must_use]
    pub fn of(optimized: Optimized) -> Self {
        Self { optimized, frontier: None, alternatives: None, stability: None }
    }
}

/// Runs the requested analyses of the plan that was found.
pub(super) fn answers(context: &PlanContext<'_>, questions: &Questions, mut optimized: Optimized) -> Answers {
    let Some(recommended) = optimized.plan.as_ref().filter(|_| optimized.status != Status::Infeasible) else {
        return Answers::of(optimized);
    };
    let ladder = questions.ladder.then(|| ladder(context, &recommended.plan, optimized.gap));
    let recommended = recommended.plan.clone();
    optimized.ladder = ladder;
    if let Some(plan) = optimized.plan.as_mut().filter(|_| questions.runners_up) {
        add_runners_up(context, plan);
    }
    let asks_anything =
        questions.frontier || questions.alternatives.is_some() || questions.replications.is_some();
    if !asks_anything {
        return Answers::of(optimized);
    }
    let plan = context.measured(recommended);
    let today = context.measured(context.session.current.clone());
    let frontier = questions.frontier.then(|| frontier(context, &plan, &today));
    let alternatives = questions.alternatives.map(|asked| {
        let known = frontier.iter().flat_map(|f| &f.points).map(|point| &point.measured.plan);
        alternatives(context, &plan, asked, &known.collect::<Vec<_>>())
    });
    let stability = stability(context, questions, &plan, &today, frontier.as_ref(), alternatives.as_ref());
    Answers { optimized, frontier, alternatives, stability: Some(stability) }
}

/// Adds to each standby what would stand by next best in its place.
fn add_runners_up(context: &PlanContext<'_>, plan: &mut Recommended) {
    let instance = context.session.instance;
    for ((workload, at), found) in runners_up(context, &plan.plan) {
        let standby = &plan.plan.standby[workload][at];
        let (workload, offer) =
            (&instance.workloads[workload].workload.id, &instance.offers[standby.offer].id);
        let role = HedgeRole::Standby(standby.readiness);
        let mut hedges = plan.hedges.list.iter_mut();
        if let Some(hedge) =
            hedges.find(|hedge| hedge.role == role && hedge.workload == *workload && hedge.offer == *offer)
        {
            hedge.runners_up = found;
        }
    }
}

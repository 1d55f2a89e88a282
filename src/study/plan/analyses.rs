//! Analyses of a recommended plan: values of hedges, ladder, frontier, alternatives and stability.

use super::alternatives::{AlternativePlans, alternatives};
use super::context::PlanContext;
use super::frontier::{Frontier, frontier};
use super::hedge_values::hedge_values;
use super::ladder::{Ladder, ladder};
use super::outcome::{HedgeRole, Optimized, Recommended};
use super::questions::Questions;
use super::recommend::recommended;
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
    let Some(whole) = optimized.plan.as_ref().filter(|_| optimized.status != Status::Infeasible) else {
        return Answers::of(optimized);
    };
    let whole = whole.plan.clone();
    optimized.ladder = questions.ladder.then(|| ladder(context, &whole, optimized.gap));
    if questions.option && matches!(optimized.status, Status::Optimal | Status::WithinGap) {
        let rung = optimized.ladder.as_ref().and_then(Ladder::less_than_all);
        let measured = rung.map(|rung| &rung.measured);
        optimized.option =
            measured.map(|rung| recommended(context, rung.plan.clone(), rung.in_sample.figures));
    }
    if let Some(plan) = optimized.option.as_mut().or(optimized.plan.as_mut()) {
        add_hedges(context, questions, plan);
    }
    let asks_anything =
        questions.frontier || questions.alternatives.is_some() || questions.replications.is_some();
    if !asks_anything {
        return Answers::of(optimized);
    }
    let plan = context.measured(whole);
    let today = context.measured(context.session.current.clone());
    let frontier = questions.frontier.then(|| frontier(context, &plan, &today));
    let alternatives = questions.alternatives.map(|asked| {
        let known = frontier.iter().flat_map(|f| &f.points).map(|point| &point.measured.plan);
        alternatives(context, &plan, asked, &known.collect::<Vec<_>>())
    });
    let stability = stability(context, questions, &plan, &today, frontier.as_ref(), alternatives.as_ref());
    Answers { optimized, frontier, alternatives, stability: Some(stability) }
}

/// Adds what each hedge is worth, and on request what would stand by next best in its place.
fn add_hedges(context: &PlanContext<'_>, questions: &Questions, plan: &mut Recommended) {
    plan.hedges = hedge_values(context, &plan.plan);
    if questions.runners_up {
        add_runners_up(context, plan);
    }
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

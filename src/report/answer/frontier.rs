//! Plans from the cheapest to the safest: the part of `optimize` that `--frontier` asks for.

use schemars::JsonSchema;
use serde::Serialize;

use super::ladder::{RungAnswer, RungWord};
use super::plans::{Allocation, CostAndRisk, PlannedStandby, allocation, standby};
use crate::model::instance::Instance;
use crate::study::plan::context::MeasuredPlan;
use crate::study::plan::frontier::{Frontier, Point};

/// The efficient frontier: plans that keep every limit, of which none costs less at the same risk.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct FrontierPlans {
    /// The cheapest first.
    pub points: Vec<FrontierPlan>,
    /// The recommended plan; null when it is among the points.
    pub recommended: Option<PlanInFull>,
    /// Today's allocation.
    pub today: PlanInFull,
    /// Number of searches that were made for the points.
    pub searches: usize,
}

/// A plan on the frontier.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct FrontierPlan {
    /// Number of the plan, from 1: the cheapest.
    pub plan: usize,
    /// Factor on the loss under which this plan was found; 1 is the weight of the recommended plan.
    pub risk_times: f64,
    /// Whether it is the knee: the plan farthest below the straight line from the cheapest plan to the safest.
    pub is_knee: bool,
    /// Whether it is the recommended plan.
    pub is_recommended: bool,
    /// Planned cost a month, USD.
    pub monthly_cost_usd: f64,
    /// Average annual loss, USD.
    pub aal_usd: f64,
    /// CVaR at the confidence level, USD.
    pub cvar_usd: f64,
    /// Planned cost over the horizon plus risk-weighted loss, USD; null where a limit is broken.
    pub objective_usd: Option<f64>,
    /// The same figures on new trials.
    pub out_of_sample: CostAndRisk,
    /// Planned demand: workload → country of the users → offer → share of the demand of these users.
    pub allocation: Allocation,
    /// Standbys of the plan.
    pub standby: Vec<PlannedStandby>,
}

/// A plan with its figures.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct PlanInFull {
    /// Planned cost a month, USD.
    pub monthly_cost_usd: f64,
    /// Average annual loss, USD.
    pub aal_usd: f64,
    /// CVaR at the confidence level, USD.
    pub cvar_usd: f64,
    /// Planned cost over the horizon plus risk-weighted loss, USD; null where a limit is broken.
    pub objective_usd: Option<f64>,
    /// The same figures on new trials.
    pub out_of_sample: CostAndRisk,
    /// Demand: workload → country of the users → offer → share of the demand of these users.
    pub allocation: Allocation,
    /// Standbys.
    pub standby: Vec<PlannedStandby>,
}

impl FrontierPlans {
    /// The documented frontier.
    #[must_use]
    pub fn of(instance: &Instance, frontier: &Frontier) -> Self {
        let points = frontier.points.iter().enumerate();
        let entry =
            |(at, point): (usize, &Point)| FrontierPlan::of(instance, point, at, frontier.knee == Some(at));
        Self {
            points: points.map(entry).collect(),
            recommended: frontier.recommended.as_ref().map(|plan| PlanInFull::of(instance, plan)),
            today: PlanInFull::of(instance, &frontier.today),
            searches: frontier.n_searches,
        }
    }
}

/// What a mark says of the plan to choose.
pub const RECOMMENDED: &str = "recommended";

/// A plan as a report shows it beside others, on new trials.
#[derive(Debug, Clone, PartialEq)]
pub struct MarkedPlan<'a> {
    /// `plan 3`, `today`, or what the recommended option is called.
    pub name: String,
    /// What is said of it: [`RECOMMENDED`], `whole plan`, `knee`, several of them, or nothing.
    pub marks: Vec<&'static str>,
    pub figures: &'a CostAndRisk,
    /// Whether it is a plan on the frontier, and not one beside it.
    pub is_on_frontier: bool,
}

impl MarkedPlan<'_> {
    #[must_use]
    pub fn is_recommended(&self) -> bool {
        self.marks.contains(&RECOMMENDED)
    }
}

impl FrontierPlans {
    /// The plans on the frontier, the cheapest first; then today, and what is recommended where it is neither. `rungs`: the options of
    /// the report, empty where there are none; `words`: the name of an option.
    #[must_use]
    pub fn marked<'a>(
        &'a self,
        rungs: &'a [RungAnswer],
        words: &dyn Fn(&RungAnswer) -> String,
    ) -> Vec<MarkedPlan<'a>> {
        let rung = rungs.iter().find(|rung| rung.is_recommended);
        let whole =
            if rung.is_none_or(|rung| rung.rung == RungWord::All) { RECOMMENDED } else { "whole plan" };
        let is_today = rung.is_some_and(|rung| rung.rung == RungWord::Today);
        let point = |point: &'a FrontierPlan| MarkedPlan {
            name: format!("plan {}", point.plan),
            marks: point
                .is_recommended
                .then_some(whole)
                .into_iter()
                .chain(point.is_knee.then_some("knee"))
                .collect(),
            figures: &point.out_of_sample,
            is_on_frontier: true,
        };
        let beside = |name: String, mark: Option<&'static str>, figures: &'a CostAndRisk| MarkedPlan {
            name,
            marks: mark.into_iter().collect(),
            figures,
            is_on_frontier: false,
        };
        let mut marked: Vec<MarkedPlan<'a>> = self.points.iter().map(point).collect();
        marked.push(beside("today".to_owned(), is_today.then_some(RECOMMENDED), &self.today.out_of_sample));
        let apart = self.recommended.iter();
        marked.extend(apart.map(|plan| beside("plan found".to_owned(), Some(whole), &plan.out_of_sample)));
        let step = rung.filter(|rung| !matches!(rung.rung, RungWord::Today | RungWord::All));
        marked.extend(step.map(|rung| beside(words(rung), Some(RECOMMENDED), &rung.figures.out_of_sample)));
        marked
    }
}

impl FrontierPlan {
    fn of(instance: &Instance, point: &Point, at: usize, is_knee: bool) -> Self {
        let full = PlanInFull::of(instance, &point.measured);
        Self {
            plan: at + 1,
            risk_times: point.risk_times,
            is_knee,
            is_recommended: point.is_recommended,
            monthly_cost_usd: full.monthly_cost_usd,
            aal_usd: full.aal_usd,
            cvar_usd: full.cvar_usd,
            objective_usd: full.objective_usd,
            out_of_sample: full.out_of_sample,
            allocation: full.allocation,
            standby: full.standby,
        }
    }
}

impl PlanInFull {
    /// A plan with all that is known of it.
    #[must_use]
    pub fn of(instance: &Instance, plan: &MeasuredPlan) -> Self {
        let own = CostAndRisk::of(&plan.in_sample.figures);
        Self {
            monthly_cost_usd: own.monthly_cost_usd,
            aal_usd: own.aal_usd,
            cvar_usd: own.cvar_usd,
            objective_usd: own.objective_usd,
            out_of_sample: CostAndRisk::of(&plan.fresh.figures),
            allocation: allocation(instance, &plan.plan),
            standby: standby(instance, &plan.plan),
        }
    }
}

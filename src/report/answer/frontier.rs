//! Plans from the cheapest to the safest: the part of `optimize` that `--frontier` asks for.

use schemars::JsonSchema;
use serde::Serialize;

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

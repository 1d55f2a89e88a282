//! Other plans that are nearly as good: the part of `optimize` that `--alternatives` asks for.

use schemars::JsonSchema;
use serde::Serialize;

use super::frontier::PlanInFull;
use super::plans::{Allocation, CostAndRisk, OfferValue, PlannedStandby, by_value};
use crate::model::instance::Instance;
use crate::study::plan::alternatives::{AlternativePlan, AlternativePlans, CARRIES, Shared, Trait};

/// Plans that keep every limit and are nearly as good as the recommended one, but different from it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct AlternativesAnswer {
    /// Number of plans asked for.
    pub asked: usize,
    /// Share of the plan's objective by which theirs may be larger.
    pub within: f64,
    /// Largest objective allowed, USD.
    pub objective_at_most_usd: f64,
    /// The plans found, the most different first.
    pub list: Vec<AlternativeAnswer>,
    /// What more than half of the plans have in common, the recommended plan among them.
    pub shared: Vec<SharedTrait>,
}

/// A plan that is nearly as good.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct AlternativeAnswer {
    /// Number of the plan, from 1.
    pub plan: usize,
    /// Objective relative to the recommended plan's, less 1: 0.01 is 1 % more; negative when better.
    pub over_plan: f64,
    /// Share of the business value that another offer serves than in the recommended plan, in [0, 1].
    pub distance_to_plan: f64,
    /// Smallest such share against the recommended plan and the alternatives before it, in [0, 1].
    pub least_distance: f64,
    /// Number of standbys that only one of this plan and the recommended one has.
    pub n_standbys_changed: usize,
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
    /// Share of the business value that each offer serves, the largest first.
    pub value_by_offer: Vec<OfferValue>,
}

/// Something that several of the plans have in common.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct SharedTrait {
    /// What they share.
    pub what: TraitWord,
    /// Id of the workload of a standby; null for an offer that carries value.
    pub workload: Option<String>,
    /// Id of the offer.
    pub offer: String,
    /// Share of the business value that the offer carries at least; null for a standby.
    pub share_at_least: Option<f64>,
    /// Number of plans that have it.
    pub plans: usize,
    /// Number of all plans, the recommended one among them.
    pub of: usize,
}

/// What plans may share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TraitWord {
    /// The offer carries a share of the business value.
    Carries,
    /// The offer is a standby of the workload.
    Standby,
}

impl AlternativesAnswer {
    /// The documented list.
    #[must_use]
    pub fn of(instance: &Instance, found: &AlternativePlans) -> Self {
        let list = found.list.iter().enumerate();
        Self {
            asked: found.asked.n,
            within: found.asked.within,
            objective_at_most_usd: found.limit_usd,
            list: list.map(|(at, plan)| AlternativeAnswer::of(instance, plan, at)).collect(),
            shared: found.shared.iter().map(|shared| SharedTrait::of(instance, shared)).collect(),
        }
    }
}

impl AlternativeAnswer {
    fn of(instance: &Instance, alternative: &AlternativePlan, at: usize) -> Self {
        let full = PlanInFull::of(instance, &alternative.measured);
        Self {
            plan: at + 1,
            over_plan: alternative.over_plan,
            distance_to_plan: alternative.distance_to_plan,
            least_distance: alternative.least_distance,
            n_standbys_changed: alternative.n_standbys_changed,
            monthly_cost_usd: full.monthly_cost_usd,
            aal_usd: full.aal_usd,
            cvar_usd: full.cvar_usd,
            objective_usd: full.objective_usd,
            out_of_sample: full.out_of_sample,
            allocation: full.allocation,
            standby: full.standby,
            value_by_offer: by_value(instance, &alternative.measured.plan),
        }
    }
}

impl SharedTrait {
    fn of(instance: &Instance, shared: &Shared) -> Self {
        let (what, workload, offer, share_at_least) = match shared.what {
            Trait::Carries { offer } => (TraitWord::Carries, None, offer, Some(CARRIES)),
            Trait::Standby { workload, offer } => (TraitWord::Standby, Some(workload), offer, None),
        };
        Self {
            what,
            workload: workload.map(|w| instance.workloads[w].workload.id.clone()),
            offer: instance.offers[offer].id.to_string(),
            share_at_least,
            plans: shared.n_plans,
            of: shared.n_of,
        }
    }
}

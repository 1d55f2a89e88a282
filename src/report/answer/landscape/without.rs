//! What doing without models costs a portfolio, in `landscape`.

use schemars::JsonSchema;
use serde::Serialize;

use super::super::finite;
use crate::study::plan::sovereignty::{CaseOutcome, WithoutCase, WithoutPlans};

/// The best plans without some models, against the best plan of all.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct WithoutCostAnswer {
    /// Number of simulated horizons on which the planner compares plans.
    pub trials: u64,
    /// Random seed.
    pub seed: u64,
    /// The best plan that may use every model: planned cost over the horizon and risk, USD; null when there is none.
    pub free_usd: Option<f64>,
    /// In the order of `without`.
    pub cases: Vec<WithoutCaseAnswer>,
}

/// The best plan without some models.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
pub struct WithoutCaseAnswer {
    /// Selector of what is left out.
    pub without: String,
    /// Share of all demand, by tokens, that uses it today.
    pub share_today: f64,
    /// `plan`, `nothing_left` (users of a workload have no offer left) or `conflict` (no plan keeps the requirements).
    pub outcome: String,
    /// What it costs beyond the best plan of all, over the horizon: planned cost and risk, USD; null without a plan on both sides.
    pub extra_usd: Option<f64>,
    /// Proven: no plan without them costs less than this beyond the best plan that was found with all, USD.
    pub extra_at_least_usd: Option<f64>,
    /// Planned cost of a month, USD; null without a plan.
    pub monthly_cost_usd: Option<f64>,
    /// Average annual loss, USD; null without a plan.
    pub aal_usd: Option<f64>,
    /// Mean loss of the worst 5 % of trials, USD; null without a plan.
    pub cvar_usd: Option<f64>,
    /// Share of all demand that moves; null without a plan.
    pub turnover: Option<f64>,
}

impl WithoutCostAnswer {
    /// The documented entry. `names`: selectors of what is left out, in the order of the cases.
    #[must_use]
    pub fn of<'n>(plans: &WithoutPlans, names: impl Iterator<Item = &'n str>, seed: u64) -> Self {
        let free = plans.free.figures().map(|figures| figures.objective_usd);
        Self {
            trials: plans.n_trials,
            seed,
            free_usd: free.and_then(finite),
            cases: plans
                .cases
                .iter()
                .zip(names)
                .map(|(case, name)| WithoutCaseAnswer::of(case, name, free))
                .collect(),
        }
    }
}

impl WithoutCaseAnswer {
    fn of(case: &WithoutCase, name: &str, free: Option<f64>) -> Self {
        let answer = Self { without: name.to_owned(), share_today: case.excluded_today, ..Self::default() };
        match &case.outcome {
            CaseOutcome::Plan { figures, bound_usd, turnover } => Self {
                outcome: "plan".to_owned(),
                extra_usd: free.and_then(|free| finite(figures.objective_usd - free)),
                extra_at_least_usd: free.and_then(|free| finite(bound_usd - free)),
                monthly_cost_usd: Some(figures.monthly_cost_usd),
                aal_usd: Some(figures.aal_usd),
                cvar_usd: Some(figures.cvar_usd),
                turnover: Some(*turnover),
                ..answer
            },
            CaseOutcome::NothingLeft(_) => Self { outcome: "nothing_left".to_owned(), ..answer },
            CaseOutcome::Conflict { .. } => Self { outcome: "conflict".to_owned(), ..answer },
        }
    }
}

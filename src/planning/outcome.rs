//! Results of the planner: status, figures of a plan, size of the program.

use schemars::JsonSchema;
use serde::Serialize;

use crate::costs::planned::PlannedCost;

/// How an optimization ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Proven: no plan is better than this one by more than the tolerance.
    Optimal,
    /// A plan was found; its gap to the proven bound is above the tolerance.
    WithinGap,
    /// No plan found is better than today's allocation.
    CurrentIsBest,
    /// The limits cannot hold together.
    Infeasible,
}

/// A plan's cost and risk over one set of trials.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figures {
    pub monthly_cost_usd: f64,
    /// What is missing to commitments over the horizon.
    pub shortfall_usd: f64,
    /// What the capability lost against today is worth over the horizon; negative if it rises.
    pub quality_usd: f64,
    /// Cost of the change, paid once.
    pub change_usd: f64,
    /// Planned cost over the horizon: all of the above, the cost of change spread.
    pub planned_usd: f64,
    pub aal_usd: f64,
    /// At the settings' confidence level.
    pub cvar_usd: f64,
    /// Planned cost over the horizon + (1 − w)·E\[loss\] + w·CVaR; infinite if the plan breaks a limit.
    pub objective_usd: f64,
}

impl Figures {
    /// The costs of a plan; its risk is 0.
    #[must_use]
    pub fn of_cost(cost: &PlannedCost) -> Self {
        Self {
            monthly_cost_usd: cost.monthly.total_usd(),
            shortfall_usd: cost.shortfall_usd(),
            quality_usd: cost.quality_usd,
            change_usd: cost.change_usd(),
            planned_usd: cost.over_horizon_usd(),
            aal_usd: 0.0,
            cvar_usd: 0.0,
            objective_usd: 0.0,
        }
    }
}

/// Size of the last program solved.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ProgramSize {
    pub n_variables: usize,
    pub n_rows: usize,
    pub n_integers: usize,
    pub n_states: usize,
    pub n_tails: usize,
    pub n_rounds: usize,
    /// Pairs of cell and offer that the plan may use: on the shortlist, and all that are eligible or in use.
    pub n_pairs: usize,
    pub n_pairs_in_all: usize,
}

//! What the planner answers.

use std::collections::BTreeMap;

use crate::ids::OfferId;
use crate::model::plan::Plan;
use crate::model::portfolio::Readiness;

/// How an optimization ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// No plan is better than this one by more than the tolerance.
    Optimal,
    /// The proven bound leaves a gap above the tolerance.
    WithinGap,
    /// No plan found is better than today's allocation.
    CurrentIsBest,
    /// The limits cannot hold together.
    Infeasible,
}

impl Status {
    /// The word of the reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Optimal => "optimal",
            Self::WithinGap => "within_gap",
            Self::CurrentIsBest => "current_is_best",
            Self::Infeasible => "infeasible",
        }
    }
}

/// A plan's cost and risk over one set of trials.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figures {
    pub monthly_cost_usd: f64,
    pub aal_usd: f64,
    /// At the settings' confidence level.
    pub cvar_usd: f64,
    /// Planned cost over the horizon + (1 − w)·E\[loss\] + w·CVaR; infinite where a limit is broken.
    pub objective_usd: f64,
}

/// A limit that holds with equality in the plan.
#[derive(Debug, Clone, PartialEq)]
pub struct BindingLimit {
    pub limit: String,
    /// What one more point of it would save, USD; `None` when not priced.
    pub price_usd: Option<f64>,
}

/// A member of a set of demands that cannot hold together.
#[derive(Debug, Clone, PartialEq)]
pub struct Conflict {
    pub what: String,
    /// How far it must give when it alone gives; `None` when giving alone does not help.
    pub relax_to: Option<f64>,
}

/// What one standby of the plan is worth.
#[derive(Debug, Clone, PartialEq)]
pub struct Hedge {
    pub workload: String,
    pub offer: OfferId,
    pub readiness: Readiness,
    /// Risk-weighted loss that it takes away over the horizon, USD: (1 − w)·ΔE\[loss\] + w·ΔCVaR.
    pub loss_avoided_usd: f64,
    /// Its fees and replicas over the horizon, USD.
    pub cost_usd: f64,
    /// The monthly fee at which it would no longer pay, USD.
    pub break_even_usd_per_month: f64,
}

/// The answer of an optimization.
#[derive(Debug, Clone, PartialEq)]
pub struct Optimized {
    pub status: Status,
    /// Limits that today's allocation breaks; its objective counts as infinite when there are any.
    pub current_breaks: Vec<String>,
    /// Of the recommended plan, USD; infinite when infeasible.
    pub objective_usd: f64,
    /// No plan costs less, USD.
    pub bound_usd: f64,
    /// (objective − bound) / objective.
    pub gap: f64,
    pub current: Figures,
    /// `None` when infeasible.
    pub plan: Option<Recommended>,
    pub conflicts: Vec<Conflict>,
    /// Trials the plan was made on.
    pub n_trials: u64,
    /// Trials it was measured on afterwards.
    pub n_fresh_trials: u64,
    pub cvar_weight: f64,
    pub confidence_level: f64,
    /// Size of the program: columns, rows, integer columns, distinct cell states, sets of tail weights, rounds.
    pub size: Size,
}

/// A recommended plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Recommended {
    pub plan: Plan,
    pub figures: Figures,
    /// On as many fresh trials.
    pub out_of_sample: Figures,
    /// Today's allocation on the same fresh trials.
    pub current_out_of_sample: Figures,
    pub replicas: BTreeMap<OfferId, u64>,
    pub binding_limits: Vec<BindingLimit>,
    pub hedges: Vec<Hedge>,
    /// ½ Σ (share of demand) · |a − a₀|.
    pub turnover: f64,
}

/// Size of the last program solved.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Size {
    pub n_columns: usize,
    pub n_rows: usize,
    pub n_integers: usize,
    pub n_states: usize,
    pub n_tails: usize,
    pub n_rounds: usize,
}

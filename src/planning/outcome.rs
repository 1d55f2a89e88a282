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

/// What a bound is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// In [0, 1].
    Share,
    /// A sum of squared shares, in [0, 1].
    Hhi,
    Count,
    Usd,
    /// Tokens a month, in millions.
    Mtok,
    /// Of quality.
    Points,
    /// Of context.
    Tokens,
}

impl Unit {
    /// The word of the reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Share => "share",
            Self::Hhi => "hhi",
            Self::Count => "count",
            Self::Usd => "usd",
            Self::Mtok => "mtok_per_month",
            Self::Points => "points",
            Self::Tokens => "tokens",
        }
    }
}

/// A limit that holds with equality in the plan.
#[derive(Debug, Clone, PartialEq)]
pub struct BindingLimit {
    pub limit: String,
    /// What one more point of it would save, USD of the objective; `None` when not priced.
    pub price_usd: Option<f64>,
    /// Proven: it would not save more than this, USD; `None` when not priced.
    pub price_at_most_usd: Option<f64>,
    /// The point: by how much the bound gave.
    pub step: f64,
    /// Of the step.
    pub unit: Unit,
}

/// What kind of demand it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DemandKind {
    /// A limit of the portfolio.
    Limit,
    /// How much may move.
    Turnover,
    /// A share that was asked for.
    Floor,
    /// A quota.
    Capacity,
    /// What a workload demands of an offer.
    Eligibility,
}

impl DemandKind {
    /// The word of the reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Limit => "limit",
            Self::Turnover => "turnover",
            Self::Floor => "floor",
            Self::Capacity => "capacity",
            Self::Eligibility => "eligibility",
        }
    }
}

/// A member of a set of demands that cannot hold together.
#[derive(Debug, Clone, PartialEq)]
pub struct Conflict {
    pub what: String,
    pub kind: DemandKind,
    /// Of the bounds; `None` where the demand is no number.
    pub unit: Option<Unit>,
    /// As demanded; `None` where the demand is no number.
    pub bound: Option<f64>,
    /// How far it must give when it alone gives; `None` when giving alone does not help, or it is no number.
    pub relax_to: Option<f64>,
    /// Whether a plan exists when it alone gives, by so much or altogether.
    pub is_enough: bool,
    /// The best plan then; `None` when there is none, or none was found.
    pub then: Option<Figures>,
}

/// How sure a conflict is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConflictProof {
    /// It is proven that no plan exists; otherwise none was found.
    pub is_proven: bool,
    /// Other demands are in conflict too, even without those named.
    pub has_others: bool,
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
    /// The smallest set found of demands that cannot hold together; empty unless infeasible.
    pub conflicts: Vec<Conflict>,
    /// `None` unless infeasible.
    pub conflict_proof: Option<ConflictProof>,
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

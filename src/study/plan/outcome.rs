//! The answer of an optimization: the plan, what limits do to it, what its parts are worth, in which order it is carried out.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::changes::WorkloadChange;
use crate::ids::OfferId;
use crate::measures::Estimate;
use crate::model::instance::{CellIdx, OfferIdx, Standby, WorkloadIdx};
use crate::model::limit::Unit;
use crate::model::plan::Plan;
use crate::model::portfolio::Readiness;
use crate::planning::outcome::{Figures, ProgramSize, Status};

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DemandKind {
    /// A limit of the portfolio.
    Limit,
    /// The share of demand that may move.
    Turnover,
    /// A share that an offer has to serve.
    Floor,
    /// A quota of an offer.
    Capacity,
    /// What a workload demands of an offer.
    Eligibility,
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

/// What one standby, or one of several offers that carry load, is worth to a plan: the plan measured without it.
#[derive(Debug, Clone, PartialEq)]
pub struct HedgeValue {
    pub workload: String,
    pub offer: OfferId,
    pub role: HedgeRole,
    /// Risk-weighted loss that it takes away over the horizon, USD: (1 − w)·ΔE\[loss\] + w·ΔCVaR.
    pub loss_avoided_usd: Estimate,
    /// What the plan costs more with it over the horizon, USD; negative when it saves.
    pub cost_usd: f64,
    /// The monthly fee at which it would no longer pay, USD: for a standby in all, for another offer on top of its tokens.
    pub break_even_usd_per_month: Estimate,
    /// Limits that the plan would break without it.
    pub needed_for: Vec<String>,
}

/// What a hedge does in the plan.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum HedgeRole {
    Standby(Readiness),
    /// Carries this share of the workload's demand beside others, who would take it over in proportion.
    Primary {
        share: f64,
    },
}

/// What each part of a plan is worth.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct HedgeValues {
    /// The most valuable first.
    pub list: Vec<HedgeValue>,
    /// (workload, offer) that is the only one of some users: there it is not measured, as nothing is left without it.
    pub only_sources: Vec<(String, OfferId)>,
    /// Fresh trials that they are measured on.
    pub n_trials: u64,
}

/// In which order a plan is carried out.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Schedule {
    /// Share of all demand that may move in a quarter; `None`: any.
    pub max_turnover_per_quarter: Option<f64>,
    /// One after the other; after the last, the plan is in place.
    pub steps: Vec<MigrationStep>,
}

/// What is done at once.
#[derive(Debug, Clone, PartialEq)]
pub struct MigrationStep {
    /// From 1.
    pub quarter: u64,
    pub actions: Vec<MigrationAction>,
    /// Share of all demand that it moves.
    pub turnover: f64,
    /// After it; objective at the limits of that moment apart.
    pub figures: Figures,
    /// Limits that held before and do not after: no order was found that keeps them.
    pub breaks: Vec<String>,
}

/// One change.
#[derive(Debug, Clone, PartialEq)]
pub enum MigrationAction {
    /// Demand of a workload goes from one offer to another: share of each cell's demand.
    Shift {
        workload: WorkloadIdx,
        from: OfferIdx,
        to: OfferIdx,
        parts: Vec<(CellIdx, f64)>,
    },
    SetUp {
        workload: WorkloadIdx,
        standby: Standby,
    },
    /// Another cover, readiness or lead.
    Change {
        workload: WorkloadIdx,
        standby: Standby,
    },
    Drop {
        workload: WorkloadIdx,
        standby: Standby,
    },
}

impl Schedule {
    /// Quarters until the plan is in place; 0 when nothing changes.
    #[must_use]
    pub fn n_quarters(&self) -> u64 {
        self.steps.last().map_or(0, |step| step.quarter)
    }
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
    /// ProgramSize of the program: columns, rows, integer columns, distinct cell states, sets of tail weights, rounds.
    pub size: ProgramSize,
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
    pub hedges: HedgeValues,
    pub schedule: Schedule,
    /// By workload, what differs from today.
    pub changes: Vec<WorkloadChange>,
    /// ½ Σ (share of demand) · |a − a₀|.
    pub turnover: f64,
}

//! Results of an optimization: the plan, its active limits, the value of its hedges, and the migration schedule.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::changes::{SharedChange, WorkloadChange};
use super::ladder::Ladder;
use super::runners_up::RunnerUp;
use crate::costs::planned::PlannedCost;
use crate::costs::today::Capability;
use crate::ids::OfferId;
use crate::measures::Estimate;
use crate::model::instance::{CellIdx, OfferIdx, Standby, SupplierIdx, WorkloadIdx};
use crate::model::limit::Unit;
use crate::model::plan::Plan;
use crate::model::portfolio::Readiness;
use crate::planning::outcome::{Figures, ProgramSize, Status};

/// A limit that is active in the plan: it holds with equality.
#[derive(Debug, Clone, PartialEq)]
pub struct BindingLimit {
    pub limit: String,
    /// Saving from relaxing it by one step, USD of the objective; `None` when not priced.
    pub price_usd: Option<f64>,
    /// Proven upper bound on that saving, USD; `None` when not priced.
    pub price_at_most_usd: Option<f64>,
    /// One step of the bound.
    pub step: f64,
    /// Unit of the step.
    pub unit: Unit,
}

/// Kind of a requirement in a conflict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DemandKind {
    /// A limit of the portfolio.
    Limit,
    /// The limit on the share of demand that may move.
    Turnover,
    /// The least share that an offer has to serve.
    Floor,
    /// The quota of an offer.
    Capacity,
    /// The smallest share, the most offers or the capability to keep of a workload.
    Size,
    /// A requirement of a workload on its offers.
    Eligibility,
}

/// A member of a set of requirements that cannot hold together.
#[derive(Debug, Clone, PartialEq)]
pub struct Conflict {
    pub what: String,
    pub kind: DemandKind,
    /// Unit of the bounds; `None` for a requirement that is not a number.
    pub unit: Option<Unit>,
    /// The bound as required; `None` for a requirement that is not a number.
    pub bound: Option<f64>,
    /// Nearest bound at which a plan exists if it alone is relaxed; `None` when that does not help, or it is not a
    /// number.
    pub relax_to: Option<f64>,
    /// Whether a plan exists when it alone is relaxed or dropped; where users have no offer, whether they have one then.
    pub is_enough: bool,
    /// The key, node or workload at which a limit fails without it, such as `host azure`; `None` for other requirements.
    pub breaks_at: Option<String>,
    /// Figures of the best plan after that; `None` when no plan exists or was found.
    pub then: Option<Figures>,
}

/// Certainty and completeness of a conflict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConflictProof {
    /// Whether it is proven that no plan exists; otherwise no plan was found.
    pub is_proven: bool,
    /// Whether the remaining requirements are in conflict too.
    pub has_others: bool,
    /// Whether what workloads ask of their offers is taken as given: none of it is a member.
    pub is_eligibility_given: bool,
}

impl ConflictProof {
    /// Nothing is proven.
    pub const NONE: Self = Self { is_proven: false, has_others: false, is_eligibility_given: false };
}

/// Value of one standby, or of one of several primaries: the plan compared with the plan without it.
#[derive(Debug, Clone, PartialEq)]
pub struct HedgeValue {
    pub workload: String,
    pub offer: OfferId,
    pub role: HedgeRole,
    /// Risk-weighted loss that it avoids over the horizon, USD: (1 − w)·ΔE\[loss\] + w·ΔCVaR.
    pub loss_avoided_usd: Estimate,
    /// Additional cost of the plan with it over the horizon, USD; negative when it saves.
    pub cost_usd: f64,
    /// Monthly fee at which it stops paying, USD: the full fee of a standby, or a fee on top of the tokens of a
    /// primary.
    pub break_even_usd_per_month: Estimate,
    /// Limits that the plan would break without it.
    pub needed_for: Vec<String>,
    /// What would stand by next best in its place, the best first; empty unless asked for, and for a primary.
    pub runners_up: Vec<RunnerUp>,
}

/// Role of a hedge in the plan.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum HedgeRole {
    Standby(Readiness),
    /// One of several primaries, with its share of the workload's demand; the others would take it over in proportion.
    Primary {
        share: f64,
    },
}

/// Values of all hedges of a plan.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct HedgeValues {
    /// The most valuable first.
    pub list: Vec<HedgeValue>,
    /// (workload, offer) that is the only source of some users; there it is not measured, since nothing is left
    /// without it.
    pub only_sources: Vec<(String, OfferId)>,
    /// Fresh trials on which they are measured.
    pub n_trials: u64,
}

/// Migration schedule: the order in which a plan is carried out.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Schedule {
    /// Largest share of all demand that may move in a quarter; `None`: unbounded.
    pub max_turnover_per_quarter: Option<f64>,
    /// In order; after the last step the plan is in place.
    pub steps: Vec<MigrationStep>,
}

/// Actions that are carried out together.
#[derive(Debug, Clone, PartialEq)]
pub struct MigrationStep {
    /// From 1.
    pub quarter: u64,
    pub actions: Vec<MigrationAction>,
    /// Share of all demand that it moves.
    pub turnover: f64,
    /// Figures after the step; the objective ignores broken limits.
    pub figures: Figures,
    /// Limits that the step breaks, because no order was found that keeps them.
    pub breaks: Vec<String>,
}

/// One action of a migration step.
#[derive(Debug, Clone, PartialEq)]
pub enum MigrationAction {
    /// Moves demand of a workload from one offer to another; `parts`: share of each cell's demand.
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
    /// Changes the cover, readiness or lead of a standby.
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

/// Result of an optimization.
#[derive(Debug, Clone, PartialEq)]
pub struct Optimized {
    pub status: Status,
    /// Limits that today's allocation breaks; if there are any, its objective counts as infinite.
    pub current_breaks: Vec<String>,
    /// Objective of the recommended plan, USD; infinite when infeasible.
    pub objective_usd: f64,
    /// Lower bound on the objective of every plan, USD.
    pub bound_usd: f64,
    /// (objective − bound) / objective.
    pub gap: f64,
    pub current: Figures,
    /// `None` when infeasible.
    pub plan: Option<Recommended>,
    /// The least that can be done, and what each further step brings; only on request.
    pub ladder: Option<Ladder>,
    /// The recommended rung of the ladder, where it is less than the whole plan; only on request.
    pub option: Option<Recommended>,
    /// An irreducible set of requirements that cannot hold together; empty unless infeasible.
    pub conflicts: Vec<Conflict>,
    /// `None` unless infeasible.
    pub conflict_proof: Option<ConflictProof>,
    /// Planning trials.
    pub n_trials: u64,
    /// Trials that stand for them: fewer where the sample is stratified.
    pub n_planned_trials: u64,
    /// Fresh trials on which the plan was measured.
    pub n_fresh_trials: u64,
    pub cvar_weight: f64,
    pub confidence_level: f64,
    /// Size of the optimization problem: columns, rows, integer columns, distinct cell states, sets of tail weights,
    /// rounds.
    pub size: ProgramSize,
}

/// A recommended plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Recommended {
    pub plan: Plan,
    pub figures: Figures,
    /// Figures on fresh trials.
    pub out_of_sample: Figures,
    /// Figures of today's allocation on the same fresh trials.
    pub current_out_of_sample: Figures,
    pub replicas: BTreeMap<OfferId, u64>,
    /// Active limits with their prices; none for a rung, which other restrictions hold back.
    pub binding_limits: Vec<BindingLimit>,
    /// Values of its hedges; none for the whole plan where a rung is worked out instead.
    pub hedges: HedgeValues,
    pub schedule: Schedule,
    /// Changes from today, by workload.
    pub changes: Vec<WorkloadChange>,
    /// What changes in cost beside them.
    pub shared_changes: Vec<SharedChange>,
    /// Turnover ½ Σ (share of demand) · |a − a₀|.
    pub turnover: f64,
    /// Workloads in which a share or a standby changes.
    pub touched: Vec<WorkloadIdx>,
    pub cost: PlannedCost,
    /// Mean capability of all demand: today, and with the plan.
    pub capability: [Capability; 2],
    /// Hosts that the company does not know today, and hosts of today that it leaves.
    pub opened: Vec<SupplierIdx>,
    pub closed: Vec<SupplierIdx>,
}

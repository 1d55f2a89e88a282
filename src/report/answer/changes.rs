//! What a plan changes in each workload.

use schemars::JsonSchema;
use serde::Serialize;

use super::moves::{StandbyWord, some_users};
use crate::model::instance::{Instance, Standby};
use crate::model::portfolio::Readiness;
use crate::study::plan::changes::{SharedChange, SharedItem, Shift, StandbyChange, WorkloadChange};

/// All that changes in one workload.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ChangedWorkload {
    /// Id of the workload.
    pub workload: String,
    /// Demand that moves between two offers, the largest share first.
    pub moves: Vec<WorkloadMove>,
    /// Standbys that are set up, changed or dropped.
    pub standby: Vec<ChangedStandby>,
    /// What its tokens and the fees of its standbys rise by, USD a month.
    pub monthly_cost_usd: f64,
}

/// A cost that workloads share, and that changes; with those of the workloads it adds up to the change of planned cost.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct SharedCostChange {
    /// What is shared.
    pub kind: SharedWord,
    /// Id of the self-hosted offer, or of the host.
    pub id: String,
    /// Replicas today; null for a host.
    pub replicas_today: Option<u64>,
    /// Replicas in the plan; null for a host.
    pub replicas: Option<u64>,
    /// What it rises by, USD a month.
    pub monthly_cost_usd: f64,
}

/// What workloads share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SharedWord {
    /// Whole replicas of a self-hosted offer.
    Replicas,
    /// Fixed fee and monthly minimum of a host.
    HostFees,
}

impl SharedCostChange {
    /// The documented entry.
    #[must_use]
    pub fn of(instance: &Instance, change: &SharedChange) -> Self {
        let monthly_cost_usd = change.monthly_cost_usd;
        match change.what {
            SharedItem::Replicas { offer, before, after } => Self {
                kind: SharedWord::Replicas,
                id: instance.offers[offer].id.to_string(),
                replicas_today: Some(before),
                replicas: Some(after),
                monthly_cost_usd,
            },
            SharedItem::Host(host) => Self {
                kind: SharedWord::HostFees,
                id: instance.suppliers[host].supplier.id.clone(),
                replicas_today: None,
                replicas: None,
                monthly_cost_usd,
            },
        }
    }
}

/// Demand of one workload that moves from one offer to another.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct WorkloadMove {
    /// Offer that serves it today.
    pub from: String,
    /// Offer that serves it in the plan.
    pub to: String,
    /// Share of the workload's demand, in [0, 1].
    pub share: f64,
    /// Countries of the users; null when these are all users of the workload.
    pub users: Option<Vec<String>>,
}

/// A standby of one workload that changes.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ChangedStandby {
    /// Id of the offer that waits.
    pub offer: String,
    /// What happens to it.
    pub change: StandbyWord,
    /// Whether the offer also carries demand of the workload in the plan: then it keeps extra capacity in reserve.
    pub is_reserve: bool,
    /// How soon it takes load in the plan; when dropped, today.
    pub readiness: Readiness,
    /// Share of the workload's demand that it can take in the plan; when dropped, today.
    pub cover: f64,
    /// Days until it takes load in the plan; when dropped, today.
    pub lead_days: f64,
    /// The standby as it is today; null unless changed.
    pub today: Option<TodaysStandby>,
}

/// A standby before it changes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct TodaysStandby {
    /// How soon it takes load.
    pub readiness: Readiness,
    /// Share of the workload's demand that it can take, in [0, 1].
    pub cover: f64,
    /// Days until it takes load; 0 when hot.
    pub lead_days: f64,
}

impl ChangedWorkload {
    /// The documented entry.
    #[must_use]
    pub fn of(instance: &Instance, change: &WorkloadChange) -> Self {
        let shift = |shift: &Shift| WorkloadMove {
            from: instance.offers[shift.from].id.to_string(),
            to: instance.offers[shift.to].id.to_string(),
            share: shift.share,
            users: some_users(instance, change.workload, shift.users.iter().copied()),
        };
        Self {
            workload: instance.workloads[change.workload].workload.id.clone(),
            moves: change.shifts.iter().map(shift).collect(),
            standby: change.standby.iter().map(|s| changed_standby(instance, change, s)).collect(),
            monthly_cost_usd: change.monthly_cost_usd,
        }
    }
}

fn changed_standby(instance: &Instance, workload: &WorkloadChange, change: &StandbyChange) -> ChangedStandby {
    let standby = change.standby();
    let today =
        |s: &Standby| TodaysStandby { readiness: s.readiness, cover: s.cover, lead_days: s.lead_days };
    let (word, today) = match change {
        StandbyChange::New(_) => (StandbyWord::New, None),
        StandbyChange::Dropped(_) => (StandbyWord::Dropped, None),
        StandbyChange::Changed { before, .. } => (StandbyWord::Changed, Some(today(before))),
    };
    ChangedStandby {
        offer: instance.offers[standby.offer].id.to_string(),
        change: word,
        is_reserve: workload.primaries.contains(&standby.offer),
        readiness: standby.readiness,
        cover: standby.cover,
        lead_days: standby.lead_days,
        today,
    }
}

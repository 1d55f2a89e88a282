//! How a plan is carried out: the steps, one row per moved share and per changed standby, and what changes in each workload.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::instance::{Instance, Standby, WorkloadIdx};
use crate::model::portfolio::Readiness;
use crate::study::plan::outcome::{MigrationAction, MigrationStep, Schedule};

/// Demand of some users that moves from one offer to another.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct DemandMove {
    /// Number of the step, from 1; rows of one step go together.
    pub step: usize,
    /// Quarter of the step, from 1.
    pub quarter: u64,
    /// Id of the workload.
    pub workload: String,
    /// Country of the users.
    pub users: String,
    /// Offer that serves them before.
    pub from: String,
    /// Offer that serves them afterwards.
    pub to: String,
    /// Share of the demand of these users, in [0, 1].
    pub share: f64,
    /// Planned cost a month after the step, USD.
    pub monthly_cost_usd: f64,
    /// Average annual loss after the step, USD.
    pub aal_usd: f64,
    /// CVaR at the confidence level after the step, USD.
    pub cvar_usd: f64,
}

/// A standby that is set up, changed or dropped.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct StandbyMove {
    /// Number of the step, from 1; rows of one step go together.
    pub step: usize,
    /// Quarter of the step, from 1.
    pub quarter: u64,
    /// Id of the workload.
    pub workload: String,
    /// Id of the offer that waits.
    pub offer: String,
    /// What happens to it.
    pub change: StandbyWord,
    /// How soon it takes load.
    pub readiness: Readiness,
    /// Share of the workload's demand that it can take, in [0, 1].
    pub cover: f64,
    /// Planned cost a month after the step, USD.
    pub monthly_cost_usd: f64,
    /// Average annual loss after the step, USD.
    pub aal_usd: f64,
    /// CVaR at the confidence level after the step, USD.
    pub cvar_usd: f64,
}

/// What happens to a standby.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StandbyWord {
    /// It is set up.
    New,
    /// Its readiness, cover or lead changes.
    Changed,
    /// It is given up.
    Dropped,
}

/// A limit that no order of the steps keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BrokenOnTheWay {
    /// Number of the step after which it is broken, from 1.
    pub step: usize,
    /// Quarter of the step, from 1.
    pub quarter: u64,
    /// Name of the limit.
    pub limit: String,
}

/// What is done together, with cost and risk afterwards.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct PlanStep {
    /// Number of the step, from 1.
    pub step: usize,
    /// Quarter of the step, from 1.
    pub quarter: u64,
    /// What is done, in order.
    pub actions: Vec<PlanAction>,
    /// Share of all demand that moves, in [0, 1].
    pub turnover: f64,
    /// Planned cost a month after the step, USD.
    pub monthly_cost_usd: f64,
    /// Average annual loss after the step, USD.
    pub aal_usd: f64,
    /// CVaR at the confidence level after the step, USD.
    pub cvar_usd: f64,
}

/// One change of a step.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct PlanAction {
    /// Id of the workload.
    pub workload: String,
    /// What is done.
    pub action: ActionWord,
    /// Offer that serves the users before; null for a standby.
    pub from: Option<String>,
    /// Offer that serves the users afterwards, or waits.
    pub offer: String,
    /// Countries of the users; null when it concerns all users of the workload.
    pub users: Option<Vec<String>>,
    /// Share of the workload's demand that moves, or that the standby can take, in [0, 1].
    pub share: f64,
    /// How soon the standby takes load; null for a move.
    pub readiness: Option<Readiness>,
}

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActionWord {
    /// Demand moves from one offer to another.
    Move,
    /// A standby is set up.
    SetUp,
    /// A standby gets another readiness, cover or lead.
    Change,
    /// A standby is given up.
    Drop,
}

/// Cost and risk at the end of a quarter.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct PlanQuarter {
    /// Quarter, from 1.
    pub quarter: u64,
    /// Share of all demand that moves in it, in [0, 1].
    pub turnover: f64,
    /// Planned cost a month at its end, USD.
    pub monthly_cost_usd: f64,
    /// Average annual loss at its end, USD.
    pub aal_usd: f64,
    /// CVaR at the confidence level at its end, USD.
    pub cvar_usd: f64,
}

/// Rows of demand that moves.
#[must_use]
pub fn demand_moves(instance: &Instance, schedule: &Schedule) -> Vec<DemandMove> {
    let rows = |(number, step, action): (usize, &MigrationStep, &MigrationAction)| -> Vec<DemandMove> {
        let MigrationAction::Shift { workload, from, to, parts } = action else { return Vec::new() };
        let row = |&(cell, share): &(usize, f64)| DemandMove {
            step: number,
            quarter: step.quarter,
            workload: workload_id(instance, *workload),
            users: instance.jurisdictions[instance.cells[cell].users].id.clone(),
            from: instance.offers[*from].id.to_string(),
            to: instance.offers[*to].id.to_string(),
            share,
            monthly_cost_usd: step.figures.monthly_cost_usd,
            aal_usd: step.figures.aal_usd,
            cvar_usd: step.figures.cvar_usd,
        };
        parts.iter().map(row).collect()
    };
    numbered(schedule).flat_map(rows).collect()
}

/// Rows of standbys that change.
#[must_use]
pub fn standby_moves(instance: &Instance, schedule: &Schedule) -> Vec<StandbyMove> {
    let row = |(number, step, action): (usize, &MigrationStep, &MigrationAction)| {
        let (change, workload, standby): (StandbyWord, WorkloadIdx, &Standby) = match action {
            MigrationAction::Shift { .. } => return None,
            MigrationAction::SetUp { workload, standby } => (StandbyWord::New, *workload, standby),
            MigrationAction::Change { workload, standby } => (StandbyWord::Changed, *workload, standby),
            MigrationAction::Drop { workload, standby } => (StandbyWord::Dropped, *workload, standby),
        };
        Some(StandbyMove {
            step: number,
            quarter: step.quarter,
            workload: workload_id(instance, workload),
            offer: instance.offers[standby.offer].id.to_string(),
            change,
            readiness: standby.readiness,
            cover: standby.cover,
            monthly_cost_usd: step.figures.monthly_cost_usd,
            aal_usd: step.figures.aal_usd,
            cvar_usd: step.figures.cvar_usd,
        })
    };
    numbered(schedule).filter_map(row).collect()
}

/// Limits that no order of steps keeps.
#[must_use]
pub fn broken_on_the_way(schedule: &Schedule) -> Vec<BrokenOnTheWay> {
    let broken = |(at, step): (usize, &MigrationStep)| -> Vec<BrokenOnTheWay> {
        let entry =
            |limit: &String| BrokenOnTheWay { step: at + 1, quarter: step.quarter, limit: limit.clone() };
        step.breaks.iter().map(entry).collect()
    };
    schedule.steps.iter().enumerate().flat_map(broken).collect()
}

/// The steps in order.
#[must_use]
pub fn steps(instance: &Instance, schedule: &Schedule) -> Vec<PlanStep> {
    let entry = |(at, step): (usize, &MigrationStep)| PlanStep {
        step: at + 1,
        quarter: step.quarter,
        actions: step.actions.iter().map(|action| plan_action(instance, action)).collect(),
        turnover: step.turnover,
        monthly_cost_usd: step.figures.monthly_cost_usd,
        aal_usd: step.figures.aal_usd,
        cvar_usd: step.figures.cvar_usd,
    };
    schedule.steps.iter().enumerate().map(entry).collect()
}

/// Cost and risk quarter by quarter.
#[must_use]
pub fn quarters(schedule: &Schedule) -> Vec<PlanQuarter> {
    let entry = |steps: &[MigrationStep]| {
        let last = steps.last()?;
        Some(PlanQuarter {
            quarter: last.quarter,
            turnover: steps.iter().map(|step| step.turnover).sum(),
            monthly_cost_usd: last.figures.monthly_cost_usd,
            aal_usd: last.figures.aal_usd,
            cvar_usd: last.figures.cvar_usd,
        })
    };
    schedule.steps.chunk_by(|a, b| a.quarter == b.quarter).filter_map(entry).collect()
}

fn plan_action(instance: &Instance, action: &MigrationAction) -> PlanAction {
    let standby = |action: ActionWord, workload: WorkloadIdx, standby: &Standby| PlanAction {
        workload: workload_id(instance, workload),
        action,
        from: None,
        offer: instance.offers[standby.offer].id.to_string(),
        users: None,
        share: standby.cover,
        readiness: Some(standby.readiness),
    };
    match action {
        MigrationAction::Shift { workload, from, to, parts } => PlanAction {
            workload: workload_id(instance, *workload),
            action: ActionWord::Move,
            from: Some(instance.offers[*from].id.to_string()),
            offer: instance.offers[*to].id.to_string(),
            users: some_users(instance, *workload, parts.iter().map(|part| instance.cells[part.0].users)),
            share: parts.iter().map(|&(cell, share)| share * instance.cells[cell].users_share).sum(),
            readiness: None,
        },
        MigrationAction::SetUp { workload, standby: s } => standby(ActionWord::SetUp, *workload, s),
        MigrationAction::Change { workload, standby: s } => standby(ActionWord::Change, *workload, s),
        MigrationAction::Drop { workload, standby: s } => standby(ActionWord::Drop, *workload, s),
    }
}

/// Countries of some users of a workload; `None` when these are all.
#[must_use]
pub fn some_users(
    instance: &Instance,
    workload: WorkloadIdx,
    countries: impl IntoIterator<Item = usize>,
) -> Option<Vec<String>> {
    let ids: Vec<String> = countries.into_iter().map(|j| instance.jurisdictions[j].id.clone()).collect();
    (ids.len() < instance.workloads[workload].cells.len()).then_some(ids)
}

fn numbered(schedule: &Schedule) -> impl Iterator<Item = (usize, &MigrationStep, &MigrationAction)> {
    let steps = schedule.steps.iter().enumerate();
    steps.flat_map(|(at, step)| step.actions.iter().map(move |action| (at + 1, step, action)))
}

fn workload_id(instance: &Instance, workload: WorkloadIdx) -> String {
    instance.workloads[workload].workload.id.clone()
}

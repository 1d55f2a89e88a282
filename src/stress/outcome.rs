//! Outcome of a scenario for a plan.

use super::causes::{causes, families};
use super::crisis::limits_broken;
use super::played::{PlayedCell, play_cells};
use super::scenario::Script;
use super::takeovers::takeovers;
use crate::limits::crisis::BrokenLimit;
use crate::model::instance::{OfferIdx, WorkloadIdx};
use crate::model::plan::Plan;
use crate::service::loss::Loss;
use crate::service::routing::Alternative;
use crate::service::setting::Setting;

/// Unserved shares below this are rounding, not an outage.
pub const SHARE_TOLERANCE: f64 = 1e-9;

/// Outcome of a scenario for a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct StressOutcome {
    pub scenario: String,
    pub name: String,
    pub horizon_days: f64,
    pub loss: Loss,
    /// In the instance's order.
    pub workloads: Vec<WorkloadOutcome>,
    /// Event families in the order of the scenario; their losses add up to `loss`.
    pub causes: Vec<Cause>,
    /// Service at each instant at which it changes, the first at day 0; values hold until the next instant.
    pub timeline: Vec<Instant>,
    /// Takeovers, the largest share first.
    pub takeovers: Vec<Takeover>,
    /// Limits broken at some time, in the portfolio's order.
    pub broken_limits: Vec<BrokenLimit>,
}

/// Outcome of a scenario for a workload.
#[derive(Debug, Clone, PartialEq)]
pub struct WorkloadOutcome {
    pub id: String,
    pub loss: Loss,
    /// Mean unserved share of demand over the horizon.
    pub unserved_share: f64,
    /// First day with unserved demand; `None` when never.
    pub first_unserved_day: Option<f64>,
    /// First day on which the outage costs something: demand is unserved past the recovery objective; `None` when
    /// never.
    pub first_outage_cost_day: Option<f64>,
    /// First day from which demand stays served; `None` when it was never unserved, or is unserved at the horizon.
    pub recovered_day: Option<f64>,
}

/// An event with everything it triggered, and its share of the loss.
#[derive(Debug, Clone, PartialEq)]
pub struct Cause {
    pub shock: String,
    pub name: Option<String>,
    pub at_day: f64,
    /// `None`: permanent.
    pub duration_days: Option<f64>,
    /// Acting jurisdiction.
    pub jurisdiction: String,
    /// Ids of the shocks that it triggered.
    pub triggered: Vec<String>,
    pub loss_usd: f64,
    /// Loss that it would cause alone, USD.
    pub alone_usd: f64,
    /// `[n_workloads]`
    pub loss_usd_by_workload: Vec<f64>,
}

/// Service from a day until the next instant.
#[derive(Debug, Clone, PartialEq)]
pub struct Instant {
    pub day: f64,
    /// Value-weighted served share of demand; 1 without value.
    pub service: f64,
    /// `[n_workloads]`: served share of demand.
    pub workloads: Vec<f64>,
}

/// Demand of a workload that one offer takes over from another.
#[derive(Debug, Clone, PartialEq)]
pub struct Takeover {
    pub workload: WorkloadIdx,
    pub from: OfferIdx,
    pub to: OfferIdx,
    pub by: Alternative,
    pub first_day: f64,
    /// Largest share of the workload's demand at one time.
    pub share: f64,
}

/// Plays a scenario against a plan.
#[must_use]
pub fn play(setting: &Setting<'_>, script: &Script, plan: &Plan) -> StressOutcome {
    let instance = setting.instance;
    let families = families(script);
    let cells = play_cells(setting, script, &families, plan);
    let timeline = timeline(setting, &cells, script.horizon_days);
    let mut loss = Loss::default();
    cells.iter().for_each(|c| loss.add(&c.outcome.loss));
    StressOutcome {
        scenario: script.id.clone(),
        name: script.name.clone(),
        horizon_days: script.horizon_days,
        loss,
        workloads: workloads(setting, &cells, &timeline, script.horizon_days),
        causes: causes(instance, script, &families, &cells),
        takeovers: takeovers(instance, &cells),
        broken_limits: limits_broken(setting, plan, &cells, script.horizon_days),
        timeline,
    }
}

impl StressOutcome {
    /// First day with unserved demand of some workload.
    #[must_use]
    pub fn first_unserved_day(&self) -> Option<f64> {
        self.workloads.iter().filter_map(|w| w.first_unserved_day).reduce(f64::min)
    }

    /// First day on which an outage costs something.
    #[must_use]
    pub fn first_outage_cost_day(&self) -> Option<f64> {
        self.workloads.iter().filter_map(|w| w.first_outage_cost_day).reduce(f64::min)
    }

    /// First day from which all workloads stay served; `None` when none was ever unserved, or one is at the horizon.
    #[must_use]
    pub fn recovered_day(&self) -> Option<f64> {
        let unserved = self.workloads.iter().filter(|w| w.first_unserved_day.is_some());
        unserved.map(|w| w.recovered_day).reduce(|a, b| Some(a?.max(b?))).flatten()
    }

    /// The smallest service, and the first day on which it is reached.
    #[must_use]
    pub fn least_service(&self) -> (f64, f64) {
        let full = (1.0, 0.0);
        self.timeline
            .iter()
            .fold(full, |least, i| if i.service < least.0 { (i.service, i.day) } else { least })
    }
}

fn timeline(setting: &Setting<'_>, cells: &[PlayedCell], horizon: f64) -> Vec<Instant> {
    let instance = setting.instance;
    let mut days: Vec<f64> =
        cells.iter().flat_map(|c| &c.outcome.spells).flat_map(|s| [s.start, s.end]).collect();
    days.push(0.0);
    days.retain(|day| *day < horizon);
    days.sort_by(f64::total_cmp);
    days.dedup();
    let value = instance.value_usd_per_day();
    let mut timeline: Vec<Instant> = Vec::new();
    for day in days {
        let mut unserved = vec![0.0; instance.workloads.len()];
        let mut unserved_value = 0.0;
        for (cell, played) in instance.cells.iter().zip(cells) {
            let share = played.unserved_at(day);
            unserved[cell.workload] += share * cell.users_share;
            unserved_value += share * cell.value_usd_per_day;
        }
        let served = |share: f64| if share < SHARE_TOLERANCE { 1.0 } else { 1.0 - share };
        let service = if value > 0.0 { served(unserved_value / value) } else { 1.0 };
        let workloads: Vec<f64> = unserved.into_iter().map(served).collect();
        if timeline.last().is_none_or(|last| last.workloads != workloads || last.service != service) {
            timeline.push(Instant { day, service, workloads });
        }
    }
    timeline
}

fn workloads(
    setting: &Setting<'_>,
    cells: &[PlayedCell],
    timeline: &[Instant],
    horizon: f64,
) -> Vec<WorkloadOutcome> {
    let of_workload = |(w, workload): (usize, &crate::model::instance::ResolvedWorkload)| {
        let own = &cells[workload.cells.clone()];
        let mut loss = Loss::default();
        let mut unserved_days = 0.0;
        for cell in own {
            loss.add(&cell.outcome.loss);
            unserved_days += cell.outcome.unserved_days() * cell.cell_model.users_share;
        }
        let is_short = |i: &Instant| i.workloads[w] < 1.0;
        let last_short = timeline.iter().rposition(is_short);
        WorkloadOutcome {
            id: workload.workload.id.clone(),
            loss,
            unserved_share: unserved_days / horizon,
            first_unserved_day: timeline.iter().find(|i| is_short(i)).map(|i| i.day),
            first_outage_cost_day: own.iter().filter_map(first_outage_cost_day).reduce(f64::min),
            recovered_day: last_short.and_then(|at| timeline.get(at + 1)).map(|i| i.day),
        }
    };
    setting.instance.workloads.iter().enumerate().map(of_workload).collect()
}

fn first_outage_cost_day(cell: &PlayedCell) -> Option<f64> {
    let first_costly = cell.outcome.spells.iter().find(|s| s.unserved_past_objective >= SHARE_TOLERANCE);
    first_costly.filter(|_| cell.cell_model.value_usd_per_day > 0.0).map(|s| s.start)
}

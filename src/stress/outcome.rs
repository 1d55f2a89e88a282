//! What a plan goes through in a scenario.

use std::collections::BTreeMap;

use crate::model::instance::{CellIdx, OfferIdx, WorkloadIdx};
use crate::model::plan::Plan;
use crate::service::course::follow;
use crate::service::disruption::Disruption;
use crate::service::frame::{CellFrame, Roles};
use crate::service::loss::{CellOutcome, CellPlan, Loss, cell_outcome};
use crate::service::routing::Alternative;
use crate::service::setting::Setting;

use super::scenario::Script;

/// Shares below this count as nothing: rounding, not an outage.
pub const SHARE_TOLERANCE: f64 = 1e-9;

/// A plan in a scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct StressOutcome {
    pub scenario: String,
    pub name: String,
    pub horizon_days: f64,
    pub loss: Loss,
    /// In the order of the instance.
    pub workloads: Vec<WorkloadOutcome>,
    /// At each instant at which service changes, the first at day 0; values hold until the next.
    pub timeline: Vec<Instant>,
    /// Who took over, the largest part first.
    pub takeovers: Vec<Takeover>,
}

/// A workload in a scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct WorkloadOutcome {
    pub id: String,
    pub loss: Loss,
    /// Mean over the horizon.
    pub unserved_share: f64,
    /// First day with demand unserved; `None` when never.
    pub first_unserved_day: Option<f64>,
    /// First day after which it stays served; `None` when never unserved, or unserved at the horizon.
    pub recovered_day: Option<f64>,
}

/// Service from a day on.
#[derive(Debug, Clone, PartialEq)]
pub struct Instant {
    pub day: f64,
    /// Value-weighted served share; 1 where nothing has value.
    pub service: f64,
    /// `[n_workloads]`: served share of demand.
    pub workloads: Vec<f64>,
}

/// Load that one offer takes over from another in a workload.
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
    let frames = CellFrame::all(setting, &Roles::of_plan(plan), &script.shocks);
    let disruption =
        Disruption::new(&setting.graph, &script.shocks, &script.occurrences, script.horizon_days);
    let cells: Vec<CellOutcome> = frames
        .iter()
        .map(|frame| {
            let cell_plan = CellPlan::new(frame, instance.cells[frame.cell].workload, plan);
            cell_outcome(frame, &cell_plan, &follow(frame, &disruption))
        })
        .collect();
    let timeline = timeline(setting, &cells);
    let mut loss = Loss::default();
    cells.iter().for_each(|c| loss.add(&c.loss));
    StressOutcome {
        scenario: script.id.clone(),
        name: script.name.clone(),
        horizon_days: script.horizon_days,
        loss,
        workloads: workloads(setting, &cells, &timeline, script.horizon_days),
        takeovers: takeovers(setting, &frames, &cells),
        timeline,
    }
}

fn unserved_at(outcome: &CellOutcome, day: f64) -> f64 {
    let after = outcome.spells.partition_point(|s| s.end <= day);
    outcome.spells.get(after).filter(|s| s.start <= day).map_or(0.0, |s| s.unserved)
}

fn timeline(setting: &Setting<'_>, cells: &[CellOutcome]) -> Vec<Instant> {
    let instance = setting.instance;
    let mut days: Vec<f64> = cells.iter().flat_map(|c| &c.spells).flat_map(|s| [s.start, s.end]).collect();
    days.push(0.0);
    days.sort_by(f64::total_cmp);
    days.dedup();
    let value = instance.value_usd_per_day();
    let mut timeline: Vec<Instant> = Vec::new();
    for day in days {
        let mut unserved = vec![0.0; instance.workloads.len()];
        let mut unserved_value = 0.0;
        for (cell, outcome) in cells.iter().enumerate() {
            let share = unserved_at(outcome, day);
            unserved[instance.cells[cell].workload] += share * instance.cells[cell].users_share;
            unserved_value += share * instance.cells[cell].value_usd_per_day;
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
    cells: &[CellOutcome],
    timeline: &[Instant],
    horizon: f64,
) -> Vec<WorkloadOutcome> {
    let of_workload = |(w, workload): (usize, &crate::model::instance::ResolvedWorkload)| {
        let mut loss = Loss::default();
        let mut unserved_days = 0.0;
        for cell in workload.cells.clone() {
            loss.add(&cells[cell].loss);
            unserved_days += cells[cell].unserved_days() * setting.instance.cells[cell].users_share;
        }
        let is_short = |i: &Instant| i.day < horizon && i.workloads[w] < 1.0;
        let last_short = timeline.iter().rposition(is_short);
        WorkloadOutcome {
            id: workload.workload.id.clone(),
            loss,
            unserved_share: unserved_days / horizon,
            first_unserved_day: timeline.iter().find(|i| is_short(i)).map(|i| i.day),
            recovered_day: last_short
                .and_then(|at| timeline.get(at + 1))
                .map(|i| i.day)
                .filter(|day| *day < horizon),
        }
    };
    setting.instance.workloads.iter().enumerate().map(of_workload).collect()
}

fn takeovers(setting: &Setting<'_>, frames: &[CellFrame], cells: &[CellOutcome]) -> Vec<Takeover> {
    // Per cell the largest share at one time; cells of a workload add up.
    let mut by_cell: BTreeMap<(CellIdx, OfferIdx, OfferIdx, Alternative), (f64, f64)> = BTreeMap::new();
    for (frame, outcome) in frames.iter().zip(cells) {
        for spell in &outcome.spells {
            for h in &spell.handovers {
                let key = (frame.cell, frame.members[h.from].offer, frame.members[h.to].offer, h.by);
                let entry = by_cell.entry(key).or_insert((spell.start, 0.0));
                entry.1 = entry.1.max(h.share * frame.users_share);
            }
        }
    }
    let mut by_workload: BTreeMap<(WorkloadIdx, OfferIdx, OfferIdx, Alternative), (f64, f64)> =
        BTreeMap::new();
    for ((cell, from, to, by), (day, share)) in by_cell {
        let key = (setting.instance.cells[cell].workload, from, to, by);
        let entry = by_workload.entry(key).or_insert((day, 0.0));
        entry.0 = entry.0.min(day);
        entry.1 += share;
    }
    let mut takeovers: Vec<Takeover> = by_workload
        .into_iter()
        .map(|((workload, from, to, by), (first_day, share))| Takeover {
            workload,
            from,
            to,
            by,
            first_day,
            share,
        })
        .filter(|t| t.share >= SHARE_TOLERANCE)
        .collect();
    takeovers.sort_by(|a, b| b.share.total_cmp(&a.share).then(a.workload.cmp(&b.workload)));
    takeovers
}

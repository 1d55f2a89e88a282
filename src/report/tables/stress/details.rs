//! One scenario in detail: service over time, workloads, causes, limits, who takes over.

use super::{time, whole_again};
use crate::limits::crisis::BrokenLimit;
use crate::model::instance::Instance;
use crate::report::chart::Window;
use crate::report::figures::{days, percent, usd};
use crate::report::grid::Grid;
use crate::report::names::{alternative_meaning, jurisdiction, offer, shock, workload};
use crate::report::tables::SHOWN;
use crate::report::tables::check::{allowed, measured};
use crate::stress::outcome::{Cause, StressOutcome, WorkloadOutcome};

/// What there is to tell; tables without a row are left out, but for that of the workloads.
pub(super) fn details(instance: &Instance, outcome: &StressOutcome) -> Vec<Grid> {
    let optional = [causes(instance, outcome), broken_limits(outcome), takeovers(instance, outcome)];
    let mut grids: Vec<Grid> = Some(chart(outcome)).filter(|grid| !grid.is_empty()).into_iter().collect();
    grids.push(workloads(outcome));
    grids.extend(optional.into_iter().filter(|grid| !grid.is_empty()));
    grids
}

/// Service over time, drawn; without a row when all is served all the time.
fn chart(outcome: &StressOutcome) -> Grid {
    let first_event = outcome.causes.iter().map(|c| c.at_day).reduce(f64::min).unwrap_or(0.0);
    let end = outcome.recovered_day().unwrap_or(outcome.horizon_days);
    let window = Window::new(first_event, end, outcome.horizon_days);
    let mut grid = Grid::new(
        format!("{}: what is served, and when?", outcome.name),
        &["workload", ">least", &format!("={}", window.axis())],
    );
    let mut line = |name: &str, steps: Vec<(f64, f64)>| {
        let least = steps.iter().map(|step| step.1).fold(1.0, f64::min);
        grid.row([name.to_owned(), percent(least), window.blocks(&steps)]);
    };
    let unserved: Vec<(usize, &WorkloadOutcome)> =
        hit(outcome).into_iter().filter(|(_, w)| w.first_unserved_day.is_some()).collect();
    if !unserved.is_empty() {
        line("all, by value", outcome.timeline.iter().map(|i| (i.day, i.service)).collect());
    }
    for (at, workload) in unserved.iter().take(SHOWN) {
        line(&workload.id, outcome.timeline.iter().map(|i| (i.day, i.workloads[*at])).collect());
    }
    grid.note(format!(
        "█ is full service, ▁ next to none. One column is {}, at the least service within it.",
        time(window.column_days)
    ));
    if unserved.len() > SHOWN {
        grid.note(format!("The {SHOWN} workloads that lose the most of {}.", unserved.len()));
    }
    grid
}

/// Workloads that are hit with their places, the largest loss first.
fn hit(outcome: &StressOutcome) -> Vec<(usize, &WorkloadOutcome)> {
    let mut hit: Vec<_> = outcome.workloads.iter().enumerate().filter(|(_, w)| w.is_hit()).collect();
    hit.sort_by(|(_, a), (_, b)| b.loss.total_usd().total_cmp(&a.loss.total_usd()).then(a.id.cmp(&b.id)));
    hit
}

/// The workloads that lose something.
#[must_use]
pub fn workloads(outcome: &StressOutcome) -> Grid {
    let mut grid = Grid::new(
        format!("{}: which workloads suffer?", outcome.name),
        &[
            "=workload",
            ">loss, USD",
            ">outage",
            ">extra cost",
            ">one-off",
            ">unserved on average",
            "unserved after",
            "first pain after",
            "whole after",
        ],
    );
    let hit = hit(outcome);
    for (_, w) in &hit {
        grid.row([
            w.id.clone(),
            usd(w.loss.total_usd()),
            usd(w.loss.outage_usd),
            usd(w.loss.extra_cost_usd),
            usd(w.loss.one_off_usd),
            percent(w.unserved_share),
            w.first_unserved_day.map_or_else(|| "never".to_owned(), time),
            w.first_outage_cost_day.map_or_else(|| "never".to_owned(), time),
            whole_again(w.first_unserved_day, w.recovered_day, time),
        ]);
    }
    grid.note(match hit.len() {
        0 => format!("None of {}.", outcome.workloads.len()),
        n => format!(
            "{n} of {} workloads; average over {}. Pain begins where something is unserved past its recovery objective.",
            outcome.workloads.len(),
            days(outcome.horizon_days)
        ),
    });
    grid
}

/// Which event the loss is put down to; without a row when nothing is lost.
fn causes(instance: &Instance, outcome: &StressOutcome) -> Grid {
    let mut grid = Grid::new(
        format!("{}: which event causes the loss?", outcome.name),
        &["event", "strikes after", "lasts", "who acts", ">loss, USD", ">of it", ">alone, USD"],
    );
    let total = outcome.loss.total_usd();
    if total <= 0.0 {
        return grid;
    }
    for cause in &outcome.causes {
        grid.row([
            event(instance, cause),
            time(cause.at_day),
            cause.duration_days.map_or_else(|| "for good".to_owned(), time),
            jurisdiction(instance, &cause.jurisdiction),
            usd(cause.loss_usd),
            percent(cause.loss_usd / total),
            usd(cause.alone_usd),
        ]);
    }
    if outcome.causes.len() > 1 {
        grid.note(
            "Alone: if nothing else happened. Each workload's loss is split in proportion to that, so parts add up.",
        );
    }
    grid
}

/// The event's name, with what it set off.
fn event(instance: &Instance, cause: &Cause) -> String {
    let name = cause.name.clone().unwrap_or_else(|| shock(instance, &cause.shock));
    if cause.triggered.is_empty() {
        return name;
    }
    let triggered: Vec<String> = cause.triggered.iter().map(|id| shock(instance, id)).collect();
    format!("{name}; it sets off: {}", triggered.join(", "))
}

/// Limits broken while it lasts.
fn broken_limits(outcome: &StressOutcome) -> Grid {
    let mut grid = Grid::new(
        format!("{}: which limits break while it lasts?", outcome.name),
        &["limit", "allowed", ">at worst", "breaks after", "for how long", "today"],
    );
    for limit in &outcome.broken_limits {
        grid.row([
            limit.name.clone(),
            allowed(&limit.measure),
            worst(limit),
            time(limit.first_day),
            time(limit.days),
            if limit.broken_before { "broken already" } else { "kept" }.to_owned(),
        ]);
    }
    grid.note(
        "Tested on what serves at each instant; what is unserved counts for no one. Costs: a month at the prices of \
         that instant.",
    );
    grid
}

/// The worst value; with more digits where it would read like the bound that it breaks.
fn worst(limit: &BrokenLimit) -> String {
    let read = |value| measured(&limit.measure, value);
    match read(limit.worst_value) {
        text if text != read(limit.bound) => text,
        text if text.ends_with('%') => format!("{:.2} %", limit.worst_value * 100.0),
        _ => format!("{:.4}", limit.worst_value),
    }
}

/// Who takes over from whom.
#[must_use]
pub fn takeovers(instance: &Instance, outcome: &StressOutcome) -> Grid {
    let mut grid = Grid::new(
        format!("{}: who takes over?", outcome.name),
        &["=workload", "=from", "=to", "how", ">share", "after"],
    );
    for takeover in outcome.takeovers.iter().take(SHOWN) {
        grid.row([
            workload(instance, takeover.workload).to_owned(),
            offer(instance, takeover.from),
            offer(instance, takeover.to),
            alternative_meaning(takeover.by).to_owned(),
            percent(takeover.share),
            days(takeover.first_day),
        ]);
    }
    if outcome.takeovers.len() > SHOWN {
        grid.note(format!("The {SHOWN} largest of {}.", outcome.takeovers.len()));
    }
    grid.note("Share of the workload's demand at most at one time.");
    grid
}

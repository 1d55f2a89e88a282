//! One scenario in detail: service over time, workloads, causes, limits, who takes over.

use super::{is_hit, restored, time};
use crate::report::answer::stress::{BrokenLimitAnswer, CauseAnswer, ScenarioAnswer, StressedWorkloadAnswer};
use crate::report::chart::{MAX_COLUMNS, Window};
use crate::report::figures::{days, decimal, percent};
use crate::report::grid::{Grid, Screen};
use crate::report::money::amount;
use crate::report::names::takeover_meaning;
use crate::report::tables::SHOWN;
use crate::report::tables::check::{bounds, in_unit};

/// Name of the line of the portfolio.
const ALL: &str = "all, by value";

/// Characters of a line beside chart and name: margins, the lowest service, and the last label, which may stand out.
const BESIDE_CHART: usize = 22;

/// Fewer columns of a chart say nothing.
const LEAST_COLUMNS: usize = 20;

/// What there is to tell; tables without a row are left out, but for that of the workloads.
pub(super) fn details(scenario: &ScenarioAnswer, screen: Screen) -> Vec<Grid> {
    let optional = [causes(scenario), broken_limits(scenario), takeovers(scenario)];
    let mut grids: Vec<Grid> =
        Some(chart(scenario, screen)).filter(|grid| !grid.is_empty()).into_iter().collect();
    grids.push(workloads(scenario));
    grids.extend(optional.into_iter().filter(|grid| !grid.is_empty()));
    grids
}

/// Service over time, drawn; without a row when all is served all the time.
fn chart(scenario: &ScenarioAnswer, screen: Screen) -> Grid {
    let first_event = scenario.causes.iter().map(|c| c.at_day).reduce(f64::min).unwrap_or(0.0);
    let end = scenario.recovered_day.unwrap_or(scenario.horizon_days);
    let unserved: Vec<&StressedWorkloadAnswer> =
        hit(scenario).into_iter().filter(|w| w.first_unserved_day.is_some()).collect();
    let names = unserved.iter().take(SHOWN).map(|w| w.id.as_str()).chain([ALL]);
    let beside = names.map(|name| name.chars().count()).max().unwrap_or(0) + BESIDE_CHART;
    let n_columns = screen.width.saturating_sub(beside).clamp(LEAST_COLUMNS, MAX_COLUMNS);
    let window = Window::new(first_event, end, scenario.horizon_days, n_columns);
    let mut grid = Grid::new(
        format!("{}: what is served, and when?", scenario.name),
        &["workload", ">lowest", &format!("={}", window.axis())],
    );
    let mut line = |name: &str, steps: Vec<(f64, f64)>| {
        let least = steps.iter().map(|step| step.1).fold(1.0, f64::min);
        grid.row([name.to_owned(), percent(least), window.blocks(&steps)]);
    };
    if !unserved.is_empty() {
        line(ALL, scenario.timeline.iter().map(|i| (i.day, i.service)).collect());
    }
    for workload in unserved.iter().take(SHOWN) {
        let served = scenario.timeline.iter().filter_map(|i| Some((i.day, *i.workloads.get(&workload.id)?)));
        line(&workload.id, served.collect());
    }
    grid.note(format!(
        "█ is full service, ▁ next to none. One column is {}, at the lowest service within it.",
        time(window.column_days)
    ));
    if unserved.len() > SHOWN {
        grid.note(format!("The {SHOWN} of {} workloads that lose most.", unserved.len()));
    }
    grid
}

/// Workloads that are hit, the largest loss first.
fn hit(scenario: &ScenarioAnswer) -> Vec<&StressedWorkloadAnswer> {
    let mut hit: Vec<_> = scenario.workloads.iter().filter(|w| is_hit(w)).collect();
    hit.sort_by(|a, b| b.loss_usd.total_cmp(&a.loss_usd).then(a.id.cmp(&b.id)));
    hit
}

/// The workloads that lose something.
#[must_use]
pub fn workloads(scenario: &ScenarioAnswer) -> Grid {
    let mut grid = Grid::new(
        format!("{}: loss by workload", scenario.name),
        &[
            "=workload",
            ">loss, ¤",
            ">outage",
            ">extra cost",
            ">one-off",
            ">unserved on average",
            "interrupted after",
            "costly after",
            "restored after",
        ],
    );
    let hit = hit(scenario);
    for w in &hit {
        grid.row([
            w.id.clone(),
            amount(w.loss_usd),
            amount(w.outage_usd),
            amount(w.extra_cost_usd),
            amount(w.one_off_usd),
            percent(w.unserved_share),
            w.first_unserved_day.map_or_else(|| "never".to_owned(), time),
            w.first_outage_cost_day.map_or_else(|| "never".to_owned(), time),
            restored(w.first_unserved_day, w.recovered_day, time),
        ]);
    }
    let all = scenario.workloads.len();
    grid.note(match hit.len() {
        0 => format!("None of {all} workloads loses anything."),
        n => format!(
            "{n} of {all} workloads; average over {}. An interruption is costly once something is unserved past its recovery \
             objective.",
            days(scenario.horizon_days)
        ),
    });
    grid
}

/// Each event's part of the loss; without a row when nothing is lost.
fn causes(scenario: &ScenarioAnswer) -> Grid {
    let mut grid = Grid::new(
        format!("{}: loss by event", scenario.name),
        &["event", "strikes after", "lasts", "who acts", ">loss, ¤", ">share", ">alone, ¤"],
    );
    if scenario.loss_usd <= 0.0 {
        return grid;
    }
    for cause in &scenario.causes {
        grid.row([
            event(cause),
            time(cause.at_day),
            cause.duration_days.map_or_else(|| "permanent".to_owned(), time),
            cause.jurisdiction_name.clone(),
            amount(cause.loss_usd),
            percent(cause.loss_usd / scenario.loss_usd),
            amount(cause.alone_usd),
        ]);
    }
    if scenario.causes.len() > 1 {
        grid.note(
            "Alone: if nothing else happened. Each workload's loss is split in proportion to that, so the parts add up.",
        );
    }
    grid
}

/// The event's name, with what it triggered.
fn event(cause: &CauseAnswer) -> String {
    if cause.triggered.is_empty() {
        return cause.name.clone();
    }
    format!("{}; it triggers: {}", cause.name, cause.triggered_names.join(", "))
}

/// Limits broken while the scenario lasts.
fn broken_limits(scenario: &ScenarioAnswer) -> Grid {
    let mut grid = Grid::new(
        format!("{}: limits broken while it lasts", scenario.name),
        &["limit", "allowed", ">at worst", "broken after", "for how long", "today"],
    );
    for limit in &scenario.broken_limits {
        grid.row([
            limit.limit.clone(),
            bounds(&limit.unit, limit.at_least, limit.at_most),
            worst(limit),
            time(limit.first_day),
            time(limit.days),
            if limit.broken_before { "broken already" } else { "kept" }.to_owned(),
        ]);
    }
    grid.note(
        "Measured on what serves at each time; unserved demand counts for nobody. Costs: a month at the prices of that \
         time.",
    );
    grid
}

/// The worst value; with more digits where it would read like the bound that it breaks.
fn worst(limit: &BrokenLimitAnswer) -> String {
    let read = |value| in_unit(&limit.unit, value);
    match read(limit.worst_value) {
        text if text != read(limit.bound) => text,
        text if text.ends_with('%') => format!("{} %", decimal(limit.worst_value * 100.0, 2)),
        _ => decimal(limit.worst_value, 4),
    }
}

/// Who takes over from whom.
#[must_use]
pub fn takeovers(scenario: &ScenarioAnswer) -> Grid {
    let mut grid = Grid::new(
        format!("{}: who takes over?", scenario.name),
        &["=workload", "=from", "=to", "how", ">share", "after"],
    );
    for takeover in scenario.takeovers.iter().take(SHOWN) {
        grid.row([
            takeover.workload.clone(),
            takeover.from.clone(),
            takeover.to.clone(),
            takeover_meaning(&takeover.by).to_owned(),
            percent(takeover.share),
            days(takeover.first_day),
        ]);
    }
    if scenario.takeovers.len() > SHOWN {
        grid.note(format!("The {SHOWN} largest of {}.", scenario.takeovers.len()));
    }
    grid.note("Share: the most of the workload's demand that it carries at one time.");
    grid
}

//! `stress` as tables.

use super::SHOWN;
use crate::model::instance::Instance;
use crate::report::figures::{ABSENT, days, percent, usd};
use crate::report::grid::Grid;
use crate::report::names::{alternative_meaning, offer, workload};
use crate::stress::outcome::StressOutcome;

/// All tables of `stress`.
#[must_use]
pub fn stress(instance: &Instance, outcomes: &[StressOutcome]) -> Vec<Grid> {
    let mut grids = vec![overview(outcomes)];
    for outcome in outcomes {
        grids.push(workloads(outcome));
        grids.extend(Some(takeovers(instance, outcome)).filter(|g| !g.is_empty()));
    }
    grids
}

/// One row per scenario.
#[must_use]
pub fn overview(outcomes: &[StressOutcome]) -> Grid {
    let mut grid = Grid::new(
        "What would each scenario cost us?",
        &[
            "scenario",
            ">loss, USD",
            ">outage",
            ">extra cost",
            ">one-off",
            ">least service",
            "first unserved",
            "whole again",
        ],
    );
    for outcome in outcomes {
        let least = outcome.timeline.iter().map(|i| i.service).fold(1.0, f64::min);
        grid.row([
            outcome.name.clone(),
            usd(outcome.loss.total_usd()),
            usd(outcome.loss.outage_usd),
            usd(outcome.loss.extra_cost_usd),
            usd(outcome.loss.one_off_usd),
            percent(least),
            first_unserved(outcome).map_or_else(|| "never".to_owned(), on_day),
            recovered(outcome),
        ]);
    }
    grid.note(
        "Service: share of the value that is served. Outage: after each workload's recovery objective.",
    );
    grid.note("A scenario is a story, not a forecast: nothing is drawn, and no probability is said.");
    grid
}

fn first_unserved(outcome: &StressOutcome) -> Option<f64> {
    outcome.workloads.iter().filter_map(|w| w.first_unserved_day).reduce(f64::min)
}

fn recovered(outcome: &StressOutcome) -> String {
    let hit: Vec<Option<f64>> = outcome
        .workloads
        .iter()
        .filter(|w| w.first_unserved_day.is_some())
        .map(|w| w.recovered_day)
        .collect();
    match hit.iter().copied().reduce(|a, b| Some(a?.max(b?))) {
        None => ABSENT.to_owned(),
        Some(None) => "not within the horizon".to_owned(),
        Some(Some(day)) => on_day(day),
    }
}

fn on_day(day: f64) -> String {
    if day == 0.0 { "at once".to_owned() } else { format!("after {}", days(day)) }
}

/// The workloads that lose something.
#[must_use]
pub fn workloads(outcome: &StressOutcome) -> Grid {
    let mut grid = Grid::new(
        format!("{}: which workloads suffer?", outcome.name),
        &["workload", ">loss, USD", ">unserved on average", "first unserved", "whole again"],
    );
    let mut hit: Vec<_> = outcome
        .workloads
        .iter()
        .filter(|w| w.loss.total_usd() > 0.0 || w.first_unserved_day.is_some())
        .collect();
    hit.sort_by(|a, b| b.loss.total_usd().total_cmp(&a.loss.total_usd()).then(a.id.cmp(&b.id)));
    for w in &hit {
        grid.row([
            w.id.clone(),
            usd(w.loss.total_usd()),
            percent(w.unserved_share),
            w.first_unserved_day.map_or_else(|| "never".to_owned(), on_day),
            match (w.first_unserved_day, w.recovered_day) {
                (None, _) => ABSENT.to_owned(),
                (Some(_), Some(day)) => on_day(day),
                (Some(_), None) => "not within the horizon".to_owned(),
            },
        ]);
    }
    grid.note(match hit.len() {
        0 => format!("None of {}.", outcome.workloads.len()),
        n => format!(
            "{n} of {} workloads; average over {}.",
            outcome.workloads.len(),
            days(outcome.horizon_days)
        ),
    });
    grid
}

/// Who takes over from whom.
#[must_use]
pub fn takeovers(instance: &Instance, outcome: &StressOutcome) -> Grid {
    let mut grid = Grid::new(
        format!("{}: who takes over?", outcome.name),
        &["workload", "=from", "=to", "how", ">largest share", "from when"],
    );
    for takeover in outcome.takeovers.iter().take(SHOWN) {
        grid.row([
            workload(instance, takeover.workload).to_owned(),
            offer(instance, takeover.from),
            offer(instance, takeover.to),
            alternative_meaning(takeover.by).to_owned(),
            percent(takeover.share),
            on_day(takeover.first_day),
        ]);
    }
    if outcome.takeovers.len() > SHOWN {
        grid.note(format!("The {SHOWN} largest of {}.", outcome.takeovers.len()));
    }
    grid.note("Share of the workload's demand.");
    grid
}

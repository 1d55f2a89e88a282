//! `stress` as tables.

mod details;

pub use details::{takeovers, workloads};

use crate::model::instance::Instance;
use crate::report::figures::{ABSENT, days, number, percent, usd};
use crate::report::grid::Grid;
use crate::stress::outcome::StressOutcome;

/// Scenarios that are told in detail unless more is asked for.
pub const DETAILED: usize = 3;

/// All tables of `stress`: the scenarios side by side, then each by itself when there are few, or `details` asks for it.
#[must_use]
pub fn stress(instance: &Instance, outcomes: &[StressOutcome], details: bool) -> Vec<Grid> {
    let mut overview = overview(outcomes);
    let is_detailed = details || outcomes.len() <= DETAILED;
    if !is_detailed {
        overview.note(format!("Up to {DETAILED} scenarios are told in detail; --details tells all."));
    }
    let mut grids = vec![overview];
    for outcome in outcomes.iter().filter(|_| is_detailed) {
        grids.extend(details::details(instance, outcome));
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
            "when",
            "first pain after",
            "whole after",
            ">hit",
            ">limits broken",
        ],
    );
    for outcome in outcomes {
        let (least, at_day) = outcome.least_service();
        let n_hit = outcome.workloads.iter().filter(|w| w.is_hit()).count();
        let n_broken = outcome.broken_limits.iter().filter(|l| !l.broken_before).count();
        grid.row([
            outcome.name.clone(),
            usd(outcome.loss.total_usd()),
            usd(outcome.loss.outage_usd),
            usd(outcome.loss.extra_cost_usd),
            usd(outcome.loss.one_off_usd),
            percent(least),
            if least < 1.0 { time(at_day) } else { ABSENT.to_owned() },
            outcome.first_outage_cost_day().map_or_else(|| "never".to_owned(), time),
            whole_again(outcome.first_unserved_day(), outcome.recovered_day()),
            if n_hit == 0 { "none".to_owned() } else { format!("{n_hit} of {}", outcome.workloads.len()) },
            if n_broken == 0 { ABSENT.to_owned() } else { n_broken.to_string() },
        ]);
    }
    grid.note(
        "Service: share of the value that is served. First pain: something is unserved past its recovery objective, \
         and costs money. Hit: workloads that lose something. Limits broken: of those kept today.",
    );
    grid.note("A scenario is a story, not a forecast: nothing is drawn, and no probability is said.");
    grid
}

fn whole_again(first_unserved_day: Option<f64>, recovered_day: Option<f64>) -> String {
    match (first_unserved_day, recovered_day) {
        (None, _) => ABSENT.to_owned(),
        (Some(_), Some(day)) => time(day),
        (Some(_), None) => "never".to_owned(),
    }
}

/// A time in hours below two days, else in days: `at once`, `30 hours`, `18 days`.
fn time(of_days: f64) -> String {
    let is_whole = (of_days - of_days.round()).abs() < 1e-9;
    if of_days > 0.0 && of_days < 2.0 && !is_whole {
        let hours = number(of_days * 24.0);
        return if hours == "1" { "1 hour".to_owned() } else { format!("{hours} hours") };
    }
    days(of_days)
}

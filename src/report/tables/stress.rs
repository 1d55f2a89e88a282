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
            ">extra",
            ">one-off",
            ">least",
            ">when",
            ">pain",
            ">whole",
            ">hit",
            ">limits",
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
            if least < 1.0 { short_time(at_day) } else { ABSENT.to_owned() },
            outcome.first_outage_cost_day().map_or_else(|| ABSENT.to_owned(), short_time),
            whole_again(outcome.first_unserved_day(), outcome.recovered_day(), short_time),
            count_or_none(n_hit),
            count_or_none(n_broken),
        ]);
    }
    let n_workloads = outcomes.first().map_or(0, |outcome| outcome.workloads.len());
    grid.note(format!(
        "Extra: what dearer substitutes and prices cost. Least: the lowest service, the share of the value that is \
         served. Pain: the first time something is unserved past its recovery objective, and costs money. Whole: \
         all is served again. Hit: workloads, of {n_workloads}. Limits: those kept today that break."
    ));
    grid.note("A scenario is a story, not a forecast: nothing is drawn, and no probability is said.");
    grid
}

fn count_or_none(n: usize) -> String {
    if n == 0 { ABSENT.to_owned() } else { n.to_string() }
}

fn whole_again(
    first_unserved_day: Option<f64>,
    recovered_day: Option<f64>,
    time: impl Fn(f64) -> String,
) -> String {
    match (first_unserved_day, recovered_day) {
        (None, _) => ABSENT.to_owned(),
        (Some(_), Some(day)) => time(day),
        (Some(_), None) => "never".to_owned(),
    }
}

/// A time in hours below two days, else in days: `at once`, `30 hours`, `18 days`.
fn time(of_days: f64) -> String {
    match number(of_days * 24.0).as_str() {
        "1" => "1 hour".to_owned(),
        hours if reads_in_hours(of_days) => format!("{hours} hours"),
        _ => days(of_days),
    }
}

/// The same, for a table with many columns: `at once`, `30 h`, `18 d`.
fn short_time(of_days: f64) -> String {
    match of_days {
        _ if of_days <= 0.0 => "at once".to_owned(),
        _ if reads_in_hours(of_days) => format!("{} h", number(of_days * 24.0)),
        _ => format!("{} d", number(of_days)),
    }
}

fn reads_in_hours(of_days: f64) -> bool {
    let is_whole = (of_days - of_days.round()).abs() < 1e-9;
    of_days > 0.0 && of_days < 2.0 && !is_whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_reads_in_hours_below_two_days() {
        for (of_days, long, short) in [
            (0.0, "at once", "at once"),
            (1.0 / 24.0, "1 hour", "1 h"),
            (0.5, "12 hours", "12 h"),
            (1.0, "1 day", "1 d"),
            (1.25, "30 hours", "30 h"),
            (2.0, "2 days", "2 d"),
            (120.125, "120.1 days", "120.1 d"),
        ] {
            assert_eq!((time(of_days).as_str(), short_time(of_days).as_str()), (long, short));
        }
    }
}

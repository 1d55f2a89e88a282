//! `stress` as tables.

mod details;

pub use details::{takeovers, workloads};

use crate::report::answer::stress::{ScenarioAnswer, StressAnswer, StressedWorkloadAnswer};
use crate::report::figures::{ABSENT, counted, days, number, percent};
use crate::report::grid::{Grid, Screen};
use crate::report::money::{CODE, amount};

/// Scenarios that are told in detail unless more is asked for.
pub const DETAILED: usize = 3;

/// The sentence and all tables of `stress`: the scenarios side by side, then each by itself when there are few, or
/// `details` asks for it.
#[must_use]
pub fn stress(answer: &StressAnswer, details: bool, screen: Screen) -> Vec<Grid> {
    let scenarios = &answer.scenarios;
    let mut overview = overview(scenarios);
    let is_detailed = details || scenarios.len() <= DETAILED;
    if !is_detailed {
        overview.note(format!("Up to {DETAILED} scenarios are shown in detail; --details shows all."));
    }
    let mut grids: Vec<Grid> = sentence(scenarios).map(|text| Grid::new(text, &[])).into_iter().collect();
    grids.push(overview);
    for scenario in scenarios.iter().filter(|_| is_detailed) {
        grids.extend(details::details(scenario, screen));
    }
    grids
}

/// The costliest scenario in a sentence; `None` without a scenario.
#[must_use]
pub fn sentence(scenarios: &[ScenarioAnswer]) -> Option<String> {
    let worst = scenarios.iter().max_by(|a, b| a.loss_usd.total_cmp(&b.loss_usd))?;
    let costly = if scenarios.len() == 1 {
        format!("'{}' would cost {CODE} {}", worst.name, amount(worst.loss_usd))
    } else {
        let n = scenarios.len();
        format!(
            "The costliest of {n} scenarios is '{}': it would cost {CODE} {}",
            worst.name,
            amount(worst.loss_usd)
        )
    };
    let n_hit = worst.workloads.iter().filter(|w| is_hit(w)).count();
    let hit = format!("{n_hit} of {} would be hit", counted(worst.workloads.len(), "workload"));
    Some(if n_hit == 0 { format!("{costly}.") } else { format!("{costly}, and {hit}.") })
}

/// Whether a workload loses something or is unserved for a time.
pub(super) fn is_hit(workload: &StressedWorkloadAnswer) -> bool {
    workload.loss_usd > 0.0 || workload.first_unserved_day.is_some()
}

/// One row per scenario.
#[must_use]
pub fn overview(scenarios: &[ScenarioAnswer]) -> Grid {
    let mut grid = Grid::new(
        "What would each scenario cost?",
        &[
            "scenario",
            ">loss, ¤",
            ">outage",
            ">extra",
            ">one-off",
            ">lowest",
            ">when",
            ">costly",
            ">restored",
            ">hit",
            ">limits",
        ],
    );
    for s in scenarios {
        let n_hit = s.workloads.iter().filter(|w| is_hit(w)).count();
        let n_broken = s.broken_limits.iter().filter(|l| !l.broken_before).count();
        grid.row([
            s.name.clone(),
            amount(s.loss_usd),
            amount(s.outage_usd),
            amount(s.extra_cost_usd),
            amount(s.one_off_usd),
            percent(s.least_service),
            if s.least_service < 1.0 { short_time(s.least_service_day) } else { ABSENT.to_owned() },
            s.first_outage_cost_day.map_or_else(|| ABSENT.to_owned(), short_time),
            restored(s.first_unserved_day, s.recovered_day, short_time),
            count_or_none(n_hit),
            count_or_none(n_broken),
        ]);
    }
    let n_workloads = scenarios.first().map_or(0, |s| s.workloads.len());
    grid.note(format!(
        "Extra: what dearer substitutes and prices cost. Lowest: the smallest share of the value that is served, and when. \
         Costly: when something is first unserved past its recovery objective. Restored: when everything is served \
         again. Hit: workloads, of {n_workloads}. Limits: those kept today that the scenario breaks."
    ));
    grid.note("Scenarios have no probability; do not add them to the average loss.");
    grid
}

pub(super) fn count_or_none(n: usize) -> String {
    if n == 0 { ABSENT.to_owned() } else { n.to_string() }
}

pub(super) fn restored(
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
pub(super) fn short_time(of_days: f64) -> String {
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

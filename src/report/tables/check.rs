//! `check` as tables.

use crate::input::diagnostic::Severity;
use crate::limits::{LimitOutcome, bound_of};
use crate::model::instance::Instance;
use crate::model::limit::Measure;
use crate::report::check::CheckedPortfolio;
use crate::report::figures::{ABSENT, number, percent, usd};
use crate::report::grid::Grid;

/// All tables of `check`: one row per portfolio, and the limits of each that could be loaded.
#[must_use]
pub fn check(portfolios: &[(CheckedPortfolio, Option<Grid>)]) -> Vec<Grid> {
    let mut grids = vec![overview(portfolios.iter().map(|p| &p.0))];
    grids.extend(portfolios.iter().filter_map(|p| p.1.clone()));
    grids
}

fn overview<'a>(portfolios: impl Iterator<Item = &'a CheckedPortfolio>) -> Grid {
    let mut grid = Grid::new(
        "Are the portfolios valid, and do they keep their limits?",
        &["portfolio", "valid", ">errors", ">warnings", ">limits kept", "verdict"],
    );
    for p in portfolios {
        let of = |severity| p.problems.iter().filter(|d| d.severity == severity).count().to_string();
        let n_kept = p.limits.iter().filter(|l| l.kept == Some(true)).count();
        grid.row([
            p.portfolio.clone(),
            if p.is_valid() { "yes" } else { "no" }.to_owned(),
            of(Severity::Error),
            of(Severity::Warning),
            if p.is_valid() { format!("{n_kept} of {}", p.limits.len()) } else { ABSENT.to_owned() },
            match (p.is_valid(), p.is_breached) {
                (false, _) => "not checked: mend the errors first",
                (true, true) => "breached",
                (true, false) => "kept",
            }
            .to_owned(),
        ]);
    }
    grid
}

/// The limits of one portfolio.
#[must_use]
pub fn limits(instance: &Instance, outcomes: &[LimitOutcome]) -> Grid {
    let mut grid = Grid::new(
        format!("{}: which limits are kept?", instance.portfolio.name),
        &["limit", ">value", "allowed", "kept", "why"],
    );
    for (limit, outcome) in instance.portfolio.limits.iter().zip(outcomes) {
        grid.row([
            outcome.name.clone(),
            outcome.value.map_or_else(|| ABSENT.to_owned(), |v| measured(&limit.measure, v)),
            allowed(&limit.measure),
            verdict(outcome),
            why(outcome),
        ]);
    }
    if outcomes.is_empty() {
        grid.note("The portfolio states no limits, so none can be breached.");
    }
    grid
}

/// A measured value in the unit of its measure.
#[must_use]
pub fn measured(measure: &Measure, value: f64) -> String {
    match measure {
        Measure::Share { .. } | Measure::MaxShare { .. } | Measure::Survives { .. } => percent(value),
        Measure::Hhi { .. } => format!("{value:.2}"),
        Measure::Distinct { .. } => number(value),
        Measure::Cvar { .. } | Measure::AverageAnnualLoss { .. } | Measure::MonthlyCost { .. } => {
            format!("USD {}", usd(value))
        }
    }
}

/// The bound in words.
#[must_use]
pub fn allowed(measure: &Measure) -> String {
    let bound = bound_of(measure);
    let end = |word: &str, bound: Option<f64>| bound.map(|b| format!("{word} {}", measured(measure, b)));
    let ends: Vec<String> =
        [end("at least", bound.at_least), end("at most", bound.at_most)].into_iter().flatten().collect();
    ends.join(", ")
}

/// Whether a limit is kept, broken, or broken with an exception.
#[must_use]
pub fn verdict(outcome: &LimitOutcome) -> String {
    match (outcome.kept, &outcome.accepted) {
        (None, _) => "not measured".to_owned(),
        (Some(true), _) => "yes".to_owned(),
        (Some(false), None) => "no".to_owned(),
        (Some(false), Some(e)) if e.is_valid => format!("no, accepted by {} until {}", e.by, e.until),
        (Some(false), Some(e)) => format!("no, and its exception ended {}", e.until),
    }
}

/// Value, bound and cause in one line: `96 % in US, allowed at most 70 %: …`.
#[must_use]
pub fn sentence(measure: &Measure, outcome: &LimitOutcome) -> String {
    let value = outcome.value.map_or_else(|| "not measured".to_owned(), |v| measured(measure, v));
    let why = why(outcome);
    let why = if why.is_empty() { String::new() } else { format!(": {why}") };
    format!("{value}, allowed {}{why}", allowed(measure))
}

/// Causes that are named.
const CAUSES_SHOWN: usize = 3;

/// Where a broken limit's value lies, and what adds most to it.
fn why(outcome: &LimitOutcome) -> String {
    if outcome.kept != Some(false) {
        return String::new();
    }
    let worst = outcome.worst.as_deref().unwrap_or_default();
    let mut causes: Vec<&str> = outcome.causes.iter().take(CAUSES_SHOWN).map(String::as_str).collect();
    if outcome.causes.len() > CAUSES_SHOWN {
        causes.push("…");
    }
    let causes = causes.join(", ");
    match (worst, causes.as_str()) {
        ("", _) => causes,
        (_, "") => worst.to_owned(),
        // Some causes name the place themselves.
        _ if causes.starts_with(worst) => causes,
        _ => format!("{worst}: {causes}"),
    }
}

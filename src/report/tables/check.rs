//! `check` as tables.

use crate::limits::LimitOutcome;
use crate::model::limit::Measure;
use crate::report::answer::check::{CheckAnswer, CheckedPortfolioAnswer, LimitAnswer};
use crate::report::figures::{ABSENT, counted, decimal, number, percent};
use crate::report::grid::Grid;
use crate::report::money::{DisplayCurrency, money};

/// The sentence and all tables of `check`: one row per portfolio, and the limits of each that is valid.
#[must_use]
pub fn check(answer: &CheckAnswer) -> Vec<Grid> {
    let mut grids = vec![Grid::new(sentence(answer), &[]), portfolios(answer)];
    grids.extend(answer.by_portfolio().filter(|(p, _)| p.valid).map(|(p, stated)| {
        // Each portfolio has a currency of its own.
        limits(p, stated).shown_in(DisplayCurrency::of(&p.currency, p.currency_usd))
    }));
    grids
}

/// The verdict on all portfolios in a sentence.
#[must_use]
pub fn sentence(answer: &CheckAnswer) -> String {
    let of = |is: &dyn Fn(&CheckedPortfolioAnswer) -> bool| -> Vec<&str> {
        answer.portfolios.iter().filter(|p| is(p)).map(|p| p.portfolio.as_str()).collect()
    };
    let (invalid, breached) = (of(&|p| !p.valid), of(&|p| p.valid && p.breached));
    match (invalid.is_empty(), breached.is_empty()) {
        (true, true) => "All limits are kept.".to_owned(),
        (true, false) => breaches(answer),
        (false, _) => format!("Fix the errors first: {} cannot be checked.", invalid.join(", ")),
    }
}

/// What is breached, by portfolio and limit.
fn breaches(answer: &CheckAnswer) -> String {
    let of_portfolio = |(p, limits): (&CheckedPortfolioAnswer, &[LimitAnswer])| {
        let breached: Vec<&str> = limits.iter().filter(|l| l.breached).map(|l| l.limit.as_str()).collect();
        let all = counted(limits.len(), "limit");
        match breached.len() {
            0 if p.n_retiring > 0 => {
                let verb = if p.n_retiring == 1 { "retires" } else { "retire" };
                format!("{} stands on {} that {verb} too soon", p.portfolio, counted(p.n_retiring, "offer"))
            }
            0 => format!("{} uses offers that are not eligible", p.portfolio),
            n => format!("{} breaches {n} of {all}: {}", p.portfolio, breached.join(", ")),
        }
    };
    let all: Vec<String> = answer.by_portfolio().filter(|(p, _)| p.breached).map(of_portfolio).collect();
    format!("{}.", all.join("; "))
}

fn portfolios(answer: &CheckAnswer) -> Grid {
    let mut grid = Grid::new(
        "Verdict by portfolio",
        &["portfolio", "valid", ">errors", ">warnings", ">limits kept", "verdict"],
    );
    for p in &answer.portfolios {
        grid.row([
            p.portfolio.clone(),
            if p.valid { "yes" } else { "no" }.to_owned(),
            p.n_errors.to_string(),
            p.n_warnings.to_string(),
            if p.valid { format!("{} of {}", p.n_kept, p.n_limits) } else { ABSENT.to_owned() },
            match (p.valid, p.breached) {
                (false, _) => "not checked: fix the errors first",
                (true, true) => "breached",
                (true, false) => "kept",
            }
            .to_owned(),
        ]);
    }
    grid
}

/// The limits of one portfolio.
fn limits(portfolio: &CheckedPortfolioAnswer, stated: &[LimitAnswer]) -> Grid {
    let mut grid = Grid::new(
        format!("Limits of {}", portfolio.portfolio),
        &["limit", ">value", "allowed", "kept", "why"],
    );
    for limit in stated {
        grid.row([
            limit.limit.clone(),
            limit.value.map_or_else(|| ABSENT.to_owned(), |v| in_unit(&limit.unit, v)),
            bounds(&limit.unit, limit.at_least, limit.at_most),
            verdict(limit),
            why(limit.kept, limit.worst.as_deref(), &limit.causes),
        ]);
    }
    if grid.is_empty() {
        grid.note("The portfolio states no limits, so none can be breached.");
    }
    grid
}

/// A measured value in the unit of its measure.
fn measured(measure: &Measure, value: f64) -> String {
    in_unit(measure.unit().as_str(), value)
}

/// A value in a unit: `share`, `hhi`, `count` or `usd`.
#[must_use]
pub fn in_unit(unit: &str, value: f64) -> String {
    match unit {
        "share" => percent(value),
        "hhi" => decimal(value, 2),
        "usd" => money(value),
        _ => number(value),
    }
}

/// The bound of a measure in words.
fn allowed(measure: &Measure) -> String {
    let bound = measure.bound();
    bounds(measure.unit().as_str(), bound.at_least, bound.at_most)
}

/// Bounds in words: `at least 3`, `at most USD 350,000`.
#[must_use]
pub fn bounds(unit: &str, at_least: Option<f64>, at_most: Option<f64>) -> String {
    let end = |word: &str, bound: Option<f64>| bound.map(|b| format!("{word} {}", in_unit(unit, b)));
    let ends: Vec<String> =
        [end("at least", at_least), end("at most", at_most)].into_iter().flatten().collect();
    ends.join(", ")
}

/// Whether a limit is kept, breached, or breached with an exception.
#[must_use]
pub fn verdict(limit: &LimitAnswer) -> String {
    match (limit.kept, &limit.accepted) {
        (None, _) => "not measured".to_owned(),
        (Some(true), _) => "yes".to_owned(),
        (Some(false), None) => "no".to_owned(),
        (Some(false), Some(e)) if e.valid => format!("no, accepted by {} until {}", e.by, e.until),
        (Some(false), Some(e)) => format!("no, and its exception ended {}", e.until),
    }
}

/// Value, bound and cause of a limit in one line: `96 % in US, allowed at most 70 %: …`.
#[must_use]
pub fn limit_sentence(measure: &Measure, outcome: &LimitOutcome) -> String {
    let value = outcome.value.map_or_else(|| "not measured".to_owned(), |v| measured(measure, v));
    let why = why(outcome.kept, outcome.worst.as_deref(), &outcome.causes);
    let why = if why.is_empty() { String::new() } else { format!(": {why}") };
    format!("{value}, allowed {}{why}", allowed(measure))
}

/// Causes that are named.
const CAUSES_SHOWN: usize = 3;

/// Where a breached limit's value lies, and what adds most to it.
fn why(kept: Option<bool>, worst: Option<&str>, all_causes: &[String]) -> String {
    if kept != Some(false) {
        return String::new();
    }
    let worst = worst.unwrap_or_default();
    let mut causes: Vec<&str> = all_causes.iter().take(CAUSES_SHOWN).map(String::as_str).collect();
    if all_causes.len() > CAUSES_SHOWN {
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

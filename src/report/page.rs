//! `report.md`: what to do, what it buys, why, how sure, which limits. No clock: the same answers, the same page.

mod parts;
mod sure;
mod todo;
mod why;

use super::answer::optimize::OptimizeAnswer;
use super::answer::results::ResultsAnswer;
use super::check::INELIGIBLE_ALLOCATION;
use super::faces::FaceSettings;
use super::grid::{Grid, escaped};
use super::money::DisplayCurrency;
use super::sections::decision::binding_heading;
use super::tables::bounds::{binding_limits, conflicts};
use super::tables::ladder;
use super::tables::moves::{quarters, steps};
use super::tables::optimize::{changes, hedges};
use super::tables::plan::{before_and_after, limits};
use super::tables::watch::watched;

/// The page as a face of a report.
pub(super) fn face(results: &ResultsAnswer, settings: &FaceSettings) -> Result<Vec<u8>, String> {
    Ok(page(results, settings.currency).into_bytes())
}

/// The whole page, with amounts in this currency.
#[must_use]
pub fn page(results: &ResultsAnswer, currency: DisplayCurrency) -> String {
    let company = &results.company.name;
    let parts = [
        format!("# Supply plan of {}\n\n", escaped(company)),
        todo::what_to_do(results),
        options(results),
        parts::since(results),
        what_it_buys(results),
        why::why(results),
        early_warnings(results),
        parts::past(results),
        parts::supply(results),
        sure::how_sure(results),
        limit_section(results),
        results.chosen().map_or_else(String::new, all_changes),
        parts::beyond(results),
        parts::registers(results),
    ];
    let page = parts.concat();
    currency.shown(page.trim_end()) + "\n"
}

/// What announces the shocks that cost most.
fn early_warnings(results: &ResultsAnswer) -> String {
    if results.watch.is_empty() {
        return String::new();
    }
    format!("## Early warnings\n\n{}", watched(&results.watch).to_markdown())
}

/// From nothing to everything, with the least that takes most of the risk away.
fn options(results: &ResultsAnswer) -> String {
    let rungs = results.optimize.as_ref().map_or(&[][..], |answer| &answer.ladder);
    if rungs.is_empty() {
        return String::new();
    }
    format!("## The options\n\n{}{}", ladder::options(rungs).to_markdown(), parts::frontier(results))
}

fn what_it_buys(results: &ResultsAnswer) -> String {
    let mut out = "## What the plan changes\n\n".to_owned();
    match before_and_after(results) {
        Some(grid) => out.push_str(&grid.to_markdown()),
        None => out.push_str("There is no change to compare with.\n\n"),
    }
    if let Some(chosen) = results.chosen() {
        out.push_str(&sub_section(&hedges(chosen)));
        out.push_str(&held_back(results));
    } else if let Some(answer) = results.optimize.as_ref().filter(|answer| answer.plan.is_none()) {
        out.push_str(&sub_section(&conflicts(answer)));
    }
    out
}

/// Limits that hold the planner back, which is the whole plan also where less is recommended.
fn held_back(results: &ResultsAnswer) -> String {
    let Some(mut grid) = results.optimize.as_ref().map(binding_limits) else { return String::new() };
    grid.heading = binding_heading(results).to_owned();
    sub_section(&grid)
}

fn limit_section(results: &ResultsAnswer) -> String {
    let mut out = "## Limits\n\nThe limits that the company has set for itself.\n\n".to_owned();
    out.push_str(&limits(results).to_markdown());
    let ineligible = results.check.problems.iter().filter(|p| p.code == INELIGIBLE_ALLOCATION);
    let lines = ineligible.map(|p| format!("- Not allowed for new use: {}\n", escaped(&p.message)));
    let lines: String = lines.collect();
    if !lines.is_empty() {
        out.push_str(&lines);
        out.push('\n');
    }
    out
}

/// Every change, for those who carry it out.
fn all_changes(answer: &OptimizeAnswer) -> String {
    let mut out = format!("## All changes\n\n{}", changes(answer, usize::MAX).to_markdown());
    if !answer.steps.is_empty() {
        out.push_str(&sub_section(&quarters(answer)));
        out.push_str(&sub_section(&steps(answer)));
    }
    out
}

/// A table under its question; nothing when it has neither rows nor notes.
fn sub_section(grid: &Grid) -> String {
    if grid.is_empty() && grid.notes.is_empty() {
        return String::new();
    }
    format!("### {}\n\n{}", escaped(&grid.heading), grid.to_markdown())
}

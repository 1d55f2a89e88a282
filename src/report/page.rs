//! `report.md`: what to do, what it buys, why, how sure, which limits. No clock: the same answers, the same page.

mod sure;
mod todo;
mod why;

use super::grid::{Grid, escaped};
use super::tables::bounds::{binding_limits, conflicts};
use super::tables::moves::{quarters, steps};
use super::tables::optimize::{changes, hedges};
use super::tables::plan::{before_and_after, limits};
use crate::input::diagnostic::Diagnostic;
use crate::study::plan::changes::workload_changes;
use crate::study::results::StudyResults;

/// The whole page.
#[must_use]
pub fn page(results: &StudyResults<'_>) -> String {
    let company = &results.session.instance.portfolio.company.name;
    let parts = [
        format!("# Supply plan of {}\n\n", escaped(company)),
        todo::what_to_do(results),
        what_it_buys(results),
        why::why(results),
        sure::how_sure(results),
        limit_section(results),
        all_changes(results),
    ];
    let mut page = parts.concat().trim_end().to_owned();
    page.push('\n');
    page
}

fn what_it_buys(results: &StudyResults<'_>) -> String {
    let mut out = "## What it buys\n\n".to_owned();
    match before_and_after(results) {
        Some(grid) => out.push_str(&grid.to_markdown()),
        None => out.push_str("There is no change to compare with.\n\n"),
    }
    let Ok(optimized) = &results.optimized else { return out };
    if let Some(plan) = results.recommended() {
        out.push_str(&sub_section(&hedges(plan)));
        out.push_str(&sub_section(&binding_limits(plan)));
    } else if optimized.plan.is_none() {
        out.push_str(&sub_section(&conflicts(optimized)));
    }
    out
}

fn limit_section(results: &StudyResults<'_>) -> String {
    let mut out = "## Limits\n\nWhat the company has decided to bear.\n\n".to_owned();
    out.push_str(&limits(results).to_markdown());
    let ineligible = crate::report::check::ineligible_allocations(results.loaded, &results.checked);
    if !ineligible.is_empty() {
        let line = |d: &Diagnostic| format!("- Not allowed for new use: {}\n", escaped(&d.message));
        out.push_str(&ineligible.iter().map(line).collect::<String>());
        out.push('\n');
    }
    out
}

/// Every change, for those who carry it out.
fn all_changes(results: &StudyResults<'_>) -> String {
    let Some(plan) = results.recommended() else { return String::new() };
    let session = results.session;
    let all = workload_changes(&session.setting, &session.current, &plan.plan);
    let grid = changes(session.instance, &all, usize::MAX);
    let mut out = format!("## All changes\n\n{}", grid.to_markdown());
    if let Ok(optimized) = &results.optimized
        && !plan.schedule.steps.is_empty()
    {
        let level = optimized.confidence_level;
        out.push_str(&sub_section(&quarters(&plan.schedule, &optimized.current, level)));
        out.push_str(&sub_section(&steps(session.instance, plan, level)));
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

//! Sections that every face tells alike: what changed, past events and reverse stress, where else supply could come from.

use crate::report::answer::results::ResultsAnswer;
use crate::report::grid::{Grid, escaped};
use crate::report::sections::decision::frontier as frontier_table;
use crate::report::sections::loss::{past as past_events, reverse};
use crate::report::sections::register::{assessment_extract, material_third_parties, supply_chain_extract};
use crate::report::sections::supply::{new_suppliers, powers_in_use, superpowers_or_middle_powers};
use crate::report::sections::whole_plan::whole_plan;
use crate::report::sections::{TypedTable, changes};

/// Rows that the page shows of a table.
const SHOWN: usize = 6;

/// What changed since the last report.
pub(super) fn since(results: &ResultsAnswer) -> String {
    let section = changes(results);
    let says: String = section.says.iter().map(|says| format!("{} ", escaped(says))).collect();
    let tables: String = section.tables.iter().map(part).collect();
    format!("## {}\n\n{}\n\n{tables}", section.title, says.trim_end())
}

/// Past events over the portfolio, and what would break a recovery objective.
pub(super) fn past(results: &ResultsAnswer) -> String {
    let parts: String = [past_events(results), reverse(results)].iter().map(part).collect();
    if parts.is_empty() { parts } else { format!("## Past events and reverse stress\n\n{parts}") }
}

/// Plans from the cheapest to the safest, where they were asked for.
pub(super) fn frontier(results: &ResultsAnswer) -> String {
    whole(&frontier_table(results))
}

/// Powers in use, and suppliers that are not.
pub(super) fn supply(results: &ResultsAnswer) -> String {
    let tables = [powers_in_use(results), superpowers_or_middle_powers(results), new_suppliers(results)];
    let parts: String = tables.iter().map(part).collect();
    if parts.is_empty() {
        parts
    } else {
        format!("## Where supply comes from, and could come from\n\n{parts}")
    }
}

/// What the whole plan would change, where less is recommended.
pub(super) fn beyond(results: &ResultsAnswer) -> String {
    whole(&whole_plan(results))
}

/// Extracts shaped as registers of suppliers.
pub(super) fn registers(results: &ResultsAnswer) -> String {
    let tables =
        [supply_chain_extract(results), assessment_extract(results), material_third_parties(results)];
    let parts: String = tables.iter().map(whole).collect();
    if parts.is_empty() { parts } else { format!("## Registers of suppliers\n\n{parts}") }
}

/// A table under its heading with the first rows; nothing without rows.
fn part(table: &TypedTable) -> String {
    shown(table, SHOWN)
}

/// A table under its heading with all rows; nothing without rows.
fn whole(table: &TypedTable) -> String {
    shown(table, usize::MAX)
}

fn shown(table: &TypedTable, most: usize) -> String {
    if table.rows.is_empty() {
        return String::new();
    }
    let columns_shown = table.shown_columns();
    let columns = table.aligned_headings(&columns_shown);
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    let mut grid = Grid::new(table.title, &columns);
    for row in table.rows.iter().take(most) {
        grid.cells(columns_shown.iter().map(|&at| table.columns[at].shown(&row[at])).collect());
    }
    if table.rows.len() > most {
        grid.note(format!("The first {most} of {}; report.xlsx has all.", table.rows.len()));
    }
    if !table.note.is_empty() {
        grid.note(table.note);
    }
    let says = if table.says.is_empty() { String::new() } else { format!("{}\n\n", escaped(&table.says)) };
    format!("### {}\n\n{says}{}", escaped(table.title), grid.to_markdown())
}

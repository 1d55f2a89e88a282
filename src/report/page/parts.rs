//! Sections that every face tells alike: what changed, past events and reverse stress, where else supply could come from.

use crate::report::answer::results::ResultsAnswer;
use crate::report::grid::{Grid, escaped};
use crate::report::sections::loss::{past as past_events, reverse};
use crate::report::sections::supply::{new_suppliers, powers_in_use, superpowers_or_middle_powers};
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

/// A table under its heading; nothing without rows.
fn part(table: &TypedTable) -> String {
    if table.rows.is_empty() {
        return String::new();
    }
    let shown = table.shown_columns();
    let columns = table.aligned_headings(&shown);
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    let mut grid = Grid::new(table.title, &columns);
    for row in table.rows.iter().take(SHOWN) {
        grid.cells(shown.iter().map(|&at| table.columns[at].shown(&row[at])).collect());
    }
    if table.rows.len() > SHOWN {
        grid.note(format!("The first {SHOWN} of {}; report.xlsx has all.", table.rows.len()));
    }
    if !table.note.is_empty() {
        grid.note(table.note);
    }
    let says = if table.says.is_empty() { String::new() } else { format!("{}\n\n", escaped(&table.says)) };
    format!("### {}\n\n{says}{}", escaped(table.title), grid.to_markdown())
}

//! Tables of the report's sections as parts of a page.

use super::markup::{Markup, note};
use super::page::sub_heading;
use super::table::{DataTable, TableField};
use crate::report::sections::TypedTable;

/// The table under its heading, with the sentence that answers it and what its figures mean; nothing without rows.
pub(super) fn typed(table: &TypedTable) -> Markup {
    typed_under(table.title, table)
}

/// The same under another heading.
pub(super) fn typed_under(heading: &str, table: &TypedTable) -> Markup {
    if table.rows.is_empty() {
        return Markup::default();
    }
    let shown = table.shown_columns();
    let columns = table.aligned_headings(&shown);
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    let mut data = DataTable::new(table.title, &columns).in_sight(table.n_printed);
    for row in &table.rows {
        data.fields(shown.iter().map(|&at| TableField::from(table.columns[at].shown(&row[at]))).collect());
    }
    let about = if table.note.is_empty() { Markup::default() } else { note(table.note) };
    sub_heading(heading, &table.says).and(data.markup()).and(about)
}

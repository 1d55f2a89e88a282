//! Tables: the answer above, figures to the right, at most ten rows in sight.

use super::markup::{Markup, classed, tag};
use crate::report::figures::counted;
use crate::report::money::{CODE, CODE_IN_COLUMN};

/// Rows in sight; the rest is behind a click, and not printed.
pub const ROWS_IN_SIGHT: usize = 10;

/// Characters of a piece of a word that a column always has room for.
const LONGEST_PIECE: usize = 18;
/// Rows of a table that is not divided between two printed pages.
const ON_ONE_PAGE: usize = 6;

/// How a column is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lean {
    Words,
    /// Words that need room.
    Sentences,
    Figures,
}

/// One field of a row: the value, and what stands small below it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TableField {
    value: Markup,
    below: Option<String>,
}

impl TableField {
    /// A value with a small muted line below it, such as its interval.
    #[must_use]
    pub fn with(value: impl Into<Markup>, below: impl Into<String>) -> Self {
        let below = below.into();
        Self { value: value.into(), below: (!below.is_empty()).then_some(below) }
    }

    /// How its words may be broken: a long piece anywhere, a day nowhere.
    fn class(&self) -> &'static str {
        let below = self.below.as_deref().map_or(0, |below| Markup::text(below).longest_piece());
        match self.value.longest_piece().max(below) {
            n if n > LONGEST_PIECE => "any",
            _ if self.value.is_day() => "day",
            _ => "",
        }
    }

    fn markup(self) -> Markup {
        match self.below {
            None => self.value,
            Some(below) => self.value.and(classed("small", "below", below)),
        }
    }
}

impl<T: Into<Markup>> From<T> for TableField {
    fn from(value: T) -> Self {
        Self { value: value.into(), below: None }
    }
}

/// A table under construction.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DataTable {
    caption: String,
    columns: Vec<(String, Lean)>,
    rows: Vec<(bool, Vec<TableField>)>,
    /// `None`: [`ROWS_IN_SIGHT`].
    in_sight: Option<usize>,
}

impl DataTable {
    /// A table without rows; a column named `>name` holds figures and leans right, one named `=name` sentences; `¤` in
    /// a name is the currency. `caption`: what the rows are.
    #[must_use]
    pub fn new(caption: &str, columns: &[&str]) -> Self {
        let column = |name: &&str| match (name.strip_prefix('>'), name.strip_prefix('=')) {
            (Some(name), _) => (in_currency(name), Lean::Figures),
            (_, Some(name)) => (in_currency(name), Lean::Sentences),
            _ => (in_currency(name), Lean::Words),
        };
        Self {
            caption: caption.to_owned(),
            columns: columns.iter().map(column).collect(),
            rows: Vec::new(),
            in_sight: None,
        }
    }

    /// The same with all rows in sight, as in an annex.
    #[must_use]
    pub fn whole(self) -> Self {
        self.in_sight(usize::MAX)
    }

    /// The same with so many rows in sight.
    #[must_use]
    pub fn in_sight(mut self, rows: usize) -> Self {
        self.in_sight = Some(rows);
        self
    }

    /// Adds a row.
    pub fn row<const N: usize>(&mut self, fields: [TableField; N]) {
        self.rows.push((false, fields.into()));
    }

    /// Adds a row with one field per column.
    pub fn fields(&mut self, fields: Vec<TableField>) {
        self.rows.push((false, fields));
    }

    /// Adds a row that is marked.
    pub fn marked_row<const N: usize>(&mut self, fields: [TableField; N]) {
        self.rows.push((true, fields.into()));
    }

    /// Whether it has no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The table; nothing without rows.
    #[must_use]
    pub fn markup(self) -> Markup {
        if self.is_empty() {
            return Markup::default();
        }
        let Self { caption, columns, mut rows, in_sight } = self;
        let seen = in_sight.unwrap_or(ROWS_IN_SIGHT);
        let rest = rows.split_off(seen.min(rows.len()));
        let table = framed(&caption, &columns, rows);
        if rest.is_empty() {
            return table;
        }
        let summary = tag("summary", format!("{} more: {caption}", counted(rest.len(), "row")));
        let more = framed(&format!("{caption}, continued"), &columns, rest);
        table.and(tag("details", summary.and(more)))
    }
}

/// A name of a column with the mark of the currency that all of the page has.
fn in_currency(name: &str) -> String {
    name.replace(CODE_IN_COLUMN, CODE)
}

/// A table that can be moved sideways where it is too wide, with the keyboard too.
fn framed(caption: &str, columns: &[(String, Lean)], rows: Vec<(bool, Vec<TableField>)>) -> Markup {
    let n_rows = rows.len();
    let head: Markup = columns.iter().map(|(name, lean)| heading(name, *lean)).collect();
    let body: Markup = rows.into_iter().map(|(is_marked, fields)| row(is_marked, fields, columns)).collect();
    let table =
        classed("caption", "hidden", caption).and(tag("thead", tag("tr", head))).and(tag("tbody", body));
    let class = if n_rows <= ON_ONE_PAGE { "scroll whole" } else { "scroll" };
    let frame = [("class", class), ("role", "region"), ("aria-label", caption), ("tabindex", "0")];
    Markup::element("div", &frame, tag("table", table))
}

fn heading(name: &str, lean: Lean) -> Markup {
    let scope = ("scope", "col");
    match lean {
        Lean::Words | Lean::Sentences => Markup::element("th", &[scope], name.into()),
        Lean::Figures => Markup::element("th", &[scope, ("class", "n")], name.into()),
    }
}

fn row(is_marked: bool, fields: Vec<TableField>, columns: &[(String, Lean)]) -> Markup {
    let cells = fields.into_iter().zip(columns).enumerate();
    let cells: Markup = cells
        .map(|(at, (field, (_, lean)))| match (at, lean) {
            (0, _) => {
                let class = field.class();
                let attributes = [("scope", "row"), ("class", class)];
                let n = if class.is_empty() { 1 } else { 2 };
                Markup::element("th", &attributes[..n], field.markup())
            }
            (_, Lean::Words) => match field.class() {
                "" => tag("td", field.markup()),
                class => classed("td", class, field.markup()),
            },
            (_, Lean::Sentences) => classed("td", "long", field.markup()),
            (_, Lean::Figures) => classed("td", "n", field.markup()),
        })
        .collect();
    if is_marked { classed("tr", "marked", cells) } else { tag("tr", cells) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_beyond_ten_rows_is_folded_away() {
        let mut table = DataTable::new("hosts", &["host", ">share"]);
        for n in 0..12 {
            table.row([format!("h{n}").into(), TableField::with("1 %", "0 to 2 %")]);
        }
        let html = table.clone().markup().into_string();
        assert_eq!(html.matches("<tr>").count(), 12 + 2);
        assert!(html.contains("<summary>2 rows more: hosts</summary>"), "{html}");
        assert!(html.contains("<td class=\"n\">1 %<small class=\"below\">0 to 2 %</small></td>"), "{html}");
        assert!(!table.whole().markup().into_string().contains("<details>"));
    }

    /// A word that no column has room for may be broken anywhere, a day nowhere, and other words where lines end.
    #[test]
    fn words_are_broken_only_where_they_must_be() {
        let mut table = DataTable::new("offers", &["offer", "ends"]);
        table.row(["mistral-medium-3.5@scaleway:FR".into(), "2026-11-29".into()]);
        table.row(["x".repeat(40).into(), "assumed".into()]);
        let html = table.markup().into_string();
        assert!(html.contains("<th scope=\"row\">mistral-medium"), "{html}");
        assert!(html.contains("<td class=\"day\">2026-11-29") && html.contains("<td>assumed"), "{html}");
        assert!(html.contains("<th scope=\"row\" class=\"any\">xxx"), "{html}");
    }

    #[test]
    fn a_table_without_rows_is_nothing() {
        assert!(DataTable::new("hosts", &["host"]).markup().is_empty());
    }
}

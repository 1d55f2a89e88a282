//! The report as sections of typed tables: what spreadsheets and printed pages are made of, in the order of the report.
//!
//! Figures are exact here and amounts are in USD; each face rounds them, and shows them in its currency.

mod annexes;
pub mod decision;
mod dependencies;
mod history;
pub mod loss;
pub mod measures;
pub mod register;
pub mod supply;
pub mod whole_plan;

use std::collections::BTreeMap;

use serde::Serialize;

use super::answer::results::ResultsAnswer;
use super::answer::value_of;
use super::check::INELIGIBLE_ALLOCATION;
use super::figures::{ABSENT, count as whole, decimal, number as rounded, percent};
use super::money::{CODE, amount};
use super::tables::check::in_unit;

/// A part of the report.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportSection {
    /// Place in the report, from 1.
    pub number: usize,
    pub title: &'static str,
    /// The answer in a sentence or two, with marks for amounts (`report::money`).
    pub says: Vec<String>,
    /// The most useful first.
    pub tables: Vec<TypedTable>,
}

/// A table with exact values.
#[derive(Debug, Clone, PartialEq)]
pub struct TypedTable {
    /// Letters only: name of the table in a spreadsheet.
    pub name: &'static str,
    /// What it shows.
    pub title: &'static str,
    /// Its answer in a sentence or two, with marks for amounts; empty where the section says it.
    pub says: String,
    pub columns: Vec<TypedColumn>,
    /// One value per column.
    pub rows: Vec<Vec<TypedValue>>,
    /// What its figures mean; empty where the names of the columns say it.
    pub note: &'static str,
    /// Rows that a printed page shows; a spreadsheet has all.
    pub n_printed: usize,
}

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TypedColumn {
    /// Unique in its table. Of amounts, the face adds the currency.
    pub name: &'static str,
    pub kind: ColumnKind,
}

impl TypedColumn {
    /// Its name with a mark for the currency, where it has amounts.
    #[must_use]
    pub fn heading(self) -> String {
        match self.kind {
            ColumnKind::Amount => format!("{}, {CODE}", self.name),
            _ => self.name.to_owned(),
        }
    }

    /// A value of it as people read it, with marks for amounts.
    #[must_use]
    pub fn shown(self, value: &TypedValue) -> String {
        match value {
            TypedValue::Absent => ABSENT.to_owned(),
            TypedValue::Text(text) => text.clone(),
            TypedValue::Measured(x, unit) => in_unit(unit, *x),
            TypedValue::Number(x) => match self.kind {
                ColumnKind::Amount => amount(*x),
                ColumnKind::Share => percent(*x),
                ColumnKind::Count => whole(x.max(0.0).round() as u64),
                ColumnKind::Days | ColumnKind::Text => rounded(*x),
                ColumnKind::Number(0) => decimal(*x + 0.0, 0),
                ColumnKind::Number(n) => decimal(*x, n),
            },
        }
    }
}

/// What the values of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    Text,
    /// Whole.
    Count,
    /// USD.
    Amount,
    /// In [0, 1].
    Share,
    Days,
    /// Any number, with so many decimals.
    Number(usize),
}

/// A value of a table.
#[derive(Debug, Clone, PartialEq)]
pub enum TypedValue {
    Text(String),
    /// In the unit of its column.
    Number(f64),
    /// In a unit of its own, by the word of the answers: `share`, `usd`.
    Measured(f64, String),
    /// There is none.
    Absent,
}

/// Rows of a table that a printed page shows, unless it says otherwise.
const PRINTED: usize = 10;

impl TypedTable {
    fn new(name: &'static str, title: &'static str, columns: &[(&'static str, ColumnKind)]) -> Self {
        let columns = columns.iter().map(|&(name, kind)| TypedColumn { name, kind }).collect();
        Self { name, title, says: String::new(), columns, rows: Vec::new(), note: "", n_printed: PRINTED }
    }

    /// Columns in which something stands: where room is short, the others are left out.
    #[must_use]
    pub fn shown_columns(&self) -> Vec<usize> {
        let is_blank = |value: &TypedValue| match value {
            TypedValue::Absent => true,
            TypedValue::Text(text) => text.is_empty(),
            TypedValue::Number(_) | TypedValue::Measured(..) => false,
        };
        (0..self.columns.len()).filter(|&at| self.rows.iter().any(|row| !is_blank(&row[at]))).collect()
    }

    /// Headings of these columns for a table of text, which sets all but words to the right (`>`).
    #[must_use]
    pub fn aligned_headings(&self, columns: &[usize]) -> Vec<String> {
        let heading = |&at: &usize| match self.columns[at].kind {
            ColumnKind::Text => self.columns[at].heading(),
            _ => format!(">{}", self.columns[at].heading()),
        };
        columns.iter().map(heading).collect()
    }

    fn note(self, note: &'static str) -> Self {
        Self { note, ..self }
    }

    fn says(self, says: String) -> Self {
        Self { says, ..self }
    }

    /// With so many rows on paper.
    fn printed(self, n_printed: usize) -> Self {
        Self { n_printed, ..self }
    }

    /// With all rows also on paper.
    fn whole(self) -> Self {
        self.printed(usize::MAX)
    }

    fn rows(self, rows: impl IntoIterator<Item = Vec<TypedValue>>) -> Self {
        let rows: Vec<Vec<TypedValue>> = rows.into_iter().collect();
        debug_assert!(rows.iter().all(|row| row.len() == self.columns.len()), "{}", self.name);
        Self { rows, ..self }
    }
}

fn text(text: impl Into<String>) -> TypedValue {
    TypedValue::Text(text.into())
}

/// A number; absent when it is none that can be written.
fn number(x: impl Into<Option<f64>>) -> TypedValue {
    match x.into().filter(|x| x.is_finite()) {
        Some(x) => TypedValue::Number(x + 0.0),
        None => TypedValue::Absent,
    }
}

fn count(n: usize) -> TypedValue {
    TypedValue::Number(n as f64)
}

fn yes_no(yes: bool) -> TypedValue {
    text(if yes { "yes" } else { "no" })
}

/// A text that may be missing.
fn or_absent(value: Option<&str>) -> TypedValue {
    value.map_or(TypedValue::Absent, text)
}

/// A word of a closed list, as it is written in JSON.
fn word(word: &impl Serialize) -> String {
    value_of(word).as_str().unwrap_or_default().to_owned()
}

/// A value in a unit of its own.
fn measured(value: Option<f64>, unit: &str) -> TypedValue {
    let finite = value.filter(|x| x.is_finite());
    finite.map_or(TypedValue::Absent, |x| TypedValue::Measured(x + 0.0, unit.to_owned()))
}

/// The name that goes with an id, else the id.
fn named(names: &BTreeMap<String, String>, id: &str) -> TypedValue {
    text(names.get(id).map_or(id, String::as_str))
}

/// The section on what changed since the last report.
#[must_use]
pub fn changes(results: &ResultsAnswer) -> ReportSection {
    history::history(results)
}

/// Every section that has something to say, in the order of the report.
#[must_use]
pub fn sections(results: &ResultsAnswer) -> Vec<ReportSection> {
    let all = [
        decision::decision(results),
        history::history(results),
        decision::appetite(results),
        dependencies::dependencies(results),
        dependencies::concentration(results),
        loss::scenarios(results),
        dependencies::exit(results),
        dependencies::location(results),
        measures::contracts(results),
        measures::roadmap(results),
        loss::early_warning(results),
        annexes::data(results),
        annexes::method(results),
        annexes::annexes(results),
    ];
    all.into_iter().filter(|section| !section.says.is_empty() || !section.tables.is_empty()).collect()
}

/// Allocations of today that the rules do not allow for new use, as the check words them.
fn ineligible(results: &ResultsAnswer) -> impl Iterator<Item = &str> {
    let problems = results.check.problems.iter();
    problems.filter(|problem| problem.code == INELIGIBLE_ALLOCATION).map(|problem| problem.message.as_str())
}

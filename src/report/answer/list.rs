//! `list`: what the catalog or a portfolio holds, one entry per row.

pub mod catalog;
pub mod offers;
pub mod requirements;

use schemars::JsonSchema;
use serde::Serialize;

use super::FORMAT_VERSION;
use crate::model::Provenance;

/// A list of entries.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "List")]
pub struct ListAnswer<T> {
    /// Version of this format: 1.
    pub format_version: u64,
    /// Name of the portfolio whose own entries are included; null without one.
    pub portfolio: Option<String>,
    /// One entry per row. As CSV the keys are columns in this order, and several values in one are joined by semicolons.
    pub entries: Vec<T>,
}

impl<T> ListAnswer<T> {
    /// The documented list.
    #[must_use]
    pub fn of(portfolio: Option<&str>, entries: Vec<T>) -> Self {
        Self { format_version: FORMAT_VERSION, portfolio: portfolio.map(str::to_owned), entries }
    }
}

/// The date of an entry as it is written.
fn as_of(provenance: &Provenance) -> Option<String> {
    provenance.as_of.map(|date| date.to_string())
}

//! What a study is about, as plain data: no file, clock, randomness, solver or printing.
//!
//! [`jurisdictions`], [`catalog`], [`shock`], [`history`], [`portfolio`], [`contract`], [`limit`], [`selector`] and [`words`] hold what the files say,
//! [`price_list`] and [`gateway`] what those of others say;
//! [`instance`] is one portfolio with every id resolved, which all computing rooms read.

pub mod catalog;
pub mod contract;
pub mod eligibility;
#[cfg(test)]
pub(crate) mod example;
pub mod gateway;
pub mod history;
pub mod instance;
pub mod inventory;
pub mod jurisdictions;
pub mod limit;
pub mod magnitudes;
pub mod matching;
pub mod pairs;
pub mod plan;
pub mod portfolio;
pub mod price_history;
pub mod price_list;
pub mod selector;
pub mod shock;
pub mod signal;
pub mod words;

use crate::units::date::PartialDate;

/// How well a figure is supported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Confidence {
    /// Stated by the article that the enabler scores follow.
    Seed,
    /// Taken from a public source.
    #[default]
    Public,
    /// Derived or judged; the note or source says how.
    Estimate,
    /// The company's own: an entry of a portfolio's `catalog:`.
    Own,
}

impl Confidence {
    /// The word of the files and reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Seed => "seed",
            Self::Public => "public",
            Self::Estimate => "estimate",
            Self::Own => "own",
        }
    }
}

/// Where an entry comes from.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Provenance {
    /// Source ids; they resolve in `jurisdictions.yaml`.
    pub source: Vec<String>,
    /// Date of the figure.
    pub as_of: Option<PartialDate>,
    /// How well the figure is supported.
    pub confidence: Confidence,
    /// One sentence on the figure.
    pub note: Option<String>,
}

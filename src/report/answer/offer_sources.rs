//! `offers` of `serve`: where the figures of one offer come from.

use schemars::JsonSchema;
use serde::Serialize;

use super::FORMAT_VERSION;
use super::evidence::UsedSourceAnswer;
use crate::model::Provenance;
use crate::study::evidence::UsedSource;

/// An offer, and the evidence for what is said of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OfferSourcesAnswer {
    /// Version of this format: 1.
    pub format_version: u64,
    /// Id of the offer.
    pub offer: String,
    /// The entries that its figures are from: the offer, its model, and its host unless it is the company itself.
    pub entries: Vec<SourcedEntry>,
}

/// An entry of the catalog with its evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SourcedEntry {
    /// `offer`, `model` or `host`.
    pub what: String,
    /// Its id.
    pub name: String,
    /// How well its figures are supported.
    pub confidence: String,
    /// Day of the figures, as written in the file; null when none is given.
    pub as_of: Option<String>,
    /// A remark on the figures; null when there is none.
    pub note: Option<String>,
    /// Its sources, in the order of their ids.
    pub sources: Vec<UsedSourceAnswer>,
}

impl OfferSourcesAnswer {
    /// The documented answer.
    #[must_use]
    pub fn of(offer: &str, entries: Vec<SourcedEntry>) -> Self {
        Self { format_version: FORMAT_VERSION, offer: offer.to_owned(), entries }
    }
}

impl SourcedEntry {
    /// The documented entry. `sources`: those that `provenance` names.
    #[must_use]
    pub fn of(what: &str, name: &str, provenance: &Provenance, sources: &[UsedSource]) -> Self {
        Self {
            what: what.to_owned(),
            name: name.to_owned(),
            confidence: provenance.confidence.as_str().to_owned(),
            as_of: provenance.as_of.map(|date| date.to_string()),
            note: provenance.note.clone(),
            sources: sources.iter().map(UsedSourceAnswer::of).collect(),
        }
    }
}

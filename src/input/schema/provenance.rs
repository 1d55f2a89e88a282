//! Where an entry of the catalog comes from.

use schemars::JsonSchema;

use super::values::{DateValue, OneOrMany, TextValue};

/// How well a figure is supported.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "confidence", rename_all = "snake_case")]
pub enum ConfidenceWord {
    Seed,
    Public,
    Estimate,
}

/// Where an entry comes from.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "provenance", deny_unknown_fields)]
pub struct ProvenanceShape {
    /// Ids of entries in `sources` of the jurisdictions' file.
    pub source: Option<OneOrMany<TextValue>>,
    /// Date on which the entry was true.
    pub as_of: Option<DateValue>,
    /// How well the entry is supported.
    pub confidence: Option<ConfidenceWord>,
    /// Anything a reader should know.
    pub note: Option<TextValue>,
}

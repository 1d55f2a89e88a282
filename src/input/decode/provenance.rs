//! Decoder of the provenance of an entry: `source`, `as_of`, `confidence`, `note`.

use super::Fields;
use super::scalars::Choices;
use crate::model::{Confidence, Provenance};

const CONFIDENCE: Choices<Confidence> =
    &[("seed", Confidence::Seed), ("public", Confidence::Public), ("estimate", Confidence::Estimate)];

/// Reads the four keys of an entry.
pub(crate) fn provenance(f: &Fields<'_>) -> Provenance {
    Provenance {
        source: f.ids("source"),
        as_of: f.optional("as_of").and_then(|at| at.date()),
        confidence: f.opt_choice("confidence", CONFIDENCE).unwrap_or_default(),
        note: f.opt_text("note"),
    }
}

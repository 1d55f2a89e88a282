//! Maps of `landscape` as rows.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::{EnablerScoreAnswer, IndicatorScoreAnswer, LandscapeAnswer};
use crate::report::csv::Sheet;

/// One row per jurisdiction and enabler.
#[must_use]
pub fn enabler_rows(answer: &LandscapeAnswer) -> Sheet {
    rows::<EnablerScoreAnswer>("enabler", &answer.enablers)
}

/// One row per jurisdiction and indicator.
#[must_use]
pub fn indicator_rows(answer: &LandscapeAnswer) -> Sheet {
    rows::<IndicatorScoreAnswer>("indicator", &answer.indicators)
}

/// Jurisdiction, the inner key, then the fields of each entry.
fn rows<T: Serialize + JsonSchema>(inner: &str, maps: &BTreeMap<String, BTreeMap<String, T>>) -> Sheet {
    let entries = maps.iter().flat_map(|(jurisdiction, entries)| {
        entries.iter().map(move |(id, entry)| ([jurisdiction.as_str(), id.as_str()], entry))
    });
    Sheet::of_keyed(["jurisdiction", inner], entries)
}

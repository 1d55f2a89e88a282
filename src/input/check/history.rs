//! Names in past events, and ids that occur twice.

use super::names::Known;
use super::{countries, duplicates, scenarios};
use crate::input::at::At;
use crate::model::history::{HistoricalEffect, HistoricalEvent};

/// All names of the events in `file`.
pub(super) fn check(file: &At<'_>, events: &[HistoricalEvent], known: &Known<'_>) {
    let entry = |i| file.key("events").index(i);
    duplicates::check("event", events.iter().map(|e| e.id.as_str()), |i| Some(entry(i)));
    for (i, event) in events.iter().enumerate() {
        names(&entry(i), event, known);
    }
}

fn names(at: &At<'_>, event: &HistoricalEvent, known: &Known<'_>) {
    known.provenance(at, &event.provenance);
    // Countries where nobody of the catalog is may act as well.
    if let Some(actor) = event.actor.as_ref().filter(|actor| !countries::is_country_code(actor)) {
        known.jurisdiction(&at.key("actor"), actor);
    }
    if let HistoricalEffect::Shocks(shocks) = &event.effect {
        let played = at.key("played_as");
        for (i, shock) in shocks.iter().enumerate() {
            scenarios::event(&played.index(i), shock, known);
        }
    }
}

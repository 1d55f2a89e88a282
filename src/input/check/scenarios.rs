//! Names in scenarios.

use super::names::Known;
use super::shocks;
use crate::input::at::At;
use crate::input::tree::YamlValue;
use crate::model::shock::{Scenario, ScenarioEvent, ShockRef};

/// All names of a scenario's events.
pub(super) fn check(at: &At<'_>, scenario: &Scenario, known: &Known<'_>) {
    known.provenance(at, &scenario.provenance);
    for (i, event) in scenario.events.iter().enumerate() {
        self::event(&at.key("events").index(i), event, known);
    }
}

/// All names of an event.
pub(super) fn event(at: &At<'_>, event: &ScenarioEvent, known: &Known<'_>) {
    let named = at.key("shock");
    match &event.shock {
        ShockRef::Id(id) => known.shock(&named, id),
        // The keys of a shock written in place are there; those that override a library shock are in the event.
        ShockRef::Inline(shock) if matches!(named.node.value, YamlValue::Map(_)) => {
            shocks::check(&named, shock, known);
        }
        ShockRef::Inline(shock) => shocks::check(at, shock, known),
    }
}

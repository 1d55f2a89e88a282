//! Decoder of scenarios. An event names a shock of the library, overrides some of its keys, or writes a shock in place.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::provenance::provenance;
use super::shocks::{duration, scenario_shock};
use crate::input::at::At;
use crate::input::log::Log;
use crate::input::tree::{Entry, YamlNode, YamlValue};
use crate::model::shock::{EACH_WORD, Scenario, ScenarioEvent, ShockRef};

/// The library's shocks as written, by id; an event's own keys override theirs.
pub(crate) type WrittenShocks<'a> = BTreeMap<&'a str, &'a YamlNode>;

/// Keys of an event that do not belong to its shock.
const EVENT_KEYS: [&str; 4] = ["shock", "at", "duration", "withdraw"];

/// A file `scenarios/ID.yaml`.
pub(crate) fn scenario_file(at: &At<'_>, library: &WrittenShocks<'_>) -> Scenario {
    scenario_with(at, library, true)
}

/// One entry of a portfolio's `catalog.scenarios`.
pub(crate) fn scenario(at: &At<'_>, library: &WrittenShocks<'_>) -> Scenario {
    scenario_with(at, library, false)
}

fn scenario_with(at: &At<'_>, library: &WrittenShocks<'_>, is_file: bool) -> Scenario {
    let f = at.fields();
    if is_file {
        crate::input::decode::catalog::format_version(&f);
    }
    let id = f.id("id");
    let decoded = Scenario {
        name: f.opt_text("name").unwrap_or_else(|| id.clone()),
        horizon_days: f.optional("horizon").and_then(|at| at.horizon()),
        events: f.required("events").map(|at| events(&at, &id, library)).unwrap_or_default(),
        provenance: provenance(&f),
        id,
    };
    f.close();
    decoded
}

fn events(at: &At<'_>, scenario: &str, library: &WrittenShocks<'_>) -> Vec<ScenarioEvent> {
    at.refuse_empty_list();
    at.items()
        .iter()
        .enumerate()
        .map(|(n, at)| event(at, &format!("{scenario}.{}", n + 1), library))
        .collect()
}

/// `inline_id`: id of a shock that is written in place without an id.
pub(crate) fn event(at: &At<'_>, inline_id: &str, library: &WrittenShocks<'_>) -> ScenarioEvent {
    let f = at.fields();
    let answer = |key| {
        f.optional(key).filter(|at| matches!(at.node.value, YamlValue::Bool(_))).and_then(|at| at.flag())
    };
    let (collateral, triggers) = (answer("collateral"), answer("triggers"));
    let decoded = ScenarioEvent {
        shock: f
            .required("shock")
            .map_or(ShockRef::Id(String::new()), |named| shock_ref(at, &named, inline_id, library)),
        at_days: f.opt_days("at").unwrap_or(0.0),
        duration: f.optional("duration").map(|at| duration(&at)),
        collateral,
        withdraw: f.optional("withdraw").and_then(|at| at.flag()),
        triggers,
    };
    // The other keys belong to the shock, whose decoder has reported unknown ones.
    decoded
}

fn shock_ref(at: &At<'_>, named: &At<'_>, inline_id: &str, library: &WrittenShocks<'_>) -> ShockRef {
    let overrides = overrides(at);
    let base = match &named.node.value {
        YamlValue::Map(_) if overrides.is_empty() => {
            return ShockRef::Inline(Box::new(scenario_shock(named, inline_id)));
        }
        YamlValue::Map(_) => named.node.clone(),
        _ => {
            let id = named.text().unwrap_or_default();
            match written_shock(&id, library) {
                Some(written) if !overrides.is_empty() && is_sound(at, &written) => {
                    written.placed(named.node.mark)
                }
                _ => return ShockRef::Id(id),
            }
        }
    };
    let node = overlaid(base, overrides);
    ShockRef::Inline(Box::new(scenario_shock(&at.with_node(&node), inline_id)))
}

/// A shock of the library as written; a member of a template as it would be written out.
fn written_shock<'n>(id: &str, library: &WrittenShocks<'n>) -> Option<Cow<'n, YamlNode>> {
    if let Some(&written) = library.get(id) {
        return Some(Cow::Borrowed(written));
    }
    let (template, supplier) = id.rsplit_once('/')?;
    let mut node = (*library.get(template)?).clone();
    let YamlValue::Map(entries) = &mut node.value else { return None };
    let n_keys = entries.len();
    entries.retain(|entry| !matches!(entry.key.as_str(), "each" | "unless"));
    if entries.len() == n_keys {
        return None;
    }
    name_each(&mut node, supplier);
    if let YamlValue::Map(entries) = &mut node.value
        && let Some(own) = entries.iter_mut().find(|entry| entry.key == "id")
    {
        own.node.value = YamlValue::Text(id.to_owned());
    }
    Some(Cow::Owned(node))
}

/// Puts a supplier in the place of `$each`.
fn name_each(node: &mut YamlNode, supplier: &str) {
    match &mut node.value {
        YamlValue::Text(text) => *text = text.replace(EACH_WORD, supplier),
        YamlValue::List(items) => items.iter_mut().for_each(|item| name_each(item, supplier)),
        YamlValue::Map(entries) => entries.iter_mut().for_each(|entry| name_each(&mut entry.node, supplier)),
        YamlValue::Null | YamlValue::Bool(_) | YamlValue::Number { .. } => {}
    }
}

/// Whether the library's shock has no errors; those are reported in its own file.
fn is_sound(at: &At<'_>, written: &YamlNode) -> bool {
    let log = Log::default();
    scenario_shock(&at.with_node(written).with_log(&log), "");
    !log.has_errors()
}

/// The event's entries that override its shock. `true` or `false` under `collateral` and `triggers` is for the event only.
fn overrides(at: &At<'_>) -> Vec<Entry> {
    let YamlValue::Map(entries) = &at.node.value else { return Vec::new() };
    let is_answer = |e: &Entry| {
        matches!(e.key.as_str(), "collateral" | "triggers") && matches!(e.node.value, YamlValue::Bool(_))
    };
    entries.iter().filter(|e| !EVENT_KEYS.contains(&e.key.as_str()) && !is_answer(e)).cloned().collect()
}

fn overlaid(base: YamlNode, overrides: Vec<Entry>) -> YamlNode {
    let YamlValue::Map(mut entries) = base.value else { return base };
    for entry in overrides {
        match entries.iter_mut().find(|e| e.key == entry.key) {
            Some(old) => *old = entry,
            None => entries.push(entry),
        }
    }
    YamlNode { value: YamlValue::Map(entries), ..base }
}

//! The scenario of a request's events, as it stands in the portfolio's file.

use serde_json::{Map, Value, json};

use super::refusal::Refusal;
use super::requests::{EventRequest, NodeRequest};
use crate::exposure::node_losses::NodeFailure;
use crate::exposure::profile::NODE_KINDS;
use crate::input::edit::TextChange;
use crate::model::instance::Instance;
use crate::report::names::node_name;
use crate::study::what_if::Stopped;

/// Id of the scenario.
pub(super) const WHAT_IF: &str = "what_if";

/// The change that adds the scenario; `None` without events.
pub(super) fn scenario(
    instance: &Instance,
    events: &[EventRequest],
    has_own: bool,
) -> Result<Option<TextChange>, Refusal> {
    if events.is_empty() {
        return Ok(None);
    }
    let events = events.iter().enumerate().map(|(n, one)| event(instance, n, one));
    let events = events.collect::<Result<Vec<_>, _>>()?;
    // A scenario of an earlier step is replaced.
    let at = format!("/catalog/scenarios/{}", if has_own { WHAT_IF } else { "-" });
    let value = json!({"id": WHAT_IF, "name": "What if", "events": events});
    Ok(Some(TextChange { at, value }))
}

fn event(instance: &Instance, n: usize, event: &EventRequest) -> Result<Value, Refusal> {
    let mut written = Map::new();
    let shock = match (&event.shock, &event.off) {
        (Some(id), None) => Value::from(id.as_str()),
        (None, Some(node)) => stopped(instance, n, node)?,
        _ => return Err(Refusal::invalid("an event needs either 'shock' or 'off'")),
    };
    written.insert("shock".to_owned(), shock);
    written.insert("at".to_owned(), days("at_day", event.at_day.unwrap_or(0.0))?);
    if let Some(lasting) = event.days {
        written.insert("duration".to_owned(), days("days", lasting)?);
    }
    Ok(Value::Object(written))
}

/// A shock that stops a node and everything under it.
fn stopped(instance: &Instance, n: usize, node: &NodeRequest) -> Result<Value, Refusal> {
    let kind = NODE_KINDS.into_iter().find(|kind| kind.as_str() == node.kind);
    let kind = kind.ok_or_else(|| Refusal::invalid(format!("there is no kind of node '{}'", node.kind)))?;
    let failure = NodeFailure::find(instance, kind, &node.id);
    let failure =
        failure.ok_or_else(|| Refusal::invalid(format!("there is no {} '{}'", node.kind, node.id)))?;
    let Stopped { suppliers, host_sites, hardware } = Stopped::with(instance, failure);
    let lists = [("supplier", suppliers), ("host_site", host_sites), ("hardware", hardware)];
    let lists: Map<String, Value> = lists
        .into_iter()
        .filter(|(_, ids)| !ids.is_empty())
        .map(|(key, ids)| (key.to_owned(), Value::from(ids)))
        .collect();
    if lists.is_empty() {
        return Err(Refusal::invalid(format!("nothing stops with the {} '{}'", node.kind, node.id)));
    }
    let name = format!("Without {}", node_name(instance, failure));
    Ok(json!({"id": format!("off_{}", n + 1), "name": name, "effects": [{"stop": lists}]}))
}

/// A time in the words of the files.
fn days(key: &str, days: f64) -> Result<Value, Refusal> {
    const MAX_DAYS: f64 = 36_500.0;
    if (0.0..=MAX_DAYS).contains(&days) {
        Ok(Value::from(format!("{days}d")))
    } else {
        Err(Refusal::invalid(format!("'{key}' must be from 0 to {MAX_DAYS} days")))
    }
}

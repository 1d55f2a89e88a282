//! Files of new events: a table, or what ai-provider-watch publishes.

mod provider_watch;

use std::path::Path;

use serde_json::Value;

use super::diagnostic::Diagnostic;
use super::event_table::{TableLine, signal_table};
use super::log::Log;
use super::{InputError, document, failure, files};
use crate::model::instance::Instance;
use crate::model::signal::Signal;

/// Reads new events: JSON of ai-provider-watch, one event or a list of them, when the file ends in `.json`, else a table as CSV.
///
/// `instance`: what the ids of shocks, suppliers and models must be found in. JSON is a file of others: what it names and the
/// catalog does not have is set aside, not refused.
///
/// # Errors
/// [`InputError::Unreadable`] when the file cannot be read; [`InputError::Invalid`] when it has an error.
pub fn signals(path: &Path, instance: &Instance) -> Result<Vec<Signal>, InputError> {
    let log = Log::default();
    let file = path.display().to_string();
    let is_json = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
    let read = files::bytes(path, &log).map(|bytes| match is_json {
        true => feed(&file, bytes, instance, &log),
        false => signal_table(&file, &bytes, |signal, line| known_ids(signal, line, instance), &log),
    });
    match read {
        Some(mut read) if !log.has_errors() => {
            read.sort_by(|a, b| a.event.date.cmp(&b.event.date).then_with(|| a.event.id.cmp(&b.event.id)));
            Ok(read)
        }
        _ => Err(failure(log)),
    }
}

/// Refuses ids that the catalog does not have.
fn known_ids(signal: &Signal, line: &TableLine<'_>, instance: &Instance) {
    let shocks = || instance.shocks.iter().map(|shock| shock.id.as_str());
    let suppliers = || instance.suppliers.iter().map(|supplier| supplier.supplier.id.as_str());
    let models = || instance.models.iter().map(|model| model.model.id.as_str());
    for id in signal.shocks.iter().filter(|id| !shocks().any(|known| known == *id)) {
        line.unknown_id("shock", id, shocks());
    }
    for id in signal.suppliers.iter().filter(|id| !suppliers().any(|known| known == *id)) {
        line.unknown_id("supplier", id, suppliers());
    }
    for id in signal.models.iter().filter(|id| !models().any(|known| known == *id)) {
        line.unknown_id("model", id, models());
    }
}

/// Reads JSON: one event, or a list of them.
fn feed(file: &str, bytes: Vec<u8>, instance: &Instance, log: &Log) -> Vec<Signal> {
    let Some(text) = document::text_of(file, bytes, log) else { return Vec::new() };
    let root: Value = match serde_json::from_str(&text) {
        Ok(root) => root,
        Err(error) => {
            let help = "name an event of ai-provider-watch, its list of events, or a table that ends in .csv";
            let diagnostic =
                Diagnostic::of_file("json-syntax", file, format!("not JSON: {error}"), Some(help.to_owned()));
            let (line, column) = (Some(error.line().max(1)), Some(error.column().max(1)));
            log.push(Diagnostic { line, column, ..diagnostic });
            return Vec::new();
        }
    };
    let entries = match &root {
        Value::Array(entries) => entries.as_slice(),
        one => std::slice::from_ref(one),
    };
    let mut ids = std::collections::BTreeSet::new();
    let mut signals = Vec::new();
    for (n, entry) in entries.iter().enumerate() {
        match provider_watch::signal(entry, instance) {
            Ok(signal) if ids.insert(signal.event.id.clone()) => signals.push(signal),
            // The list of a release repeats what its single files hold.
            Ok(_) => {}
            Err(problem) => {
                let message = format!("entry {} is no event of ai-provider-watch: {problem}", n + 1);
                let help = "name what the project publishes under data/events or data/feeds/events.json";
                log.push(Diagnostic::of_file("unknown-event-format", file, message, Some(help.to_owned())));
            }
        }
    }
    if signals.is_empty() && !log.has_errors() {
        let help = Some("name a file with at least one event".to_owned());
        log.push(Diagnostic::of_file("empty-list", file, "the file has no events".into(), help));
    }
    signals
}

#[cfg(test)]
mod tests;

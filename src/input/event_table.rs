//! A table of events as CSV: past ones, from which rates and durations are counted, or new ones, which update them.

use std::path::Path;

use jiff::civil::Date;

use super::decode::history::STATES;
use super::diagnostic::{Diagnostic, Severity, quoted};
use super::log::Log;
use super::{InputError, failure, files};
use crate::ids::nearest;
use crate::model::Provenance;
use crate::model::history::{
    EVENT_KINDS, EventScope, EventSide, EventState, HistoricalEffect, HistoricalEvent,
};
use crate::model::signal::Signal;
use crate::shocks::actor::NO_ACTOR;
use crate::units::date::{days_between, parse_day};

/// Code of a table that is no CSV.
const CSV_SYNTAX: &str = "csv-syntax";

/// Columns by what they hold: the names of `history.yaml`, and other names in use.
const ID: &[&str] = &["id"];
const DATE: &[&str] = &["date", "date_start"];
const UNTIL: &[&str] = &["until", "date_end"];
const KIND: &[&str] = &["kind", "type"];
const ACTOR: &[&str] = &["actor", "from_jurisdiction"];
const NAME: &[&str] = &["name", "target"];
const SIDE: &[&str] = &["side"];
const STATE: &[&str] = &["state", "end_state"];
const LASTED: &[&str] = &["lasted_days", "duration_days"];
const NOTICE: &[&str] = &["notice_days"];
const SCOPE: &[&str] = &["scope"];
const COUNTED: &[&str] = &["counted"];
/// Columns of new events: ids, several with semicolons between them, and the day on which models end.
const SHOCKS: &[&str] = &["shocks"];
const SUPPLIERS: &[&str] = &["suppliers"];
const MODELS: &[&str] = &["models"];
const RETIRES: &[&str] = &["retires"];

/// Other names of kinds, states and sides.
const OTHER_KINDS: [(&str, &str); 3] =
    [("licence_change", "license_change"), ("provider_exit", "supplier_exit"), ("region_outage", "outage")];
const OTHER_STATES: [(&str, &str); 6] = [
    ("open", "in_force"),
    ("lifted", "ended"),
    ("restored", "ended"),
    ("expired", "ended"),
    ("partly_lifted", "partly_ended"),
    ("end_unknown", "unknown"),
];
const SIDES: [(&str, EventSide); 7] = [
    ("state", EventSide::State),
    ("gov", EventSide::State),
    ("supplier", EventSide::Supplier),
    ("buyer", EventSide::Buyer),
    ("market", EventSide::Market),
    ("infrastructure", EventSide::Infrastructure),
    ("infra", EventSide::Infrastructure),
];

/// Words that a free text on the scope is searched for.
const SCOPE_WORDS: [(&str, EventScope); 9] = [
    ("hardware", EventScope::Hardware),
    ("inputs", EventScope::Inputs),
    ("government", EventScope::Government),
    ("deprecation", EventScope::Deprecation),
    ("withheld", EventScope::Withheld),
    ("paused", EventScope::Paused),
    ("suspended", EventScope::Paused),
    ("price up", EventScope::PriceUp),
    ("price down", EventScope::PriceDown),
];

/// Longest duration in a table, days: as in other files.
const MAX_DAYS: f64 = super::decode::scalars::MAX_DAYS;

/// Reads a table of events: a line of column names, then one event a line. Needs `id`, `date`, `kind` and `actor`.
///
/// # Errors
/// [`InputError::Unreadable`] when the file cannot be read; [`InputError::Invalid`] when it has an error.
pub fn event_table(path: &Path) -> Result<Vec<HistoricalEvent>, InputError> {
    let log = Log::default();
    let file = path.display().to_string();
    let rows = files::bytes(path, &log).map(|bytes| signal_table(&file, &bytes, |_, _| (), &log));
    match rows {
        Some(rows) if !log.has_errors() => Ok(rows.into_iter().map(|row| row.event).collect()),
        _ => Err(failure(log)),
    }
}

/// Reads a table of new events. `check` is called with each and its line.
pub(super) fn signal_table(
    file: &str,
    bytes: &[u8],
    check: impl Fn(&Signal, &TableLine<'_>),
    log: &Log,
) -> Vec<Signal> {
    if bytes.len() > super::document::MAX_BYTES {
        let help = Some("split the file".to_owned());
        log.push(Diagnostic::of_file("file-too-large", file, "the file has more than 32 MiB".into(), help));
        return Vec::new();
    }
    let mut reader = csv::ReaderBuilder::new().flexible(false).from_reader(bytes);
    let broken = |error: &csv::Error| {
        let line = error.position().map(|p| usize::try_from(p.line()).unwrap_or(usize::MAX));
        log.push(Diagnostic {
            line,
            ..Diagnostic::of_file(
                CSV_SYNTAX,
                file,
                format!("the table cannot be read: {error}"),
                Some("write one event a line, with as many fields as there are columns".to_owned()),
            )
        });
    };
    let columns = match reader.headers() {
        Ok(columns) => columns.clone(),
        Err(error) => {
            broken(&error);
            return Vec::new();
        }
    };
    let missing: Vec<&str> = [ID, DATE, KIND, ACTOR]
        .iter()
        .filter(|names| column(&columns, names).is_none())
        .map(|names| names[0])
        .collect();
    if !missing.is_empty() {
        let help = Some("the first line names the columns; the reference says what each holds".to_owned());
        let message = format!("the table has no column {}", missing.join(", "));
        log.push(Diagnostic::of_file("missing-key", file, message, help));
        return Vec::new();
    }
    let mut signals: Vec<Signal> = Vec::new();
    let mut ids = std::collections::BTreeSet::new();
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                broken(&error);
                continue;
            }
        };
        let line = record.position().map_or(0, |p| usize::try_from(p.line()).unwrap_or(usize::MAX));
        let row = TableLine { file, columns: &columns, record: &record, line, log };
        let Some(signal) = row.signal() else { continue };
        if !ids.insert(signal.event.id.clone()) {
            row.refuse(
                "duplicate-id",
                ID,
                format!("the event {} is already in this table", quoted(&signal.event.id)),
                "rename or remove one of them".to_owned(),
            );
        }
        check(&signal, &row);
        signals.push(signal);
    }
    if signals.is_empty() && !log.has_errors() {
        let help = Some("write one event a line below the names of the columns".to_owned());
        log.push(Diagnostic::of_file("empty-list", file, "the table has no events".into(), help));
    }
    signals
}

fn column(columns: &csv::StringRecord, names: &[&str]) -> Option<usize> {
    names.iter().find_map(|name| columns.iter().position(|column| column.trim() == *name))
}

/// One line of the table.
pub(super) struct TableLine<'a> {
    file: &'a str,
    columns: &'a csv::StringRecord,
    record: &'a csv::StringRecord,
    line: usize,
    log: &'a Log,
}

impl TableLine<'_> {
    fn signal(&self) -> Option<Signal> {
        let retires = self.field(RETIRES).and_then(|text| self.day(RETIRES, text));
        Some(Signal {
            event: self.event()?,
            shocks: self.ids(SHOCKS),
            suppliers: self.ids(SUPPLIERS),
            models: self.ids(MODELS),
            retires,
            set_aside: None,
        })
    }

    /// The ids of a column.
    fn ids(&self, names: &[&str]) -> Vec<String> {
        let text = self.field(names).unwrap_or_default();
        text.split(';').map(str::trim).filter(|id| !id.is_empty()).map(str::to_owned).collect()
    }

    /// Refuses an id that is not known.
    pub(super) fn unknown_id<'k>(&self, what: &str, id: &str, known: impl Iterator<Item = &'k str>) {
        let (code, names) = match what {
            "shock" => ("unknown-shock", SHOCKS),
            "supplier" => ("unknown-supplier", SUPPLIERS),
            _ => ("unknown-model", MODELS),
        };
        let near = Some(()).filter(|()| self.log.suggests()).and_then(|()| nearest(id, known));
        let help = near.map(|name| format!("did you mean '{name}'?"));
        let help = help.unwrap_or_else(|| format!("`multipolar list {what}s` lists those of the catalog"));
        self.refuse(code, names, format!("unknown {what} {}", quoted(id)), help);
    }

    fn event(&self) -> Option<HistoricalEvent> {
        let date = self.required(DATE).and_then(|text| self.day(DATE, text));
        let id = self.required(ID);
        let kind = self.required(KIND).and_then(|text| {
            let written = other_name(&OTHER_KINDS, text);
            let found = EVENT_KINDS.iter().find(|kind| **kind == written).copied();
            found.or_else(|| self.unknown(KIND, text, EVENT_KINDS.iter().copied()))
        });
        let actor = self.required(ACTOR);
        let state = self.field(STATE).and_then(|text| {
            let written = other_name(&OTHER_STATES, text);
            let found = STATES.iter().find(|(word, _)| *word == written).map(|(_, state)| *state);
            found.or_else(|| self.unknown(STATE, text, STATES.iter().map(|(word, _)| *word)))
        });
        let side = self.field(SIDE).and_then(|text| {
            let found = SIDES.iter().find(|(word, _)| *word == text).map(|(_, side)| *side);
            found.or_else(|| self.unknown(SIDE, text, SIDES.iter().map(|(word, _)| *word)))
        });
        let until = self.field(UNTIL).and_then(|text| self.day(UNTIL, text));
        let written = self.field(LASTED).and_then(|text| self.days(LASTED, text));
        let notice_days = self.field(NOTICE).and_then(|text| self.days(NOTICE, text));
        let is_counted = match self.field(COUNTED) {
            None | Some("true") => true,
            Some("false") => false,
            Some(other) => self.unknown(COUNTED, other, ["true", "false"].into_iter())?,
        };
        let (date, id, kind, actor) = (date?, id?, kind?, actor?);
        let lasted_days = written.or_else(|| self.lasted(date, until, state));
        let scope = self.field(SCOPE).unwrap_or_default();
        Some(HistoricalEvent {
            id: id.to_owned(),
            name: self.field(NAME).unwrap_or(id).to_owned(),
            date,
            lasted_days,
            state: state.unwrap_or(if lasted_days.is_some() {
                EventState::Ended
            } else {
                EventState::InForce
            }),
            actor: Some(actor.to_owned()).filter(|actor| actor != NO_ACTOR),
            side: side.unwrap_or(default_side(kind)),
            kind,
            scope: SCOPE_WORDS
                .iter()
                .filter(|(word, _)| scope.contains(word))
                .map(|(_, scope)| *scope)
                .collect(),
            is_counted,
            notice_days,
            effect: HistoricalEffect::None("a table of events says nothing on effects".to_owned()),
            provenance: Provenance::default(),
        })
    }

    /// Days to the end, where the state does not contradict it: a permanent act has no end. An event that was over on its first
    /// day lasted less than a day; half of one is taken.
    fn lasted(&self, date: Date, until: Option<Date>, state: Option<EventState>) -> Option<f64> {
        let until = until?;
        let has_end = matches!(
            state,
            None | Some(
                EventState::Ended | EventState::PartlyEnded | EventState::Suspended | EventState::Superseded
            )
        );
        let days = days_between(date, until);
        if days < 0.0 {
            self.refuse(
                "empty-range",
                UNTIL,
                "the end lies before the beginning".to_owned(),
                "exchange or correct the dates".to_owned(),
            );
        }
        has_end.then_some(if days > 0.0 { days } else { 0.5 })
    }

    /// The field of a column; `None` where there is no such column, or it is empty.
    fn field(&self, names: &[&str]) -> Option<&str> {
        let text = self.record.get(column(self.columns, names)?)?.trim();
        (!text.is_empty()).then_some(text)
    }

    fn required(&self, names: &[&str]) -> Option<&str> {
        let found = self.field(names);
        if found.is_none() {
            self.refuse(
                "missing-key",
                names,
                format!("the column '{}' is empty", self.name_of(names)),
                "fill it in".to_owned(),
            );
        }
        found
    }

    fn day(&self, names: &[&str], text: &str) -> Option<Date> {
        let read = parse_day(text);
        if let Err(error) = &read {
            let help = "write a day such as 2026-10-31".to_owned();
            self.refuse("invalid-date", names, error.to_string(), help);
        }
        read.ok()
    }

    fn days(&self, names: &[&str], text: &str) -> Option<f64> {
        let read = text.parse::<f64>().ok().filter(|days| (0.0..=MAX_DAYS).contains(days));
        if read.is_none() {
            self.refuse(
                "invalid-duration",
                names,
                format!("{} is not a number of days", quoted(text)),
                "write a number from 0 to 36500, without a unit".to_owned(),
            );
        }
        read
    }

    fn unknown<'w, T>(
        &self,
        names: &[&str],
        text: &str,
        words: impl Iterator<Item = &'w str> + Clone,
    ) -> Option<T> {
        let allowed = words.clone().collect::<Vec<_>>().join(", ");
        let help = nearest(text, words).map(|name| format!("did you mean '{name}'?"));
        let message = format!("unknown value {}; allowed: {allowed}", quoted(text));
        let help = help.unwrap_or_else(|| "write one of these words".to_owned());
        self.refuse("unknown-value", names, message, help);
        None
    }

    fn refuse(&self, code: &'static str, names: &[&str], message: String, help: String) {
        self.log.push(Diagnostic {
            code,
            severity: Severity::Error,
            file: self.file.to_owned(),
            line: Some(self.line),
            column: None,
            path: self.name_of(names).to_owned(),
            message,
            help: Some(help),
            excerpt: None,
        });
    }

    /// The name that the table has for a column.
    fn name_of<'n>(&self, names: &[&'n str]) -> &'n str {
        let known = |name: &&&str| self.columns.iter().any(|column| column.trim() == **name);
        names.iter().find(known).copied().unwrap_or(names[0])
    }
}

fn other_name<'a>(names: &[(&'a str, &'a str)], text: &'a str) -> &'a str {
    names.iter().find(|(other, _)| *other == text).map_or(text, |(_, name)| *name)
}

/// Who usually decides on events of a kind, where a table does not say.
fn default_side(kind: &str) -> EventSide {
    match kind {
        "outage" | "security_incident" => EventSide::Infrastructure,
        "acquisition" => EventSide::Market,
        "license_change" | "price_shock" | "supplier_exit" => EventSide::Supplier,
        _ => EventSide::State,
    }
}

//! Decoder of `history.yaml`: events that have happened, with what each does to today's supply.

use jiff::civil::Date;

use super::Fields;
use super::catalog::format_version;
use super::provenance::provenance;
use super::scalars::Choices;
use super::scenarios::{self, WrittenShocks};
use crate::input::at::At;
use crate::model::history::{
    EVENT_KINDS, EventScope, EventSide, EventState, HistoricalEffect, HistoricalEvent,
};
use crate::shocks::actor::NO_ACTOR;
use crate::units::date::days_between;

pub(crate) const STATES: Choices<EventState> = &[
    ("in_force", EventState::InForce),
    ("ended", EventState::Ended),
    ("partly_ended", EventState::PartlyEnded),
    ("suspended", EventState::Suspended),
    ("superseded", EventState::Superseded),
    ("permanent", EventState::Permanent),
    ("unknown", EventState::Unknown),
];

const SIDES: Choices<EventSide> = &[
    ("state", EventSide::State),
    ("supplier", EventSide::Supplier),
    ("buyer", EventSide::Buyer),
    ("market", EventSide::Market),
    ("infrastructure", EventSide::Infrastructure),
];

const SCOPES: Choices<EventScope> = &[
    ("hardware", EventScope::Hardware),
    ("inputs", EventScope::Inputs),
    ("government", EventScope::Government),
    ("deprecation", EventScope::Deprecation),
    ("withheld", EventScope::Withheld),
    ("paused", EventScope::Paused),
    ("price_up", EventScope::PriceUp),
    ("price_down", EventScope::PriceDown),
];

/// The file `history.yaml`; `None` when its window is wrong. The second part is its events in the order of the file.
pub(crate) fn history(
    at: &At<'_>,
    library: &WrittenShocks<'_>,
) -> (Option<(Date, Date)>, Vec<HistoricalEvent>) {
    let f = at.fields();
    format_version(&f);
    let window = f.required("window").and_then(|at| window(&at));
    let events = f.required("events").map(|at| {
        at.refuse_empty_list();
        at.items().iter().map(|at| event(at, library)).collect()
    });
    f.close();
    (window, events.unwrap_or_default())
}

fn window(at: &At<'_>) -> Option<(Date, Date)> {
    let f = at.fields();
    let day = |key| f.required(key).and_then(|at| at.day());
    let (from, to) = (day("from"), day("to"));
    f.close();
    let (from, to) = (from?, to?);
    if from >= to {
        let help = Some("events are collected from the first day up to the day before the second".into());
        at.key("to").error("empty-range", "'to' is not after 'from'".into(), help);
        return None;
    }
    Some((from, to))
}

/// One entry of `events`.
fn event(at: &At<'_>, library: &WrittenShocks<'_>) -> HistoricalEvent {
    let f = at.fields();
    let id = f.id("id");
    let date = f.required("date").and_then(|at| at.day());
    let lasted_days = lasted_days(&f, date);
    let state = state(&f, lasted_days);
    let actor = f.required("actor").and_then(|at| at.text());
    let kind = f.required("kind").and_then(|at| at.word(&EVENT_KINDS));
    let decoded = HistoricalEvent {
        name: f.text("name"),
        date: date.unwrap_or_default(),
        lasted_days,
        state,
        actor: actor.filter(|actor| actor != NO_ACTOR),
        side: f.choice("side", SIDES).unwrap_or(EventSide::State),
        kind: kind.unwrap_or_default(),
        scope: f.optional("scope").map(|at| at.choices(SCOPES)).unwrap_or_default(),
        is_counted: f.flag("counted", true),
        notice_days: f.opt_days("notice"),
        effect: effect(&f, &id, library),
        provenance: provenance(&f),
        id,
    };
    f.close();
    decoded
}

/// Days until it ended: `lasted`, or those from `date` to `until`.
fn lasted_days(f: &Fields<'_>, date: Option<Date>) -> Option<f64> {
    let lasted = f.optional("lasted");
    let until = f.optional("until");
    if let (Some(_), Some(until)) = (&lasted, &until) {
        let help = Some("keep 'lasted' where hours matter, else 'until'".into());
        until.error_at_key("conflicting-keys", "an event has 'until' or 'lasted', not both".into(), help);
    }
    if let Some(at) = lasted {
        return super::shocks::positive_days(&at);
    }
    let at = until?;
    let days = days_between(date?, at.day()?);
    if days <= 0.0 {
        let help = Some("write 'lasted: 5h' for an event that was over on its first day".into());
        at.error("empty-range", "'until' is not after 'date'".into(), help);
        return None;
    }
    Some(days)
}

/// As written; else ended where it has an end, and in force where it has none.
fn state(f: &Fields<'_>, lasted_days: Option<f64>) -> EventState {
    let written = f.opt_choice("state", STATES);
    let has_end = f.has("until") || f.has("lasted");
    if let Some(at) = f.optional("state") {
        let needs_end =
            matches!(written, Some(EventState::Ended | EventState::Suspended | EventState::Superseded));
        if needs_end && !has_end {
            let message = format!("an event that is {} has 'until' or 'lasted'", at.shown());
            at.error("missing-key", message, Some("write when it ended, or 'state: unknown'".into()));
        }
        let never_ends =
            matches!(written, Some(EventState::InForce | EventState::Permanent | EventState::Unknown));
        if never_ends && has_end {
            let message = format!("an event that is {} has neither 'until' nor 'lasted'", at.shown());
            at.error("conflicting-keys", message, Some("leave 'state' or the end out".into()));
        }
    }
    written.unwrap_or(if lasted_days.is_some() { EventState::Ended } else { EventState::InForce })
}

fn effect(f: &Fields<'_>, id: &str, library: &WrittenShocks<'_>) -> HistoricalEffect {
    let (played, none) = (f.optional("played_as"), f.opt_text("no_effect"));
    match (&played, &none) {
        (None, None) => {
            let help = Some("name shocks that stand for it, or write 'no_effect' with the reason".into());
            f.at.error("missing-key", "the key 'played_as' or 'no_effect' is missing".into(), help);
        }
        (Some(at), Some(_)) => {
            let help = Some("keep one of them: 'no_effect' says why an event is not played".into());
            at.error_at_key(
                "conflicting-keys",
                "an event has 'played_as' or 'no_effect', not both".into(),
                help,
            );
        }
        _ => {}
    }
    match (played, none) {
        (Some(at), _) => {
            at.refuse_empty_list();
            let items = at.items();
            let inline = |n: usize| if items.len() == 1 { id.to_owned() } else { format!("{id}.{}", n + 1) };
            let decode = |(n, at): (usize, &At<'_>)| scenarios::event(at, &inline(n), library);
            HistoricalEffect::Shocks(items.iter().enumerate().map(decode).collect())
        }
        (None, reason) => HistoricalEffect::None(reason.unwrap_or_default()),
    }
}

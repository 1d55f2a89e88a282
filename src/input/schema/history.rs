//! `history.yaml`.

use schemars::JsonSchema;

use super::provenance::ProvenanceShape;
use super::scenario::EventShape;
use super::values::{DayValue, DurationValue, FormatVersion, IdValue, PositiveDuration, SomeOf, TextValue};

/// What has happened to supply. Only `replay` and `shocks calibrate` read this file.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "history", deny_unknown_fields)]
pub struct HistoryShape {
    /// Version of the format.
    pub format_version: FormatVersion,
    /// Time in which events were collected; rates are counts over its length.
    pub window: WindowShape,
    /// The events, in any order.
    pub events: SomeOf<PastEventShape>,
}

/// A window of time.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "window", deny_unknown_fields)]
pub struct WindowShape {
    /// First day.
    pub from: DayValue,
    /// Day after the last; later than `from`.
    pub to: DayValue,
}

/// Kind of an event: that of a shock, or one that is no shock.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "event_kind", rename_all = "snake_case")]
pub enum EventKindWord {
    Acquisition,
    ChipControl,
    DataLocalization,
    Easing,
    ExportBan,
    LicenseChange,
    MarketBan,
    Outage,
    PriceShock,
    RegulationShift,
    Sanction,
    SecurityIncident,
    SupplierExit,
    Tariff,
}

/// How an event stands.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "event_state", rename_all = "snake_case")]
pub enum EventStateWord {
    InForce,
    Ended,
    PartlyEnded,
    Suspended,
    Superseded,
    Permanent,
    Unknown,
}

/// Whose decision an event was: `market` is a merger or a change of business, `infrastructure` a failure.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "event_side", rename_all = "snake_case")]
pub enum EventSideWord {
    State,
    Supplier,
    Buyer,
    Market,
    Infrastructure,
}

/// What an event was about, where durations are counted apart.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "event_scope", rename_all = "snake_case")]
pub enum EventScopeWord {
    Hardware,
    Inputs,
    Government,
    Deprecation,
    Withheld,
    Paused,
    PriceUp,
    PriceDown,
}

/// One dated event.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "past_event", deny_unknown_fields)]
pub struct PastEventShape {
    /// Name of the event in answers.
    pub id: IdValue,
    /// Name for readers.
    pub name: TextValue,
    /// Day on which it took effect.
    pub date: DayValue,
    /// Day on which it ended, was suspended or superseded; after `date`.
    pub until: Option<DayValue>,
    /// How long it lasted, in place of `until` where hours matter.
    pub lasted: Option<PositiveDuration>,
    /// How it stands. By default `ended` if it has an end, else `in_force`. Only `ended`, `partly_ended`, `suspended` and
    /// `superseded` go with an end.
    pub state: Option<EventStateWord>,
    /// Who acted: a jurisdiction, for a failure the country in which it arose, or `none`.
    pub actor: TextValue,
    /// Whose decision it was.
    pub side: EventSideWord,
    /// What kind of event it was.
    pub kind: EventKindWord,
    /// What it was about.
    pub scope: Option<SomeOf<EventScopeWord>>,
    /// Whether it counts in rates and durations.
    #[schemars(extend("default" = true))]
    pub counted: Option<bool>,
    /// Time between announcement and effect. It replaces the notice of the shocks that stand for the event.
    pub notice: Option<DurationValue>,
    /// Shocks that stand for the event, as in a scenario; `at` counts from its date. A shock without `duration` lasts as long as
    /// the event. Triggers do not happen unless `triggers` says so: what followed is an event of its own.
    pub played_as: Option<SomeOf<EventShape>>,
    /// Why no shock stands for it. Every event has `played_as` or `no_effect`.
    pub no_effect: Option<TextValue>,
    #[schemars(flatten)]
    pub provenance: ProvenanceShape,
}

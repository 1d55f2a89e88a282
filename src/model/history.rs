//! What has happened to supply: dated events, as written in `history.yaml` or in a table of events.

use jiff::civil::Date;

use super::Provenance;
use super::shock::ScenarioEvent;

/// The events of a window of time.
#[derive(Debug, Clone, PartialEq)]
pub struct EventHistory {
    /// First day on which events were collected.
    pub from: Date,
    /// Day before which events were collected.
    pub to: Date,
    /// By date, then id.
    pub events: Vec<HistoricalEvent>,
}

/// One dated event.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoricalEvent {
    pub id: String,
    /// Name for readers.
    pub name: String,
    /// Day of effect.
    pub date: Date,
    /// Days until it ended, was suspended or was superseded; `None`: it has no known end.
    pub lasted_days: Option<f64>,
    pub state: EventState,
    /// Acting jurisdiction, else the country in which it arose; `None` where nobody is known to act.
    pub actor: Option<String>,
    pub side: EventSide,
    /// One of [`EVENT_KINDS`].
    pub kind: &'static str,
    pub scope: Vec<EventScope>,
    /// Whether it counts in rates and durations.
    pub is_counted: bool,
    /// Days between announcement and effect.
    pub notice_days: Option<f64>,
    pub effect: HistoricalEffect,
    pub provenance: Provenance,
}

/// What an event does to today's supply.
#[derive(Debug, Clone, PartialEq)]
pub enum HistoricalEffect {
    /// Shocks that stand for it, as in a scenario; times count from the event's date.
    Shocks(Vec<ScenarioEvent>),
    /// Why it has none that a shock could express.
    None(String),
}

/// How an event stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventState {
    /// It stood at the end of the window.
    InForce,
    /// It was lifted, restored or expired.
    Ended,
    /// It ended in part.
    PartlyEnded,
    /// It does not apply for now and may come back.
    Suspended,
    /// A stricter act took over.
    Superseded,
    /// It lasts by nature, such as a retirement or a merger.
    Permanent,
    /// Whether it ended is not known.
    Unknown,
}

/// Whose decision an event was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventSide {
    State,
    Supplier,
    /// A buyer for itself.
    Buyer,
    /// Mergers and changes of business.
    Market,
    /// Failures: nobody's.
    Infrastructure,
}

/// What an event was about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventScope {
    Hardware,
    /// Inputs of hardware.
    Inputs,
    /// Use by a government.
    Government,
    /// Retirement of one model.
    Deprecation,
    /// A launch held back in a region.
    Withheld,
    /// A service paused in a region.
    Paused,
    PriceUp,
    PriceDown,
}

/// Kinds of events: those of shocks, and three that are no shock.
pub const EVENT_KINDS: [&str; 14] = [
    "acquisition",
    "chip_control",
    "data_localization",
    "easing",
    "export_ban",
    "license_change",
    "market_ban",
    "outage",
    "price_shock",
    "regulation_shift",
    "sanction",
    "security_incident",
    "supplier_exit",
    "tariff",
];

/// The kind of acts that open supply.
pub const EASING: &str = "easing";

impl HistoricalEvent {
    /// Whether it is about this.
    #[must_use]
    pub fn is_about(&self, scope: EventScope) -> bool {
        self.scope.contains(&scope)
    }

    /// Whether it fell on or after `from` and before `to`.
    #[must_use]
    pub fn is_within(&self, from: Date, to: Date) -> bool {
        self.date >= from && self.date < to
    }
}

impl EventHistory {
    /// Puts the events in order.
    #[must_use]
    pub fn new(from: Date, to: Date, mut events: Vec<HistoricalEvent>) -> Self {
        events.sort_by(|a, b| a.date.cmp(&b.date).then_with(|| a.id.cmp(&b.id)));
        Self { from, to, events }
    }

    /// The day after the last event, if that is later than the end of the window in which events were looked for.
    #[must_use]
    pub fn end(&self) -> Date {
        let last = self.events.last().and_then(|event| event.date.tomorrow().ok());
        last.map_or(self.to, |day| day.max(self.to))
    }
}

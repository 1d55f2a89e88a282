//! Durations: which part of the events was reversed, after how long, and what is still open.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::is_adverse;
use crate::measures::censored::{
    Lognormal, fitted_lognormal, interpolated_quantile, lognormal_of, product_limit_median,
};
use crate::model::history::{EventScope, EventSide, EventState, HistoricalEvent};
use crate::model::shock::DurationLaw;
use crate::shocks::likelihood::{Likelihood, reversal};
use crate::units::date::days_between;

/// Shortest duration that a fit sees, days: press reports are no more exact than an hour.
const SHORTEST_DAYS: f64 = 0.05;
/// Shortest time that an open event counts for, days.
const SHORTEST_OPEN_DAYS: f64 = 1.0;
/// Longest outage of a service; what is longer is a squeeze, a fire, a cable or an attack.
const OUTAGE_DAYS: f64 = 1.5;
/// Fewest ended events from which an actor's events of a kind have a row of their own.
const FEWEST_ENDED: usize = 3;

/// How long events of a group last.
#[derive(Debug, Clone, PartialEq)]
pub struct DurationFigures {
    pub group: String,
    /// `None`: of all actors.
    pub actor: Option<String>,
    /// `None`: of several kinds.
    pub kind: Option<&'static str>,
    pub n_events: usize,
    /// Ended, fully or in part, after a known time.
    pub n_ended: usize,
    /// In force, permanent, suspended or superseded: known to last longer.
    pub n_open: usize,
    pub n_unknown: usize,
    /// Fully reversed.
    pub n_reversed: usize,
    /// Quartiles of those that ended, days.
    pub quartiles_days: Option<[f64; 3]>,
    /// Product-limit median over all of known state, days; `None`: more than half go on.
    pub product_limit_median_days: Option<f64>,
    /// One lognormal for all, open ones censored.
    pub fit: Option<Lognormal>,
    /// Probability of being reversed, Beta(1 + reversed, 1 + known − reversed).
    pub reversed: Likelihood,
    /// Quartiles of the notice, days, of those whose notice is known.
    pub notice_quartiles_days: Option<[f64; 3]>,
    /// Lognormal of the times to reversal: with `reversed`, the mixture that shocks are written in.
    pub reversed_after: Option<Lognormal>,
}

/// A group of events: its name, and which belong to it.
type EventGroup = (&'static str, fn(&HistoricalEvent) -> bool);

const GROUPS: [EventGroup; 17] = [
    ("outage of 1.5 days or less", |e| e.kind == "outage" && is_short(e)),
    ("capacity squeeze, fire, cable, attack", |e| e.kind == "outage" && !is_short(e)),
    ("public ban of a hosted model", |e| {
        is_state(e, "market_ban") && !is_hardware(e) && !e.is_about(EventScope::Government)
    }),
    ("ban of government use", |e| is_state(e, "market_ban") && e.is_about(EventScope::Government)),
    ("market ban of hardware", |e| is_state(e, "market_ban") && is_hardware(e)),
    ("buyer's own ban", |e| e.side == EventSide::Buyer),
    ("chip control", |e| is_state(e, "chip_control")),
    ("sanction", |e| is_state(e, "sanction")),
    ("export ban", |e| is_state(e, "export_ban")),
    ("regulation or data rule", |e| matches!(e.kind, "regulation_shift" | "data_localization")),
    ("launch withheld or paused in a region", |e| is_exit(e) && is_delay(e)),
    ("market or customer cut off", |e| is_exit(e) && !is_delay(e) && !e.is_about(EventScope::Deprecation)),
    ("retirement of a model", |e| e.kind == "supplier_exit" && e.is_about(EventScope::Deprecation)),
    ("license change", |e| e.kind == "license_change"),
    ("coercive acts of states", is_coercive),
    ("acts on hosted models and providers", |e| {
        is_coercive(e)
            && matches!(e.kind, "market_ban" | "export_ban")
            && !is_hardware(e)
            && !e.is_about(EventScope::Inputs)
    }),
    ("acts on hardware and inputs", |e| {
        is_coercive(e)
            && (is_hardware(e)
                || e.is_about(EventScope::Inputs)
                || matches!(e.kind, "chip_control" | "tariff"))
    }),
];

fn is_short(event: &HistoricalEvent) -> bool {
    event.lasted_days.is_some_and(|days| days <= OUTAGE_DAYS)
}

fn is_state(event: &HistoricalEvent, kind: &str) -> bool {
    event.side == EventSide::State && event.kind == kind
}

fn is_hardware(event: &HistoricalEvent) -> bool {
    event.is_about(EventScope::Hardware)
}

fn is_exit(event: &HistoricalEvent) -> bool {
    event.kind == "supplier_exit" && event.side == EventSide::Supplier
}

fn is_delay(event: &HistoricalEvent) -> bool {
    event.is_about(EventScope::Withheld) || event.is_about(EventScope::Paused)
}

/// Acts by which a state takes something away.
fn is_coercive(event: &HistoricalEvent) -> bool {
    const COERCIVE: [&str; 5] = ["chip_control", "sanction", "export_ban", "market_ban", "tariff"];
    event.side == EventSide::State && COERCIVE.contains(&event.kind)
}

/// What is known of an event's duration at the end of the window.
enum Seen {
    Ended { days: f64, is_whole: bool },
    Open { days: f64 },
    Unknown,
}

/// An event that ended after the window is open within it.
fn seen(event: &HistoricalEvent, to: Date) -> Seen {
    let open_days = days_between(event.date, to);
    let open = Seen::Open { days: open_days.max(SHORTEST_OPEN_DAYS) };
    let lasted = event.lasted_days.filter(|days| *days <= open_days);
    match (event.state, lasted) {
        (EventState::Unknown, _) => Seen::Unknown,
        (EventState::Ended, Some(days)) => Seen::Ended { days, is_whole: true },
        (EventState::PartlyEnded, Some(days)) => Seen::Ended { days, is_whole: false },
        (EventState::Suspended | EventState::Superseded, Some(days)) => {
            Seen::Open { days: days.max(SHORTEST_DAYS) }
        }
        _ => open,
    }
}

/// Rows of the groups that have events, then of actors and kinds.
pub(super) fn durations(events: &[&HistoricalEvent], to: Date) -> Vec<DurationFigures> {
    let of_group = |(name, belongs): &EventGroup| {
        let own: Vec<&HistoricalEvent> = events.iter().copied().filter(|e| belongs(e)).collect();
        (!own.is_empty()).then(|| figures((*name).to_owned(), &own, to))
    };
    let mut rows: Vec<DurationFigures> = GROUPS.iter().filter_map(of_group).collect();
    let mut by_actor: BTreeMap<(&str, &'static str), Vec<&HistoricalEvent>> = BTreeMap::new();
    for event in events.iter().filter(|event| is_adverse(event)) {
        if let Some(actor) = &event.actor {
            by_actor.entry((actor, event.kind)).or_default().push(event);
        }
    }
    for ((actor, kind), own) in by_actor {
        let row = figures(format!("{actor} {kind}"), &own, to);
        if row.n_ended >= FEWEST_ENDED {
            rows.push(DurationFigures { actor: Some(actor.to_owned()), kind: Some(kind), ..row });
        }
    }
    rows
}

fn figures(group: String, events: &[&HistoricalEvent], to: Date) -> DurationFigures {
    let (mut ended, mut reversed, mut open) = (Vec::new(), Vec::new(), Vec::new());
    let mut n_unknown = 0;
    for event in events {
        match seen(event, to) {
            Seen::Ended { days, is_whole } => {
                ended.push(days.max(SHORTEST_DAYS));
                if is_whole {
                    reversed.push(days.max(SHORTEST_DAYS));
                }
            }
            Seen::Open { days } => open.push(days),
            Seen::Unknown => n_unknown += 1,
        }
    }
    // Logarithms are added in a fixed order, so that the order of the events does not matter.
    reversed.sort_by(f64::total_cmp);
    let n_known = (ended.len() + open.len()) as f64;
    let counts =
        DurationLaw::Mixture { events: reversed.len() as f64, of: n_known, median_days: 1.0, p90_days: 1.0 };
    let notices: Vec<f64> = events.iter().filter_map(|event| event.notice_days).collect();
    DurationFigures {
        group,
        actor: None,
        kind: None,
        n_events: events.len(),
        n_ended: ended.len(),
        n_open: open.len(),
        n_unknown,
        n_reversed: reversed.len(),
        quartiles_days: quartiles(&ended),
        product_limit_median_days: product_limit_median(&ended, &open),
        fit: fitted_lognormal(&ended, &open),
        reversed: reversal(counts).unwrap_or(Likelihood { mean: 0.5, interval: None }),
        notice_quartiles_days: quartiles(&notices),
        reversed_after: lognormal_of(&reversed),
    }
}

pub(super) fn quartiles(values: &[f64]) -> Option<[f64; 3]> {
    let at = |p| interpolated_quantile(values, p);
    Some([at(0.25)?, at(0.5)?, at(0.75)?])
}

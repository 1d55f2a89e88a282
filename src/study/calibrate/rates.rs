//! Rates: gamma posteriors of counts, by actor and kind.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::model::history::{EventHistory, HistoricalEffect, HistoricalEvent};
use crate::model::instance::Instance;
use crate::model::shock::{Action, Frequency, Shock, ShockRef};
use crate::shocks::actor::{NO_ACTOR, acting_jurisdiction};
use crate::shocks::likelihood::{Likelihood, rate_per_year};
use crate::units::date::days_between;

/// Weight of an event: one half, since acts come in waves with one cause, and a list holds what its readers found worth noting.
pub const EVENT_WEIGHT: f64 = 0.5;
/// Mean length of a year in the calendar, days.
pub const DAYS_PER_CALENDAR_YEAR: f64 = 365.25;
/// Stands for all actors together.
pub const EVERYONE: &str = "all";

/// How often one actor's events of one kind come.
#[derive(Debug, Clone, PartialEq)]
pub struct RateFigures {
    pub actor: String,
    pub kind: &'static str,
    pub n_events: usize,
    /// Length of the window.
    pub years: f64,
    /// Gamma(0.5 + n/2, years/2), a year, with its 90 % interval.
    pub per_year: Likelihood,
    /// Sum of the mean rates of the library's shocks of that actor and kind, a year, without templates; `None` where it has none.
    pub library_per_year: Option<f64>,
    /// Number of events by year of the window.
    pub by_year: BTreeMap<i16, usize>,
}

impl RateFigures {
    /// Whether the library's rate lies outside the interval that the events leave.
    #[must_use]
    pub fn parts_from_library(&self) -> bool {
        self.library_per_year
            .zip(self.per_year.interval)
            .is_some_and(|(rate, (low, high))| rate < low || rate > high)
    }
}

/// Posterior of a rate: Jeffreys' prior, and each event and each year of exposure at `EVENT_WEIGHT`.
#[must_use]
pub fn posterior(n_events: usize, years: f64) -> Likelihood {
    let events = EVENT_WEIGHT * n_events as f64;
    rate_per_year(Frequency::Counted { events, years: EVENT_WEIGHT * years })
}

/// Mean rates of the library by actor and kind.
type LibraryRates = BTreeMap<(String, &'static str), f64>;

/// `[n_shocks]`: kinds of events. A shock whose effects are written out is of the kind of the past events that it stands for;
/// without one it is of none.
pub(in crate::study) fn kinds_of_shocks(
    instance: &Instance,
    known: &EventHistory,
) -> Vec<Option<&'static str>> {
    let mut kind_by_shock: BTreeMap<&str, &'static str> = BTreeMap::new();
    for event in &known.events {
        let HistoricalEffect::Shocks(shocks) = &event.effect else { continue };
        for shock in shocks {
            let id = match &shock.shock {
                ShockRef::Id(id) => id,
                ShockRef::Inline(shock) => &shock.id,
            };
            kind_by_shock.entry(id).or_insert(event.kind);
        }
    }
    let kind = |shock: &Shock| match &shock.action {
        Action::Kind(kind) => Some(kind.name),
        Action::Effects(_) => kind_by_shock.get(shock.id.as_str()).copied(),
    };
    instance.shocks.iter().map(kind).collect()
}

/// Sums of mean rates by actor and kind, without templates.
pub(super) fn library_rates(instance: &Instance, known: &EventHistory) -> LibraryRates {
    let mut rates = LibraryRates::new();
    let kinds = kinds_of_shocks(instance, known);
    let written = instance.shocks.iter().zip(kinds).filter(|(s, _)| !s.in_force && s.template.is_none());
    for (shock, kind) in written {
        let (Some(kind), Some(frequency)) = (kind, shock.frequency) else { continue };
        let actor = acting_jurisdiction(instance, shock);
        for actor in [actor, EVERYONE.to_owned()] {
            *rates.entry((actor, kind)).or_default() += frequency.mean_per_year();
        }
    }
    rates
}

/// Rates of all actors together by kind, then of each actor by kind; only what occurred.
pub(super) fn rates(
    events: &[&HistoricalEvent],
    from: Date,
    to: Date,
    library: &LibraryRates,
) -> Vec<RateFigures> {
    let years = days_between(from, to) / DAYS_PER_CALENDAR_YEAR;
    let last = to.yesterday().map_or(to.year(), Date::year);
    let mut counts: BTreeMap<(bool, String, &'static str), BTreeMap<i16, usize>> = BTreeMap::new();
    for event in events {
        let actor = event.actor.clone().unwrap_or_else(|| NO_ACTOR.to_owned());
        for key in [(false, EVERYONE.to_owned(), event.kind), (true, actor, event.kind)] {
            let empty = || (from.year()..=last).map(|year| (year, 0)).collect();
            *counts.entry(key).or_insert_with(empty).entry(event.date.year()).or_default() += 1;
        }
    }
    let figures = |((_, actor, kind), by_year): ((bool, String, &'static str), BTreeMap<i16, usize>)| {
        let n_events = by_year.values().sum();
        RateFigures {
            n_events,
            years,
            per_year: posterior(n_events, years),
            library_per_year: library.get(&(actor.clone(), kind)).copied(),
            by_year,
            actor,
            kind,
        }
    };
    counts.into_iter().map(figures).collect()
}

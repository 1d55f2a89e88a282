//! New events: what they do to the rates of the library, and through them to a portfolio (methodology/history.md#signals).

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::Date;

use super::calibrate::rates::{DAYS_PER_CALENDAR_YEAR, EVENT_WEIGHT, kinds_of_shocks};
use super::session::{Checked, Session};
use super::simulate::{SimulateSettings, Simulated};
use crate::measures::MeasureError;
use crate::model::history::{EASING, EventHistory, EventScope};
use crate::model::instance::{Instance, OfferIdx};
use crate::model::shock::{Frequency, Shock};
use crate::model::signal::Signal;
use crate::shocks::actor::{acting_jurisdiction, actor};
use crate::shocks::likelihood::{Likelihood, rate_per_year};
use crate::units::date::{PartialDate, days_between};

/// Which events count.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SignalWindow {
    /// `None`: for each shock the day up to which the library counts, its `as_of`.
    pub from: Option<Date>,
    /// The day before which events were looked for; `None`: the day after the last event.
    pub to: Option<Date>,
    /// Kinds that were looked for; empty: those that the file has.
    pub looked_for: Vec<String>,
}

/// New events read against the library.
#[derive(Debug, Clone, PartialEq)]
pub struct SignalReading<'a> {
    /// Day before which events were looked for.
    pub to: Date,
    /// Rates that move, in the order of the library.
    pub updates: Vec<RateUpdate<'a>>,
    /// Events that count in no rate, with the reason, in the order of the file.
    pub set_aside: Vec<(&'a Signal, String)>,
    /// What the events may set off, by event.
    pub follow_ups: Vec<FollowUp<'a>>,
    pub retirements: Vec<NewRetirement<'a>>,
}

/// A rate before and after the new events.
#[derive(Debug, Clone, PartialEq)]
pub struct RateUpdate<'a> {
    pub shock: &'a Shock,
    /// Kind of the events.
    pub kind: &'static str,
    pub actor: String,
    /// Day from which events are new to it.
    pub from: Date,
    pub years: f64,
    /// An event that several shocks may stand for counts in each in proportion to its mean rate.
    pub n_events: f64,
    pub signals: Vec<&'a str>,
    pub before: Likelihood,
    pub after: Likelihood,
    pub frequency: Frequency,
}

impl RateUpdate<'_> {
    /// Mean rate after against before.
    #[must_use]
    pub fn times(&self) -> f64 {
        self.after.mean / self.before.mean
    }
}

/// A shock that an event may set off.
#[derive(Debug, Clone, PartialEq)]
pub struct FollowUp<'a> {
    pub signal: &'a Signal,
    pub cause: &'a Shock,
    pub shock: &'a str,
    pub probability: f64,
    /// Day on which it would come.
    pub day: Date,
}

/// An offer that a host ends, and the catalog does not know it, or says a later day.
#[derive(Debug, Clone, PartialEq)]
pub struct NewRetirement<'a> {
    pub signal: &'a Signal,
    pub offer: OfferIdx,
    pub before: Option<PartialDate>,
    pub day: Date,
}

/// A portfolio under the rates of the library, or under those after the new events.
#[derive(Debug, Clone, PartialEq)]
pub struct SignalState {
    pub simulated: Simulated,
    pub checked: Checked,
}

/// The rate of a shock after `n_events` more in `years` more, each counted as half (methodology/history.md#rates); `None` when
/// it is assumed, so that no count can move it.
#[must_use]
pub fn updated(frequency: Frequency, n_events: f64, years: f64) -> Option<Frequency> {
    match frequency {
        Frequency::PerYear(_) => None,
        Frequency::Counted { events, years: counted } => Some(Frequency::Counted {
            events: events + EVENT_WEIGHT * n_events,
            years: counted + EVENT_WEIGHT * years,
        }),
    }
}

/// Reads new events against the library. `known`: the catalog's history, which says which kind of event a shock is.
#[must_use]
pub fn read_signals<'a>(
    instance: &'a Instance,
    known: &EventHistory,
    signals: &'a [Signal],
    window: &SignalWindow,
) -> SignalReading<'a> {
    let last = signals.iter().map(|signal| signal.event.date).max().unwrap_or(known.to);
    let to = window.to.unwrap_or_else(|| last.tomorrow().unwrap_or(last));
    let library = SignalLibrary {
        instance,
        kinds: kinds_of_shocks(instance, known),
        actors: instance.shocks.iter().map(|shock| actor(instance, shock)).collect(),
        jurisdictions: instance.shocks.iter().map(|shock| acting_jurisdiction(instance, shock)).collect(),
        from: instance.shocks.iter().map(|shock| counted_from(shock, known, window)).collect(),
        to,
    };
    let mut counts: Vec<(f64, Vec<&str>)> = vec![(0.0, Vec::new()); instance.shocks.len()];
    let mut set_aside = Vec::new();
    let mut follow_ups = Vec::new();
    for signal in signals {
        match library.shares(signal) {
            Ok(shares) => {
                for &(shock, share) in &shares {
                    counts[shock].0 += share;
                    counts[shock].1.push(&signal.event.id);
                }
                follow_ups.extend(library.follow_ups(signal, &shares));
            }
            Err(reason) => set_aside.push((signal, reason)),
        }
    }
    let is_aside = |signal: &&Signal| set_aside.iter().any(|(other, _)| other.event.id == signal.event.id);
    let looked_for: BTreeSet<&str> = match window.looked_for.as_slice() {
        [] => signals.iter().filter(|signal| !is_aside(signal)).map(|signal| signal.event.kind).collect(),
        kinds => kinds.iter().map(String::as_str).collect(),
    };
    SignalReading {
        to,
        updates: library.updates(counts, &looked_for),
        retirements: signals.iter().flat_map(|signal| retirements(instance, signal)).collect(),
        set_aside,
        follow_ups,
    }
}

/// Day from which events are new to a shock.
fn counted_from(shock: &Shock, known: &EventHistory, window: &SignalWindow) -> Date {
    let counted = shock.provenance.as_of.map_or(known.to, PartialDate::first_day);
    window.from.unwrap_or(counted)
}

/// The library as events are held against it; lists are `[n_shocks]`.
struct SignalLibrary<'a> {
    instance: &'a Instance,
    kinds: Vec<Option<&'static str>>,
    actors: Vec<String>,
    jurisdictions: Vec<String>,
    from: Vec<Date>,
    to: Date,
}

impl<'a> SignalLibrary<'a> {
    /// The shocks that an event counts for, with its share in each; `Err`: why it counts for none.
    fn shares(&self, signal: &Signal) -> Result<Vec<(usize, f64)>, String> {
        if let Some(reason) = &signal.set_aside {
            return Err(reason.clone());
        }
        let event = &signal.event;
        let refused = |reason: &str| Err(reason.to_owned());
        if !event.is_counted || event.kind == EASING {
            return refused("it takes nothing away, or its file says that it does not count");
        }
        if event.scope.contains(&EventScope::Deprecation) {
            return refused("retirements of single models are dates of the catalog, not rates");
        }
        if event.date >= self.to {
            return refused("it lies after the window");
        }
        let meant = self.meant(signal);
        if meant.is_empty() {
            return refused("no shock of the library stands for it");
        }
        let is_counted =
            |shock: &usize| matches!(self.instance.shocks[*shock].frequency, Some(Frequency::Counted { .. }));
        let counted: Vec<usize> = meant.into_iter().filter(is_counted).collect();
        if counted.is_empty() {
            return refused("the rate of its shock is assumed, so that no count moves it");
        }
        let new: Vec<usize> = counted.into_iter().filter(|shock| event.date >= self.from[*shock]).collect();
        if new.is_empty() {
            return refused("the library has counted up to a later day");
        }
        if !signal.shocks.is_empty() {
            return Ok(new.into_iter().map(|shock| (shock, 1.0)).collect());
        }
        let rate = |shock: usize| self.instance.shocks[shock].frequency.map_or(0.0, Frequency::mean_per_year);
        let all: f64 = new.iter().map(|shock| rate(*shock)).sum();
        Ok(new.iter().map(|&shock| (shock, rate(shock) / all)).collect())
    }

    /// Drawn shocks that an event may be an occurrence of: those it names, else those of its suppliers, else of its actor, of its
    /// kind. Templates stand for suppliers, so only a named supplier leads to their members.
    fn meant(&self, signal: &Signal) -> Vec<usize> {
        let is_drawn = |shock: &Shock| !shock.in_force && shock.frequency.is_some();
        let is_meant = |(n, shock): &(usize, &Shock)| {
            if !signal.shocks.is_empty() {
                return signal.shocks.contains(&shock.id);
            }
            if self.kinds[*n] != Some(signal.event.kind) {
                return false;
            }
            if !signal.suppliers.is_empty() {
                return signal.suppliers.iter().any(|id| self.actors[*n] == format!("supplier {id}"));
            }
            shock.template.is_none() && signal.event.actor.as_ref() == Some(&self.jurisdictions[*n])
        };
        let drawn = self.instance.shocks.iter().enumerate().filter(|(_, shock)| is_drawn(shock));
        drawn.filter(is_meant).map(|(n, _)| n).collect()
    }

    /// What a shock sets off, where the event can only be one.
    fn follow_ups(&self, signal: &'a Signal, shares: &[(usize, f64)]) -> Vec<FollowUp<'a>> {
        let [(shock, _)] = shares else { return Vec::new() };
        let cause = &self.instance.shocks[*shock];
        let follow_up = |trigger: &'a crate::model::shock::Trigger| FollowUp {
            signal,
            cause,
            shock: &trigger.shock,
            probability: trigger.probability,
            day: signal.event.date.saturating_add((trigger.after_days.round() as i64).days()),
        };
        cause.triggers.iter().map(follow_up).collect()
    }

    /// Shocks that an event counts for, and those of the kinds that were looked for in vain. The members of templates move
    /// only with an event: nobody looks for small failures of every supplier.
    fn updates(&self, counts: Vec<(f64, Vec<&'a str>)>, looked_for: &BTreeSet<&str>) -> Vec<RateUpdate<'a>> {
        let mut updates = Vec::new();
        for (n, (n_events, signals)) in counts.into_iter().enumerate() {
            let shock = &self.instance.shocks[n];
            let is_looked_for =
                shock.template.is_none() && self.kinds[n].is_some_and(|kind| looked_for.contains(kind));
            let years = days_between(self.from[n], self.to) / DAYS_PER_CALENDAR_YEAR;
            if shock.in_force || years <= 0.0 || (signals.is_empty() && !is_looked_for) {
                continue;
            }
            let Some(before) = shock.frequency else { continue };
            let Some(after) = updated(before, n_events, years) else { continue };
            updates.push(RateUpdate {
                shock,
                kind: self.kinds[n].unwrap_or_default(),
                actor: self.actors[n].clone(),
                from: self.from[n],
                years,
                n_events,
                signals,
                before: rate_per_year(before),
                after: rate_per_year(after),
                frequency: after,
            });
        }
        updates
    }
}

/// Offers of the models that an event ends, on the hosts that it names, or on every host but the company itself.
fn retirements<'a>(instance: &'a Instance, signal: &'a Signal) -> Vec<NewRetirement<'a>> {
    let Some(day) = signal.retires else { return Vec::new() };
    let is_named = |supplier: usize| signal.suppliers.contains(&instance.suppliers[supplier].supplier.id);
    let of_offer = |offer: OfferIdx| {
        let own = &instance.offers[offer];
        let model = instance.model_of(offer);
        let is_ended = own.host.is_some_and(|host| signal.suppliers.is_empty() || is_named(host));
        let is_meant = is_ended && signal.models.contains(&model.model.id);
        let before = own.entry.retires;
        let is_new = before.is_none_or(|known| known.first_day() > day);
        (is_meant && is_new).then_some(NewRetirement { signal, offer, before, day })
    };
    (0..instance.offers.len()).filter_map(of_offer).collect()
}

/// The instance with the rates and retirements after the new events.
#[must_use]
pub fn after_signals(instance: &Instance, reading: &SignalReading<'_>) -> Instance {
    let mut after = instance.clone();
    for update in &reading.updates {
        let moved = after.shocks.iter_mut().find(|shock| shock.id == update.shock.id);
        moved.into_iter().for_each(|shock| shock.frequency = Some(update.frequency));
    }
    for retirement in &reading.retirements {
        after.offers[retirement.offer].entry.retires = Some(retirement.day.into());
    }
    after
}

impl Session<'_> {
    /// Losses and limits of today's allocation under the rates of this instance.
    ///
    /// # Errors
    /// [`MeasureError::NoTrials`] without trials.
    pub fn signal_state(
        &self,
        settings: SimulateSettings,
        today: Option<Date>,
        done: &(dyn Fn(u64) + Sync),
    ) -> Result<SignalState, MeasureError> {
        let simulated = self.simulate(&self.current, settings, done)?;
        Ok(SignalState { checked: self.check(&self.current, Some(&simulated), today), simulated })
    }
}

#[cfg(test)]
mod tests;

//! Past events over a portfolio: each played like a scenario, alone from day 0, or all of a window at their dates
//! (methodology/history.md).

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::ToSpan;
use jiff::civil::Date;
use rayon::prelude::*;

use super::progress::Progress;
use super::session::Session;
use crate::model::history::{EventHistory, HistoricalEffect, HistoricalEvent};
use crate::model::instance::Instance;
use crate::model::shock::{DurationLaw, Scenario, ScenarioEvent, Shock, ShockRef};
use crate::stress::outcome::StressOutcome;
use crate::stress::scenario::ScenarioError;
use crate::units::date::days_between;

/// A window of the history over a portfolio.
#[derive(Debug, Clone, PartialEq)]
pub struct Replayed<'h> {
    /// First day of the window.
    pub from: Date,
    /// Day after its last.
    pub to: Date,
    pub horizon_days: f64,
    /// By date, then id.
    pub events: Vec<ReplayedEvent<'h>>,
    /// Consecutive horizons from the first day on; empty unless asked for.
    pub together: Vec<ReplayedHorizon>,
}

/// One event over a portfolio.
#[derive(Debug, Clone, PartialEq)]
pub struct ReplayedEvent<'h> {
    pub event: &'h HistoricalEvent,
    /// `None`: it has no effect on supply.
    pub today: Option<StressOutcome>,
    /// What it does to the other plan; `None` without one.
    pub plan: Option<StressOutcome>,
}

/// All events that began within one horizon, at their dates and until its end.
#[derive(Debug, Clone, PartialEq)]
pub struct ReplayedHorizon {
    pub from: Date,
    /// Day after its last, which may lie past the window.
    pub to: Date,
    pub n_events: usize,
    pub loss_usd: f64,
    /// `None` without another plan.
    pub plan_loss_usd: Option<f64>,
}

/// What is replayed.
#[derive(Debug, Clone, Copy)]
pub struct ReplayRequest {
    pub from: Date,
    pub to: Date,
    /// Whether all events are also played together.
    pub together: bool,
}

/// Replays the events of a window over the allocation and standbys of a portfolio, and over those of `plan`.
///
/// Both go through the horizon of the first. An event without effect is listed without an outcome.
///
/// # Errors
/// [`ScenarioError::UnknownShock`] when an event names a shock that a portfolio's catalog does not have.
pub fn replay<'h>(
    today: &Session<'_>,
    plan: Option<&Session<'_>>,
    history: &'h EventHistory,
    request: ReplayRequest,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Replayed<'h>, ScenarioError> {
    let horizon_days = today.instance.portfolio.horizon_days;
    let within: Vec<&HistoricalEvent> =
        history.events.iter().filter(|event| event.is_within(request.from, request.to)).collect();
    let play = |session: &Session<'_>, event: &HistoricalEvent| {
        let scenario = scenario(session.instance, event, horizon_days);
        scenario.map(|scenario| session.stress(&scenario, &session.current)).transpose()
    };
    let n_begun = AtomicUsize::new(0);
    let alone = |event: &&'h HistoricalEvent| {
        let scenario = n_begun.fetch_add(1, Ordering::Relaxed) + 1;
        progress(Progress::Scenario { scenario, of: within.len() });
        let other = plan.map(|plan| play(plan, event)).transpose()?.flatten();
        Ok(ReplayedEvent { event, today: play(today, event)?, plan: other })
    };
    Ok(Replayed {
        from: request.from,
        to: request.to,
        horizon_days,
        events: within.par_iter().map(alone).collect::<Result<_, ScenarioError>>()?,
        together: if request.together {
            horizons(today, plan, &within, request, horizon_days)?
        } else {
            Vec::new()
        },
    })
}

/// An event as a scenario in which it happens at day 0; `None` when it has no effect on supply.
///
/// It lasts as long as it did, and triggers nothing unless it says so: what followed is an event of its own.
#[must_use]
pub fn scenario(instance: &Instance, event: &HistoricalEvent, horizon_days: f64) -> Option<Scenario> {
    let HistoricalEffect::Shocks(shocks) = &event.effect else { return None };
    Some(Scenario {
        id: event.id.clone(),
        name: event.name.clone(),
        horizon_days: Some(horizon_days),
        events: shocks.iter().map(|shock| as_it_happened(instance, event, shock, 0.0)).collect(),
        provenance: event.provenance.clone(),
    })
}

/// A shock of an event with the event's notice and length, `at_days` later than written.
fn as_it_happened(
    instance: &Instance,
    event: &HistoricalEvent,
    written: &ScenarioEvent,
    at_days: f64,
) -> ScenarioEvent {
    let real = event.lasted_days.map_or(DurationLaw::Permanent, |days| DurationLaw::Fixed { days });
    let known = match &written.shock {
        ShockRef::Inline(shock) => Some(shock.as_ref()),
        ShockRef::Id(id) => instance.shocks.iter().find(|shock| shock.id == *id),
    };
    let noticed = |shock: &Shock| {
        let notice_days = event.notice_days.unwrap_or(0.0);
        ShockRef::Inline(Box::new(Shock { notice_days, ..shock.clone() }))
    };
    // A name that the catalog does not have is reported when the scenario is played.
    let shock = known.map_or_else(|| written.shock.clone(), noticed);
    ScenarioEvent {
        shock,
        at_days: written.at_days + at_days,
        duration: Some(written.duration.unwrap_or(real)),
        collateral: written.collateral,
        withdraw: written.withdraw,
        triggers: Some(written.triggers.unwrap_or(false)),
    }
}

/// All events at their dates, over one horizon after the other; each begins with the plan as it is.
fn horizons(
    today: &Session<'_>,
    plan: Option<&Session<'_>>,
    events: &[&HistoricalEvent],
    request: ReplayRequest,
    horizon_days: f64,
) -> Result<Vec<ReplayedHorizon>, ScenarioError> {
    let whole_days = (horizon_days.ceil() as i64).max(1);
    let n_horizons = (days_between(request.from, request.to) / whole_days as f64).ceil() as i64;
    let horizon = |n: i64| {
        let begin = |n: i64| request.from.saturating_add((n * whole_days).days());
        let (from, to) = (begin(n), begin(n + 1));
        let own: Vec<&&HistoricalEvent> = events.iter().filter(|event| event.is_within(from, to)).collect();
        let loss = |session: &Session<'_>| {
            let at_dates = own.iter().flat_map(|event| {
                let HistoricalEffect::Shocks(shocks) = &event.effect else { return Vec::new() };
                let at_days = days_between(from, event.date);
                shocks.iter().map(|s| as_it_happened(session.instance, event, s, at_days)).collect()
            });
            let scenario = Scenario {
                id: from.to_string(),
                name: from.to_string(),
                horizon_days: Some(horizon_days),
                events: at_dates.collect(),
                provenance: crate::model::Provenance::default(),
            };
            session.stress(&scenario, &session.current).map(|outcome| outcome.loss.total_usd())
        };
        Ok(ReplayedHorizon {
            from,
            to,
            n_events: own.len(),
            loss_usd: loss(today)?,
            plan_loss_usd: plan.map(loss).transpose()?,
        })
    };
    (0..n_horizons).map(horizon).collect()
}

impl Replayed<'_> {
    /// Loss by the year of the event, USD, of each event alone; every year of the window has an entry.
    #[must_use]
    pub fn loss_usd_by_year(&self) -> BTreeMap<i16, f64> {
        self.by_year(|event| event.today.as_ref())
    }

    /// Losses of the other plan; zeros without one.
    #[must_use]
    pub fn plan_loss_usd_by_year(&self) -> BTreeMap<i16, f64> {
        self.by_year(|event| event.plan.as_ref())
    }

    fn by_year(
        &self,
        of: impl for<'e> Fn(&'e ReplayedEvent<'_>) -> Option<&'e StressOutcome>,
    ) -> BTreeMap<i16, f64> {
        let last = self.to.yesterday().map_or(self.to.year(), Date::year);
        let mut years: BTreeMap<i16, f64> = (self.from.year()..=last).map(|year| (year, 0.0)).collect();
        for event in &self.events {
            let loss = of(event).map_or(0.0, |outcome| outcome.loss.total_usd());
            *years.entry(event.event.date.year()).or_default() += loss;
        }
        years
    }
}

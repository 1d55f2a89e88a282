//! `replay`: past events over a portfolio.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::{FORMAT_VERSION, finite};
use crate::model::history::HistoricalEffect;
use crate::model::instance::Instance;
use crate::report::answer::currency::CurrencyAnswer;
use crate::shocks::actor::NO_ACTOR;
use crate::stress::outcome::StressOutcome;
use crate::study::replay::{Replayed, ReplayedEvent, ReplayedHorizon};

/// What past events would cost a portfolio today, each alone. They overlap in time and in effect: the sum over events is no loss
/// of a year.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ReplayAnswer {
    /// Version of this format: 1.
    pub format_version: u64,
    /// Name of the portfolio.
    pub portfolio: String,
    #[serde(flatten)]
    pub currency: CurrencyAnswer,
    /// Name of the portfolio given as a plan; in a report, `recommended plan`; null without one.
    pub plan: Option<String>,
    /// First day of the window.
    pub from: String,
    /// Day after its last.
    pub to: String,
    /// Days that are played from the beginning of each event.
    pub horizon_days: f64,
    /// The events of the window, by date and id.
    pub events: Vec<ReplayedEventAnswer>,
    /// Year → sum of the losses of its events, USD.
    pub by_year: BTreeMap<String, f64>,
    /// Totals by year for the plan; null without one.
    pub plan_by_year: Option<BTreeMap<String, f64>>,
    /// All events at their dates, over one horizon after the other; null unless `--together`.
    pub together: Option<Vec<ReplayedHorizonAnswer>>,
}

/// One past event over the portfolio.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
pub struct ReplayedEventAnswer {
    /// Id of the event.
    pub id: String,
    /// Day on which it took effect.
    pub date: String,
    /// Name of the event.
    pub name: String,
    /// Who acted: a jurisdiction, for a failure the country in which it arose, or `none`.
    pub actor: String,
    /// Kind of the event.
    pub kind: String,
    /// Days until it ended; null when it has no known end.
    pub lasted_days: Option<f64>,
    /// Days for which it is played; null when to the end of the horizon, or not at all.
    pub played_days: Option<f64>,
    /// How well the event is known: `public` or `estimate`.
    pub confidence: String,
    /// Loss over the horizon, USD: the sum of the next three; 0 without effect.
    pub loss_usd: f64,
    /// Cost of what is unserved past the recovery objectives, USD.
    pub outage_usd: f64,
    /// Additional cost of dearer substitutes and prices, USD.
    pub extra_cost_usd: f64,
    /// One-off cost of changes, USD.
    pub one_off_usd: f64,
    /// Number of workloads that lose something or are unserved for a time.
    pub workloads_hit: usize,
    /// The workload that loses most; null when none does.
    pub worst_workload: Option<String>,
    /// Lowest served share of the portfolio's value; 1 without effect.
    pub least_service: f64,
    /// First day on which something is unserved; null when never.
    pub first_unserved_day: Option<f64>,
    /// First day after which everything stays served; null when nothing was unserved, or something still is at the horizon.
    pub recovered_day: Option<f64>,
    /// Why no shock stands for the event; null when it is played.
    pub no_effect: Option<String>,
    /// Loss of the plan, USD; null without one.
    pub plan_loss_usd: Option<f64>,
}

/// All events that began within one horizon, at their dates and until its end.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ReplayedHorizonAnswer {
    /// First day.
    pub from: String,
    /// Day after the last.
    pub to: String,
    /// Number of events.
    pub events: usize,
    /// Loss, USD.
    pub loss_usd: f64,
    /// Loss of the plan, USD; null without one.
    pub plan_loss_usd: Option<f64>,
}

impl ReplayAnswer {
    /// The documented answer. `plan`: name of the portfolio given as a plan.
    #[must_use]
    pub fn of(instance: &Instance, plan: Option<&str>, replayed: &Replayed<'_>, is_together: bool) -> Self {
        let years = |by_year: BTreeMap<i16, f64>| by_year.into_iter().map(|(y, usd)| (y.to_string(), usd));
        Self {
            format_version: FORMAT_VERSION,
            portfolio: instance.portfolio.name.clone(),
            currency: CurrencyAnswer::of(&instance.portfolio.currency),
            plan: plan.map(str::to_owned),
            from: replayed.from.to_string(),
            to: replayed.to.to_string(),
            horizon_days: replayed.horizon_days,
            events: replayed.events.iter().map(|event| event_answer(event, plan.is_some())).collect(),
            by_year: years(replayed.loss_usd_by_year()).collect(),
            plan_by_year: plan.map(|_| years(replayed.plan_loss_usd_by_year()).collect()),
            together: is_together.then(|| replayed.together.iter().map(horizon_answer).collect()),
        }
    }
}

fn event_answer(replayed: &ReplayedEvent<'_>, has_plan: bool) -> ReplayedEventAnswer {
    let event = replayed.event;
    let total = |outcome: &Option<StressOutcome>| outcome.as_ref().map_or(0.0, |o| o.loss.total_usd());
    let answer = ReplayedEventAnswer {
        id: event.id.clone(),
        date: event.date.to_string(),
        name: event.name.clone(),
        actor: event.actor.clone().unwrap_or_else(|| NO_ACTOR.to_owned()),
        kind: event.kind.to_owned(),
        lasted_days: event.lasted_days.and_then(finite),
        confidence: event.provenance.confidence.as_str().to_owned(),
        loss_usd: total(&replayed.today),
        least_service: 1.0,
        no_effect: match &event.effect {
            HistoricalEffect::None(reason) => Some(reason.clone()),
            HistoricalEffect::Shocks(_) => None,
        },
        plan_loss_usd: has_plan.then(|| total(&replayed.plan)),
        ..ReplayedEventAnswer::default()
    };
    let Some(outcome) = &replayed.today else { return answer };
    let hit = |w: &&crate::stress::outcome::WorkloadOutcome| {
        w.loss.total_usd() > 0.0 || w.first_unserved_day.is_some()
    };
    let worst = outcome.workloads.iter().rev().filter(|w| w.loss.total_usd() > 0.0);
    ReplayedEventAnswer {
        played_days: outcome.causes.iter().map(|cause| cause.duration_days).reduce(longer).flatten(),
        outage_usd: outcome.loss.outage_usd,
        extra_cost_usd: outcome.loss.extra_cost_usd,
        one_off_usd: outcome.loss.one_off_usd,
        workloads_hit: outcome.workloads.iter().filter(hit).count(),
        worst_workload: worst
            .max_by(|a, b| a.loss.total_usd().total_cmp(&b.loss.total_usd()))
            .map(|w| w.id.clone()),
        least_service: outcome.least_service().0,
        first_unserved_day: outcome.first_unserved_day(),
        recovered_day: outcome.recovered_day(),
        ..answer
    }
}

/// The longer of two durations, of which `None` never ends.
fn longer(one: Option<f64>, other: Option<f64>) -> Option<f64> {
    Some(one?.max(other?))
}

fn horizon_answer(horizon: &ReplayedHorizon) -> ReplayedHorizonAnswer {
    ReplayedHorizonAnswer {
        from: horizon.from.to_string(),
        to: horizon.to.to_string(),
        events: horizon.n_events,
        loss_usd: horizon.loss_usd,
        plan_loss_usd: horizon.plan_loss_usd,
    }
}

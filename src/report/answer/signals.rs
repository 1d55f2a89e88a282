//! `signals`: what new events do to the rates of the library, and through them to a portfolio.

use schemars::JsonSchema;
use serde::Serialize;

use super::FORMAT_VERSION;
use super::check::LimitAnswer;
use super::ladder::{RungAnswer, RungWord};
use super::simulate::{DoubtedMean, EstimateAnswer};
use crate::model::instance::Instance;
use crate::model::plan::Plan;
use crate::model::signal::Signal;
use crate::shocks::actor::NO_ACTOR;
use crate::shocks::likelihood::Likelihood;
use crate::simulation::summary::BREAKDOWN_LEVEL;
use crate::study::signals::{FollowUp, NewRetirement, RateUpdate, SignalReading, SignalState};

/// What new events change: rates of shocks, losses and limits of a portfolio, and which thresholds that passes.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct SignalsAnswer {
    /// Version of this format: 1.
    pub format_version: u64,
    /// Name of the portfolio; null without one.
    pub portfolio: Option<String>,
    /// Day before which events were looked for.
    pub to: String,
    /// Number of events in the file.
    pub events: usize,
    /// Rates that move, those that rise most first.
    pub rates: Vec<MovedRateAnswer>,
    /// Events that move no rate, by date and id.
    pub set_aside: Vec<SetAsideAnswer>,
    /// What the events may set off, by event.
    pub follow_ups: Vec<FollowUpAnswer>,
    /// Offers that end on a day which the catalog does not know, or earlier than it says, by day and offer.
    pub retirements: Vec<NewRetirementAnswer>,
    /// The portfolio before and after; null without one.
    pub effect: Option<SignalEffectAnswer>,
    /// The ladder of changes before and after; null unless `--ladder`.
    pub rungs: Option<Vec<MovedRungAnswer>>,
    /// Largest rise that passes: of AAL and CVaR, or of any rate without a portfolio; null when none was given.
    pub largest_rise: Option<f64>,
    /// Thresholds that are passed, in words; with one or more the exit code is 7.
    pub passed: Vec<String>,
}

/// A rate before and after.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct MovedRateAnswer {
    /// Id of the shock.
    pub shock: String,
    /// Its name, else its id.
    pub name: String,
    /// Kind of the events that count for it.
    pub kind: String,
    /// Whose act or event it is.
    pub actor: String,
    /// First day that is new to the library's count.
    pub from: String,
    /// Years from then on.
    pub years: f64,
    /// Events that count for it; a part of one where several shocks may stand for it.
    pub events: f64,
    /// Ids of these events.
    pub signals: Vec<String>,
    /// Mean rate of the library, a year.
    pub before: f64,
    /// Lower end of its 90 % interval.
    pub before_low: f64,
    /// Upper end of its 90 % interval.
    pub before_high: f64,
    /// Mean rate after the events, a year.
    pub after: f64,
    /// Lower end of its 90 % interval.
    pub after_low: f64,
    /// Upper end of its 90 % interval.
    pub after_high: f64,
    /// Mean rate after, divided by that before.
    pub times: f64,
}

/// An event that moves no rate.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct SetAsideAnswer {
    /// Id of the event.
    pub event: String,
    /// Its day.
    pub date: String,
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: String,
    /// Who acted, or `none`.
    pub actor: String,
    /// Why it moves none.
    pub reason: String,
}

/// A shock that an event may set off.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct FollowUpAnswer {
    /// Id of the event.
    pub event: String,
    /// Id of the shock that it is an occurrence of.
    pub cause: String,
    /// Id of the shock that may follow.
    pub shock: String,
    /// Probability that it follows.
    pub probability: f64,
    /// Day on which it would.
    pub day: String,
}

/// An offer that ends.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct NewRetirementAnswer {
    /// Id of the event that says so.
    pub event: String,
    /// Id of the offer.
    pub offer: String,
    /// Day that the catalog says; null when it says none.
    pub before: Option<String>,
    /// Day that the event says.
    pub day: String,
    /// Ids of the workloads that use it today, as primary or standby; empty without a portfolio.
    pub workloads: Vec<String>,
}

/// A rung of the ladder before and after.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct MovedRungAnswer {
    /// What the rung leaves free.
    pub rung: RungWord,
    /// Most workloads that may be touched; null where any number may.
    pub touched: Option<usize>,
    /// Whether its workloads change, or whether it is the knee.
    pub changes: bool,
    /// Whether it is the knee under the rates of the library.
    pub knee_before: bool,
    /// Whether it is the knee after the events.
    pub knee_after: bool,
    /// Workloads that it touches under the rates of the library.
    pub workloads_before: Vec<String>,
    /// Workloads that it touches after the events.
    pub workloads_after: Vec<String>,
    /// Planned cost over the horizon plus risk-weighted loss, USD; null where a limit is broken, or there is no such rung.
    pub objective_before_usd: Option<f64>,
    /// The same after the events.
    pub objective_after_usd: Option<f64>,
}

impl MovedRungAnswer {
    /// The rungs of both ladders, those of the first in its order, then those that only the second has.
    #[must_use]
    pub fn list(before: &[RungAnswer], after: &[RungAnswer]) -> Vec<Self> {
        let find = |list: &'_ [RungAnswer], key: &RungAnswer| {
            list.iter().find(|rung| (rung.rung, rung.touched) == (key.rung, key.touched)).cloned()
        };
        let only_after = after.iter().filter(|rung| find(before, rung).is_none());
        let rung = |key: &RungAnswer| {
            let (from, to) = (find(before, key), find(after, key));
            let workloads =
                |rung: &Option<RungAnswer>| rung.as_ref().map_or_else(Vec::new, |r| r.workloads.clone());
            let knee = |rung: &Option<RungAnswer>| rung.as_ref().is_some_and(|r| r.is_knee);
            let objective = |rung: &Option<RungAnswer>| rung.as_ref().and_then(|r| r.figures.objective_usd);
            Self {
                rung: key.rung,
                touched: key.touched,
                changes: workloads(&from) != workloads(&to) || knee(&from) != knee(&to),
                knee_before: knee(&from),
                knee_after: knee(&to),
                workloads_before: workloads(&from),
                workloads_after: workloads(&to),
                objective_before_usd: objective(&from),
                objective_after_usd: objective(&to),
            }
        };
        before.iter().chain(only_after).map(rung).collect()
    }
}

/// A portfolio before and after, on common trials.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct SignalEffectAnswer {
    /// Number of trials (simulated horizons), the same before and after.
    pub trials: u64,
    /// Random seed.
    pub seed: u64,
    /// Under the rates of the library.
    pub before: SignalStateAnswer,
    /// Under the rates after the events.
    pub after: SignalStateAnswer,
    /// Limits that are broken after and were kept before.
    pub limits_newly_broken: Vec<String>,
    /// Limits that are kept after and were broken before.
    pub limits_newly_kept: Vec<String>,
}

/// Losses and limits of today's allocation.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct SignalStateAnswer {
    /// Average annual loss, USD.
    pub aal_usd: DoubtedMean,
    /// Mean loss of the worst 5 % of trials, USD.
    pub cvar_usd: EstimateAnswer,
    /// Every limit.
    pub limits: Vec<LimitAnswer>,
}

impl SignalsAnswer {
    /// The documented answer. `effect`: the portfolio before and after, with its plan. `largest_rise`: a share, such as 0.1.
    #[must_use]
    pub fn of(
        instance: &Instance,
        n_signals: usize,
        reading: &SignalReading<'_>,
        effect: Option<(&Plan, &SignalState, &SignalState)>,
        largest_rise: Option<f64>,
    ) -> Self {
        let mut rates: Vec<MovedRateAnswer> = reading.updates.iter().map(MovedRateAnswer::of).collect();
        rates.sort_by(|a, b| b.times.total_cmp(&a.times).then_with(|| a.shock.cmp(&b.shock)));
        let plan = effect.map(|(plan, ..)| plan);
        let mut retirements: Vec<NewRetirementAnswer> =
            reading.retirements.iter().map(|r| NewRetirementAnswer::of(instance, plan, r)).collect();
        retirements.sort_by(|a, b| (&a.day, &a.offer).cmp(&(&b.day, &b.offer)));
        let effect = effect.map(|(_, before, after)| SignalEffectAnswer::of(instance, before, after));
        let passed = passed(&rates, effect.as_ref(), largest_rise);
        Self {
            format_version: FORMAT_VERSION,
            portfolio: effect.as_ref().map(|_| instance.portfolio.name.clone()),
            to: reading.to.to_string(),
            events: n_signals,
            rates,
            set_aside: reading
                .set_aside
                .iter()
                .map(|(signal, why)| SetAsideAnswer::of(signal, why))
                .collect(),
            follow_ups: reading.follow_ups.iter().map(FollowUpAnswer::of).collect(),
            retirements,
            effect,
            rungs: None,
            largest_rise,
            passed,
        }
    }
}

/// Thresholds that are passed: limits that break, and a rise above the largest one.
fn passed(
    rates: &[MovedRateAnswer],
    effect: Option<&SignalEffectAnswer>,
    largest_rise: Option<f64>,
) -> Vec<String> {
    let broken = effect.iter().flat_map(|effect| &effect.limits_newly_broken);
    let mut passed: Vec<String> = broken.map(|limit| format!("limit broken: {limit}")).collect();
    let Some(most) = largest_rise else { return passed };
    let rises: Vec<(String, f64)> = match effect {
        Some(effect) => [
            ("average annual loss".to_owned(), effect.before.aal_usd.value, effect.after.aal_usd.value),
            ("CVaR".to_owned(), effect.before.cvar_usd.value, effect.after.cvar_usd.value),
        ]
        .map(|(what, before, after)| (what, if after > before { after / before - 1.0 } else { 0.0 }))
        .to_vec(),
        None => rates.iter().map(|rate| (format!("rate of {}", rate.shock), rate.times - 1.0)).collect(),
    };
    let above = rises.into_iter().filter(|(_, rise)| *rise > most);
    passed.extend(above.map(|(what, rise)| match rise.is_finite() {
        true => format!("{what} rises by {:.0} %", 100.0 * rise),
        false => format!("{what} rises from nothing"),
    }));
    passed
}

impl MovedRateAnswer {
    fn of(update: &RateUpdate<'_>) -> Self {
        let ends = |rate: &Likelihood| rate.interval.unwrap_or((rate.mean, rate.mean));
        let ((before_low, before_high), (after_low, after_high)) =
            (ends(&update.before), ends(&update.after));
        Self {
            shock: update.shock.id.clone(),
            name: update.shock.name.clone().unwrap_or_else(|| update.shock.id.clone()),
            kind: update.kind.to_owned(),
            actor: update.actor.clone(),
            from: update.from.to_string(),
            years: update.years,
            events: update.n_events,
            signals: update.signals.iter().map(|id| (*id).to_owned()).collect(),
            before: update.before.mean,
            before_low,
            before_high,
            after: update.after.mean,
            after_low,
            after_high,
            times: update.times(),
        }
    }
}

impl SetAsideAnswer {
    fn of(signal: &Signal, reason: &str) -> Self {
        let event = &signal.event;
        Self {
            event: event.id.clone(),
            date: event.date.to_string(),
            name: event.name.clone(),
            kind: event.kind.to_owned(),
            actor: event.actor.clone().unwrap_or_else(|| NO_ACTOR.to_owned()),
            reason: reason.to_owned(),
        }
    }
}

impl FollowUpAnswer {
    fn of(follow_up: &FollowUp<'_>) -> Self {
        Self {
            event: follow_up.signal.event.id.clone(),
            cause: follow_up.cause.id.clone(),
            shock: follow_up.shock.to_owned(),
            probability: follow_up.probability,
            day: follow_up.day.to_string(),
        }
    }
}

impl NewRetirementAnswer {
    fn of(instance: &Instance, plan: Option<&Plan>, retirement: &NewRetirement<'_>) -> Self {
        let uses = |plan: &Plan, workload: usize| {
            let own = &instance.workloads[workload];
            own.cells.clone().any(|cell| plan.share(cell, retirement.offer) > 0.0)
                || plan.standby[workload].iter().any(|standby| standby.offer == retirement.offer)
        };
        let workloads = plan.into_iter().flat_map(|plan| {
            let using = (0..instance.workloads.len()).filter(move |workload| uses(plan, *workload));
            using.map(|workload| instance.workloads[workload].workload.id.clone())
        });
        Self {
            event: retirement.signal.event.id.clone(),
            offer: instance.offers[retirement.offer].id.to_string(),
            before: retirement.before.map(|day| day.to_string()),
            day: retirement.day.to_string(),
            workloads: workloads.collect(),
        }
    }
}

impl SignalEffectAnswer {
    fn of(instance: &Instance, before: &SignalState, after: &SignalState) -> Self {
        let settings = before.simulated.settings;
        let (before, after) =
            (SignalStateAnswer::of(instance, before), SignalStateAnswer::of(instance, after));
        let moved = |was_breached: bool| -> Vec<String> {
            let pairs = before.limits.iter().zip(&after.limits);
            let is_moved = |(b, a): &(&LimitAnswer, &LimitAnswer)| {
                b.breached == was_breached && a.breached != was_breached
            };
            pairs.filter(is_moved).map(|(_, a)| a.limit.clone()).collect()
        };
        Self {
            trials: settings.n_trials,
            seed: settings.seed,
            limits_newly_broken: moved(false),
            limits_newly_kept: moved(true),
            before,
            after,
        }
    }
}

impl SignalStateAnswer {
    fn of(instance: &Instance, state: &SignalState) -> Self {
        let portfolio = &instance.portfolio;
        let summary = &state.simulated.summary;
        let tail = summary.cvar_at(BREAKDOWN_LEVEL);
        let limits = portfolio.limits.iter().zip(&state.checked.limits);
        Self {
            aal_usd: DoubtedMean::of(&summary.aal, &summary.doubt),
            cvar_usd: EstimateAnswer::of(&tail.unwrap_or(summary.cvar[0])),
            limits: limits
                .map(|(limit, own)| LimitAnswer::of(&portfolio.name, &limit.measure, own))
                .collect(),
        }
    }
}

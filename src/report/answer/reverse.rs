//! `reverse`: the shocks that would cause a given loss.

pub mod rows;
pub(in crate::report) mod story;

use schemars::JsonSchema;
use serde::Serialize;

use self::story::story;
use super::{FORMAT_VERSION, finite};
use crate::model::instance::Instance;
use crate::model::portfolio::Readiness;
use crate::report::answer::currency::CurrencyAnswer;
use crate::stress::outcome::WorkloadOutcome;
use crate::stress::reverse::ReverseGoal;
use crate::study::reverse::{Reversed, ReversedSet, SingleMeasure, SingleMeasureKind};

/// The most probable sets of shocks that a portfolio does not stand: all on day 0 and without notice.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ReverseAnswer {
    /// Version of this format: 1.
    pub format_version: u64,
    /// Name of the portfolio.
    pub portfolio: String,
    #[serde(flatten)]
    pub currency: CurrencyAnswer,
    /// Loss over the horizon that a listed set reaches, USD; null with `--breaks-recovery`.
    pub threshold_usd: Option<f64>,
    /// Whether sets are listed that leave a workload unserved beyond its recovery objective.
    pub breaks_recovery: bool,
    /// Days that are played.
    pub horizon_days: f64,
    /// Most shocks in a set.
    pub max_shocks: u64,
    /// Shocks that sets are made of: with a frequency, not in force, and reaching some user's offers.
    pub candidates: u64,
    /// Sets that were evaluated. Less probable ones were not needed; sets around a listed one, and sets that cannot cost enough
    /// by an upper bound, were left out.
    pub tested: u64,
    /// Whether there are more sets than `--sets` lists.
    pub more: bool,
    /// Whether the search stopped early, as it may in a report: then less probable sets may reach the threshold, too.
    pub stopped: bool,
    /// Sets of shocks, the most probable first; ties by ids.
    pub sets: Vec<ReverseSetAnswer>,
}

/// A set of shocks that reaches the threshold. No listed set contains another.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ReverseSetAnswer {
    /// Ids, ascending.
    pub shocks: Vec<String>,
    /// Probability that all of them occur within a year, at mean rates.
    pub annual_probability: f64,
    /// Loss over the horizon, USD.
    pub loss_usd: f64,
    /// Workloads that lose something or are unserved for a time, the largest loss first.
    pub workloads: Vec<ReverseWorkloadAnswer>,
    /// The cheapest single measure after which the set no longer reaches the threshold; null when no single one is enough.
    pub measure: Option<ReverseMeasureAnswer>,
    /// The set in words.
    pub story: ReverseStory,
}

/// What a set does to one workload.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ReverseWorkloadAnswer {
    /// Id of the workload.
    pub id: String,
    /// Loss over the horizon, USD.
    pub loss_usd: f64,
    /// Whether demand is unserved beyond the recovery objective.
    pub breaks_recovery: bool,
    /// First day on which demand is unserved; null when never.
    pub first_unserved_day: Option<f64>,
    /// First day after which it stays served; null when it was never unserved, or is at the horizon.
    pub recovered_day: Option<f64>,
}

/// A measure against a set.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ReverseMeasureAnswer {
    /// `standby`; `extra_offer`, a share for an offer that the workload does not use; `moved_share`, a larger share for one that it uses.
    pub kind: String,
    /// Id of the workload.
    pub workload: String,
    /// Id of the offer.
    pub offer: String,
    /// Readiness of a standby: `hot` or `warm`; null for a share.
    pub readiness: Option<String>,
    /// Share of each cell that may use the offer, for a standby its cover; null: the smallest that the routing allows.
    pub share: Option<f64>,
    /// What it adds to the planned cost over the horizon, USD a month, change and contracts included; below 0 where it saves.
    pub usd_per_month: f64,
    /// Loss that the set still causes, USD.
    pub loss_after_usd: f64,
}

/// A set in words, in the fields that supervisors ask for.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ReverseStory {
    /// What happens, for how long, and how probable it is.
    pub scenario: String,
    /// How it gets to the company: offers that stop, standbys that fail, prices that rise.
    pub channel: String,
    /// What it costs, and who is not served.
    pub impact: String,
    /// What would help.
    pub mitigation: String,
}

impl ReverseAnswer {
    /// The documented answer.
    #[must_use]
    pub fn of(instance: &Instance, reversed: &Reversed) -> Self {
        let goal = reversed.request.goal;
        Self {
            format_version: FORMAT_VERSION,
            portfolio: instance.portfolio.name.clone(),
            currency: CurrencyAnswer::of(&instance.portfolio.currency),
            threshold_usd: match goal {
                ReverseGoal::Loss(usd) => Some(usd),
                ReverseGoal::BreaksRecovery => None,
            },
            breaks_recovery: goal == ReverseGoal::BreaksRecovery,
            horizon_days: reversed.horizon_days,
            max_shocks: reversed.request.max_shocks as u64,
            candidates: reversed.n_candidates as u64,
            tested: reversed.n_visited,
            more: reversed.more,
            stopped: reversed.is_stopped,
            sets: reversed.sets.iter().map(|set| set_answer(instance, set, goal)).collect(),
        }
    }
}

fn set_answer(instance: &Instance, reversed: &ReversedSet, goal: ReverseGoal) -> ReverseSetAnswer {
    let set = &reversed.set;
    let mut workloads: Vec<ReverseWorkloadAnswer> = set
        .outcome
        .workloads
        .iter()
        .enumerate()
        .map(|(w, outcome)| workload_answer(outcome, set.channel.unserved.contains(&w)))
        .filter(|w| w.loss_usd > 0.0 || w.first_unserved_day.is_some())
        .collect();
    // The sort is stable: workloads with equal losses stay in the order of their ids.
    workloads.sort_by(|a, b| b.loss_usd.total_cmp(&a.loss_usd));
    let measure = reversed.measure.as_ref().map(|measure| measure_answer(instance, measure));
    ReverseSetAnswer {
        shocks: set.shocks.iter().map(|&shock| instance.shocks[shock].id.clone()).collect(),
        annual_probability: set.annual_probability,
        loss_usd: set.outcome.loss.total_usd(),
        story: story(instance, reversed, &workloads, measure.as_ref(), goal),
        workloads,
        measure,
    }
}

fn workload_answer(outcome: &WorkloadOutcome, breaks_recovery: bool) -> ReverseWorkloadAnswer {
    ReverseWorkloadAnswer {
        id: outcome.id.clone(),
        loss_usd: outcome.loss.total_usd(),
        breaks_recovery,
        first_unserved_day: outcome.first_unserved_day.and_then(finite),
        recovered_day: outcome.recovered_day.and_then(finite),
    }
}

fn measure_answer(instance: &Instance, measure: &SingleMeasure) -> ReverseMeasureAnswer {
    let (kind, readiness, share) = match measure.kind {
        SingleMeasureKind::Standby(Readiness::Hot) => ("standby", Some("hot"), Some(1.0)),
        SingleMeasureKind::Standby(Readiness::Warm) => ("standby", Some("warm"), Some(1.0)),
        SingleMeasureKind::ExtraOffer(share) => ("extra_offer", None, share),
        SingleMeasureKind::MovedShare(share) => ("moved_share", None, share),
    };
    ReverseMeasureAnswer {
        kind: kind.to_owned(),
        workload: instance.workloads[measure.workload].workload.id.clone(),
        offer: instance.offers[measure.offer].id.to_string(),
        readiness: readiness.map(str::to_owned),
        share,
        usd_per_month: measure.usd_per_month,
        loss_after_usd: measure.loss_after_usd,
    }
}

//! A set of shocks in words: scenario, channel, impact, mitigation.

use std::collections::{BTreeMap, BTreeSet};

use super::{ReverseMeasureAnswer, ReverseStory, ReverseWorkloadAnswer};
use crate::model::instance::{Instance, OfferIdx, WorkloadIdx};
use crate::report::figures::{counted, days, number, percent};
use crate::report::money::{CODE, amount};
use crate::report::names;
use crate::stress::outcome::{Cause, Takeover};
use crate::stress::reverse::ReverseGoal;
use crate::study::reverse::ReversedSet;

/// Names in a list before the rest is counted.
const NAMED: usize = 3;

pub(super) fn story(
    instance: &Instance,
    reversed: &ReversedSet,
    workloads: &[ReverseWorkloadAnswer],
    measure: Option<&ReverseMeasureAnswer>,
    goal: ReverseGoal,
) -> ReverseStory {
    ReverseStory {
        scenario: scenario(instance, reversed),
        channel: channel(instance, reversed),
        impact: impact(reversed, workloads),
        mitigation: mitigation(instance, reversed, measure, goal),
    }
}

fn scenario(instance: &Instance, reversed: &ReversedSet) -> String {
    let set = &reversed.set;
    let cause = |(cause, actor): (&Cause, &String)| {
        let name = cause.name.as_deref().unwrap_or(&cause.shock);
        let lasts =
            cause.duration_days.map_or_else(|| "to the end".to_owned(), |d| format!("for {}", days(d)));
        let followed: Vec<String> =
            cause.triggered.iter().map(|id| format!("'{}'", names::shock(instance, id))).collect();
        let followed =
            if followed.is_empty() { String::new() } else { format!(", followed by {}", listed(&followed)) };
        format!("'{name}' ({}, {lasts}{followed})", names::actor(instance, actor))
    };
    let causes: Vec<String> = set.outcome.causes.iter().zip(&reversed.actors).map(cause).collect();
    let begin = if causes.len() == 1 { "begins" } else { "begin" };
    format!(
        "Without notice {begin} {}. Probability: {} a year, about once in {} years.",
        all(&causes),
        percent(set.annual_probability),
        number((1.0 / set.annual_probability).round())
    )
}

fn channel(instance: &Instance, reversed: &ReversedSet) -> String {
    let channel = &reversed.set.channel;
    let mut said = Vec::new();
    for (pairs, one, many) in [
        (&channel.stopped, "stops or loses capacity", "stop or lose capacity"),
        (
            &channel.lost_standbys,
            "fails as a standby when it is needed",
            "fail as standbys when they are needed",
        ),
        (&channel.dearer, "becomes dearer", "become dearer"),
    ] {
        if pairs.is_empty() {
            continue;
        }
        let offers = by_offer(instance, pairs);
        said.push(format!("{} {}", listed(&offers), if offers.len() == 1 { one } else { many }));
    }
    match said.is_empty() {
        true => "No offer in use is hit.".to_owned(),
        false => format!("{}.", said.join("; ")),
    }
}

/// Offers with the workloads that they serve, those with most workloads first.
fn by_offer(instance: &Instance, pairs: &BTreeSet<(WorkloadIdx, OfferIdx)>) -> Vec<String> {
    let mut workloads: BTreeMap<OfferIdx, Vec<&str>> = BTreeMap::new();
    for &(workload, offer) in pairs {
        workloads.entry(offer).or_default().push(names::workload(instance, workload));
    }
    let mut offers: Vec<(OfferIdx, Vec<&str>)> = workloads.into_iter().collect();
    offers.sort_by_key(|(_, own)| std::cmp::Reverse(own.len()));
    let words = |(offer, own): (OfferIdx, Vec<&str>)| {
        let served = if own.len() > NAMED { counted(own.len(), "workload") } else { own.join(", ") };
        format!("{} ({served})", names::offer(instance, offer))
    };
    offers.into_iter().map(words).collect()
}

fn impact(reversed: &ReversedSet, workloads: &[ReverseWorkloadAnswer]) -> String {
    let outcome = &reversed.set.outcome;
    let total = outcome.loss.total_usd();
    let mut said = format!("{CODE} {} over {}", amount(total), days(outcome.horizon_days));
    if let Some(worst) = workloads.first().filter(|own| own.loss_usd > 0.0) {
        said += &format!(", {} of it in {}", percent(worst.loss_usd / total), worst.id);
    }
    let unserved: Vec<String> =
        workloads.iter().filter(|own| own.breaks_recovery).map(|own| own.id.clone()).collect();
    said += &match unserved.is_empty() {
        true => ". No recovery objective breaks".to_owned(),
        false => format!(". Unserved beyond the recovery objective: {}", listed(&unserved)),
    };
    if outcome.first_unserved_day().is_some() {
        said += &match outcome.recovered_day() {
            Some(day) => format!("; everything is served again after {}", days(day)),
            None => "; not everything is served again".to_owned(),
        };
    }
    format!("{said}.")
}

fn mitigation(
    instance: &Instance,
    reversed: &ReversedSet,
    measure: Option<&ReverseMeasureAnswer>,
    goal: ReverseGoal,
) -> String {
    let taken = |takeover: &Takeover| names::offer(instance, takeover.to);
    let mut ready: Vec<String> = Vec::new();
    for offer in reversed.set.outcome.takeovers.iter().map(taken) {
        if !ready.contains(&offer) {
            ready.push(offer);
        }
    }
    let today = match ready.is_empty() {
        true => "Today nothing takes over.".to_owned(),
        false => format!("Today load goes to {}.", listed(&ready)),
    };
    let aim = match goal {
        ReverseGoal::Loss(_) => "keeps the loss under the threshold",
        ReverseGoal::BreaksRecovery => "keeps every recovery objective",
    };
    match measure {
        None => format!("{today} No single standby, extra offer or moved share {aim}."),
        Some(own) => format!(
            "{today} The cheapest single measure that {aim}: {}, {}; the loss would be {CODE} {}.",
            measure_words(own),
            cost_words(own.usd_per_month),
            amount(own.loss_after_usd)
        ),
    }
}

/// A measure in words.
#[must_use]
pub(in crate::report) fn measure_words(measure: &ReverseMeasureAnswer) -> String {
    let (workload, offer) = (&measure.workload, &measure.offer);
    let share = measure.share.map_or_else(|| "the smallest share".to_owned(), percent);
    match (measure.kind.as_str(), &measure.readiness) {
        ("standby", Some(readiness)) => format!("a {readiness} standby for {workload} on {offer}"),
        ("extra_offer", _) => format!("{share} of {workload} on {offer}, which it does not use today"),
        _ => format!("{share} of {workload} on {offer}"),
    }
}

fn cost_words(usd_per_month: f64) -> String {
    if usd_per_month < 0.0 {
        format!("which saves {CODE} {} a month", amount(-usd_per_month))
    } else {
        format!("for {CODE} {} a month", amount(usd_per_month))
    }
}

/// The first names, and how many more there are.
fn listed(names: &[String]) -> String {
    match names.len() {
        n if n > NAMED + 1 => format!("{} and {} more", names[..NAMED].join(", "), n - NAMED),
        _ => all(names),
    }
}

/// All names: `a`, `a and b`, `a, b and c`.
fn all(names: &[String]) -> String {
    match names.split_last() {
        Some((last, first)) if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => names.concat(),
    }
}

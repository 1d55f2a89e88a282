//! `exposure` as tables: the answer in a sentence, then what would cost most.

mod chokepoints;
mod losses;
mod retirements;
mod shares;

pub use losses::{costliest, named};

use super::diversity::by_workload;
use super::substitutes::substitutes;
use crate::model::limit::Dimension;
use crate::report::answer::concentration::ranked;
use crate::report::answer::exposure::{ExposureAnswer, MinimumCutAnswer, NodeLossAnswer};
use crate::report::figures::{counted, percent};
use crate::report::grid::Grid;
use crate::report::money::{CODE, amount};

/// The sentence and all tables of `exposure`.
#[must_use]
pub fn exposure(answer: &ExposureAnswer) -> Vec<Grid> {
    let mut grids = vec![Grid::new(sentence(answer), &[])];
    grids.extend(tables(answer));
    grids
}

/// All tables of `exposure`, the most useful first.
#[must_use]
pub fn tables(answer: &ExposureAnswer) -> Vec<Grid> {
    let mut grids = vec![
        losses::node_losses(answer),
        chokepoints::chokepoints(answer),
        chokepoints::minimum_cuts(answer),
        losses::pair_losses(answer),
        shares::shares(answer),
        substitutes(answer),
        retirements::retirements(answer),
    ];
    if let Some(workloads) = &answer.workloads {
        grids.insert(AFTER_SHARES, by_workload(workloads));
    }
    grids
}

/// Place of the workloads among the tables: after the portfolio's own shares.
const AFTER_SHARES: usize = 5;

/// Share of the value that hosts carry together so that they are named.
const MOST_OF_THE_VALUE: f64 = 0.8;

/// Hosts that are named at most.
const HOSTS_NAMED: usize = 3;

/// The suppliers that the portfolio depends on, in a sentence.
#[must_use]
pub fn sentence(answer: &ExposureAnswer) -> String {
    let parts = [origin(answer), hosts(answer), costliest_supplier(answer), stopped_by_one(answer)];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() {
        return "No workload has an outage cost, so no dependence can be weighed.".to_owned();
    }
    format!("{}.", parts.join("; "))
}

fn origin(answer: &ExposureAnswer) -> Option<String> {
    let (country, share) = answer.concentration.largest(Dimension::Origin)?;
    Some(format!("{} of the value runs on models from {country}", percent(share)))
}

/// The fewest hosts that carry most of the value, if they are few.
fn hosts(answer: &ExposureAnswer) -> Option<String> {
    let hosts = ranked(answer.concentration.value_shares(Dimension::Host)?);
    let mut carried = 0.0;
    for (at, (_, share)) in hosts.iter().enumerate().take(HOSTS_NAMED) {
        carried += share;
        if carried >= MOST_OF_THE_VALUE {
            let names: Vec<&str> = hosts[..=at].iter().map(|host| host.0).collect();
            let verb = if at == 0 { "hosts" } else { "host" };
            return Some(format!("{} {verb} {}", and(&names), percent(carried)));
        }
    }
    None
}

fn costliest_supplier(answer: &ExposureAnswer) -> Option<String> {
    let suppliers = answer.node_losses.iter().filter(|loss| loss.kind == "supplier" && loss.loss_usd > 0.0);
    let worst: &NodeLossAnswer = suppliers.max_by(|a, b| a.loss_usd.total_cmp(&b.loss_usd))?;
    Some(format!("losing {} would cost {CODE} {}", worst.name, amount(worst.loss_usd)))
}

/// How many workloads one supplier can stop.
fn stopped_by_one(answer: &ExposureAnswer) -> Option<String> {
    let by_supplier: Vec<&MinimumCutAnswer> =
        answer.minimum_cuts.iter().filter(|cut| cut.kind == "supplier").collect();
    let n = by_supplier.iter().filter(|cut| cut.size == Some(1)).count();
    let all = counted(by_supplier.len(), "workload");
    match n {
        _ if by_supplier.is_empty() => None,
        0 => Some("no workload stops when one supplier fails".to_owned()),
        1 => Some(format!("1 of {all} stops when one supplier fails")),
        n => Some(format!("{n} of {all} stop when one supplier fails")),
    }
}

/// `a`, `a and b`, `a, b and c`.
fn and<S: AsRef<str>>(names: &[S]) -> String {
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    match names.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// Names shown in a list before the rest is counted.
const NAMES_SHOWN: usize = 3;

fn listed<S: AsRef<str>>(names: &[S]) -> String {
    let shown = names.iter().take(NAMES_SHOWN).map(AsRef::as_ref).collect::<Vec<&str>>().join(", ");
    if names.len() > NAMES_SHOWN { format!("{shown}, {} more", names.len() - NAMES_SHOWN) } else { shown }
}

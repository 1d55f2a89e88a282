//! What the loss of one node, or of two, would cost.

use crate::exposure::profile::NODE_KINDS;
use crate::model::limit::NodeKind;
use crate::report::answer::exposure::{ExposureAnswer, NodeLossAnswer, PairLossAnswer};
use crate::report::figures::{ABSENT, days, percent};
use crate::report::grid::Grid;
use crate::report::money::amount;
use crate::report::names::node_meaning;
use crate::report::tables::SHOWN;

/// Losses closer than this are the same, USD.
const SAME_USD: f64 = 0.005;

/// The losses of one node that cost most.
pub(super) fn node_losses(answer: &ExposureAnswer) -> Grid {
    let mut grid = Grid::new(
        "What if one of them stopped today, for good?",
        &[
            "what stops",
            ">loss, ¤",
            ">served at once",
            ">7 days",
            ">30 days",
            ">at the end",
            "first interruption",
            "restored after",
        ],
    );
    let groups = costliest(answer);
    for group in groups.iter().take(SHOWN) {
        let loss = group[0];
        let share = |s: Option<f64>| s.map_or_else(|| ABSENT.to_owned(), percent);
        grid.row([
            crate::report::tables::exposure::listed(&named(group)),
            amount(loss.loss_usd),
            share(loss.service.at_once),
            share(loss.service.after_7_days),
            share(loss.service.after_30_days),
            percent(loss.service.end),
            first_interruption(loss),
            restored(loss),
        ]);
    }
    grid.note(format!(
        "Loss over {}, without notice; the {} costliest of {}. Served: share of the value. Nodes whose loss has the \
         same effect share a row.",
        days(answer.horizon_days),
        SHOWN.min(groups.len()),
        groups.len()
    ));
    let kinds: Vec<String> =
        NODE_KINDS.iter().map(|kind| format!("{}: {}", words(kind.as_str()), node_meaning(*kind))).collect();
    grid.note(format!("{}.", kinds.join("; ")));
    grid
}

fn first_interruption(loss: &NodeLossAnswer) -> String {
    match loss.time_to_survive_days {
        Some(day) if day > 0.0 => format!("after {}", days(day)),
        Some(_) => "immediate".to_owned(),
        None => "none".to_owned(),
    }
}

fn restored(loss: &NodeLossAnswer) -> String {
    match loss.time_to_survive_days {
        None => ABSENT.to_owned(),
        Some(_) => days(loss.time_to_recover_days.unwrap_or(f64::INFINITY)),
    }
}

/// Node losses that cost something, the costliest first; those with the same effect are one group.
#[must_use]
pub fn costliest(answer: &ExposureAnswer) -> Vec<Vec<&NodeLossAnswer>> {
    let mut losses: Vec<&NodeLossAnswer> =
        answer.node_losses.iter().filter(|loss| loss.loss_usd > 0.0).collect();
    // Stable: of two alike, the first by kind and id.
    losses.sort_by(|a, b| b.loss_usd.total_cmp(&a.loss_usd));
    let mut groups: Vec<Vec<&NodeLossAnswer>> = Vec::new();
    for loss in losses {
        let near = groups.iter_mut().rev().take_while(|g| g[0].loss_usd - loss.loss_usd < SAME_USD);
        match near.into_iter().find(|group| has_same_effect(group[0], loss)) {
            Some(group) => group.push(loss),
            None => groups.push(vec![loss]),
        }
    }
    groups
}

fn has_same_effect(a: &NodeLossAnswer, b: &NodeLossAnswer) -> bool {
    a.service == b.service
        && a.time_to_survive_days == b.time_to_survive_days
        && a.time_to_recover_days == b.time_to_recover_days
}

/// The nodes of a group, each id once with its kinds: `EU (jurisdiction, territory)`.
#[must_use]
pub fn named(group: &[&NodeLossAnswer]) -> Vec<String> {
    let mut kinds_by_id: Vec<(&str, Vec<String>)> = Vec::new();
    for loss in group {
        match kinds_by_id.iter_mut().find(|(known, _)| *known == loss.id) {
            Some((_, kinds)) => kinds.push(words(&loss.kind)),
            None => kinds_by_id.push((&loss.id, vec![words(&loss.kind)])),
        }
    }
    kinds_by_id.into_iter().map(|(id, kinds)| format!("{id} ({})", kinds.join(", "))).collect()
}

/// A kind of node in words: `host site`.
fn words(kind: &str) -> String {
    kind.replace('_', " ")
}

/// Pairs of failures that cost more than the worse of the two.
pub(super) fn pair_losses(answer: &ExposureAnswer) -> Grid {
    let mut grid = Grid::new(
        "Which pairs of failures add up?",
        &["first", "second", ">loss of both, ¤", ">more than the worse alone, ¤"],
    );
    let node = |[kind, id]: &[String; 2]| format!("{} {id}", words(kind));
    for pair in distinct(&answer.pair_losses).into_iter().take(SHOWN) {
        let [one, other] = &pair.nodes;
        grid.row([node(one), node(other), amount(pair.loss_usd), amount(pair.excess_usd)]);
    }
    grid.note(if answer.pair_losses.is_empty() {
        "No pair costs more than the worse of its two."
    } else {
        "The largest excess first. Pairs that repeat a fact, such as a supplier and its only site, are shown once; \
         --format json has all."
    });
    grid
}

/// Pairs without those that say the same again: by a site of a company named before, or with the same loss.
fn distinct(pairs: &[PairLossAnswer]) -> Vec<&PairLossAnswer> {
    let mut known: Vec<[&str; 2]> = Vec::new();
    let mut shown: Vec<&PairLossAnswer> = Vec::new();
    for pair in pairs {
        let mut both = [0, 1].map(|at| owner(&pair.nodes[at]));
        both.sort_unstable();
        if !known.contains(&both) && !shown.iter().any(|other| costs_the_same(other, pair)) {
            known.push(both);
            shown.push(pair);
        }
    }
    shown
}

fn costs_the_same(a: &PairLossAnswer, b: &PairLossAnswer) -> bool {
    (a.loss_usd - b.loss_usd).abs() < SAME_USD && (a.excess_usd - b.excess_usd).abs() < SAME_USD
}

/// The host of a host site, else the node itself.
fn owner([kind, id]: &[String; 2]) -> &str {
    if kind == NodeKind::HostSite.as_str() { id.rsplit_once(':').map_or(id, |(host, _)| host) } else { id }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(nodes: [[&str; 2]; 2], loss_usd: f64) -> PairLossAnswer {
        let nodes = nodes.map(|node| node.map(str::to_owned));
        let names = nodes.clone().map(|[_, id]| id);
        PairLossAnswer { nodes, names, loss_usd, excess_usd: 1.0 }
    }

    #[test]
    fn a_pair_is_shown_once_whichever_of_its_sites_are_named() {
        let pairs = [
            pair([["supplier", "aws"], ["supplier", "azure"]], 5.0),
            pair([["supplier", "azure"], ["host_site", "aws:EU"]], 4.0),
            pair([["host_site", "aws:EU"], ["host_site", "azure:SE"]], 3.0),
            pair([["jurisdiction", "SE"], ["supplier", "aws"]], 2.0),
            pair([["territory", "FI"], ["supplier", "aws"]], 2.0),
        ];
        assert_eq!(distinct(&pairs), [&pairs[0], &pairs[3]]);
    }
}

//! Who serves a group by the rules of the router (LiteLLM 1.110.2; guides/gateway.md).
//!
//! The lowest `order` that still has a deployment serves, shared by the strategy; a deployment without `order` comes last. When
//! none is left the fallbacks are tried one after the other, and each with its own fallbacks.

use std::collections::BTreeSet;

use crate::model::gateway::{CHEAPEST, FallbackKind, GatewayConfig, PlacedText, SHUFFLE};

/// What the shares of a level follow from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShareBasis {
    /// `weight`; a deployment without one gets nothing.
    Weights,
    /// `rpm`.
    Requests,
    /// `tpm`.
    Tokens,
    /// Nothing is stated: each gets the same.
    Evenly,
    /// The cheapest by the prices that the file states, evenly where it states none.
    Cheapest,
    /// By latency, load or usage, which a file does not show: taken as `rpm`, `tpm`, or the same.
    Approximate,
}

impl ShareBasis {
    /// The word of reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Weights => "weight",
            Self::Requests => "rpm",
            Self::Tokens => "tpm",
            Self::Evenly => "evenly",
            Self::Cheapest => "cheapest",
            Self::Approximate => "approximate",
        }
    }
}

/// Deployments of a group that are picked at the same time.
#[derive(Debug, Clone, PartialEq)]
pub struct RouteLevel {
    pub order: Option<f64>,
    /// Index of each deployment with its share; the shares sum to 1.
    pub shares: Vec<(usize, f64)>,
    pub basis: ShareBasis,
}

/// The levels of a group of which some deployments are left, the first to serve first.
#[must_use]
pub fn levels(config: &GatewayConfig, group: &str, is_up: &dyn Fn(usize) -> bool) -> Vec<RouteLevel> {
    let all = config.members(group);
    let left: Vec<usize> = all.into_iter().filter(|&d| !config.deployments[d].is_idle && is_up(d)).collect();
    levels_of(config, group, &left)
}

fn levels_of(config: &GatewayConfig, group: &str, left: &[usize]) -> Vec<RouteLevel> {
    let order_of = |d: &usize| config.deployments[*d].order.unwrap_or(f64::INFINITY);
    let mut orders: Vec<f64> = left.iter().map(order_of).collect();
    orders.sort_by(f64::total_cmp);
    orders.dedup();
    let level = |order: f64| {
        let members: Vec<usize> = left.iter().copied().filter(|d| order_of(d) == order).collect();
        let (weights, basis) = weights(config, group, &members);
        let sum: f64 = weights.iter().sum();
        let shares = members.into_iter().zip(weights).map(|(d, weight)| (d, weight / sum)).collect();
        RouteLevel { order: order.is_finite().then_some(order), shares, basis }
    };
    orders.into_iter().map(level).collect()
}

/// Weights of deployments, not all 0.
fn weights(config: &GatewayConfig, group: &str, members: &[usize]) -> (Vec<f64>, ShareBasis) {
    let of = |key: fn(&crate::model::gateway::Deployment) -> Option<f64>| -> Option<Vec<f64>> {
        let all: Vec<f64> = members.iter().map(|&d| key(&config.deployments[d]).unwrap_or(0.0)).collect();
        let sum: f64 = all.iter().sum();
        (sum > 0.0 && sum.is_finite()).then_some(all)
    };
    let strategy = config.strategy(group);
    if strategy == CHEAPEST {
        let price = |d: usize| {
            let deployment = &config.deployments[d];
            Some(deployment.input_usd_per_token? + deployment.output_usd_per_token?)
        };
        let prices: Option<Vec<f64>> = members.iter().map(|&d| price(d)).collect();
        if let Some(prices) = prices {
            let least = prices.iter().copied().fold(f64::INFINITY, f64::min);
            return (
                prices.iter().map(|&p| if p == least { 1.0 } else { 0.0 }).collect(),
                ShareBasis::Cheapest,
            );
        }
        return (vec![1.0; members.len()], ShareBasis::Approximate);
    }
    let by_weight = (strategy == SHUFFLE).then(|| of(|d| d.weight)).flatten();
    let (found, basis) = by_weight
        .map(|all| (all, ShareBasis::Weights))
        .or_else(|| of(|d| d.rpm).map(|all| (all, ShareBasis::Requests)))
        .or_else(|| of(|d| d.tpm).map(|all| (all, ShareBasis::Tokens)))
        .unwrap_or_else(|| (vec![1.0; members.len()], ShareBasis::Evenly));
    (found, if strategy == SHUFFLE { basis } else { ShareBasis::Approximate })
}

/// A step of a route: a level of a group, or a deployment that is named by its id.
#[derive(Debug, Clone, PartialEq)]
pub struct RouteStep {
    pub group: String,
    /// Fallbacks on the way; 0 inside the group that was asked for.
    pub depth: usize,
    pub level: RouteLevel,
}

/// Every step that a request for a group may take when no deployment answers, in order.
///
/// A group that has been tried is not tried again, and no more than `max_fallbacks` follow each other.
#[must_use]
pub fn route(config: &GatewayConfig, group: &str, is_up: &dyn Fn(usize) -> bool) -> Vec<RouteStep> {
    let mut steps = Vec::new();
    let mut tried = BTreeSet::new();
    follow(config, group, 0, is_up, &mut tried, &mut steps);
    steps
}

/// Groups that a route may try; a route of people tries a few.
const MOST_STEPS: usize = 25;

fn follow(
    config: &GatewayConfig,
    group: &str,
    depth: usize,
    is_up: &dyn Fn(usize) -> bool,
    tried: &mut BTreeSet<String>,
    steps: &mut Vec<RouteStep>,
) {
    let group = config.group_of(group);
    if depth > config.router.max_fallbacks || tried.len() >= MOST_STEPS || !tried.insert(group.to_owned()) {
        return;
    }
    let own = match named_deployment(config, group) {
        Some(d) => levels_of(config, group, &Some(d).filter(|&d| is_up(d)).into_iter().collect::<Vec<_>>()),
        None => levels(config, group, is_up),
    };
    steps.extend(own.into_iter().map(|level| RouteStep { group: group.to_owned(), depth, level }));
    for target in targets(config, group) {
        follow(config, &target.text, depth + 1, is_up, tried, steps);
    }
}

/// The deployment whose id a name is, unless it is a group.
#[must_use]
pub fn named_deployment(config: &GatewayConfig, name: &str) -> Option<usize> {
    let is_group = config.deployments.iter().any(|d| d.group == name);
    let found = || config.deployments.iter().position(|d| d.id.as_deref() == Some(name));
    if is_group { None } else { found() }
}

/// Fallbacks of a group after any error: its own, else those of `*`, else the default ones; never the group itself by these.
#[must_use]
pub fn targets<'a>(config: &'a GatewayConfig, group: &str) -> Vec<&'a PlacedText> {
    let general = || own_targets(config, "*").unwrap_or_else(|| config.default_fallbacks.iter().collect());
    let others = || general().into_iter().filter(|target| config.group_of(&target.text) != group).collect();
    own_targets(config, group).unwrap_or_else(others)
}

/// Fallbacks that an entry of the group itself names; `None` without one.
#[must_use]
pub fn own_targets<'a>(config: &'a GatewayConfig, group: &str) -> Option<Vec<&'a PlacedText>> {
    let mut entries = config.fallbacks.iter().filter(|entry| entry.kind == FallbackKind::AnyError);
    entries.find(|entry| entry.group == group).map(|entry| entry.targets.iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::gateway::{Deployment, FallbackEntry, FilePlace};

    fn deployment(group: &str, id: &str, weight: Option<f64>, order: Option<f64>) -> Deployment {
        Deployment { group: group.into(), id: Some(id.into()), weight, order, ..Deployment::default() }
    }

    fn entry(group: &str, targets: &[&str]) -> FallbackEntry {
        let place = FilePlace::default();
        let placed = |text: &&str| PlacedText { text: (*text).to_owned(), place: place.clone() };
        FallbackEntry {
            kind: FallbackKind::AnyError,
            group: group.to_owned(),
            targets: targets.iter().map(placed).collect(),
            place: place.clone(),
        }
    }

    /// Groups of the first steps with the shares of their deployments.
    fn told(config: &GatewayConfig, group: &str, down: &[&str]) -> Vec<String> {
        let is_up = |d: usize| !down.contains(&config.deployments[d].id.as_deref().unwrap_or_default());
        let steps = route(config, group, &is_up);
        let share = |(d, share): &(usize, f64)| format!("{} {share:.2}", config.deployments[*d].name(*d));
        steps.iter().map(|s| s.level.shares.iter().map(share).collect::<Vec<_>>().join(", ")).collect()
    }

    /// As LiteLLM 1.110.2 picks: a missing weight is 0, a missing order comes last.
    #[test]
    fn weights_orders_and_fallbacks_are_those_of_the_router() {
        let mut config = GatewayConfig {
            deployments: vec![
                deployment("g", "a", Some(3.0), Some(1.0)),
                deployment("g", "b", Some(1.0), Some(1.0)),
                deployment("g", "c", None, Some(1.0)),
                deployment("g", "d", None, None),
                deployment("h", "e", None, None),
                deployment("i", "f", None, None),
            ],
            fallbacks: vec![entry("g", &["h"]), entry("h", &["i", "g"])],
            ..GatewayConfig::default()
        };
        assert_eq!(told(&config, "g", &[]), ["a 0.75, b 0.25, c 0.00", "d 1.00", "e 1.00", "f 1.00"]);
        // Without the weighted ones nothing is weighted, and the rest share evenly.
        assert_eq!(told(&config, "g", &["a", "b", "d", "e"]), ["c 1.00", "f 1.00"]);
        assert_eq!(told(&config, "h", &["e"]), ["f 1.00", "a 0.75, b 0.25, c 0.00", "d 1.00"]);
        config.router.max_fallbacks = 1;
        assert_eq!(told(&config, "g", &["a", "b", "c", "d", "e"]), Vec::<String>::new());
        config.fallbacks = vec![entry("g", &["f"])];
        assert_eq!(
            told(&config, "g", &["a", "b", "c", "d"]),
            ["f 1.00"],
            "a fallback may be the id of a deployment"
        );
    }
}

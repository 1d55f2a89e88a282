//! Who serves a group by the rules of the router (LiteLLM 1.110.2; guides/gateway.md).
//!
//! The lowest `order` that still has a deployment serves, shared by the strategy; a deployment without `order` comes last. When
//! none is left the fallbacks are tried one after the other, and each with its own fallbacks.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::gateway::{CHEAPEST, FallbackKind, FilePlace, GatewayConfig, PlacedText, SHUFFLE};

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

/// A step of a route: a level of a group, or a deployment that is named by its id.
#[derive(Debug, Clone, PartialEq)]
pub struct RouteStep {
    pub group: String,
    /// Fallbacks on the way; 0 inside the group that was asked for.
    pub depth: usize,
    pub level: RouteLevel,
}

/// Who serves which name, looked up once: a request may pass many groups, and a configuration have thousands of names.
pub struct GatewayRouter<'a> {
    config: &'a GatewayConfig,
    groups: Vec<&'a str>,
    members: BTreeMap<&'a str, Vec<usize>>,
    by_id: BTreeMap<&'a str, usize>,
    aliases: BTreeMap<&'a str, &'a str>,
    /// By the group that fails; `*` stands for every group.
    entries: BTreeMap<&'a str, GroupFallbacks<'a>>,
    defaults: Vec<&'a str>,
}

/// Fallbacks of a group after any error.
pub struct GroupFallbacks<'a> {
    /// Groups or ids of deployments behind the names, each once, in order: what has been tried is not tried again.
    pub targets: Vec<&'a str>,
    /// Of the first of them.
    pub place: Option<&'a FilePlace>,
}

/// Groups that a route may try; a route of people tries a few.
const MOST_STEPS: usize = 25;

impl<'a> GatewayRouter<'a> {
    #[must_use]
    pub fn new(config: &'a GatewayConfig) -> Self {
        let mut router = Self {
            config,
            groups: Vec::new(),
            members: BTreeMap::new(),
            by_id: BTreeMap::new(),
            aliases: BTreeMap::new(),
            entries: BTreeMap::new(),
            defaults: Vec::new(),
        };
        for (d, deployment) in config.deployments.iter().enumerate() {
            let group = deployment.group.as_str();
            let members = router.members.entry(group).or_default();
            if members.is_empty() {
                router.groups.push(group);
            }
            members.push(d);
            if let Some(id) = &deployment.id {
                router.by_id.entry(id).or_insert(d);
            }
        }
        for alias in &config.aliases {
            router.aliases.entry(&alias.alias).or_insert(&alias.group);
        }
        for entry in config.fallbacks.iter().filter(|entry| entry.kind == FallbackKind::AnyError) {
            if !router.entries.contains_key(entry.group.as_str()) {
                let targets = router.distinct(&entry.targets);
                let place = entry.targets.first().map(|first| &first.place);
                router.entries.insert(&entry.group, GroupFallbacks { targets, place });
            }
        }
        router.defaults = router.distinct(&config.default_fallbacks);
        router
    }

    fn distinct(&self, targets: &'a [PlacedText]) -> Vec<&'a str> {
        let mut seen = BTreeSet::new();
        targets.iter().map(|target| self.group_of(&target.text)).filter(|group| seen.insert(*group)).collect()
    }

    /// Names of the groups, in the order of their first deployment.
    #[must_use]
    pub fn groups(&self) -> &[&'a str] {
        &self.groups
    }

    /// Indices of a group's deployments.
    #[must_use]
    pub fn members(&self, group: &str) -> &[usize] {
        self.members.get(group).map_or(&[], Vec::as_slice)
    }

    /// The group that a name stands for: itself, or what an alias names.
    fn group_of(&self, name: &'a str) -> &'a str {
        self.aliases.get(name).copied().unwrap_or(name)
    }

    /// The deployment whose id a name is, unless it is a group.
    #[must_use]
    pub fn named_deployment(&self, name: &str) -> Option<usize> {
        if self.members.contains_key(name) { None } else { self.by_id.get(name).copied() }
    }

    /// Fallbacks that an entry of the group itself names; `None` without one.
    #[must_use]
    pub fn own_fallbacks(&self, group: &str) -> Option<&GroupFallbacks<'a>> {
        self.entries.get(group)
    }

    /// Every step that a request for a group may take when no deployment answers, in order.
    ///
    /// A group that has been tried is not tried again, and no more than `max_fallbacks` follow each other.
    #[must_use]
    pub fn route(&self, group: &'a str, is_up: &dyn Fn(usize) -> bool) -> Vec<RouteStep> {
        let mut steps = Vec::new();
        self.follow(self.group_of(group), 0, is_up, &mut BTreeSet::new(), &mut steps);
        steps
    }

    fn follow(
        &self,
        group: &'a str,
        depth: usize,
        is_up: &dyn Fn(usize) -> bool,
        tried: &mut BTreeSet<&'a str>,
        steps: &mut Vec<RouteStep>,
    ) {
        if tried.len() >= MOST_STEPS || !tried.insert(group) {
            return;
        }
        let own = match self.named_deployment(group) {
            Some(d) => levels_of(self.config, group, Some(d).filter(|&d| is_up(d)).into_iter().collect()),
            None => self.levels(group, is_up),
        };
        steps.extend(own.into_iter().map(|level| RouteStep { group: group.to_owned(), depth, level }));
        if depth == self.config.router.max_fallbacks {
            return;
        }
        let (targets, is_own) = self.targets(group);
        for &target in targets {
            if tried.len() >= MOST_STEPS {
                return;
            }
            if is_own || target != group {
                self.follow(target, depth + 1, is_up, tried, steps);
            }
        }
    }

    /// Fallbacks of a group after any error: its own, else those of `*`, else the default ones; and whether they are its own. The
    /// others never are the group itself.
    fn targets(&self, group: &str) -> (&[&'a str], bool) {
        match (self.entries.get(group), self.entries.get("*")) {
            (Some(own), _) => (&own.targets, true),
            (None, Some(general)) => (&general.targets, false),
            (None, None) => (&self.defaults, false),
        }
    }

    /// The levels of a group of which some deployments are left, the first to serve first.
    fn levels(&self, group: &str, is_up: &dyn Fn(usize) -> bool) -> Vec<RouteLevel> {
        let all = self.members(group).iter().copied();
        let left = all.filter(|&d| !self.config.deployments[d].is_idle && is_up(d));
        levels_of(self.config, group, left.collect())
    }
}

fn levels_of(config: &GatewayConfig, group: &str, mut left: Vec<usize>) -> Vec<RouteLevel> {
    // Minus 0 is 0.
    let order_of = |d: &usize| config.deployments[*d].order.unwrap_or(f64::INFINITY) + 0.0;
    // The sort is stable: within a level, deployments stay in the order of the file.
    left.sort_by(|a, b| order_of(a).total_cmp(&order_of(b)));
    let level = |members: &[usize]| {
        let order = order_of(&members[0]);
        let (weights, basis) = weights(config, group, members);
        let sum: f64 = weights.iter().sum();
        let shares = members.iter().copied().zip(weights).map(|(d, weight)| (d, weight / sum)).collect();
        RouteLevel { order: order.is_finite().then_some(order), shares, basis }
    };
    left.chunk_by(|a, b| order_of(a) == order_of(b)).map(level).collect()
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
    fn told<'a>(config: &'a GatewayConfig, group: &'a str, down: &[&str]) -> Vec<String> {
        let is_up = |d: usize| !down.contains(&config.deployments[d].id.as_deref().unwrap_or_default());
        let steps = GatewayRouter::new(config).route(group, &is_up);
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

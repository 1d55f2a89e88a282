//! Findings of an audit: one rule each, with its code.

use std::cell::Cell;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use super::code::{RouteCode, RouteFinding, RouteSeverity};
use super::{Audited, GroupRoute, RefusedDeployment, RouteHop, ZoneBasis};
use crate::ids::{OfferId, nearest};
use crate::model::gateway::FilePlace;
use crate::model::words::Openness;
use crate::study::gateway::offers::{AnswersFrom, MappedDeployment};
use crate::study::gateway::routing::ShareBasis;
use crate::units::date::days_between;

/// Names for which similar ones are looked for; the search is slow in long lists.
const MOST_SUGGESTIONS: usize = 100;
/// Days from the catalog's newest date within which an end is near.
const NEAR_END_DAYS: f64 = 365.0;

impl Audited<'_> {
    fn finding(
        &self,
        (code, severity): (RouteCode, RouteSeverity),
        group: &str,
        place: &FilePlace,
        message: String,
    ) -> RouteFinding {
        let (group, place, help) = (group.to_owned(), place.clone(), code.help().to_owned());
        RouteFinding { code, severity, group, deployment: None, place, message, help }
    }

    fn name(&self, deployment: usize) -> String {
        self.config.deployments[deployment].name(deployment)
    }

    fn of_hop(
        &self,
        (code, severity): (RouteCode, RouteSeverity),
        route: &GroupRoute,
        deployment: usize,
        message: String,
    ) -> RouteFinding {
        let place = &self.config.deployments[deployment].model_place;
        let found = self.finding((code, severity), &route.group, place, message);
        RouteFinding { deployment: Some(self.name(deployment)), ..found }
    }

    /// All findings of one group.
    pub(super) fn of_group(&self, route: &GroupRoute) -> Vec<RouteFinding> {
        let mut found = self.zone(route);
        found.extend(self.regions(route));
        found.extend(self.suppliers(route));
        found.extend(self.mixture(route));
        found.extend(self.names(route));
        found.extend(self.ends(route));
        found.extend(self.wildcards(route));
        found.extend(self.cycle(route));
        found.extend(self.unserved(route));
        found
    }

    /// `leaves-zone`: a deployment on the way that answers, or may answer, from outside.
    fn zone(&self, route: &GroupRoute) -> Vec<RouteFinding> {
        let Some((zone, basis)) = &route.zone else { return self.mixed_zone(route) };
        let severity = if *basis == ZoneBasis::Asked { RouteSeverity::Error } else { RouteSeverity::Warning };
        let reason = match basis {
            ZoneBasis::Asked => String::new(),
            ZoneBasis::FirstChoice => ", where the first choice is".to_owned(),
        };
        let places = self.reader.places();
        let outside = route.hops.iter().filter(|hop| match &self.mapped[hop.deployment].answers_from {
            AnswersFrom::Region(region) => !places.is_within(region, zone),
            AnswersFrom::Anywhere => true,
            AnswersFrom::Unknown => false,
        });
        outside
            .map(|hop| {
                let from = match &self.mapped[hop.deployment].answers_from {
                    AnswersFrom::Region(region) => format!("from {region}"),
                    _ => "from anywhere".to_owned(),
                };
                let how = self.how(route, hop);
                let message = format!(
                    "answers for '{}' leave {zone}{reason}: '{}' answers {from}, {how}",
                    route.group,
                    self.name(hop.deployment)
                );
                self.of_hop((RouteCode::LeavesZone, severity), route, hop.deployment, message)
            })
            .collect()
    }

    /// `leaves-zone` by a rule on where data may be processed.
    pub(super) fn refused(&self, refused: &RefusedDeployment) -> RouteFinding {
        let name = self.name(refused.deployment);
        let message = format!(
            "rule '{}' does not allow data of users in {} to be processed where '{name}' runs",
            refused.rule,
            refused.users.join(", ")
        );
        let place = &self.config.deployments[refused.deployment].model_place;
        let code = (RouteCode::LeavesZone, RouteSeverity::Error);
        let found = self.finding(code, &refused.group, place, message);
        RouteFinding { deployment: Some(name), ..found }
    }

    /// A first choice that is itself on both sides of a border.
    fn mixed_zone(&self, route: &GroupRoute) -> Vec<RouteFinding> {
        let first = route.hops.iter().filter(|hop| hop.step == 1 && hop.share > 0.0);
        let from: BTreeSet<&str> = first
            .map(|hop| &self.mapped[hop.deployment].answers_from)
            .filter(|from| **from != AnswersFrom::Unknown)
            .map(AnswersFrom::words)
            .collect();
        if from.len() < 2 {
            return Vec::new();
        }
        let from: Vec<&str> = from.into_iter().collect();
        let message = format!(
            "one pool answers from {}: each request, and each retry, may go to any of them without a fallback entry",
            from.join(" and ")
        );
        vec![self.finding(
            (RouteCode::LeavesZone, RouteSeverity::Warning),
            &route.group,
            &route.place,
            message,
        )]
    }

    /// How a request gets to a hop.
    fn how(&self, route: &GroupRoute, hop: &RouteHop) -> String {
        if hop.depth > 0 {
            return format!("as fallback '{}'", hop.group);
        }
        if hop.step == 1 && hop.share == 0.0 {
            return "when no other of its pool is left".to_owned();
        }
        if hop.step == 1 {
            let share = (hop.share * 100.0).round();
            return format!("with {share} % of the requests of '{}'", route.group);
        }
        format!(
            "when the deployments of a lower order fail: a retry inside '{}', without a fallback entry",
            route.group
        )
    }

    /// `unknown-region`: nothing says where a deployment of this group answers from.
    fn regions(&self, route: &GroupRoute) -> Vec<RouteFinding> {
        let own = route.hops.iter().filter(|hop| hop.depth == 0);
        let unknown = own.filter(|hop| {
            let deployment = &self.config.deployments[hop.deployment];
            !deployment.is_wildcard() && !deployment.is_router()
        });
        let told = |hop: &RouteHop| {
            let mapped = &self.mapped[hop.deployment];
            let what = match mapped.answers_from {
                AnswersFrom::Unknown => "nothing says where it runs".to_owned(),
                AnswersFrom::Anywhere if route.zone.is_none() => {
                    format!("it may answer from anywhere: {}", mapped.region.why)
                }
                _ => return None,
            };
            let message = format!("'{}': {what}", self.name(hop.deployment));
            Some(self.of_hop(
                (RouteCode::UnknownRegion, RouteSeverity::Warning),
                route,
                hop.deployment,
                message,
            ))
        };
        unknown.filter_map(told).collect()
    }

    /// `same-developer`, `same-host`, `single-point`: what the whole route has in common.
    fn suppliers(&self, route: &GroupRoute) -> Vec<RouteFinding> {
        let real: Vec<usize> = route.hops.iter().map(|hop| hop.deployment).collect();
        if let [only] = real[..] {
            let message = format!("'{}' is the only deployment, and nothing takes over", self.name(only));
            return vec![self.of_hop((RouteCode::SinglePoint, RouteSeverity::Warning), route, only, message)];
        }
        if real.is_empty() {
            return Vec::new();
        }
        let common = |of: fn(&MappedDeployment) -> Option<&str>| {
            let all: Option<BTreeSet<&str>> = real.iter().map(|&d| of(&self.mapped[d])).collect();
            all.filter(|all| all.len() == 1).and_then(|all| all.into_iter().next())
        };
        let developer = common(|m| m.developer.known());
        let host = common(|m| m.host.known());
        let n = real.len();
        let mut found = Vec::new();
        let mut add = |code, severity, message| {
            found.push(self.finding((code, severity), &route.group, &route.place, message));
        };
        if let Some(developer) = developer {
            // Who runs open weights does not need their developer.
            let (severity, then) = if real.iter().all(|&d| self.is_open(d)) {
                (
                    RouteSeverity::Note,
                    "their weights are open, so they run on without it, but nothing newer comes",
                )
            } else {
                (RouteSeverity::Warning, "if it withdraws them, nothing answers")
            };
            let group = &route.group;
            let message =
                format!("all {n} deployments on the way of '{group}' run models of '{developer}': {then}");
            add(RouteCode::SameDeveloper, severity, message);
        }
        if let Some(host) = host {
            add(
                RouteCode::SameHost,
                RouteSeverity::Warning,
                format!(
                    "all {n} deployments on the way of '{}' are on '{host}': if it fails, nothing answers",
                    route.group
                ),
            );
        }
        found
    }

    /// Whether the weights of a deployment's model are known to be open.
    fn is_open(&self, deployment: usize) -> bool {
        let id = self.mapped[deployment].model.known();
        let model = self.catalog.models.iter().find(|model| Some(model.id.as_str()) == id);
        model.is_some_and(|model| Openness::OPEN.contains(&model.openness))
    }

    /// `shuffle-not-fallback`, `no-weight`: one pool that mixes what may be meant as a reserve.
    fn mixture(&self, route: &GroupRoute) -> Vec<RouteFinding> {
        let pool: Vec<&RouteHop> = route.hops.iter().filter(|hop| hop.step == 1).collect();
        let mut found = Vec::new();
        for hop in pool.iter().filter(|hop| hop.share == 0.0 && hop.basis == ShareBasis::Weights) {
            let message = format!(
                "'{}' has no weight while others of '{}' have one: it gets no request",
                self.name(hop.deployment),
                route.group
            );
            found.push(self.of_hop(
                (RouteCode::NoWeight, RouteSeverity::Warning),
                route,
                hop.deployment,
                message,
            ));
        }
        let mut shares: BTreeMap<&str, f64> = BTreeMap::new();
        for hop in &pool {
            if let Some(developer) = self.mapped[hop.deployment].developer.known() {
                *shares.entry(developer).or_default() += hop.share;
            }
        }
        let is_meant = pool.iter().any(|hop| hop.basis == ShareBasis::Weights);
        if shares.len() > 1 && !is_meant {
            let told: Vec<String> = shares
                .iter()
                .map(|(developer, share)| format!("{developer} {:.0} %", share * 100.0))
                .collect();
            let message = format!(
                "'{}' mixes models of several developers in one pool ({}): callers get either, from request to request",
                route.group,
                told.join(", ")
            );
            found.push(self.finding(
                (RouteCode::ShuffleNotFallback, RouteSeverity::Warning),
                &route.group,
                &route.place,
                message,
            ));
        }
        found
    }

    /// `alias-mismatch`: the name that callers use means another model.
    fn names(&self, route: &GroupRoute) -> Vec<RouteFinding> {
        let aliases = self.config.aliases.iter().filter(|alias| alias.group == route.group);
        let names = [(&route.group, &route.place)].into_iter().chain(aliases.map(|a| (&a.alias, &a.place)));
        let mut found = Vec::new();
        for (name, place) in names {
            let (model, developer) = self.reader.named_model(name);
            let other = route.hops.iter().filter(|hop| hop.depth == 0).find_map(|hop| {
                let mapped = &self.mapped[hop.deployment];
                match (model, mapped.model.known(), developer, mapped.developer.known()) {
                    (Some(said), Some(is), ..) => (said != is).then_some((hop, said, is)),
                    (_, _, Some(said), Some(is)) => (said != is).then_some((hop, said, is)),
                    _ => None,
                }
            });
            if let Some((hop, said, is)) = other {
                let message = format!(
                    "who calls '{name}' expects '{said}', but '{}' answers with '{is}'",
                    self.name(hop.deployment)
                );
                let finding = self.finding(
                    (RouteCode::AliasMismatch, RouteSeverity::Warning),
                    &route.group,
                    place,
                    message,
                );
                found.push(RouteFinding { deployment: Some(self.name(hop.deployment)), ..finding });
            }
        }
        found
    }

    /// `retired-target`: an offer of this group that its host has ended, or ends within a year.
    fn ends(&self, route: &GroupRoute) -> Vec<RouteFinding> {
        let own = route.hops.iter().filter(|hop| hop.depth == 0);
        own.filter_map(|hop| {
            let offer = OfferId::parse(self.mapped[hop.deployment].offer.known()?)?;
            let entries =
                self.catalog.offers.iter().filter(|e| e.model == offer.model && e.host == offer.host);
            let entry =
                entries.filter(|e| e.regions.contains(&offer.region)).find(|e| e.retires.is_some())?;
            let retires = entry.retires?;
            let days = days_between(self.day?, retires.first_day());
            let successor = entry
                .successor
                .as_ref()
                .map_or_else(String::new, |s| format!("; its host names '{s}' in its place"));
            let (severity, when) = if days <= 0.0 {
                (RouteSeverity::Error, format!("ended on {retires}"))
            } else if days <= NEAR_END_DAYS {
                (RouteSeverity::Warning, format!("ends on {retires}"))
            } else {
                return None;
            };
            let message = format!("'{}' runs on {offer}, which {when}{successor}", self.name(hop.deployment));
            Some(self.of_hop((RouteCode::RetiredTarget, severity), route, hop.deployment, message))
        })
        .collect()
    }

    fn wildcards(&self, route: &GroupRoute) -> Vec<RouteFinding> {
        let own = route.hops.iter().filter(|hop| hop.depth == 0);
        own.filter(|hop| self.config.deployments[hop.deployment].is_wildcard())
            .map(|hop| {
                let model = &self.config.deployments[hop.deployment].model;
                let message = format!(
                    "'{}' stands for any model of {model}, at any price and from any region",
                    route.group
                );
                self.of_hop((RouteCode::Wildcard, RouteSeverity::Warning), route, hop.deployment, message)
            })
            .collect()
    }

    /// `fallback-cycle`: the way from a group leads back to it.
    fn cycle(&self, route: &GroupRoute) -> Vec<RouteFinding> {
        let next = |group: &str| self.router.own_fallbacks(group);
        let mut came_from: BTreeMap<&str, &str> = BTreeMap::new();
        let mut open: Vec<&str> = vec![route.group.as_str()];
        while let Some(at) = open.pop() {
            for &group in next(at).iter().flat_map(|own| &own.targets) {
                if group != route.group {
                    if let Entry::Vacant(free) = came_from.entry(group) {
                        free.insert(at);
                        open.push(group);
                    }
                    continue;
                }
                let mut ring = vec![group, at];
                while let Some(&before) = came_from.get(ring[ring.len() - 1]) {
                    ring.push(before);
                }
                ring.reverse();
                // A ring is told once, at its first name in the alphabet.
                if ring.iter().any(|name| *name < route.group.as_str()) {
                    return Vec::new();
                }
                let place = next(&route.group).and_then(|own| own.place).unwrap_or(&route.place);
                let message = format!("fallbacks lead back to where they began: {}", ring.join(" → "));
                let code = (RouteCode::FallbackCycle, RouteSeverity::Warning);
                return vec![self.finding(code, &route.group, place, message)];
            }
        }
        Vec::new()
    }

    /// `unserved`: users whom nothing serves under the scenario.
    fn unserved(&self, route: &GroupRoute) -> Vec<RouteFinding> {
        let lost = route.under.iter().filter(|under| under.serving.is_empty() && !under.stopped.is_empty());
        lost.map(|under| {
            let message = format!(
                "nothing serves users in {}: every deployment on the way stops",
                under.users.join(", ")
            );
            self.finding((RouteCode::Unserved, RouteSeverity::Error), &route.group, &route.place, message)
        })
        .collect()
    }

    /// Findings that belong to no group: targets that are not there, keys that are not known.
    pub(super) fn of_config(&self) -> Vec<RouteFinding> {
        let config = self.config;
        let groups = self.router.groups();
        let ids = config.deployments.iter().filter_map(|d| d.id.as_deref());
        let aliases = config.aliases.iter().map(|a| a.alias.as_str());
        let known: BTreeSet<&str> = groups.iter().copied().chain(ids).chain(aliases).collect();
        let matches = |name: &str| {
            known.contains(name)
                || groups.iter().any(|group| {
                    group.split_once('*').is_some_and(|(head, tail)| {
                        name.len() >= head.len() + tail.len()
                            && name.starts_with(head)
                            && name.ends_with(tail)
                    })
                })
        };
        let n_asked = Cell::new(0);
        let near = |name: &str| {
            n_asked.set(n_asked.get() + 1);
            if n_asked.get() > MOST_SUGGESTIONS {
                return String::new();
            }
            nearest(name, known.iter().copied())
                .map_or_else(String::new, |near| format!("; did you mean '{near}'?"))
        };
        let mut found = Vec::new();
        for entry in &config.fallbacks {
            if entry.group != "*" && !matches(&entry.group) {
                let message = format!(
                    "'{}' names the group '{}', which does not exist: this entry is never used{}",
                    entry.kind.as_str(),
                    entry.group,
                    near(&entry.group)
                );
                let code = (RouteCode::MissingTarget, RouteSeverity::Warning);
                found.push(self.finding(code, &entry.group, &entry.place, message));
            }
        }
        let entries = config.fallbacks.iter().map(|e| (e.kind.as_str(), e.group.as_str(), &e.targets));
        let defaults = ("default_fallbacks", "", &config.default_fallbacks);
        for (kind, group, targets) in entries.chain([defaults]) {
            for target in targets.iter().filter(|target| !matches(&target.text)) {
                let message = format!(
                    "'{kind}' names '{}', which is no group and no deployment{}",
                    target.text,
                    near(&target.text)
                );
                let code = (RouteCode::MissingTarget, RouteSeverity::Error);
                found.push(self.finding(code, group, &target.place, message));
            }
        }
        for alias in config.aliases.iter().filter(|alias| self.router.members(&alias.group).is_empty()) {
            let message = format!(
                "the alias '{}' stands for '{}', which is no group{}",
                alias.alias,
                alias.group,
                near(&alias.group)
            );
            found.push(self.finding(
                (RouteCode::MissingTarget, RouteSeverity::Error),
                &alias.group,
                &alias.place,
                message,
            ));
        }
        for unknown in &config.unknown_router_keys {
            let near = unknown.near.map_or_else(String::new, |near| format!("; did you mean '{near}'?"));
            let message = format!("the router does not know the key '{}'{near}", unknown.key);
            let code = (RouteCode::UnknownRouterKey, RouteSeverity::Error);
            found.push(self.finding(code, "", &unknown.place, message));
        }
        found
    }
}

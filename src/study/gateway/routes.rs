//! What really serves each group of a gateway, today and under a scenario, and what is wrong with it (guides/gateway.md).

mod code;
mod findings;
mod under;

use std::collections::BTreeSet;

use super::import::group_id;
use super::offers::{AnswersFrom, MappedDeployment, OfferReader};
use super::routing::{GatewayRouter, ShareBasis};
use crate::model::catalog::Catalog;
use crate::model::eligibility::Ineligible;
use crate::model::gateway::{FilePlace, GatewayConfig};
use crate::model::instance::Instance;
use crate::units::date::PartialDate;
pub use code::{RouteCode, RouteFinding, RouteSeverity};
use jiff::civil::Date;
pub use under::{GroupUnder, GroupUsers, ScenarioOutages};

/// What an audit is asked.
#[derive(Debug, Clone, Default)]
pub struct AuditRequest {
    /// Country or bloc that no answer may come from outside of, for every group.
    pub zone: Option<String>,
    /// Deployments that a rule forbids to the users of a group, with the reason.
    pub refused: Vec<RefusedDeployment>,
    /// What a scenario stops.
    pub outages: Option<ScenarioOutages>,
}

/// A deployment that a rule forbids to the users of a group.
#[derive(Debug, Clone, PartialEq)]
pub struct RefusedDeployment {
    pub group: String,
    /// Index into the configuration.
    pub deployment: usize,
    /// Countries.
    pub users: Vec<String>,
    /// Id of the rule.
    pub rule: String,
}

/// What serves each group, and what is wrong with it.
#[derive(Debug, Clone, PartialEq)]
pub struct RouteAudit {
    /// The file that was named first.
    pub file: String,
    /// In the order of the file.
    pub groups: Vec<GroupRoute>,
    /// By file, line, code and message.
    pub findings: Vec<RouteFinding>,
    /// Scenario or shock.
    pub under: Option<String>,
}

/// The route of one group.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupRoute {
    pub group: String,
    pub place: FilePlace,
    pub strategy: String,
    /// Where answers must come from, and why; `None` when nothing says so.
    pub zone: Option<(String, ZoneBasis)>,
    /// Every deployment on the way, the first to serve first.
    pub hops: Vec<RouteHop>,
    /// Under the scenario, by users; empty without one.
    pub under: Vec<GroupUnder>,
}

/// Why a group has a residency zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ZoneBasis {
    /// Asked for on the command line.
    Asked,
    /// All deployments that serve first are in it.
    FirstChoice,
}

/// A deployment on the way of a request.
#[derive(Debug, Clone, PartialEq)]
pub struct RouteHop {
    /// From 1; deployments of one step are picked at the same time.
    pub step: usize,
    /// The group that it serves for: the one asked for, or a fallback.
    pub group: String,
    /// Fallbacks on the way.
    pub depth: usize,
    /// Index into the configuration.
    pub deployment: usize,
    /// Of the traffic that reaches this step.
    pub share: f64,
    pub basis: ShareBasis,
}

/// Everything that rules need to judge a configuration.
pub(super) struct Audited<'a> {
    pub(super) config: &'a GatewayConfig,
    pub(super) catalog: &'a Catalog,
    pub(super) reader: &'a OfferReader<'a>,
    pub(super) mapped: &'a [MappedDeployment],
    pub(super) router: GatewayRouter<'a>,
    /// Newest date of the catalog, from which ends are counted.
    pub(super) day: Option<Date>,
}

/// Audits a configuration.
#[must_use]
pub fn audit(
    config: &GatewayConfig,
    catalog: &Catalog,
    reader: &OfferReader<'_>,
    mapped: &[MappedDeployment],
    request: &AuditRequest,
) -> RouteAudit {
    let day = catalog.offers.iter().filter_map(|o| o.provenance.as_of).map(PartialDate::first_day).max();
    let audited = Audited { config, catalog, reader, mapped, router: GatewayRouter::new(config), day };
    let groups: Vec<GroupRoute> =
        audited.router.groups().iter().map(|group| audited.group(group, request)).collect();
    let mut findings: Vec<RouteFinding> = groups.iter().flat_map(|group| audited.of_group(group)).collect();
    findings.extend(request.refused.iter().map(|refused| audited.refused(refused)));
    findings.extend(audited.of_config());
    findings.sort_by(|a, b| a.order().cmp(&b.order()));
    findings.dedup();
    RouteAudit {
        file: config.files.first().cloned().unwrap_or_default(),
        groups,
        findings,
        under: request.outages.as_ref().map(|outages| outages.scenario.clone()),
    }
}

impl<'a> Audited<'a> {
    fn group(&self, group: &'a str, request: &AuditRequest) -> GroupRoute {
        let config = self.config;
        let hops = hops(&self.router, group, &|_| true);
        let place = self.router.members(group).first().map(|&d| config.deployments[d].place.clone());
        let zone = match &request.zone {
            Some(zone) => Some((zone.clone(), ZoneBasis::Asked)),
            None => self.first_choice_zone(&hops).map(|zone| (zone, ZoneBasis::FirstChoice)),
        };
        let under = request.outages.as_ref().map(|outages| under::served(self, group, outages));
        GroupRoute {
            group: group.to_owned(),
            place: place.unwrap_or_default(),
            strategy: config.strategy(group).to_owned(),
            zone,
            hops,
            under: under.unwrap_or_default(),
        }
    }

    /// The smallest country or bloc around all deployments that serve first.
    fn first_choice_zone(&self, hops: &[RouteHop]) -> Option<String> {
        let first: Vec<Option<&str>> = hops
            .iter()
            .filter(|hop| hop.step == 1 && hop.share > 0.0)
            .map(|hop| match &self.mapped[hop.deployment].answers_from {
                AnswersFrom::Region(region) => Some(region.as_str()),
                _ => None,
            })
            .collect();
        let known: Vec<&str> = first.iter().copied().collect::<Option<_>>()?;
        if known.is_empty() {
            return None;
        }
        self.reader.places().around(&known).map(str::to_owned)
    }
}

/// Deployments that rules on data forbid to the users of a portfolio's workloads; a group is the workload of its name.
#[must_use]
pub fn refused_by_rules(
    instance: &Instance,
    config: &GatewayConfig,
    mapped: &[MappedDeployment],
) -> Vec<RefusedDeployment> {
    let mut found: Vec<RefusedDeployment> = Vec::new();
    let router = GatewayRouter::new(config);
    for &group in router.groups() {
        let id = group_id(group);
        let own = instance.workloads.iter().find(|w| w.workload.id == id || w.workload.name == group);
        let cells = own.map_or(0..0, |w| w.cells.clone());
        for hop in hops(&router, group, &|_| true) {
            let offer = mapped[hop.deployment].offer.known();
            let offer = offer.and_then(|id| instance.offers.iter().position(|o| o.id.to_string() == id));
            for (cell, offer) in cells.clone().filter_map(|cell| Some((cell, offer?))) {
                let rules = instance.reasons(cell, offer).into_iter().filter_map(|reason| match reason {
                    Ineligible::Rule { id } => Some(id),
                    _ => None,
                });
                let country = instance.jurisdictions[instance.cells[cell].users].id.clone();
                for rule in rules {
                    let is_same = |f: &&mut RefusedDeployment| {
                        f.group == group && f.deployment == hop.deployment && f.rule == rule
                    };
                    match found.iter_mut().find(is_same) {
                        Some(known) => known.users.push(country.clone()),
                        None => found.push(RefusedDeployment {
                            group: group.to_owned(),
                            deployment: hop.deployment,
                            users: vec![country.clone()],
                            rule,
                        }),
                    }
                }
            }
        }
    }
    found
}

/// Deployments on the way of a request that are followed; a route of people has a few.
const MOST_HOPS: usize = 200;

/// Every deployment on the way of a request.
fn hops<'a>(router: &GatewayRouter<'a>, group: &'a str, is_up: &dyn Fn(usize) -> bool) -> Vec<RouteHop> {
    let steps = router.route(group, is_up);
    let mut hops = Vec::new();
    let mut seen = BTreeSet::new();
    for (step, of_step) in steps.iter().enumerate() {
        for &(deployment, share) in &of_step.level.shares {
            if hops.len() < MOST_HOPS && seen.insert(deployment) {
                let (group, depth, basis) = (of_step.group.clone(), of_step.depth, of_step.level.basis);
                hops.push(RouteHop { step: step + 1, group, depth, deployment, share, basis });
            }
        }
    }
    hops
}

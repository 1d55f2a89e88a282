//! What a scenario stops of a gateway: offers by day, and who serves instead.

use std::collections::BTreeMap;

use super::{Audited, RouteHop, hops};
use crate::ids::{OfferId, SELF_HOST};
use crate::model::catalog::Catalog;
use crate::model::gateway::GatewayConfig;
use crate::model::instance::Instance;
use crate::model::jurisdictions::Jurisdictions;
use crate::model::portfolio::{AllocationEntry, Portfolio, Workload};
use crate::model::shock::Scenario;
use crate::model::words::DataClass;
use crate::shocks::law::HAPPENS_FROM;
use crate::stress::scenario::{ScenarioError, Script};
use crate::study::gateway::offers::MappedDeployment;
use crate::study::gateway::routing::GatewayRouter;
use crate::study::shocks::{PairEffect, ShockView};

/// Who uses a group, for shocks that act on users or data.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupUsers {
    /// Countries.
    pub countries: Vec<String>,
    pub data: DataClass,
}

/// What a scenario stops.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ScenarioOutages {
    /// Its id.
    pub scenario: String,
    /// Days that are looked at.
    pub horizon_days: f64,
    /// Users of each group, as an index of `stops`.
    class_by_group: BTreeMap<String, usize>,
    /// By class of users, then by country: offers that stop, with the day from which on.
    stops: Vec<BTreeMap<String, BTreeMap<String, f64>>>,
}

/// Who serves a group for some users while a scenario holds.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupUnder {
    /// Countries, ascending.
    pub users: Vec<String>,
    /// Deployments that stop, with the day.
    pub stopped: Vec<(usize, f64)>,
    /// What still serves at the end; empty when nothing does.
    pub serving: Vec<RouteHop>,
}

impl ScenarioOutages {
    /// What a scenario stops of the offers behind a gateway.
    ///
    /// `users_of`: who uses a group. An effect that depends on a choice of a developer counts if the scenario says so, else from
    /// a probability of 0.5.
    ///
    /// # Errors
    /// [`ScenarioError::UnknownShock`] when the scenario names a shock that does not exist.
    pub fn new(
        (jurisdictions, catalog): (&Jurisdictions, &Catalog),
        (config, mapped): (&GatewayConfig, &[MappedDeployment]),
        users_of: &dyn Fn(&str) -> GroupUsers,
        scenario: &Scenario,
    ) -> Result<Self, ScenarioError> {
        let router = GatewayRouter::new(config);
        // Groups with the same users and data are hit alike.
        let mut classes: Vec<GroupUsers> = Vec::new();
        let mut class_by_group = BTreeMap::new();
        for &group in router.groups() {
            let users = users_of(group);
            let known = classes.iter().position(|class| *class == users);
            let class = known.unwrap_or_else(|| {
                classes.push(users);
                classes.len() - 1
            });
            class_by_group.insert(group.to_owned(), class);
        }
        let portfolio = portfolio(mapped, &classes);
        let mut outages = Self {
            scenario: scenario.id.clone(),
            horizon_days: scenario.horizon_days.unwrap_or(portfolio.horizon_days),
            class_by_group,
            stops: Vec::new(),
        };
        for class in &classes {
            let countries = class.countries.iter().cloned();
            outages.stops.push(countries.map(|country| (country, BTreeMap::new())).collect());
        }
        let instance = Instance::resolve(jurisdictions, catalog, portfolio);
        let script = Script::new(&instance, scenario)?;
        for occurrence in &script.occurrences {
            let shock = &script.shocks[occurrence.shock].shock;
            for hit in ShockView::new(&instance, shock).hits {
                let developer = instance.developer_of(hit.offer);
                let chosen =
                    occurrence.collateral.contains(&developer) || occurrence.withdrawn.contains(&developer);
                let happens = hit.probability >= HAPPENS_FROM || chosen;
                let after = match hit.effect {
                    PairEffect::Unavailable if happens => 0.0,
                    PairEffect::Stop { after_days } | PairEffect::Cut { after_days } => after_days,
                    _ => continue,
                };
                let day = occurrence.start + after;
                if day >= outages.horizon_days || day >= occurrence.end {
                    continue;
                }
                let cell = &instance.cells[hit.cell];
                let class = class_of(&instance.workloads[cell.workload].workload.id);
                let Some(stops) = class.and_then(|class| outages.stops.get_mut(class)) else { continue };
                let country = instance.jurisdictions[cell.users].id.clone();
                let offers = stops.entry(country).or_default();
                let known = offers.entry(instance.offers[hit.offer].id.to_string()).or_insert(day);
                *known = known.min(day);
            }
        }
        Ok(outages)
    }
}

/// Id of the workload that stands for a class of users.
fn workload_id(class: usize) -> String {
    format!("g{class}")
}

fn class_of(workload: &str) -> Option<usize> {
    workload.strip_prefix('g').and_then(|n| n.parse().ok())
}

/// A portfolio with one workload for each class of users, on every offer that is behind some group.
fn portfolio(mapped: &[MappedDeployment], classes: &[GroupUsers]) -> Portfolio {
    let offers: Vec<OfferId> =
        mapped.iter().filter_map(|m| m.offer.known().and_then(OfferId::parse)).collect();
    let may_be = mapped.iter().flat_map(|m| &m.candidates);
    let mut ids: Vec<String> = offers.iter().chain(may_be).map(OfferId::to_string).collect();
    ids.sort();
    ids.dedup();
    let share = 1.0 / ids.len().max(1) as f64;
    let allocation: BTreeMap<String, f64> = ids.iter().map(|id| (id.clone(), share)).collect();
    let named = classes.iter().enumerate().filter(|_| !ids.is_empty());
    let workloads = named.map(|(nth, users)| workload(workload_id(nth), users, allocation.clone()));
    let headquarters = classes.first().and_then(|users| users.countries.first().cloned());
    let mut portfolio = Portfolio::without_company(&headquarters.unwrap_or_default());
    portfolio.workloads = workloads.collect();
    let own = offers.iter().filter(|offer| offer.host == SELF_HOST).map(|offer| offer.region.clone());
    portfolio.company.sites = own.collect();
    portfolio.company.sites.sort();
    portfolio.company.sites.dedup();
    portfolio
}

fn workload(id: String, users: &GroupUsers, allocation: BTreeMap<String, f64>) -> Workload {
    let share = 1.0 / users.countries.len().max(1) as f64;
    Workload {
        name: id.clone(),
        id,
        input_mtok: 1.0,
        output_mtok: 1.0,
        users: users.countries.iter().map(|country| (country.clone(), share)).collect(),
        data: users.data,
        languages: Vec::new(),
        min_quality: None,
        min_context: None,
        accept_unrated: true,
        outage_cost_usd_per_day: 0.0,
        recovery_objective_days: 0.0,
        fallback: None,
        require: Vec::new(),
        forbid: Vec::new(),
        allocation: AllocationEntry::Everywhere(allocation),
        standby: Vec::new(),
        terms: Default::default(),
    }
}

/// Who serves a group, users that are alike together.
pub(super) fn served<'a>(
    audited: &Audited<'a>,
    group: &'a str,
    outages: &ScenarioOutages,
) -> Vec<GroupUnder> {
    let class = outages.class_by_group.get(group).and_then(|&class| outages.stops.get(class));
    let Some(by_users) = class else { return Vec::new() };
    let mut all: Vec<GroupUnder> = Vec::new();
    // Where each list of stops led: countries with the same stops are served alike.
    let mut followed: Vec<(&BTreeMap<String, f64>, usize)> = Vec::new();
    for (country, stops) in by_users {
        if let Some((_, at)) = followed.iter().find(|(known, _)| *known == stops) {
            all[*at].users.push(country.clone());
            continue;
        }
        // Of several offers that a deployment may be, all must stop, and it goes with the last.
        let day_of = |d: usize| {
            let mapped = &audited.mapped[d];
            let may_be: Vec<String> = match mapped.offer.known() {
                Some(offer) => vec![offer.to_owned()],
                None => mapped.candidates.iter().map(OfferId::to_string).collect(),
            };
            let days: Option<Vec<f64>> = may_be.iter().map(|offer| stops.get(offer).copied()).collect();
            days?.into_iter().reduce(f64::max)
        };
        let on_route = hops(&audited.router, group, &|_| true);
        let stopped: Vec<(usize, f64)> =
            on_route.iter().filter_map(|hop| Some((hop.deployment, day_of(hop.deployment)?))).collect();
        let left = hops(&audited.router, group, &|d| day_of(d).is_none());
        let first = left.first().map_or(1, |hop| hop.step);
        let serving: Vec<RouteHop> =
            left.into_iter().filter(|hop| hop.step == first && hop.share > 0.0).collect();
        let known = all.iter().position(|known| known.stopped == stopped && known.serving == serving);
        let at = known.unwrap_or_else(|| {
            all.push(GroupUnder { users: Vec::new(), stopped, serving });
            all.len() - 1
        });
        all[at].users.push(country.clone());
        followed.push((stops, at));
    }
    all
}

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
    /// By group, then country of the users: offers that stop, with the day from which on.
    stops: BTreeMap<String, BTreeMap<String, BTreeMap<String, f64>>>,
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
        let portfolio = portfolio((config, mapped), users_of);
        let groups = config.groups();
        let mut outages = Self {
            scenario: scenario.id.clone(),
            horizon_days: scenario.horizon_days.unwrap_or(portfolio.horizon_days),
            stops: BTreeMap::new(),
        };
        for group in &groups {
            let countries = users_of(group).countries;
            let of_group = outages.stops.entry((*group).to_owned()).or_default();
            of_group.extend(countries.into_iter().map(|country| (country, BTreeMap::new())));
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
                let group = group_of(&instance.workloads[cell.workload].workload.id, &groups);
                let country = instance.jurisdictions[cell.users].id.clone();
                let offers = outages.stops.entry(group.to_owned()).or_default().entry(country).or_default();
                let known = offers.entry(instance.offers[hit.offer].id.to_string()).or_insert(day);
                *known = known.min(day);
            }
        }
        Ok(outages)
    }
}

/// Id of the workload that stands for a group: groups may have any name, ids may not.
fn workload_id(group: usize) -> String {
    format!("g{group}")
}

fn group_of<'a>(workload: &str, groups: &[&'a str]) -> &'a str {
    let nth = workload.strip_prefix('g').and_then(|n| n.parse::<usize>().ok());
    nth.and_then(|nth| groups.get(nth)).copied().unwrap_or_default()
}

/// A portfolio whose workloads are the groups, on every offer that is behind some group.
fn portfolio(
    (config, mapped): (&GatewayConfig, &[MappedDeployment]),
    users_of: &dyn Fn(&str) -> GroupUsers,
) -> Portfolio {
    let offers: Vec<OfferId> =
        mapped.iter().filter_map(|m| m.offer.known().and_then(OfferId::parse)).collect();
    let may_be = mapped.iter().flat_map(|m| &m.candidates);
    let mut ids: Vec<String> = offers.iter().chain(may_be).map(OfferId::to_string).collect();
    ids.sort();
    ids.dedup();
    let share = 1.0 / ids.len().max(1) as f64;
    let allocation: BTreeMap<String, f64> = ids.iter().map(|id| (id.clone(), share)).collect();
    let groups = config.groups();
    let mut workloads = Vec::new();
    for (nth, group) in groups.iter().enumerate().filter(|_| !ids.is_empty()) {
        let users = users_of(group);
        workloads.push(workload(workload_id(nth), &users, allocation.clone()));
    }
    let headquarters = groups.first().and_then(|group| users_of(group).countries.first().cloned());
    let mut portfolio = Portfolio::without_company(&headquarters.unwrap_or_default());
    let own = offers.iter().filter(|offer| offer.host == SELF_HOST).map(|offer| offer.region.clone());
    portfolio.company.sites = own.collect();
    portfolio.company.sites.sort();
    portfolio.company.sites.dedup();
    portfolio.workloads = workloads;
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
pub(super) fn served(audited: &Audited<'_>, group: &str, outages: &ScenarioOutages) -> Vec<GroupUnder> {
    let Some(by_users) = outages.stops.get(group) else { return Vec::new() };
    let mut all: Vec<GroupUnder> = Vec::new();
    for (country, stops) in by_users {
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
        let on_route = hops(audited.config, group, &|_| true);
        let stopped: Vec<(usize, f64)> =
            on_route.iter().filter_map(|hop| Some((hop.deployment, day_of(hop.deployment)?))).collect();
        let left = hops(audited.config, group, &|d| day_of(d).is_none());
        let first = left.first().map_or(1, |hop| hop.step);
        let serving: Vec<RouteHop> =
            left.into_iter().filter(|hop| hop.step == first && hop.share > 0.0).collect();
        match all.iter_mut().find(|known| known.stopped == stopped && known.serving == serving) {
            Some(known) => known.users.push(country.clone()),
            None => all.push(GroupUnder { users: vec![country.clone()], stopped, serving }),
        }
    }
    all
}

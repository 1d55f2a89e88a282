//! Which superpowers and middle powers stand behind the models and hosts of a portfolio.

use std::collections::BTreeMap;

use super::sources::{Countries, Strength};
use crate::model::instance::JurisdictionIdx;
use crate::model::jurisdictions::{Jurisdictions, Standing};
use crate::model::plan::Plan;
use crate::study::session::Session;

/// A scored jurisdiction, else a country, under which developers or hosts of a plan are.
#[derive(Debug, Clone, PartialEq)]
pub struct PowerInUse {
    pub jurisdiction: String,
    pub standing: Standing,
    /// `None` where it is not scored.
    pub strength: Option<Strength>,
    pub today: PowerShares,
    /// Under the other plan; `None` without one.
    pub plan: Option<PowerShares>,
}

/// Shares of the value, in [0, 1]; over all jurisdictions each adds up to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct PowerShares {
    /// On models whose developer is under it.
    pub models: f64,
    /// On hosts that are under it; machines of the company are under its headquarters.
    pub hosts: f64,
}

/// Shares of today's allocation and of another plan by jurisdiction: the largest share of models first.
#[must_use]
pub fn powers_in_use(session: &Session<'_>, file: &Jurisdictions, plan: Option<&Plan>) -> Vec<PowerInUse> {
    let countries = Countries::new(file);
    let mut found: BTreeMap<String, PowerInUse> = BTreeMap::new();
    for (is_plan, plan) in [(false, Some(&session.current)), (true, plan)] {
        let Some(plan) = plan else { continue };
        for (country, shares) in shares(session, plan) {
            let id = &session.instance.jurisdictions[country].id;
            let strength = countries.strength(id);
            let key = strength.as_ref().map_or(id, |strength| &strength.jurisdiction).clone();
            let new = || PowerInUse {
                jurisdiction: key.clone(),
                standing: countries.standing(id),
                strength,
                today: PowerShares::default(),
                plan: None,
            };
            let power = found.entry(key.clone()).or_insert_with(new);
            let into =
                if is_plan { power.plan.get_or_insert_with(PowerShares::default) } else { &mut power.today };
            into.models += shares.models;
            into.hosts += shares.hosts;
        }
    }
    let mut list: Vec<PowerInUse> = found.into_values().collect();
    if plan.is_some() {
        for power in &mut list {
            power.plan.get_or_insert_with(PowerShares::default);
        }
    }
    // Stable: equals stay in the order of their ids.
    list.sort_by(|a, b| {
        b.today.models.total_cmp(&a.today.models).then(b.today.hosts.total_cmp(&a.today.hosts))
    });
    list
}

/// Shares of the value by country.
fn shares(session: &Session<'_>, plan: &Plan) -> BTreeMap<JurisdictionIdx, PowerShares> {
    let instance = session.instance;
    let mut shares: BTreeMap<JurisdictionIdx, PowerShares> = BTreeMap::new();
    for (cell, offers) in plan.allocation.iter().enumerate() {
        for &(offer, share) in offers {
            let value = instance.value_share(cell) * share;
            let developer = instance.suppliers[instance.developer_of(offer)].country;
            let host = instance.offers[offer].host.map(|host| instance.suppliers[host].country);
            shares.entry(developer).or_default().models += value;
            shares.entry(host.unwrap_or(instance.headquarters)).or_default().hosts += value;
        }
    }
    shares
}

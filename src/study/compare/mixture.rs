//! Worlds between two portfolios: some groups of inputs from one, the others from the other (methodology/compare.md#mixtures).

use std::collections::{BTreeMap, BTreeSet};

use super::InputGroup;
use super::parts::{ById, WorldParts};
use crate::ids::{OfferId, SELF_HOST};
use crate::model::catalog::Catalog;
use crate::model::instance::Instance;
use crate::model::jurisdictions::Jurisdictions;
use crate::model::portfolio::{AllocationEntry, Portfolio, Workload};
use crate::shocks::templates;

/// The world whose groups for which `is_to` holds are those of `to`, the others those of `from`.
///
/// What a group names and the groups beside it lack comes along: the shares of workloads and countries that only the demand
/// has, the offers of shares and standbys (with their site, if they are the company's own), and every supplier, model, hardware
/// item and jurisdiction, which without an offer do nothing. A trigger of a shock that is not there falls away. Quotas are not
/// tested.
pub(super) fn mixture(
    from: &WorldParts<'_>,
    to: &WorldParts<'_>,
    is_to: &dyn Fn(InputGroup) -> bool,
) -> Instance {
    let pick = |group: InputGroup| if is_to(group) { to } else { from };
    let (demand, contracts, method) =
        (pick(InputGroup::Demand), pick(InputGroup::Contracts), pick(InputGroup::Method));
    let (supply, other) = if is_to(InputGroup::Catalog) { (to, from) } else { (from, to) };
    let workloads = workloads(demand, pick(InputGroup::Allocation), contracts);
    let mut company = supply.portfolio.company.clone();
    let mut offers = supply.offers.clone();
    for id in workloads.iter().flat_map(named_offers) {
        if id.host == SELF_HOST && !company.sites.contains(&id.region) {
            company.sites.push(id.region.clone());
        }
        if let (false, Some(entry)) = (offers.contains_key(&id), other.offers.get(&id)) {
            offers.insert(id, entry.clone());
        }
    }
    let shocks = pick(InputGroup::Shocks);
    let mut catalog = templates::expand(Catalog {
        suppliers: joined(&supply.suppliers, &other.suppliers),
        quality_metric: None,
        models: joined(&supply.models, &other.models),
        hardware: joined(&supply.hardware, &other.hardware),
        offers: offers.into_values().collect(),
        tensions: shocks.tensions.values().cloned().collect(),
        shocks: shocks.shocks.values().cloned().collect(),
        templates: Vec::new(),
        scenarios: Vec::new(),
    });
    let known: BTreeSet<String> = catalog.shocks.iter().map(|shock| shock.id.clone()).collect();
    for shock in &mut catalog.shocks {
        shock.triggers.retain(|trigger| known.contains(&trigger.shock));
    }
    let jurisdictions = Jurisdictions {
        jurisdictions: joined(&supply.jurisdictions, &other.jurisdictions),
        rules: supply.rules.values().cloned().collect(),
        ..Jurisdictions::default()
    };
    let portfolio = Portfolio {
        company,
        workloads,
        horizon_days: method.portfolio.horizon_days,
        // A date is always a date when it is read again.
        starts: method.starts().and_then(|day| day.to_string().parse().ok()),
        surge: method.portfolio.surge,
        quality_drift_per_year: method.portfolio.quality_drift_per_year,
        require: demand.portfolio.require.clone(),
        forbid: demand.portfolio.forbid.clone(),
        limits: Vec::new(),
        catalog: Catalog::default(),
        ..contracts.portfolio.clone()
    };
    Instance::resolve(&jurisdictions, &catalog, portfolio)
}

/// The workloads of `demand` with the shares and standbys of `allocation` and the terms of `contracts`, as far as these know them.
fn workloads(
    demand: &WorldParts<'_>,
    allocation: &WorldParts<'_>,
    contracts: &WorldParts<'_>,
) -> Vec<Workload> {
    let of = |(id, own): (&String, &&Workload)| {
        let shared = allocation.workloads.get(id).unwrap_or(own);
        let bound = contracts.workloads.get(id).unwrap_or(own);
        Workload {
            allocation: shares_of(own, &shared.allocation),
            standby: shared.standby.clone(),
            terms: bound.terms,
            ..(*own).clone()
        }
    };
    demand.workloads.iter().map(of).collect()
}

/// Shares for every country of the workload's users: those of `allocation`, else its own.
fn shares_of(workload: &Workload, allocation: &AllocationEntry) -> AllocationEntry {
    let shares = |country: &String| {
        let found = allocation.shares(country).or_else(|| workload.allocation.shares(country));
        (country.clone(), found.cloned().unwrap_or_default())
    };
    let by_country: BTreeMap<String, BTreeMap<String, f64>> = workload.users.keys().map(shares).collect();
    AllocationEntry::ByCountry { by_country, default: None }
}

fn named_offers(workload: &Workload) -> Vec<OfferId> {
    let standbys = workload.standby.iter().map(|standby| standby.offer.as_str());
    workload.allocation.offers().chain(standbys).filter_map(OfferId::parse).collect()
}

/// The entries of `own`, and those that only `other` has.
fn joined<T: Clone>(own: &ById<T>, other: &ById<T>) -> Vec<T> {
    let missing = other.iter().filter(|(id, _)| !own.contains_key(*id));
    own.values().chain(missing.map(|(_, entry)| entry)).cloned().collect()
}

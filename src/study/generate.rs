//! Generated portfolios of any size, for trials and benchmarks of the planner.

use std::collections::BTreeMap;

use crate::ids::OfferId;
use crate::model::catalog::Catalog;
use crate::model::contract::WorkloadTerms;
use crate::model::jurisdictions::{JurisdictionKind, Jurisdictions, Standing};
use crate::model::portfolio::{
    AllocationEntry, Company, Fallback, Portfolio, Readiness, StandbyEntry, Workload,
};
use crate::model::words::{Access, DataClass};

/// Size of a generated portfolio.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PortfolioSize {
    pub n_workloads: usize,
    /// Distinct primaries and standbys.
    pub n_offers: usize,
    /// Countries with users, the same for every workload.
    pub n_users: usize,
}

/// Why a portfolio of the requested size cannot be generated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SizeError {
    /// A count is 0, or there are fewer offers than one workload uses.
    #[error("a portfolio needs at least 1 workload, {OFFERS_PER_WORKLOAD} offers and 1 country")]
    TooSmall,
    /// The catalog has too few rated offers without a quota.
    #[error(
        "{asked} offers requested, but the catalog has only {available} rated offers without a quota or an announced end"
    )]
    TooManyOffers { asked: usize, available: usize },
    /// The jurisdictions have too few countries.
    #[error("{asked} countries requested, but there are only {available}")]
    TooManyUsers { asked: usize, available: usize },
}

/// Fewest offers of a workload: two primaries and a standby.
const OFFERS_PER_WORKLOAD: usize = 3;
/// Distance of a workload's quality floor below its weakest offer, points.
const QUALITY_MARGIN: f64 = 30.0;

/// A portfolio of the given size; the same inputs give the same portfolio.
///
/// `n_offers` offers are picked evenly from the catalog's rated API offers. Each workload takes the next ones in
/// turn, so all are used; its last offer is a warm standby. Demand, value and users' shares follow additive
/// recurrences (Roberts, 2018) instead of random draws.
///
/// # Errors
/// [`SizeError`] when the size is too small, or the catalog or the jurisdictions are too small for it.
pub fn generate(
    catalog: &Catalog,
    jurisdictions: &Jurisdictions,
    size: PortfolioSize,
) -> Result<Portfolio, SizeError> {
    let PortfolioSize { n_workloads, n_offers, n_users } = size;
    if n_workloads == 0 || n_users == 0 || n_offers < OFFERS_PER_WORKLOAD {
        return Err(SizeError::TooSmall);
    }
    let offers = evenly(usable_offers(catalog), n_offers)
        .map_err(|available| SizeError::TooManyOffers { asked: n_offers, available })?;
    let users = countries(jurisdictions);
    if n_users > users.len() {
        return Err(SizeError::TooManyUsers { asked: n_users, available: users.len() });
    }
    let each = OFFERS_PER_WORKLOAD.max(n_offers.div_ceil(n_workloads));
    let workload = |i: usize| {
        let own: Vec<_> = (0..each).map(|k| &offers[(i * each + k) % n_offers]).collect();
        workload(i, &own, &users[..n_users])
    };
    let workloads = (0..n_workloads).map(workload).collect();
    Ok(portfolio(&format!("generated_{n_workloads}x{n_offers}"), &users[0], workloads))
}

/// An offer with its model's quality.
type Rated = (OfferId, f64);

/// Rated API offers without a quota whose end is not announced, sorted by id.
fn usable_offers(catalog: &Catalog) -> Vec<Rated> {
    let quality: BTreeMap<&str, f64> =
        catalog.models.iter().filter_map(|m| Some((m.id.as_str(), m.quality.general?))).collect();
    let entries = catalog
        .offers
        .iter()
        .filter(|entry| entry.access == Access::Api && entry.capacity_mtok_per_month.is_none())
        .filter(|entry| entry.retires.is_none());
    let mut offers: Vec<Rated> = entries
        .flat_map(|entry| {
            let points = quality.get(entry.model.as_str()).copied();
            let id = |region: &String| OfferId {
                model: entry.model.clone(),
                host: entry.host.clone(),
                region: region.clone(),
            };
            entry.regions.iter().filter_map(move |region| Some((id(region), points?)))
        })
        .collect();
    offers.sort_by(|a, b| a.0.cmp(&b.0));
    offers
}

/// `n` entries of the list at even distances; `Err`: the length of the list when it is too short.
fn evenly(list: Vec<Rated>, n: usize) -> Result<Vec<Rated>, usize> {
    if n > list.len() {
        Err(list.len())
    } else {
        Ok((0..n).map(|k| list[k * list.len() / n].clone()).collect())
    }
}

/// Countries by standing, middle powers first, then by id.
fn countries(jurisdictions: &Jurisdictions) -> Vec<String> {
    let rank = |standing: Standing| match standing {
        Standing::MiddlePower => 0,
        Standing::ResearchHub => 1,
        Standing::Superpower => 2,
        Standing::Other => 3,
    };
    let mut all: Vec<_> =
        jurisdictions.jurisdictions.iter().filter(|j| j.kind == JurisdictionKind::Country).collect();
    all.sort_by(|a, b| rank(a.standing).cmp(&rank(b.standing)).then(a.id.cmp(&b.id)));
    all.into_iter().map(|j| j.id.clone()).collect()
}

/// Number in [0, 1) for the i-th workload: additive recurrence with powers of the plastic number (Roberts, 2018).
fn spread(i: usize, axis: i32) -> f64 {
    const PLASTIC: f64 = 1.324_717_957_244_746;
    (0.5 + (i + 1) as f64 / PLASTIC.powi(axis)).fract()
}

/// Logarithmic interpolation between `low` (`at` = 0) and `high` (`at` = 1), rounded to tens.
fn scaled(at: f64, low: f64, high: f64) -> f64 {
    (low * (high / low).powf(at) / 10.0).round() * 10.0
}

fn workload(i: usize, offers: &[&Rated], users: &[String]) -> Workload {
    let Some((standby, primaries)) = offers.split_last() else {
        unreachable!("every workload has offers");
    };
    let mtok = scaled(spread(i, 1), 100.0, 10_000.0);
    let value = scaled(spread(i, 2), 5_000.0, 300_000.0);
    let floor = offers.iter().map(|o| o.1).fold(f64::INFINITY, f64::min) - QUALITY_MARGIN;
    Workload {
        id: format!("workload_{:04}", i + 1),
        name: format!("Workload {}", i + 1),
        input_mtok: mtok * 0.8,
        output_mtok: mtok * 0.2,
        users: users.iter().cloned().zip(shares(users.len(), i)).collect(),
        data: if i.is_multiple_of(2) { DataClass::Public } else { DataClass::Internal },
        languages: Vec::new(),
        min_quality: Some(floor.floor()),
        min_context: None,
        accept_unrated: false,
        outage_cost_usd_per_day: value,
        recovery_objective_days: 4.0 / 24.0,
        fallback: i.is_multiple_of(3).then_some(Fallback { after_days: 14.0, usd_per_day: value / 2.0 }),
        require: Vec::new(),
        forbid: Vec::new(),
        allocation: AllocationEntry::Everywhere(
            primaries.iter().map(|o| o.0.to_string()).zip(shares(primaries.len(), 0)).collect(),
        ),
        standby: vec![StandbyEntry {
            offer: standby.0.to_string(),
            readiness: Readiness::Warm,
            cover: 0.5,
            lead_days: None,
            usd_per_month: None,
        }],
        terms: WorkloadTerms::default(),
    }
}

/// `n` shares that sum to 1, multiples of 1/(100 n), decreasing cyclically from index `first` mod `n`.
fn shares(n: usize, first: usize) -> Vec<f64> {
    let weight = |k: usize| ((k + n - first % n) % n + 1) as f64;
    let unit = (100 * n) as f64;
    let total: f64 = (0..n).map(|k| 1.0 / weight(k)).sum();
    let mut parts: Vec<f64> = (0..n).map(|k| (unit / weight(k) / total).floor()).collect();
    let rest = unit - parts.iter().sum::<f64>();
    parts[first % n] += rest;
    parts.into_iter().map(|part| part / unit).collect()
}

fn portfolio(name: &str, headquarters: &str, workloads: Vec<Workload>) -> Portfolio {
    Portfolio {
        name: name.to_owned(),
        company: Company {
            name: "Generated".to_owned(),
            headquarters: headquarters.to_owned(),
            sites: vec![headquarters.to_owned()],
        },
        workloads,
        ..Portfolio::without_company(headquarters)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::load_library;
    use std::collections::BTreeSet;

    fn generated(n_workloads: usize, n_offers: usize, n_users: usize) -> Result<Portfolio, SizeError> {
        let library = load_library(None, None).unwrap();
        generate(&library.catalog, &library.jurisdictions, PortfolioSize { n_workloads, n_offers, n_users })
    }

    #[test]
    fn every_requested_offer_is_used_and_shares_sum_to_one() {
        for (n_workloads, n_offers) in [(1, 3), (4, 30), (50, 40)] {
            let portfolio = generated(n_workloads, n_offers, 7).unwrap();
            assert_eq!(portfolio.workloads.len(), n_workloads);
            let mut used = BTreeSet::new();
            for workload in &portfolio.workloads {
                assert!((workload.users.values().sum::<f64>() - 1.0).abs() < 1e-9);
                assert_eq!(workload.users.len(), 7);
                let AllocationEntry::Everywhere(shares) = &workload.allocation else { panic!() };
                assert!((shares.values().sum::<f64>() - 1.0).abs() < 1e-9);
                used.extend(shares.keys().cloned());
                used.extend(workload.standby.iter().map(|s| s.offer.clone()));
            }
            assert_eq!(used.len(), n_offers);
        }
    }

    #[test]
    fn a_size_that_the_catalog_cannot_fill_is_refused() {
        assert_eq!(generated(0, 3, 1).unwrap_err(), SizeError::TooSmall);
        assert_eq!(generated(1, 2, 1).unwrap_err(), SizeError::TooSmall);
        assert!(matches!(generated(1, 100_000, 1), Err(SizeError::TooManyOffers { asked: 100_000, .. })));
        assert!(matches!(generated(1, 3, 1_000), Err(SizeError::TooManyUsers { asked: 1_000, .. })));
    }
}

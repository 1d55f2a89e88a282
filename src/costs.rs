//! Costs of supply: planned prices, replicas, readiness fees, the monthly cost of a plan, and what contracts and change
//! add.

pub mod planned;
pub mod today;

use crate::ids::OfferId;
use crate::model::catalog::Price;
use crate::model::instance::{CellIdx, Instance, OfferIdx, SupplierIdx, WorkloadIdx};
use crate::model::pairs::PairSet;
use crate::model::plan::Plan;
use crate::model::portfolio::Readiness;
use crate::shocks::law::Law;
use crate::units::DAYS_PER_MONTH;
use planned::{HostCost, contract_with, host_costs};
use std::collections::BTreeMap;
use today::KnownToday;

/// Load in excess of full replicas that needs no further replica, in replicas (methodology/routing-and-loss.md).
pub const REPLICA_SLACK: f64 = 1e-9;

/// Planned prices of every pair of cell and offer.
#[derive(Debug, Clone)]
pub struct Prices {
    n_offers: usize,
    /// `[n_cells × n_offers]`, row-major, USD per mtok of the cell's token mix.
    usd_per_mtok: Vec<f64>,
    /// `[n_offers]`: factor on a replica's rent from shocks in force, 1 without one.
    replica_factor: Vec<f64>,
}

impl Prices {
    /// Catalog prices times the price factors in force, less the discounts of contracts.
    #[must_use]
    pub fn new(instance: &Instance, law: &Law) -> Self {
        let n_offers = instance.offers.len();
        let discount = |host| contract_with(instance, host).map_or(0.0, |contract| contract.discount);
        let kept: Vec<f64> = instance.offers.iter().map(|o| 1.0 - o.host.map_or(0.0, discount)).collect();
        let mut usd_per_mtok = Vec::with_capacity(instance.cells.len() * n_offers);
        for cell in 0..instance.cells.len() {
            for (offer, kept) in kept.iter().enumerate() {
                let list = list_price(instance, cell, offer) * law.price_factor(cell, offer);
                usd_per_mtok.push(list * kept);
            }
        }
        // A replica serves all cells, so its rent has the largest factor of any cell.
        let replica_factor = (0..n_offers)
            .map(|offer| {
                let factors = (0..instance.cells.len()).map(|cell| law.price_factor(cell, offer));
                factors.reduce(f64::max).unwrap_or(1.0)
            })
            .collect();
        Self { n_offers, usd_per_mtok, replica_factor }
    }

    /// Planned price of the cell's token mix, USD per mtok; for a self-hosted offer, rent / capacity of a replica.
    #[must_use]
    pub fn usd_per_mtok(&self, cell: CellIdx, offer: OfferIdx) -> f64 {
        self.usd_per_mtok[cell * self.n_offers + offer]
    }

    /// A replica's rent, USD per month, and its capacity, mtok per month; `None` for an API offer.
    #[must_use]
    pub fn replica(&self, instance: &Instance, offer: OfferIdx) -> Option<(f64, f64)> {
        match instance.offers[offer].price {
            Price::Tokens { .. } => None,
            Price::Replica { fixed_usd_per_month, capacity_mtok_per_month } => {
                Some((fixed_usd_per_month * self.replica_factor[offer], capacity_mtok_per_month))
            }
        }
    }
}

fn list_price(instance: &Instance, cell: CellIdx, offer: OfferIdx) -> f64 {
    match instance.offers[offer].price {
        Price::Tokens { input_usd_per_mtok, output_usd_per_mtok } => {
            let cell = &instance.cells[cell];
            let total = cell.mtok_per_month();
            if total == 0.0 {
                return 0.0;
            }
            (cell.input_mtok_per_month * input_usd_per_mtok
                + cell.output_mtok_per_month * output_usd_per_mtok)
                / total
        }
        Price::Replica { fixed_usd_per_month, capacity_mtok_per_month } => {
            fixed_usd_per_month / capacity_mtok_per_month
        }
    }
}

/// Monthly fee of keeping an offer ready for a workload, USD: a quotation, else the fee of its readiness.
#[must_use]
pub fn readiness_fee(
    instance: &Instance,
    workload: WorkloadIdx,
    offer: OfferIdx,
    readiness: Readiness,
) -> f64 {
    let id = &instance.offers[offer].id;
    let mut standbys = instance.workloads[workload].workload.standby.iter();
    let quoted = standbys.find(|s| s.readiness == readiness && OfferId::parse(&s.offer).as_ref() == Some(id));
    if let Some(usd_per_month) = quoted.and_then(|standby| standby.usd_per_month) {
        return usd_per_month;
    }
    match readiness {
        Readiness::Hot => instance.portfolio.readiness.hot_usd_per_month,
        Readiness::Warm => instance.portfolio.readiness.warm_usd_per_month,
    }
}

/// Part of a standby's cover for which the company holds machines, if the offer is its own: all when hot.
#[must_use]
pub fn machines_held(instance: &Instance, readiness: Readiness) -> f64 {
    match readiness {
        Readiness::Hot => 1.0,
        Readiness::Warm => instance.portfolio.readiness.warm_self_capacity,
    }
}

/// Monthly cost of a plan, by component.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MonthlyCost {
    /// Tokens of API offers at planned prices, USD.
    pub tokens_usd: f64,
    /// Rent of whole replicas, USD.
    pub replicas_usd: f64,
    /// Fees of hot and warm standbys, USD.
    pub readiness_usd: f64,
    /// Fixed fees of the hosts in use, USD.
    pub fixed_usd: f64,
    /// What is missing to the monthly minimums of hosts in use, USD.
    pub minimum_usd: f64,
    /// Whole replicas by self-hosted offer.
    pub replicas: BTreeMap<OfferId, u64>,
}

impl MonthlyCost {
    /// Total, USD per month.
    #[must_use]
    pub fn total_usd(&self) -> f64 {
        self.tokens_usd + self.replicas_usd + self.readiness_usd + self.fixed_usd + self.minimum_usd
    }

    /// Total over a horizon, USD.
    #[must_use]
    pub fn over_horizon_usd(&self, horizon_days: f64) -> f64 {
        self.total_usd() * horizon_days / DAYS_PER_MONTH
    }
}

/// Monthly cost of a plan at planned prices, and the cost of each host.
#[must_use]
pub fn monthly_cost(
    instance: &Instance,
    prices: &Prices,
    eligible: &PairSet,
    known: &KnownToday,
    plan: &Plan,
) -> (MonthlyCost, Vec<HostCost>) {
    let mut cost = monthly_cost_at(instance, prices, eligible, plan, |_, _| 1.0);
    let hosts = host_costs(instance, known, plan, &spend_by_host(instance, prices, plan));
    cost.fixed_usd = hosts.iter().map(|h| h.fixed_usd_per_month).fold(0.0, |sum, usd| sum + usd);
    cost.minimum_usd = hosts.iter().map(|h| h.minimum_usd_per_month).fold(0.0, |sum, usd| sum + usd);
    (cost, hosts)
}

/// Tokens of each host's API offers at planned prices, USD a month.
fn spend_by_host(instance: &Instance, prices: &Prices, plan: &Plan) -> BTreeMap<SupplierIdx, f64> {
    let mut spend: BTreeMap<SupplierIdx, f64> = BTreeMap::new();
    for (cell, shares) in plan.allocation.iter().enumerate() {
        let mtok = instance.cells[cell].mtok_per_month();
        for &(offer, share) in shares {
            if let Some(host) = instance.offers[offer].host {
                *spend.entry(host).or_default() += mtok * share * prices.usd_per_mtok(cell, offer);
            }
        }
    }
    spend
}

/// Tokens, replicas and fees of standbys a month at `factor` times the planned prices, without what contracts add.
///
/// A replica's rent has the largest factor of the cells that load it.
#[must_use]
pub fn monthly_cost_at(
    instance: &Instance,
    prices: &Prices,
    eligible: &PairSet,
    plan: &Plan,
    factor: impl Fn(CellIdx, OfferIdx) -> f64,
) -> MonthlyCost {
    let mut cost = MonthlyCost::default();
    let mut load_by_offer: BTreeMap<OfferIdx, f64> = BTreeMap::new();
    let mut rent_factor_by_offer: BTreeMap<OfferIdx, f64> = BTreeMap::new();
    for (cell, shares) in plan.allocation.iter().enumerate() {
        let mtok = instance.cells[cell].mtok_per_month();
        for &(offer, share) in shares {
            if instance.offers[offer].is_self_hosted() {
                *load_by_offer.entry(offer).or_default() += mtok * share;
                let dearest = rent_factor_by_offer.entry(offer).or_insert(0.0);
                *dearest = dearest.max(factor(cell, offer));
            } else {
                cost.tokens_usd += mtok * share * prices.usd_per_mtok(cell, offer) * factor(cell, offer);
            }
        }
    }
    for (workload, standbys) in plan.standby.iter().enumerate() {
        for standby in standbys {
            cost.readiness_usd += readiness_fee(instance, workload, standby.offer, standby.readiness);
            let held = machines_held(instance, standby.readiness);
            if held > 0.0 && instance.offers[standby.offer].is_self_hosted() {
                let cells = instance.workloads[workload].cells.clone();
                let covered: f64 = cells
                    .filter(|&cell| eligible.contains(cell, standby.offer))
                    .map(|cell| standby.cover * instance.cells[cell].mtok_per_month())
                    .sum();
                *load_by_offer.entry(standby.offer).or_default() += held * covered;
            }
        }
    }
    for (offer, load) in load_by_offer {
        if let Some((usd, capacity)) = prices.replica(instance, offer) {
            let n = (load / capacity - REPLICA_SLACK).ceil().max(0.0);
            cost.replicas_usd += n * usd * rent_factor_by_offer.get(&offer).copied().unwrap_or(1.0);
            cost.replicas.insert(instance.offers[offer].id.clone(), n as u64);
        }
    }
    cost
}

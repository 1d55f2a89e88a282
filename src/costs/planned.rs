//! Planned cost of a plan over the horizon: the monthly cost, what contracts and change add, and what capability is worth
//! (methodology/change.md).

use std::collections::{BTreeMap, BTreeSet};

use super::MonthlyCost;
use super::today::{KnownToday, mean_quality, used_offers};
use crate::model::contract::{Contract, ContractStatus};
use crate::model::instance::{Instance, ModelIdx, OfferIdx, SupplierIdx, WorkloadIdx};
use crate::model::plan::Plan;
use crate::units::DAYS_PER_MONTH;

/// Planned cost of a plan over the horizon.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedCost {
    pub monthly: MonthlyCost,
    /// Every host that is used by the plan, used today, or under a contract; ascending.
    pub hosts: Vec<HostCost>,
    /// Models to be qualified for workloads, with the cost of each, USD.
    pub qualify: Vec<(WorkloadIdx, ModelIdx, f64)>,
    /// `[n_workloads]`: mean capability, points.
    pub quality_points: Vec<f64>,
    /// What the capability lost against today is worth over the horizon, USD; negative if it rises.
    pub quality_usd: f64,
    horizon_days: f64,
    spread_over_days: f64,
}

/// Cost of a host.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HostCost {
    pub host: SupplierIdx,
    /// `None` without a contract.
    pub contract: Option<ContractStatus>,
    pub is_used: bool,
    /// Fixed fee, USD a month; 0 if the host is not used.
    pub fixed_usd_per_month: f64,
    /// Tokens of its API offers, USD a month.
    pub spend_usd_per_month: f64,
    /// What is missing to the monthly minimum, USD a month.
    pub minimum_usd_per_month: f64,
    /// What is missing to the commitment over the horizon, USD.
    pub shortfall_usd: f64,
    /// To qualify the host, once, USD.
    pub qualify_usd: f64,
    /// To leave it, once, USD.
    pub exit_usd: f64,
}

impl PlannedCost {
    /// What is missing to commitments over the horizon, USD.
    #[must_use]
    pub fn shortfall_usd(&self) -> f64 {
        self.hosts.iter().map(|h| h.shortfall_usd).fold(0.0, |sum, usd| sum + usd)
    }

    /// Cost of the change, paid once: models and hosts to be qualified, and exits, USD.
    #[must_use]
    pub fn change_usd(&self) -> f64 {
        let models: f64 = self.qualify.iter().map(|q| q.2).fold(0.0, |sum, usd| sum + usd);
        models + self.hosts.iter().map(|h| h.qualify_usd + h.exit_usd).sum::<f64>()
    }

    /// Hosts that the plan uses and that the company does not know today.
    #[must_use]
    pub fn opened(&self, known: &KnownToday) -> Vec<SupplierIdx> {
        let new = self.hosts.iter().filter(|h| h.is_used && !known.hosts.contains(&h.host));
        new.map(|h| h.host).collect()
    }

    /// Hosts in use today that the plan leaves.
    #[must_use]
    pub fn closed(&self, known: &KnownToday) -> Vec<SupplierIdx> {
        let left = self.hosts.iter().filter(|h| !h.is_used && known.used_hosts.contains(&h.host));
        left.map(|h| h.host).collect()
    }

    /// The part of the cost of change that the horizon bears, USD.
    #[must_use]
    pub fn change_in_horizon_usd(&self) -> f64 {
        self.change_usd() * part_in_horizon(self.horizon_days, self.spread_over_days)
    }

    /// What is paid within the horizon, the whole cost of the change included, USD.
    #[must_use]
    pub fn paid_in_horizon_usd(&self) -> f64 {
        self.monthly.over_horizon_usd(self.horizon_days) + self.shortfall_usd() + self.change_usd()
    }

    /// Planned cost over the horizon, USD.
    #[must_use]
    pub fn over_horizon_usd(&self) -> f64 {
        self.monthly.over_horizon_usd(self.horizon_days)
            + self.shortfall_usd()
            + self.quality_usd
            + self.change_in_horizon_usd()
    }
}

/// What using a host costs, whatever the plan buys from it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HostTerms {
    /// Fixed fee while it is used, USD a month.
    pub fixed_usd_per_month: f64,
    /// Least token spend while it is used, USD a month.
    pub minimum_usd_per_month: f64,
    /// Token spend promised within the horizon, USD.
    pub committed_usd: f64,
    /// Months of the horizon in which spend counts for it.
    pub committed_months: f64,
    /// `None` without a contract.
    pub contract: Option<ContractStatus>,
    /// Whether the commitment binds even if the host is not used.
    pub is_bound: bool,
    /// To qualify it, once, USD; 0 if it is known.
    pub qualify_usd: f64,
    /// To leave it, once, USD; 0 unless it is used today under a signed contract.
    pub exit_usd: f64,
}

impl HostTerms {
    /// Terms of a host under the portfolio's contracts.
    #[must_use]
    pub fn of(instance: &Instance, known: &KnownToday, host: SupplierIdx) -> Self {
        let portfolio = &instance.portfolio;
        let contract = contract_with(instance, host);
        let horizon_days = portfolio.horizon_days;
        let fixed = contract.map_or(portfolio.change.host_fixed_usd_per_year, |c| c.fixed_usd_per_year);
        let commitment = contract.and_then(|c| c.commitment);
        let is_signed = contract.is_some_and(|c| c.status == ContractStatus::Signed);
        let is_left = is_signed && known.used_hosts.contains(&host);
        Self {
            fixed_usd_per_month: fixed / 12.0,
            minimum_usd_per_month: contract.map_or(0.0, |c| c.minimum_usd_per_month),
            committed_usd: commitment.map_or(0.0, |c| c.usd * (horizon_days / c.within_days).min(1.0)),
            committed_months: commitment.map_or(0.0, |c| c.within_days.min(horizon_days) / DAYS_PER_MONTH),
            contract: contract.map(|c| c.status),
            is_bound: is_signed,
            qualify_usd: if known.hosts.contains(&host) { 0.0 } else { portfolio.change.qualify_host_usd },
            exit_usd: if is_left { contract.map_or(0.0, |c| c.exit_usd) } else { 0.0 },
        }
    }

    /// Whether it makes no difference whether the host is used, apart from what is bought there.
    #[must_use]
    pub fn is_free(&self) -> bool {
        let binds_if_used = self.committed_usd > 0.0 && !self.is_bound;
        let once = self.fixed_usd_per_month + self.minimum_usd_per_month + self.qualify_usd + self.exit_usd;
        once == 0.0 && !binds_if_used
    }

    fn cost(&self, host: SupplierIdx, is_used: bool, spend_usd_per_month: f64) -> HostCost {
        let if_used = |usd: f64| if is_used { usd } else { 0.0 };
        let is_due = is_used || self.is_bound;
        let missing = (self.committed_usd - spend_usd_per_month * self.committed_months).max(0.0);
        HostCost {
            host,
            contract: self.contract,
            is_used,
            spend_usd_per_month,
            fixed_usd_per_month: if_used(self.fixed_usd_per_month),
            minimum_usd_per_month: if_used((self.minimum_usd_per_month - spend_usd_per_month).max(0.0)),
            shortfall_usd: if is_due { missing } else { 0.0 },
            qualify_usd: if_used(self.qualify_usd),
            exit_usd: if is_used { 0.0 } else { self.exit_usd },
        }
    }
}

/// Part of the cost of change that the horizon bears.
#[must_use]
pub fn change_factor(instance: &Instance) -> f64 {
    part_in_horizon(instance.portfolio.horizon_days, instance.portfolio.change.spread_over_days)
}

fn part_in_horizon(horizon_days: f64, spread_over_days: f64) -> f64 {
    (horizon_days / spread_over_days).min(1.0)
}

/// What the horizon bears for the first use of an offer by a workload: its model and host to qualify, and the host's fixed
/// fee, USD; 0 for what is in use today.
#[must_use]
pub fn entry_usd(instance: &Instance, known: &KnownToday, workload: WorkloadIdx, offer: OfferIdx) -> f64 {
    let o = &instance.offers[offer];
    let is_known = known.models.contains(&(workload, o.model));
    let model = if is_known { 0.0 } else { instance.qualify_model_usd(workload) };
    let host = o.host.filter(|host| !known.used_hosts.contains(host));
    let host = host.map(|host| HostTerms::of(instance, known, host));
    let months = instance.portfolio.horizon_days / DAYS_PER_MONTH;
    let (qualify, fixed) = host.map_or((0.0, 0.0), |t| (t.qualify_usd, t.fixed_usd_per_month * months));
    (model + qualify) * change_factor(instance) + fixed
}

/// The contract with a host.
#[must_use]
pub fn contract_with(instance: &Instance, host: SupplierIdx) -> Option<&Contract> {
    instance.portfolio.contract_with(&instance.suppliers[host].supplier.id)
}

/// Hosts that are in use today or under a contract, or host an offer of the plan; each with whether the plan uses it.
#[must_use]
pub fn host_costs(
    instance: &Instance,
    known: &KnownToday,
    plan: &Plan,
    spend: &BTreeMap<SupplierIdx, f64>,
) -> Vec<HostCost> {
    let used: BTreeSet<SupplierIdx> = used_offers(instance, plan)
        .into_iter()
        .filter_map(|(_, offer)| instance.offers[offer].host)
        .collect();
    let contracted = instance.portfolio.contracts.iter().filter_map(|c| instance.supplier_idx(&c.host));
    let all: BTreeSet<SupplierIdx> =
        used.iter().copied().chain(known.used_hosts.iter().copied()).chain(contracted).collect();
    let cost = |host: SupplierIdx| {
        let spend = spend.get(&host).copied().unwrap_or(0.0);
        HostTerms::of(instance, known, host).cost(host, used.contains(&host), spend)
    };
    all.into_iter().map(cost).collect()
}

/// Planned cost of a plan whose monthly cost and hosts are known.
#[must_use]
pub fn planned_cost(
    instance: &Instance,
    known: &KnownToday,
    plan: &Plan,
    (monthly, hosts): (MonthlyCost, Vec<HostCost>),
) -> PlannedCost {
    let portfolio = &instance.portfolio;
    let models: BTreeSet<(WorkloadIdx, ModelIdx)> =
        used_offers(instance, plan).into_iter().map(|(w, offer)| (w, instance.offers[offer].model)).collect();
    let new = models.into_iter().filter(|pair| !known.models.contains(pair));
    let qualify = new.map(|(w, model)| (w, model, instance.qualify_model_usd(w))).collect();
    let months = portfolio.horizon_days / DAYS_PER_MONTH;
    let workloads = 0..instance.workloads.len();
    let quality_points: Vec<f64> = workloads.map(|w| mean_quality(instance, w, plan)).collect();
    let worth = |w: WorkloadIdx| {
        let usd = instance.workloads[w].workload.terms.quality_usd_per_point_per_month;
        usd * (known.quality_points[w] - quality_points[w]) * months
    };
    let quality_usd = (0..quality_points.len()).map(worth).fold(0.0, |sum, usd| sum + usd);
    PlannedCost {
        monthly,
        hosts,
        qualify,
        quality_usd,
        quality_points,
        horizon_days: portfolio.horizon_days,
        spread_over_days: portfolio.change.spread_over_days,
    }
}

//! What a company uses, as written in its portfolio file.

use std::collections::BTreeMap;

use super::catalog::Catalog;
use super::contract::{ChangeTerms, Contract, KEEP_QUALITY_POINTS, RoutingTerms, WorkloadTerms};
use super::limit::Limit;
use super::selector::Selector;
use super::words::DataClass;
use crate::units::date::PartialDate;
use schemars::JsonSchema;
use serde::Serialize;

/// `portfolios/NAME.yaml`.
#[derive(Debug, Clone, PartialEq)]
pub struct Portfolio {
    /// The file's name without its ending.
    pub name: String,
    pub company: Company,
    pub currency: Currency,
    pub horizon_days: f64,
    /// Day 0; `None`: the newest `as_of` of the offers.
    pub starts: Option<PartialDate>,
    pub workloads: Vec<Workload>,
    /// Load that a primary can take at once above its own share, as a part of that share.
    pub surge: f64,
    /// Points a year by which the quality floor rises for a model without updates.
    pub quality_drift_per_year: f64,
    pub readiness: ReadinessTerms,
    /// The company's own quota by offer id, mtok per month.
    pub capacity: BTreeMap<String, f64>,
    /// Leads of cold offers that are not strangers.
    pub known_leads: KnownLeads,
    /// Hosts that may be newly used; `None`: all.
    pub approved_hosts: Option<Vec<String>>,
    /// Selectors that must all match, for every workload.
    pub require: Vec<Selector>,
    /// Selectors of which none may match, for every workload.
    pub forbid: Vec<Selector>,
    pub max_turnover_per_quarter: Option<f64>,
    /// Terms with hosts, at most one each.
    pub contracts: Vec<Contract>,
    pub change: ChangeTerms,
    pub routing: RoutingTerms,
    /// Points by which the mean capability of a workload may fall; `None`: by any number.
    pub keep_quality: Option<f64>,
    pub limits: Vec<Limit>,
    /// Entries that are added to the catalog, or replace its entries.
    pub catalog: Catalog,
}

impl Portfolio {
    /// The contract with a host, if there is one.
    #[must_use]
    pub fn contract_with(&self, host: &str) -> Option<&Contract> {
        self.contracts.iter().find(|contract| contract.host == host)
    }

    /// An empty portfolio: no name, no sites, no workloads. `headquarters` can be any jurisdiction, because it is not used.
    #[must_use]
    pub fn without_company(headquarters: &str) -> Self {
        Self {
            name: String::new(),
            company: Company {
                name: String::new(),
                headquarters: headquarters.to_owned(),
                sites: Vec::new(),
            },
            currency: Currency { code: "USD".to_owned(), usd: 1.0 },
            horizon_days: DEFAULT_HORIZON_DAYS,
            starts: None,
            workloads: Vec::new(),
            surge: DEFAULT_SURGE,
            quality_drift_per_year: 0.0,
            readiness: ReadinessTerms::default(),
            capacity: BTreeMap::new(),
            known_leads: KnownLeads::default(),
            approved_hosts: None,
            require: Vec::new(),
            forbid: Vec::new(),
            max_turnover_per_quarter: None,
            contracts: Vec::new(),
            change: ChangeTerms::default(),
            routing: RoutingTerms::default(),
            keep_quality: Some(KEEP_QUALITY_POINTS),
            limits: Vec::new(),
            catalog: Catalog::default(),
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Company {
    pub name: String,
    /// Country.
    pub headquarters: String,
    /// Countries where the company can run models itself.
    pub sites: Vec<String>,
}

/// A currency for display only: one unit of `code` is worth `usd` dollars.
#[derive(Debug, Clone, PartialEq)]
pub struct Currency {
    pub code: String,
    pub usd: f64,
}

/// A business need for model service.
#[derive(Debug, Clone, PartialEq)]
pub struct Workload {
    pub id: String,
    pub name: String,
    /// Per month, all users.
    pub input_mtok: f64,
    /// Per month, all users.
    pub output_mtok: f64,
    /// Share by country; sums to 1.
    pub users: BTreeMap<String, f64>,
    pub data: DataClass,
    pub languages: Vec<String>,
    pub min_quality: Option<f64>,
    pub min_context: Option<u64>,
    pub accept_unrated: bool,
    pub outage_cost_usd_per_day: f64,
    pub recovery_objective_days: f64,
    pub fallback: Option<Fallback>,
    /// Selectors that must all match.
    pub require: Vec<Selector>,
    /// Selectors of which none may match.
    pub forbid: Vec<Selector>,
    pub allocation: AllocationEntry,
    pub standby: Vec<StandbyEntry>,
    pub terms: WorkloadTerms,
}

/// How people do the work without the model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fallback {
    pub after_days: f64,
    pub usd_per_day: f64,
}

/// Shares by offer id, for all countries or by country with an optional `default`.
#[derive(Debug, Clone, PartialEq)]
pub enum AllocationEntry {
    Everywhere(BTreeMap<String, f64>),
    ByCountry { by_country: BTreeMap<String, BTreeMap<String, f64>>, default: Option<BTreeMap<String, f64>> },
}

impl AllocationEntry {
    /// Ids of all offers with a positive share in some country.
    pub fn offers(&self) -> impl Iterator<Item = &str> {
        let maps: Vec<&BTreeMap<String, f64>> = match self {
            Self::Everywhere(shares) => vec![shares],
            Self::ByCountry { by_country, default } => by_country.values().chain(default).collect(),
        };
        let all = maps.into_iter().flatten();
        all.filter(|(_, share)| **share > 0.0).map(|(offer, _)| offer.as_str())
    }

    /// Shares of the cell with users in `country`.
    #[must_use]
    pub fn shares(&self, country: &str) -> Option<&BTreeMap<String, f64>> {
        match self {
            Self::Everywhere(shares) => Some(shares),
            Self::ByCountry { by_country, default } => by_country.get(country).or(default.as_ref()),
        }
    }
}

/// How soon a standby takes load.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Readiness {
    /// At once.
    Hot,
    /// After its lead.
    Warm,
}

impl Readiness {
    /// The word of the files and reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hot => "hot",
            Self::Warm => "warm",
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct StandbyEntry {
    pub offer: String,
    pub readiness: Readiness,
    /// Share of each cell's demand that it is sized for.
    pub cover: f64,
    /// Warm only; `None`: the portfolio's `readiness.warm.lead`.
    pub lead_days: Option<f64>,
    /// A quotation for this workload, offer and readiness, at any cover; `None`: the portfolio's fee.
    pub usd_per_month: Option<f64>,
}

/// Leads of cold offers whose host, or host and model, the company knows (methodology/routing-and-loss.md); `None`: never
/// shorter than the offer's own onboarding.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KnownLeads {
    /// The host has a share of today's allocation, or a signed contract.
    pub known_host_days: Option<f64>,
    /// The workload uses the model today as well, on any host.
    pub known_model_days: Option<f64>,
}

impl KnownLeads {
    /// No offer's onboarding is shortened.
    pub const NONE: Self = Self { known_host_days: None, known_model_days: None };
}

impl Default for KnownLeads {
    /// Defaults (reference/portfolio-file.md).
    fn default() -> Self {
        Self { known_host_days: Some(14.0), known_model_days: Some(3.0) }
    }
}

/// Fees and lead times of standbys, per (workload, offer).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReadinessTerms {
    pub hot_usd_per_month: f64,
    pub warm_usd_per_month: f64,
    pub warm_lead_days: f64,
    /// Part of a warm standby's cover on `self` for which the company holds machines, from 0 to 1.
    pub warm_self_capacity: f64,
    /// Cost of moving an entire workload once, in a crisis.
    pub switch_usd: f64,
}

impl Default for ReadinessTerms {
    /// Defaults (reference/portfolio-file.md).
    fn default() -> Self {
        Self {
            hot_usd_per_month: 5000.0,
            warm_usd_per_month: 1500.0,
            warm_lead_days: 7.0,
            warm_self_capacity: 1.0,
            switch_usd: 20000.0,
        }
    }
}

/// Default for `surge` (reference/portfolio-file.md).
pub const DEFAULT_SURGE: f64 = 0.5;
/// Default horizon (reference/portfolio-file.md), days.
pub const DEFAULT_HORIZON_DAYS: f64 = 365.0;

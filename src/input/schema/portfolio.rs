//! `portfolios/NAME.yaml`.

use std::collections::BTreeMap;

use schemars::JsonSchema;

use super::contracts::{ChangeShape, ContractShape, NoneWord, RoutingShape, SwitchablePoints};
use super::hardware::HardwareShape;
use super::limits::LimitShape;
use super::models::ModelShape;
use super::offers::OfferShape;
use super::scenario::ScenarioShape;
use super::selectors::SelectorShape;
use super::shocks::{ShockShape, TensionShape};
use super::suppliers::SupplierShape;
use super::values::{
    AmountValue, CurrencyCode, CurrencyWorth, DateValue, DurationValue, FormatVersion, OFFER_PATTERN,
    OneOrMany, PointsValue, PositiveDuration, ShareValue, SomeOf, SurgeValue, TextValue, TokensValue,
};
use super::workloads::WorkloadShape;

/// What a company uses, for which workloads, and how much risk and cost it accepts.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "portfolio", deny_unknown_fields)]
pub struct PortfolioShape {
    /// Version of the format.
    pub format_version: FormatVersion,
    /// The company.
    pub company: CompanyShape,
    /// Currency in which amounts are displayed. Amounts of the files are in USD. By default USD.
    pub currency: Option<CurrencyShape>,
    /// Horizon of the study.
    #[schemars(extend("default" = "365d"))]
    pub horizon: Option<PositiveDuration>,
    /// What the company uses models for.
    pub workloads: SomeOf<WorkloadShape>,
    /// Load that a primary takes at once above its own share, as a part of that share.
    #[schemars(extend("default" = 0.5))]
    pub surge: Option<SurgeValue>,
    /// Points a year by which the floor of quality rises for a model that gets no updates.
    #[schemars(extend("default" = 0))]
    pub quality_drift_per_year: Option<PointsValue>,
    /// Terms of standbys, and the cost of a switch.
    pub readiness: Option<ReadinessShape>,
    /// Offer → the company's quota, millions of tokens a month; replaces the catalog's capacity. Not for offers on `self`.
    #[schemars(extend("propertyNames" = {"pattern": OFFER_PATTERN, "not": {"pattern": "@self:[^:]*$"}}))]
    pub capacity: Option<BTreeMap<String, TokensValue>>,
    /// Day 0 of every figure. By default the newest `as_of` of the offers; a month or year is its first day. An offer that retires
    /// before the horizon ends is not eligible.
    pub starts: Option<DateValue>,
    /// Time until an offer serves that was not prepared, where the company knows its host. The offer's own `onboarding` counts if
    /// it is shorter. Never for offers on `self`, whose machines must be bought.
    pub onboarding: Option<KnownLeadsShape>,
    /// Which hosts may be newly used. By default all.
    pub hosts: Option<HostsShape>,
    /// What offers of every workload must match, beside what the workload requires.
    pub require: Option<OneOrMany<SelectorShape>>,
    /// What no offer of any workload may match, beside what the workload forbids.
    pub forbid: Option<OneOrMany<SelectorShape>>,
    /// Largest share of demand that may move in a quarter, from 0 to 1, when the steps of a plan are put in order. It does not
    /// change the plan; without it, all steps come in the first quarter.
    pub max_turnover_per_quarter: Option<ShareValue>,
    /// Terms with the hosts that the company buys from, signed or offered.
    pub contracts: Option<OneOrMany<ContractShape>>,
    /// What change costs.
    pub change: Option<ChangeShape>,
    /// How finely demand can be routed.
    pub routing: Option<RoutingShape>,
    /// Points by which a plan may lower the mean capability of a workload; `none` switches it off. By default 40: models
    /// nearer than that cannot be told apart.
    pub keep_quality: Option<SwitchablePoints>,
    /// How much dependence, loss and cost the company accepts.
    pub limits: Option<OneOrMany<LimitShape>>,
    /// The company's own entries of the catalog.
    pub catalog: Option<OwnCatalogShape>,
}

/// Time until an offer serves that was not prepared, where the company knows its host.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "known_leads", deny_unknown_fields)]
pub struct KnownLeadsShape {
    /// The host has a share of today's allocation. `none`: no shorter than for a stranger.
    #[schemars(extend("default" = "14d"))]
    pub known_host: Option<DurationOrNone>,
    /// Moreover the workload uses the model today, on any host. `none`: no shorter than for a known host.
    #[schemars(extend("default" = "3d"))]
    pub known_model: Option<DurationOrNone>,
}

/// A duration, or `none`.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "duration_or_none", untagged)]
pub enum DurationOrNone {
    None(NoneWord),
    Duration(DurationValue),
}

/// Hosts that the company approves.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "hosts", deny_unknown_fields)]
pub struct HostsShape {
    /// The hosts; `self` for the company's own machines. An offer on another host is not eligible, neither in a plan nor in a
    /// crisis; today's use goes on.
    pub approved: Option<SomeOf<TextValue>>,
}

/// The company that the portfolio belongs to.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "company", deny_unknown_fields)]
pub struct CompanyShape {
    /// Name of the company.
    pub name: TextValue,
    /// Country of the headquarters.
    pub headquarters: TextValue,
    /// Countries where the company may run machines of its own.
    pub sites: Option<OneOrMany<TextValue>>,
}

/// Currency in which amounts are displayed.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "currency", deny_unknown_fields)]
pub struct CurrencyShape {
    /// Code of the currency.
    pub code: CurrencyCode,
    /// What one unit of the currency is worth, USD.
    pub usd: CurrencyWorth,
}

/// Terms of standbys, and the cost of a switch.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "readiness", deny_unknown_fields)]
pub struct ReadinessShape {
    /// Terms of hot standbys.
    pub hot: Option<HotTermsShape>,
    /// Terms of warm standbys.
    pub warm: Option<WarmTermsShape>,
    /// Cost of moving one whole workload once, in a crisis, USD.
    #[schemars(extend("default" = 20_000))]
    pub switch_usd: Option<AmountValue>,
}

/// Terms of hot standbys, which take load at once.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "hot_terms", deny_unknown_fields)]
pub struct HotTermsShape {
    /// Cost for each workload and offer, USD a month.
    #[schemars(extend("default" = 5_000))]
    pub usd_per_month: Option<AmountValue>,
}

/// Terms of warm standbys, which take load after a lead time.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "warm_terms", deny_unknown_fields)]
pub struct WarmTermsShape {
    /// Cost for each workload and offer, USD a month.
    #[schemars(extend("default" = 1_500))]
    pub usd_per_month: Option<AmountValue>,
    /// Time until a warm standby takes load.
    #[schemars(extend("default" = "7d"))]
    pub lead: Option<DurationValue>,
    /// Part of a standby's cover on `self` for which the company holds machines: 1 when all of them wait, 0 when they are bought
    /// in the crisis, within the lead.
    #[schemars(extend("default" = 1))]
    pub self_capacity: Option<ShareValue>,
}

/// The company's own entries of the catalog. An entry replaces the catalog's entry of the same id, or is added. Offers are replaced by region: an entry takes over only the regions that it names. Own entries need no listed source.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "own_catalog", deny_unknown_fields)]
pub struct OwnCatalogShape {
    /// Suppliers.
    pub suppliers: Option<OneOrMany<SupplierShape>>,
    /// Name of the measure that points of quality are in.
    pub quality_metric: Option<TextValue>,
    /// Models.
    pub models: Option<OneOrMany<ModelShape>>,
    /// Hardware.
    pub hardware: Option<OneOrMany<HardwareShape>>,
    /// Offers.
    pub offers: Option<OneOrMany<OfferShape>>,
    /// Tensions.
    pub tensions: Option<OneOrMany<TensionShape>>,
    /// Shocks.
    pub shocks: Option<OneOrMany<ShockShape>>,
    /// Scenarios.
    pub scenarios: Option<OneOrMany<ScenarioShape>>,
}

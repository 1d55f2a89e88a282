//! Contracts with hosts, what change costs, and how finely demand can be routed.

use schemars::JsonSchema;

use super::values::{
    AmountValue, BelowOne, CountValue, DayValue, PointsValue, PositiveDuration, ShareValue, TextValue,
};

/// Terms with one host. Not for `self`, which is the company.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "contract", deny_unknown_fields)]
pub struct ContractShape {
    /// Supplier that hosts offers; at most one contract each.
    pub host: TextValue,
    /// Whether the contract binds already. A quotation (`offered`) binds only if the host is used.
    #[schemars(extend("default" = "signed"))]
    pub status: Option<ContractStatusWord>,
    /// Fixed fee while the host is used, USD a year. By default 0.
    pub fixed_usd_per_year: Option<AmountValue>,
    /// Part taken off the list prices of the host's API offers, used or not. By default 0.
    pub discount: Option<BelowOne>,
    /// Token spend promised to the host. By default none.
    pub commitment: Option<CommitmentShape>,
    /// Least token spend while the host is used, USD a month. By default 0.
    pub minimum_usd_per_month: Option<AmountValue>,
    /// Paid once when a signed host that is used today is left, USD. By default 0.
    pub exit_usd: Option<AmountValue>,
    /// Last day of its term. It is told in reports and changes no figure.
    pub ends: Option<DayValue>,
}

/// Whether a contract binds already.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "contract_status", rename_all = "snake_case")]
pub enum ContractStatusWord {
    Signed,
    Offered,
}

/// Token spend promised to a host; what is not spent in time is paid all the same.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "commitment", deny_unknown_fields)]
pub struct CommitmentShape {
    /// Token spend promised, USD.
    pub usd: AmountValue,
    /// Time from day 0 within which it is due.
    pub within: PositiveDuration,
}

/// What change costs.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "change", deny_unknown_fields)]
pub struct ChangeShape {
    /// Tests and approval of one model for one workload that does not use it today, USD.
    #[schemars(extend("default" = 15_000))]
    pub qualify_model_usd: Option<AmountValue>,
    /// Procurement, security review and connection of one host that the company does not use today, USD.
    #[schemars(extend("default" = 25_000))]
    pub qualify_host_usd: Option<AmountValue>,
    /// Fixed cost of a host without an entry in `contracts`, USD a year.
    #[schemars(extend("default" = 0))]
    pub host_fixed_usd_per_year: Option<AmountValue>,
    /// Time over which the planner spreads the cost of change.
    #[schemars(extend("default" = "3y"))]
    pub spread_over: Option<PositiveDuration>,
}

/// What change costs for one workload.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "workload_change", deny_unknown_fields)]
pub struct WorkloadChangeShape {
    /// Tests and approval of one model, USD. By default the portfolio's.
    pub qualify_model_usd: Option<AmountValue>,
}

/// How finely demand can be routed. Binds plans, neither today nor a crisis.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "routing", deny_unknown_fields)]
pub struct RoutingShape {
    /// Smallest share of a country's demand on one offer; 0 switches it off. By default 0.1.
    pub smallest_share: Option<ShareValue>,
    /// Most pairs of model and host that a workload uses; `none` switches it off. By default 4.
    pub most_offers: Option<SwitchableCount>,
}

/// A number of 1 or more, or `none`.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "switchable_count", untagged)]
pub enum SwitchableCount {
    Count(CountValue),
    Off(NoneWord),
}

/// A number of 0 or more, or `none`.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "switchable_points", untagged)]
pub enum SwitchablePoints {
    Points(PointsValue),
    Off(NoneWord),
}

/// The word that switches a rule off.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "none", extend("pattern" = "^none$"))]
pub struct NoneWord(pub String);

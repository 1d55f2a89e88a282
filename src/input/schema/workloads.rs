//! Workloads of a portfolio, with their allocation and standbys.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::contracts::{RoutingShape, SwitchablePoints, WorkloadChangeShape};
use super::selectors::{DataWord, SelectorShape};
use super::values::{
    AmountValue, DurationValue, IdValue, OFFER_PATTERN, OfferIdValue, OneOrMany, PointsValue, ShareValue,
    TextValue, TokensValue, WholeNumber,
};

/// One thing that the company uses models for.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "workload", deny_unknown_fields)]
pub struct WorkloadShape {
    /// Name of the workload in other places.
    pub id: IdValue,
    /// Name of the workload for readers. By default the id.
    pub name: Option<TextValue>,
    /// Tokens that all users together need.
    pub demand: DemandShape,
    /// Country → share of the users.
    pub users: SharesShape,
    /// How sensitive the data is.
    pub data: DataWord,
    /// Languages, such as `de` or `pt-br`. The floor of quality applies in each for which the model has a figure.
    pub languages: Option<OneOrMany<TextValue>>,
    /// Floor of a model's capability, points. By default there is none.
    pub min_quality: Option<PointsValue>,
    /// Floor of a model's context window, tokens. By default there is none.
    pub min_context: Option<WholeNumber>,
    /// Whether models without a figure of quality may serve.
    #[schemars(extend("default" = false))]
    pub accept_unrated: Option<bool>,
    /// Cost of an outage of the whole workload, USD a day.
    pub outage_cost_usd_per_day: AmountValue,
    /// Time at the beginning of every outage that costs nothing.
    #[schemars(extend("default" = "0d"))]
    pub recovery_objective: Option<DurationValue>,
    /// How people do the work without the models.
    pub fallback: Option<FallbackShape>,
    /// Offers must match all of these selectors.
    pub require: Option<OneOrMany<SelectorShape>>,
    /// Offers must match none of these selectors.
    pub forbid: Option<OneOrMany<SelectorShape>>,
    /// Offers that serve the workload today, and their shares. An offer is written `model@host:REGION`; the host `self` is the company.
    pub allocation: AllocationShape,
    /// Offers that wait for a failure. An offer at most once.
    pub standby: Option<OneOrMany<StandbyShape>>,
    /// What change costs for this workload.
    pub change: Option<WorkloadChangeShape>,
    /// How finely its demand can be routed; each key by default the portfolio's.
    pub routing: Option<RoutingShape>,
    /// Points by which a plan may lower its mean capability; `none` switches it off. By default the portfolio's.
    pub keep_quality: Option<SwitchablePoints>,
    /// What one point of mean capability is worth, USD a month. By default 0.
    pub quality_usd_per_point_per_month: Option<AmountValue>,
}

/// Tokens a month, of all users together.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "demand", deny_unknown_fields)]
pub struct DemandShape {
    /// Tokens read, millions a month.
    pub input_mtok: TokensValue,
    /// Tokens written, millions a month.
    pub output_mtok: TokensValue,
}

/// How people do the work of a workload during a long outage.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "fallback", deny_unknown_fields)]
pub struct FallbackShape {
    /// Time after which the fallback works; not before the recovery objective.
    pub after: DurationValue,
    /// Cost of the fallback, USD a day; at most the outage cost.
    pub usd_per_day: AmountValue,
}

/// Name → share. The shares sum to 1.
#[derive(Debug)]
pub struct SharesShape(pub BTreeMap<String, ShareValue>);

impl JsonSchema for SharesShape {
    fn schema_name() -> Cow<'static, str> {
        "shares".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A map from names to shares. The shares sum to 1.",
            "type": "object",
            "additionalProperties": generator.subschema_for::<ShareValue>(),
            "minProperties": 1,
        })
    }
}

/// Offer → share. The shares sum to 1.
#[derive(Debug)]
pub struct OfferSharesShape(pub BTreeMap<String, ShareValue>);

impl JsonSchema for OfferSharesShape {
    fn schema_name() -> Cow<'static, str> {
        "shares_of_offers".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A map from offers to shares. The shares sum to 1.",
            "type": "object",
            "propertyNames": {"pattern": OFFER_PATTERN},
            "additionalProperties": generator.subschema_for::<ShareValue>(),
            "minProperties": 1,
        })
    }
}

/// Offer → share; or country → such a map, with `default` for the other countries. Each sums to 1.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "allocation", untagged)]
pub enum AllocationShape {
    Everywhere(OfferSharesShape),
    ByCountry(SharesByCountryShape),
}

/// Country → shares of offers.
#[derive(Debug)]
pub struct SharesByCountryShape(pub BTreeMap<String, OfferSharesShape>);

impl JsonSchema for SharesByCountryShape {
    fn schema_name() -> Cow<'static, str> {
        "shares_by_country".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A map from countries, and `default` for the others, to shares of offers.",
            "type": "object",
            "additionalProperties": generator.subschema_for::<OfferSharesShape>(),
            "minProperties": 1,
        })
    }
}

/// An offer that waits for a failure.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "standby", deny_unknown_fields)]
pub struct StandbyShape {
    /// The offer.
    pub offer: OfferIdValue,
    /// Share of the workload that the standby can carry.
    #[schemars(extend("default" = 1))]
    pub cover: Option<ShareValue>,
    /// A quotation for this workload, offer and readiness at any cover, USD a month; also in plans. By default the fee of
    /// `readiness`.
    pub usd_per_month: Option<AmountValue>,
    #[schemars(flatten)]
    pub readiness: StandbyReadiness,
}

/// How soon a standby takes load.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "standby_readiness", tag = "readiness", rename_all = "snake_case")]
pub enum StandbyReadiness {
    /// Takes load at once.
    Hot {},
    /// Takes load after a lead time.
    Warm {
        /// Time until the standby takes load. By default `readiness.warm.lead` of the portfolio.
        lead: Option<DurationValue>,
    },
}

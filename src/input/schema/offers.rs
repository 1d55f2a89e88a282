//! `offers.yaml`.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::provenance::ProvenanceShape;
use super::values::{
    DateValue, DurationValue, FormatVersion, NameValue, OneOrMany, ReplicaRent, ReplicaTokens, SomeOf,
    TextValue, TokenPrice, TokensValue,
};

/// Offers of the catalog.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "offers", deny_unknown_fields)]
pub struct OffersShape {
    /// Version of the format.
    pub format_version: FormatVersion,
    /// The offers.
    pub offers: OneOrMany<OfferShape>,
}

/// A way to buy or run a model. One entry stands for one offer in each of its regions.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "offer", deny_unknown_fields)]
pub struct OfferShape {
    /// The model.
    pub model: NameValue,
    /// Time until a new customer can use the offer.
    #[schemars(extend("default" = "90d"))]
    pub onboarding: Option<DurationValue>,
    /// Time that the host of a closed model can serve it without the developer. By default 0 days where one of the two controls the other, or they are the same, else 90 days.
    pub developer_buffer: Option<DurationValue>,
    /// Hardware that it can run on, alternatives to each other. By default unknown.
    pub hardware: Option<OneOrMany<TextValue>>,
    /// Time that it keeps running without new hardware.
    #[schemars(extend("default" = "540d"))]
    pub hardware_buffer: Option<DurationValue>,
    /// Certifications, such as `iso27001`.
    pub certifications: Option<OneOrMany<TextValue>>,
    /// Whether the region is the host's country, written for a worldwide endpoint.
    #[schemars(extend("default" = false))]
    pub region_assumed: Option<bool>,
    /// Day on which the host ends the offer. Announced, so it is no shock: the offer is not eligible if that is before the
    /// horizon ends, and today's use of it is said (`retiring-offer`).
    pub retires: Option<DateValue>,
    /// Model or offer that the host names in its place, for readers.
    pub successor: Option<TextValue>,
    #[schemars(flatten)]
    pub provenance: ProvenanceShape,
    #[schemars(flatten)]
    pub terms: OfferTermsShape,
}

/// How an offer is used, and what it costs.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "offer_terms", tag = "access", rename_all = "snake_case")]
pub enum OfferTermsShape {
    /// Bought from a host by the token.
    Api {
        /// The host, a supplier.
        host: OtherHostShape,
        /// Countries or blocs in which it is offered.
        regions: SomeOf<TextValue>,
        /// Price by the token.
        price: PriceShape,
        /// Declared capacity, millions of tokens a month. By default unlimited.
        capacity_mtok_per_month: Option<TokensValue>,
    },
    /// Run on the company's own sites.
    SelfHosted {
        /// The company.
        #[schemars(extend("const" = "self"))]
        host: String,
        /// Countries or blocs; those without a site of the company are left out. By default all sites.
        #[schemars(default)]
        regions: SomeOf<TextValue>,
        /// Rent of one replica, USD a month.
        fixed_usd_per_month: ReplicaRent,
        /// Capacity of one replica, millions of tokens a month.
        capacity_mtok_per_month: ReplicaTokens,
    },
}

impl<T> Default for SomeOf<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

/// A host other than the company.
#[derive(Debug)]
pub struct OtherHostShape;

impl JsonSchema for OtherHostShape {
    fn schema_name() -> Cow<'static, str> {
        "other_host".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let name = generator.subschema_for::<NameValue>();
        json_schema!({"allOf": [name, {"not": {"const": "self"}}]})
    }
}

/// Price by the token.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "price", deny_unknown_fields)]
pub struct PriceShape {
    /// Tokens read, USD a million.
    pub input_usd_per_mtok: TokenPrice,
    /// Tokens written, USD a million.
    pub output_usd_per_mtok: TokenPrice,
}

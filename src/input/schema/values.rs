//! Single values of the files: texts, numbers in a range, durations, dates, and lists that may be one item.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::json;

use crate::model::magnitudes::{self, Magnitude};

/// Any text that is not empty.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "text", extend("pattern" = r"\S", "maxLength" = 20_000))]
pub struct TextValue(pub String);

/// Name of an entry, such as a supplier: a text of at most 200 bytes.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "name", extend("pattern" = r"\S", "maxLength" = 200))]
pub struct NameValue(pub String);

/// Name that an entry gives itself: at most 200 bytes, without blanks, `@`, `|` and `,`.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "id", extend("pattern" = r"^[^\s@|,]+$", "maxLength" = 200))]
pub struct IdValue(pub String);

/// What the id of an offer looks like.
pub const OFFER_PATTERN: &str = "^[^@]+@[^@]+:[^@:]+$";

/// An offer, written `model@host:REGION`. The host `self` is the company.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "offer_id", extend("pattern" = OFFER_PATTERN))]
pub struct OfferIdValue(pub String);

/// Three letters of ISO 4217, such as `EUR`.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "currency_code", extend("pattern" = "^[A-Z]{3}$"))]
pub struct CurrencyCode(pub String);

/// A number with a unit, `h`, `d`, `w` or `y`, such as `4h`, `30d`, `2w`, `1y`. At most 100 years.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "duration", extend("pattern" = r"^\s*\+?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?\s*[hdwy]\s*$"))]
pub struct DurationValue(pub String);

/// A duration of more than 0.
#[derive(Debug, JsonSchema)]
#[schemars(
    rename = "positive_duration",
    extend("pattern" = r"^\s*\+?([0-9]*[1-9][0-9]*\.?[0-9]*|[0-9]*\.[0-9]*[1-9][0-9]*)([eE][-+]?[0-9]+)?\s*[hdwy]\s*$")
)]
pub struct PositiveDuration(pub String);

/// A year, month or day: `2026`, `2026-10`, `2026-10-31`.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "date", untagged)]
pub enum DateValue {
    #[schemars(extend("pattern" = "^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$"))]
    Written(String),
    #[schemars(extend("minimum" = 1000, "maximum" = 9999))]
    Year(u64),
}

/// A day: `2026-10-31`.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "day", extend("pattern" = "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"))]
pub struct DayValue(pub String);

/// A text, or a year as a number.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "period", untagged)]
pub enum PeriodValue {
    Written(TextValue),
    Year(i64),
}

/// A number from 0 to 1.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "share", extend("minimum" = 0, "maximum" = 1))]
pub struct ShareValue(pub f64);

/// A number of more than 0 and at most 1.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "positive_share", extend("exclusiveMinimum" = 0, "maximum" = 1))]
pub struct PositiveShare(pub f64);

/// A number between 0 and 1, both excluded.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "level", extend("exclusiveMinimum" = 0, "exclusiveMaximum" = 1))]
pub struct LevelValue(pub f64);

/// A number from 0 to below 1.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "part", extend("minimum" = 0, "exclusiveMaximum" = 1))]
pub struct BelowOne(pub f64);

/// A quantity of `model::magnitudes`, whose bounds and unit its schema states.
macro_rules! quantity {
    ($(#[doc = $about:literal])+ $shape:ident, $name:literal, $magnitude:expr) => {
        $(#[doc = $about])+
        #[derive(Debug)]
        pub struct $shape(pub f64);

        impl JsonSchema for $shape {
            fn schema_name() -> Cow<'static, str> {
                $name.into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                quantity_schema(concat!($($about),+).trim(), &$magnitude)
            }
        }
    };
}

fn quantity_schema(about: &str, magnitude: &Magnitude) -> Schema {
    let about = format!("{about}: {}.", magnitude.words());
    let mut schema = json_schema!({"description": about, "type": "number", "maximum": magnitude.most});
    if magnitude.may_be_zero {
        schema.insert("minimum".into(), 0.into());
        let excluded = json!({"exclusiveMinimum": 0, "exclusiveMaximum": magnitude.least});
        schema.insert("not".into(), excluded);
    } else {
        schema.insert("minimum".into(), magnitude.least.into());
    }
    schema
}

quantity! {
    /// An amount of money
    AmountValue, "amount", magnitudes::USD
}
quantity! {
    /// Demand or capacity
    TokensValue, "tokens", magnitudes::MTOK_PER_MONTH
}
quantity! {
    /// Capacity of one replica
    ReplicaTokens, "replica_tokens", magnitudes::REPLICA_MTOK_PER_MONTH
}
quantity! {
    /// Rent of one replica
    ReplicaRent, "replica_rent", magnitudes::REPLICA_USD_PER_MONTH
}
quantity! {
    /// A price by the token
    TokenPrice, "token_price", magnitudes::USD_PER_MTOK
}
quantity! {
    /// What one unit of a currency is worth
    CurrencyWorth, "currency_worth", magnitudes::USD_PER_CURRENCY_UNIT
}
quantity! {
    /// A factor on prices
    PriceFactor, "price_factor", magnitudes::PRICE_FACTOR
}
quantity! {
    /// Load above a primary's own share, as a part of that share
    SurgeValue, "surge", magnitudes::SURGE
}
quantity! {
    /// Capability of models
    PointsValue, "points", magnitudes::POINTS
}
quantity! {
    /// A number of events that were counted
    EventsValue, "events", magnitudes::EVENTS
}
quantity! {
    /// Time in which events were counted
    YearsValue, "years", magnitudes::YEARS
}
quantity! {
    /// A number of keys that are told apart
    CountValue, "count", magnitudes::KEYS
}
quantity! {
    /// Size of a model
    ParametersValue, "parameters", magnitudes::BILLION_PARAMETERS
}

/// Any number, at most 1e15 in size.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "number", extend("minimum" = -1e15, "maximum" = 1e15))]
pub struct AnyNumber(pub f64);

/// A whole number of 0 or more.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "whole_number", extend("maximum" = 1e15))]
pub struct WholeNumber(pub u64);

/// Events a year, from 0 to 8760.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "rate", extend("minimum" = 0, "maximum" = 8760))]
pub struct RateValue(pub f64);

/// Version of the format, which is 1.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "format_version", extend("const" = 1))]
pub struct FormatVersion(pub f64);

/// A list; a single item stands for a list of one.
#[derive(Debug)]
pub struct OneOrMany<T>(pub Vec<T>);

impl<T: JsonSchema> JsonSchema for OneOrMany<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("list_of_{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let item = generator.subschema_for::<T>();
        json_schema!({"anyOf": [item, {"type": "array", "items": item}]})
    }
}

/// A list of at least one item; a single item stands for a list of one.
#[derive(Debug)]
pub struct SomeOf<T>(pub Vec<T>);

impl<T: JsonSchema> JsonSchema for SomeOf<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("some_of_{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let item = generator.subschema_for::<T>();
        json_schema!({"anyOf": [item, {"type": "array", "items": item, "minItems": 1}]})
    }
}

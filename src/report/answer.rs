//! Answers of the commands as structs: their serialization is the JSON, their schema the reference of its keys.
//!
//! One file per command. The doc comment of a field is its description in the schema, so it says meaning and unit.
//! A key is always written, `null` where there is no such value, unless its description says that it may be absent.

pub mod about;
pub mod alternatives;
pub mod calibrate;
pub mod catalog;
pub mod changes;
pub mod check;
pub mod compare;
pub mod concentration;
pub mod contracts;
pub mod currency;
pub mod diversify;
pub mod dora;
pub mod effect;
pub mod evidence;
pub mod exposure;
pub mod frontier;
pub mod gateway;
pub mod hedges;
pub mod if_signed;
pub mod imports;
pub mod job;
pub mod ladder;
pub mod landscape;
pub mod limits;
pub mod list;
pub mod moves;
pub mod offer_sources;
pub mod optimize;
pub mod plans;
pub mod powers;
pub mod refusal;
pub mod register;
pub mod replay;
pub mod results;
pub mod retirements;
pub mod reverse;
pub mod run_manifest;
pub mod shock;
pub mod shocks;
pub mod signals;
pub mod simulate;
pub mod sovereignty;
pub mod stability;
pub mod stress;
pub mod substitutes;
pub mod supply_chain;
pub mod watch;
pub mod what_if;
pub mod why;

use crate::report::locale::{Locale, in_locale};
use crate::report::money::DisplayCurrency;
use list::ListAnswer;
use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema};
use serde::Serialize;
use serde_json::{Map, Value};

/// Version of the format of every answer.
pub const FORMAT_VERSION: u64 = 1;

/// Makes the schema of an answer.
pub type MakeSchema = fn() -> Value;

/// Schemas of the answers by the name of the command.
pub const ANSWERS: [(&str, MakeSchema); 42] = [
    ("about", schema_of::<about::AboutAnswer>),
    ("catalog-refresh", schema_of::<catalog::CatalogRefreshAnswer>),
    ("catalog-status", schema_of::<catalog::CatalogStatusAnswer>),
    ("check", schema_of::<check::CheckAnswer>),
    ("check-if-signed", schema_of::<if_signed::IfSignedAnswer>),
    ("compare", schema_of::<compare::CompareAnswer>),
    ("diversify", schema_of::<diversify::DiversifyAnswer>),
    ("export-dora", schema_of::<dora::DoraAnswer>),
    ("export-uk-register", schema_of::<dora::UkRegisterAnswer>),
    ("exposure", schema_of::<exposure::ExposureAnswer>),
    ("import-cyclonedx", schema_of::<imports::inventory::ImportInventoryAnswer>),
    ("import-inventory", schema_of::<imports::inventory::ImportInventoryAnswer>),
    ("import-litellm", schema_of::<gateway::import::ImportLitellmAnswer>),
    ("import-usage", schema_of::<imports::usage::ImportUsageAnswer>),
    ("job", schema_of::<job::JobAnswer>),
    ("landscape", schema_of::<landscape::LandscapeAnswer>),
    ("list-hardware", schema_of::<ListAnswer<list::catalog::ListedHardware>>),
    ("list-hosts", schema_of::<ListAnswer<list::catalog::ListedHost>>),
    ("list-limits", schema_of::<ListAnswer<list::requirements::ListedLimit>>),
    ("list-models", schema_of::<ListAnswer<list::offers::ListedModel>>),
    ("list-offers", schema_of::<ListAnswer<list::offers::ListedOffer>>),
    ("list-rules", schema_of::<ListAnswer<list::requirements::ListedRule>>),
    ("list-scenarios", schema_of::<ListAnswer<list::catalog::ListedScenario>>),
    ("list-suppliers", schema_of::<ListAnswer<list::catalog::ListedSupplier>>),
    ("merge", schema_of::<simulate::SimulateAnswer>),
    ("offer-sources", schema_of::<offer_sources::OfferSourcesAnswer>),
    ("optimize", schema_of::<optimize::OptimizeAnswer>),
    ("optimize-sovereignty", schema_of::<sovereignty::SovereigntyAnswer>),
    ("optimize-why", schema_of::<why::WhyAnswer>),
    ("refusal", schema_of::<refusal::RefusalAnswer>),
    ("replay", schema_of::<replay::ReplayAnswer>),
    ("report-manifest", schema_of::<run_manifest::RunManifestAnswer>),
    ("results", schema_of::<results::ResultsAnswer>),
    ("reverse", schema_of::<reverse::ReverseAnswer>),
    ("routes", schema_of::<gateway::routes::RoutesAnswer>),
    ("shocks-calibrate", schema_of::<calibrate::CalibrateAnswer>),
    ("shocks-list", schema_of::<shocks::ShocksAnswer>),
    ("shocks-show", schema_of::<shock::ShockAnswer>),
    ("signals", schema_of::<signals::SignalsAnswer>),
    ("simulate", schema_of::<simulate::SimulateAnswer>),
    ("stress", schema_of::<stress::StressAnswer>),
    ("what-if", schema_of::<what_if::WhatIfAnswer>),
];

/// The schema of a command's answer; `None` for a name that [`ANSWERS`] does not hold.
#[must_use]
pub fn schema(command: &str) -> Option<Value> {
    ANSWERS.iter().find(|(name, _)| *name == command).map(|(_, schema)| schema())
}

/// An answer as the text of its JSON: pretty, keys sorted, ending in a newline.
#[must_use]
pub fn to_text(answer: &impl Serialize) -> String {
    format!("{:#}\n", value_of(answer))
}

/// An answer as JSON: keys sorted, `null` for numbers that are infinite or NaN, and never `-0`; amounts in its words in USD and
/// as English writes them.
///
/// # Panics
/// When a map has keys that are no text.
#[must_use]
pub fn value_of(answer: &impl Serialize) -> Value {
    in_locale(Locale::English, || normal(serde_json::to_value(answer).expect("an answer has text keys only")))
}

/// The same value in the one form in which it is written.
fn normal(value: Value) -> Value {
    match value {
        Value::Number(x) if x.is_f64() => x.as_f64().map_or(Value::Null, |x| Value::from(x + 0.0)),
        // Words are in USD, as the figures of an answer are.
        Value::String(text) => DisplayCurrency::USD.shown(&text).into(),
        Value::Array(items) => items.into_iter().map(normal).collect(),
        Value::Object(entries) => {
            let mut entries: Vec<(String, Value)> =
                entries.into_iter().map(|(k, v)| (k, normal(v))).collect();
            // Sorted also where some crate asks serde_json to keep the order of insertion.
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(entries.into_iter().collect::<Map<String, Value>>())
        }
        other => other,
    }
}

/// A number that JSON can say; `None` when it is infinite or NaN.
#[must_use]
pub fn finite(x: f64) -> Option<f64> {
    x.is_finite().then_some(x)
}

/// The schema of what is written for a `T`, JSON Schema 2020-12: every key is named, and no other is allowed.
#[must_use]
pub fn schema_of<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let settings = settings.with_transform(RecursiveTransform(close));
    normal(settings.into_generator().into_root_schema_for::<T>().into())
}

/// Refuses keys that an object does not name.
fn close(schema: &mut Schema) {
    if schema.get("properties").is_some() && schema.get("additionalProperties").is_none() {
        schema.insert("additionalProperties".to_owned(), Value::Bool(false));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::collections::BTreeMap;

    /// An answer.
    #[derive(Serialize, JsonSchema)]
    struct Small {
        /// Loss in USD.
        loss_usd: f64,
        /// Days; null when it never happens.
        day: Option<f64>,
        parts: BTreeMap<String, Part>,
    }

    #[derive(Serialize, JsonSchema)]
    struct Part {
        n: u64,
    }

    #[test]
    fn an_answer_is_pretty_and_sorted_and_what_json_cannot_say_is_null() {
        let parts = [("b".to_owned(), Part { n: 2 }), ("a".to_owned(), Part { n: 1 })].into();
        let text = to_text(&Small { loss_usd: -0.0, day: Some(f64::INFINITY), parts });
        let expected = "{\n  \"day\": null,\n  \"loss_usd\": 0.0,\n  \"parts\": {\n    \"a\": {\n      \"n\": 1\n    },\n    \
                        \"b\": {\n      \"n\": 2\n    }\n  }\n}\n";
        assert_eq!(text, expected);
        assert_eq!(to_text(&f64::NAN), "null\n");
        assert_eq!(to_text(&0.1), "0.1\n");
        assert_eq!((finite(1.0), finite(f64::NEG_INFINITY), finite(f64::NAN)), (Some(1.0), None, None));
    }

    #[test]
    fn a_schema_requires_every_key_allows_no_other_and_carries_the_descriptions() {
        let schema = schema_of::<Small>();
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        assert_eq!(schema["required"], json!(["loss_usd", "day", "parts"]));
        assert_eq!(schema["additionalProperties"], json!(false));
        assert_eq!(schema["$defs"]["Part"]["additionalProperties"], json!(false));
        assert_eq!(schema["properties"]["loss_usd"]["description"], "Loss in USD.");
        assert_eq!(schema["properties"]["day"]["type"], json!(["number", "null"]));
        // A map takes any key.
        assert_eq!(schema["properties"]["parts"]["additionalProperties"]["$ref"], "#/$defs/Part");
    }
}

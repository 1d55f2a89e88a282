//! `scenarios/ID.yaml`, and scenarios of a portfolio.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};

use super::closed;
use super::provenance::ProvenanceShape;
use super::shocks::{CollateralShape, DurationLawShape, ScenarioShockShape, TriggerShape};
use super::values::{DurationValue, FormatVersion, IdValue, OneOrMany, PositiveDuration, SomeOf, TextValue};

/// A story of events with their times. Nothing is drawn, and it has no probability.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "scenario_file", deny_unknown_fields)]
pub struct ScenarioFileShape {
    /// Version of the format.
    pub format_version: FormatVersion,
    #[schemars(flatten)]
    pub scenario: ScenarioShape,
}

/// A story of events with their times, in a portfolio's own catalog.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "scenario", deny_unknown_fields)]
pub struct ScenarioShape {
    /// Name of the scenario in other places.
    pub id: IdValue,
    /// Name for readers. By default the id.
    pub name: Option<TextValue>,
    /// Horizon of the study. By default the portfolio's horizon.
    pub horizon: Option<PositiveDuration>,
    /// The events.
    pub events: SomeOf<EventShape>,
    #[schemars(flatten)]
    pub provenance: ProvenanceShape,
}

/// One event of a scenario. Any other key of a shock overrides that key of the shock.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "event")]
pub struct EventTermsShape {
    /// Id of a shock, or a shock written in place.
    pub shock: EventShockShape,
    /// Time at which the event takes effect.
    #[schemars(extend("default" = "0d"))]
    pub at: Option<DurationValue>,
    /// How long it lasts. By default the shock's duration, at its median.
    pub duration: Option<DurationLawShape>,
    /// Whether collateral happens; or a map that replaces the shock's. By default it happens if its probability is at least 0.5.
    pub collateral: Option<AnswerOr<CollateralShape>>,
    /// Whether developers withdraw under a `regulation_shift`. By default they do if the probability is at least 0.5.
    pub withdraw: Option<bool>,
    /// Whether triggers happen; or a list that replaces the shock's. By default those happen whose probability is at least 0.5.
    pub triggers: Option<AnswerOr<OneOrMany<TriggerShape>>>,
}

/// Id of a shock, or keys of a shock, which the event's own keys complete.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "event_shock", untagged)]
pub enum EventShockShape {
    Named(TextValue),
    Written(ShockKeysShape),
}

/// `true`, `false`, or the keys of a shock.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "answer_or_{T}", inline, untagged)]
pub enum AnswerOr<T> {
    Answer(bool),
    Keys(T),
}

/// One event of a scenario.
#[derive(Debug)]
pub struct EventShape;

impl JsonSchema for EventShape {
    fn schema_name() -> Cow<'static, str> {
        "event".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut event = EventTermsShape::json_schema(generator);
        generator.subschema_for::<ShockKeysShape>();
        let whole_shock = generator.subschema_for::<ScenarioShockShape>();
        let keys: Vec<String> = shock_keys(generator).into_iter().map(|(key, _)| key).collect();
        let no_override = |key: &String| match key.as_str() {
            "collateral" | "triggers" => json!({"type": ["boolean", "null"]}),
            _ => Value::Bool(false),
        };
        let own = properties_of(&event);
        let overrides =
            keys.iter().filter(|key| *key != "duration").map(|key| (key.clone(), no_override(key)));
        event.insert("if".into(), json!({"properties": overrides.collect::<Map<_, _>>()}));
        let named_or_whole = json!({"anyOf": [generator.subschema_for::<TextValue>(), whole_shock]});
        event.insert("then".into(), json!({"properties": {"shock": named_or_whole}}));
        let references = keys.iter().filter(|key| !own.contains_key(*key));
        let references = references
            .map(|key| (key.clone(), json!({"$ref": format!("#/$defs/shock_keys/properties/{key}")})));
        let properties: Map<String, Value> = references.chain(own.clone()).collect();
        event.insert("properties".into(), Value::Object(properties));
        event.insert("additionalProperties".into(), Value::Bool(false));
        event
    }
}

/// Every key that some shock may have, none of them required.
#[derive(Debug)]
pub struct ShockKeysShape;

impl JsonSchema for ShockKeysShape {
    fn schema_name() -> Cow<'static, str> {
        "shock_keys".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Keys of a shock, of any kind and none required: what is missing is in the event.",
            "type": "object",
            "properties": shock_keys(generator),
            "additionalProperties": false,
        })
    }
}

/// Every key that some shock of a scenario may have, with all that it may hold.
fn shock_keys(generator: &mut SchemaGenerator) -> Map<String, Value> {
    let mut shock = ScenarioShockShape::json_schema(generator);
    closed(&mut shock);
    let mut found: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    let branches = ["oneOf", "anyOf"].iter().filter_map(|word| shock.get(*word)?.as_array());
    let branches: Vec<Map<String, Value>> = branches.flatten().map(properties_of_value).collect();
    for (key, value) in std::iter::once(properties_of(&shock)).chain(branches).flatten() {
        let known = found.entry(key).or_default();
        if value != Value::Bool(true) && !known.contains(&value) {
            known.push(value);
        }
    }
    found
        .into_iter()
        .map(|(key, mut all)| (key, if all.len() == 1 { all.remove(0) } else { any_of(all) }))
        .collect()
}

fn any_of(mut schemas: Vec<Value>) -> Value {
    for schema in &mut schemas {
        if let Value::Object(schema) = schema {
            schema.remove("description");
            schema.remove("default");
        }
    }
    schemas.sort_by_key(ToString::to_string);
    schemas.dedup();
    // The words of `kind` are many schemas of one word each.
    let words: Option<Vec<&Value>> = schemas.iter().map(|schema| schema.get("const")).collect();
    match (words, schemas.as_slice()) {
        (Some(words), _) => json!({"enum": words}),
        (None, [one]) => one.clone(),
        (None, _) => json!({"anyOf": schemas}),
    }
}

fn properties_of(schema: &Schema) -> Map<String, Value> {
    properties_of_value(schema.as_value())
}

fn properties_of_value(schema: &Value) -> Map<String, Value> {
    schema.get("properties").and_then(Value::as_object).cloned().unwrap_or_default()
}

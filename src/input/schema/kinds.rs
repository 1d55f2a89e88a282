//! Kinds of shocks, from the list of their keys, and effects written out.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};

use super::selectors::{DataWord, JurisdictionSetShape, SelectorShape};
use super::values::{AmountValue, OneOrMany, PriceFactor, ShareValue, SomeOf, TextValue};
use crate::shocks::kind::{Absent, KeySpec, KindSpec, ValueType};
use crate::shocks::kinds::KINDS;

/// Who is hit by an act on a jurisdiction: users there, offers that run there, or companies with headquarters there.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "reach", rename_all = "snake_case")]
pub enum ReachWord {
    Users,
    Region,
    Company,
}

/// What a shock does: a kind, which stands for effects, or the effects written out.
#[derive(Debug)]
pub struct ActionShape;

impl JsonSchema for ActionShape {
    fn schema_name() -> Cow<'static, str> {
        "action".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut actions: Vec<Schema> = KINDS.iter().map(|kind| kind_schema(generator, kind)).collect();
        actions.push(WrittenOutShape::json_schema(generator));
        json_schema!({
            "description": "What a shock does: a kind, which stands for effects, or the effects written out.",
            "anyOf": actions,
        })
    }
}

/// Effects written out, without a kind.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "written_out")]
pub struct WrittenOutShape {
    /// Jurisdiction that the shock is attributed to.
    pub by: Option<TextValue>,
    /// The effects.
    pub effects: SomeOf<EffectShape>,
}

/// The map of a shock of one kind.
fn kind_schema(generator: &mut SchemaGenerator, kind: &KindSpec) -> Schema {
    let mut properties = Map::new();
    properties.insert("kind".to_owned(), json!({"type": "string", "const": kind.name}));
    properties.insert("by".to_owned(), by_schema(generator, kind.needs_actor).into());
    for key in kind.keys {
        properties.insert(key.name.to_owned(), key_schema(generator, key).into());
    }
    let keys = kind.keys.iter().filter(|key| key.absent == Absent::Refused).map(|key| key.name);
    let required = ["kind"].into_iter().chain(kind.needs_actor.then_some("by")).chain(keys);
    let mut schema = json_schema!({
        "description": kind.about,
        "type": "object",
        "properties": properties,
        "required": required.collect::<Vec<_>>(),
    });
    if let Some(any_of) = kind.any_of {
        let one: Vec<Value> = any_of.keys.iter().map(|key| json!({"required": [key]})).collect();
        schema.insert("anyOf".to_owned(), one.into());
    }
    schema
}

fn by_schema(generator: &mut SchemaGenerator, needs_actor: bool) -> Schema {
    let mut schema = value_schema::<TextValue>(generator, needs_actor);
    let about =
        if needs_actor { "Jurisdiction that acts." } else { "Jurisdiction that the shock is attributed to." };
    schema.insert("description".to_owned(), about.into());
    schema
}

/// What a key may hold, what it means, and its default if that can be written down.
fn key_schema(generator: &mut SchemaGenerator, key: &KeySpec) -> Schema {
    let is_required = key.absent == Absent::Refused;
    let schema_of = match key.value {
        ValueType::Jurisdictions => value_schema::<JurisdictionSetShape>,
        ValueType::Selector(_) => value_schema::<SelectorShape>,
        ValueType::Supplier | ValueType::Host => value_schema::<TextValue>,
        ValueType::Suppliers => value_schema::<SomeOf<TextValue>>,
        ValueType::Models => value_schema::<OneOrMany<TextValue>>,
        ValueType::Factor => value_schema::<PriceFactor>,
        ValueType::Share => value_schema::<ShareValue>,
        ValueType::Usd => value_schema::<AmountValue>,
        ValueType::Flag => value_schema::<bool>,
        ValueType::Reach => value_schema::<SomeOf<ReachWord>>,
        ValueType::DataClasses => value_schema::<SomeOf<DataWord>>,
    };
    let mut schema = schema_of(generator, is_required);
    schema.insert("description".to_owned(), key.about.into());
    if let Some(default) = default_of(key.absent) {
        schema.insert("default".to_owned(), default);
    }
    schema
}

/// A key that need not be written may also be written as null.
fn value_schema<T: JsonSchema>(generator: &mut SchemaGenerator, is_required: bool) -> Schema {
    if is_required { generator.subschema_for::<T>() } else { generator.subschema_for::<Option<T>>() }
}

/// The default as a file would hold it. What needs a sentence is told in the meaning of the key.
fn default_of(absent: Absent) -> Option<Value> {
    match absent {
        Absent::Refused | Absent::Nothing | Absent::EveryOffer => None,
        // Written without a point if it is whole.
        Absent::Number(number) => number.to_string().parse().ok(),
        Absent::Flag(flag) => Some(flag.into()),
        Absent::Reach(reach) => Some(reach.iter().map(|reach| reach.as_str()).collect()),
    }
}

/// One effect: exactly one of the keys other than `where`. What each does: [Shocks](../methodology/shocks.md#effects).
#[derive(Debug, JsonSchema)]
#[schemars(rename = "effect", untagged, deny_unknown_fields)]
pub enum EffectShape {
    /// What matches cannot be used.
    Unavailable {
        /// What cannot be used.
        unavailable: SelectorShape,
    },
    /// What matches cannot be newly used; present use and ready standbys continue.
    NoNew {
        /// What cannot be newly used.
        no_new: SelectorShape,
    },
    /// Nodes of the supply graph stop.
    Stop {
        /// What stops.
        stop: StopShape,
    },
    /// Offers in some regions lose hardware.
    Cut {
        /// What is lost, and where.
        cut: CutShape,
    },
    /// What matches gets no more updates.
    Stale {
        /// What gets no more updates.
        stale: SelectorShape,
    },
    /// Prices change.
    PriceTimes {
        /// Factor on prices.
        price_times: PriceFactor,
        /// Where it applies. By default everywhere.
        r#where: Option<SelectorShape>,
    },
    /// Capacity falls.
    CapacityTimes {
        /// Factor on capacity, from 0 to 1.
        capacity_times: ShareValue,
        /// Where it applies. By default everywhere.
        r#where: Option<SelectorShape>,
    },
    /// A cost at the onset.
    OneOff {
        /// Cost at the onset, USD for each workload.
        one_off_usd_per_workload: AmountValue,
        /// Where it applies. By default everywhere.
        r#where: Option<SelectorShape>,
    },
}

/// What stops: at least one of the keys.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "stop", deny_unknown_fields, extend("minProperties" = 1))]
pub struct StopShape {
    /// Suppliers, in all their roles.
    pub supplier: Option<SomeOf<TextValue>>,
    /// All sites of these hosts.
    pub host: Option<SomeOf<TextValue>>,
    /// Sites, written `host:REGION`.
    pub host_site: Option<SomeOf<TextValue>>,
    /// Hardware.
    pub hardware: Option<SomeOf<TextValue>>,
}

/// Hardware that offers in some regions lose.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "cut", deny_unknown_fields)]
pub struct CutShape {
    /// The hardware.
    pub hardware: SomeOf<TextValue>,
    /// The regions.
    pub region: JurisdictionSetShape,
}

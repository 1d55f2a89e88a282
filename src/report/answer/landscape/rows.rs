//! Maps of `landscape` as rows.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{EnablerScoreAnswer, IndicatorScoreAnswer, LandscapeAnswer};
use crate::report::answer::{schema_of, value_of};
use crate::report::csv::Sheet;

/// One row per jurisdiction and enabler.
#[must_use]
pub fn enabler_rows(answer: &LandscapeAnswer) -> Sheet {
    rows::<EnablerScoreAnswer>("enabler", &answer.enablers)
}

/// One row per jurisdiction and indicator.
#[must_use]
pub fn indicator_rows(answer: &LandscapeAnswer) -> Sheet {
    rows::<IndicatorScoreAnswer>("indicator", &answer.indicators)
}

/// Jurisdiction, the inner key, then the fields in the order of their declaration; texts of a list joined by semicolons.
fn rows<T: Serialize + JsonSchema>(inner: &str, maps: &BTreeMap<String, BTreeMap<String, T>>) -> Sheet {
    let schema = schema_of::<T>();
    let fields = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let columns: Vec<&str> = ["jurisdiction", inner].into_iter().chain(fields).collect();
    let objects = maps.iter().flat_map(|(jurisdiction, entries)| {
        entries.iter().map(move |(id, entry)| {
            let mut object = Map::new();
            if let Value::Object(fields) = value_of(entry) {
                object.extend(fields.into_iter().map(|(key, value)| (key, joined(value))));
            }
            object.insert("jurisdiction".to_owned(), Value::from(jurisdiction.as_str()));
            object.insert(inner.to_owned(), Value::from(id.as_str()));
            Value::Object(object)
        })
    });
    Sheet::of_objects(&columns, &objects.collect::<Vec<Value>>())
}

fn joined(value: Value) -> Value {
    match value {
        Value::Array(items) => {
            Value::from(items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("; "))
        }
        scalar => scalar,
    }
}

//! Answers as JSON with the documented keys (reference/outputs.md): maps sorted, exact numbers, `null` for what does not exist.

pub mod answers;
pub mod bounds;
pub mod check;
pub mod exposure;
mod moves;
pub mod optimize;
pub mod report;
pub mod shocks;
pub mod simulate;
pub mod sovereignty;
pub mod stress;
pub mod substitutes;
pub mod why;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// Version of the format of every answer.
pub const FORMAT_VERSION: u64 = 1;

/// A JSON object (reference/outputs.md), pretty, ending in a newline.
#[must_use]
pub fn to_text(value: &Value) -> String {
    // A `Value` has text keys and finite numbers only, so it always has a text.
    format!("{value:#}\n")
}

/// A number; `null` when it is infinite or NaN, and never `-0`.
#[must_use]
pub fn number(x: f64) -> Value {
    Value::from(x + 0.0)
}

/// A number that may be absent.
#[must_use]
pub fn optional(x: Option<f64>) -> Value {
    x.map_or(Value::Null, number)
}

/// A map of numbers.
#[must_use]
pub fn numbers<'a, K: ToString + 'a>(entries: impl IntoIterator<Item = (K, &'a f64)>) -> Value {
    object(entries.into_iter().map(|(key, x)| (key.to_string(), number(*x))))
}

/// An object.
#[must_use]
pub fn object(entries: impl IntoIterator<Item = (String, Value)>) -> Value {
    // Sorted also where some crate asks serde_json to keep the order of insertion.
    let sorted: BTreeMap<String, Value> = entries.into_iter().collect();
    Value::Object(sorted.into_iter().collect::<Map<String, Value>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_json_cannot_say_is_null() {
        assert_eq!(number(f64::INFINITY), Value::Null);
        assert_eq!(number(f64::NAN), Value::Null);
        assert_eq!(optional(None), Value::Null);
        assert_eq!(number(-0.0).to_string(), "0.0");
        assert_eq!(number(0.1).to_string(), "0.1");
    }

    #[test]
    fn objects_are_sorted_by_key() {
        let value = object([("b".to_owned(), number(1.0)), ("a".to_owned(), number(2.0))]);
        assert_eq!(to_text(&value), "{\n  \"a\": 2.0,\n  \"b\": 1.0\n}\n");
    }
}

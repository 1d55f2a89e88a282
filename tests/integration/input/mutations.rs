//! Every scalar of a portfolio and its catalog replaced by extremes, one at a time: what is refused is explained, and what
//! is not can be studied.

use std::fs;

use multipolar::input::load_library;
use serde_json::Value;

use super::Study;
use crate::corpus::drivers::{FILES, look_at};

/// What is put in the place of a value, as YAML.
const EXTREMES: [&str; 18] = [
    "0",
    "-1",
    "1",
    "1e-300",
    "1e-9",
    "1e9",
    "1e15",
    "1e308",
    ".nan",
    ".inf",
    "\"\"",
    "LONG",
    "null",
    "[]",
    "[1, x]",
    "{a: 1}",
    "2026-10-31",
    "100y",
];

/// Longer than any text or name may be.
const LONG: usize = 20_001;

/// Of the files of the catalog, in which entries resemble each other, one replacement in so many is tried.
const SAMPLED: usize = 5;

/// The places of all scalars, as JSON pointers.
fn scalars(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(i, item)| scalars(item, &format!("{at}/{i}"), found));
        }
        Value::Object(map) => {
            for (key, inner) in map {
                let key = key.replace('~', "~0").replace('/', "~1");
                scalars(inner, &format!("{at}/{key}"), found);
            }
        }
        _ => found.push(at.to_owned()),
    }
}

/// The value with one scalar replaced, as YAML. JSON has no word for infinity, so the word is put in afterwards.
fn replaced(value: &Value, place: &str, extreme: &str) -> String {
    const MARK: &str = "@EXTREME@";
    let mut value = value.clone();
    *value.pointer_mut(place).expect("a scalar of the file") = Value::from(MARK);
    let word = if extreme == "LONG" { format!("\"{}\"", "x".repeat(LONG)) } else { extreme.to_owned() };
    value.to_string().replace(&format!("\"{MARK}\""), &word)
}

#[test]
fn no_extreme_value_makes_the_program_panic() {
    let study = Study::new();
    let mut n_tried = 0;
    for file in FILES {
        let path = study.path(file);
        let good = fs::read_to_string(&path).unwrap();
        let value: Value = serde_yaml::from_str(&good).unwrap();
        let mut places = Vec::new();
        scalars(&value, "", &mut places);
        let all = places.iter().flat_map(|place| EXTREMES.map(|extreme| (place, extreme)));
        let step = if file == "portfolio.yaml" { 1 } else { SAMPLED };
        for (place, extreme) in all.step_by(step) {
            fs::write(&path, replaced(&value, place, extreme)).unwrap();
            let result = std::panic::catch_unwind(|| look_at(study.load()));
            assert!(result.is_ok(), "{file}: {place} = {extreme}");
            n_tried += 1;
        }
        fs::write(&path, good).unwrap();
    }
    assert!(n_tried > 1000, "{n_tried}");
    assert!(load_library(Some(&study.path("catalog")), Some(&study.path("jurisdictions.yaml"))).is_ok());
}

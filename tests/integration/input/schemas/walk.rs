//! A value followed through its schema: which keys each of its maps may have, and which words each of its texts.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use jsonschema::Validator;
use serde_json::{Value, json};

/// What a schema says about the parts of a value, by their paths as diagnostics write them.
#[derive(Default)]
pub(super) struct Found {
    /// Keys of each map that takes no others.
    pub(super) keys: BTreeMap<String, BTreeSet<String>>,
    /// Words of each text that is of a closed list.
    pub(super) words: BTreeMap<String, BTreeSet<String>>,
    /// Parts of the schema that describe a key which the value has.
    pub(super) used: BTreeSet<usize>,
}

pub(super) struct Walk<'a> {
    root: &'a Value,
    validators: RefCell<HashMap<usize, Validator>>,
    found: RefCell<Found>,
}

/// Where a part of a schema is in memory: its name, as the same definition is reached in many ways.
pub(super) fn address(schema: &Value) -> usize {
    std::ptr::from_ref(schema) as usize
}

pub(super) fn walk(root: &Value, value: &Value) -> Found {
    let walk = Walk { root, validators: RefCell::default(), found: RefCell::default() };
    walk.visit(&[root], value, String::new());
    walk.found.into_inner()
}

impl<'a> Walk<'a> {
    fn visit(&self, schemas: &[&'a Value], value: &Value, path: String) {
        let mut all = Vec::new();
        for schema in schemas {
            self.unfold(schema, value, &mut all);
        }
        match value {
            Value::Object(entries) => {
                self.note_keys(&all, &path);
                self.note_words(schemas, entries.keys(), &path);
                for (key, inner) in entries {
                    let next: Vec<&Value> = all.iter().filter_map(|schema| self.under(schema, key)).collect();
                    self.visit(&next, inner, joined(&path, key));
                }
            }
            Value::Array(items) => {
                let next: Vec<&Value> = all.iter().filter_map(|schema| schema.get("items")).collect();
                for (i, item) in items.iter().enumerate() {
                    self.visit(&next, item, format!("{path}[{i}]"));
                }
            }
            Value::String(_) => {
                for words in all.iter().filter_map(|schema| schema.get("enum")?.as_array()) {
                    let words = words.iter().filter_map(Value::as_str).map(str::to_owned);
                    self.found.borrow_mut().words.entry(path.clone()).or_default().extend(words);
                }
            }
            _ => {}
        }
    }

    /// A schema with all that it refers to and consists of; of alternatives, those that the value fits.
    fn unfold(&self, schema: &'a Value, value: &Value, all: &mut Vec<&'a Value>) {
        all.push(schema);
        if let Some(path) = schema.get("$ref").and_then(Value::as_str) {
            let target = self.root.pointer(&path[1..]).expect("references lead somewhere");
            self.unfold(target, value, all);
        }
        for part in parts(schema, "allOf") {
            self.unfold(part, value, all);
        }
        for part in parts(schema, "anyOf").chain(parts(schema, "oneOf")) {
            if self.fits(part, value) {
                self.unfold(part, value, all);
            }
        }
    }

    fn fits(&self, schema: &'a Value, value: &Value) -> bool {
        let mut validators = self.validators.borrow_mut();
        let make =
            || jsonschema::validator_for(&json!({"$defs": self.root["$defs"], "allOf": [schema]})).unwrap();
        validators.entry(address(schema)).or_insert_with(make).is_valid(value)
    }

    /// The schema of what stands under a key.
    fn under(&self, schema: &'a Value, key: &str) -> Option<&'a Value> {
        let named = schema.get("properties").and_then(|keys| keys.get(key));
        if let Some(named) = named {
            self.found.borrow_mut().used.insert(address(named));
            return Some(named);
        }
        let patterns = schema.get("patternProperties").and_then(Value::as_object);
        // The only pattern is that of languages, which no named key fits.
        let by_pattern = patterns.into_iter().flatten().map(|(_, inner)| inner).next();
        by_pattern.or_else(|| schema.get("additionalProperties").filter(|inner| inner.is_object()))
    }

    fn note_keys(&self, all: &[&Value], path: &str) {
        let is_closed = |schema: &&&Value| {
            schema.get("additionalProperties") == Some(&Value::Bool(false))
                && schema.get("patternProperties").is_none()
        };
        let closed = all.iter().filter(is_closed).filter_map(|schema| schema.get("properties")?.as_object());
        for keys in closed {
            let keys = keys.keys().cloned();
            self.found.borrow_mut().keys.entry(path.to_owned()).or_default().extend(keys);
        }
    }

    /// Words that tell alternatives apart, of all alternatives.
    fn note_words<'k>(&self, schemas: &[&'a Value], keys: impl Iterator<Item = &'k String>, path: &str) {
        let mut all = Vec::new();
        for schema in schemas {
            self.unfold_all(schema, &mut all);
        }
        for key in keys {
            let consts =
                all.iter().filter_map(|schema| schema.get("properties")?.get(key)?.get("const")?.as_str());
            let consts: BTreeSet<String> = consts.map(str::to_owned).collect();
            if consts.len() > 1 {
                self.found.borrow_mut().words.insert(joined(path, key), consts);
            }
        }
    }

    fn unfold_all(&self, schema: &'a Value, all: &mut Vec<&'a Value>) {
        all.push(schema);
        if let Some(path) = schema.get("$ref").and_then(Value::as_str) {
            self.unfold_all(self.root.pointer(&path[1..]).expect("references lead somewhere"), all);
        }
        for part in ["allOf", "anyOf", "oneOf"].into_iter().flat_map(|word| parts(schema, word)) {
            self.unfold_all(part, all);
        }
    }
}

fn parts<'a>(schema: &'a Value, word: &str) -> impl Iterator<Item = &'a Value> {
    schema.get(word).and_then(Value::as_array).into_iter().flatten()
}

/// A path as diagnostics write it.
fn joined(path: &str, key: &str) -> String {
    let is_word = key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    match (is_word, path.is_empty()) {
        (true, true) => key.to_owned(),
        (true, false) => format!("{path}.{key}"),
        (false, _) => format!("{path}['{key}']"),
    }
}

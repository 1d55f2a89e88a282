//! What a schema is, in a few words: "list of text", "number from 0 to 1", "`hot` or `warm`".

use serde_json::Value;

use super::{Elsewhere, spoken};

/// The prefix of references to definitions.
const DEFINITIONS: &str = "#/$defs/";

/// The schema that a reference leads to, else the schema itself.
pub(super) fn resolved<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    let path = schema.get("$ref").and_then(Value::as_str).and_then(|path| path.strip_prefix('#'));
    path.and_then(|path| root.pointer(path)).unwrap_or(schema)
}

/// Whether a definition is a map with named keys, which has a section of its own.
pub(super) fn is_section(definition: &Value) -> bool {
    let has_keys = |schema: &Value| schema.get("properties").is_some();
    has_keys(definition) || alternatives(definition).is_some_and(|all| all.iter().any(has_keys))
}

/// The forms of a map that has several, each with keys of its own.
pub(super) fn variants<'a>(root: &'a Value, definition: &'a Value) -> Vec<&'a Value> {
    let all = alternatives(definition).into_iter().flatten().map(|variant| resolved(root, variant));
    all.filter(|variant| variant.get("properties").is_some()).collect()
}

/// Names of the definitions that a schema refers to.
pub(super) fn names(schema: &Value) -> Vec<String> {
    match schema {
        Value::Object(entries) => {
            let own =
                entries.get("$ref").and_then(Value::as_str).and_then(|path| path.strip_prefix(DEFINITIONS));
            let inner = entries.iter().filter(|(key, _)| *key != "not").flat_map(|(_, value)| names(value));
            own.map(str::to_owned).into_iter().chain(inner).collect()
        }
        Value::Array(items) => items.iter().flat_map(names).collect(),
        _ => Vec::new(),
    }
}

/// Whether null is a value of a schema.
pub(super) fn is_nullable(schema: &Value) -> bool {
    let is_null = |kind: &Value| kind.as_str() == Some("null");
    let by_type = match schema.get("type") {
        Some(Value::Array(kinds)) => kinds.iter().any(is_null),
        Some(kind) => is_null(kind),
        None => false,
    };
    by_type || alternatives(schema).is_some_and(|all| all.iter().any(is_nullable))
}

/// A schema in a few words; null is left out, as a key without a value is like no key.
pub(super) fn type_of(schema: &Value, links: &Elsewhere) -> String {
    if let Some(name) =
        schema.get("$ref").and_then(Value::as_str).and_then(|path| path.strip_prefix(DEFINITIONS))
    {
        return named(name, links);
    }
    if let Some(all) = alternatives(schema) {
        let is_null = |schema: &&Value| schema.get("type").is_some_and(|t| t == "null");
        let all: Vec<&Value> = all.iter().filter(|schema| !is_null(schema)).collect();
        return alternative_types(&all, links);
    }
    if let Some(all) = schema.get("allOf").and_then(Value::as_array) {
        let parts: Vec<String> =
            all.iter().filter(|part| part.get("not").is_none()).map(|part| type_of(part, links)).collect();
        return parts.join(" and ");
    }
    if let Some(words) = words(schema) {
        return words;
    }
    match kind(schema) {
        "array" => match schema.get("items") {
            Some(items) => format!("list of {}", type_of(items, links)),
            None => "list".to_owned(),
        },
        "object" => match schema.get("additionalProperties") {
            Some(values @ Value::Object(_)) => format!("map to {}", type_of(values, links)),
            _ => "map".to_owned(),
        },
        "string" => "text".to_owned(),
        "boolean" => "true or false".to_owned(),
        "integer" => format!("whole number{}", range(schema)),
        "number" => format!("number{}", range(schema)),
        _ => "any".to_owned(),
    }
}

/// A definition by its name, linked where it has a section.
fn named(name: &str, links: &Elsewhere) -> String {
    match links.get(name) {
        Some(link) => format!("[{}]({link})", spoken(name)),
        None => spoken(name),
    }
}

/// "X or Y"; a list that may be a single item is "X or list".
fn alternative_types(all: &[&Value], links: &Elsewhere) -> String {
    if let [item, list] = all
        && list.get("items") == Some(item)
    {
        return format!("{} or list", type_of(item, links));
    }
    let mut types: Vec<String> = all.iter().map(|schema| type_of(schema, links)).collect();
    types.dedup();
    types.join(" or ")
}

fn alternatives(schema: &Value) -> Option<&Vec<Value>> {
    schema.get("oneOf").or_else(|| schema.get("anyOf")).and_then(Value::as_array)
}

/// The words of a closed list, in code; `None` for what is no such list.
pub(super) fn words(schema: &Value) -> Option<String> {
    let all: Vec<&Value> = match (schema.get("const"), schema.get("enum"), alternatives(schema)) {
        (Some(word), ..) => vec![word],
        (_, Some(words), _) => words.as_array()?.iter().collect(),
        (_, _, Some(all)) => all.iter().map(|schema| schema.get("const")).collect::<Option<_>>()?,
        _ => return None,
    };
    let word = |word: &Value| word.as_str().map_or_else(|| word.to_string(), str::to_owned);
    let all = all.into_iter().filter(|word| !word.is_null());
    Some(all.map(|value| format!("`{}`", word(value))).collect::<Vec<_>>().join(", "))
}

/// The first type that is not null.
fn kind(schema: &Value) -> &str {
    match schema.get("type") {
        Some(Value::Array(kinds)) => {
            kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap_or_default()
        }
        Some(Value::String(kind)) => kind,
        _ => "",
    }
}

/// Limits of a number, with a space before.
fn range(schema: &Value) -> String {
    let bound = |key: &str| schema.get(key).and_then(Value::as_f64);
    match (bound("minimum"), bound("exclusiveMinimum"), bound("maximum")) {
        (Some(least), _, Some(most)) => format!(" from {least} to {most}"),
        (Some(least), ..) if least != 0.0 || schema.get("type").is_some_and(|t| t == "number") => {
            format!(" ≥ {least}")
        }
        (None, Some(least), _) => format!(" > {least}"),
        _ => String::new(),
    }
}

//! A value on one line of YAML.

use serde_json::Value;

/// Words that some reader of YAML takes for something other than text.
const RESERVED: [&str; 10] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "none"];

/// A value in brackets, on one line.
pub(super) fn flow(value: &Value) -> String {
    match value {
        Value::String(text) => word(text),
        Value::Array(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::Object(entries) => {
            let entries = entries.iter().map(|(key, value)| format!("{}: {}", word(key), flow(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        scalar => scalar.to_string(),
    }
}

/// A key at the beginning of a line.
pub(super) fn key_text(key: &str) -> String {
    word(key)
}

/// Text without quotes where it cannot be mistaken, else as a JSON string, which YAML reads alike.
fn word(text: &str) -> String {
    let begins = text.starts_with(|c: char| c.is_ascii_alphabetic());
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-.@:/+".contains(c);
    let is_reserved = RESERVED.contains(&text.to_ascii_lowercase().as_str());
    if (begins && text.chars().all(is_plain) && !text.ends_with(':') && !is_reserved) || is_duration(text) {
        text.to_owned()
    } else {
        Value::from(text).to_string()
    }
}

/// Digits and one letter, as in `30d`.
fn is_duration(text: &str) -> bool {
    let digits = text.strip_suffix(['h', 'd', 'w', 'm', 'y']);
    digits.is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
}

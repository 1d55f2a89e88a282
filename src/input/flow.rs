//! A value as one line of YAML, in the order of the file: the name of a limit that has no `id`.

use super::tree::{YamlNode, YamlValue};

/// The value as flow YAML. Numbers are kept as the user wrote them.
pub(crate) fn one_line(node: &YamlNode) -> String {
    match &node.value {
        YamlValue::Null => "null".into(),
        YamlValue::Bool(value) => value.to_string(),
        YamlValue::Number { written, .. } => written.clone(),
        YamlValue::Text(text) => scalar(text),
        YamlValue::List(items) => {
            format!("[{}]", items.iter().map(one_line).collect::<Vec<_>>().join(", "))
        }
        YamlValue::Map(entries) => {
            let parts: Vec<String> =
                entries.iter().map(|e| format!("{}: {}", scalar(&e.key), one_line(&e.node))).collect();
            format!("{{{}}}", parts.join(", "))
        }
    }
}

/// Text, in quotes if it would otherwise be read as another value.
fn scalar(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let is_other = lower.parse::<f64>().is_ok()
        || matches!(lower.as_str(), "true" | "false" | "null")
        || lower.starts_with("0x")
        || lower.starts_with("0o");
    let is_plain = text.chars().next().is_some_and(char::is_alphanumeric)
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !text.contains(" #")
        && text.chars().all(|c| !c.is_control() && !matches!(c, ',' | '[' | ']' | '{' | '}' | '"' | '\''));
    if is_plain && !is_other { text.to_owned() } else { format!("{text:?}") }
}

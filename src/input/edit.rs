//! Setting keys in the text of a portfolio: the rest of the text, with its comments, stays as it is.

mod flow_text;

use serde_json::{Map, Value};

use super::diagnostic::Diagnostic;
use super::document::Document;
use super::log::Log;
use super::tree::{Entry, YamlNode, YamlValue};
use flow_text::{flow, key_text};

/// Most changes of one text.
pub const MAX_CHANGES: usize = 1000;

/// Keys by which items of lists are named: workloads, scenarios and shocks; contracts; standbys.
const NAMING_KEYS: [&str; 3] = ["id", "host", "offer"];

/// One key and its new value.
#[derive(Debug, Clone, PartialEq)]
pub struct TextChange {
    /// A JSON Pointer (RFC 6901). A step into a list is an item's `id`, `host` or `offer`, its place from 0, or `-` for a new item.
    pub at: String,
    /// `Null` removes the key or the item.
    pub value: Value,
}

/// Why a change cannot be made.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum EditError {
    #[error("more than {MAX_CHANGES} changes")]
    TooMany,
    /// `at` is no JSON Pointer.
    #[error("'{0}' is no place in a portfolio: write it like '/workloads/ID/allocation'")]
    NoPointer(String),
    /// Something on the way to `at` is not there, or is no list or map.
    #[error("there is no '{step}' on the way to '{at}'")]
    NoPlace { at: String, step: String },
    #[error("the text cannot be read")]
    Unreadable(Vec<Diagnostic>),
}

/// The text with the changes made, one after the other.
///
/// A key of a map that is written on lines of its own is replaced on these lines; a number or word within brackets in its
/// place; any other value in brackets is written anew as a whole. The result holds the same values as the text with the changes, whatever its layout.
///
/// # Errors
/// See [`EditError`].
pub fn edited(text: &str, changes: &[TextChange]) -> Result<String, EditError> {
    if changes.len() > MAX_CHANGES {
        return Err(EditError::TooMany);
    }
    let mut text = text.to_owned();
    for change in changes {
        let root = parsed(&text)?;
        let steps = steps(&change.at)?;
        let mut expected = value_of(&root);
        set(&mut expected, &steps, &change.value, &change.at)?;
        if value_of(&root) == expected {
            continue;
        }
        let lines = Lines::new(&text);
        text = lines
            .with(&root, &steps, &change.value)
            .filter(|new| parsed(new).is_ok_and(|root| value_of(&root) == expected))
            .unwrap_or_else(|| whole(&expected));
    }
    Ok(text)
}

/// The text as a plain value, lists in its order.
///
/// # Errors
/// [`EditError::Unreadable`].
pub fn plain_value(text: &str) -> Result<Value, EditError> {
    parsed(text).map(|root| value_of(&root))
}

fn parsed(text: &str) -> Result<YamlNode, EditError> {
    let log = Log::default();
    match Document::read("portfolio", text.as_bytes().to_vec(), &log) {
        Some(document) if !log.has_errors() => Ok(document.root),
        _ => Err(EditError::Unreadable(log.into_sorted())),
    }
}

/// The steps of a JSON Pointer, unescaped.
fn steps(at: &str) -> Result<Vec<String>, EditError> {
    let rest = at.strip_prefix('/').filter(|rest| !rest.is_empty());
    let rest = rest.ok_or_else(|| EditError::NoPointer(at.to_owned()))?;
    Ok(rest.split('/').map(|step| step.replace("~1", "/").replace("~0", "~")).collect())
}

/// The plain value of a node.
fn value_of(node: &YamlNode) -> Value {
    match &node.value {
        YamlValue::Null => Value::Null,
        YamlValue::Bool(flag) => Value::Bool(*flag),
        YamlValue::Number { value, whole, .. } => number(*value, *whole),
        YamlValue::Text(text) => Value::String(text.clone()),
        YamlValue::List(items) => items.iter().map(value_of).collect(),
        YamlValue::Map(entries) => {
            Value::Object(entries.iter().map(|e| (e.key.clone(), value_of(&e.node))).collect())
        }
    }
}

/// Whole numbers without a point, so that they read back alike. Those beyond 2⁵³ keep it.
fn number(value: f64, whole: bool) -> Value {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if whole && value.abs() < EXACT { Value::from(value as i64) } else { Value::from(value) }
}

/// Numbers of a request in the form in which they read back.
fn normal(value: &Value) -> Value {
    match value {
        Value::Number(n) => {
            let x = n.as_f64().unwrap_or(0.0);
            number(x, n.is_i64() || n.is_u64() || x.fract() == 0.0)
        }
        Value::Array(items) => items.iter().map(normal).collect(),
        Value::Object(entries) => entries.iter().map(|(k, v)| (k.clone(), normal(v))).collect(),
        other => other.clone(),
    }
}

/// Sets a place of a plain value; maps on the way that are missing are made.
fn set(within: &mut Value, steps: &[String], value: &Value, at: &str) -> Result<(), EditError> {
    let missing = |step: &str| EditError::NoPlace { at: at.to_owned(), step: step.to_owned() };
    let Some((step, rest)) = steps.split_first() else { return Ok(()) };
    if within.is_null() {
        *within = Value::Object(Map::new());
    }
    match within {
        Value::Object(entries) if rest.is_empty() => {
            if value.is_null() {
                entries.remove(step);
            } else {
                entries.insert(step.clone(), normal(value));
            }
            Ok(())
        }
        Value::Object(entries) => {
            let empty = if rest[0] == "-" { Value::Array(Vec::new()) } else { Value::Object(Map::new()) };
            set(entries.entry(step.clone()).or_insert(empty), rest, value, at)
        }
        Value::Array(items) if step == "-" => {
            if !rest.is_empty() || value.is_null() {
                return Err(missing(step));
            }
            items.push(normal(value));
            Ok(())
        }
        Value::Array(items) => {
            let place = named_place(items, step).ok_or_else(|| missing(step))?;
            match (rest.is_empty(), value.is_null()) {
                (true, true) => drop(items.remove(place)),
                (true, false) => items[place] = normal(value),
                (false, _) => return set(&mut items[place], rest, value, at),
            }
            Ok(())
        }
        _ => Err(missing(step)),
    }
}

/// The place of the item that a step names.
fn named_place(items: &[Value], step: &str) -> Option<usize> {
    let has_name = |item: &Value| NAMING_KEYS.iter().any(|key| item[key] == *step);
    items.iter().position(has_name).or_else(|| step.parse().ok().filter(|&place: &usize| place < items.len()))
}

/// A whole document: keys on lines of their own, their values in brackets, the items of top-level lists one a line.
fn whole(root: &Value) -> String {
    let Value::Object(entries) = root else { return format!("{}\n", flow(root)) };
    let lines = entries.iter().map(|(key, value)| match value {
        Value::Array(items) if !items.is_empty() => {
            let items: String = items.iter().map(|item| format!("  - {}\n", flow(item))).collect();
            format!("{}:\n{items}", key_text(key))
        }
        value => format!("{}: {}\n", key_text(key), flow(value)),
    });
    lines.collect()
}

/// The lines of a text.
struct Lines<'a> {
    all: Vec<&'a str>,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Self {
        Self { all: text.split_inclusive('\n').collect() }
    }

    /// The text with a place set; `None` where the layout does not allow it.
    fn with(&self, root: &YamlNode, steps: &[String], value: &Value) -> Option<String> {
        let (step, rest) = steps.split_first()?;
        match &root.value {
            YamlValue::Map(entries) => match entries.iter().position(|e| e.key == *step) {
                // Deeper where the layout allows it, else the whole value of this key.
                Some(at) if !rest.is_empty() => self.with(&entries[at].node, rest, value).or_else(|| {
                    let mut changed = value_of(&entries[at].node);
                    set(&mut changed, rest, value, "").ok()?;
                    self.with_entry(entries, at, Some(&changed))
                }),
                Some(at) if value.is_null() => self.with_entry(entries, at, None),
                Some(at) => self
                    .with_entry(entries, at, Some(&normal(value)))
                    .or_else(|| self.with_scalar(&entries[at].node, &normal(value))),
                None => {
                    let mut made = Value::Null;
                    set(&mut made, steps, value, "").ok()?;
                    self.with_new_entry(entries, step, made.get(step)?)
                }
            },
            YamlValue::List(items) => {
                let values: Vec<Value> = items.iter().map(value_of).collect();
                let place = named_place(&values, step)?;
                if rest.is_empty() { None } else { self.with(&items[place], rest, value) }
            }
            _ => None,
        }
    }

    /// Whether every entry of a map begins a line of its own, in one column.
    fn is_block(&self, entries: &[Entry]) -> bool {
        let Some(first) = entries.first() else { return false };
        let starts_line = |e: &Entry| {
            let line = self.all.get(e.key_mark.line.wrapping_sub(1)).copied().unwrap_or_default();
            let before: String = line.chars().take(e.key_mark.column - 1).collect();
            e.key_mark.column == first.key_mark.column && before.chars().all(|c| c == ' ' || c == '-')
        };
        let mut lines: Vec<usize> = entries.iter().map(|e| e.key_mark.line).collect();
        lines.sort_unstable();
        entries.iter().all(starts_line) && lines.windows(2).all(|pair| pair[0] < pair[1])
    }

    /// The line, from 0, after the last one of an entry.
    fn end_of(&self, entry: &Entry) -> usize {
        let (start, column) = (entry.key_mark.line - 1, entry.key_mark.column);
        let mut end = start + 1;
        for (n, line) in self.all.iter().enumerate().skip(start + 1) {
            let content = line.trim();
            if content.is_empty() || content.starts_with('#') {
                continue;
            }
            let indent = line.len() - line.trim_start_matches(' ').len();
            let is_item = content == "-" || content.starts_with("- ");
            let is_closed = content.starts_with([']', '}']);
            if indent + 1 > column || (indent + 1 == column && (is_item || is_closed)) {
                end = n + 1;
            } else {
                break;
            }
        }
        end
    }

    /// The text with the value of an entry replaced, or without the entry.
    fn with_entry(&self, entries: &[Entry], at: usize, value: Option<&Value>) -> Option<String> {
        if !self.is_block(entries) {
            return None;
        }
        let entry = &entries[at];
        let (start, end) = (entry.key_mark.line - 1, self.end_of(entry));
        let line = self.all.get(start)?;
        let before: String = line.chars().take(entry.key_mark.column - 1).collect();
        let new = match value {
            Some(value) => format!("{before}{}: {}\n", key_text(&entry.key), flow(value)),
            // The first key of an item stands behind its dash.
            None if before.contains('-') || entries.len() == 1 => return None,
            None => String::new(),
        };
        Some([self.all[..start].concat(), new, self.all[end..].concat()].concat())
    }

    /// The text with a number or word within brackets replaced.
    fn with_scalar(&self, node: &YamlNode, value: &Value) -> Option<String> {
        let is_scalar = !matches!(node.value, YamlValue::List(_) | YamlValue::Map(_));
        if !is_scalar || value.is_array() || value.is_object() {
            return None;
        }
        let at = node.mark.line.checked_sub(1)?;
        let line = self.all.get(at)?;
        let before: String = line.chars().take(node.mark.column - 1).collect();
        let old = line[before.len()..].split([',', ']', '}', '#', '\n']).next()?.trim_end();
        let after = &line[before.len() + old.len()..];
        Some(
            [self.all[..at].concat(), before, flow(value), after.to_owned(), self.all[at + 1..].concat()]
                .concat(),
        )
    }

    /// The text with a key added at the end of a map.
    fn with_new_entry(&self, entries: &[Entry], key: &str, value: &Value) -> Option<String> {
        if !self.is_block(entries) {
            return None;
        }
        let last = entries.iter().max_by_key(|e| e.key_mark.line)?;
        let indent = " ".repeat(last.key_mark.column - 1);
        let end = self.end_of(last);
        let mut head = self.all[..end].concat();
        if !head.ends_with('\n') {
            head.push('\n');
        }
        Some(
            [head, format!("{indent}{}: {}\n", key_text(key), flow(value)), self.all[end..].concat()]
                .concat(),
        )
    }
}

#[cfg(test)]
mod tests;

//! Writing values in the compact form of `compact.rs`; done by the build, and by tests.

use super::compact::kind;
use super::spans::TextMark;
use super::tree::{YamlNode, YamlValue};

/// The compact form of a value.
pub(super) fn written(root: &YamlNode) -> Vec<u8> {
    let mut bytes = Vec::new();
    node(root, &mut bytes);
    bytes
}

fn node(from: &YamlNode, bytes: &mut Vec<u8>) {
    bytes.push(match &from.value {
        YamlValue::Null => kind::NULL,
        YamlValue::Bool(false) => kind::FALSE,
        YamlValue::Bool(true) => kind::TRUE,
        YamlValue::Number { whole: true, .. } => kind::WHOLE,
        YamlValue::Number { whole: false, .. } => kind::DECIMAL,
        YamlValue::Text(_) => kind::TEXT,
        YamlValue::List(_) => kind::LIST,
        YamlValue::Map(_) => kind::MAP,
    });
    mark(from.mark, bytes);
    match &from.value {
        YamlValue::Null | YamlValue::Bool(_) => {}
        YamlValue::Number { value, written, .. } => {
            bytes.extend(value.to_le_bytes());
            text(written, bytes);
        }
        YamlValue::Text(own) => text(own, bytes),
        YamlValue::List(items) => {
            number(items.len(), bytes);
            items.iter().for_each(|item| node(item, bytes));
        }
        YamlValue::Map(entries) => {
            number(entries.len(), bytes);
            for entry in entries {
                text(&entry.key, bytes);
                mark(entry.key_mark, bytes);
                node(&entry.node, bytes);
            }
        }
    }
}

fn mark(from: TextMark, bytes: &mut Vec<u8>) {
    [from.line, from.column, from.width].into_iter().for_each(|own| number(own, bytes));
}

fn text(from: &str, bytes: &mut Vec<u8>) {
    number(from.len(), bytes);
    bytes.extend(from.as_bytes());
}

fn number(mut from: usize, bytes: &mut Vec<u8>) {
    while from >= 0x80 {
        bytes.push((from & 0x7f) as u8 | 0x80);
        from >>= 7;
    }
    bytes.push(from as u8);
}

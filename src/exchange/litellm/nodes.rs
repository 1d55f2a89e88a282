//! Values of a configuration: what is expected of them, and where they stand.

use super::secrets::shown;
use crate::input::diagnostic::{Diagnostic, quoted};
use crate::input::foreign::ForeignFile;
use crate::input::spans::TextMark;
use crate::input::tree::{Entry, YamlNode, YamlValue};
use crate::model::gateway::{FilePlace, PlacedText};

/// A value of one of the files.
#[derive(Clone, Copy)]
pub(super) struct YamlAt<'a> {
    pub(super) file: &'a ForeignFile,
    pub(super) node: &'a YamlNode,
}

/// What was found wrong, in the order of reading.
#[derive(Default)]
pub(super) struct Problems(pub(super) Vec<Diagnostic>);

impl Problems {
    pub(super) fn error(&mut self, at: YamlAt<'_>, code: &'static str, message: String, help: &str) {
        self.0.push(at.file.error(code, at.node.mark, message, Some(help.to_owned())));
    }
}

impl<'a> YamlAt<'a> {
    pub(super) fn root(file: &'a ForeignFile) -> Self {
        Self { file, node: file.root() }
    }

    fn with(self, node: &'a YamlNode) -> Self {
        Self { node, ..self }
    }

    /// The entries of a map; none for anything else.
    pub(super) fn entries(self) -> &'a [Entry] {
        match &self.node.value {
            YamlValue::Map(entries) => entries,
            _ => &[],
        }
    }

    pub(super) fn is_map(self) -> bool {
        matches!(self.node.value, YamlValue::Map(_))
    }

    /// The items of a list; none for anything else.
    pub(super) fn items(self) -> Vec<YamlAt<'a>> {
        match &self.node.value {
            YamlValue::List(items) => items.iter().map(|item| self.with(item)).collect(),
            _ => Vec::new(),
        }
    }

    pub(super) fn is_list(self) -> bool {
        matches!(self.node.value, YamlValue::List(_))
    }

    /// The value under a key of a map; `None` when it is missing or null.
    pub(super) fn get(self, key: &str) -> Option<YamlAt<'a>> {
        let found = self.with(&self.node.entry(key)?.node);
        (!matches!(found.node.value, YamlValue::Null)).then_some(found)
    }

    /// The value of an entry of this map.
    pub(super) fn of(self, entry: &'a Entry) -> YamlAt<'a> {
        self.with(&entry.node)
    }

    /// Text that may be shown; `None` for anything else, and for blanks.
    pub(super) fn text(self) -> Option<String> {
        match &self.node.value {
            YamlValue::Text(text) if !text.trim().is_empty() => Some(shown(text.trim())),
            YamlValue::Number { written, .. } => Some(written.clone()),
            _ => None,
        }
    }

    /// The text as it is written, for what is only looked into.
    pub(super) fn raw(self) -> Option<&'a str> {
        match &self.node.value {
            YamlValue::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A number of at least 0, also one in quotes.
    pub(super) fn amount(self) -> Option<f64> {
        let value = match &self.node.value {
            YamlValue::Number { value, .. } => *value,
            YamlValue::Text(text) => text.trim().parse().ok()?,
            _ => return None,
        };
        (value.is_finite() && value >= 0.0).then_some(value)
    }

    /// Whether it says yes, also in the words of YAML 1.1.
    pub(super) fn is_on(self) -> bool {
        match &self.node.value {
            YamlValue::Bool(on) => *on,
            YamlValue::Text(text) => ["yes", "on", "true"].contains(&text.to_lowercase().as_str()),
            _ => false,
        }
    }

    pub(super) fn place(self) -> FilePlace {
        self.place_at(self.node.mark)
    }

    pub(super) fn place_at(self, mark: TextMark) -> FilePlace {
        FilePlace { file: self.file.file.clone(), line: mark.line, column: mark.column }
    }

    pub(super) fn placed(self) -> Option<PlacedText> {
        Some(PlacedText { text: self.text()?, place: self.place() })
    }

    /// What the value is, for messages: never the value itself.
    pub(super) fn kind(self) -> &'static str {
        self.node.kind()
    }
}

/// A key in quotes, unless it looks like a secret.
pub(super) fn quoted_key(key: &str) -> String {
    quoted(&shown(key))
}

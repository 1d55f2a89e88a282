//! A value of a file with its place and a log, for decoding and checking.

use super::diagnostic::{Severity, quoted};
use super::document::Document;
use super::log::Log;
use super::path::Path;
use super::spans::TextMark;
use super::tree::{Entry, YamlNode, YamlValue};

/// A value of a document while it is decoded or checked; it reports problems at its place.
#[derive(Debug, Clone)]
pub(crate) struct At<'a> {
    pub(crate) log: &'a Log,
    pub(crate) document: &'a Document,
    pub(crate) node: &'a YamlNode,
    pub(crate) path: Path,
    /// Place that problems are reported at.
    mark: TextMark,
    /// Place of the key that leads here, if a key does.
    key_mark: Option<TextMark>,
}

impl<'a> At<'a> {
    /// The whole document.
    pub(crate) fn root(document: &'a Document, log: &'a Log) -> Self {
        Self {
            log,
            document,
            node: &document.root,
            path: Path::default(),
            mark: document.root.mark,
            key_mark: None,
        }
    }

    /// The value under a key; if the file has none, this value under the longer path.
    pub(crate) fn key(&self, key: &str) -> Self {
        match self.node.entry(key) {
            Some(entry) => self.entry(entry),
            None => Self { path: self.path.key(key), ..self.clone() },
        }
    }

    /// The value of an entry of this map.
    pub(crate) fn entry(&self, entry: &'a Entry) -> Self {
        let path = self.path.key(&entry.key);
        Self { path, key_mark: Some(entry.key_mark), ..self.with_node(&entry.node) }
    }

    /// An item of a list; any other value is a list of one.
    pub(crate) fn index(&self, idx: usize) -> Self {
        let is_list = matches!(self.node.value, YamlValue::List(_));
        let path = if is_list { self.path.index(idx) } else { self.path.clone() };
        Self { path, key_mark: None, ..self.with_node(self.node.item(idx).unwrap_or(self.node)) }
    }

    /// Another value at the same path.
    pub(crate) fn with_node<'b>(&self, node: &'b YamlNode) -> At<'b>
    where
        'a: 'b,
    {
        At {
            log: self.log,
            document: self.document,
            node,
            path: self.path.clone(),
            mark: node.mark,
            key_mark: self.key_mark,
        }
    }

    /// The same value; problems go to another log.
    pub(crate) fn with_log<'b>(&self, log: &'b Log) -> At<'b>
    where
        'a: 'b,
    {
        At { log, ..self.clone() }
    }

    /// The same value; problems are reported at the key that leads to it.
    pub(crate) fn on_key(&self) -> Self {
        self.marked(self.key_mark.unwrap_or(self.mark))
    }

    /// The same value; problems are reported at `mark`.
    pub(crate) fn marked(&self, mark: TextMark) -> Self {
        Self { mark, ..self.clone() }
    }

    /// Whether the value is written in quotes.
    pub(crate) fn is_quoted(&self) -> bool {
        matches!(self.document.character(self.node.mark), Some('"' | '\''))
    }

    /// The line that problems are reported at, from 1.
    pub(crate) fn line(&self) -> usize {
        self.mark.line
    }

    /// Reports an error.
    pub(crate) fn error(&self, code: &'static str, message: String, help: Option<String>) {
        self.report(code, Severity::Error, message, help);
    }

    /// Reports a warning.
    pub(crate) fn warning(&self, code: &'static str, message: String, help: Option<String>) {
        self.report(code, Severity::Warning, message, help);
    }

    /// Reports an error at the key that leads here.
    pub(crate) fn error_at_key(&self, code: &'static str, message: String, help: Option<String>) {
        self.on_key().error(code, message, help);
    }

    fn report(&self, code: &'static str, severity: Severity, message: String, help: Option<String>) {
        self.log.push(self.document.diagnostic(code, severity, self.mark, &self.path, message, help));
    }

    /// The value as the user wrote it, in quotes; for a list or map, its kind.
    pub(crate) fn shown(&self) -> String {
        match &self.node.value {
            YamlValue::Text(text) => quoted(text),
            YamlValue::Bool(value) => quoted(&value.to_string()),
            YamlValue::Number { written, .. } => quoted(written),
            _ => self.node.kind().to_owned(),
        }
    }
}

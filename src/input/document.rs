//! One file of the user: its text, its values with their places, and diagnostics that refer to it.

use super::diagnostic::{Diagnostic, Excerpt, Severity, quoted};
use super::log::Log;
use super::path::Path;
use super::spans::{self, TextMark};
use super::tree::{self, Joined, YamlNode, YamlValue};
use super::yaml;
use super::{compact, embedded};

/// Largest file that is read, bytes.
pub(super) const MAX_BYTES: usize = 32 * 1024 * 1024;

/// What some programs write before the text.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Longest line that a diagnostic shows, bytes.
const MAX_EXCERPT_BYTES: usize = 10_000;

/// A file that could be read as YAML.
#[derive(Debug)]
pub(crate) struct Document {
    /// As named by the user.
    pub(crate) file: String,
    text: String,
    /// Whether the file begins with a byte order mark, which is no part of the text.
    has_mark: bool,
    /// Bytes at which lines begin.
    line_starts: Vec<usize>,
    pub(crate) root: YamlNode,
}

impl Document {
    /// Reads a file's bytes; `None` when they are not YAML, which is logged.
    pub(crate) fn read(file: &str, bytes: Vec<u8>, log: &Log) -> Option<Self> {
        let has_mark = bytes.starts_with(BYTE_ORDER_MARK.as_bytes());
        let text = text_of(file, bytes, log)?;
        let line_starts = line_starts(&text);
        let mut document =
            Self { file: file.to_owned(), text, has_mark, line_starts, root: YamlNode::default() };
        let refuse = |code, mark, message, help| {
            log.push(document.diagnostic(code, Severity::Error, mark, &Path::default(), message, help));
            None
        };
        let shapes = match spans::scan(&document.text) {
            Ok(shapes) => shapes,
            Err(p) => {
                let help = p.help.or_else(|| document.syntax_help(p.mark));
                return refuse(p.code, p.mark, p.message, help);
            }
        };
        let plain = match yaml::parse(&document.text) {
            Ok(plain) => plain,
            Err(_) if shapes.root.is_none() => yaml::Plain::Null,
            Err(e) => {
                let (line, column) = e.place.unwrap_or((1, 1));
                let mark = TextMark { line, column, width: 1 };
                let help = document.syntax_help(mark);
                return refuse("yaml-syntax", mark, format!("not YAML: {}", e.message), help);
            }
        };
        let Joined { root, duplicates, empty_keys, overfull } = tree::join(plain, &shapes);
        if let Some(mark) = overfull {
            let p = spans::too_many_keys(mark);
            return refuse(p.code, p.mark, p.message, p.help);
        }
        if matches!(root.value, YamlValue::Null) {
            log.push(Diagnostic::of_file(
                "empty-file",
                file,
                "the file is empty".into(),
                Some("begin it with 'format_version: 1'".into()),
            ));
            return None;
        }
        let report = |code, mark, message, help: &str| {
            let (path, help) = (Path::default(), Some(help.to_owned()));
            log.push(document.diagnostic(code, Severity::Error, mark, &path, message, help));
        };
        for d in duplicates {
            let message = format!("the key {} is already set on line {}", quoted(&d.key), d.first.line);
            report("duplicate-key", d.mark, message, "keep one of them");
        }
        for mark in empty_keys {
            report(
                "empty-key",
                mark,
                "the key is empty".to_owned(),
                "write before the colon what the value belongs to",
            );
        }
        document.root = root;
        Some(document)
    }

    /// A file inside the binary, from the values that the build has parsed; `None` if there are none.
    pub(super) fn built_in(file: &str, bytes: &[u8]) -> Option<Self> {
        let root = compact::read(embedded::tree(file)?)?;
        let text = std::str::from_utf8(bytes).ok()?.to_owned();
        Some(Self { file: file.to_owned(), line_starts: line_starts(&text), text, has_mark: false, root })
    }

    /// The bytes that were read.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mark = if self.has_mark { BYTE_ORDER_MARK } else { "" };
        [mark, &self.text].concat().into_bytes()
    }

    /// A diagnostic at a place of this file.
    pub(crate) fn diagnostic(
        &self,
        code: &'static str,
        severity: Severity,
        mark: TextMark,
        path: &Path,
        message: String,
        help: Option<String>,
    ) -> Diagnostic {
        let line = self.line(mark.line).filter(|text| text.len() <= MAX_EXCERPT_BYTES);
        let excerpt = line.map(|text| Excerpt { text: text.to_owned(), width: mark.width });
        Diagnostic {
            code,
            severity,
            file: self.file.clone(),
            line: Some(mark.line),
            column: Some(mark.column),
            path: path.to_string(),
            message,
            help,
            excerpt,
        }
    }

    /// A line, from 1, without its end.
    fn line(&self, number: usize) -> Option<&str> {
        let start = *self.line_starts.get(number.checked_sub(1)?)?;
        let end = self.line_starts.get(number).copied().unwrap_or(self.text.len());
        Some(self.text[start..end].trim_end_matches(['\n', '\r']))
    }

    /// The character at a place.
    pub(crate) fn character(&self, mark: TextMark) -> Option<char> {
        self.line(mark.line)?.chars().nth(mark.column.checked_sub(1)?)
    }

    /// What may be wrong around a place that is not YAML.
    fn syntax_help(&self, mark: TextMark) -> Option<String> {
        let lines = [mark.line.saturating_sub(1), mark.line];
        let tab = lines.into_iter().find_map(|n| Some((n, tab_column(self.line(n)?)?)));
        let help = match tab {
            Some((line, column)) => {
                format!("replace the tab on line {line}, column {column} by spaces: YAML takes no tabs there")
            }
            None => "look for a quote, bracket or colon that is missing or too many near this place".into(),
        };
        Some(help)
    }
}

/// Column, from 1, of a tab that indents a line or follows the colon or dash before a value.
fn tab_column(line: &str) -> Option<usize> {
    let is_before_value =
        |before: &str| before.trim().is_empty() || before.trim_end().ends_with([':', '-', ',']);
    let (at, _) = line.match_indices('\t').find(|(at, _)| is_before_value(&line[..*at]))?;
    Some(line[..at].chars().count() + 1)
}

/// Bytes at which lines begin. YAML ends lines with LF, CR LF or CR.
fn line_starts(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let is_end = |i: usize| bytes[i] == b'\n' || (bytes[i] == b'\r' && bytes.get(i + 1) != Some(&b'\n'));
    std::iter::once(0).chain((0..bytes.len()).filter(|&i| is_end(i)).map(|i| i + 1)).collect()
}

/// The bytes as text; refuses files that are too large, not UTF-8, or contain control characters.
pub(super) fn text_of(file: &str, bytes: Vec<u8>, log: &Log) -> Option<String> {
    let refuse = |code, before: Option<&str>, message: String, help: &str| {
        let diagnostic = Diagnostic::of_file(code, file, message, Some(help.to_owned()));
        let line = before.map(|text| text.matches('\n').count() + 1);
        let column = before.map(|text| text.rsplit('\n').next().unwrap_or_default().chars().count() + 1);
        log.push(Diagnostic { line, column, ..diagnostic });
        None
    };
    if bytes.len() > MAX_BYTES {
        let message = format!("the file has {} bytes; at most {MAX_BYTES} are allowed", bytes.len());
        return refuse("file-too-large", None, message, "split the file");
    }
    let mut text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(e) => {
            let before = String::from_utf8_lossy(&e.as_bytes()[..e.utf8_error().valid_up_to()]).into_owned();
            return refuse(
                "not-utf8",
                Some(&before),
                "the file is not UTF-8 text".into(),
                "save it as UTF-8",
            );
        }
    };
    if text.starts_with(BYTE_ORDER_MARK) {
        text.remove(0);
    }
    if let Some(at) = text.find(|c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{85}')) {
        let c = text[at..].chars().next().unwrap_or_default().escape_unicode();
        return refuse(
            "control-character",
            Some(&text[..at]),
            format!("the file contains the control character {c}"),
            "remove it",
        );
    }
    Some(text)
}

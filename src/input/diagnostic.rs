//! Diagnostics: problems in a user's files, each with code, place, message and help.

mod render;

use std::fmt;

pub use render::{render, render_all};

/// Whether a problem stops the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Error,
    Warning,
}

impl Severity {
    /// The word in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// One problem in a user's file.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Diagnostic {
    /// Stable, kebab-case; listed in `docs/reference/diagnostics.md`.
    pub code: &'static str,
    pub severity: Severity,
    /// The file as named by the user.
    pub file: String,
    /// From 1; `None` when the problem concerns the file as a whole.
    pub line: Option<usize>,
    /// From 1, in characters.
    pub column: Option<usize>,
    /// Place inside the file, such as `workloads[3].min_quality`; empty for the whole file.
    pub path: String,
    pub message: String,
    pub help: Option<String>,
    #[serde(skip)]
    pub excerpt: Option<Excerpt>,
}

/// The source line a diagnostic underlines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// The whole line, without its end.
    pub text: String,
    /// Characters to underline from the diagnostic's column on.
    pub width: usize,
}

impl Diagnostic {
    /// A problem of a file as a whole.
    #[must_use]
    pub fn of_file(code: &'static str, file: &str, message: String, help: Option<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            file: file.to_owned(),
            line: None,
            column: None,
            path: String::new(),
            message,
            help,
            excerpt: None,
        }
    }

    fn order(&self) -> impl Ord + '_ {
        (&self.file, self.line, self.column, self.code, self.severity, &self.message)
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(render(self).trim_end())
    }
}

/// Sorts by file, line, column and code, and drops repetitions (one anchor used in several places).
pub fn sort(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort_by(|a, b| a.order().cmp(&b.order()));
    diagnostics.dedup_by(|a, b| a.order() == b.order());
}

/// Whether the list contains an error.
#[must_use]
pub fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|d| d.severity == Severity::Error)
}

/// Largest number of characters of a quoted value in a message.
const QUOTED_CHARS: usize = 60;

/// A user's text in quotes, cut to a readable length and without control characters.
#[must_use]
pub fn quoted(text: &str) -> String {
    let mut shown: String = text.chars().take(QUOTED_CHARS).collect();
    if text.chars().nth(QUOTED_CHARS).is_some() {
        shown.push('…');
    }
    format!("'{}'", printable(&shown))
}

/// The text with every character that could steer a terminal or reverse the line written as an escape.
#[must_use]
pub fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_unprintable(c) { out.extend(c.escape_unicode()) } else { out.push(c) }
    }
    out
}

/// Whether a character could steer a terminal or reorder text.
#[must_use]
pub fn is_unprintable(c: char) -> bool {
    c.is_control() || is_invisible(c)
}

/// Line and paragraph separators, marks that reorder text, and joiners without width.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quoted_value_is_short_and_cannot_steer_a_terminal() {
        assert_eq!(quoted("DE"), "'DE'");
        assert_eq!(quoted("\u{1b}[31m\u{202e}x"), "'\\u{1b}[31m\\u{202e}x'");
        assert_eq!(quoted(&"x".repeat(200)).chars().count(), QUOTED_CHARS + 3);
    }

    #[test]
    fn problems_are_sorted_by_place_and_reported_once() {
        let at = |line, code| Diagnostic {
            line: Some(line),
            ..Diagnostic::of_file(code, "a.yaml", "m".into(), None)
        };
        let mut list = vec![at(2, "b"), at(1, "z"), at(2, "a"), at(2, "b")];
        sort(&mut list);
        assert_eq!(
            list.iter().map(|d| (d.line, d.code)).collect::<Vec<_>>(),
            [(Some(1), "z"), (Some(2), "a"), (Some(2), "b")]
        );
    }
}

//! Positions of a portfolio's values in its file, for problems found after loading.

use super::at::At;
use super::diagnostic::{Diagnostic, Severity};
use super::document::Document;
use super::input_file::InputFile;
use super::log::Log;

/// The portfolio's file with the places of its values.
#[derive(Debug)]
pub struct Positions {
    document: Document,
}

impl Positions {
    pub(super) fn new(document: Document) -> Self {
        Self { document }
    }

    /// The file as named by the user.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.document.file
    }

    /// The file as it was read.
    pub(super) fn input(&self) -> InputFile {
        InputFile::new(&self.document, "portfolios", None, false)
    }

    /// Line and column, from 1, of the portfolio's limit at an index.
    #[must_use]
    pub fn limit(&self, idx: usize) -> (usize, usize) {
        self.place(&["limits", &idx.to_string()])
    }

    /// Line and column, from 1, of the value at `steps`: keys, and indices from 0 as digits. If the file has no
    /// such value, the position of the nearest value around it.
    #[must_use]
    pub fn place(&self, steps: &[&str]) -> (usize, usize) {
        let log = Log::default();
        let mark = self.at(&log, steps).node.mark;
        (mark.line, mark.column)
    }

    /// A diagnostic at the value at `steps` (as in [`Positions::place`]).
    #[must_use]
    pub fn diagnostic(
        &self,
        steps: &[&str],
        code: &'static str,
        severity: Severity,
        message: String,
        help: Option<String>,
    ) -> Diagnostic {
        let log = Log::default();
        let at = self.at(&log, steps);
        self.document.diagnostic(code, severity, at.node.mark, &at.path, message, help)
    }

    fn at<'a>(&'a self, log: &'a Log, steps: &[&str]) -> At<'a> {
        steps.iter().fold(At::root(&self.document, log), |at, step| match step.parse() {
            Ok(idx) if at.node.entry(step).is_none() => at.index(idx),
            _ => at.key(step),
        })
    }
}

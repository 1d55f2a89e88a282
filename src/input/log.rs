//! The log in which diagnostics are collected.

use std::cell::{Cell, RefCell};

use super::diagnostic::{Diagnostic, Severity};

/// Largest number of diagnostics kept once there is an error among them.
const MAX_DIAGNOSTICS: usize = 10_000;
/// Number of diagnostics up to which similar names are suggested; the search is slow in large catalogs.
const MAX_SUGGESTIONS: usize = 200;

/// The diagnostics of all files, in the order in which they are found.
#[derive(Debug, Default)]
pub(crate) struct Log {
    found: RefCell<Vec<Diagnostic>>,
    has_errors: Cell<bool>,
}

impl Log {
    /// Adds a diagnostic.
    pub(crate) fn push(&self, diagnostic: Diagnostic) {
        let mut found = self.found.borrow_mut();
        if found.len() < MAX_DIAGNOSTICS || !self.has_errors.get() {
            self.has_errors.set(self.has_errors.get() || diagnostic.severity == Severity::Error);
            found.push(diagnostic);
        }
    }

    /// Adds diagnostics of another log.
    pub(crate) fn extend(&self, diagnostics: &[Diagnostic]) {
        diagnostics.iter().cloned().for_each(|diagnostic| self.push(diagnostic));
    }

    /// Whether similar names are still suggested.
    pub(crate) fn suggests(&self) -> bool {
        self.found.borrow().len() < MAX_SUGGESTIONS
    }

    /// Whether one of the diagnostics is an error.
    pub(crate) fn has_errors(&self) -> bool {
        self.has_errors.get()
    }

    /// All diagnostics, sorted, each once.
    pub(crate) fn into_sorted(self) -> Vec<Diagnostic> {
        let mut list = self.found.into_inner();
        crate::input::diagnostic::sort(&mut list);
        list
    }
}

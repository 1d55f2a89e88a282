//! Diagnostics while they are found.

use std::cell::{Cell, RefCell};

use super::diagnostic::{Diagnostic, Severity};

/// Diagnostics that are kept once there is an error among them: nobody reads more.
const MAX_DIAGNOSTICS: usize = 10_000;
/// Diagnostics for which a name that may have been meant is looked for, which takes long in large catalogs.
const MAX_SUGGESTIONS: usize = 200;

/// Diagnostics as they are found, of all files.
#[derive(Debug, Default)]
pub(crate) struct Log {
    found: RefCell<Vec<Diagnostic>>,
    has_errors: Cell<bool>,
}

impl Log {
    /// Adds one.
    pub(crate) fn push(&self, diagnostic: Diagnostic) {
        let mut found = self.found.borrow_mut();
        if found.len() < MAX_DIAGNOSTICS || !self.has_errors.get() {
            self.has_errors.set(self.has_errors.get() || diagnostic.severity == Severity::Error);
            found.push(diagnostic);
        }
    }

    /// Whether a name that may have been meant is still worth its time.
    pub(crate) fn suggests(&self) -> bool {
        self.found.borrow().len() < MAX_SUGGESTIONS
    }

    /// Whether one of them is an error.
    pub(crate) fn has_errors(&self) -> bool {
        self.has_errors.get()
    }

    /// All of them, sorted, each once.
    pub(crate) fn into_sorted(self) -> Vec<Diagnostic> {
        let mut list = self.found.into_inner();
        crate::input::diagnostic::sort(&mut list);
        list
    }
}

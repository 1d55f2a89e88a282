//! Temporary files of this run, so that a run that is stopped leaves none behind.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Every temporary file that was begun. One that has its own name by now no longer exists under this one.
static BEGUN: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Notes a file before it is created.
pub(super) fn begin(path: &Path) {
    BEGUN.lock().unwrap_or_else(PoisonError::into_inner).push(path.to_owned());
}

/// Removes the temporary files of this run, for a program that is about to end.
pub fn remove_temporaries() {
    for path in BEGUN.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
        // It may have its own name already, and there is nowhere left to report an error.
        let _ = fs::remove_file(path);
    }
}

//! Past events of a catalog, read only by the commands that need them.

use std::path::Path;

use super::at::At;
use super::decode::history::history as decoded;
use super::diagnostic::Diagnostic;
use super::library::written_shocks;
use super::log::Log;
use super::{InputError, InputFile, check, failure, files, finish};
use crate::model::catalog::Catalog;
use crate::model::history::EventHistory;
use crate::model::jurisdictions::Jurisdictions;

/// Reads `history.yaml` of the catalog in `dir`; the one inside the binary when `None`. Beside it: warnings.
///
/// `jurisdictions`, `catalog`: what the names in it must be found in, as loaded from the same folder.
///
/// # Errors
/// [`InputError::Unreadable`] when the file cannot be read; [`InputError::Invalid`] when it has an error.
pub fn history(
    dir: Option<&Path>,
    jurisdictions: &Jurisdictions,
    catalog: &Catalog,
) -> Result<(EventHistory, Vec<Diagnostic>), InputError> {
    history_with_file(dir, jurisdictions, catalog).map(|(history, warnings, _)| (history, warnings))
}

/// Whether the catalog in `dir`, or the one inside the binary when `None`, has a file of past events.
#[must_use]
pub fn has_history(dir: Option<&Path>) -> bool {
    files::has_history(dir)
}

/// [`history`], and the file as it was read.
///
/// # Errors
/// As [`history`].
pub fn history_with_file(
    dir: Option<&Path>,
    jurisdictions: &Jurisdictions,
    catalog: &Catalog,
) -> Result<(EventHistory, Vec<Diagnostic>, InputFile), InputError> {
    let log = Log::default();
    let document = files::history(dir, &log);
    // What is wrong with the shocks themselves has been reported when they were loaded.
    let shocks = files::shocks(dir, &Log::default());
    let written_shocks = written_shocks(shocks.as_ref(), None);
    let found = document.as_ref().and_then(|document| {
        let at = At::root(document, &log);
        let (window, events) = decoded(&at, &written_shocks);
        check::history(&at, &events, jurisdictions, catalog);
        let file = InputFile::new(document, "catalog", None, dir.is_none());
        window.map(|(from, to)| (EventHistory::new(from, to, events), file))
    });
    match found {
        Some((found, file)) => finish(log).map(|warnings| (found, warnings, file)),
        None => Err(failure(log)),
    }
}

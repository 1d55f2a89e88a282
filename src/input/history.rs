//! Past events of a catalog, read only by the commands that need them.

use std::path::Path;

use super::at::At;
use super::decode::history::history as decoded;
use super::diagnostic::Diagnostic;
use super::library::DecodedLibrary;
use super::log::Log;
use super::{InputError, check, failure, files, finish};
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
    let log = Log::default();
    let document = files::history(dir, &log);
    // What is wrong with the library itself has been reported when it was loaded.
    let (library, unused) = (DecodedLibrary::read(dir, None), Log::default());
    let written_shocks = library.layer(None, &unused).written_shocks;
    let found = document.as_ref().and_then(|document| {
        let at = At::root(document, &log);
        let (window, events) = decoded(&at, &written_shocks);
        check::history(&at, &events, jurisdictions, catalog);
        window.map(|(from, to)| EventHistory::new(from, to, events))
    });
    match found {
        Some(found) => finish(log).map(|warnings| (found, warnings)),
        None => Err(failure(log)),
    }
}

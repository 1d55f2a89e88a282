//! Reading a user's files: from YAML to the types of `model`, with every problem reported in one run.

mod at;
mod check;
mod compact;
mod decode;
pub mod diagnostic;
mod document;
pub mod edit;
mod embedded;
mod event_table;
mod files;
mod flow;
pub(crate) mod foreign;
mod history;
mod input_file;
mod library;
mod log;
mod merge;
mod path;
mod positions;
mod price_lists;
pub mod schema;
mod signals;
pub(crate) mod spans;
pub(crate) mod tree;
mod typed;
mod yaml;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::model::catalog::Catalog;
use crate::model::instance::Instance;
use crate::model::jurisdictions::Jurisdictions;
use crate::model::portfolio::Portfolio;
use crate::shocks::templates;
use at::At;
use decode::portfolio::portfolio;
use diagnostic::{Diagnostic, has_errors};
use document::Document;
pub use event_table::event_table;
use files::UNREADABLE;
pub use history::{has_history, history, history_with_file};
pub use input_file::InputFile;
use library::{CatalogLayer, DecodedLibrary};
use log::Log;
pub use positions::Positions;
pub use price_lists::{read_price_history, read_price_list};
pub use signals::signals;
pub use typed::{named_selector, typed_selector};

/// The files of a study.
#[derive(Debug, Clone, Copy)]
pub struct Sources<'a> {
    pub portfolio: &'a Path,
    /// `None`: the catalog inside the binary.
    pub catalog: Option<&'a Path>,
    /// `None`: the jurisdictions inside the binary.
    pub jurisdictions: Option<&'a Path>,
}

/// A portfolio that has been read and checked.
#[derive(Debug)]
pub struct Loaded {
    pub instance: Instance,
    pub jurisdictions: Jurisdictions,
    /// Includes the portfolio's own entries.
    pub catalog: Catalog,
    pub warnings: Vec<Diagnostic>,
    /// Positions of the values in the portfolio's file.
    pub positions: Positions,
    library: Arc<DecodedLibrary>,
}

impl Loaded {
    /// Every file that was read, the portfolio first. Past events are read apart, by [`history_with_file`].
    #[must_use]
    pub fn inputs(&self) -> Vec<InputFile> {
        std::iter::once(self.positions.input()).chain(self.library.inputs()).collect()
    }
}

/// Jurisdictions and catalog, for commands without a portfolio.
#[derive(Debug)]
pub struct Library {
    pub jurisdictions: Jurisdictions,
    pub catalog: Catalog,
    pub warnings: Vec<Diagnostic>,
}

impl Library {
    /// The catalog resolved without a company: no workloads, no own sites, and so no self-hosted offers.
    ///
    /// `None` when there are no jurisdictions.
    #[must_use]
    pub fn instance(&self) -> Option<Instance> {
        let first = self.jurisdictions.jurisdictions.first()?;
        Some(Instance::resolve(&self.jurisdictions, &self.catalog, Portfolio::without_company(&first.id)))
    }
}

/// Why files could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// A file is missing, is a directory, or is locked; the list also holds all other problems found.
    #[error("{}", diagnostic::render_all(.0).trim_end())]
    Unreadable(Vec<Diagnostic>),
    /// Every file could be read, but at least one has an error.
    #[error("{}", diagnostic::render_all(.0).trim_end())]
    Invalid(Vec<Diagnostic>),
}

impl InputError {
    /// All problems, sorted by file, line and column.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        match self {
            Self::Unreadable(list) | Self::Invalid(list) => list,
        }
    }
}

/// Reads a portfolio with its catalog and jurisdictions.
///
/// # Errors
/// [`InputError::Unreadable`] when a file cannot be read; [`InputError::Invalid`] when one has an error.
pub fn load(sources: Sources<'_>) -> Result<Loaded, InputError> {
    Bookshelf::new(sources.catalog, sources.jurisdictions).load(sources.portfolio)
}

/// The files of a catalog and of the jurisdictions, read and decoded once for any number of portfolios.
#[derive(Debug, Clone)]
pub struct Bookshelf {
    library: Arc<DecodedLibrary>,
}

impl Bookshelf {
    /// Reads the files; for `None` those inside the binary, which a process decodes once. Problems are reported by
    /// [`Bookshelf::load`].
    #[must_use]
    pub fn new(catalog: Option<&Path>, jurisdictions: Option<&Path>) -> Self {
        Self { library: DecodedLibrary::read(catalog, jurisdictions) }
    }

    /// Reads a portfolio and checks it with these files.
    ///
    /// # Errors
    /// As [`load`].
    pub fn load(&self, portfolio: &Path) -> Result<Loaded, InputError> {
        let log = Log::default();
        let document = files::document(portfolio, &log);
        self.resolve(portfolio, document, log)
    }

    /// Checks the text of a portfolio with these files; `portfolio` is the name of its file, which is not read.
    ///
    /// # Errors
    /// As [`load`].
    pub fn load_text(&self, portfolio: &Path, text: &str) -> Result<Loaded, InputError> {
        let log = Log::default();
        let document = Document::read(&portfolio.display().to_string(), text.as_bytes().to_vec(), &log);
        self.resolve(portfolio, document, log)
    }

    fn resolve(&self, portfolio: &Path, document: Option<Document>, log: Log) -> Result<Loaded, InputError> {
        let resolved = resolved(portfolio, &self.library, document.as_ref(), &log);
        let warnings = finish(log)?;
        let (Some(document), Some((instance, catalog, jurisdictions))) = (document, resolved) else {
            unreachable!("unread and invalid files have been reported");
        };
        let library = Arc::clone(&self.library);
        let positions = Positions::new(document);
        Ok(Loaded { instance, jurisdictions, catalog, warnings, positions, library })
    }
}

/// The text of a file.
///
/// # Errors
/// [`InputError::Unreadable`] when it cannot be read, [`InputError::Invalid`] when it is not UTF-8.
pub fn text_of_file(path: &Path) -> Result<String, InputError> {
    let log = Log::default();
    let bytes = files::bytes_of(path).map_err(|error| log.push(files::unreadable(path, &error)));
    let text = bytes.ok().and_then(|bytes| document::text_of(&path.display().to_string(), bytes, &log));
    text.ok_or_else(|| failure(log))
}

/// Decodes, checks and resolves all files; `None` when there is an error.
fn resolved(
    path: &Path,
    library: &DecodedLibrary,
    document: Option<&Document>,
    log: &Log,
) -> Option<(Instance, Catalog, Jurisdictions)> {
    let base = library.layer(document, log);
    let Some(document) = document else {
        base.report_verdict();
        return None;
    };
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    let at = At::root(document, log);
    let portfolio = portfolio(&at, &name, &base.written_shocks);
    let catalog = merge::merged(&base.catalog, &portfolio.catalog, &portfolio.company.sites);
    let own = CatalogLayer::of_portfolio(&portfolio, &at);
    check::all(&base, &own, &at, &portfolio, &catalog);
    if log.has_errors() {
        return None;
    }
    let instance = Instance::resolve(&base.jurisdictions, &catalog, portfolio);
    check::resolved(&instance, &catalog, &[&base, &own]);
    check::resolved_portfolio(&instance, &at);
    Some((instance, catalog, base.jurisdictions.into_owned()))
}

/// Every file that the catalog in a folder is read from, whether or not it is there.
#[must_use]
pub fn catalog_files(dir: &Path) -> Vec<PathBuf> {
    files::catalog_files(dir)
}

/// Reads jurisdictions and a catalog.
///
/// # Errors
/// As [`load`].
pub fn load_library(catalog: Option<&Path>, jurisdictions: Option<&Path>) -> Result<Library, InputError> {
    let log = Log::default();
    let read = DecodedLibrary::read(catalog, jurisdictions);
    let base = read.layer(None, &log);
    base.report_verdict();
    let library = Library {
        jurisdictions: read.jurisdictions.clone(),
        catalog: templates::expand(read.catalog.clone()),
        warnings: Vec::new(),
    };
    if let Some(instance) = (!log.has_errors()).then(|| library.instance()).flatten() {
        check::resolved(&instance, &library.catalog, &[&base]);
    }
    Ok(Library { warnings: finish(log)?, ..library })
}

/// The bytes of a file of another program, at most as many as are allowed.
///
/// # Errors
/// [`InputError::Unreadable`] when it cannot be read.
pub(crate) fn file_bytes(path: &Path) -> Result<Vec<u8>, InputError> {
    let log = Log::default();
    files::bytes(path, &log).ok_or_else(|| failure(log))
}

/// Bytes as text.
///
/// # Errors
/// [`InputError::Invalid`] when they are too many, no UTF-8, or hold control characters.
pub(crate) fn file_text(path: &Path, bytes: Vec<u8>) -> Result<String, InputError> {
    let log = Log::default();
    document::text_of(&path.display().to_string(), bytes, &log).ok_or_else(|| failure(log))
}

/// The warnings, if there are no errors.
fn finish(log: Log) -> Result<Vec<Diagnostic>, InputError> {
    if log.has_errors() { Err(failure(log)) } else { Ok(log.into_sorted()) }
}

fn failure(log: Log) -> InputError {
    let list = log.into_sorted();
    debug_assert!(has_errors(&list));
    if list.iter().any(|d| d.code == UNREADABLE) {
        InputError::Unreadable(list)
    } else {
        InputError::Invalid(list)
    }
}

/// What the build does, for tests of what it has written.
#[cfg(test)]
mod compact_writer;

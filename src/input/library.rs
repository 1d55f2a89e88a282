//! Jurisdictions and a catalog, decoded once for any number of portfolios, and the places of their entries.

use std::borrow::Cow;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use super::at::At;
use super::check;
use super::decode::catalog::{format_version, hardware, model, supplier};
use super::decode::jurisdictions::jurisdictions;
use super::decode::offers::offer;
use super::decode::scenarios::{WrittenShocks, scenario_file};
use super::decode::shocks::{shock, tension};
use super::diagnostic::Diagnostic;
use super::document::Document;
use super::files::{self, Gaps, LibraryFiles};
use super::input_file::InputFile;
use super::log::Log;
use super::tree::{YamlNode, YamlValue};
use crate::model::catalog::{Catalog, Model};
use crate::model::jurisdictions::Jurisdictions;
use crate::model::portfolio::Portfolio;
use crate::model::shock::{Scenario, Shock, Tension};

/// The lists of a catalog, each with its key and file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum List {
    Suppliers,
    Models,
    Hardware,
    Offers,
    Tensions,
    Shocks,
}

impl List {
    fn key(self) -> &'static str {
        match self {
            Self::Suppliers => "suppliers",
            Self::Models => "models",
            Self::Hardware => "hardware",
            Self::Offers => "offers",
            Self::Tensions => "tensions",
            Self::Shocks => "shocks",
        }
    }
}

/// Jurisdictions and a catalog, read, decoded and checked once.
#[derive(Debug)]
pub(super) struct DecodedLibrary {
    files: LibraryFiles,
    /// Whether the files of the catalog, and that of the jurisdictions, are the ones inside the binary.
    embedded: (bool, bool),
    pub(super) jurisdictions: Jurisdictions,
    pub(super) catalog: Catalog,
    /// Of reading all files, and of decoding all but the scenarios.
    problems: Vec<Diagnostic>,
    /// Of decoding the scenarios.
    scenario_problems: Vec<Diagnostic>,
    verdict: Verdict,
}

/// What the checks find between the entries of a library that nothing is added to.
#[derive(Debug, Default)]
struct Verdict {
    problems: Vec<Diagnostic>,
    /// Whether all chains of triggers end.
    chains_end: bool,
}

impl DecodedLibrary {
    /// The files of a catalog and of the jurisdictions; those inside the binary for `None`, which are decoded once.
    pub(super) fn read(catalog: Option<&Path>, jurisdictions: Option<&Path>) -> Arc<Self> {
        static EMBEDDED: LazyLock<Arc<DecodedLibrary>> =
            LazyLock::new(|| Arc::new(DecodedLibrary::decoded(None, None)));
        match (catalog, jurisdictions) {
            (None, None) => Arc::clone(&EMBEDDED),
            _ => Arc::new(Self::decoded(catalog, jurisdictions)),
        }
    }

    fn decoded(catalog: Option<&Path>, rules: Option<&Path>) -> Self {
        let log = Log::default();
        let files = files::library(catalog, rules, &log);
        let (jurisdictions, lists) = lists(&files, &log);
        let scenario_log = Log::default();
        let scenarios = scenarios(&files, &written_shocks(files.shocks.as_ref(), None), &scenario_log);
        let mut library = Self {
            files,
            embedded: (catalog.is_none(), rules.is_none()),
            jurisdictions,
            catalog: Catalog { scenarios, ..lists },
            problems: log.into_sorted(),
            scenario_problems: scenario_log.into_sorted(),
            verdict: Verdict::default(),
        };
        library.verdict = library.judged();
        library
    }

    /// The files as they were read.
    pub(super) fn inputs(&self) -> Vec<InputFile> {
        let files = &self.files;
        let (is_built_in, is_rules_built_in) = self.embedded;
        let lists = [&files.suppliers, &files.models, &files.hardware, &files.offers, &files.shocks];
        let catalog = |folder: &'static str| {
            move |document: &Document| InputFile::new(document, folder, None, is_built_in)
        };
        let rules = files.jurisdictions.iter();
        rules
            .map(|document| InputFile::new(document, "", Some("jurisdictions.yaml"), is_rules_built_in))
            .chain(lists.into_iter().flatten().map(catalog("catalog")))
            .chain(files.scenarios.iter().map(catalog("catalog/scenarios")))
            .collect()
    }

    fn judged(&self) -> Verdict {
        let log = Log::default();
        let chains_end =
            check::library(&self.placed(Cow::Borrowed(&self.catalog), WrittenShocks::new(), &log));
        Verdict { problems: log.into_sorted(), chains_end }
    }

    /// The entries with their places. What was wrong with them by themselves goes to `log`.
    ///
    /// Events of scenarios may also name the portfolio's own shocks, so they are decoded again for a portfolio that has some.
    pub(super) fn layer<'a>(&'a self, portfolio: Option<&'a Document>, log: &'a Log) -> CatalogLayer<'a> {
        log.extend(&self.problems);
        let own_shocks = portfolio.and_then(own_shocks);
        let written_shocks = written_shocks(self.files.shocks.as_ref(), own_shocks);
        let catalog = if own_shocks.is_some() {
            let scenarios = scenarios(&self.files, &written_shocks, log);
            Cow::Owned(Catalog { scenarios, ..self.catalog.clone() })
        } else {
            log.extend(&self.scenario_problems);
            Cow::Borrowed(&self.catalog)
        };
        self.placed(catalog, written_shocks, log)
    }

    fn placed<'a>(
        &'a self,
        catalog: Cow<'a, Catalog>,
        written_shocks: WrittenShocks<'a>,
        log: &'a Log,
    ) -> CatalogLayer<'a> {
        CatalogLayer {
            jurisdictions: Cow::Borrowed(&self.jurisdictions),
            catalog,
            written_shocks,
            gaps: self.files.gaps,
            is_own: false,
            places: FilePlaces::Library { library: self, log },
        }
    }
}

/// A catalog from one place: the library's files, or a portfolio's own entries.
#[derive(Debug)]
pub(super) struct CatalogLayer<'a> {
    pub(super) jurisdictions: Cow<'a, Jurisdictions>,
    pub(super) catalog: Cow<'a, Catalog>,
    /// The library's shocks as written; the portfolio's own replace those with the same id.
    pub(super) written_shocks: WrittenShocks<'a>,
    pub(super) gaps: Gaps,
    pub(super) is_own: bool,
    places: FilePlaces<'a>,
}

#[derive(Debug)]
enum FilePlaces<'a> {
    Library { library: &'a DecodedLibrary, log: &'a Log },
    Portfolio(At<'a>),
}

impl<'a> CatalogLayer<'a> {
    /// The portfolio's own entries.
    pub(super) fn of_portfolio(portfolio: &Portfolio, file: &At<'a>) -> Self {
        Self {
            jurisdictions: Cow::Owned(Jurisdictions::default()),
            catalog: Cow::Owned(portfolio.catalog.clone()),
            written_shocks: WrittenShocks::new(),
            gaps: Gaps::default(),
            is_own: true,
            places: FilePlaces::Portfolio(file.key("catalog")),
        }
    }

    /// Reports what is wrong between the entries of a library that nothing is added to; returns whether all chains of
    /// triggers end.
    pub(super) fn report_verdict(&self) -> bool {
        match &self.places {
            FilePlaces::Portfolio(_) => true,
            FilePlaces::Library { library, log } => {
                log.extend(&library.verdict.problems);
                library.verdict.chains_end
            }
        }
    }

    /// An entry of a list; `None` only when its file was not read.
    pub(super) fn entry(&self, list: List, idx: usize) -> Option<At<'a>> {
        let at = match &self.places {
            FilePlaces::Portfolio(at) => at.clone(),
            FilePlaces::Library { library: DecodedLibrary { files, .. }, log } => {
                let document = match list {
                    List::Suppliers => &files.suppliers,
                    List::Models => &files.models,
                    List::Hardware => &files.hardware,
                    List::Offers => &files.offers,
                    List::Tensions | List::Shocks => &files.shocks,
                };
                At::root(document.as_ref()?, log)
            }
        };
        Some(at.key(list.key()).index(idx))
    }

    /// A scenario.
    pub(super) fn scenario(&self, idx: usize) -> Option<At<'a>> {
        match &self.places {
            FilePlaces::Portfolio(at) => Some(at.key("scenarios").index(idx)),
            FilePlaces::Library { library, log } => {
                library.files.scenarios.get(idx).map(|d| At::root(d, log))
            }
        }
    }

    /// The jurisdictions' file.
    pub(super) fn jurisdictions_at(&self) -> Option<At<'a>> {
        match &self.places {
            FilePlaces::Portfolio(_) => None,
            FilePlaces::Library { library, log } => {
                library.files.jurisdictions.as_ref().map(|d| At::root(d, log))
            }
        }
    }
}

/// Decodes all files but the scenarios.
fn lists<'a>(files: &'a LibraryFiles, log: &'a Log) -> (Jurisdictions, Catalog) {
    let root = |document: Option<&'a Document>| document.map(|d| At::root(d, log));
    let (quality_metric, models) = root(files.models.as_ref()).map(|at| models_file(&at)).unwrap_or_default();
    let (tensions, shocks) = root(files.shocks.as_ref()).map(|at| shocks_file(&at)).unwrap_or_default();
    let catalog = Catalog {
        suppliers: list(root(files.suppliers.as_ref()), "suppliers", supplier),
        quality_metric,
        models,
        hardware: list(root(files.hardware.as_ref()), "hardware", hardware),
        offers: list(root(files.offers.as_ref()), "offers", offer),
        tensions,
        shocks,
        templates: Vec::new(),
        scenarios: Vec::new(),
    };
    (root(files.jurisdictions.as_ref()).map(|at| jurisdictions(&at)).unwrap_or_default(), catalog)
}

fn scenarios(files: &LibraryFiles, shocks: &WrittenShocks<'_>, log: &Log) -> Vec<Scenario> {
    files.scenarios.iter().map(|d| scenario_file(&At::root(d, log), shocks)).collect()
}

/// Decodes a file that consists of a format version and one list.
fn list<'a, T>(at: Option<At<'a>>, key: &'static str, decode: impl Fn(&At<'a>) -> T) -> Vec<T> {
    let Some(at) = at else { return Vec::new() };
    let f = at.fields();
    format_version(&f);
    let decoded = f.required(key).map(|at| at.items().iter().map(decode).collect()).unwrap_or_default();
    f.close();
    decoded
}

fn models_file(at: &At<'_>) -> (Option<String>, Vec<Model>) {
    let f = at.fields();
    format_version(&f);
    let metric = f.opt_text("quality_metric");
    let models = f.required("models").map(|at| at.items().iter().map(model).collect()).unwrap_or_default();
    f.close();
    (metric, models)
}

fn shocks_file(at: &At<'_>) -> (Vec<Tension>, Vec<Shock>) {
    let f = at.fields();
    format_version(&f);
    let decoded = (f.each("tensions", |at| tension(&at)), f.each("shocks", |at| shock(&at)));
    f.close();
    decoded
}

/// The shocks that a portfolio writes under `catalog`.
fn own_shocks(portfolio: &Document) -> Option<&YamlNode> {
    Some(&portfolio.root.entry("catalog")?.node.entry("shocks")?.node)
}

/// The shocks of the library as written; the portfolio's own replace those with the same id.
pub(super) fn written_shocks<'a>(
    library: Option<&'a Document>,
    own: Option<&'a YamlNode>,
) -> WrittenShocks<'a> {
    let library = library.and_then(|d| d.root.entry("shocks")).map(|entry| &entry.node);
    let mut written = WrittenShocks::new();
    for list in library.into_iter().chain(own) {
        let YamlValue::List(items) = &list.value else { continue };
        for item in items {
            if let Some(YamlValue::Text(id)) = item.entry("id").map(|e| &e.node.value) {
                written.insert(id, item);
            }
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_inside_the_binary_are_decoded_once() {
        let (first, again) = (DecodedLibrary::read(None, None), DecodedLibrary::read(None, None));
        assert!(Arc::ptr_eq(&first, &again));
        assert!(!first.catalog.offers.is_empty() && !first.jurisdictions.jurisdictions.is_empty());
    }
}

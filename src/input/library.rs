//! A decoded catalog with the places of its entries.

use super::at::At;
use super::decode::catalog::{format_version, hardware, model, supplier};
use super::decode::jurisdictions::jurisdictions;
use super::decode::offers::offer;
use super::decode::scenarios::{WrittenShocks, scenario_file};
use super::decode::shocks::{shock, tension};
use super::document::Document;
use super::files::{Gaps, LibraryFiles};
use super::log::Log;
use super::tree::YamlValue;
use crate::model::catalog::{Catalog, Model};
use crate::model::jurisdictions::Jurisdictions;
use crate::model::portfolio::Portfolio;
use crate::model::shock::{Shock, Tension};

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

/// A catalog from one place: the library's files, or a portfolio's own entries.
#[derive(Debug)]
pub(super) struct CatalogLayer<'a> {
    pub(super) jurisdictions: Jurisdictions,
    pub(super) catalog: Catalog,
    /// The library's shocks as written; the portfolio's own replace those with the same id.
    pub(super) written_shocks: WrittenShocks<'a>,
    pub(super) gaps: Gaps,
    pub(super) is_own: bool,
    places: FilePlaces<'a>,
}

#[derive(Debug)]
enum FilePlaces<'a> {
    Files { files: &'a LibraryFiles, log: &'a Log },
    Portfolio(At<'a>),
}

impl<'a> CatalogLayer<'a> {
    /// Decodes the library's files. Events of scenarios may also name the portfolio's own shocks.
    pub(super) fn of_files(files: &'a LibraryFiles, portfolio: Option<&'a Document>, log: &'a Log) -> Self {
        let root = |document: &'a Option<Document>| document.as_ref().map(|d| At::root(d, log));
        let mut written_shocks = WrittenShocks::new();
        record_shocks(&mut written_shocks, root(&files.shocks));
        record_shocks(&mut written_shocks, portfolio.map(|d| At::root(d, log).key("catalog")));
        let (quality_metric, models) = root(&files.models).map(|at| models_file(&at)).unwrap_or_default();
        let (tensions, shocks) = root(&files.shocks).map(|at| shocks_file(&at)).unwrap_or_default();
        let catalog = Catalog {
            suppliers: list(root(&files.suppliers), "suppliers", supplier),
            quality_metric,
            models,
            hardware: list(root(&files.hardware), "hardware", hardware),
            offers: list(root(&files.offers), "offers", offer),
            tensions,
            shocks,
            scenarios: files
                .scenarios
                .iter()
                .map(|d| scenario_file(&At::root(d, log), &written_shocks))
                .collect(),
        };
        Self {
            jurisdictions: root(&files.jurisdictions).map(|at| jurisdictions(&at)).unwrap_or_default(),
            catalog,
            written_shocks,
            gaps: files.gaps,
            is_own: false,
            places: FilePlaces::Files { files, log },
        }
    }

    /// The portfolio's own entries.
    pub(super) fn of_portfolio(portfolio: &Portfolio, file: &At<'a>) -> Self {
        Self {
            jurisdictions: Jurisdictions::default(),
            catalog: portfolio.catalog.clone(),
            written_shocks: WrittenShocks::new(),
            gaps: Gaps::default(),
            is_own: true,
            places: FilePlaces::Portfolio(file.key("catalog")),
        }
    }

    /// An entry of a list; `None` only when its file was not read.
    pub(super) fn entry(&self, list: List, idx: usize) -> Option<At<'a>> {
        let at = match &self.places {
            FilePlaces::Portfolio(at) => at.clone(),
            FilePlaces::Files { files, log } => {
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
            FilePlaces::Files { files, log } => files.scenarios.get(idx).map(|d| At::root(d, log)),
        }
    }

    /// The jurisdictions' file.
    pub(super) fn jurisdictions_at(&self) -> Option<At<'a>> {
        match &self.places {
            FilePlaces::Portfolio(_) => None,
            FilePlaces::Files { files, log } => files.jurisdictions.as_ref().map(|d| At::root(d, log)),
        }
    }
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

/// Records the map of each shock under `shocks`.
fn record_shocks<'a>(written: &mut WrittenShocks<'a>, at: Option<At<'a>>) {
    let Some(entry) = at.and_then(|at| at.node.entry("shocks")) else { return };
    let YamlValue::List(items) = &entry.node.value else { return };
    for item in items {
        if let Some(YamlValue::Text(id)) = item.entry("id").map(|e| &e.node.value) {
            written.insert(id.clone(), item);
        }
    }
}

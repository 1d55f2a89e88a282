//! Reading the files of a study: the user's own, or those inside the binary.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::diagnostic::Diagnostic;
use super::document::{Document, MAX_BYTES};
use super::embedded;
use super::log::Log;

/// Code of a file that could not be read at all.
pub(super) const UNREADABLE: &str = "unreadable-file";

const SUPPLIERS: &str = "suppliers.yaml";
const MODELS: &str = "models.yaml";
const HARDWARE: &str = "hardware.yaml";
const OFFERS: &str = "offers.yaml";
/// The file of a catalog that is optional, as are the scenarios.
const SHOCKS: &str = "shocks.yaml";
/// The file of past events, which is read only by the commands that need it.
const HISTORY: &str = "history.yaml";
/// The folder of scenarios, one in each file.
const SCENARIOS: &str = "scenarios";

/// The files of a catalog and of the jurisdictions; `None` where one could not be read, which is logged.
#[derive(Debug, Default)]
pub(super) struct LibraryFiles {
    pub(super) jurisdictions: Option<Document>,
    pub(super) suppliers: Option<Document>,
    pub(super) models: Option<Document>,
    pub(super) hardware: Option<Document>,
    pub(super) offers: Option<Document>,
    /// Optional in a catalog of the user's own.
    pub(super) shocks: Option<Document>,
    pub(super) scenarios: Vec<Document>,
    pub(super) gaps: Gaps,
}

/// Which files are missing or broken, so that the names they define are unknown.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Gaps {
    pub(super) jurisdictions: bool,
    pub(super) suppliers: bool,
    pub(super) models: bool,
    pub(super) hardware: bool,
    pub(super) offers: bool,
    pub(super) shocks: bool,
}

impl LibraryFiles {
    /// `has_shocks`: whether there is a file of shocks.
    fn find_gaps(&mut self, has_shocks: bool) {
        let lacks =
            |document: &Option<Document>, key| document.as_ref().is_none_or(|d| d.root.entry(key).is_none());
        self.gaps = Gaps {
            jurisdictions: lacks(&self.jurisdictions, "jurisdictions"),
            suppliers: lacks(&self.suppliers, "suppliers"),
            models: lacks(&self.models, "models"),
            hardware: lacks(&self.hardware, "hardware"),
            offers: lacks(&self.offers, "offers"),
            shocks: has_shocks && self.shocks.is_none(),
        };
    }
}

/// Where a file comes from.
enum Origin {
    Path(PathBuf),
    /// Inside the binary: as it is named in messages, and what it holds.
    Embedded(String, &'static [u8]),
}

impl Origin {
    fn document(&self, log: &Log) -> Option<Document> {
        match self {
            Self::Path(path) => document(path, log),
            Self::Embedded(name, bytes) => {
                Document::built_in(name, bytes).or_else(|| Document::read(name, bytes.to_vec(), log))
            }
        }
    }
}

/// The files of a catalog; `None` for those that it does not have.
#[derive(Default)]
struct Origins {
    suppliers: Option<Origin>,
    models: Option<Origin>,
    hardware: Option<Origin>,
    offers: Option<Origin>,
    shocks: Option<Origin>,
    scenarios: Vec<Origin>,
}

/// Reads the catalog in `catalog` and the jurisdictions in `jurisdictions`; those inside the binary when `None`.
pub(super) fn library(catalog: Option<&Path>, jurisdictions: Option<&Path>, log: &Log) -> LibraryFiles {
    let origins = match catalog {
        Some(dir) => origins_in(dir, log),
        None => embedded_origins(),
    };
    let jurisdictions = match jurisdictions {
        Some(path) => Origin::Path(path.to_owned()),
        None => Origin::Embedded("jurisdictions.yaml".to_owned(), embedded::jurisdictions()),
    };
    let Origins { suppliers, models, hardware, offers, shocks, scenarios } = origins;
    let lists = [Some(jurisdictions), suppliers, models, hardware, offers, shocks];
    let mut documents = documents(lists.into_iter().chain(scenarios.into_iter().map(Some)).collect(), log);
    let mut next = || documents.next().flatten();
    let mut files = LibraryFiles {
        jurisdictions: next(),
        suppliers: next(),
        models: next(),
        hardware: next(),
        offers: next(),
        shocks: next(),
        scenarios: documents.flatten().collect(),
        gaps: Gaps::default(),
    };
    files.find_gaps(catalog.is_none_or(|dir| is_there(&dir.join(SHOCKS))));
    files
}

/// Reads the files at the same time: it is most of what a short command takes.
fn documents(origins: Vec<Option<Origin>>, log: &Log) -> impl Iterator<Item = Option<Document>> {
    let read = |origin: Option<Origin>| {
        let own = Log::default();
        let document = origin.and_then(|origin| origin.document(&own));
        (document, own.into_sorted())
    };
    let all: Vec<_> = origins.into_par_iter().map(read).collect();
    all.iter().for_each(|(_, problems)| log.extend(problems));
    all.into_iter().map(|(document, _)| document)
}

/// Every file that a catalog in this folder is read from, whether or not it is there.
pub(super) fn catalog_files(dir: &Path) -> Vec<PathBuf> {
    let lists = [SUPPLIERS, MODELS, HARDWARE, OFFERS, SHOCKS, HISTORY].map(|name| dir.join(name));
    lists.into_iter().chain(scenario_paths(&dir.join(SCENARIOS)).unwrap_or_default()).collect()
}

/// Reads the shocks of the catalog in `catalog`, if it has some; those inside the binary when `None`.
pub(super) fn shocks(catalog: Option<&Path>, log: &Log) -> Option<Document> {
    let origin = match catalog {
        Some(dir) => Some(Origin::Path(dir.join(SHOCKS))).filter(|_| is_there(&dir.join(SHOCKS))),
        None => embedded_origins().shocks,
    };
    origin.and_then(|origin| origin.document(log))
}

/// Reads the past events of the catalog in `catalog`; those inside the binary when `None`.
pub(super) fn history(catalog: Option<&Path>, log: &Log) -> Option<Document> {
    match catalog {
        Some(dir) => document(&dir.join(HISTORY), log),
        None => {
            let bytes = embedded::catalog_file(HISTORY)?;
            Origin::Embedded(format!("catalog/{HISTORY}"), bytes).document(log)
        }
    }
}

/// Whether there are past events in the catalog in `catalog`, or in the one inside the binary when `None`.
pub(super) fn has_history(catalog: Option<&Path>) -> bool {
    catalog.map_or_else(|| embedded::catalog_file(HISTORY).is_some(), |dir| is_there(&dir.join(HISTORY)))
}

/// The text of a file in which no YAML is looked for; `None` when it cannot be read, which is logged.
pub(super) fn bytes(path: &Path, log: &Log) -> Option<Vec<u8>> {
    bytes_of(path).map_err(|error| log.push(unreadable(path, &error))).ok()
}

/// Whether the folder has an entry of this name. A link that leads nowhere is one: it is then reported as unreadable,
/// instead of being taken for a file that was left out.
fn is_there(path: &Path) -> bool {
    path.symlink_metadata().map_or_else(|error| error.kind() != io::ErrorKind::NotFound, |_| true)
}

fn embedded_origins() -> Origins {
    let embedded = |(name, bytes): (String, _)| Origin::Embedded(format!("catalog/{name}"), bytes);
    let named = |name: &str| embedded::catalog_file(name).map(|bytes| embedded((name.to_owned(), bytes)));
    Origins {
        suppliers: named(SUPPLIERS),
        models: named(MODELS),
        hardware: named(HARDWARE),
        offers: named(OFFERS),
        shocks: named(SHOCKS),
        scenarios: embedded::scenario_files().into_iter().map(embedded).collect(),
    }
}

fn origins_in(dir: &Path, log: &Log) -> Origins {
    if let Err(error) = fs::read_dir(dir) {
        log.push(unreadable(dir, &error));
        return Origins::default();
    }
    let named = |name: &str| Some(Origin::Path(dir.join(name)));
    Origins {
        suppliers: named(SUPPLIERS),
        models: named(MODELS),
        hardware: named(HARDWARE),
        offers: named(OFFERS),
        shocks: named(SHOCKS).filter(|_| is_there(&dir.join(SHOCKS))),
        scenarios: scenarios_in(&dir.join(SCENARIOS), log).into_iter().map(Origin::Path).collect(),
    }
}

fn scenarios_in(dir: &Path, log: &Log) -> Vec<PathBuf> {
    if !is_there(dir) {
        return Vec::new();
    }
    scenario_paths(dir).unwrap_or_else(|error| {
        log.push(unreadable(dir, &error));
        Vec::new()
    })
}

/// The files of scenarios in a folder, by name.
fn scenario_paths(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = fs::read_dir(dir)?.map(|e| e.map(|e| e.path())).collect::<io::Result<Vec<_>>>()?;
    paths.retain(|p| p.extension().is_some_and(|e| e == "yaml"));
    paths.sort();
    Ok(paths)
}

/// Reads one file; `None` when it cannot be read or is not YAML, which is logged.
pub(super) fn document(path: &Path, log: &Log) -> Option<Document> {
    match bytes_of(path) {
        Ok(bytes) => Document::read(&path.display().to_string(), bytes, log),
        Err(error) => {
            log.push(unreadable(path, &error));
            None
        }
    }
}

/// The file's bytes, at most one more than allowed, because a device may never end.
pub(super) fn bytes_of(path: &Path) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    if file.metadata()?.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    let mut bytes = Vec::new();
    file.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

pub(super) fn unreadable(path: &Path, error: &io::Error) -> Diagnostic {
    let (reason, help) = match error.kind() {
        io::ErrorKind::NotFound if path.is_symlink() => {
            ("it is a link that leads nowhere".to_owned(), Some("mend the link, or remove it"))
        }
        io::ErrorKind::NotFound => {
            ("it does not exist".to_owned(), Some("check the spelling and the working directory"))
        }
        io::ErrorKind::IsADirectory => ("it is a directory".to_owned(), Some("name a file")),
        io::ErrorKind::NotADirectory => ("it is not a directory".to_owned(), Some("name a directory")),
        io::ErrorKind::PermissionDenied => {
            ("permission is denied".to_owned(), Some("ask for the right to read it, or name another"))
        }
        _ => (error.to_string(), Some("name a file that can be read")),
    };
    let file = path.display().to_string();
    Diagnostic::of_file(
        UNREADABLE,
        &file,
        format!("the file cannot be read: {reason}"),
        help.map(str::to_owned),
    )
}

//! The folder of a report: results, faces, copies of the inputs and a manifest, which appear together.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::altered::{MANIFEST, sha256};
use crate::files::{PendingTree, WriteError};
use crate::input::InputFile;
use crate::report::answer::results::ResultsAnswer;
use crate::report::answer::run_manifest::{InputFileAnswer, RunManifestAnswer};
use crate::report::answer::{FORMAT_VERSION, to_text};
use crate::report::faces::FACES;
use crate::units::quarter::Quarter;

/// The complete answer.
pub const RESULTS: &str = "results.json";
/// Copies of the files that were read.
pub const INPUTS: &str = "inputs";

/// Levels of folders of the user's own that are kept in the folder of a report.
const MOST_LEVELS: usize = 32;

/// The newest earlier quarter that has a report beside the folder of this one.
#[must_use]
pub fn newest_before(folder: &Path, period: Quarter) -> Option<Quarter> {
    let quarter = |entry: fs::DirEntry| entry.file_name().to_str()?.parse::<Quarter>().ok();
    let quarters = fs::read_dir(folder.parent()?).ok()?.filter_map(|entry| quarter(entry.ok()?));
    let earlier = quarters.filter(|quarter| *quarter < period);
    earlier.filter(|quarter| folder.with_file_name(quarter.to_string()).join(RESULTS).is_file()).max()
}

/// The folder of the reports about a portfolio, under that of all reports. A file's name that would lead elsewhere becomes
/// `portfolio`.
#[must_use]
pub fn portfolio_folder(reports: &Path, portfolio: &Path) -> PathBuf {
    let name = portfolio.file_stem().unwrap_or_default().to_string_lossy();
    let is_plain = !matches!(&*name, "" | "." | "..") && !name.contains(['/', '\\']);
    reports.join(if is_plain { &*name } else { "portfolio" })
}

/// Names of the files of a report, without its inputs.
#[must_use]
pub fn file_names() -> Vec<&'static str> {
    FACES.iter().map(|face| face.file).chain([RESULTS, MANIFEST]).collect()
}

/// What a manifest says of the program and of the run, beyond the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunFacts {
    pub commit: Option<String>,
    pub solver: String,
    /// Instant, UTC.
    pub written: String,
}

/// A report that is being written.
#[derive(Debug)]
pub struct ReportFolder {
    path: PathBuf,
    tree: PendingTree,
}

impl ReportFolder {
    /// Begins the folder under a temporary name.
    ///
    /// # Errors
    /// [`WriteError`] when it cannot be made.
    pub fn begin(path: &Path) -> Result<Self, WriteError> {
        Ok(Self { path: path.to_owned(), tree: PendingTree::create(path)? })
    }

    /// Writes everything and gives the folder its name. An old report of this name is replaced; what is no file of a report,
    /// such as a note of the user's own, stays in the folder.
    ///
    /// # Errors
    /// [`WriteError`] when a file cannot be written; then the old folder is as it was.
    pub fn finish(
        mut self,
        results: &ResultsAnswer,
        faces: &[(&'static str, Vec<u8>)],
        inputs: &[InputFile],
        facts: &RunFacts,
    ) -> Result<(), WriteError> {
        let text = to_text(results);
        let mut files: Vec<(&str, &[u8])> = vec![(RESULTS, text.as_bytes())];
        files.extend(faces.iter().map(|(name, bytes)| (*name, bytes.as_slice())));
        let mut sums = BTreeMap::new();
        for (name, bytes) in files {
            self.tree.write(Path::new(name), bytes)?;
            sums.insert(name.to_owned(), sha256(bytes));
        }
        for input in inputs {
            self.tree.write(&Path::new(INPUTS).join(&input.place), &input.bytes)?;
        }
        let manifest = to_text(&manifest(results, inputs, facts, sums));
        self.tree.write(Path::new(MANIFEST), manifest.as_bytes())?;
        self.keep_others(Path::new(""), MOST_LEVELS)?;
        self.tree.finish()
    }

    /// Takes over what is in the old folder and is no file of a report.
    fn keep_others(&mut self, below: &Path, levels: usize) -> Result<(), WriteError> {
        let names = file_names();
        let is_own = |name: &Path| {
            below == Path::new("")
                && (name == Path::new(INPUTS) || names.iter().any(|own| name == Path::new(own)))
        };
        let Ok(entries) = fs::read_dir(self.path.join(below)) else { return Ok(()) };
        for entry in entries.flatten().filter(|entry| !is_own(Path::new(&entry.file_name()))) {
            let name = below.join(entry.file_name());
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if is_folder && levels == 0 {
                let reason = "it lies in too many folders to be kept: move it elsewhere".to_owned();
                return Err(WriteError { path: self.path.join(name), reason });
            }
            if is_folder {
                self.tree.make_folder(&name)?;
                self.keep_others(&name, levels - 1)?;
            } else {
                self.tree.keep(&name)?;
            }
        }
        Ok(())
    }
}

fn manifest(
    results: &ResultsAnswer,
    inputs: &[InputFile],
    facts: &RunFacts,
    files: BTreeMap<String, String>,
) -> RunManifestAnswer {
    let input = |input: &InputFile| InputFileAnswer {
        file: input.file.clone(),
        copy: Path::new(INPUTS).join(&input.place).display().to_string(),
        is_embedded: input.is_embedded,
        sha256: sha256(&input.bytes),
        bytes: input.bytes.len() as u64,
    };
    RunManifestAnswer {
        format_version: FORMAT_VERSION,
        multipolar: results.manifest.multipolar.clone(),
        commit: facts.commit.clone(),
        platform: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        solver: facts.solver.clone(),
        solver_status: results.optimize.as_ref().map(|answer| answer.status),
        written: facts.written.clone(),
        portfolio: results.manifest.portfolio.clone(),
        period: results.report.period.clone(),
        catalog_date: results.report.catalog_date.clone(),
        seed: results.manifest.seed,
        trials: results.manifest.trials,
        inputs: inputs.iter().map(input).collect(),
        files,
    }
}

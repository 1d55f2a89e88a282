//! The commands `plan` and `report`: the whole study, with a report in a folder.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::optimize::{exit, settings};
use crate::cli::answer::loaded;
use crate::cli::args::{Format, ReportArguments};
use crate::cli::clock;
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::memory::guard;
use crate::cli::messages::shown;
use crate::cli::progress::ProgressLine;
use crate::files::{PendingFile, PendingFolder, WriteError, take_names};
use crate::report::answer::results::{ResultsAnswer, RunProvenance};
use crate::report::{answer, page, tables};
use crate::study::footprint::RunKind;
use crate::study::results::{StudyResults, StudySettings};
use crate::study::session::Session;

pub(super) fn plan(arguments: &ReportArguments, console: &Console) -> Result<Exit, Failure> {
    run(arguments, console, |results, path, console| {
        let out = arguments.common.out();
        let mut text = console.tables(&tables::plan::story(results, console.screen(out)), out);
        text.push_str(&format!(
            "\nThe report is in {}: report.md to read, report.json for machines.\n",
            shown(path)
        ));
        text
    })
}

pub(super) fn report(arguments: &ReportArguments, console: &Console) -> Result<Exit, Failure> {
    run(arguments, console, |_, path, console| {
        format!("{}\n{}\n", console.path(&path.join("report.md")), console.path(&path.join("report.json")))
    })
}

/// Runs the study, writes the report, and prints the text that `summary` makes of it for a console in the portfolio's currency.
fn run(
    arguments: &ReportArguments,
    console: &Console,
    summary: impl FnOnce(&ResultsAnswer, &Path, &Console) -> String,
) -> Result<Exit, Failure> {
    let common = &arguments.common;
    let loaded = loaded(&arguments.portfolio, common, console)?;
    let console = &console.about(&loaded.instance);
    let path = folder(arguments);
    // Before the long computation, so that a folder that cannot be written to is reported at once.
    let report = ReportFiles::begin(&path)?;
    guard(RunKind::Plan, &loaded.instance, arguments.trials.trials, arguments.resources)?;
    let session = Session::new(&loaded.instance);
    let settings = StudySettings {
        optimize: settings(&arguments.aim, arguments.trials),
        today: Some(arguments.today.today.unwrap_or_else(clock::today)),
        ..StudySettings::new(arguments.trials.trials, arguments.trials.seed)
    };
    let line = ProgressLine::new(console);
    let results = StudyResults::compute(&loaded, &session, settings, &|step| line.show(step))?;
    drop(line);
    let answer = ResultsAnswer::of(&results, &provenance(arguments));
    let json = answer::to_text(&answer);
    report.finish([&page::page(&answer, console.currency()), &json])?;
    let text = match arguments.answer.format {
        Format::Table => summary(&answer, &path, console),
        Format::Json => json,
    };
    let exit = match &results.optimized {
        Ok(optimized) => exit(optimized),
        Err(why) => {
            console.error(&format!("error: {why}"));
            Exit::Stopped
        }
    };
    console.deliver(&text, common.out(), exit)
}

/// Names of the files of a report; a report with the last one is complete.
pub(super) const FILES: [&str; 2] = ["report.md", "report.json"];

/// The files of a report while it is computed.
struct ReportFiles {
    files: [PendingFile; 2],
    /// Dropped after the files in it.
    folder: PendingFolder,
}

impl ReportFiles {
    /// Begins the files in their folder, which is made.
    fn begin(path: &Path) -> Result<Self, WriteError> {
        let folder = PendingFolder::create(path)?;
        let [page, data] = FILES.map(|name| PendingFile::create(&path.join(name)));
        Ok(Self { files: [page?, data?], folder })
    }

    /// Writes the files: all of them, or those of the last report stay.
    fn finish(self, texts: [&str; 2]) -> Result<(), WriteError> {
        let Self { mut files, folder: _folder } = self;
        for (file, text) in files.iter_mut().zip(texts) {
            let written = file.write_all(text.as_bytes());
            written.map_err(|error| WriteError::new(file.path(), &error))?;
        }
        take_names(files.into())
    }
}

/// The report's folder, `reports/PORTFOLIO`. A name that would lead elsewhere becomes `portfolio`.
pub(super) fn folder(arguments: &ReportArguments) -> PathBuf {
    let name = arguments.portfolio.file_stem().unwrap_or_default().to_string_lossy();
    let is_plain = !matches!(&*name, "" | "." | "..") && !name.contains(['/', '\\']);
    arguments.reports.join(if is_plain { &*name } else { "portfolio" })
}

/// The input files of the run.
fn provenance(arguments: &ReportArguments) -> RunProvenance {
    let given = |path: &Option<PathBuf>| path.as_ref().map(|p| p.display().to_string());
    RunProvenance {
        portfolio_file: arguments.portfolio.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        catalog: given(&arguments.common.catalog),
        jurisdictions: given(&arguments.common.jurisdictions),
    }
}

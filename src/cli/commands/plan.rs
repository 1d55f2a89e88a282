//! `plan P` and `report P`: all answers, put together in a folder.

use std::path::{Path, PathBuf};

use super::optimize::{exit, settings};
use crate::cli::answer::loaded;
use crate::cli::args::{Format, ReportArguments};
use crate::cli::clock;
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::progress::ProgressLine;
use crate::files::{make_folder, write_whole};
use crate::input::Loaded;
use crate::report::answer::results::{ResultsAnswer, RunProvenance};
use crate::report::{answer, grid, page, tables};
use crate::study::results::{StudyResults, StudySettings};
use crate::study::session::Session;

pub(super) fn plan(arguments: &ReportArguments, console: &Console) -> Result<Exit, Failure> {
    run(arguments, console, |results, place| {
        let mut text = grid::to_text(&tables::plan::story(results));
        text.push_str(&format!(
            "\nThe report is in {}: report.md to read, report.json for machines.\n",
            place.display()
        ));
        text
    })
}

pub(super) fn report(arguments: &ReportArguments, console: &Console) -> Result<Exit, Failure> {
    run(arguments, console, |_, place| {
        format!("{}\n{}\n", place.join("report.md").display(), place.join("report.json").display())
    })
}

/// Computes everything, writes the report, and tells what `story` makes of it.
fn run(
    arguments: &ReportArguments,
    console: &Console,
    story: impl FnOnce(&ResultsAnswer, &Path) -> String,
) -> Result<Exit, Failure> {
    let common = &arguments.common;
    let loaded = loaded(&arguments.portfolio, common, console)?;
    let place = folder(arguments, &loaded);
    // Before the long computation, so that a folder that cannot be made is told at once.
    make_folder(&place)?;
    let session = Session::new(&loaded.instance);
    let settings = StudySettings {
        optimize: settings(&arguments.aim, common),
        today: Some(arguments.today.today.unwrap_or_else(clock::today)),
        ..StudySettings::new(common.trials, common.seed)
    };
    let line = ProgressLine::new(console);
    let results = StudyResults::compute(&loaded, &session, settings, &|step| line.show(step))?;
    drop(line);
    let answer = ResultsAnswer::of(&results, &provenance(arguments));
    let json = answer::to_text(&answer);
    write_whole(&place.join("report.md"), &page::page(&answer))?;
    write_whole(&place.join("report.json"), &json)?;
    let text = match arguments.answer.format {
        Format::Table => story(&answer, &place),
        Format::Json => json,
    };
    let exit = match &results.optimized {
        Ok(optimized) => exit(optimized),
        Err(why) => {
            console.error(&format!("error: {why}"));
            Exit::Stopped
        }
    };
    console.deliver(&text, common.out.as_deref(), exit)
}

/// `reports/PORTFOLIO`; a name that would lead elsewhere is replaced.
fn folder(arguments: &ReportArguments, loaded: &Loaded) -> PathBuf {
    let name = loaded.instance.portfolio.name.as_str();
    let is_plain = !matches!(name, "" | "." | "..") && !name.contains(['/', '\\']);
    arguments.reports.join(if is_plain { name } else { "portfolio" })
}

/// Where the answers come from.
fn provenance(arguments: &ReportArguments) -> RunProvenance {
    let given = |path: &Option<PathBuf>| path.as_ref().map(|p| p.display().to_string());
    RunProvenance {
        portfolio_file: arguments.portfolio.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        catalog: given(&arguments.common.catalog),
        jurisdictions: given(&arguments.common.jurisdictions),
    }
}

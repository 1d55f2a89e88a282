//! The commands `plan` and `report`: the whole study, with a report in a folder.

use std::path::{Path, PathBuf};

use super::compare::{ComparedFound, since};
use super::files::of_report;
use super::optimize::{exit, settings};
use crate::cli::answer::loaded;
use crate::cli::args::{Common, Format, ReportArguments};
use crate::cli::clock;
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::memory::{announce, guard};
use crate::cli::messages::shown;
use crate::cli::progress::ProgressLine;
use crate::cli::version::COMMIT;
use crate::exchange::report_folder::{ReportFolder, RunFacts, file_names, newest_before, portfolio_folder};
use crate::input::diagnostic::render_all;
use crate::input::{InputFile, Loaded, has_history, history_with_file};
use crate::model::history::EventHistory;
use crate::planning::solver;
use crate::report::answer::results::{ResultsAnswer, RunProvenance};
use crate::report::faces::{FaceSettings, PDF, PRINT, rendered};
use crate::report::locale::{Locale, in_locale};
use crate::report::{answer, tables};
use crate::simulation::draws::Rates;
use crate::study::footprint::RunKind;
use crate::study::freshness::catalog_date;
use crate::study::results::{StudyResults, StudySettings};
use crate::study::session::Session;
use crate::study::simulate::SimulateSettings;
use crate::units::date::PartialDate;
use crate::units::quarter::Quarter;

pub(super) fn plan(arguments: &ReportArguments, console: &Console) -> Result<Exit, Failure> {
    run(arguments, console, |results, path, console| {
        let out = arguments.common.out();
        let mut text = console.tables(&tables::plan::story(results, console.screen(out)), out);
        let folder = shown(path);
        text.push_str(&format!(
            "\nThe report is in {folder}: report.html to read, board.html for the board, report.xlsx for spreadsheets,\nresults.json for machines.\n{}\n",
            for_print(path).unwrap_or_else(|| how_to_print(path))
        ));
        text
    })
}

pub(super) fn report(arguments: &ReportArguments, console: &Console) -> Result<Exit, Failure> {
    let line = |console: &Console, path: PathBuf| format!("{}\n", console.path(&path));
    run(arguments, console, |_, path, console| {
        if PDF.is_none() {
            console.notice(&how_to_print(path));
        }
        file_names().iter().map(|name| line(console, path.join(name))).collect()
    })
}

/// Where the PDF is, if the program writes one.
fn for_print(path: &Path) -> Option<String> {
    PDF.map(|file| format!("For print: {}", shown(&path.join(file))))
}

/// How to make a PDF of the report.
fn how_to_print(path: &Path) -> String {
    format!("For a PDF: typst compile --pdf-standard ua-1 '{}'", shown(&path.join(PRINT)))
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
    let period = period(arguments, &loaded)?;
    let path = folder(arguments, period);
    // Before the long computation, so that a folder that cannot be written to is reported at once.
    of_report(arguments, &path).guard()?;
    let report = ReportFolder::begin(&path)?;
    guard(RunKind::Plan, &loaded.instance, arguments.trials.trials, arguments.resources)?;
    announce(RunKind::Plan, &loaded.instance, arguments.trials.trials, console);
    let past = past_events(common, &loaded, console);
    let session = Session::new(&loaded.instance);
    let settings = StudySettings {
        optimize: settings(&arguments.aim, arguments.trials),
        today: Some(arguments.today.today.unwrap_or_else(clock::today)),
        frontier: arguments.frontier,
        ..StudySettings::new(arguments.trials.trials, arguments.trials.seed)
    };
    let earlier = earlier(arguments, &path, period);
    let line = ProgressLine::new(console);
    let history = past.as_ref().map(|(history, _)| history);
    let results = StudyResults::compute(&loaded, &session, history, settings, &|step| line.show(step))?;
    drop(line);
    let provenance = provenance(arguments, period);
    let since =
        earlier.and_then(|earlier| changed_since(earlier, arguments, (&loaded, period), console).transpose());
    let since = since.transpose()?;
    let told = || {
        let compare = since.as_ref().map(ComparedFound::answer);
        ResultsAnswer { compare, ..ResultsAnswer::of(&results, &provenance) }
    };
    // For machines, whatever the language of those who read; words in it have figures as well.
    let answer = in_locale(Locale::English, told);
    let face_settings = FaceSettings { currency: console.currency(), locale: console.locale() };
    let faces = rendered(&told(), &face_settings)?;
    let read = past.iter().map(|(_, file)| file.clone());
    let inputs: Vec<InputFile> = loaded.inputs().into_iter().chain(read).collect();
    report.finish(&answer, &faces, &inputs, &facts())?;
    let text = match arguments.answer.format {
        Format::Table => summary(&answer, &path, console),
        Format::Json => answer::to_text(&answer),
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

/// What to compare with: what was asked for, else the newest earlier quarter beside the folder of the report.
fn earlier(arguments: &ReportArguments, path: &Path, period: Quarter) -> Option<(PathBuf, String)> {
    if let Some(asked) = &arguments.head.against {
        return Some((asked.clone(), shown(asked)));
    }
    let newest = newest_before(path, period)?;
    Some((path.with_file_name(newest.to_string()), newest.to_string()))
}

/// What has changed since an earlier report. One that was asked for has to be readable; of one that was found it is told that
/// it is not, and that the report goes without.
fn changed_since(
    (earlier, name): (PathBuf, String),
    arguments: &ReportArguments,
    (loaded, period): (&Loaded, Quarter),
    console: &Console,
) -> Result<Option<ComparedFound>, Failure> {
    let trials = arguments.trials;
    let settings = SimulateSettings { n_trials: trials.trials, seed: trials.seed, rates: Rates::Drawn };
    let (names, now) = ([name.as_str(), &period.to_string()], (loaded, settings));
    match since(&earlier, names, now, (&arguments.common, arguments.resources), console) {
        Ok(found) => Ok(Some(found)),
        Err(failure) if arguments.head.against.is_some() => Err(failure),
        Err(failure) => {
            let folder = shown(&earlier);
            console.notice(&format!(
                "{failure}\nThe report is not compared with {folder}, which cannot be read."
            ));
            Ok(None)
        }
    }
}

/// The report's folder, `reports/PORTFOLIO/QUARTER`.
fn folder(arguments: &ReportArguments, period: Quarter) -> PathBuf {
    portfolio_folder(&arguments.reports, &arguments.portfolio).join(period.to_string())
}

/// The quarter of the report. The clock has no say, so that the same command writes to the same folder.
fn period(arguments: &ReportArguments, loaded: &Loaded) -> Result<Quarter, Failure> {
    let known = || catalog_date(&loaded.catalog).map(PartialDate::first_day);
    let of_day = || arguments.today.today.or_else(known).map(Quarter::of);
    let period = arguments.head.period.or_else(of_day);
    period.ok_or_else(|| {
        Failure::Usage("the catalog has no date: name the quarter of the report with --period".to_owned())
    })
}

/// The past events of the catalog and their file. What is wrong with them is told, and does not stop a plan.
fn past_events(common: &Common, loaded: &Loaded, console: &Console) -> Option<(EventHistory, InputFile)> {
    let dir = common.catalog.as_deref();
    if !has_history(dir) {
        return None;
    }
    match history_with_file(dir, &loaded.jurisdictions, &loaded.catalog) {
        Ok((history, warnings, file)) => {
            console.notice(&render_all(&warnings));
            Some((history, file))
        }
        Err(error) => {
            console.notice(&format!("{error}\nPast events are left out of the report."));
            None
        }
    }
}

/// The input files of the run, and whose report it is.
fn provenance(arguments: &ReportArguments, period: Quarter) -> RunProvenance {
    let given = |path: &Option<PathBuf>| path.as_ref().map(|p| p.display().to_string());
    RunProvenance {
        period: period.to_string(),
        prepared_by: arguments.head.prepared_by.clone(),
        owner: arguments.head.owner.clone(),
        portfolio_file: arguments.portfolio.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        catalog: given(&arguments.common.catalog),
        jurisdictions: given(&arguments.common.jurisdictions),
    }
}

/// What the manifest says of the program and of this run.
fn facts() -> RunFacts {
    RunFacts { commit: COMMIT.map(str::to_owned), solver: solver::name().to_owned(), written: clock::now() }
}

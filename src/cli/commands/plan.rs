//! `plan P` and `report P`: all answers, put together in a folder.

use crate::exposure::profile::concentration;
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::optimize::{exit, optimized, settings};
use super::stress::STANDARD_SCENARIO;
use crate::cli::answer::loaded;
use crate::cli::args::{Format, ReportArguments};
use crate::cli::clock;
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::simulated::simulated;
use crate::files::{make_folder, write_whole};
use crate::input::Loaded;
use crate::model::shock::Scenario;
use crate::report::answer::results::ResultsAnswer;
use crate::report::{answer, grid, page, tables};
use crate::simulation::draws::Rates;
use crate::study::results::{PlanResults, RunProvenance, StudyResults, recommended};
use crate::study::session::Session;
use crate::study::simulate::SimulateSettings;

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
    let results = results(arguments, &loaded, &session, console)?;
    let answer = ResultsAnswer::of(&results);
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

fn results<'a>(
    arguments: &ReportArguments,
    loaded: &'a Loaded,
    session: &'a Session<'a>,
    console: &Console,
) -> Result<StudyResults<'a>, Failure> {
    let common = &arguments.common;
    let today = arguments.today.today.unwrap_or_else(clock::today);
    let aim = settings(&arguments.aim, common);
    let trials = SimulateSettings { n_trials: common.trials, seed: common.seed, rates: Rates::Drawn };
    let stage = console.stage();
    stage.set_message("exposure and scenarios");
    stage.tick();
    let exposure = session.exposure(&session.current);
    let scenarios = scenarios(session);
    let play = |plan| scenarios.iter().map(|s| session.stress(s, plan)).collect::<Result<Vec<_>, _>>();
    let stress = play(&session.current)?;
    stage.finish_and_clear();
    let simulation = simulated(session, &session.current, trials, console)?;
    let checked = session.check(&session.current, Some(&simulation), Some(today));
    let optimized = optimized(session, aim, console).map_err(|error| error.to_string());
    let outlook = match optimized.as_ref().ok().and_then(recommended) {
        None => None,
        Some(plan) => {
            let simulation = simulated(session, &plan.plan, trials, console)?;
            let (dimensions, diversity) = concentration(&session.setting, &plan.plan);
            Some(PlanResults {
                checked: session.check(&plan.plan, Some(&simulation), Some(today)),
                dimensions,
                diversity,
                stress: play(&plan.plan)?,
                simulated: simulation,
            })
        }
    };
    Ok(StudyResults {
        loaded,
        session,
        origin: origin(arguments, today),
        optimize_settings: aim,
        checked,
        exposure,
        stress,
        simulated: simulation,
        optimized,
        outlook,
    })
}

/// Every scenario of the catalog, the standard one first.
fn scenarios<'a>(session: &Session<'a>) -> Vec<&'a Scenario> {
    let mut scenarios: Vec<&Scenario> = session.instance.scenarios.iter().collect();
    scenarios.sort_by_key(|s| s.id != STANDARD_SCENARIO);
    scenarios
}

fn origin(arguments: &ReportArguments, today: Date) -> RunProvenance {
    let given = |path: &Option<PathBuf>| path.as_ref().map(|p| p.display().to_string());
    RunProvenance {
        portfolio_file: arguments.portfolio.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        catalog: given(&arguments.common.catalog),
        jurisdictions: given(&arguments.common.jurisdictions),
        today,
    }
}

//! Steps shared by the commands that simulate: progress bar, tables of trials, answer.

use std::path::Path;

use super::answer::in_format;
use super::args::TabularFormat;
use super::console::{Console, Rendered};
use super::failure::Failure;
use super::messages::shown;
use crate::exchange::table_path::TablePath;
use crate::exchange::writer::TrialsWriter;
use crate::model::instance::Instance;
use crate::model::plan::Plan;
use crate::report::answer::simulate::SimulateAnswer;
use crate::report::answer::simulate::rows::rows;
use crate::report::csv::Sheet;
use crate::report::tables;
use crate::study::session::Session;
use crate::study::simulate::{SimulateSettings, Simulated};

/// Finishes the tables of trials.
pub(super) fn finish_tables(
    writer: TrialsWriter<'_>,
    path: &TablePath,
    simulated: &Simulated,
    console: &Console,
) -> Result<(), Failure> {
    writer.finish(simulated)?;
    console.notice(&format!("wrote {}", path.files().map(|file| shown(&file)).join(", ")));
    Ok(())
}

/// The answer in the requested format.
pub(super) fn rendered(
    format: TabularFormat,
    instance: &Instance,
    simulated: &Simulated,
    console: &Console,
    out: Option<&Path>,
) -> Rendered {
    let answer = SimulateAnswer::of(instance, simulated);
    in_format(
        format,
        &answer,
        || console.tables(&tables::simulate::simulate(&answer), out),
        || Sheet::of(&rows(&answer)),
    )
}

/// Simulates a plan under a progress bar.
pub(super) fn simulated(
    session: &Session<'_>,
    plan: &Plan,
    settings: SimulateSettings,
    console: &Console,
) -> Result<Simulated, Failure> {
    let bar = console.bar(settings.n_trials, "simulating");
    let simulated = session.simulate(plan, settings, &|n| bar.inc(n))?;
    bar.finish_and_clear();
    Ok(simulated)
}

//! What each command does: load, compute, write.

mod check;
mod exposure;
mod init;
mod merge;
mod optimize;
mod plan;
mod shocks;
mod simulate;
mod stress;

use std::path::Path;

use serde_json::Value;

use super::args::{Answer, Command, Common, Format};
use super::console::Console;
use super::exit::Exit;
use crate::files::WriteError;
use crate::input::diagnostic::render_all;
use crate::input::{InputError, Loaded, Sources, load};
use crate::measures::MeasureError;
use crate::report::grid::{Grid, to_text};
use crate::report::json;
use crate::stress::scenario::ScenarioError;
use crate::study::session::OptimizeError;

/// Why a command gave no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error("{0}")]
    Input(#[from] InputError),
    #[error("error: {0}")]
    Write(#[from] WriteError),
    #[error("error: the answer cannot be written to stdout: {0}")]
    Stdout(String),
    #[error("error: {0}")]
    Usage(String),
    #[error("error: {0}")]
    Scenario(#[from] ScenarioError),
    #[error("error: {0}")]
    Measure(#[from] MeasureError),
    #[error("error: {0}")]
    Optimize(#[from] OptimizeError),
    #[error("error: {0}")]
    Stopped(String),
}

impl Failure {
    /// What the shell hears.
    pub(super) fn exit(&self) -> Exit {
        match self {
            Self::Input(InputError::Unreadable(_)) | Self::Write(_) | Self::Stdout(_) => Exit::File,
            Self::Input(InputError::Invalid(_)) | Self::Scenario(_) => Exit::InvalidInput,
            Self::Usage(_) => Exit::Usage,
            // At least one trial is asked for, so none means that the run was stopped; else a loss is not finite.
            Self::Measure(MeasureError::NoTrials) => Exit::Stopped,
            Self::Measure(_) => Exit::InvalidInput,
            Self::Optimize(_) | Self::Stopped(_) => Exit::Stopped,
        }
    }
}

/// Runs a command.
pub(super) fn run(command: &Command, console: &Console) -> Result<Exit, Failure> {
    match command {
        Command::Plan(arguments) => plan::plan(arguments, console),
        Command::Report(arguments) => plan::report(arguments, console),
        Command::Check(arguments) => check::check(arguments, console),
        Command::Exposure(arguments) => exposure::exposure(arguments, console),
        Command::Stress(arguments) => stress::stress(arguments, console),
        Command::Simulate(arguments) => simulate::simulate(arguments, console),
        Command::Merge(arguments) => merge::merge(arguments, console),
        Command::Optimize(arguments) => optimize::optimize(arguments, console),
        Command::Init(arguments) => init::init(arguments, console),
        Command::Shocks(question) => shocks::shocks(question, console),
    }
}

/// Reads a portfolio with its catalog and jurisdictions; warnings go to stderr.
fn loaded(portfolio: &Path, common: &Common, console: &Console) -> Result<Loaded, Failure> {
    let loaded = load(Sources {
        portfolio,
        catalog: common.catalog.as_deref(),
        jurisdictions: common.jurisdictions.as_deref(),
    })?;
    guard_input(portfolio, common)?;
    console.notice(&render_all(&loaded.warnings));
    Ok(loaded)
}

/// Refuses to write the answer over the portfolio it is about.
fn guard_input(portfolio: &Path, common: &Common) -> Result<(), Failure> {
    match &common.out {
        Some(out) => guard_output("--out", out, portfolio, "the portfolio"),
        None => Ok(()),
    }
}

/// Refuses to write by a flag over a file of the same run.
fn guard_output(flag: &str, file: &Path, other: &Path, what: &str) -> Result<(), Failure> {
    if !is_same_file(file, other) {
        return Ok(());
    }
    let file = file.display();
    Err(Failure::Usage(format!("{flag} names {what} '{file}' itself, which would be overwritten")))
}

/// Whether two paths lead to one file, be it there already or still to be made.
fn is_same_file(a: &Path, b: &Path) -> bool {
    let whole = |path: &Path| {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        path.canonicalize().ok().or_else(|| Some(folder.canonicalize().ok()?.join(path.file_name()?)))
    };
    whole(a).is_some_and(|a| whole(b) == Some(a))
}

/// An answer in the format that was asked for.
fn written(answer: &Answer, tables: impl FnOnce() -> Vec<Grid>, value: impl FnOnce() -> Value) -> String {
    match answer.format {
        Format::Table => to_text(&tables()),
        Format::Json => json::to_text(&value()),
    }
}

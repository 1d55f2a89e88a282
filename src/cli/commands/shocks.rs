//! The commands `shocks list` and `shocks show`.

use std::path::Path;

use crate::cli::answer::{loaded, written};
use crate::cli::args::{Common, ShocksListArguments, ShocksQuestion, ShocksShowArguments, TabularFormat};
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::ids::nearest;
use crate::input::diagnostic::render_all;
use crate::input::load_library;
use crate::model::instance::Instance;
use crate::model::jurisdictions::Jurisdictions;
use crate::report::answer::shock::ShockAnswer;
use crate::report::answer::shocks::ShocksAnswer;
use crate::report::csv::Sheet;
use crate::report::{answer, grid, tables};
use crate::study::shocks::{ShockFigures, ShockView, library};

pub(super) fn shocks(question: &ShocksQuestion, console: &Console) -> Result<Exit, Failure> {
    match question {
        ShocksQuestion::List(arguments) => list(arguments, console),
        ShocksQuestion::Show(arguments) => show(arguments, console),
    }
}

fn list(arguments: &ShocksListArguments, console: &Console) -> Result<Exit, Failure> {
    let common = &arguments.common;
    let (instance, _) = loaded_or_library(arguments.portfolio.as_deref(), common, console)?;
    let all = library(&instance);
    let shown = filtered(&all, arguments)?;
    let answer = ShocksAnswer::of(&shown);
    let text = match arguments.format {
        TabularFormat::Table => grid::to_text(&tables::shocks::list(&answer, all.len())),
        TabularFormat::Json => answer::to_text(&answer),
        TabularFormat::Csv => Sheet::of(&answer.shocks).to_text(),
    };
    console.deliver(&text, common.out.as_deref(), Exit::Done)
}

fn show(arguments: &ShocksShowArguments, console: &Console) -> Result<Exit, Failure> {
    let common = &arguments.common;
    let (instance, jurisdictions) = loaded_or_library(arguments.portfolio.as_deref(), common, console)?;
    let known = instance.shocks.iter().map(|s| s.id.as_str());
    let shock = instance.shocks.iter().find(|s| s.id == arguments.id);
    let shock = shock.ok_or_else(|| unknown("shock", &arguments.id, known))?;
    let view = ShockView::new(&instance, shock);
    let answer = ShockAnswer::of(&instance, &jurisdictions, &view);
    let text = written(&arguments.answer, || tables::shocks::show(&instance, &view, &answer), || &answer);
    console.deliver(&text, common.out.as_deref(), Exit::Done)
}

/// Loads the portfolio, or the library alone if there is none; warnings go to stderr.
fn loaded_or_library(
    portfolio: Option<&Path>,
    common: &Common,
    console: &Console,
) -> Result<(Instance, Jurisdictions), Failure> {
    if let Some(portfolio) = portfolio {
        let loaded = loaded(portfolio, common, console)?;
        return Ok((loaded.instance, loaded.jurisdictions));
    }
    let library = load_library(common.catalog.as_deref(), common.jurisdictions.as_deref())?;
    console.notice(&render_all(&library.warnings));
    let instance = library
        .instance()
        .ok_or_else(|| Failure::Usage("the jurisdictions file lists no jurisdictions".to_owned()))?;
    Ok((instance, library.jurisdictions))
}

/// The shocks that pass `--kind` and `--by`. A filter that names no known kind or jurisdiction is refused.
fn filtered<'a>(
    all: &[ShockFigures<'a>],
    arguments: &ShocksListArguments,
) -> Result<Vec<ShockFigures<'a>>, Failure> {
    if let Some(kind) = arguments.kind.as_ref().filter(|kind| !all.iter().any(|f| f.kind == **kind)) {
        return Err(unknown("kind of shock", kind, all.iter().map(|f| f.kind)));
    }
    let actor = |f: &ShockFigures<'_>, by: &str| f.acting_jurisdiction == by;
    if let Some(by) = arguments.by.as_ref().filter(|by| !all.iter().any(|f| actor(f, by))) {
        return Err(unknown("acting jurisdiction", by, all.iter().map(|f| f.acting_jurisdiction.as_str())));
    }
    let is_asked = |f: &&ShockFigures<'_>| {
        arguments.kind.as_ref().is_none_or(|kind| f.kind == *kind)
            && arguments.by.as_ref().is_none_or(|by| actor(f, by))
    };
    Ok(all.iter().filter(is_asked).cloned().collect())
}

fn unknown<'k>(what: &str, id: &str, known: impl Iterator<Item = &'k str>) -> Failure {
    let help = match nearest(id, known) {
        Some(near) => format!("did you mean '{near}'?"),
        None => "`multipolar shocks list` lists all shocks".to_owned(),
    };
    Failure::Usage(format!("the library has no {what} '{id}'\n  = help: {help}"))
}

//! The commands `shocks list`, `shocks show` and `shocks calibrate`.

use std::path::Path;

use jiff::civil::Date;

use super::replay;
use crate::cli::answer::{Choice, in_format, loaded_or_library, written};
use crate::cli::args::{
    CalibrateRows, ListArguments, ShocksCalibrateArguments, ShocksListArguments, ShocksQuestion,
    ShocksShowArguments, TabularFormat,
};
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::memory::guard;
use crate::cli::messages::escaped;
use crate::ids::nearest;
use crate::input::{event_table, read_price_history};
use crate::model::history::HistoricalEvent;
use crate::model::instance::Instance;
use crate::report::answer::calibrate::{CalibrateAnswer, CalibratedLossAnswer, CalibratedPricesAnswer};
use crate::report::answer::shock::ShockAnswer;
use crate::report::answer::shocks::ShocksAnswer;
use crate::report::csv::Sheet;
use crate::report::tables;
use crate::simulation::draws::Rates;
use crate::study::calibrate::{calibrate as calibrated, price_moves, with_counted_rates};
use crate::study::footprint::RunKind;
use crate::study::session::Session;
use crate::study::shocks::{ShockFigures, ShockView, library};
use crate::study::simulate::{SimulateSettings, Simulated};

pub(super) fn shocks(question: &ShocksQuestion, console: &Console) -> Result<Exit, Failure> {
    match question {
        ShocksQuestion::List(arguments) => list(arguments, console),
        ShocksQuestion::Show(arguments) => show(arguments, console),
        ShocksQuestion::Calibrate(arguments) => calibrate(arguments, console),
    }
}

fn list(arguments: &ShocksListArguments, console: &Console) -> Result<Exit, Failure> {
    let common = &arguments.common;
    let instance = loaded_or_library(arguments.portfolio.as_deref(), common, console)?.instance;
    let all = library(&instance);
    deliver(&filtered(&all, arguments)?, all.len(), (arguments.format, common.out()), console)
}

/// The whole library, as `list shocks` shows it.
pub(super) fn listed(
    instance: &Instance,
    arguments: &ListArguments,
    console: &Console,
) -> Result<Exit, Failure> {
    let all = library(instance);
    deliver(&all, all.len(), (arguments.format, arguments.common.out()), console)
}

/// Writes the shocks that are shown, of `n_known`.
fn deliver(
    shown: &[ShockFigures<'_>],
    n_known: usize,
    (format, out): (TabularFormat, Option<&Path>),
    console: &Console,
) -> Result<Exit, Failure> {
    let answer = ShocksAnswer::of(shown);
    let rendered = in_format(
        format,
        &answer,
        || console.tables(&tables::shocks::list(&answer, n_known), out),
        || Sheet::of(&answer.shocks),
    );
    console.deliver_rendered(&rendered, out, Exit::Done)
}

fn show(arguments: &ShocksShowArguments, console: &Console) -> Result<Exit, Failure> {
    let common = &arguments.common;
    let Choice { instance, jurisdictions, .. } =
        loaded_or_library(arguments.portfolio.as_deref(), common, console)?;
    let known = instance.shocks.iter().map(|s| s.id.as_str());
    let shock = instance.shocks.iter().find(|s| s.id == arguments.id);
    let shock = shock.ok_or_else(|| unknown("shock", &arguments.id, known))?;
    let view = ShockView::new(&instance, shock);
    let answer = ShockAnswer::of(&instance, &jurisdictions, &view);
    let text = written(
        arguments.answer.format,
        console,
        common.out(),
        || tables::shocks::show(&instance, &view, &answer),
        || &answer,
    );
    console.deliver(&text, common.out(), Exit::Done)
}

fn calibrate(arguments: &ShocksCalibrateArguments, console: &Console) -> Result<Exit, Failure> {
    let common = &arguments.common;
    if arguments.table.is_some() && arguments.format != TabularFormat::Csv {
        return Err(Failure::Usage("--table needs --format csv: add it, or leave --table out".to_owned()));
    }
    let missing = match arguments.table {
        Some(CalibrateRows::Prices) if arguments.prices.is_none() => Some("--prices FILE.json"),
        Some(CalibrateRows::Kinds | CalibrateRows::Shocks) if arguments.portfolio.is_none() => {
            Some("a portfolio")
        }
        _ => None,
    };
    if let Some(missing) = missing {
        return Err(Failure::Usage(format!("this --table needs {missing}")));
    }
    let Choice { instance, jurisdictions, catalog } =
        loaded_or_library(arguments.portfolio.as_deref(), common, console)?;
    let history = replay::read(common, &jurisdictions, &catalog, console)?;
    let table = arguments.events.as_deref().map(event_table).transpose()?;
    let events = table.as_deref().unwrap_or(&history.events);
    let (from, to) = match &table {
        // Only who wrote the table knows when it was looked for events.
        Some(events) => {
            let (first, end) = extent(events).unwrap_or((history.from, history.to));
            let asked = arguments.window;
            let (first, end) = (asked.from.unwrap_or(first), asked.to.unwrap_or(end));
            replay::within(asked, first, end)?
        }
        None => replay::within(arguments.window, history.from, history.to)?,
    };
    let counted = calibrated(&instance, &history, events, from, to);
    let prices = arguments.prices.as_deref().map(read_price_history).transpose()?;
    let prices = prices.map(|prices| price_moves(&instance, &prices));
    let mut answer = CalibrateAnswer::of(&counted);
    answer.prices = prices.as_ref().map(CalibratedPricesAnswer::of);
    if arguments.portfolio.is_some() {
        guard(RunKind::Simulate, &instance, arguments.trials.trials, arguments.resources)?;
        let moved = with_counted_rates(&instance, &history, &counted.rates, prices.as_ref());
        let runs = [&instance, &moved.instance].map(|instance| simulated(instance, arguments, console));
        let [before, after] = runs;
        let loss = CalibratedLossAnswer::of(&instance, &moved, [&before?, &after?]);
        answer.portfolio = Some(loss.map_err(Failure::Measure)?);
    }
    let console = &console.about(&instance);
    let rendered = in_format(
        arguments.format,
        &answer,
        || console.tables(&tables::calibrate::calibrate(&answer), common.out()),
        || match arguments.table.unwrap_or(CalibrateRows::Rates) {
            CalibrateRows::Rates => Sheet::of(&answer.rate_rows()),
            CalibrateRows::Durations => Sheet::of(&answer.durations),
            CalibrateRows::Prices => Sheet::of(answer.prices.as_ref().map_or(&[][..], |p| &p.sellers)),
            CalibrateRows::Kinds => Sheet::of(answer.portfolio.as_ref().map_or(&[][..], |p| &p.by_kind)),
            CalibrateRows::Shocks => Sheet::of(answer.portfolio.as_ref().map_or(&[][..], |p| &p.moved)),
        },
    );
    console.deliver_rendered(&rendered, common.out(), Exit::Done)
}

/// Losses of today's allocation under the rates of an instance.
fn simulated(
    instance: &Instance,
    arguments: &ShocksCalibrateArguments,
    console: &Console,
) -> Result<Simulated, Failure> {
    let session = Session::new(instance);
    let settings = SimulateSettings {
        n_trials: arguments.trials.trials,
        seed: arguments.trials.seed,
        rates: Rates::Drawn,
    };
    let bar = console.bar(settings.n_trials, "simulating");
    let simulated = session.simulate(&session.current, settings, &|n| bar.inc(n));
    bar.finish_and_clear();
    simulated.map_err(Failure::Measure)
}

/// The days of a table of events: from the first of January before its first to the day after its last.
fn extent(events: &[HistoricalEvent]) -> Option<(Date, Date)> {
    let days = || events.iter().map(|event| event.date);
    Some((days().min()?.first_of_year(), days().max()?.tomorrow().ok()?))
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
    Failure::Usage(format!("the library has no {what} '{}'\n  = help: {help}", escaped(id)))
}

//! The command `replay`.

use jiff::civil::Date;

use super::chart;
use crate::cli::answer::{in_format, loaded};
use crate::cli::args::{Common, HistoryWindow, ReplayArguments, ReplayRows, TabularFormat};
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::memory::guard;
use crate::cli::progress::ProgressLine;
use crate::input::diagnostic::render_all;
use crate::input::history;
use crate::model::catalog::Catalog;
use crate::model::history::EventHistory;
use crate::model::jurisdictions::Jurisdictions;
use crate::report::answer::replay::ReplayAnswer;
use crate::report::csv::Sheet;
use crate::report::{drawing, tables};
use crate::study::footprint::RunKind;
use crate::study::replay::{ReplayRequest, replay as replayed};
use crate::study::session::Session;

pub(super) fn replay(arguments: &ReplayArguments, console: &Console) -> Result<Exit, Failure> {
    let common = &arguments.common;
    let rows = rows(arguments)?;
    chart::refuse_other_formats(arguments.chart.as_deref())?;
    let base = loaded(&arguments.portfolio, common, console)?;
    let console = &console.about(&base.instance);
    let plan = arguments.plan.as_ref().map(|plan| loaded(plan, common, console)).transpose()?;
    let history = read(common, &base.jurisdictions, &base.catalog, console)?;
    let (from, to) = within(arguments.window, history.from, history.end())?;
    guard(RunKind::Stress, &base.instance, 0, arguments.resources)?;
    let session = Session::new(&base.instance);
    let other = plan.as_ref().map(|plan| Session::new(&plan.instance));
    let request = ReplayRequest { from, to, together: arguments.together };
    let line = ProgressLine::new(console);
    let played = replayed(&session, other.as_ref(), &history, request, &|step| line.show(step))?;
    drop(line);
    let name = |session: &Session<'_>| session.instance.portfolio.name.clone();
    let plan_name = other.as_ref().map(name);
    let answer = ReplayAnswer::of(session.instance, plan_name.as_deref(), &played, arguments.together);
    chart::write(arguments.chart.as_deref(), console, || drawing::replay::by_year(&answer))?;
    let rendered = in_format(
        arguments.format,
        &answer,
        || console.tables(&tables::replay::replay(&answer), common.out()),
        || match rows {
            ReplayRows::Events => Sheet::of(&answer.events),
            ReplayRows::Together => Sheet::of(answer.together.as_deref().unwrap_or_default()),
        },
    );
    console.deliver_rendered(&rendered, common.out(), Exit::Done)
}

/// The history of the catalog; warnings go to stderr.
pub(super) fn read(
    common: &Common,
    jurisdictions: &Jurisdictions,
    catalog: &Catalog,
    console: &Console,
) -> Result<EventHistory, Failure> {
    let (history, warnings) = history(common.catalog.as_deref(), jurisdictions, catalog)?;
    console.notice(&render_all(&warnings));
    Ok(history)
}

/// The part of the window asked for in which there is a history, from `first` to the day before `end`.
pub(super) fn within(asked: HistoryWindow, first: Date, end: Date) -> Result<(Date, Date), Failure> {
    let from = asked.from.unwrap_or(first).max(first);
    let to = asked.to.unwrap_or(end).min(end);
    if from < to {
        return Ok((from, to));
    }
    Err(Failure::Usage(match (asked.from, asked.to) {
        (Some(from), Some(to)) if from >= to => {
            format!("the window is empty: --from {from} is not before --to {to}")
        }
        _ => format!("there is no history in this window: it goes from {first} to {end}"),
    }))
}

/// The list to write as rows.
fn rows(arguments: &ReplayArguments) -> Result<ReplayRows, Failure> {
    if arguments.table.is_some() && arguments.format != TabularFormat::Csv {
        return Err(Failure::Usage("--table needs --format csv: add it, or leave --table out".to_owned()));
    }
    let rows = arguments.table.unwrap_or(ReplayRows::Events);
    if rows == ReplayRows::Together && !arguments.together {
        return Err(Failure::Usage("--table together needs --together: add it".to_owned()));
    }
    Ok(rows)
}

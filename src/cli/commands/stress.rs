//! The command `stress`.

use crate::cli::answer::{in_format, loaded};
use crate::cli::args::{StressArguments, StressRows, TabularFormat};
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::memory::guard;
use crate::cli::messages::escaped;
use crate::cli::progress::ProgressLine;
use crate::ids::nearest;
use crate::model::Provenance;
use crate::model::instance::Instance;
use crate::model::shock::{DurationLaw, Scenario, ScenarioEvent, ShockRef};
use crate::report::answer::list::ListAnswer;
use crate::report::answer::list::catalog::ListedScenario;
use crate::report::answer::stress::StressAnswer;
use crate::report::answer::stress::rows::{StressList, sheet};
use crate::report::csv::Sheet;
use crate::report::{grid, tables};
use crate::stress::outcome::StressOutcome;
use crate::study::footprint::RunKind;
use crate::study::progress::Progress;
use crate::study::session::Session;

pub(super) fn stress(arguments: &StressArguments, console: &Console) -> Result<Exit, Failure> {
    let common = &arguments.common;
    let rows = rows(arguments)?;
    let loaded = loaded(&arguments.portfolio, common, console)?;
    let console = &console.about(&loaded.instance);
    if arguments.scenario.is_empty() && arguments.shock.is_none() && !arguments.all {
        return listed(&loaded.instance, arguments, console);
    }
    guard(RunKind::Stress, &loaded.instance, 0, arguments.resources)?;
    let session = Session::new(&loaded.instance);
    let scenarios = scenarios(session.instance, arguments)?;
    let line = ProgressLine::new(console);
    let of = scenarios.len();
    let played = scenarios.iter().enumerate().map(|(at, scenario)| {
        line.show(Progress::Scenario { scenario: at + 1, of });
        session.stress(scenario, &session.current)
    });
    let mut outcomes = played.collect::<Result<Vec<_>, _>>()?;
    drop(line);
    if arguments.all {
        // The sort is stable: scenarios with equal losses stay in the order of their ids.
        outcomes.sort_by(|a: &StressOutcome, b| b.loss.total_usd().total_cmp(&a.loss.total_usd()));
    }
    let answer = StressAnswer::of(session.instance, &outcomes);
    let rendered = in_format(
        arguments.format,
        &answer,
        || {
            let screen = console.screen(common.out());
            grid::to_text(&tables::stress::stress(&answer, arguments.details, screen), screen)
        },
        || sheet(&answer, rows),
    );
    console.deliver_rendered(&rendered, common.out(), Exit::Done)
}

/// Lists the scenarios that could be played.
fn listed(instance: &Instance, arguments: &StressArguments, console: &Console) -> Result<Exit, Failure> {
    if arguments.details || arguments.table.is_some() {
        let text = "--details and --table are about scenarios that are played: add --scenario ID, --all or --shock ID";
        return Err(Failure::Usage(text.to_owned()));
    }
    let shown = instance.scenarios.iter().map(ListedScenario::of).collect();
    let answer = ListAnswer::of(Some(&instance.portfolio.name), shown);
    let out = arguments.common.out();
    let rendered = in_format(
        arguments.format,
        &answer,
        || console.tables(&[tables::list::scenarios(&answer)], out),
        || Sheet::of(&answer.entries),
    );
    console.deliver_rendered(&rendered, out, Exit::Done)
}

/// The list to write as rows.
fn rows(arguments: &StressArguments) -> Result<StressList, Failure> {
    if arguments.table.is_some() && arguments.format != TabularFormat::Csv {
        return Err(Failure::Usage("--table needs --format csv: add it, or leave --table out".to_owned()));
    }
    Ok(match arguments.table.unwrap_or(StressRows::Summary) {
        StressRows::Summary => StressList::Summary,
        StressRows::Timeline => StressList::Timeline,
        StressRows::Causes => StressList::Causes,
        StressRows::BrokenLimits => StressList::BrokenLimits,
        StressRows::Takeovers => StressList::Takeovers,
    })
}

/// The requested scenarios, in the order of the command line.
fn scenarios(instance: &Instance, arguments: &StressArguments) -> Result<Vec<Scenario>, Failure> {
    if let Some(shock) = &arguments.shock {
        let (at, duration) = (arguments.at.unwrap_or(0.0), arguments.duration);
        return Ok(vec![shock_of(instance, shock, (at, duration))?]);
    }
    if arguments.all {
        return Ok(instance.scenarios.clone());
    }
    let known: Vec<&str> = instance.scenarios.iter().map(|s| s.id.as_str()).collect();
    let find = |id: &String| {
        let found = instance.scenarios.iter().find(|s| s.id == *id);
        found.cloned().ok_or_else(|| unknown("scenario", id, &known))
    };
    arguments.scenario.iter().map(find).collect()
}

/// A scenario that consists of one shock of the library, from day `at` for `duration` days or its median.
pub(super) fn shock_of(
    instance: &Instance,
    id: &str,
    (at_days, duration): (f64, Option<f64>),
) -> Result<Scenario, Failure> {
    let known: Vec<&str> = instance.shocks.iter().map(|s| s.id.as_str()).collect();
    let shock = instance.shocks.iter().find(|s| s.id == id).ok_or_else(|| unknown("shock", id, &known))?;
    if shock.in_force {
        return Err(Failure::Usage(format!(
            "the shock '{}' is in force today: it already counts as law and cannot occur again",
            escaped(id)
        )));
    }
    Ok(Scenario {
        id: shock.id.clone(),
        name: shock.name.clone().unwrap_or_else(|| shock.id.clone()),
        horizon_days: None,
        events: vec![ScenarioEvent {
            shock: ShockRef::Id(shock.id.clone()),
            at_days,
            duration: duration.map(|days| DurationLaw::Fixed { days }),
            collateral: None,
            withdraw: None,
            triggers: None,
        }],
        provenance: Provenance::default(),
    })
}

pub(super) fn unknown(what: &str, id: &str, known: &[&str]) -> Failure {
    let help = match nearest(id, known.iter().copied()) {
        Some(near) => format!("did you mean '{near}'?"),
        None if known.is_empty() => format!("the catalog has no {what}s"),
        None => format!("choose one of {}", known.join(", ")),
    };
    Failure::Usage(format!("there is no {what} '{}'\n  = help: {help}", escaped(id)))
}

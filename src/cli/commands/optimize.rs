//! `optimize P`.

use super::{Failure, loaded, written};
use crate::cli::args::{Aim, Common, OptimizeArguments};
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::planning::outcome::{Optimized, Status};
use crate::report::{json, tables};
use crate::study::session::{OptimizeError, OptimizeSettings, Session};

pub(super) fn optimize(arguments: &OptimizeArguments, console: &Console) -> Result<Exit, Failure> {
    let common = &arguments.common;
    let loaded = loaded(&arguments.portfolio, common, console)?;
    let session = Session::new(&loaded.instance);
    let settings = settings(&arguments.aim, common);
    if arguments.what_if.sovereignty {
        return sovereignty(arguments, &session, settings, console);
    }
    if let Some(offer) = &arguments.what_if.why {
        return why(arguments, offer, &session, settings, console);
    }
    let optimized = optimized(&session, settings, console)?;
    let text = written(
        &arguments.answer,
        || tables::optimize::optimize(&session.setting, &session.current, &optimized),
        || json::optimize::optimize(session.instance, &optimized, settings.seed),
    );
    console.deliver(&text, common.out.as_deref(), exit(&optimized))
}

/// `optimize P --why OFFER`.
fn why(
    arguments: &OptimizeArguments,
    offer: &str,
    session: &Session<'_>,
    settings: OptimizeSettings,
    console: &Console,
) -> Result<Exit, Failure> {
    let question = session.why_question(offer, arguments.what_if.workload.as_deref());
    let question = question.map_err(|unknown| Failure::Usage(unknown.to_string()))?;
    let answer = staged(console, |stage| session.why(question, settings, stage))?;
    let text = written(
        &arguments.answer,
        || tables::why::why(session.instance, &answer),
        || json::why::why(session.instance, &answer, settings),
    );
    console.deliver(&text, arguments.common.out.as_deref(), Exit::Done)
}

/// `optimize P --sovereignty`.
fn sovereignty(
    arguments: &OptimizeArguments,
    session: &Session<'_>,
    settings: OptimizeSettings,
    console: &Console,
) -> Result<Exit, Failure> {
    let answer = staged(console, |stage| session.sovereignty(settings, stage))?;
    let text = written(
        &arguments.answer,
        || tables::sovereignty::sovereignty(session.instance, &answer, settings),
        || json::sovereignty::sovereignty(session.instance, &answer, settings),
    );
    console.deliver(&text, arguments.common.out.as_deref(), Exit::Done)
}

/// What the arguments ask of the planner.
pub(super) fn settings(aim: &Aim, common: &Common) -> OptimizeSettings {
    OptimizeSettings {
        cvar_weight: aim.cvar_weight,
        confidence_level: aim.confidence_level,
        max_turnover: aim.max_turnover,
        n_trials: common.trials,
        seed: common.seed,
    }
}

/// Plans under a line that says how far it is.
pub(super) fn optimized(
    session: &Session<'_>,
    settings: OptimizeSettings,
    console: &Console,
) -> Result<Optimized, OptimizeError> {
    staged(console, |stage| session.optimize(settings, stage))
}

/// Asks a question under a line that says how far its answer is.
fn staged<T>(
    console: &Console,
    ask: impl FnOnce(&dyn Fn(&str)) -> Result<T, OptimizeError>,
) -> Result<T, OptimizeError> {
    let line = console.stage();
    let answer = ask(&|what| {
        line.set_message(what.to_owned());
        line.tick();
    });
    line.finish_and_clear();
    answer
}

pub(super) fn exit(optimized: &Optimized) -> Exit {
    if optimized.status == Status::Infeasible { Exit::NoFeasiblePlan } else { Exit::Done }
}

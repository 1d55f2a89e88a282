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
    let optimized = optimized(&session, settings, console)?;
    let text = written(
        &arguments.answer,
        || tables::optimize::optimize(&session.setting, &session.current, &optimized),
        || json::optimize::optimize(session.instance, &optimized, settings.seed),
    );
    console.deliver(&text, common.out.as_deref(), exit(&optimized))
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
    let line = console.stage();
    let optimized = session.optimize(settings, &|what| {
        line.set_message(what.to_owned());
        line.tick();
    });
    line.finish_and_clear();
    optimized
}

pub(super) fn exit(optimized: &Optimized) -> Exit {
    if optimized.status == Status::Infeasible { Exit::NoFeasiblePlan } else { Exit::Done }
}

//! `simulate P`.

use super::{Failure, loaded, written};
use crate::cli::args::{RatesArgument, SimulateArguments};
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::model::plan::Plan;
use crate::report::{json, tables};
use crate::simulation::draws::Rates;
use crate::study::session::{Session, SimulateSettings, Simulated};

pub(super) fn simulate(arguments: &SimulateArguments, console: &Console) -> Result<Exit, Failure> {
    let common = &arguments.common;
    let loaded = loaded(&arguments.portfolio, common, console)?;
    let session = Session::new(&loaded.instance);
    let rates = match arguments.rates {
        RatesArgument::Drawn => Rates::Drawn,
        RatesArgument::Mean => Rates::Mean,
    };
    let settings = SimulateSettings { n_trials: common.trials, seed: common.seed, rates };
    let simulated = simulated(&session, &session.current, settings, console)?;
    let text = written(
        &arguments.answer,
        || tables::simulate::simulate(session.instance, &simulated),
        || json::simulate::simulate(session.instance, &simulated),
    );
    console.deliver(&text, common.out.as_deref(), Exit::Done)
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

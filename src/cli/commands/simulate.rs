//! The command `simulate`.

use std::sync::atomic::Ordering;

use crate::cli::answer::loaded;
use crate::cli::args::{RatesArgument, SimulateArguments};
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::interrupt::Interrupt;
use crate::cli::memory::{announce, guard};
use crate::cli::simulated::{finish_tables, rendered};
use crate::exchange::writer::TrialsWriter;
use crate::measures::MeasureError;
use crate::report::figures::{count, percent};
use crate::simulation::draws::Rates;
use crate::simulation::run::{EventLoss, RunControl};
use crate::study::footprint::RunKind;
use crate::study::session::Session;
use crate::study::simulate::{Extent, SimulateSettings, Simulated};

pub(super) fn simulate(arguments: &SimulateArguments, console: &Console) -> Result<Exit, Failure> {
    let common = &arguments.common;
    let extent = extent(arguments)?;
    let loaded = loaded(&arguments.portfolio, common, console)?;
    let console = &console.about(&loaded.instance);
    let n_trials = n_trials(arguments.trials.trials, extent);
    guard(RunKind::Simulate, &loaded.instance, n_trials, arguments.resources)?;
    announce(RunKind::Simulate, &loaded.instance, n_trials, console);
    let session = Session::new(&loaded.instance);
    let rates = match arguments.rates {
        RatesArgument::Drawn => Rates::Drawn,
        RatesArgument::Mean => Rates::Mean,
    };
    let settings = SimulateSettings { n_trials: arguments.trials.trials, seed: arguments.trials.seed, rates };
    let interrupt = Interrupt::listen();
    // Before the long computation, so that a file that cannot be written is reported at once.
    let path = arguments.trials_out.as_ref();
    let mut writer = path.map(|path| TrialsWriter::create(path, session.instance)).transpose()?;
    let simulated = interruptible(&session, settings, extent, &interrupt, writer.as_mut(), console)?;
    notice_end(&simulated, console);
    if let (Some(writer), Some(path)) = (writer, path) {
        finish_tables(writer, path, &simulated, console)?;
    }
    let out = common.out();
    let rendered = rendered(arguments.format, session.instance, &simulated, console, out);
    console.deliver_rendered(&rendered, out, Exit::Done)
}

fn extent(arguments: &SimulateArguments) -> Result<Extent, Failure> {
    match (arguments.converge, arguments.shard) {
        (Some(width), _) => Ok(Extent::Converge(width)),
        (None, Some(shard)) if shard.range(arguments.trials.trials).is_empty() => {
            Err(Failure::Usage(format!(
                "shard {}/{} of {} trials would be empty: use at most one shard per trial",
                shard.index,
                shard.of,
                count(arguments.trials.trials)
            )))
        }
        (None, Some(shard)) => Ok(Extent::Shard(shard)),
        (None, None) => Ok(Extent::All),
    }
}

/// The trials that are run here, of all that are asked for.
fn n_trials(asked: u64, extent: Extent) -> u64 {
    match extent {
        Extent::Shard(shard) => shard.range(asked).count() as u64,
        Extent::All | Extent::Converge(_) => asked,
    }
}

/// Simulates today's allocation. Ctrl-C ends it early, with the result of the trials that are done.
fn interruptible(
    session: &Session<'_>,
    settings: SimulateSettings,
    extent: Extent,
    interrupt: &Interrupt,
    writer: Option<&mut TrialsWriter<'_>>,
    console: &Console,
) -> Result<Simulated, Failure> {
    let bar = console.bar(n_trials(settings.n_trials, extent), "simulating");
    let stop = interrupt.stop();
    let mut sink = writer.map(|writer| {
        move |losses: &[EventLoss]| {
            if !writer.write_events(losses) {
                stop.store(true, Ordering::SeqCst);
            }
        }
    });
    let events = sink.as_mut().map(|sink| sink as &mut dyn FnMut(&[EventLoss]));
    let control = RunControl { done: &|n| bar.inc(n), stop };
    let lengthen = |n| bar.set_length(n);
    let simulated = session.simulate_extent(&session.current, settings, extent, control, events, &lengthen);
    bar.finish_and_clear();
    simulated.map_err(|error| match error {
        MeasureError::NoTrials => Failure::Stopped("stopped before the first trials were done".to_owned()),
        other => Failure::Measure(other),
    })
}

/// Notices for a run that ended early or did not converge.
fn notice_end(simulated: &Simulated, console: &Console) {
    let (remarks, done) = (&simulated.remarks, simulated.summary.n_trials);
    if let Some(asked) = remarks.asked_trials {
        console.notice(&format!("stopped after {} of {} trials", count(done), count(asked)));
    }
    if let Some(convergence) = remarks.convergence.filter(|convergence| !convergence.is_reached()) {
        let width = convergence.width.map_or_else(|| "unknown".to_owned(), percent);
        let target = percent(convergence.target);
        console.notice(&format!(
            "not converged after {} trials: half-width {width}, target {target}",
            count(done)
        ));
    }
}

//! The command `signals`.

use super::{optimize, replay};
use crate::cli::answer::{Choice, in_format, loaded_or_library};
use crate::cli::args::{SignalRows, SignalsArguments, TabularFormat};
use crate::cli::clock;
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::memory::guard;
use crate::input::signals as read_file;
use crate::report::answer::ladder::RungAnswer;
use crate::report::answer::optimize::is_change_recommended;
use crate::report::answer::signals::{MovedRungAnswer, SignalsAnswer};
use crate::report::csv::Sheet;
use crate::report::tables;
use crate::simulation::draws::Rates;
use crate::study::footprint::RunKind;
use crate::study::plan::questions::Questions;
use crate::study::session::{OptimizeSettings, Session};
use crate::study::signals::{SignalState, SignalWindow, after_signals, read_signals};
use crate::study::simulate::SimulateSettings;

pub(super) fn signals(arguments: &SignalsArguments, console: &Console) -> Result<Exit, Failure> {
    let common = &arguments.common;
    refuse_idle_flags(arguments)?;
    let Choice { instance, jurisdictions, catalog } =
        loaded_or_library(arguments.portfolio.as_deref(), common, console)?;
    let history = replay::read(common, &jurisdictions, &catalog, console)?;
    let events = read_file(&arguments.file, &instance)?;
    let window = SignalWindow {
        from: arguments.window.from,
        to: arguments.window.to,
        looked_for: arguments.looked_for.clone(),
    };
    let reading = read_signals(&instance, &history, &events, &window);
    let moved = after_signals(&instance, &reading);
    let session = Session::new(&instance);
    let states = match arguments.portfolio {
        Some(_) => {
            guard(RunKind::Simulate, &instance, arguments.trials.trials, arguments.resources)?;
            let before = state(&session, arguments, console)?;
            Some((before, state(&Session::new(&moved), arguments, console)?))
        }
        None => None,
    };
    let effect = states.as_ref().map(|(before, after)| (&session.current, before, after));
    let mut answer = SignalsAnswer::of(&instance, events.len(), &reading, effect, arguments.rise);
    if arguments.ladder {
        let before = rungs(&session, arguments, console)?;
        answer.rungs =
            Some(MovedRungAnswer::list(&before, &rungs(&Session::new(&moved), arguments, console)?));
    }
    let rendered = in_format(
        arguments.format,
        &answer,
        || console.tables(&tables::signals::signals(&answer), common.out()),
        || match arguments.table.unwrap_or(SignalRows::Rates) {
            SignalRows::Rates => Sheet::of(&answer.rates),
            SignalRows::SetAside => Sheet::of(&answer.set_aside),
            SignalRows::FollowUps => Sheet::of(&answer.follow_ups),
            SignalRows::Retirements => Sheet::of(&answer.retirements),
            SignalRows::Rungs => Sheet::of(answer.rungs.as_deref().unwrap_or_default()),
        },
    );
    let exit = if answer.passed.is_empty() { Exit::Done } else { Exit::Breached };
    console.deliver_rendered(&rendered, common.out(), exit)
}

/// Simulates today's allocation and tests its limits.
fn state(
    session: &Session<'_>,
    arguments: &SignalsArguments,
    console: &Console,
) -> Result<SignalState, Failure> {
    let trials = &arguments.trials;
    let settings = SimulateSettings { n_trials: trials.trials, seed: trials.seed, rates: Rates::Drawn };
    let bar = console.bar(settings.n_trials, "simulating");
    let today = arguments.today.today.unwrap_or_else(clock::today);
    let state = session.signal_state(settings, Some(today), &|n| bar.inc(n));
    bar.finish_and_clear();
    state.map_err(Failure::Measure)
}

/// The ladder of changes; empty where no plan keeps the limits.
fn rungs(
    session: &Session<'_>,
    arguments: &SignalsArguments,
    console: &Console,
) -> Result<Vec<RungAnswer>, Failure> {
    let trials = &arguments.trials;
    let settings = OptimizeSettings { n_trials: trials.trials, seed: trials.seed, ..OptimizeSettings::USUAL };
    let questions = Questions { ladder: true, ..Questions::default() };
    let answers = optimize::staged(console, |progress| session.answers(settings, &questions, progress))?;
    let (ladder, is_change) =
        (answers.optimized.ladder.as_ref(), is_change_recommended(answers.optimized.status));
    Ok(ladder.map_or_else(Vec::new, |ladder| RungAnswer::list(session.instance, ladder, is_change)))
}

/// Refuses an empty window, and flags that would do nothing.
fn refuse_idle_flags(arguments: &SignalsArguments) -> Result<(), Failure> {
    if arguments.table.is_some() && arguments.format != TabularFormat::Csv {
        return Err(Failure::Usage("--table needs --format csv: add it, or leave --table out".to_owned()));
    }
    if arguments.table == Some(SignalRows::Rungs) && !arguments.ladder {
        return Err(Failure::Usage("--table rungs needs --ladder: add it".to_owned()));
    }
    match (arguments.window.from, arguments.window.to) {
        (Some(from), Some(to)) if from >= to => {
            Err(Failure::Usage(format!("the window is empty: --from {from} is not before --to {to}")))
        }
        _ => Ok(()),
    }
}

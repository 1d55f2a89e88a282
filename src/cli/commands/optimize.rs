//! The command `optimize`.

use crate::cli::answer::{in_format, loaded, written};
use crate::cli::args::{Aim, ExtraAnalyses, Format, OptimizeArguments, OptimizeRows, TabularFormat, Trials};
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::memory::{announce, guard};
use crate::cli::progress::ProgressLine;
use crate::planning::outcome::Status;
use crate::report::answer::optimize::OptimizeAnswer;
use crate::report::answer::optimize::rows::{OptimizeList, rows};
use crate::report::answer::sovereignty::SovereigntyAnswer;
use crate::report::answer::why::WhyAnswer;
use crate::report::grid::to_text;
use crate::report::tables;
use crate::study::footprint::RunKind;
use crate::study::plan::outcome::Optimized;
use crate::study::plan::questions::{AlternativesRequest, Questions};
use crate::study::progress::Progress;
use crate::study::session::{OptimizeError, OptimizeSettings, Session};

pub(super) fn optimize(arguments: &OptimizeArguments, console: &Console) -> Result<Exit, Failure> {
    let (common, extra) = (&arguments.common, &arguments.extra);
    let list = list(extra)?;
    let loaded = loaded(&arguments.portfolio, common, console)?;
    let console = &console.about(&loaded.instance);
    guard(RunKind::Plan, &loaded.instance, arguments.trials.trials, arguments.resources)?;
    announce(RunKind::Plan, &loaded.instance, arguments.trials.trials, console);
    let session = Session::new(&loaded.instance);
    let settings =
        OptimizeSettings { prove_to: arguments.prove, ..settings(&arguments.aim, arguments.trials) };
    if arguments.what_if.sovereignty {
        return sovereignty(arguments, &session, settings, console);
    }
    if let Some(offer) = &arguments.what_if.why {
        return why(arguments, offer, &session, settings, console);
    }
    let answers = staged(console, |progress| session.answers(settings, &questions(extra), progress))?;
    let answer = OptimizeAnswer::of(&session, &answers, settings.seed);
    let rendered = in_format(
        extra.format,
        &answer,
        || {
            let screen = console.screen(common.out());
            to_text(&tables::optimize::optimize(&answer, screen), screen)
        },
        || rows(&answer, list),
    );
    console.deliver_rendered(&rendered, common.out(), exit(&answers.optimized))
}

/// `optimize P --why OFFER`.
fn why(
    arguments: &OptimizeArguments,
    offer: &str,
    session: &Session<'_>,
    settings: OptimizeSettings,
    console: &Console,
) -> Result<Exit, Failure> {
    let format = format(&arguments.extra)?;
    let question = session.why_question(offer, arguments.what_if.workload.as_deref());
    let question = question.map_err(Failure::unknown_name)?;
    let why = staged(console, |progress| session.why(question, settings, progress))?;
    let answer = WhyAnswer::of(session.instance, &why, settings);
    let text = written(format, console, arguments.common.out(), || tables::why::why(&answer), || &answer);
    console.deliver(&text, arguments.common.out(), Exit::Done)
}

/// `optimize P --sovereignty`.
fn sovereignty(
    arguments: &OptimizeArguments,
    session: &Session<'_>,
    settings: OptimizeSettings,
    console: &Console,
) -> Result<Exit, Failure> {
    let format = format(&arguments.extra)?;
    let plans = staged(console, |progress| session.sovereignty(settings, progress))?;
    let answer = SovereigntyAnswer::of(session.instance, &plans, settings);
    let text = written(
        format,
        console,
        arguments.common.out(),
        || tables::sovereignty::sovereignty(&answer),
        || &answer,
    );
    console.deliver(&text, arguments.common.out(), Exit::Done)
}

/// The format of an answer that replaces the plan, which cannot be written as rows.
fn format(extra: &ExtraAnalyses) -> Result<Format, Failure> {
    match extra.format {
        TabularFormat::Table => Ok(Format::Table),
        TabularFormat::Json => Ok(Format::Json),
        TabularFormat::Csv => {
            let text = "--why and --sovereignty have no CSV: use --format table or --format json";
            Err(Failure::Usage(text.to_owned()))
        }
    }
}

/// The planner's settings.
pub(super) fn settings(aim: &Aim, trials: Trials) -> OptimizeSettings {
    OptimizeSettings {
        cvar_weight: aim.cvar_weight,
        confidence_level: aim.confidence_level,
        max_turnover: aim.max_turnover,
        prove_to: None,
        n_trials: trials.trials,
        seed: trials.seed,
    }
}

/// The requested further analyses.
fn questions(extra: &ExtraAnalyses) -> Questions {
    let alternatives = |n| AlternativesRequest { n: n as usize, within: extra.within };
    Questions {
        ladder: extra.ladder,
        option: false,
        runners_up: false,
        frontier: extra.frontier,
        alternatives: extra.alternatives.map(alternatives),
        replications: extra.replications,
    }
}

/// The list to write as rows; refused if the analysis that makes it is not requested.
fn list(extra: &ExtraAnalyses) -> Result<OptimizeList, Failure> {
    if extra.table.is_some() && extra.format != TabularFormat::Csv {
        return Err(Failure::Usage("--table needs --format csv: add it, or leave --table out".to_owned()));
    }
    let is_any = extra.frontier || extra.alternatives.is_some() || extra.replications.is_some();
    let (rows, missing) = match extra.table.unwrap_or(OptimizeRows::Moves) {
        OptimizeRows::Moves => (OptimizeList::Moves, None),
        OptimizeRows::StandbyMoves => (OptimizeList::StandbyMoves, None),
        OptimizeRows::Hedges => (OptimizeList::Hedges, None),
        OptimizeRows::Frontier => (OptimizeList::Frontier, (!extra.frontier).then_some("--frontier")),
        OptimizeRows::Alternatives => {
            (OptimizeList::Alternatives, extra.alternatives.is_none().then_some("--alternatives"))
        }
        OptimizeRows::Candidates => {
            (OptimizeList::Candidates, (!is_any).then_some("--frontier, --alternatives or --replications"))
        }
        OptimizeRows::Ladder => (OptimizeList::Ladder, (!extra.ladder).then_some("--ladder")),
    };
    match missing {
        Some(flag) => Err(Failure::Usage(format!("this --table needs {flag}"))),
        None => Ok(rows),
    }
}

/// Runs an analysis under a progress line.
pub(super) fn staged<T>(
    console: &Console,
    analysis: impl FnOnce(&(dyn Fn(Progress) + Sync)) -> Result<T, OptimizeError>,
) -> Result<T, OptimizeError> {
    let line = ProgressLine::new(console);
    analysis(&|step| line.show(step))
}

pub(super) fn exit(optimized: &Optimized) -> Exit {
    if optimized.status == Status::Infeasible { Exit::NoFeasiblePlan } else { Exit::Done }
}

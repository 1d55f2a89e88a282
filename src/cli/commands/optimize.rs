//! `optimize P`.

use crate::cli::answer::{loaded, written};
use crate::cli::args::{
    Aim, Answer, Common, ExtraAnalyses, Format, OptimizeArguments, OptimizeRows, TabularFormat,
};
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::progress::ProgressLine;
use crate::planning::outcome::Status;
use crate::report::answer::optimize::OptimizeAnswer;
use crate::report::answer::optimize::rows::{OptimizeList, rows};
use crate::report::answer::sovereignty::SovereigntyAnswer;
use crate::report::answer::why::WhyAnswer;
use crate::report::grid::to_text;
use crate::report::{answer, tables};
use crate::study::plan::outcome::Optimized;
use crate::study::plan::questions::{AlternativesRequest, Questions};
use crate::study::progress::Progress;
use crate::study::session::{OptimizeError, OptimizeSettings, Session};

pub(super) fn optimize(arguments: &OptimizeArguments, console: &Console) -> Result<Exit, Failure> {
    let (common, extra) = (&arguments.common, &arguments.extra);
    let list = list(extra)?;
    let loaded = loaded(&arguments.portfolio, common, console)?;
    let session = Session::new(&loaded.instance);
    let settings = OptimizeSettings { prove_to: arguments.prove, ..settings(&arguments.aim, common) };
    if arguments.what_if.sovereignty {
        return sovereignty(arguments, &session, settings, console);
    }
    if let Some(offer) = &arguments.what_if.why {
        return why(arguments, offer, &session, settings, console);
    }
    let answers = staged(console, |progress| session.answers(settings, &questions(extra), progress))?;
    let told = OptimizeAnswer::of(&session, &answers, settings.seed);
    let text = match extra.format {
        TabularFormat::Table => to_text(&tables::optimize::optimize(&told)),
        TabularFormat::Json => answer::to_text(&told),
        TabularFormat::Csv => rows(&told, list),
    };
    console.deliver(&text, common.out.as_deref(), exit(&answers.optimized))
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
    let question = question.map_err(|unknown| Failure::Usage(unknown.to_string()))?;
    let why = staged(console, |progress| session.why(question, settings, progress))?;
    let told = WhyAnswer::of(session.instance, &why, settings);
    let text = written(&Answer { format }, || tables::why::why(&told), || &told);
    console.deliver(&text, arguments.common.out.as_deref(), Exit::Done)
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
    let told = SovereigntyAnswer::of(session.instance, &plans, settings);
    let text = written(&Answer { format }, || tables::sovereignty::sovereignty(&told), || &told);
    console.deliver(&text, arguments.common.out.as_deref(), Exit::Done)
}

/// Answers in place of the plan have no rows.
fn format(extra: &ExtraAnalyses) -> Result<Format, Failure> {
    match extra.format {
        TabularFormat::Table => Ok(Format::Table),
        TabularFormat::Json => Ok(Format::Json),
        TabularFormat::Csv => {
            let text =
                "`--format csv` goes with the plan; with `--why` and `--sovereignty` use `table` or `json`";
            Err(Failure::Usage(text.to_owned()))
        }
    }
}

/// What the arguments ask of the planner.
pub(super) fn settings(aim: &Aim, common: &Common) -> OptimizeSettings {
    OptimizeSettings {
        cvar_weight: aim.cvar_weight,
        confidence_level: aim.confidence_level,
        max_turnover: aim.max_turnover,
        prove_to: None,
        n_trials: common.trials,
        seed: common.seed,
    }
}

/// What the arguments ask besides the plan.
fn questions(extra: &ExtraAnalyses) -> Questions {
    let alternatives = |n| AlternativesRequest { n: n as usize, within: extra.within };
    Questions {
        frontier: extra.frontier,
        alternatives: extra.alternatives.map(alternatives),
        replications: extra.replications,
    }
}

/// The list to write as rows; one that is not asked for cannot be written.
fn list(extra: &ExtraAnalyses) -> Result<OptimizeList, Failure> {
    if extra.table.is_some() && extra.format != TabularFormat::Csv {
        return Err(Failure::Usage(
            "--table chooses a list for --format csv; add it, or leave --table out".to_owned(),
        ));
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
    };
    match missing {
        Some(flag) => Err(Failure::Usage(format!("this --table needs {flag}"))),
        None => Ok(rows),
    }
}

/// Asks a question under a line that says how far its answer is.
fn staged<T>(
    console: &Console,
    ask: impl FnOnce(&dyn Fn(Progress)) -> Result<T, OptimizeError>,
) -> Result<T, OptimizeError> {
    let line = ProgressLine::new(console);
    ask(&|step| line.show(step))
}

pub(super) fn exit(optimized: &Optimized) -> Exit {
    if optimized.status == Status::Infeasible { Exit::NoFeasiblePlan } else { Exit::Done }
}

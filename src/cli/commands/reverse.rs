//! The command `reverse`.

use crate::cli::answer::{in_format, loaded};
use crate::cli::args::ReverseArguments;
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::memory::guard;
use crate::cli::progress::ProgressLine;
use crate::report::answer::reverse::ReverseAnswer;
use crate::report::answer::reverse::rows::rows;
use crate::report::csv::Sheet;
use crate::report::tables;
use crate::stress::reverse::{ReverseGoal, ReverseRequest};
use crate::study::footprint::RunKind;
use crate::study::reverse::reverse as reversed;
use crate::study::session::Session;

pub(super) fn reverse(arguments: &ReverseArguments, console: &Console) -> Result<Exit, Failure> {
    let common = &arguments.common;
    let loaded = loaded(&arguments.portfolio, common, console)?;
    let console = &console.about(&loaded.instance);
    guard(RunKind::Reverse, &loaded.instance, 0, arguments.resources)?;
    let session = Session::new(&loaded.instance);
    let request = ReverseRequest {
        goal: arguments.loss.map_or(ReverseGoal::BreaksRecovery, ReverseGoal::Loss),
        max_shocks: arguments.max_shocks,
        n_sets: arguments.sets,
        most_visited: u64::MAX,
    };
    let line = ProgressLine::new(console);
    let found = reversed(&session, request, &|step| line.show(step))?;
    drop(line);
    let answer = ReverseAnswer::of(session.instance, &found);
    let rendered = in_format(
        arguments.format,
        &answer,
        || console.tables(&tables::reverse::reverse(&answer), common.out()),
        || Sheet::of(&rows(&answer)),
    );
    console.deliver_rendered(&rendered, common.out(), Exit::Done)
}

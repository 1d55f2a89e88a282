//! The commands: each loads, computes and writes.

mod catalog;
mod chart;
mod check;
mod compare;
mod diversify;
mod explain;
mod export;
mod exposure;
mod files;
mod import;
mod init;
mod landscape;
mod list;
mod merge;
mod optimize;
mod plan;
mod replay;
mod reverse;
mod routes;
mod schema;
mod serve;
mod shell;
mod shocks;
mod signals;
mod simulate;
mod stress;

use super::args::Command;
use super::console::Console;
use super::exit::Exit;
use super::failure::Failure;

/// Runs a command, unless it would write over one of its own files or where nothing can be written.
pub(super) fn run(command: &Command, console: &Console) -> Result<Exit, Failure> {
    files::files(command).guard()?;
    match command {
        Command::Plan(arguments) => plan::plan(arguments, console),
        Command::Diversify(arguments) => diversify::diversify(arguments, console),
        Command::Report(arguments) => plan::report(arguments, console),
        Command::Check(arguments) => check::check(arguments, console),
        Command::Exposure(arguments) => exposure::exposure(arguments, console),
        Command::Stress(arguments) => stress::stress(arguments, console),
        Command::Compare(arguments) => compare::compare(arguments, console),
        Command::Replay(arguments) => replay::replay(arguments, console),
        Command::Reverse(arguments) => reverse::reverse(arguments, console),
        Command::Simulate(arguments) => simulate::simulate(arguments, console),
        Command::Merge(arguments) => merge::merge(arguments, console),
        Command::Optimize(arguments) => optimize::optimize(arguments, console),
        Command::Init(arguments) => init::init(arguments, console),
        Command::Schema(arguments) => schema::schema(arguments, console),
        Command::Landscape(arguments) => landscape::landscape(arguments, console),
        Command::Signals(arguments) => signals::signals(arguments, console),
        Command::Shocks(question) => shocks::shocks(question, console),
        Command::Catalog(question) => catalog::catalog(question, console),
        Command::Explain(arguments) => explain::explain(arguments, console),
        Command::Export(question) => export::export(question, console),
        Command::Import(question) => import::import(question, console),
        Command::Routes(arguments) => routes::routes(arguments, console),
        Command::Serve(arguments) => serve::serve(arguments, console),
        Command::List(arguments) => list::list(arguments, console),
        Command::Completions(arguments) => shell::completions(arguments, console),
        Command::Man(arguments) => shell::man(arguments, console),
    }
}

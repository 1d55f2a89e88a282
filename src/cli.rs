//! The command line: arguments, progress on stderr, answers on stdout, exit codes.
//!
//! The only room that prints or reads the clock; all others return values.

mod answer;
pub mod args;
mod bug;
mod clock;
mod commands;
mod console;
mod environment;
mod exit;
mod failure;
mod interrupt;
mod memory;
mod messages;
mod progress;
mod simulated;
mod targets;
mod version;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};

use args::{Arguments, ColorArgument, Command};
use console::Console;
pub use exit::Exit;
use failure::Failure;

use crate::report::locale::in_locale;

/// Runs one command line and returns its exit code; a panic is reported as a bug.
#[must_use]
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    bug::caught(move || run(arguments)).into()
}

fn run(arguments: Vec<OsString>) -> Exit {
    let is_harmless = arguments.iter().all(|typed| messages::is_harmless(&typed.to_string_lossy()));
    let color = ColorArgument::of_raw(&arguments);
    let parsed = Arguments::command().color(color.of_help()).try_get_matches_from(arguments);
    let typed = parsed.and_then(|matches| Ok((Arguments::from_arg_matches(&matches)?, matches)));
    let (typed, matches) = match typed {
        Ok(typed) => typed,
        Err(message) => return console::show(&message, is_harmless),
    };
    interrupt::handle();
    let console = Console::new(typed.manners);
    let ended =
        targets::refuse_parquet_without_rows(&matches).and_then(|()| in_pool(&typed.command, &console));
    ended.unwrap_or_else(|failure| {
        console.error(&failure.to_string());
        failure.exit()
    })
}

/// Runs a command on the number of threads given by `--threads`, or on one per core.
fn in_pool(command: &Command, console: &Console) -> Result<Exit, Failure> {
    let n_threads = command.threads().unwrap_or(0);
    match rayon::ThreadPoolBuilder::new().num_threads(n_threads).build() {
        Ok(pool) => pool.install(|| in_locale(console.locale(), || commands::run(command, console))),
        Err(error) => Err(Failure::Stopped(format!("the threads cannot be started: {error}"))),
    }
}

//! The `multipolar` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    multipolar::cli::main(std::env::args_os())
}

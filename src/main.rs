//! The `multipolar` command.

use std::process::ExitCode;

/// Serves the solver too, which is C++.
#[cfg(all(target_os = "linux", feature = "mimalloc"))]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    multipolar::cli::main(std::env::args_os())
}

//! Flags that several commands share, and the variables of the environment that set their defaults.

use std::path::{Path, PathBuf};

use clap::builder::BoolishValueParser;
use clap::{ArgAction, Args, ValueEnum};

use super::Format;
use super::values::threads;
use crate::study::simulate::MAX_TRIALS;

/// How the program speaks; every command takes these.
#[derive(Debug, Clone, Copy, Args)]
pub struct Manners {
    /// Print no progress, warnings or notices
    #[arg(long, short, global = true, env = "MULTIPOLAR_QUIET", display_order = 900)]
    #[arg(action = ArgAction::SetTrue, value_parser = BoolishValueParser::new())]
    pub quiet: bool,
    /// Color of the tables: by itself only on a terminal, and never while NO_COLOR is set
    #[arg(long, global = true, value_name = "WHEN", value_enum, env = "MULTIPOLAR_COLOR")]
    #[arg(default_value_t = ColorArgument::Auto, display_order = 901)]
    pub color: ColorArgument,
}

/// Whether tables are colored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ColorArgument {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// Where a command that reads the catalog finds it, and where it writes its answer.
#[derive(Debug, Args)]
pub struct Common {
    /// Catalog to use instead of the built-in one
    #[arg(long, value_name = "DIR", env = "MULTIPOLAR_CATALOG")]
    pub catalog: Option<PathBuf>,
    /// Jurisdictions to use instead of the built-in ones
    #[arg(long, value_name = "FILE", env = "MULTIPOLAR_JURISDICTIONS")]
    pub jurisdictions: Option<PathBuf>,
    #[command(flatten)]
    pub output: Output,
}

impl Common {
    /// The file that the answer goes to; `None` for stdout.
    #[must_use]
    pub fn out(&self) -> Option<&Path> {
        self.output.out.as_deref()
    }
}

/// Where the answer goes.
#[derive(Debug, Args)]
pub struct Output {
    /// Write the answer to this file instead of stdout; the file is written atomically
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// How many years are drawn, and which.
#[derive(Debug, Clone, Copy, Args)]
pub struct Trials {
    /// Random seed: the same seed gives the same answer
    #[arg(long, value_name = "N", default_value_t = 1, env = "MULTIPOLAR_SEED")]
    pub seed: u64,
    /// Number of trials (simulated years)
    #[arg(long, value_name = "N", default_value_t = 10_000, env = "MULTIPOLAR_TRIALS")]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=MAX_TRIALS))]
    pub trials: u64,
}

/// How many processors are used.
#[derive(Debug, Clone, Copy, Args)]
pub struct Threads {
    /// Number of threads [default: one per core]; does not change the answer
    #[arg(long, value_name = "N", value_parser = threads, env = "MULTIPOLAR_THREADS")]
    pub threads: Option<usize>,
}

/// The format of a command's answer.
#[derive(Debug, Args)]
pub struct Answer {
    /// Format of the answer
    #[arg(long, value_enum, default_value_t = Format::Table, env = "MULTIPOLAR_FORMAT")]
    pub format: Format,
}

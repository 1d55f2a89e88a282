//! Arguments of `serve`.

use std::path::PathBuf;

use clap::{ArgGroup, Args};
use jiff::civil::Date;

use super::values::{day, threads};
use crate::study::simulate::MAX_UNASKED_TRIALS;

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("served").required(true).args(["portfolio", "demo"])))]
pub struct ServeArguments {
    /// Portfolio file
    #[arg(value_name = "PORTFOLIO")]
    pub portfolio: Option<PathBuf>,
    /// Serve the example portfolio european_bank, which is inside the program
    #[arg(long)]
    pub demo: bool,
    /// Port on this machine; 0 takes one that is free
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub port: u16,
    /// Write the page as one file, index.html, into this folder instead: it can be sent around and read, but not changed
    #[arg(long = "static", value_name = "DIR", conflicts_with_all = ["port", "open"])]
    pub snapshot: Option<PathBuf>,
    /// With --static: leave out the plans, which take longest
    #[arg(long, requires = "snapshot")]
    pub no_plan: bool,
    /// Folder under which the page writes reports, when it is asked to
    #[arg(long, value_name = "DIR", default_value = "reports")]
    pub reports: PathBuf,
    /// Open the page in the browser
    #[arg(long)]
    pub open: bool,
    /// Date on which exceptions to limits are judged [default: today]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    pub today: Option<Date>,
    /// Catalog to use instead of the built-in one
    #[arg(long, value_name = "DIR", env = "MULTIPOLAR_CATALOG")]
    pub catalog: Option<PathBuf>,
    /// Jurisdictions to use instead of the built-in ones
    #[arg(long, value_name = "FILE", env = "MULTIPOLAR_JURISDICTIONS")]
    pub jurisdictions: Option<PathBuf>,
    /// Random seed of what the page simulates
    #[arg(long, value_name = "N", default_value_t = 1, env = "MULTIPOLAR_SEED")]
    pub seed: u64,
    /// Number of trials (simulated years) of what the page simulates
    #[arg(long, value_name = "N", default_value_t = 10_000, env = "MULTIPOLAR_TRIALS")]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=MAX_UNASKED_TRIALS))]
    pub trials: u64,
    /// Number of threads [default: one per core]; does not change the answers
    #[arg(long, value_name = "N", value_parser = threads, env = "MULTIPOLAR_THREADS")]
    pub threads: Option<usize>,
}

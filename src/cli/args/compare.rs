//! Arguments of `compare`.

use std::path::PathBuf;

use clap::Args;

use super::words::{CompareFormat, CompareRows};
use super::{Common, Resources};
use crate::study::compare::gate::FailRule;
use crate::study::simulate::MAX_TRIALS;

#[derive(Debug, Args)]
pub struct CompareArguments {
    /// Before: a portfolio file, a `results.json`, or the folder of a report
    #[arg(value_name = "FROM")]
    pub from: PathBuf,
    /// After: the same
    #[arg(value_name = "TO")]
    pub to: PathBuf,
    /// Exit with 7 if a figure moves further: cost, aal, cvar or capability, + or -, and USD, points or percent, such as
    /// cvar+10%; may be given several times
    #[arg(long, value_name = "RULE", allow_hyphen_values = true)]
    pub fail_on: Vec<FailRule>,
    /// Format of the answer
    #[arg(long, value_enum, default_value_t = CompareFormat::Table, env = "MULTIPOLAR_FORMAT")]
    pub format: CompareFormat,
    /// With --format csv: the list to write [default: attribution]
    #[arg(long, value_enum, value_name = "LIST")]
    pub table: Option<CompareRows>,
    #[command(flatten)]
    pub common: Common,
    /// Random seed of both [default: that of the results, else 1]
    #[arg(long, value_name = "N", env = "MULTIPOLAR_SEED")]
    pub seed: Option<u64>,
    /// Number of trials (simulated years) of both [default: that of the results, else 10000]
    #[arg(long, value_name = "N", env = "MULTIPOLAR_TRIALS")]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=MAX_TRIALS))]
    pub trials: Option<u64>,
    #[command(flatten)]
    pub resources: Resources,
}

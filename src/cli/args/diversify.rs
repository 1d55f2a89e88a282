//! Arguments of `diversify`.

use std::path::PathBuf;

use clap::Args;

use super::words::DiversifyRows;
use super::{Common, Resources, TabularFormat, Trials};

#[derive(Debug, Args)]
pub struct DiversifyArguments {
    /// Portfolio file
    #[arg(value_name = "PORTFOLIO")]
    pub portfolio: PathBuf,
    /// Format of the answer
    #[arg(long, value_enum, default_value_t = TabularFormat::Table, env = "MULTIPOLAR_FORMAT")]
    pub format: TabularFormat,
    /// With --format csv: the list to write [default: sources]
    #[arg(long, value_enum, value_name = "LIST")]
    pub table: Option<DiversifyRows>,
    #[command(flatten)]
    pub common: Common,
    #[command(flatten)]
    pub trials: Trials,
    #[command(flatten)]
    pub resources: Resources,
}

//! Arguments of `reverse`.

use std::path::PathBuf;

use clap::{ArgGroup, Args};

use super::values::{n_sets, positive_usd, set_size};
use super::{Common, Resources, TabularFormat};

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("goal").required(true).args(["loss", "breaks_recovery"])))]
pub struct ReverseArguments {
    /// Portfolio file
    #[arg(value_name = "PORTFOLIO")]
    pub portfolio: PathBuf,
    /// Look for shocks that together cost at least this much over the horizon, USD
    #[arg(long, value_name = "USD", value_parser = positive_usd)]
    pub loss: Option<f64>,
    /// Look for shocks that together leave some workload unserved beyond its recovery objective
    #[arg(long)]
    pub breaks_recovery: bool,
    /// Most shocks in a set, 1 to 5
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = set_size)]
    pub max_shocks: usize,
    /// Most sets to list, the most probable first
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = n_sets)]
    pub sets: usize,
    /// Format of the answer
    #[arg(long, value_enum, default_value_t = TabularFormat::Table, env = "MULTIPOLAR_FORMAT")]
    pub format: TabularFormat,
    #[command(flatten)]
    pub common: Common,
    #[command(flatten)]
    pub resources: Resources,
}

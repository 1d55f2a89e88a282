//! What `list` lists, and by which filters.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{Common, TabularFormat};

/// Things that can be listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Listed {
    /// Ways to buy or run a model, one per region
    Offers,
    /// Models with points and license
    Models,
    /// Suppliers that host models
    Hosts,
    /// Developers, hosts and makers of hardware
    Suppliers,
    /// Chips and what they are made from
    Hardware,
    /// Scenarios that `stress` can play
    Scenarios,
    /// Shocks, as `shocks list`
    Shocks,
    /// Limits of a portfolio
    Limits,
    /// Rules on where data may be processed
    Rules,
}

#[derive(Debug, Args)]
pub struct ListArguments {
    /// What to list
    #[arg(value_name = "WHAT", value_enum)]
    pub what: Listed,
    /// Portfolio file: adds its own `catalog:` entries and, for offers, its own sites
    #[arg(value_name = "PORTFOLIO")]
    pub portfolio: Option<PathBuf>,
    #[command(flatten)]
    pub filters: ListFilters,
    /// Format of the answer
    #[arg(long, value_enum, default_value_t = TabularFormat::Table, env = "MULTIPOLAR_FORMAT")]
    pub format: TabularFormat,
    #[command(flatten)]
    pub common: Common,
}

/// Which entries are listed.
#[derive(Debug, Args)]
pub struct ListFilters {
    /// Only what this selector matches, such as '{origin: FR, openness: open_weights}': offers, models, hosts, suppliers, hardware
    #[arg(long = "where", value_name = "SELECTOR")]
    pub selector: Option<String>,
    /// With offers of a portfolio: whether this workload may use each, and why not
    #[arg(long = "for", value_name = "WORKLOAD")]
    pub workload: Option<String>,
}

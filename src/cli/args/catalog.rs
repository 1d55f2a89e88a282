//! Arguments of `catalog`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use jiff::civil::Date;

use super::values::{day, duration};
use super::{Common, TabularFormat};

/// Commands on the catalog as a whole.
#[derive(Debug, Subcommand)]
pub enum CatalogQuestion {
    /// Compares the catalog with a public price list on disk: prices, ends, successors, new offers
    Refresh(CatalogRefreshArguments),
    /// Shows how old the catalog is, how well it is known, and which offers end soon
    Status(CatalogStatusArguments),
}

#[derive(Debug, Args)]
pub struct CatalogRefreshArguments {
    /// Portfolio file whose own `catalog:` entries are compared as well
    #[arg(value_name = "PORTFOLIO")]
    pub portfolio: Option<PathBuf>,
    /// The list: LiteLLM's model_prices_and_context_window.json, or the snapshot.json of model-prices
    #[arg(long, value_name = "FILE")]
    pub from: PathBuf,
    /// Day on which the list is taken to be true [default: that which it states, else the newest of the catalog's offers]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    pub as_of: Option<Date>,
    /// Write prices, ends and successors of the list to this file, as a `catalog:` section for a portfolio
    #[arg(long, value_name = "FILE")]
    pub write: Option<PathBuf>,
    /// With --write: replace the file if it is there
    #[arg(long, requires = "write")]
    pub overwrite: bool,
    /// With --write: also the offers that the catalog lacks
    #[arg(long, requires = "write")]
    pub with_new: bool,
    /// Format of the answer
    #[arg(long, value_enum, default_value_t = TabularFormat::Table, env = "MULTIPOLAR_FORMAT")]
    pub format: TabularFormat,
    /// With --format csv: the list to write [default: differences]
    #[arg(long, value_enum, value_name = "LIST")]
    pub table: Option<RefreshRows>,
    #[command(flatten)]
    pub common: Common,
}

#[derive(Debug, Args)]
pub struct CatalogStatusArguments {
    /// Portfolio file whose own `catalog:` entries are included
    #[arg(value_name = "PORTFOLIO")]
    pub portfolio: Option<PathBuf>,
    /// Age beyond which entries are counted as older, from the newest of their list
    #[arg(long, value_name = "TIME", default_value = "90d", value_parser = duration)]
    pub older_than: f64,
    /// Format of the answer
    #[arg(long, value_enum, default_value_t = TabularFormat::Table, env = "MULTIPOLAR_FORMAT")]
    pub format: TabularFormat,
    /// With --format csv: the list to write [default: lists]
    #[arg(long, value_enum, value_name = "LIST")]
    pub table: Option<StatusRows>,
    #[command(flatten)]
    pub common: Common,
}

/// The list that `catalog refresh` writes as rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RefreshRows {
    /// What the list says otherwise
    Differences,
    /// Keys of the list that stand for no offer
    Unmatched,
}

/// The list that `catalog status` writes as rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StatusRows {
    /// Age and confidence of each list
    Lists,
    /// Offers that have ended or end within a year
    Ending,
}

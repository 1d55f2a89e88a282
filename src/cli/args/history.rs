//! Arguments of `replay` and `shocks calibrate`.

use std::path::PathBuf;

use clap::Args;
use jiff::civil::Date;

use super::values::day;
use super::words::{CalibrateRows, ReplayRows};
use super::{Common, Resources, TabularFormat, Trials};

/// A window of the history.
#[derive(Debug, Clone, Copy, Args)]
pub struct HistoryWindow {
    /// Only events from this day on [default: the first day of the history]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    pub from: Option<Date>,
    /// Only events before this day [default: the end of the history]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    pub to: Option<Date>,
}

#[derive(Debug, Args)]
pub struct ReplayArguments {
    /// Portfolio file
    #[arg(value_name = "PORTFOLIO")]
    pub portfolio: PathBuf,
    #[command(flatten)]
    pub window: HistoryWindow,
    /// Portfolio file whose allocation and standbys are played beside those of today
    #[arg(long, value_name = "FILE")]
    pub plan: Option<PathBuf>,
    /// Also play all events at their dates, over one horizon after the other
    #[arg(long)]
    pub together: bool,
    /// Draw the losses by year to this file, which must end in .svg
    #[arg(long, value_name = "FILE")]
    pub chart: Option<PathBuf>,
    /// Format of the answer
    #[arg(long, value_enum, default_value_t = TabularFormat::Table, env = "MULTIPOLAR_FORMAT")]
    pub format: TabularFormat,
    /// With --format csv: the list to write [default: events]
    #[arg(long, value_enum, value_name = "LIST")]
    pub table: Option<ReplayRows>,
    #[command(flatten)]
    pub common: Common,
    #[command(flatten)]
    pub resources: Resources,
}

#[derive(Debug, Args)]
pub struct ShocksCalibrateArguments {
    /// Portfolio file: what the counted rates do to its losses, beside the library's
    #[arg(value_name = "PORTFOLIO")]
    pub portfolio: Option<PathBuf>,
    /// Table of events to count instead of the catalog's history
    #[arg(long, value_name = "FILE.csv")]
    pub events: Option<PathBuf>,
    /// Dated prices to count rises and cuts of: snapshot.json of model-prices
    #[arg(long, value_name = "FILE.json")]
    pub prices: Option<PathBuf>,
    #[command(flatten)]
    pub window: HistoryWindow,
    /// Format of the answer
    #[arg(long, value_enum, default_value_t = TabularFormat::Table, env = "MULTIPOLAR_FORMAT")]
    pub format: TabularFormat,
    /// With --format csv: the list to write [default: rates]
    #[arg(long, value_enum, value_name = "LIST")]
    pub table: Option<CalibrateRows>,
    #[command(flatten)]
    pub common: Common,
    #[command(flatten)]
    pub trials: Trials,
    #[command(flatten)]
    pub resources: Resources,
}

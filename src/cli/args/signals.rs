//! Arguments of `signals`.

use std::path::PathBuf;

use clap::Args;
use clap::builder::PossibleValuesParser;

use super::history::HistoryWindow;
use super::values::share;
use super::words::SignalRows;
use super::{Common, Resources, TabularFormat, Today, Trials};
use crate::model::history::EVENT_KINDS;

#[derive(Debug, Args)]
pub struct SignalsArguments {
    /// New events: a table as CSV, or JSON of ai-provider-watch
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Portfolio file: what the new rates do to its losses and limits
    #[arg(value_name = "PORTFOLIO")]
    pub portfolio: Option<PathBuf>,
    #[command(flatten)]
    pub window: HistoryWindow,
    /// Kinds of events that were looked for: shocks of these kinds fall when nothing was found [default: those in the file]
    #[arg(long, value_name = "KIND,..", value_delimiter = ',', value_parser = PossibleValuesParser::new(EVENT_KINDS))]
    pub looked_for: Vec<String>,
    /// A threshold: exit code 7 when the average annual loss or the CVaR, or without a portfolio any rate, rises by more
    #[arg(long, value_name = "SHARE", value_parser = share)]
    pub rise: Option<f64>,
    /// Also find the ladder of changes before and after, and name the rungs that change; needs a portfolio, and time
    #[arg(long, requires = "portfolio")]
    pub ladder: bool,
    /// Format of the answer
    #[arg(long, value_enum, default_value_t = TabularFormat::Table, env = "MULTIPOLAR_FORMAT")]
    pub format: TabularFormat,
    /// With --format csv: the list to write [default: rates]
    #[arg(long, value_enum, value_name = "LIST")]
    pub table: Option<SignalRows>,
    #[command(flatten)]
    pub common: Common,
    #[command(flatten)]
    pub today: Today,
    #[command(flatten)]
    pub trials: Trials,
    #[command(flatten)]
    pub resources: Resources,
}

//! Arguments of `shocks`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Answer, Common, ShocksCalibrateArguments, TabularFormat};

/// Commands on the library of shocks.
#[derive(Debug, Subcommand)]
pub enum ShocksQuestion {
    /// Lists the library, or a part of it
    List(ShocksListArguments),
    /// Shows one shock in full, and what it would hit
    Show(ShocksShowArguments),
    /// Counts rates and durations from past events, beside those of the library
    Calibrate(ShocksCalibrateArguments),
}

#[derive(Debug, Args)]
pub struct ShocksListArguments {
    /// Portfolio file whose own `catalog:` entries extend or replace the library's
    #[arg(value_name = "PORTFOLIO")]
    pub portfolio: Option<PathBuf>,
    /// Only shocks of this kind, such as export_ban; `effects` for shocks whose effects are written out
    #[arg(long, value_name = "KIND")]
    pub kind: Option<String>,
    /// Only shocks by this jurisdiction, such as US; `none` for markets and accidents
    #[arg(long, value_name = "JURISDICTION")]
    pub by: Option<String>,
    /// Format of the answer
    #[arg(long, value_enum, default_value_t = TabularFormat::Table, env = "MULTIPOLAR_FORMAT")]
    pub format: TabularFormat,
    #[command(flatten)]
    pub common: Common,
}

#[derive(Debug, Args)]
pub struct ShocksShowArguments {
    /// Id of the shock
    #[arg(value_name = "ID")]
    pub id: String,
    /// Portfolio file: also shows the pairs that the shock would hit, and includes the portfolio's own shocks
    #[arg(value_name = "PORTFOLIO")]
    pub portfolio: Option<PathBuf>,
    #[command(flatten)]
    pub answer: Answer,
    #[command(flatten)]
    pub common: Common,
}

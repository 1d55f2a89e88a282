//! Arguments of `landscape`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use jiff::civil::Date;

use super::values::{any_date, enabler_weight};
use super::{Common, TabularFormat};

#[derive(Debug, Args)]
pub struct LandscapeArguments {
    /// Portfolio file: also shows which origins can serve its workloads, and includes its own `catalog:` entries
    #[arg(long, short, value_name = "PORTFOLIO")]
    pub portfolio: Option<PathBuf>,
    #[command(flatten)]
    pub scored: ScoredArguments,
    #[command(flatten)]
    pub compared: ComparedArguments,
    /// Draw strengths with their bands, and the lag over time, to this file, which ends in .svg
    #[arg(long, value_name = "FILE")]
    pub chart: Option<PathBuf>,
    /// Format of the answer
    #[arg(long, value_enum, default_value_t = TabularFormat::Table, env = "MULTIPOLAR_FORMAT")]
    pub format: TabularFormat,
    /// Simulated years on which the planner compares plans, for --without with a portfolio; 4,000 at most are used
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u64).range(1..))]
    pub trials: u64,
    /// Random seed of these years
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// With --format csv: the list to write [default: ranks]
    #[arg(long, value_enum, value_name = "LIST")]
    pub table: Option<LandscapeRows>,
    #[command(flatten)]
    pub common: Common,
}

/// Which jurisdictions are scored, and how.
#[derive(Debug, Args)]
pub struct ScoredArguments {
    /// Jurisdictions to score [default: superpowers, middle powers and research hubs, blocs instead of members]
    #[arg(long, value_name = "JURISDICTION", num_args = 1.., value_delimiter = ',')]
    pub set: Vec<String>,
    /// Weights of enablers in the overall strength, such as capital=2,talent=0.5; the others have 1
    #[arg(long, value_name = "ENABLER=WEIGHT", num_args = 1.., value_delimiter = ',', value_parser = enabler_weight)]
    pub weights: Vec<(String, f64)>,
    /// Leave out figures of proxies
    #[arg(long)]
    pub no_proxies: bool,
    /// Fill missing figures with those that are on record and too weak to score
    #[arg(long)]
    pub with_unscored: bool,
}

/// Which groups of models are compared, and when.
#[derive(Debug, Args)]
pub struct ComparedArguments {
    /// Show these models instead of the usual groups, such as '{origin: CN, openness: closed}'; may be repeated
    #[arg(long, value_name = "SELECTOR")]
    pub group: Vec<String>,
    /// Show what is left without these models, such as '{origin: US}'; may be repeated
    #[arg(long, value_name = "SELECTOR")]
    pub without: Vec<String>,
    /// Count releases up to this date: YYYY-MM-DD, or a month or year for its first day [default: the newest release]
    #[arg(long, value_name = "DATE", value_parser = any_date)]
    pub as_of: Option<Date>,
}

/// The list that `landscape` writes as rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LandscapeRows {
    /// Overall ranks with their bands
    Ranks,
    /// Scores of enablers
    Enablers,
    /// Figures and scores of indicators
    Indicators,
    /// Figures for and against the reading of each jurisdiction
    Evidence,
    /// Blocs beside their best members
    Blocs,
    /// Which member each indicator of a bloc rests on
    Carried,
    /// Figures that are not scored
    Unscored,
    /// Groups of models against the best of all
    Lag,
    /// Models that can be used in each jurisdiction, against the best of all
    LagByRegion,
    /// What is left without the models of --without
    Without,
    /// What that costs the portfolio in money
    WithoutCost,
    /// The lag month by month
    History,
    /// Which origins can serve the workloads of the portfolio
    Workloads,
}

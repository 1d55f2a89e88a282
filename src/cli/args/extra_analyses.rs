//! Analyses that `optimize` can add to the plan.

use clap::{Args, ValueEnum};

use super::TabularFormat;
use super::values::positive_share;

/// Largest number of alternatives.
const MAX_ALTERNATIVES: u64 = 50;
/// Largest number of replications.
const MAX_REPLICATIONS: u64 = 50;

/// The list that `optimize` writes as rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OptimizeRows {
    /// Moves of demand by step, with cost and risk after each step
    Moves,
    /// Standbys set up, changed or dropped, by step
    StandbyMoves,
    /// Value of each standby and second source
    Hedges,
    /// Plans from the cheapest to the safest; needs --frontier
    Frontier,
    /// Plans that are nearly as good; needs --alternatives
    Alternatives,
    /// Comparison of the plans found; needs --frontier, --alternatives or --replications
    Candidates,
    /// From the least that can be done to everything; needs --ladder
    Ladder,
}

/// Analyses added to the plan.
#[derive(Debug, Args)]
pub struct ExtraAnalyses {
    /// Also make plans from the least that can be done to everything: standbys only, hosts in use only, a few workloads
    #[arg(long)]
    pub ladder: bool,
    /// Also make plans from the cheapest to the safest
    #[arg(long)]
    pub frontier: bool,
    /// Also make up to N other plans that are nearly as good and as different as possible
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=MAX_ALTERNATIVES))]
    pub alternatives: Option<u64>,
    /// With --alternatives: how much worse they may be
    #[arg(long, value_name = "SHARE", value_parser = positive_share, default_value = "2%", requires = "alternatives")]
    pub within: f64,
    /// Make the plan again on M independent samples, to estimate how far it may be from the best
    #[arg(long, value_name = "M", value_parser = clap::value_parser!(u64).range(2..=MAX_REPLICATIONS))]
    pub replications: Option<u64>,
    /// Format of the answer
    #[arg(long, value_enum, default_value_t = TabularFormat::Table, env = "MULTIPOLAR_FORMAT")]
    pub format: TabularFormat,
    /// With --format csv: the list to write [default: moves]
    #[arg(long, value_enum, value_name = "LIST")]
    pub table: Option<OptimizeRows>,
}

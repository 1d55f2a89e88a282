//! What `optimize` is asked besides the plan.

use clap::{Args, ValueEnum};

use super::{TabularFormat, width};

/// Alternatives that may be asked for.
const MAX_ALTERNATIVES: u64 = 50;
/// Replications that may be asked for.
const MAX_REPLICATIONS: u64 = 50;

/// Which list of `optimize` is written as rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OptimizeRows {
    /// Moves of demand by step, with cost and risk after it
    Moves,
    /// Standbys set up, changed or dropped, by step
    StandbyMoves,
    /// What each standby and each second source is worth
    Hedges,
    /// Plans from the cheapest to the safest; needs --frontier
    Frontier,
    /// Plans nearly as good; needs --alternatives
    Alternatives,
    /// The plans found, against each other; needs --frontier, --alternatives or --replications
    Candidates,
}

/// What is asked besides the plan.
#[derive(Debug, Args)]
pub struct ExtraAnalyses {
    /// Also plans from the cheapest to the safest
    #[arg(long)]
    pub frontier: bool,
    /// Also so many other plans that are nearly as good, as different as possible
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=MAX_ALTERNATIVES))]
    pub alternatives: Option<u64>,
    /// With --alternatives: how much dearer they may be
    #[arg(long, value_name = "SHARE", value_parser = width, default_value = "2%", requires = "alternatives")]
    pub within: f64,
    /// Make the plan anew on so many independent samples, to say how far it may be from the best
    #[arg(long, value_name = "M", value_parser = clap::value_parser!(u64).range(2..=MAX_REPLICATIONS))]
    pub replications: Option<u64>,
    /// How to write the answer
    #[arg(long, value_enum, default_value_t = TabularFormat::Table)]
    pub format: TabularFormat,
    /// With --format csv: the list to write [default: moves]
    #[arg(long, value_enum, value_name = "LIST")]
    pub table: Option<OptimizeRows>,
}

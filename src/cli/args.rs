//! Arguments as typed.

use std::path::PathBuf;

mod extra_analyses;

use clap::{Args, Parser, Subcommand, ValueEnum};
pub use extra_analyses::{ExtraAnalyses, OptimizeRows};
use jiff::civil::Date;

use crate::exchange::table_path::TablePath;
use crate::study::simulate::{MAX_TRIALS, Shard};
use crate::units::date::parse_day;
use crate::units::parse_days;

/// Plans a portfolio of generative-AI supply so that it keeps working in a multipolar world.
#[derive(Debug, Parser)]
#[command(name = "multipolar", version, arg_required_else_help = true)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

/// The command.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Runs the whole study (check, exposure, stress, simulate, optimize) and writes a report to `reports/PORTFOLIO/`
    Plan(ReportArguments),
    /// Checks that the files are valid and the limits are met, for use in automated checks
    Check(CheckArguments),
    /// Shows the suppliers and countries that the portfolio depends on, and what happens if one or two of them stop
    Exposure(ExposureArguments),
    /// Shows what given scenarios would cost
    Stress(StressArguments),
    /// Estimates what supply risk costs, on average and in a bad year
    Simulate(SimulateArguments),
    /// Merges the shards of a simulation; the result is identical to that of a single run
    Merge(MergeArguments),
    /// Recommends suppliers, their shares and standbys
    Optimize(OptimizeArguments),
    /// Writes the same report as `plan` and prints only the paths of its files
    Report(ReportArguments),
    /// Generates a portfolio file of a given size from the catalog, to experiment with
    Init(InitArguments),
    /// Prints the JSON Schema of a file or an answer, for editors and programs
    Schema(SchemaArguments),
    /// Lists the library of shocks, or shows one shock in full
    #[command(subcommand)]
    Shocks(ShocksQuestion),
}

impl Command {
    /// The flags shared by all commands.
    #[must_use]
    pub fn common(&self) -> &Common {
        match self {
            Self::Plan(a) | Self::Report(a) => &a.common,
            Self::Check(a) => &a.common,
            Self::Exposure(a) => &a.common,
            Self::Stress(a) => &a.common,
            Self::Simulate(a) => &a.common,
            Self::Merge(a) => &a.common,
            Self::Optimize(a) => &a.common,
            Self::Init(a) => &a.common,
            Self::Schema(a) => &a.common,
            Self::Shocks(ShocksQuestion::List(a)) => &a.common,
            Self::Shocks(ShocksQuestion::Show(a)) => &a.common,
        }
    }
}

/// Flags shared by all commands.
#[derive(Debug, Args)]
pub struct Common {
    /// Catalog to use instead of the built-in one
    #[arg(long, value_name = "DIR")]
    pub catalog: Option<PathBuf>,
    /// Jurisdictions to use instead of the built-in ones
    #[arg(long, value_name = "FILE")]
    pub jurisdictions: Option<PathBuf>,
    /// Write the answer to this file instead of stdout; the file is written atomically
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Random seed: the same seed gives the same answer
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// Number of trials (simulated years)
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..=MAX_TRIALS))]
    pub trials: u64,
    /// Number of threads [default: one per core]; does not change the answer
    #[arg(long, value_name = "N", value_parser = threads)]
    pub threads: Option<usize>,
    /// Print no progress, warnings or notices
    #[arg(long, short)]
    pub quiet: bool,
}

/// The format of a command's answer.
#[derive(Debug, Args)]
pub struct Answer {
    /// Format of the answer
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
}

/// Format of the answer of `check`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CheckFormat {
    /// Tables for people
    Table,
    /// JSON with exact numbers
    Json,
    /// Test results in JUnit XML, for CI servers
    Junit,
    /// Static analysis results in SARIF, for code scanning
    Sarif,
    /// Annotations for a GitHub workflow run
    Github,
}

/// The list that `stress` writes as rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StressRows {
    /// One row per scenario and workload
    Summary,
    /// Service after each change, per workload and, weighted by value, for the portfolio
    Timeline,
    /// Loss of each workload by event
    Causes,
    /// Limits that the scenario breaks
    BrokenLimits,
    /// Offers that take over demand from others
    Takeovers,
}

/// Format of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Tables for people
    Table,
    /// JSON with exact numbers
    Json,
}

/// Format of an answer that consists of lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TabularFormat {
    /// Tables for people
    Table,
    /// JSON with exact numbers
    Json,
    /// One list as CSV with exact numbers, for spreadsheets
    Csv,
}

#[derive(Debug, Args)]
pub struct ExposureArguments {
    /// Portfolio file
    #[arg(value_name = "PORTFOLIO")]
    pub portfolio: PathBuf,
    /// Also show the shares of each workload
    #[arg(long)]
    pub by_workload: bool,
    /// Draw the supply graph to this file: a picture if it ends in .svg, the full graph for Graphviz if in .dot
    #[arg(long, value_name = "FILE")]
    pub graph: Option<PathBuf>,
    #[command(flatten)]
    pub answer: Answer,
    #[command(flatten)]
    pub common: Common,
}

#[derive(Debug, Args)]
pub struct CheckArguments {
    /// Portfolio files
    #[arg(value_name = "PORTFOLIO", required = true)]
    pub portfolios: Vec<PathBuf>,
    #[command(flatten)]
    pub today: Today,
    /// Format of the answer
    #[arg(long, value_enum, default_value_t = CheckFormat::Table)]
    pub format: CheckFormat,
    #[command(flatten)]
    pub common: Common,
}

/// The date on which exceptions to limits are judged.
#[derive(Debug, Args)]
pub struct Today {
    /// Date on which exceptions to limits are judged [default: today]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    pub today: Option<Date>,
}

#[derive(Debug, Args)]
pub struct StressArguments {
    /// Portfolio file
    #[arg(value_name = "PORTFOLIO")]
    pub portfolio: PathBuf,
    /// Scenarios to run [default: june_2026_order]
    #[arg(long, value_name = "ID", num_args = 1.., value_delimiter = ',', conflicts_with_all = ["all", "shock"])]
    pub scenario: Vec<String>,
    /// Run every scenario, the costliest first
    #[arg(long, conflicts_with = "shock")]
    pub all: bool,
    /// Run one shock of the library instead of scenarios
    #[arg(long, value_name = "ID")]
    pub shock: Option<String>,
    /// With --shock: when it occurs [default: 0d]
    #[arg(long, value_name = "TIME", requires = "shock", value_parser = duration)]
    pub at: Option<f64>,
    /// With --shock: how long it lasts [default: its median]
    #[arg(long, value_name = "TIME", requires = "shock", value_parser = duration)]
    pub duration: Option<f64>,
    /// Show every scenario in detail; without it, up to three
    #[arg(long)]
    pub details: bool,
    /// Format of the answer
    #[arg(long, value_enum, default_value_t = TabularFormat::Table)]
    pub format: TabularFormat,
    /// With --format csv: the list to write [default: summary]
    #[arg(long, value_enum, value_name = "LIST")]
    pub table: Option<StressRows>,
    #[command(flatten)]
    pub common: Common,
}

/// Treatment of uncertain rates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RatesArgument {
    /// Draw uncertain rates anew in each trial
    Drawn,
    /// Use their means
    Mean,
}

#[derive(Debug, Args)]
pub struct SimulateArguments {
    /// Portfolio file
    #[arg(value_name = "PORTFOLIO")]
    pub portfolio: PathBuf,
    /// Treatment of uncertain rates and probabilities
    #[arg(long, value_enum, default_value_t = RatesArgument::Drawn)]
    pub rates: RatesArgument,
    /// Add trials until the 95 % interval of the CVaR 0.95 is within this share of it on either side, such as 2%
    #[arg(long, value_name = "SHARE", value_parser = positive_share)]
    pub converge: Option<f64>,
    /// Run only part I of N of the trials; `merge` combines the parts
    #[arg(long, value_name = "I/N", value_parser = shard, requires = "trials_out", conflicts_with = "converge")]
    pub shard: Option<Shard>,
    /// Write the losses of trials to this file (.csv or .parquet), and those of events to a second file next to it
    #[arg(long, value_name = "FILE", value_parser = TablePath::new)]
    pub trials_out: Option<TablePath>,
    /// Format of the answer
    #[arg(long, value_enum, default_value_t = TabularFormat::Table)]
    pub format: TabularFormat,
    #[command(flatten)]
    pub common: Common,
}

#[derive(Debug, Args)]
pub struct MergeArguments {
    /// Portfolio file
    #[arg(value_name = "PORTFOLIO")]
    pub portfolio: PathBuf,
    /// Shards: the files given to `simulate --trials-out`. Seed, rates and trials are taken from them
    #[arg(value_name = "FILE", required = true, value_parser = TablePath::new)]
    pub shards: Vec<TablePath>,
    /// Write the losses of all trials to this file (.csv or .parquet), and those of events to a second file next to it
    #[arg(long, value_name = "FILE", value_parser = TablePath::new)]
    pub trials_out: Option<TablePath>,
    /// Format of the answer
    #[arg(long, value_enum, default_value_t = TabularFormat::Table)]
    pub format: TabularFormat,
    #[command(flatten)]
    pub common: Common,
}

/// What the planner optimizes.
#[derive(Debug, Args)]
pub struct Aim {
    /// Weight of the worst years: 0 counts the average only, 1 the worst years only
    #[arg(long, value_name = "0..1", default_value_t = 0.5, value_parser = share)]
    pub cvar_weight: f64,
    /// Where the worst years begin: 0.95 means the worst 5 %
    #[arg(long, value_name = "0..1", default_value_t = 0.95, value_parser = level)]
    pub confidence_level: f64,
    /// Largest share of demand that may move [default: no limit]
    #[arg(long, value_name = "0..1", value_parser = share)]
    pub max_turnover: Option<f64>,
}

/// Questions to the planner that replace the plan.
#[derive(Debug, Args)]
pub struct WhatIf {
    /// Explain why this offer is not in the plan, and what using it would cost (instead of planning)
    #[arg(long, value_name = "OFFER", conflicts_with = "sovereignty")]
    pub why: Option<String>,
    /// With --why: for this workload only
    #[arg(long, value_name = "ID", requires = "why")]
    pub workload: Option<String>,
    /// Compare the best plans under sovereignty rules: no US, no CN, open models only, EU sites only (instead of planning)
    #[arg(long, conflicts_with = "max_turnover")]
    pub sovereignty: bool,
}

#[derive(Debug, Args)]
pub struct OptimizeArguments {
    /// Portfolio file
    #[arg(value_name = "PORTFOLIO")]
    pub portfolio: PathBuf,
    #[command(flatten)]
    pub aim: Aim,
    /// Continue until plan and proven bound are this close, with all workloads in one program; may take hours
    #[arg(long, value_name = "SHARE", num_args = 0..=1, require_equals = true, default_missing_value = "0.01%")]
    #[arg(value_parser = positive_share, conflicts_with_all = ["why", "sovereignty"])]
    pub prove: Option<f64>,
    #[command(flatten)]
    pub what_if: WhatIf,
    #[command(flatten)]
    pub extra: ExtraAnalyses,
    #[command(flatten)]
    pub common: Common,
}

#[derive(Debug, Args)]
pub struct ReportArguments {
    /// Portfolio file
    #[arg(value_name = "PORTFOLIO")]
    pub portfolio: PathBuf,
    /// Folder for reports; each portfolio has its own folder in it
    #[arg(long, value_name = "DIR", default_value = "reports")]
    pub reports: PathBuf,
    #[command(flatten)]
    pub aim: Aim,
    #[command(flatten)]
    pub today: Today,
    #[command(flatten)]
    pub answer: Answer,
    #[command(flatten)]
    pub common: Common,
}

/// Largest number of workloads, offers or countries of a generated portfolio.
const MAX_SIZE: u64 = 100_000;

#[derive(Debug, Args)]
pub struct InitArguments {
    /// Number of workloads, and of distinct offers that they use
    #[arg(long, value_name = "WORKLOADS,OFFERS", value_parser = size_pair)]
    pub size: (usize, usize),
    /// Number of countries with users
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = size)]
    pub users: usize,
    #[command(flatten)]
    pub common: Common,
}

/// Format of a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SchemaFormat {
    /// JSON Schema 2020-12
    Json,
    /// Tables for people
    Markdown,
}

#[derive(Debug, Args)]
pub struct SchemaArguments {
    /// Name of the schema; without it, all names are listed
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
    /// Format of the schema
    #[arg(long, value_enum, default_value_t = SchemaFormat::Json)]
    pub format: SchemaFormat,
    #[command(flatten)]
    pub common: Common,
}

/// Commands on the library of shocks.
#[derive(Debug, Subcommand)]
pub enum ShocksQuestion {
    /// Lists the library, or a part of it
    List(ShocksListArguments),
    /// Shows one shock in full, and what it would hit
    Show(ShocksShowArguments),
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
    #[arg(long, value_enum, default_value_t = TabularFormat::Table)]
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

/// Largest number of threads.
const MAX_THREADS: usize = 1024;

fn threads(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(n) if (1..=MAX_THREADS).contains(&n) => Ok(n),
        _ => Err(format!("write a number from 1 to {MAX_THREADS}")),
    }
}

fn size(text: &str) -> Result<usize, String> {
    let size = text.parse().ok().filter(|n| (1..=MAX_SIZE).contains(n));
    size.map(|n| n as usize).ok_or_else(|| format!("write a number from 1 to {MAX_SIZE}"))
}

fn size_pair(text: &str) -> Result<(usize, usize), String> {
    let (workloads, offers) = text.split_once(',').ok_or("write two numbers, such as 20,60")?;
    Ok((size(workloads.trim())?, size(offers.trim())?))
}

fn share(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|x| (0.0..=1.0).contains(x))
        .ok_or_else(|| "write a number from 0 to 1".to_owned())
}

/// A share above 0, as a number or in percent.
fn positive_share(text: &str) -> Result<f64, String> {
    let share = match text.strip_suffix('%') {
        Some(percent) => percent.trim_end().parse().map(|percent: f64| percent / 100.0),
        None => text.parse(),
    };
    let share = share.ok().filter(|share| *share > 0.0 && *share <= 1.0);
    share.ok_or_else(|| "write a share of more than 0 and at most 1, such as 2% or 0.02".to_owned())
}

fn shard(text: &str) -> Result<Shard, String> {
    let numbers = text.split_once('/').and_then(|(i, n)| Some((i.parse().ok()?, n.parse().ok()?)));
    let shard = numbers.map(|(index, of)| Shard { index, of });
    let shard = shard.filter(|shard| (1..=shard.of).contains(&shard.index) && shard.of <= MAX_TRIALS);
    shard.ok_or_else(|| "write the part and the number of parts, such as 1/3, 2/3 or 3/3".to_owned())
}

fn level(text: &str) -> Result<f64, String> {
    let level = text.parse().ok().filter(|x| (0.0..1.0).contains(x));
    level.ok_or_else(|| "write a number of at least 0 and less than 1, such as 0.95".to_owned())
}

fn duration(text: &str) -> Result<f64, String> {
    parse_days(text).map_err(|error| error.to_string())
}

fn day(text: &str) -> Result<Date, String> {
    parse_day(text).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn numbers_outside_their_range_are_refused() {
        for text in ["-0.1", "1.1", "NaN", "inf", "half", ""] {
            assert!(share(text).is_err(), "{text}");
        }
        assert_eq!((share("0"), share("1")), (Ok(0.0), Ok(1.0)));
        assert!(level("1").is_err());
        assert_eq!(
            (positive_share("2%"), positive_share("0.02"), positive_share("100 %")),
            (Ok(0.02), Ok(0.02), Ok(1.0))
        );
        for text in ["0", "0%", "101%", "-1%", "NaN", "%", "two"] {
            assert!(positive_share(text).is_err(), "{text}");
        }
        assert_eq!(shard("2/3"), Ok(Shard { index: 2, of: 3 }));
        for text in ["0/3", "4/3", "1/0", "1", "/", "-1/3", "1/3/5", "1/10000001"] {
            assert!(shard(text).is_err(), "{text}");
        }
        assert!(threads("0").is_err() && threads("1025").is_err());
        assert_eq!(day("2024-02-29").map(|day| day.to_string()), Ok("2024-02-29".to_owned()));
        for text in
            ["2026-02-31", "2026-02-29", "2026-12", "31.12.2026", "2026-1-1", "today", "+026-01-01", ""]
        {
            assert!(day(text).is_err(), "{text}");
        }
    }
}

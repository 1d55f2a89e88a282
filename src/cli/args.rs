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

/// What is asked.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// The main job: check, exposure, stress, simulate and optimize, with a report in `reports/PORTFOLIO/`
    Plan(ReportArguments),
    /// Are the files valid, and are the limits kept? A gate for automated checks
    Check(CheckArguments),
    /// On whom do we depend, and what if one of them stopped?
    Exposure(ExposureArguments),
    /// What would a written-down scenario cost?
    Stress(StressArguments),
    /// What does supply risk cost, on average and in a bad year?
    Simulate(SimulateArguments),
    /// Puts shards of a simulation together: the same bytes as one run
    Merge(MergeArguments),
    /// Which suppliers, at which shares, with which standbys?
    Optimize(OptimizeArguments),
    /// Writes the report without telling the story on the terminal
    Report(ReportArguments),
    /// Writes a portfolio file of a given size from the catalog, to try things on
    Init(InitArguments),
    /// Prints the JSON Schema of a file or of an answer, for editors and programs
    Schema(SchemaArguments),
    /// What can hit supply: the library of shocks, and one of them in full
    #[command(subcommand)]
    Shocks(ShocksQuestion),
}

impl Command {
    /// The flags that every command has.
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

/// Flags of every command.
#[derive(Debug, Args)]
pub struct Common {
    /// Catalog to use in place of the one inside the program
    #[arg(long, value_name = "DIR")]
    pub catalog: Option<PathBuf>,
    /// Jurisdictions to use in place of those inside the program
    #[arg(long, value_name = "FILE")]
    pub jurisdictions: Option<PathBuf>,
    /// Write the answer into a file, whole or not at all
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Start of the random draws: the same seed gives the same answer
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// Simulated horizons
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..=MAX_TRIALS))]
    pub trials: u64,
    /// Threads to compute on [default: one per core]; does not change the answer
    #[arg(long, value_name = "N", value_parser = threads)]
    pub threads: Option<usize>,
    /// Show no progress, warnings or notices
    #[arg(long, short)]
    pub quiet: bool,
}

/// How a command's answer is written.
#[derive(Debug, Args)]
pub struct Answer {
    /// How to write the answer
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
}

/// How `check` writes its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CheckFormat {
    /// For people
    Table,
    /// For machines: exact numbers
    Json,
    /// Test results in XML, as CI servers read them
    Junit,
    /// Static analysis results, as code scanning reads them
    Sarif,
    /// Annotations of a GitHub workflow run
    Github,
}

/// Which list of `stress` is written as rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StressRows {
    /// One row per scenario and workload
    Summary,
    /// Service at each change, per workload; without a workload, of the portfolio by value
    Timeline,
    /// The loss of each workload by event
    Causes,
    /// Limits that break
    BrokenLimits,
    /// Who takes over from whom
    Takeovers,
}

/// How an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Table,
    /// For machines: exact numbers
    Json,
}

/// How an answer made of lists is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TabularFormat {
    /// For people
    Table,
    /// For machines: exact numbers
    Json,
    /// For spreadsheets: exact numbers, one list, one line per row
    Csv,
}

#[derive(Debug, Args)]
pub struct ExposureArguments {
    /// The portfolio's file
    #[arg(value_name = "PORTFOLIO")]
    pub portfolio: PathBuf,
    /// Add the shares of each workload by itself
    #[arg(long)]
    pub by_workload: bool,
    /// Draw the portfolio's supply graph into a file, which ends in .svg (a picture) or .dot (Graphviz, in full)
    #[arg(long, value_name = "FILE")]
    pub graph: Option<PathBuf>,
    #[command(flatten)]
    pub answer: Answer,
    #[command(flatten)]
    pub common: Common,
}

#[derive(Debug, Args)]
pub struct CheckArguments {
    /// The portfolios' files
    #[arg(value_name = "PORTFOLIO", required = true)]
    pub portfolios: Vec<PathBuf>,
    #[command(flatten)]
    pub today: Today,
    /// How to write the answer
    #[arg(long, value_enum, default_value_t = CheckFormat::Table)]
    pub format: CheckFormat,
    #[command(flatten)]
    pub common: Common,
}

/// The day on which exceptions to limits are judged.
#[derive(Debug, Args)]
pub struct Today {
    /// Day on which accepted exceptions are judged [default: today]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    pub today: Option<Date>,
}

#[derive(Debug, Args)]
pub struct StressArguments {
    /// The portfolio's file
    #[arg(value_name = "PORTFOLIO")]
    pub portfolio: PathBuf,
    /// Scenarios to play [default: june_2026_order]
    #[arg(long, value_name = "ID", num_args = 1.., value_delimiter = ',', conflicts_with_all = ["all", "shock"])]
    pub scenario: Vec<String>,
    /// Play every scenario
    #[arg(long, conflicts_with = "shock")]
    pub all: bool,
    /// Play one shock of the library instead
    #[arg(long, value_name = "ID")]
    pub shock: Option<String>,
    /// Day on which the shock strikes
    #[arg(long, value_name = "TIME", requires = "shock", value_parser = duration)]
    pub at: Option<f64>,
    /// How long the shock lasts [default: its median]
    #[arg(long, value_name = "TIME", requires = "shock", value_parser = duration)]
    pub duration: Option<f64>,
    /// Tell each scenario in detail, however many there are
    #[arg(long)]
    pub details: bool,
    /// How to write the answer
    #[arg(long, value_enum, default_value_t = TabularFormat::Table)]
    pub format: TabularFormat,
    /// With --format csv: the list to write [default: summary]
    #[arg(long, value_enum, value_name = "LIST")]
    pub table: Option<StressRows>,
    #[command(flatten)]
    pub common: Common,
}

/// How uncertain rates are treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RatesArgument {
    /// Drawn in each trial from what the event list leaves open
    Drawn,
    /// At their means
    Mean,
}

#[derive(Debug, Args)]
pub struct SimulateArguments {
    /// The portfolio's file
    #[arg(value_name = "PORTFOLIO")]
    pub portfolio: PathBuf,
    /// How uncertain rates and probabilities are treated
    #[arg(long, value_enum, default_value_t = RatesArgument::Drawn)]
    pub rates: RatesArgument,
    /// Go on until the 95 % interval of CVaR 0.95 is at most this share of it wide to either side, such as 2%
    #[arg(long, value_name = "SHARE", value_parser = width)]
    pub converge: Option<f64>,
    /// Run only the i-th of n parts of the trials, to be put together by `merge`
    #[arg(long, value_name = "I/N", value_parser = shard, requires = "trials_out", conflicts_with = "converge")]
    pub shard: Option<Shard>,
    /// Write the losses of trials, and of events beside them, into a file that ends in .csv or .parquet
    #[arg(long, value_name = "FILE", value_parser = TablePath::new)]
    pub trials_out: Option<TablePath>,
    /// How to write the answer
    #[arg(long, value_enum, default_value_t = TabularFormat::Table)]
    pub format: TabularFormat,
    #[command(flatten)]
    pub common: Common,
}

#[derive(Debug, Args)]
pub struct MergeArguments {
    /// The portfolio's file
    #[arg(value_name = "PORTFOLIO")]
    pub portfolio: PathBuf,
    /// The shards, as `simulate --trials-out` named them; seed, rates and trials are theirs
    #[arg(value_name = "FILE", required = true, value_parser = TablePath::new)]
    pub shards: Vec<TablePath>,
    /// Write the losses of all trials, and of events beside them, into a file that ends in .csv or .parquet
    #[arg(long, value_name = "FILE", value_parser = TablePath::new)]
    pub trials_out: Option<TablePath>,
    /// How to write the answer
    #[arg(long, value_enum, default_value_t = TabularFormat::Table)]
    pub format: TabularFormat,
    #[command(flatten)]
    pub common: Common,
}

/// What the planner weighs.
#[derive(Debug, Args)]
pub struct Aim {
    /// Weight of the worst years against the average: 0 is the average only, 1 the worst years only
    #[arg(long, value_name = "0..1", default_value_t = 0.5, value_parser = share)]
    pub cvar_weight: f64,
    /// Where the worst years begin: 0.95 are the worst 5 %
    #[arg(long, value_name = "0..1", default_value_t = 0.95, value_parser = level)]
    pub confidence_level: f64,
    /// Most of the demand that may move, as a share
    #[arg(long, value_name = "0..1", value_parser = share)]
    pub max_turnover: Option<f64>,
}

/// Another question to the planner than for the best plan.
#[derive(Debug, Args)]
pub struct WhatIf {
    /// Say instead why this offer is not in the plan, and what it would cost to use it
    #[arg(long, value_name = "OFFER", conflicts_with = "sovereignty")]
    pub why: Option<String>,
    /// With --why: of this workload only
    #[arg(long, value_name = "ID", requires = "why")]
    pub workload: Option<String>,
    /// Compare instead the best plans without US, without CN, with open models only and with EU sites only
    #[arg(long, conflicts_with = "max_turnover")]
    pub sovereignty: bool,
}

#[derive(Debug, Args)]
pub struct OptimizeArguments {
    /// The portfolio's file
    #[arg(value_name = "PORTFOLIO")]
    pub portfolio: PathBuf,
    #[command(flatten)]
    pub aim: Aim,
    /// Go on until plan and proven bound are as close as this, with all workloads in one program: it may take hours
    #[arg(long, value_name = "SHARE", num_args = 0..=1, require_equals = true, default_missing_value = "0.01%")]
    #[arg(value_parser = width, conflicts_with_all = ["why", "sovereignty"])]
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
    /// The portfolio's file
    #[arg(value_name = "PORTFOLIO")]
    pub portfolio: PathBuf,
    /// Folder in which each portfolio has its own
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

/// Most workloads, offers or countries of a generated portfolio.
const MAX_SIZE: u64 = 100_000;

#[derive(Debug, Args)]
pub struct InitArguments {
    /// Number of workloads and of distinct offers that they use
    #[arg(long, value_name = "WORKLOADS,OFFERS", value_parser = size_pair)]
    pub size: (usize, usize),
    /// Number of countries with users
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = size)]
    pub users: usize,
    #[command(flatten)]
    pub common: Common,
}

/// How a schema is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SchemaFormat {
    /// JSON Schema 2020-12
    Json,
    /// Tables for people
    Markdown,
}

#[derive(Debug, Args)]
pub struct SchemaArguments {
    /// The schema; without it, all names are listed
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
    /// How to write the schema
    #[arg(long, value_enum, default_value_t = SchemaFormat::Json)]
    pub format: SchemaFormat,
    #[command(flatten)]
    pub common: Common,
}

/// What is asked of the library of shocks.
#[derive(Debug, Subcommand)]
pub enum ShocksQuestion {
    /// The library, or a part of it
    List(ShocksListArguments),
    /// One shock in full, and what it would hit
    Show(ShocksShowArguments),
}

#[derive(Debug, Args)]
pub struct ShocksListArguments {
    /// A portfolio's file, whose own `catalog:` is laid over the library
    #[arg(value_name = "PORTFOLIO")]
    pub portfolio: Option<PathBuf>,
    /// Only shocks of this kind, such as export_ban; `effects` for those written out
    #[arg(long, value_name = "KIND")]
    pub kind: Option<String>,
    /// Only shocks put down to this jurisdiction, such as US; `none` for markets and accidents
    #[arg(long, value_name = "JURISDICTION")]
    pub by: Option<String>,
    /// How to write the answer
    #[arg(long, value_enum, default_value_t = TabularFormat::Table)]
    pub format: TabularFormat,
    #[command(flatten)]
    pub common: Common,
}

#[derive(Debug, Args)]
pub struct ShocksShowArguments {
    /// The shock
    #[arg(value_name = "ID")]
    pub id: String,
    /// A portfolio's file: adds the pairs that the shock would hit, and knows the portfolio's own shocks
    #[arg(value_name = "PORTFOLIO")]
    pub portfolio: Option<PathBuf>,
    #[command(flatten)]
    pub answer: Answer,
    #[command(flatten)]
    pub common: Common,
}

/// Most threads that may be asked for.
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
fn width(text: &str) -> Result<f64, String> {
    let share = match text.strip_suffix('%') {
        Some(percent) => percent.trim_end().parse().map(|percent: f64| percent / 100.0),
        None => text.parse(),
    };
    let share = share.ok().filter(|share| *share > 0.0 && *share <= 1.0);
    share.ok_or_else(|| "write a share above 0 and up to 1, such as 2% or 0.02".to_owned())
}

fn shard(text: &str) -> Result<Shard, String> {
    let numbers = text.split_once('/').and_then(|(i, n)| Some((i.parse().ok()?, n.parse().ok()?)));
    let shard = numbers.map(|(index, of)| Shard { index, of });
    let shard = shard.filter(|shard| (1..=shard.of).contains(&shard.index) && shard.of <= MAX_TRIALS);
    shard.ok_or_else(|| "write which of how many, such as 1/3, 2/3 or 3/3".to_owned())
}

fn level(text: &str) -> Result<f64, String> {
    let level = text.parse().ok().filter(|x| (0.0..1.0).contains(x));
    level.ok_or_else(|| "write a number from 0 to below 1, such as 0.95".to_owned())
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
        assert_eq!((width("2%"), width("0.02"), width("100 %")), (Ok(0.02), Ok(0.02), Ok(1.0)));
        for text in ["0", "0%", "101%", "-1%", "NaN", "%", "two"] {
            assert!(width(text).is_err(), "{text}");
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

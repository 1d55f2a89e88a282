//! Arguments as typed.

use std::path::PathBuf;

mod catalog;
mod compare;
mod diversify;
mod exports;
mod extra_analyses;
mod gateway;
mod history;
mod imports;
mod init;
mod landscape;
mod list;
mod reverse;
mod serve;
mod shared;
mod shocks;
mod signals;
mod values;
mod words;

pub use catalog::{
    CatalogQuestion, CatalogRefreshArguments, CatalogStatusArguments, RefreshRows, StatusRows,
};
use clap::{Args, Parser, Subcommand};
pub use compare::CompareArguments;
pub use diversify::DiversifyArguments;
pub use exports::{
    ExportCyclonedxArguments, ExportDoraArguments, ExportInventoryArguments, ExportLitellmArguments,
    ExportPrometheusArguments, ExportQuestion, ExportRouterArguments, ExportUkArguments, PlanSource,
};
pub use extra_analyses::{ExtraAnalyses, OptimizeRows};
pub use gateway::{FailOn, RoutesArguments, RoutesFormat, SEVERITIES};
pub use history::{HistoryWindow, ReplayArguments, ShocksCalibrateArguments};
pub use imports::{
    DataArgument, ImportFileArguments, ImportGiven, ImportLitellmArguments, ImportQuestion,
    ImportUsageArguments, UserShares, amount, demand, users,
};
pub use init::{InitArguments, InitUsers, StarterArgument};
use jiff::civil::Date;
pub use landscape::{LandscapeArguments, LandscapeRows};
pub use list::{ListArguments, ListFilters, Listed};
pub use reverse::ReverseArguments;
pub use serve::ServeArguments;
pub use shared::{
    Answer, ColorArgument, Common, CurrencyArgument, LocaleArgument, Manners, Output, Resources, Trials,
};
pub use shocks::{ShocksListArguments, ShocksQuestion, ShocksShowArguments};
pub use signals::SignalsArguments;
use values::{day, duration, level, offer_share, positive_share, quarter, shard, share, short_text};
pub use words::{
    CalibrateRows, CheckFormat, CompareFormat, CompareRows, DiversifyRows, Format, RatesArgument, ReplayRows,
    SchemaFormat, SignalRows, StressRows, TabularFormat,
};

use super::version::VERSION;
use crate::exchange::table_path::TablePath;
use crate::study::simulate::Shard;
use crate::units::quarter::Quarter;

/// Plans a portfolio of generative-AI supply so that it keeps working in a multipolar world.
#[derive(Debug, Parser)]
#[command(name = "multipolar", version = VERSION, arg_required_else_help = true)]
pub struct Arguments {
    #[command(flatten)]
    pub manners: Manners,
    #[command(subcommand)]
    pub command: Command,
}

/// The command.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Runs the whole study (check, exposure, stress, simulate, optimize) and writes a report to `reports/PORTFOLIO/QUARTER/`
    Plan(ReportArguments),
    /// Checks that the files are valid and the limits are met, for use in automated checks
    Check(CheckArguments),
    /// Shows the suppliers and countries that the portfolio depends on, and what happens if one or two of them stop
    Exposure(ExposureArguments),
    /// Shows what given scenarios would cost
    Stress(StressArguments),
    /// Shows what changed between two portfolios or reports, and what each change does to cost and risk
    Compare(CompareArguments),
    /// Shows what past events would cost the portfolio today, and a plan beside it
    Replay(ReplayArguments),
    /// Looks for the most probable shocks that together cause a loss that must not happen, and for what would help
    Reverse(ReverseArguments),
    /// Estimates what supply risk costs, on average and in a bad year
    Simulate(SimulateArguments),
    /// Merges the shards of a simulation; the result is identical to that of a single run
    Merge(MergeArguments),
    /// Recommends suppliers, their shares and standbys
    Optimize(OptimizeArguments),
    /// Shows which origins, developers and hosts that are not in use would take most risk away per USD
    Diversify(DiversifyArguments),
    /// Writes the same report as `plan` and prints only the paths of its files
    Report(ReportArguments),
    /// Makes a portfolio to start from: by a few questions, from a shipped one, from a gateway's configuration, or of a given size
    Init(InitArguments),
    /// Prints the JSON Schema of a file or an answer, for editors and programs
    Schema(SchemaArguments),
    /// Shows where generative AI can come from: strengths of jurisdictions, and how far each origin's models lie behind
    Landscape(LandscapeArguments),
    /// Lists the library of shocks, shows one in full, or counts rates and durations from past events
    #[command(subcommand)]
    Shocks(ShocksQuestion),
    /// Updates rates with new events, and says what that does to a portfolio: a tripwire for a scheduled job
    Signals(SignalsArguments),
    /// Compares the catalog with a public price list, or shows how old it is
    #[command(subcommand)]
    Catalog(CatalogQuestion),
    /// Writes a plan in the form of another program: configurations of model gateways, a bill of materials
    #[command(subcommand)]
    Export(ExportQuestion),
    /// Makes a portfolio from what a company has: the configuration of a model gateway, a bill of materials
    #[command(subcommand)]
    Import(ImportQuestion),
    /// Shows what really serves each group of a model gateway, today and under a shock, and what is wrong with it
    Routes(RoutesArguments),
    /// Opens a page on this machine in which shares, standbys and shocks can be changed, and every answer is seen at once
    Serve(ServeArguments),
    /// Lists what the catalog or a portfolio holds: offers, models, hosts, suppliers, hardware, scenarios, shocks, limits, rules
    List(ListArguments),
    /// Explains a code of a problem or finding, or a term
    Explain(ExplainArguments),
    /// Prints the script that completes commands, flags and values in a shell
    Completions(CompletionsArguments),
    /// Writes the manual pages into a folder
    Man(ManArguments),
}

impl Command {
    /// The number of threads asked for; `None`: one per core, or a command that does not compute.
    #[must_use]
    pub fn threads(&self) -> Option<usize> {
        match self {
            Self::Plan(a) | Self::Report(a) => a.resources.threads,
            Self::Check(a) => a.resources.threads,
            Self::Exposure(a) => a.resources.threads,
            Self::Stress(a) => a.resources.threads,
            Self::Compare(a) => a.resources.threads,
            Self::Replay(a) => a.resources.threads,
            Self::Reverse(a) => a.resources.threads,
            Self::Simulate(a) => a.resources.threads,
            Self::Merge(a) => a.resources.threads,
            Self::Shocks(ShocksQuestion::Calibrate(a)) => a.resources.threads,
            Self::Optimize(a) => a.resources.threads,
            Self::Diversify(a) => a.resources.threads,
            Self::Serve(a) => a.threads,
            Self::Signals(a) => a.resources.threads,
            Self::Export(ExportQuestion::Prometheus(a)) => a.resources.threads,
            Self::Init(_)
            | Self::Schema(_)
            | Self::Landscape(_)
            | Self::Shocks(ShocksQuestion::List(_) | ShocksQuestion::Show(_))
            | Self::Catalog(_)
            | Self::Export(_)
            | Self::Import(_)
            | Self::Routes(_)
            | Self::List(_)
            | Self::Explain(_)
            | Self::Completions(_)
            | Self::Man(_) => None,
        }
    }
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
    /// Draw maps of the shares of value, by origin of the models and by region, to this file, which must end in .svg
    #[arg(long, value_name = "FILE")]
    pub chart: Option<PathBuf>,
    /// Format of the answer; as CSV, the retirement calendar
    #[arg(long, value_enum, default_value_t = TabularFormat::Table, env = "MULTIPOLAR_FORMAT")]
    pub format: TabularFormat,
    #[command(flatten)]
    pub common: Common,
    #[command(flatten)]
    pub resources: Resources,
}

#[derive(Debug, Args)]
pub struct CheckArguments {
    /// Portfolio files
    #[arg(value_name = "PORTFOLIO", required = true)]
    pub portfolios: Vec<PathBuf>,
    #[command(flatten)]
    pub today: Today,
    /// A gate on announced ends: broken when the portfolio stands on an offer that its host ends sooner after its start
    #[arg(long, value_name = "TIME", default_value = "90d", value_parser = duration)]
    pub notice: f64,
    /// What would change if this offer were signed and got a share of each workload that may use it, such as
    /// mistral-large-3@mistral:EU=20%; as a record in Markdown, or as JSON [default share: the smallest that routing allows]
    #[arg(long, value_name = "OFFER[=SHARE]", value_parser = offer_share)]
    pub if_signed: Option<(String, Option<f64>)>,
    /// Format of the answer
    #[arg(long, value_enum, default_value_t = CheckFormat::Table, env = "MULTIPOLAR_FORMAT")]
    pub format: CheckFormat,
    #[command(flatten)]
    pub common: Common,
    #[command(flatten)]
    pub trials: Trials,
    #[command(flatten)]
    pub resources: Resources,
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
    /// Scenarios to run; without this, --all and --shock, the scenarios are listed
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
    #[arg(long, value_enum, default_value_t = TabularFormat::Table, env = "MULTIPOLAR_FORMAT")]
    pub format: TabularFormat,
    /// With --format csv: the list to write [default: summary]
    #[arg(long, value_enum, value_name = "LIST")]
    pub table: Option<StressRows>,
    #[command(flatten)]
    pub common: Common,
    #[command(flatten)]
    pub resources: Resources,
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
    #[arg(long, value_enum, default_value_t = TabularFormat::Table, env = "MULTIPOLAR_FORMAT")]
    pub format: TabularFormat,
    #[command(flatten)]
    pub common: Common,
    #[command(flatten)]
    pub trials: Trials,
    #[command(flatten)]
    pub resources: Resources,
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
    #[arg(long, value_enum, default_value_t = TabularFormat::Table, env = "MULTIPOLAR_FORMAT")]
    pub format: TabularFormat,
    #[command(flatten)]
    pub common: Common,
    #[command(flatten)]
    pub resources: Resources,
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
    /// Continue until plan and proven bound are this close; may take hours
    #[arg(long, value_name = "SHARE", num_args = 0..=1, require_equals = true, default_missing_value = "0.01%")]
    #[arg(value_parser = positive_share, conflicts_with_all = ["why", "sovereignty"])]
    pub prove: Option<f64>,
    #[command(flatten)]
    pub what_if: WhatIf,
    #[command(flatten)]
    pub extra: ExtraAnalyses,
    #[command(flatten)]
    pub common: Common,
    #[command(flatten)]
    pub trials: Trials,
    #[command(flatten)]
    pub resources: Resources,
}

#[derive(Debug, Args)]
pub struct ReportArguments {
    /// Portfolio file
    #[arg(value_name = "PORTFOLIO")]
    pub portfolio: PathBuf,
    /// Folder for reports; each portfolio has its own folder in it, and each quarter one in that
    #[arg(long, value_name = "DIR", default_value = "reports")]
    pub reports: PathBuf,
    #[command(flatten)]
    pub head: ReportHead,
    #[command(flatten)]
    pub aim: Aim,
    /// Also make plans from the cheapest to the safest, with their chart: takes several times as long
    #[arg(long)]
    pub frontier: bool,
    #[command(flatten)]
    pub today: Today,
    #[command(flatten)]
    pub answer: Answer,
    #[command(flatten)]
    pub common: Common,
    #[command(flatten)]
    pub trials: Trials,
    #[command(flatten)]
    pub resources: Resources,
}

/// Which report it is, and whose.
#[derive(Debug, Args)]
pub struct ReportHead {
    /// Quarter of the report, such as 2026Q4 [default: that of --today; without it, that of the catalog's date]
    #[arg(long, value_name = "YYYYQN", value_parser = quarter)]
    pub period: Option<Quarter>,
    /// Who prepared the report
    #[arg(long, value_name = "NAME", value_parser = short_text)]
    pub prepared_by: Option<String>,
    /// Who owns the decision
    #[arg(long, value_name = "NAME", value_parser = short_text)]
    pub owner: Option<String>,
    /// Folder or results.json of the report to compare with [default: the newest earlier quarter of this portfolio]
    #[arg(long, value_name = "FILE")]
    pub against: Option<PathBuf>,
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
    pub output: Output,
}

#[derive(Debug, Args)]
pub struct ExplainArguments {
    /// Code or term, such as leaves-zone or CVaR; without it, everything that can be explained is listed
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
    #[command(flatten)]
    pub output: Output,
}

#[derive(Debug, Args)]
pub struct CompletionsArguments {
    /// Shell
    #[arg(value_name = "SHELL", value_enum)]
    pub shell: clap_complete::Shell,
    #[command(flatten)]
    pub output: Output,
}

#[derive(Debug, Args)]
pub struct ManArguments {
    /// Folder of the pages; it is made if it does not exist
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_consistent() {
        Arguments::command().debug_assert();
    }
}

//! Arguments of `export`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use jiff::civil::Date;

use super::values::{day, short_text};
use super::{Common, Resources, TabularFormat, Today, Trials};
use crate::exchange::cyclonedx::bom::BomSpec;
use crate::exchange::dora::lint::is_lei;

/// What a plan is written as.
#[derive(Debug, Subcommand)]
pub enum ExportQuestion {
    /// A part of LiteLLM's configuration: deployments with weights and orders, fallbacks, aliases
    Litellm(ExportLitellmArguments),
    /// Requests of OpenRouter: models and providers in their order, and what a request does not carry
    Openrouter(ExportRouterArguments),
    /// Configs of Portkey: primaries balanced by weight, standbys as fallbacks
    Portkey(ExportRouterArguments),
    /// A bill of materials in the form of CycloneDX: models, hosts, what depends on what, and what is not known
    Cyclonedx(ExportCyclonedxArguments),
    /// The table of `import inventory`, with a portfolio filled in or empty: a workbook with --out FILE.xlsx, else CSV
    Inventory(ExportInventoryArguments),
    /// A draft of the register of information under DORA, what is missing in it, and what an offline check finds
    Dora(ExportDoraArguments),
    /// A draft of the register of material third parties that UK supervisors ask for
    UkRegister(ExportUkArguments),
    /// Headline measures for the textfile collector of Prometheus' node_exporter
    Prometheus(ExportPrometheusArguments),
}

#[derive(Debug, Args)]
pub struct ExportLitellmArguments {
    /// The plan: a portfolio, as it is today, or the JSON of `optimize` or `plan`
    #[arg(value_name = "PLAN")]
    pub plan: PathBuf,
    #[command(flatten)]
    pub common: Common,
}

#[derive(Debug, Args)]
pub struct ExportRouterArguments {
    #[command(flatten)]
    pub source: PlanSource,
    #[command(flatten)]
    pub common: Common,
}

#[derive(Debug, Args)]
pub struct ExportCyclonedxArguments {
    #[command(flatten)]
    pub source: PlanSource,
    /// Version of CycloneDX
    #[arg(long, value_enum, value_name = "VERSION", default_value_t = SpecArgument::V1_7)]
    pub spec: SpecArgument,
    /// Day that the bill says it was made; without it, it says none, and in 1.7 has no citations
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    pub date: Option<Date>,
    #[command(flatten)]
    pub common: Common,
}

#[derive(Debug, Args)]
pub struct ExportInventoryArguments {
    /// Portfolio file; without one, the table is empty
    #[arg(value_name = "PORTFOLIO")]
    pub portfolio: Option<PathBuf>,
    #[command(flatten)]
    pub common: Common,
}

#[derive(Debug, Args)]
pub struct ExportDoraArguments {
    /// Portfolio file
    #[arg(value_name = "PORTFOLIO")]
    pub portfolio: PathBuf,
    /// Write the draft here, several times if need be: an xBRL-CSV package as FILE.zip or as a folder, or a workbook as FILE.xlsx
    #[arg(short = 'o', long = "write", value_name = "PATH")]
    pub write: Vec<PathBuf>,
    /// With -o: replace what is there
    #[arg(long, requires = "write")]
    pub overwrite: bool,
    /// Legal entity identifier of the company
    #[arg(long, value_name = "LEI", value_parser = lei)]
    pub lei: Option<String>,
    /// Type of the company, by its code in the list of the register, such as x12 for a credit institution
    #[arg(long, value_name = "CODE", value_parser = entity_type)]
    pub entity_type: Option<String>,
    /// Name of the competent authority
    #[arg(long, value_name = "NAME", value_parser = short_text)]
    pub authority: Option<String>,
    /// Reporting date
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    pub date: Option<Date>,
    /// Format of the answer; as CSV, the gaps
    #[arg(long, value_enum, default_value_t = TabularFormat::Table, env = "MULTIPOLAR_FORMAT")]
    pub format: TabularFormat,
    #[command(flatten)]
    pub common: Common,
}

#[derive(Debug, Args)]
pub struct ExportUkArguments {
    /// Portfolio file
    #[arg(value_name = "PORTFOLIO")]
    pub portfolio: PathBuf,
    /// Format of the answer; as CSV, the rows of the register
    #[arg(long, value_enum, default_value_t = TabularFormat::Table, env = "MULTIPOLAR_FORMAT")]
    pub format: TabularFormat,
    #[command(flatten)]
    pub common: Common,
}

#[derive(Debug, Args)]
pub struct ExportPrometheusArguments {
    /// Portfolio file
    #[arg(value_name = "PORTFOLIO")]
    pub portfolio: PathBuf,
    #[command(flatten)]
    pub today: Today,
    #[command(flatten)]
    pub trials: Trials,
    #[command(flatten)]
    pub common: Common,
    #[command(flatten)]
    pub resources: Resources,
}

fn lei(text: &str) -> Result<String, String> {
    let text = text.trim().to_uppercase();
    if is_lei(&text) {
        return Ok(text);
    }
    Err("write 20 letters and digits, of which the last two are the check digits".to_owned())
}

fn entity_type(text: &str) -> Result<String, String> {
    let is_code = text.strip_prefix('x').is_some_and(|n| n.len() <= 4 && n.parse::<u32>().is_ok());
    if is_code { Ok(text.to_owned()) } else { Err("write a code such as x12".to_owned()) }
}

/// The plan that is written.
#[derive(Debug, Args)]
pub struct PlanSource {
    /// The plan: a portfolio, as it is today, or the JSON of `optimize` or `plan`
    #[arg(value_name = "PLAN")]
    pub plan: PathBuf,
    /// The portfolio that a plan in JSON was made for: it has the company, the workloads and its own offers
    #[arg(short = 'p', long, value_name = "PORTFOLIO")]
    pub portfolio: Option<PathBuf>,
}

/// A version of CycloneDX, as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SpecArgument {
    #[value(name = "1.6")]
    V1_6,
    #[value(name = "1.7")]
    V1_7,
}

impl From<SpecArgument> for BomSpec {
    fn from(argument: SpecArgument) -> Self {
        match argument {
            SpecArgument::V1_6 => Self::V1_6,
            SpecArgument::V1_7 => Self::V1_7,
        }
    }
}

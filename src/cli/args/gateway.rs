//! Arguments of `import`, `export` and `routes`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::{Answer, Common};
use crate::model::words::DataClass;
use crate::study::gateway::routes::RouteCode;

/// What is imported.
#[derive(Debug, Subcommand)]
pub enum ImportQuestion {
    /// The configuration of LiteLLM: its groups become workloads, its deployments offers
    Litellm(ImportLitellmArguments),
}

#[derive(Debug, Args)]
pub struct ImportLitellmArguments {
    /// Configuration of LiteLLM, such as config.yaml; what it includes is read as well
    #[arg(value_name = "CONFIG")]
    pub config: PathBuf,
    /// Spend logs of LiteLLM as CSV: tokens a month by group
    #[arg(long, value_name = "FILE")]
    pub spend: Option<PathBuf>,
    /// Write the portfolio to this file
    #[arg(short = 'o', long = "write", value_name = "PORTFOLIO")]
    pub write: Option<PathBuf>,
    /// With -o: replace the file if it is there
    #[arg(long, requires = "write")]
    pub overwrite: bool,
    /// Country of the company's headquarters, such as DE
    #[arg(long, value_name = "COUNTRY")]
    pub headquarters: Option<String>,
    /// Countries of the users with their shares, such as DE=0.6,FR=0.4, for every workload
    #[arg(long, value_name = "SHARES", value_parser = users)]
    pub users: Option<UserShares>,
    /// What data every workload handles
    #[arg(long, value_enum, value_name = "CLASS")]
    pub data: Option<DataArgument>,
    /// What a day without it costs, USD, for every workload
    #[arg(long, value_name = "USD", value_parser = amount)]
    pub outage_cost: Option<f64>,
    /// Million tokens in and out a month, such as 400/100, for every workload that the spend logs do not show
    #[arg(long, value_name = "IN/OUT", value_parser = demand)]
    pub demand: Option<(f64, f64)>,
    #[command(flatten)]
    pub answer: Answer,
    #[command(flatten)]
    pub common: Common,
}

/// What a plan is written as.
#[derive(Debug, Subcommand)]
pub enum ExportQuestion {
    /// A part of LiteLLM's configuration: deployments with weights and orders, fallbacks, aliases
    Litellm(ExportLitellmArguments),
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
pub struct RoutesArguments {
    /// Configuration of LiteLLM, such as config.yaml; what it includes is read as well
    #[arg(value_name = "CONFIG")]
    pub config: PathBuf,
    /// Show what is left under this shock of the library; needs --users or --portfolio
    #[arg(long, value_name = "SHOCK", conflicts_with = "scenario")]
    pub under: Option<String>,
    /// Show what is left under this scenario; needs --users or --portfolio
    #[arg(long, value_name = "ID")]
    pub scenario: Option<String>,
    /// Portfolio whose catalog entries count, and whose workloads of the same name say who the users are
    #[arg(long, value_name = "PORTFOLIO")]
    pub portfolio: Option<PathBuf>,
    /// Country or bloc that no answer may come from outside of, such as EU
    #[arg(long, value_name = "JURISDICTION")]
    pub zone: Option<String>,
    /// Countries of the users, such as DE,FR
    #[arg(long, value_name = "COUNTRIES", value_delimiter = ',')]
    pub users: Vec<String>,
    /// End with code 7 if there is a finding of this severity or a graver one, or with one of these codes
    #[arg(long, value_name = "WHAT", value_delimiter = ',', value_parser = fail_on)]
    pub fail_on: Vec<FailOn>,
    /// Format of the answer; as CSV, the findings
    #[arg(long, value_enum, default_value_t = RoutesFormat::Table, env = "MULTIPOLAR_FORMAT")]
    pub format: RoutesFormat,
    #[command(flatten)]
    pub common: Common,
}

/// Format of the answer of `routes`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RoutesFormat {
    /// Tables for people
    Table,
    /// JSON with exact numbers
    Json,
    /// The findings as CSV
    Csv,
    /// Static analysis results in SARIF, for code scanning
    Sarif,
    /// Annotations for a GitHub workflow run
    Github,
}

/// Users by country, as typed.
#[derive(Debug, Clone, PartialEq)]
pub struct UserShares(pub BTreeMap<String, f64>);

/// A class of data, as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DataArgument {
    Public,
    Internal,
    Personal,
    Regulated,
}

impl DataArgument {
    /// What it means.
    #[must_use]
    pub fn class(self) -> DataClass {
        match self {
            Self::Public => DataClass::Public,
            Self::Internal => DataClass::Internal,
            Self::Personal => DataClass::Personal,
            Self::Regulated => DataClass::Regulated,
        }
    }
}

/// What ends `routes` with code 7.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FailOn {
    /// Findings of this rank or a graver one: 0 note, 1 warning, 2 error.
    Severity(usize),
    Code(String),
}

/// Severities, the least grave first.
pub const SEVERITIES: [&str; 3] = ["note", "warning", "error"];

fn fail_on(text: &str) -> Result<FailOn, String> {
    if let Some(rank) = SEVERITIES.iter().position(|severity| *severity == text) {
        return Ok(FailOn::Severity(rank));
    }
    let codes: Vec<&str> = RouteCode::ALL.iter().map(|code| code.as_str()).collect();
    if codes.contains(&text) {
        return Ok(FailOn::Code(text.to_owned()));
    }
    Err(format!("write {} or one of {}", SEVERITIES.join(", "), codes.join(", ")))
}

/// Largest distance of a sum of shares from 1.
const SUM_TOLERANCE: f64 = 1e-6;

fn users(text: &str) -> Result<UserShares, String> {
    let said = "write countries and shares that sum to 1, such as DE=0.6,FR=0.4";
    let entry = |entry: &str| {
        let (country, share) = entry.split_once('=').unwrap_or((entry, "1"));
        let share = share.trim().parse::<f64>().ok().filter(|share| (0.0..=1.0).contains(share))?;
        let country = country.trim().to_uppercase();
        (!country.is_empty()).then_some((country, share))
    };
    let shares: BTreeMap<String, f64> = text.split(',').map(entry).collect::<Option<_>>().ok_or(said)?;
    let sum: f64 = shares.values().sum();
    if (sum - 1.0).abs() > SUM_TOLERANCE {
        return Err(said.to_owned());
    }
    Ok(UserShares(shares))
}

fn amount(text: &str) -> Result<f64, String> {
    let amount = text.trim().parse().ok().filter(|x: &f64| x.is_finite() && *x >= 0.0);
    amount.ok_or_else(|| "write an amount of at least 0".to_owned())
}

fn demand(text: &str) -> Result<(f64, f64), String> {
    let (input, output) = text.split_once('/').ok_or("write million tokens in and out, such as 400/100")?;
    Ok((amount(input)?, amount(output)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_of_users_sum_to_one_and_gates_are_known_words() {
        assert_eq!(
            users("de=0.6,FR=0.4").unwrap().0,
            [("DE".to_owned(), 0.6), ("FR".to_owned(), 0.4)].into()
        );
        assert_eq!(users("DE").unwrap().0, [("DE".to_owned(), 1.0)].into());
        for text in ["", "DE=0.5", "DE=x", "DE=0.6,FR=0.6", "DE=-1,FR=2"] {
            assert!(users(text).is_err(), "{text}");
        }
        assert_eq!(fail_on("warning"), Ok(FailOn::Severity(1)));
        assert_eq!(fail_on("leaves-zone"), Ok(FailOn::Code("leaves-zone".to_owned())));
        assert!(fail_on("grave").is_err());
        assert_eq!(demand("400/100"), Ok((400.0, 100.0)));
        assert!(demand("400").is_err() && demand("-1/2").is_err());
    }
}

//! Arguments of `routes`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Common;
use crate::study::gateway::routes::RouteCode;

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gates_are_severities_and_codes() {
        assert_eq!(fail_on("warning"), Ok(FailOn::Severity(1)));
        assert_eq!(fail_on("leaves-zone"), Ok(FailOn::Code("leaves-zone".to_owned())));
        assert!(fail_on("grave").is_err());
    }
}

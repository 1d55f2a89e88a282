//! Arguments of `import`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::{Answer, Common};
use crate::exchange::usage::UsageForm;
use crate::model::words::DataClass;

/// What is imported.
#[derive(Debug, Subcommand)]
pub enum ImportQuestion {
    /// The configuration of LiteLLM: its groups become workloads, its deployments offers
    Litellm(ImportLitellmArguments),
    /// A bill of materials in the form of CycloneDX, as JSON: its services and models become offers
    Cyclonedx(ImportFileArguments),
    /// A table as CSV or XLSX, one row for each offer of a workload; `export inventory` writes a template
    Inventory(ImportFileArguments),
    /// Records of use as CSV: what goes into a portfolio that is there already
    Usage(ImportUsageArguments),
}

#[derive(Debug, Args)]
pub struct ImportLitellmArguments {
    /// Configuration of LiteLLM, such as config.yaml; what it includes is read as well
    #[arg(value_name = "CONFIG")]
    pub config: PathBuf,
    /// Spend logs of LiteLLM as CSV: tokens a month by group
    #[arg(long, value_name = "FILE")]
    pub spend: Option<PathBuf>,
    #[command(flatten)]
    pub given: ImportGiven,
    #[command(flatten)]
    pub answer: Answer,
    #[command(flatten)]
    pub common: Common,
}

#[derive(Debug, Args)]
pub struct ImportFileArguments {
    /// The file
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    #[command(flatten)]
    pub given: ImportGiven,
    #[command(flatten)]
    pub answer: Answer,
    #[command(flatten)]
    pub common: Common,
}

#[derive(Debug, Args)]
pub struct ImportUsageArguments {
    /// Records of use as CSV; columns other than day, model, tokens and country are not looked at
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Program that wrote them [default: the one whose columns they have]
    #[arg(long = "from", value_enum, value_name = "PROGRAM")]
    pub from: Option<UsageArgument>,
    /// Portfolio whose demand they state
    #[arg(short = 'p', long, value_name = "PORTFOLIO")]
    pub portfolio: PathBuf,
    /// Which workload a name in the records is, such as gpt-4.1=chat, where that cannot be found out
    #[arg(long = "is", value_name = "NAME=WORKLOAD", value_parser = assigned)]
    pub is: Vec<(String, String)>,
    /// Write the portfolio with its new demand to this file
    #[arg(short = 'o', long = "write", value_name = "PORTFOLIO")]
    pub write: Option<PathBuf>,
    /// With -o: replace the file if it is there
    #[arg(long, requires = "write")]
    pub overwrite: bool,
    #[command(flatten)]
    pub answer: Answer,
    #[command(flatten)]
    pub common: Common,
}

/// A program that keeps records of use, as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum UsageArgument {
    Litellm,
    Openrouter,
    Langfuse,
}

impl From<UsageArgument> for UsageForm {
    fn from(argument: UsageArgument) -> Self {
        match argument {
            UsageArgument::Litellm => Self::LiteLlm,
            UsageArgument::Openrouter => Self::OpenRouter,
            UsageArgument::Langfuse => Self::Langfuse,
        }
    }
}

fn assigned(text: &str) -> Result<(String, String), String> {
    let parts = text.rsplit_once('=').filter(|(name, workload)| !name.is_empty() && !workload.is_empty());
    let (name, workload) = parts.ok_or("write a name and a workload, such as gpt-4.1=chat")?;
    Ok((name.trim().to_owned(), workload.trim().to_owned()))
}

/// Where the portfolio goes, and what no file says.
#[derive(Debug, Args)]
pub struct ImportGiven {
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
    /// Million tokens in and out a month, such as 400/100, for every workload whose use is not in the files
    #[arg(long, value_name = "IN/OUT", value_parser = demand)]
    pub demand: Option<(f64, f64)>,
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

/// Largest distance of a sum of shares from 1.
const SUM_TOLERANCE: f64 = 1e-6;

/// Shares by country that sum to 1.
///
/// # Errors
/// What to write instead.
pub fn users(text: &str) -> Result<UserShares, String> {
    let said = "write countries and shares that sum to 1, such as DE=0.6,FR=0.4 or DE=60%,FR=40%";
    let entry = |entry: &str| {
        let (country, share) = entry.split_once('=').unwrap_or((entry, "1"));
        let share = match share.trim().strip_suffix('%') {
            Some(percent) => percent.trim_end().parse::<f64>().ok()? / 100.0,
            None => share.trim().parse().ok()?,
        };
        let share = Some(share).filter(|share| (0.0..=1.0).contains(share))?;
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

/// An amount of at least 0.
///
/// # Errors
/// What to write instead.
pub fn amount(text: &str) -> Result<f64, String> {
    let amount = text.trim().parse().ok().filter(|x: &f64| x.is_finite() && *x >= 0.0);
    amount.ok_or_else(|| "write a number of at least 0, such as 20000".to_owned())
}

/// Million tokens in and out.
///
/// # Errors
/// What to write instead.
pub fn demand(text: &str) -> Result<(f64, f64), String> {
    let (input, output) = text.split_once('/').ok_or("write million tokens in and out, such as 400/100")?;
    Ok((amount(input)?, amount(output)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_of_users_sum_to_one_and_demand_has_two_parts() {
        assert_eq!(
            users("de=0.6,FR=0.4").unwrap().0,
            [("DE".to_owned(), 0.6), ("FR".to_owned(), 0.4)].into()
        );
        assert_eq!(users("DE=60%, FR=40 %").unwrap().0, users("DE=0.6,FR=0.4").unwrap().0);
        assert_eq!(users("DE").unwrap().0, [("DE".to_owned(), 1.0)].into());
        for text in ["", "DE=0.5", "DE=x", "DE=0.6,FR=0.6", "DE=-1,FR=2"] {
            assert!(users(text).is_err(), "{text}");
        }
        assert_eq!(demand("400/100"), Ok((400.0, 100.0)));
        assert!(demand("400").is_err() && demand("-1/2").is_err());
    }
}

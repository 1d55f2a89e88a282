//! Arguments of `init`.

use std::collections::BTreeMap;

use clap::{Args, ValueEnum};

use super::Common;
use super::imports::{amount, demand, users};
use super::values::{short_text, size, size_pair};
use crate::exchange::starter::Starter;

#[derive(Debug, Args)]
pub struct InitArguments {
    /// Number of workloads, and of distinct offers that they use: a portfolio generated from the catalog, to experiment with
    #[arg(long, value_name = "WORKLOADS,OFFERS", value_parser = size_pair, conflicts_with_all = ["from", "like"])]
    pub size: Option<(usize, usize)>,
    /// Program and its configuration: `litellm config.yaml` is what `import litellm` makes of it
    #[arg(long, num_args = 2, value_names = ["PROGRAM", "CONFIG"], conflicts_with = "like")]
    pub from: Vec<String>,
    /// Shipped portfolio to begin with; without this, --size and --from, a terminal asks
    #[arg(long, value_enum, value_name = "WHICH")]
    pub like: Option<StarterArgument>,
    /// Name of the company
    #[arg(long, value_name = "NAME", value_parser = short_text, conflicts_with = "size")]
    pub name: Option<String>,
    /// Country of its headquarters, such as DE
    #[arg(long, value_name = "COUNTRY", conflicts_with = "size")]
    pub headquarters: Option<String>,
    /// Countries of the users with their shares, such as DE=0.6,FR=0.4; with --size, number of countries [default: 10]
    #[arg(long, value_name = "SHARES", value_parser = init_users)]
    pub users: Option<InitUsers>,
    /// Million tokens in and out a month of the largest workload, such as 400/100; the others follow in proportion
    #[arg(long, value_name = "IN/OUT", value_parser = demand, conflicts_with = "size")]
    pub demand: Option<(f64, f64)>,
    /// What a day without the costliest workload costs, USD; the others follow in proportion
    #[arg(long, value_name = "USD", value_parser = amount, conflicts_with = "size")]
    pub outage_cost: Option<f64>,
    /// Make no first plan of the file that is written
    #[arg(long, conflicts_with_all = ["size", "from"])]
    pub no_plan: bool,
    #[command(flatten)]
    pub common: Common,
}

/// Users as typed: how many countries, or which.
#[derive(Debug, Clone, PartialEq)]
pub enum InitUsers {
    Count(usize),
    Shares(BTreeMap<String, f64>),
}

/// A shipped portfolio, as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StarterArgument {
    Small,
    Bank,
    Manufacturer,
    Retailer,
    Software,
}

impl From<StarterArgument> for Starter {
    fn from(argument: StarterArgument) -> Self {
        match argument {
            StarterArgument::Small => Self::Small,
            StarterArgument::Bank => Self::Bank,
            StarterArgument::Manufacturer => Self::Manufacturer,
            StarterArgument::Retailer => Self::Retailer,
            StarterArgument::Software => Self::Software,
        }
    }
}

fn init_users(text: &str) -> Result<InitUsers, String> {
    if text.trim().parse::<f64>().is_ok() {
        return size(text).map(InitUsers::Count);
    }
    users(text).map(|users| InitUsers::Shares(users.0))
}

//! The questions of `init` in a terminal: seven at most, each with an answer that Enter takes.

use std::io::{self, IsTerminal};
use std::path::PathBuf;

use dialoguer::{Input, Select};

use crate::cli::args::{InitArguments, InitUsers, amount, demand, users};
use crate::cli::failure::Failure;
use crate::exchange::starter::{Starter, StarterAnswers};

/// What was answered.
pub(super) struct InitAnswered {
    pub(super) starter: Starter,
    pub(super) answers: StarterAnswers,
    pub(super) file: PathBuf,
}

/// Asks what the flags do not say.
pub(super) fn asked(arguments: &InitArguments) -> Result<InitAnswered, Failure> {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        let text = "there is no terminal to ask in\n  = help: give --like, and what is your own: --name, --headquarters, --users, \
                    --demand, --outage-cost; or --size, or --from litellm CONFIG";
        return Err(Failure::Usage(text.to_owned()));
    }
    answered(arguments).map_err(|error| Failure::Stopped(format!("the questions were not answered: {error}")))
}

fn answered(arguments: &InitArguments) -> dialoguer::Result<InitAnswered> {
    let says: Vec<&str> = Starter::ALL.iter().map(|starter| starter.says()).collect();
    let chosen = Select::new()
        .with_prompt("The company that is most like yours")
        .items(&says)
        .default(0)
        .interact()?;
    let starter = Starter::ALL[chosen];
    let name = match &arguments.name {
        Some(name) => name.clone(),
        None => text("Name of the company", "Own Ltd", |_| Ok(()))?,
    };
    let headquarters = match &arguments.headquarters {
        Some(country) => country.clone(),
        None => text("Country of its headquarters", "DE", is_code)?,
    }
    .to_uppercase();
    let users = match &arguments.users {
        Some(InitUsers::Shares(users)) => users.clone(),
        _ => {
            let typed =
                text("Countries of the users, with shares", &headquarters, |typed| users(typed).map(drop))?;
            users(&typed).map(|users| users.0).unwrap_or_default()
        }
    };
    let demand = match arguments.demand {
        Some(demand) => Some(demand),
        None => {
            let prompt = "Million tokens in and out a month of the largest workload";
            demand(&text(prompt, "400/100", |typed| demand(typed).map(drop))?).ok()
        }
    };
    let outage_cost = match arguments.outage_cost {
        Some(usd) => Some(usd),
        None => {
            let prompt = "What a day without the most important workload costs, USD";
            amount(&text(prompt, "50000", |typed| amount(typed).map(drop))?).ok()
        }
    };
    let file = match arguments.common.out() {
        Some(file) => file.to_owned(),
        None => PathBuf::from(text("Write the portfolio to", "portfolio.yaml", is_free)?),
    };
    let answers = StarterAnswers {
        name: Some(name),
        headquarters: Some(headquarters),
        users: Some(users),
        demand,
        outage_cost_usd_per_day: outage_cost,
        cost_times: None,
    };
    Ok(InitAnswered { starter, answers, file })
}

/// One line, asked again until it is right.
fn text(prompt: &str, usual: &str, check: impl Fn(&str) -> Result<(), String>) -> dialoguer::Result<String> {
    let input = Input::<String>::new().with_prompt(prompt).default(usual.to_owned());
    input
        .validate_with(|typed: &String| check(typed.trim()))
        .interact_text()
        .map(|typed| typed.trim().to_owned())
}

fn is_code(typed: &str) -> Result<(), String> {
    let is_code = typed.len() == 2 && typed.bytes().all(|b| b.is_ascii_alphabetic());
    if is_code { Ok(()) } else { Err("write two letters, such as DE".to_owned()) }
}

/// Never writes over a file.
fn is_free(typed: &str) -> Result<(), String> {
    let is_there = PathBuf::from(typed).symlink_metadata().is_ok();
    if is_there { Err("it is there already: name another".to_owned()) } else { Ok(()) }
}

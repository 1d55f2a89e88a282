//! The command `import`.

mod usage;

use std::collections::BTreeMap;

use crate::cli::answer::{Choice, loaded_or_library, written};
use crate::cli::args::{
    Answer, Common, DataArgument, ImportFileArguments, ImportGiven, ImportLitellmArguments, ImportQuestion,
};
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::messages::escaped;
use crate::cli::targets::refuse_existing;
use crate::exchange::cyclonedx::reader::read_bom;
use crate::exchange::draft_file::{WrittenPortfolio, portfolio_file};
use crate::exchange::inventory::reader::read_inventory;
use crate::exchange::litellm::config::read_gateway_config;
use crate::exchange::usage::read_spend;
use crate::files::write_atomically;
use crate::model::inventory::Inventory;
use crate::model::jurisdictions::{JurisdictionKind, Jurisdictions};
use crate::report::answer::gateway::import::ImportLitellmAnswer;
use crate::report::answer::imports::inventory::ImportInventoryAnswer;
use crate::report::tables;
use crate::study::gateway::import::import as imported;
use crate::study::gateway::offers::OfferReader;
use crate::study::imports::draft::{ImportAnswers, PortfolioDraft};
use crate::study::imports::inventory::import as listed;

pub(super) fn import(question: &ImportQuestion, console: &Console) -> Result<Exit, Failure> {
    match question {
        ImportQuestion::Litellm(arguments) => litellm(arguments, console),
        ImportQuestion::Cyclonedx(arguments) => cyclonedx(arguments, console),
        ImportQuestion::Inventory(arguments) => inventory(arguments, console),
        ImportQuestion::Usage(arguments) => usage::usage(arguments, console),
    }
}

/// What every import reads first: the catalog, and what the command line says beside the file.
fn prepared(
    given: &ImportGiven,
    common: &Common,
    console: &Console,
) -> Result<(Choice, ImportAnswers), Failure> {
    if let Some(file) = given.write.as_deref() {
        refuse_existing(file, given.overwrite)?;
    }
    let library = loaded_or_library(None, common, console)?;
    let answers = answers(given, &library.jurisdictions)?;
    Ok((library, answers))
}

/// Writes the portfolio of `-o`, and says where it is.
fn saved(
    draft: &PortfolioDraft,
    given: &ImportGiven,
    console: &Console,
) -> Result<(WrittenPortfolio, Option<String>), Failure> {
    let file = portfolio_file(draft);
    if let Some(path) = given.write.as_deref() {
        write_atomically(path, &file.text)?;
        console.wrote(path);
    }
    Ok((file, given.write.as_deref().map(|path| path.display().to_string())))
}

fn cyclonedx(arguments: &ImportFileArguments, console: &Console) -> Result<Exit, Failure> {
    let read = read_bom(&arguments.file)?;
    let form = format!("CycloneDX {}", read.spec);
    listed_inventory(&read.inventory, (&form, "the bill"), arguments, console)
}

fn inventory(arguments: &ImportFileArguments, console: &Console) -> Result<Exit, Failure> {
    let (form, inventory) = read_inventory(&arguments.file)?;
    listed_inventory(&inventory, (form.as_str(), "the inventory"), arguments, console)
}

/// `form`: what the file is; `source`: what it is called where a value comes from it.
fn listed_inventory(
    inventory: &Inventory,
    (form, source): (&str, &str),
    arguments: &ImportFileArguments,
    console: &Console,
) -> Result<Exit, Failure> {
    let (library, answers) = prepared(&arguments.given, &arguments.common, console)?;
    let reader = OfferReader::new(&library.catalog, &library.jurisdictions);
    let name = escaped(&arguments.file.file_stem().unwrap_or_default().to_string_lossy());
    let from = escaped(&arguments.file.file_name().unwrap_or_default().to_string_lossy());
    let origin = format!("{from}, {form}");
    let found = listed(inventory, &reader, &answers, (&name, &origin, source));
    let (file, path) = saved(&found.draft, &arguments.given, console)?;
    let about = (from, form.to_owned(), path);
    let answer = ImportInventoryAnswer::of(&found, inventory, &file.lines, about);
    deliver(
        &arguments.answer,
        &arguments.common,
        console,
        || tables::imports::import_inventory(&answer),
        &answer,
    )
}

fn deliver(
    format: &Answer,
    common: &Common,
    console: &Console,
    tables: impl FnOnce() -> Vec<crate::report::grid::Grid>,
    answer: &impl serde::Serialize,
) -> Result<Exit, Failure> {
    let text = written(format.format, console, common.out(), tables, || answer);
    console.deliver(&text, common.out(), Exit::Done)
}

pub(super) fn litellm(arguments: &ImportLitellmArguments, console: &Console) -> Result<Exit, Failure> {
    let common = &arguments.common;
    let (library, answers) = prepared(&arguments.given, common, console)?;
    let config = read_gateway_config(&arguments.config)?;
    let usage = arguments.spend.as_deref().map(read_spend).transpose()?;
    let mapped = OfferReader::new(&library.catalog, &library.jurisdictions).mapped(&config);
    let name = arguments.config.file_stem().unwrap_or_default().to_string_lossy();
    let from = arguments.config.file_name().unwrap_or_default().to_string_lossy();
    let names = (escaped(&name), escaped(&from));
    let found = imported(&config, &mapped, usage.as_ref(), &answers, (&names.0, &names.1));
    let (file, path) = saved(&found.draft, &arguments.given, console)?;
    let n_set_aside = usage.as_ref().map(|usage| usage.n_set_aside);
    let answer = ImportLitellmAnswer::of(&config, &mapped, &found, &file.lines, (path, n_set_aside));
    deliver(&arguments.answer, common, console, || tables::gateway::import::import_litellm(&answer), &answer)
}

/// What the command line says beside the file; a country that is none is refused.
fn answers(arguments: &ImportGiven, known: &Jurisdictions) -> Result<ImportAnswers, Failure> {
    let users = arguments.users.as_ref().map(|users| users.0.clone());
    let headquarters = arguments.headquarters.as_ref().map(|country| country.to_uppercase());
    checked_answers(headquarters.as_ref(), users.as_ref(), known)?;
    Ok(ImportAnswers {
        headquarters,
        users,
        data: arguments.data.map(DataArgument::class),
        outage_cost_usd_per_day: arguments.outage_cost,
        demand: arguments.demand,
    })
}

/// Refuses a country that is none.
pub(super) fn checked_answers(
    headquarters: Option<&String>,
    users: Option<&BTreeMap<String, f64>>,
    known: &Jurisdictions,
) -> Result<(), Failure> {
    for country in users.into_iter().flat_map(BTreeMap::keys).chain(headquarters) {
        let is_country =
            known.jurisdictions.iter().any(|j| j.id == *country && j.kind == JurisdictionKind::Country);
        if !is_country {
            let text = format!("'{}' is no country: write its two letters, such as DE", escaped(country));
            return Err(Failure::Usage(text));
        }
    }
    Ok(())
}

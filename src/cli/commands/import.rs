//! The command `import`.

use std::collections::BTreeMap;
use std::path::Path;

use crate::cli::answer::{loaded_or_library, written};
use crate::cli::args::{DataArgument, ImportLitellmArguments, ImportQuestion};
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::messages::{escaped, shown};
use crate::exchange::litellm::config::read_gateway_config;
use crate::exchange::litellm::portfolio_file::portfolio_file;
use crate::exchange::litellm::spend::read_spend;
use crate::files::write_atomically;
use crate::model::jurisdictions::{JurisdictionKind, Jurisdictions};
use crate::report::answer::gateway::import::ImportLitellmAnswer;
use crate::report::tables;
use crate::study::gateway::import::{ImportAnswers, import as imported};
use crate::study::gateway::offers::OfferReader;

pub(super) fn import(question: &ImportQuestion, console: &Console) -> Result<Exit, Failure> {
    match question {
        ImportQuestion::Litellm(arguments) => litellm(arguments, console),
    }
}

fn litellm(arguments: &ImportLitellmArguments, console: &Console) -> Result<Exit, Failure> {
    let common = &arguments.common;
    if let Some(file) = arguments.write.as_deref() {
        refuse_existing(file, arguments.overwrite)?;
    }
    let library = loaded_or_library(None, common, console)?;
    let answers = answers(arguments, &library.jurisdictions)?;
    let config = read_gateway_config(&arguments.config)?;
    let usage = arguments.spend.as_deref().map(read_spend).transpose()?;
    let mapped = OfferReader::new(&library.catalog, &library.jurisdictions).mapped(&config);
    let name = arguments.config.file_stem().unwrap_or_default().to_string_lossy();
    let found = imported(&config, &mapped, usage.as_ref(), &answers, &escaped(&name));
    let from = arguments.config.file_name().unwrap_or_default().to_string_lossy();
    let file = portfolio_file(&found, &escaped(&from));
    if let Some(path) = arguments.write.as_deref() {
        write_atomically(path, &file.text)?;
        console.wrote(path);
    }
    let path = arguments.write.as_deref().map(|path| path.display().to_string());
    let n_set_aside = usage.as_ref().map(|usage| usage.n_set_aside);
    let answer = ImportLitellmAnswer::of(&config, &mapped, &found, &file.lines, (path, n_set_aside));
    let text = written(
        arguments.answer.format,
        console,
        common.out(),
        || tables::gateway::import::import_litellm(&answer),
        || &answer,
    );
    console.deliver(&text, common.out(), Exit::Done)
}

/// What the command line says beside the configuration; a country that is none is refused.
fn answers(arguments: &ImportLitellmArguments, known: &Jurisdictions) -> Result<ImportAnswers, Failure> {
    let users = arguments.users.as_ref().map(|users| users.0.clone());
    let headquarters = arguments.headquarters.as_ref().map(|country| country.to_uppercase());
    for country in users.iter().flat_map(BTreeMap::keys).chain(&headquarters) {
        let is_country =
            known.jurisdictions.iter().any(|j| j.id == *country && j.kind == JurisdictionKind::Country);
        if !is_country {
            let text = format!("'{}' is no country: write its two letters, such as DE", escaped(country));
            return Err(Failure::Usage(text));
        }
    }
    Ok(ImportAnswers {
        headquarters,
        users,
        data: arguments.data.map(DataArgument::class),
        outage_cost_usd_per_day: arguments.outage_cost,
        demand: arguments.demand,
    })
}

/// Never writes over a file without being told.
fn refuse_existing(file: &Path, may_overwrite: bool) -> Result<(), Failure> {
    if may_overwrite || file.symlink_metadata().is_err() {
        return Ok(());
    }
    let file = shown(file);
    Err(Failure::Usage(format!(
        "-o: '{file}' is there already\n  = help: name another file, or add --overwrite"
    )))
}

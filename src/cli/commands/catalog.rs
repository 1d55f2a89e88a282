//! The commands `catalog refresh` and `catalog status`.

use std::path::Path;

use crate::cli::answer::{in_format, loaded_or_library};
use crate::cli::args::{
    CatalogQuestion, CatalogRefreshArguments, CatalogStatusArguments, RefreshRows, StatusRows, TabularFormat,
};
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::messages::{escaped, shown};
use crate::exchange::catalog_yaml::overlay;
use crate::files::write_atomically;
use crate::input::read_price_list;
use crate::report::answer::catalog::{CatalogRefreshAnswer, CatalogStatusAnswer};
use crate::report::tables;
use crate::study::freshness::freshness;
use crate::study::refresh::{Refresh, refresh};

pub(super) fn catalog(question: &CatalogQuestion, console: &Console) -> Result<Exit, Failure> {
    match question {
        CatalogQuestion::Refresh(arguments) => compared(arguments, console),
        CatalogQuestion::Status(arguments) => status(arguments, console),
    }
}

fn compared(arguments: &CatalogRefreshArguments, console: &Console) -> Result<Exit, Failure> {
    refuse_table(arguments.table.is_some(), arguments.format)?;
    if let Some(file) = arguments.write.as_deref() {
        refuse_existing(file, arguments.overwrite)?;
    }
    let common = &arguments.common;
    let library = loaded_or_library(arguments.portfolio.as_deref(), common, console)?;
    let list = read_price_list(&arguments.from, arguments.as_of)?;
    let found = refresh(&library.catalog, &library.jurisdictions, &list, arguments.as_of);
    if let Some(file) = arguments.write.as_deref() {
        write(&found, file, arguments, console)?;
    }
    let answer = CatalogRefreshAnswer::of(&found);
    let rendered = in_format(
        arguments.format,
        &answer,
        || console.tables(&tables::catalog::refresh(&answer), common.out()),
        || match arguments.table.unwrap_or(RefreshRows::Differences) {
            RefreshRows::Differences => answer.differences_sheet(),
            RefreshRows::Unmatched => answer.unmatched_sheet(),
        },
    );
    console.deliver_rendered(&rendered, common.out(), Exit::Done)
}

/// Writes the overlay, and says what is in it.
fn write(
    found: &Refresh,
    file: &Path,
    arguments: &CatalogRefreshArguments,
    console: &Console,
) -> Result<(), Failure> {
    let mut entries = found.changed.clone();
    if arguments.with_new {
        entries.extend(found.new.iter().cloned());
    }
    let day = found.day.map_or_else(String::new, |day| format!(" of {day}"));
    let from = arguments.from.file_name().unwrap_or_default().to_string_lossy();
    let comments = [
        format!("Offers by the price list {}{day}, from {}.", found.list.as_str(), escaped(&from)),
        "Append this section to a portfolio, or add its offers to those under `catalog:` there. Check it first.".to_owned(),
    ];
    write_atomically(file, &overlay(&entries, &comments))?;
    let n_offers: usize = entries.iter().map(|entry| entry.regions.len()).sum();
    console.wrote(file);
    console.notice(&format!("{n_offers} offers in {} entries", entries.len()));
    Ok(())
}

/// Never writes over a file without being told.
fn refuse_existing(file: &Path, may_overwrite: bool) -> Result<(), Failure> {
    if may_overwrite || file.symlink_metadata().is_err() {
        return Ok(());
    }
    let file = shown(file);
    Err(Failure::Usage(format!(
        "--write: '{file}' is there already\n  = help: name another file, or add --overwrite"
    )))
}

fn status(arguments: &CatalogStatusArguments, console: &Console) -> Result<Exit, Failure> {
    refuse_table(arguments.table.is_some(), arguments.format)?;
    let common = &arguments.common;
    let library = loaded_or_library(arguments.portfolio.as_deref(), common, console)?;
    let found = freshness(&library.catalog, &library.jurisdictions, arguments.older_than);
    let portfolio = arguments.portfolio.as_ref().map(|_| library.instance.portfolio.name.as_str());
    let answer = CatalogStatusAnswer::of(portfolio, &found, arguments.older_than);
    let rendered = in_format(
        arguments.format,
        &answer,
        || console.tables(&tables::catalog::status(&answer), common.out()),
        || match arguments.table.unwrap_or(StatusRows::Lists) {
            StatusRows::Lists => answer.lists_sheet(),
            StatusRows::Ending => answer.ending_sheet(),
        },
    );
    console.deliver_rendered(&rendered, common.out(), Exit::Done)
}

fn refuse_table(has_table: bool, format: TabularFormat) -> Result<(), Failure> {
    if has_table && format != TabularFormat::Csv {
        let text = "--table needs --format csv: add it, or leave --table out";
        return Err(Failure::Usage(text.to_owned()));
    }
    Ok(())
}

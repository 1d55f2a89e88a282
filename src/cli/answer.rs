//! Loading the input and writing the answer: steps that the commands share.

use std::path::Path;

use serde::Serialize;

use super::args::{Common, Format, TabularFormat};
use super::console::{Console, Rendered};
use super::failure::Failure;
use crate::input::diagnostic::render_all;
use crate::input::{Loaded, Sources, load, load_library};
use crate::model::catalog::Catalog;
use crate::model::instance::Instance;
use crate::model::jurisdictions::Jurisdictions;
use crate::report::answer;
use crate::report::csv::Sheet;
use crate::report::grid::Grid;

/// Reads a portfolio with its catalog and jurisdictions; warnings go to stderr.
pub(super) fn loaded(portfolio: &Path, common: &Common, console: &Console) -> Result<Loaded, Failure> {
    let loaded = load(Sources {
        portfolio,
        catalog: common.catalog.as_deref(),
        jurisdictions: common.jurisdictions.as_deref(),
    })?;
    console.notice(&render_all(&loaded.warnings));
    Ok(loaded)
}

/// What can be bought, with or without a company that uses it.
pub(super) struct Choice {
    pub(super) instance: Instance,
    pub(super) jurisdictions: Jurisdictions,
    pub(super) catalog: Catalog,
}

/// Loads the portfolio, or the catalog alone if there is none; warnings go to stderr.
pub(super) fn loaded_or_library(
    portfolio: Option<&Path>,
    common: &Common,
    console: &Console,
) -> Result<Choice, Failure> {
    if let Some(portfolio) = portfolio {
        let Loaded { instance, jurisdictions, catalog, .. } = loaded(portfolio, common, console)?;
        return Ok(Choice { instance, jurisdictions, catalog });
    }
    let library = load_library(common.catalog.as_deref(), common.jurisdictions.as_deref())?;
    console.notice(&render_all(&library.warnings));
    let instance = library
        .instance()
        .ok_or_else(|| Failure::Usage("the jurisdictions file lists no jurisdictions".to_owned()))?;
    Ok(Choice { instance, jurisdictions: library.jurisdictions, catalog: library.catalog })
}

/// The answer in the requested format, as it goes to `out`.
pub(super) fn written<T: Serialize>(
    requested: Format,
    console: &Console,
    out: Option<&Path>,
    tables: impl FnOnce() -> Vec<Grid>,
    value: impl FnOnce() -> T,
) -> String {
    match requested {
        Format::Table => console.tables(&tables(), out),
        Format::Json => answer::to_text(&value()),
    }
}

/// An answer that consists of lists, in the requested format.
pub(super) fn in_format<T: Serialize>(
    requested: TabularFormat,
    answer: &T,
    tables: impl FnOnce() -> String,
    rows: impl FnOnce() -> Sheet,
) -> Rendered {
    match requested {
        TabularFormat::Table => Rendered::Text(tables()),
        TabularFormat::Json => Rendered::Text(answer::to_text(answer)),
        TabularFormat::Csv => Rendered::Rows(rows()),
    }
}

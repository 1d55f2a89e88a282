//! Loading the input and writing the answer: steps that the commands share.

use std::path::Path;

use serde::Serialize;

use super::args::{Answer, Common, Format};
use super::console::Console;
use super::failure::Failure;
use crate::input::diagnostic::render_all;
use crate::input::{Loaded, Sources, load};
use crate::report::answer;
use crate::report::grid::{Grid, to_text};

/// Reads a portfolio with its catalog and jurisdictions; warnings go to stderr.
pub(super) fn loaded(portfolio: &Path, common: &Common, console: &Console) -> Result<Loaded, Failure> {
    let loaded = load(Sources {
        portfolio,
        catalog: common.catalog.as_deref(),
        jurisdictions: common.jurisdictions.as_deref(),
    })?;
    guard_input(portfolio, common)?;
    console.notice(&render_all(&loaded.warnings));
    Ok(loaded)
}

/// Refuses to write the answer over the portfolio it is about.
pub(super) fn guard_input(portfolio: &Path, common: &Common) -> Result<(), Failure> {
    match &common.out {
        Some(out) => guard_output("--out", out, portfolio, "the portfolio"),
        None => Ok(()),
    }
}

/// Refuses an output file that is also another file of the same run.
pub(super) fn guard_output(flag: &str, file: &Path, other: &Path, what: &str) -> Result<(), Failure> {
    if !is_same_file(file, other) {
        return Ok(());
    }
    let file = file.display();
    Err(Failure::Usage(format!("{flag} would overwrite {what} '{file}'; name another file")))
}

/// Whether two paths name the same file, whether or not it exists yet.
fn is_same_file(a: &Path, b: &Path) -> bool {
    let absolute = |path: &Path| {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        path.canonicalize().ok().or_else(|| Some(folder.canonicalize().ok()?.join(path.file_name()?)))
    };
    absolute(a).is_some_and(|a| absolute(b) == Some(a))
}

/// The answer in the requested format.
pub(super) fn written<T: Serialize>(
    requested: &Answer,
    tables: impl FnOnce() -> Vec<Grid>,
    value: impl FnOnce() -> T,
) -> String {
    match requested.format {
        Format::Table => to_text(&tables()),
        Format::Json => answer::to_text(&value()),
    }
}

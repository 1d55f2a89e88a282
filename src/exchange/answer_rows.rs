//! Rows of an answer in a file: Parquet where its name ends in `.parquet`, CSV under every other name.

use std::path::Path;

#[cfg(feature = "parquet")]
use super::sheet_groups;
use super::table_path::TableFormat;
use crate::files::{WriteError, write_atomically, write_bytes_atomically};
use crate::report::csv::Sheet;

/// Writes the rows; the same rows have the same bytes.
///
/// # Errors
/// [`WriteError`] when the file cannot be written, or is to be Parquet and this program was built without it.
pub fn write_rows(sheet: &Sheet, path: &Path) -> Result<(), WriteError> {
    let failed = |reason| WriteError { path: path.to_owned(), reason };
    match TableFormat::of(path).map_err(failed)? {
        Some(TableFormat::Parquet) => write_bytes_atomically(path, &parquet(sheet).map_err(failed)?),
        Some(TableFormat::Csv) | None => write_atomically(path, &sheet.to_text()),
    }
}

#[cfg(feature = "parquet")]
fn parquet(sheet: &Sheet) -> Result<Vec<u8>, String> {
    sheet_groups::bytes(sheet).map_err(|error| error.to_string())
}

#[cfg(not(feature = "parquet"))]
fn parquet(_: &Sheet) -> Result<Vec<u8>, String> {
    Err("this program was built without Parquet".to_owned())
}

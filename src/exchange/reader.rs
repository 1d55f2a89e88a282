//! Reading a table of trials or events in the format that its file name states.

use std::fs::File;
use std::io;
use std::path::Path;

use super::broken::Broken;
use super::columns::{Field, TableColumn};
#[cfg(feature = "parquet")]
use super::row_groups;
use super::sheet;
use super::table_path::TableFormat;
use crate::input::diagnostic::Diagnostic;

/// Opens a file; a directory is refused.
pub(super) fn opened(path: &Path) -> Result<File, Broken> {
    let file = File::open(path).map_err(Broken::Unreadable)?;
    if file.metadata().map_err(Broken::Unreadable)?.is_dir() {
        return Err(Broken::Unreadable(io::ErrorKind::IsADirectory.into()));
    }
    Ok(file)
}

/// Passes every row of a table to `each`; its first error ends the reading.
pub(super) fn read(
    path: &Path,
    format: TableFormat,
    columns: &[TableColumn],
    each: &mut dyn FnMut(&[Field<'_>]) -> Result<(), String>,
) -> Result<(), Box<Diagnostic>> {
    let read = opened(path).and_then(|file| match format {
        TableFormat::Csv => sheet::read(io::BufReader::new(file), columns, each),
        #[cfg(feature = "parquet")]
        TableFormat::Parquet => row_groups::read(file, columns, each),
        #[cfg(not(feature = "parquet"))]
        TableFormat::Parquet => Err(Broken::Content("this program was built without Parquet".to_owned())),
    });
    read.map_err(|broken| broken.diagnostic(path))
}

//! Reading a table of trials or events in the format that its file name states.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use super::broken::Broken;
use super::columns::{Field, TableColumn};
#[cfg(feature = "parquet")]
use super::row_groups;
use super::sheet;
use super::table_path::TableFormat;
use crate::input::diagnostic::Diagnostic;

/// Opens a file; what is not an ordinary one is refused before it is opened, because a pipe that nobody writes to never
/// opens.
pub(super) fn opened(path: &Path) -> Result<File, Broken> {
    let kind = fs::metadata(path).map_err(Broken::Unreadable)?.file_type();
    if kind.is_dir() {
        return Err(Broken::Unreadable(io::ErrorKind::IsADirectory.into()));
    }
    if !kind.is_file() {
        return Err(Broken::Unreadable(io::Error::new(
            io::ErrorKind::InvalidInput,
            "it is not an ordinary file",
        )));
    }
    File::open(path).map_err(Broken::Unreadable)
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

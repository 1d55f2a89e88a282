//! Reading a table of trials or events, in the format that its name says.

use std::fs::File;
use std::io;
use std::path::Path;

use super::columns::{Field, TableColumn};
#[cfg(feature = "parquet")]
use super::row_groups;
use super::sheet;
use super::table_path::TableFormat;
use crate::input::diagnostic::Diagnostic;

/// Code of a file that cannot be read at all, as in `input`.
pub(super) const UNREADABLE: &str = "unreadable-file";
/// Code of a shard that is not what a simulation has written.
pub(super) const BROKEN: &str = "broken-shard";

/// Why a table was not read to its end.
#[derive(Debug)]
pub(super) enum Broken {
    Unreadable(io::Error),
    Content(String),
}

impl Broken {
    pub(super) fn told(self, path: &Path) -> Box<Diagnostic> {
        let file = path.display().to_string();
        Box::new(match self {
            Self::Unreadable(error) => {
                let (reason, help) = match error.kind() {
                    io::ErrorKind::NotFound => (
                        "it does not exist".to_owned(),
                        Some("a shard is three files side by side, as `simulate --trials-out` writes them"),
                    ),
                    io::ErrorKind::IsADirectory => ("it is a directory".to_owned(), Some("name a file")),
                    io::ErrorKind::PermissionDenied => ("permission is denied".to_owned(), None),
                    _ => (error.to_string(), None),
                };
                let message = format!("the file cannot be read: {reason}");
                Diagnostic::of_file(UNREADABLE, &file, message, help.map(str::to_owned))
            }
            Self::Content(what) => Diagnostic::of_file(
                BROKEN,
                &file,
                format!("the file is not as it was written: {what}"),
                Some("run the shard again".to_owned()),
            ),
        })
    }
}

/// Opens an ordinary file.
pub(super) fn opened(path: &Path) -> Result<File, Broken> {
    let file = File::open(path).map_err(Broken::Unreadable)?;
    if file.metadata().map_err(Broken::Unreadable)?.is_dir() {
        return Err(Broken::Unreadable(io::ErrorKind::IsADirectory.into()));
    }
    Ok(file)
}

/// Hears every row of a table; what `each` objects to ends the reading.
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
    read.map_err(|broken| broken.told(path))
}

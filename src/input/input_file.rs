//! The files that a study was read from, as they were read, to be kept beside its results.

use std::path::{Path, PathBuf};

use super::document::Document;

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputFile {
    /// Path as given; of a file inside the binary, its name there.
    pub file: String,
    /// Where a copy belongs in a folder of copies: `portfolios/NAME`, `catalog/NAME`, `catalog/scenarios/NAME` or
    /// `jurisdictions.yaml`.
    pub place: PathBuf,
    /// Whether it is inside the binary.
    pub is_embedded: bool,
    pub bytes: Vec<u8>,
}

impl InputFile {
    /// `name`: that of the copy; `None` for its own.
    pub(super) fn new(document: &Document, folder: &str, name: Option<&str>, is_embedded: bool) -> Self {
        let own = Path::new(&document.file).file_name().map(Path::new);
        // A path without a name cannot have been read.
        let name = name.map(Path::new).or(own).unwrap_or(Path::new("input.yaml"));
        Self {
            place: Path::new(folder).join(name),
            file: document.file.clone(),
            is_embedded,
            bytes: document.bytes(),
        }
    }
}

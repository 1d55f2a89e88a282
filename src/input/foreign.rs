//! YAML files of other programs: values with their places, within the bounds that hold for every file.
//!
//! Their lines may hold secrets, so a problem names its place and never shows the line.

use std::path::Path;

use super::diagnostic::{Diagnostic, Severity};
use super::document::Document;
use super::log::Log;
use super::spans::TextMark;
use super::tree::YamlNode;
use super::{InputError, failure, files};

/// A file of another program.
#[derive(Debug)]
pub(crate) struct ForeignFile {
    /// As named by the user.
    pub(crate) file: String,
    document: Document,
}

impl ForeignFile {
    /// Reads a file. `help`: what an empty one should hold.
    ///
    /// # Errors
    /// [`InputError::Unreadable`] when it cannot be read; [`InputError::Invalid`] when it is not YAML, has a key twice, or is
    /// out of bounds.
    pub(crate) fn read(path: &Path, help: &str) -> Result<Self, InputError> {
        let log = Log::default();
        let document = files::document(path, &log);
        match document.filter(|_| !log.has_errors()) {
            Some(document) => Ok(Self { file: path.display().to_string(), document }),
            None => Err(without_lines(failure(log), help)),
        }
    }

    /// Its value.
    pub(crate) fn root(&self) -> &YamlNode {
        &self.document.root
    }

    /// An error at a place.
    pub(crate) fn error(
        &self,
        code: &'static str,
        mark: TextMark,
        message: String,
        help: Option<String>,
    ) -> Diagnostic {
        Diagnostic {
            severity: Severity::Error,
            line: Some(mark.line),
            column: Some(mark.column),
            ..Diagnostic::of_file(code, &self.file, message, help)
        }
    }
}

fn without_lines(error: InputError, help: &str) -> InputError {
    let cleaned = |list: Vec<Diagnostic>| -> Vec<Diagnostic> {
        let clean = |d: Diagnostic| {
            let help = if d.code == "empty-file" { Some(help.to_owned()) } else { d.help };
            Diagnostic { excerpt: None, help, ..d }
        };
        list.into_iter().map(clean).collect()
    };
    match error {
        InputError::Unreadable(list) => InputError::Unreadable(cleaned(list)),
        InputError::Invalid(list) => InputError::Invalid(cleaned(list)),
    }
}

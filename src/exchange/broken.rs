//! Why a table of a shard cannot be read.

use std::io;
use std::path::Path;

use crate::input::diagnostic::Diagnostic;

/// Code of a file that cannot be read at all, as in `input`.
pub(super) const UNREADABLE: &str = "unreadable-file";
/// Code of a shard that has changed since it was written.
pub(super) const BROKEN: &str = "broken-shard";

/// Why a table cannot be read.
#[derive(Debug)]
pub(super) enum Broken {
    Unreadable(io::Error),
    Content(String),
}

impl Broken {
    pub(super) fn diagnostic(self, path: &Path) -> Box<Diagnostic> {
        let file = path.display().to_string();
        Box::new(match self {
            Self::Unreadable(error) => {
                let (reason, help) = match error.kind() {
                    io::ErrorKind::NotFound => (
                        "it does not exist".to_owned(),
                        Some("a shard is three files in one folder, as `simulate --trials-out` writes them"),
                    ),
                    io::ErrorKind::IsADirectory => ("it is a directory".to_owned(), Some("name a file")),
                    io::ErrorKind::PermissionDenied => {
                        ("permission is denied".to_owned(), Some("ask who owns it, or copy the shard"))
                    }
                    _ => (error.to_string(), Some("name a table that `simulate --trials-out` wrote")),
                };
                let message = format!("the file cannot be read: {reason}");
                Diagnostic::of_file(UNREADABLE, &file, message, help.map(str::to_owned))
            }
            Self::Content(what) => Diagnostic::of_file(
                BROKEN,
                &file,
                format!("the file has changed since it was written: {what}"),
                Some("rerun the shard".to_owned()),
            ),
        })
    }
}

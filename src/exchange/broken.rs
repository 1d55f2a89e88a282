//! Why a table of a shard was not read to its end.

use std::io;
use std::path::Path;

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

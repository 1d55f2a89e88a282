//! Writing files whole: a reader sees the old file or the new one, never a half.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A file that could not be written.
#[derive(Debug, thiserror::Error)]
#[error("'{}' cannot be written: {reason}", path.display())]
pub struct WriteError {
    pub path: PathBuf,
    pub reason: String,
}

impl WriteError {
    fn new(path: &Path, error: &io::Error) -> Self {
        let reason = match error.kind() {
            io::ErrorKind::NotFound => "its folder does not exist".to_owned(),
            io::ErrorKind::IsADirectory => "it is a directory".to_owned(),
            io::ErrorKind::NotADirectory => "a part of its path is no folder".to_owned(),
            io::ErrorKind::PermissionDenied => "permission is denied".to_owned(),
            io::ErrorKind::StorageFull => "there is no space left".to_owned(),
            _ => error.to_string(),
        };
        Self { path: path.to_owned(), reason }
    }
}

/// Writes a file: into a temporary one in the same folder, which then takes its name.
///
/// A link is followed. What is no ordinary file, such as a pipe, is written to directly.
///
/// # Errors
/// [`WriteError`] when the folder does not exist or may not be written to, or the path names a directory.
pub fn write_whole(path: &Path, text: &str) -> Result<(), WriteError> {
    let failed = |error: &io::Error| WriteError::new(path, error);
    if path.is_dir() || path.file_name().is_none() {
        return Err(failed(&io::ErrorKind::IsADirectory.into()));
    }
    if path.exists() && !path.is_file() {
        let mut file = OpenOptions::new().write(true).open(path).map_err(|e| failed(&e))?;
        return file.write_all(text.as_bytes()).map_err(|e| failed(&e));
    }
    let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let temporary = temporary_beside(&target);
    let written = write_new(&temporary, text).and_then(|()| fs::rename(&temporary, &target));
    written.map_err(|error| {
        // The first error is the one to tell; a temporary file that was never made cannot be removed.
        let _ = fs::remove_file(&temporary);
        failed(&error)
    })
}

/// Makes a folder and those around it.
///
/// # Errors
/// [`WriteError`] when it cannot be made.
pub fn make_folder(path: &Path) -> Result<(), WriteError> {
    fs::create_dir_all(path).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            WriteError { path: path.to_owned(), reason: "it is no folder".to_owned() }
        }
        _ => WriteError::new(path, &error),
    })
}

/// A name in the same folder that no other run uses.
fn temporary_beside(target: &Path) -> PathBuf {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    target.with_file_name(format!(".{name}.{}.tmp", std::process::id()))
}

fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_nothing_else_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.json");
        write_whole(&path, "one").unwrap();
        write_whole(&path, "two").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_cannot_be_written_says_why() {
        let folder = tempfile::tempdir().unwrap();
        let reason = |path: &Path| write_whole(path, "x").unwrap_err().reason;
        assert_eq!(reason(folder.path()), "it is a directory");
        assert_eq!(reason(&folder.path().join("no").join("out")), "its folder does not exist");
        assert_eq!(reason(Path::new("/")), "it is a directory");
        fs::write(folder.path().join("file"), "").unwrap();
        assert_eq!(reason(&folder.path().join("file").join("out")), "a part of its path is no folder");
        assert!(make_folder(&folder.path().join("file")).is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}

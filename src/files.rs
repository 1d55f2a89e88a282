//! Writing files atomically: a reader sees the old file or the new one, never a part of it.

mod folder;
mod names;
mod same;
mod temporary;
mod tree;

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

pub use folder::PendingFolder;
pub use names::take_names;
pub use same::{is_inside, is_same_file};
use temporary::Temporaries;
pub use temporary::remove_temporaries;
pub use tree::PendingTree;

/// A file that could not be written.
#[derive(Debug, thiserror::Error)]
#[error("'{}' cannot be written: {reason}", path.display())]
pub struct WriteError {
    pub path: PathBuf,
    pub reason: String,
}

impl WriteError {
    /// The error of the operating system, in words.
    #[must_use]
    pub fn new(path: &Path, error: &io::Error) -> Self {
        let reason = match error.kind() {
            io::ErrorKind::NotFound => "its folder does not exist".to_owned(),
            io::ErrorKind::IsADirectory => "it is a directory".to_owned(),
            io::ErrorKind::NotADirectory => "a part of its path is not a folder".to_owned(),
            io::ErrorKind::PermissionDenied => "permission is denied".to_owned(),
            io::ErrorKind::StorageFull => "there is no space left".to_owned(),
            _ => error.to_string(),
        };
        Self { path: path.to_owned(), reason }
    }
}

/// Writes a file atomically: writes a temporary file in the same folder, then renames it.
///
/// Links are followed. Anything but an ordinary file, such as a pipe, is written to directly.
///
/// # Errors
/// [`WriteError`] when the folder does not exist or may not be written to, or the path names a directory.
pub fn write_atomically(path: &Path, text: &str) -> Result<(), WriteError> {
    write_bytes_atomically(path, text.as_bytes())
}

/// Writes a file that is no text, as [`write_atomically`].
///
/// # Errors
/// As [`write_atomically`].
pub fn write_bytes_atomically(path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    let failed = |error: &io::Error| WriteError::new(path, error);
    if is_special(path) {
        let mut file = OpenOptions::new().write(true).open(path).map_err(|e| failed(&e))?;
        return file.write_all(bytes).map_err(|e| failed(&e));
    }
    let mut file = PendingFile::create(path)?;
    file.write_all(bytes).map_err(|e| failed(&e))?;
    take_names(vec![file])
}

/// Says whether a file could be written, without writing it: makes a temporary file beside it and removes it.
///
/// Nothing is tried on anything but an ordinary file, such as a pipe, where trying would be writing.
///
/// # Errors
/// [`WriteError`] as [`write_atomically`].
pub fn try_writing(path: &Path) -> Result<(), WriteError> {
    if is_special(path) { Ok(()) } else { PendingFile::create(path).map(drop) }
}

/// Whether a path is there and neither an ordinary file nor a folder.
fn is_special(path: &Path) -> bool {
    path.exists() && !path.is_file() && !path.is_dir()
}

/// A file that is being written under a temporary name.
///
/// [`take_names`] gives it its own name when it is complete; a file that is dropped before is removed.
#[derive(Debug)]
pub struct PendingFile {
    target: PathBuf,
    temporary: PathBuf,
    file: BufWriter<File>,
}

impl PendingFile {
    /// Starts a file; links are followed.
    ///
    /// # Errors
    /// [`WriteError`] when the folder does not exist or may not be written to, or the path is not a file.
    pub fn create(path: &Path) -> Result<Self, WriteError> {
        if path.is_dir() || path.file_name().is_none() {
            return Err(WriteError::new(path, &io::ErrorKind::IsADirectory.into()));
        }
        if is_special(path) {
            return Err(WriteError {
                path: path.to_owned(),
                reason: "it is not an ordinary file".to_owned(),
            });
        }
        let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let temporary = beside(&target, "tmp");
        let file = Temporaries::lock().create(&temporary).map_err(|error| WriteError::new(path, &error))?;
        let file = BufWriter::new(file);
        Ok(Self { target, temporary, file })
    }

    /// The path under which the file will appear.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.target
    }
}

impl Write for PendingFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for PendingFile {
    fn drop(&mut self) {
        // Where it has its own name, nothing is left under this one.
        Temporaries::lock().remove(&self.temporary);
    }
}

/// Creates a folder and its parents.
///
/// # Errors
/// [`WriteError`] when it cannot be created.
pub fn make_folder(path: &Path) -> Result<(), WriteError> {
    fs::create_dir_all(path).map_err(|error| not_made(path, &error))
}

/// Why a folder cannot be created.
fn not_made(path: &Path, error: &io::Error) -> WriteError {
    match error.kind() {
        io::ErrorKind::AlreadyExists => {
            WriteError { path: path.to_owned(), reason: "it is not a folder".to_owned() }
        }
        _ => WriteError::new(path, error),
    }
}

/// A hidden name in the same folder that no other run uses.
fn beside(target: &Path, ending: &str) -> PathBuf {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    target.with_file_name(format!(".{name}.{}.{ending}", std::process::id()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_and_nothing_else_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.json");
        write_atomically(&path, "one").unwrap();
        write_atomically(&path, "two").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_temporary_file_of_a_killed_run_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.csv");
        fs::write(beside(&path, "tmp"), "half").unwrap();
        take_names(vec![PendingFile::create(&path).unwrap()]).unwrap();
        fs::write(beside(&path, "tmp"), "half").unwrap();
        write_atomically(&path, "whole").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "whole");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn files_that_belong_together_appear_together() {
        let folder = tempfile::tempdir().unwrap();
        let started = |name: &str| {
            let mut file = PendingFile::create(&folder.path().join(name)).unwrap();
            file.write_all(name.as_bytes()).unwrap();
            file
        };
        drop(started("never"));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        take_names(vec![started("one"), started("two")]).unwrap();
        take_names(vec![started("one"), started("two")]).unwrap();
        assert_eq!(fs::read_to_string(folder.path().join("two")).unwrap(), "two");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
        let (third, fourth) = (started("third"), started("fourth"));
        fs::create_dir(folder.path().join("fourth")).unwrap();
        assert!(take_names(vec![third, fourth]).is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
    }

    /// The second file is gone when it should be renamed: the first is already in its place.
    #[test]
    fn files_that_cannot_all_be_replaced_stay_as_they_were() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for (old, left) in [(&["one", "two"][..], 2), (&["one"], 1), (&[], 0)] {
            old.iter().for_each(|name| fs::write(path(name), "old").unwrap());
            let files = ["one", "two"].map(|name| PendingFile::create(&path(name)).unwrap());
            fs::remove_file(beside(&path("two"), "tmp")).unwrap();
            assert!(take_names(files.into()).is_err());
            old.iter().for_each(|name| assert_eq!(fs::read_to_string(path(name)).unwrap(), "old"));
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), left);
            old.iter().for_each(|name| fs::remove_file(path(name)).unwrap());
        }
    }

    #[test]
    fn trying_to_write_leaves_nothing_and_says_what_writing_would() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out");
        try_writing(&path).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        assert_eq!(try_writing(&path.join("no")).unwrap_err().reason, "its folder does not exist");
        assert_eq!(try_writing(folder.path()).unwrap_err().reason, "it is a directory");
    }

    #[test]
    fn an_error_says_why_a_file_cannot_be_written() {
        let folder = tempfile::tempdir().unwrap();
        let reason = |path: &Path| write_atomically(path, "x").unwrap_err().reason;
        assert_eq!(reason(folder.path()), "it is a directory");
        assert_eq!(reason(&folder.path().join("no").join("out")), "its folder does not exist");
        assert_eq!(reason(Path::new("/")), "it is a directory");
        fs::write(folder.path().join("file"), "").unwrap();
        assert_eq!(reason(&folder.path().join("file").join("out")), "a part of its path is not a folder");
        assert!(make_folder(&folder.path().join("file")).is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}

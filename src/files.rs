//! Writing files atomically: a reader sees the old file or the new one, never a part of it.

mod temporary;

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

pub use temporary::remove_temporaries;

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
        // The first error is the one to report; the temporary file may not exist.
        let _ = fs::remove_file(&temporary);
        failed(&error)
    })
}

/// A file that is being written under a temporary name.
///
/// [`take_names`] gives it its own name when it is complete; a file that is dropped before is removed.
#[derive(Debug)]
pub struct PendingFile {
    target: PathBuf,
    temporary: PathBuf,
    file: BufWriter<File>,
    has_name: bool,
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
        if path.exists() && !path.is_file() {
            return Err(WriteError {
                path: path.to_owned(),
                reason: "it is not an ordinary file".to_owned(),
            });
        }
        let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let temporary = temporary_beside(&target);
        let file = create_temporary(&temporary).map_err(|error| WriteError::new(path, &error))?;
        let file = BufWriter::new(file);
        Ok(Self { target, temporary, file, has_name: false })
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
        if !self.has_name {
            // There is nowhere left to report an error.
            let _ = fs::remove_file(&self.temporary);
        }
    }
}

/// Gives files that belong together their names, in this order: all of them or none.
///
/// The last file marks the set as complete, so an old one is removed first.
///
/// # Errors
/// [`WriteError`] when a file cannot be finished; then the files already renamed are removed.
pub fn take_names(mut files: Vec<PendingFile>) -> Result<(), WriteError> {
    for file in &mut files {
        let flushed = file.file.flush().and_then(|()| file.file.get_ref().sync_all());
        flushed.map_err(|error| WriteError::new(&file.target, &error))?;
    }
    if let Some(last) = files.last().filter(|last| last.target.exists()) {
        fs::remove_file(&last.target).map_err(|error| WriteError::new(&last.target, &error))?;
    }
    for at in 0..files.len() {
        let file = &mut files[at];
        if let Err(error) = fs::rename(&file.temporary, &file.target) {
            let error = WriteError::new(&file.target, &error);
            // The first error is the one to report.
            files[..at].iter().for_each(|named| drop(fs::remove_file(&named.target)));
            return Err(error);
        }
        file.has_name = true;
    }
    Ok(())
}

/// Creates a folder and its parents.
///
/// # Errors
/// [`WriteError`] when it cannot be created.
pub fn make_folder(path: &Path) -> Result<(), WriteError> {
    fs::create_dir_all(path).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            WriteError { path: path.to_owned(), reason: "it is not a folder".to_owned() }
        }
        _ => WriteError::new(path, &error),
    })
}

/// A name in the same folder that no other run uses.
fn temporary_beside(target: &Path) -> PathBuf {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    target.with_file_name(format!(".{name}.{}.tmp", std::process::id()))
}

/// Creates a temporary file. An old one of this name is left over from a run that was killed: in containers, runs often
/// have the same process id.
fn create_temporary(path: &Path) -> io::Result<File> {
    temporary::begin(path);
    let create = || OpenOptions::new().write(true).create_new(true).open(path);
    match create() {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            fs::remove_file(path)?;
            create()
        }
        made => made,
    }
}

fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let mut file = create_temporary(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
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
        fs::write(temporary_beside(&path), "half").unwrap();
        take_names(vec![PendingFile::create(&path).unwrap()]).unwrap();
        fs::write(temporary_beside(&path), "half").unwrap();
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

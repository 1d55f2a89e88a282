//! Temporary files of this run, so that a run that is stopped leaves none behind.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::mem;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Every temporary file and every new folder that was begun. A file that has its own name by now no longer exists under this one,
/// and a folder with something in it stays.
///
/// Whoever makes, renames or removes such a file holds the lock, so that the end of the program comes before or after.
static BEGUN: Mutex<Vec<Begun>> = Mutex::new(Vec::new());

/// What was begun.
struct Begun {
    path: PathBuf,
    /// Whether it is a folder that is removed with everything in it.
    is_tree: bool,
}

/// The temporary files, while nobody else touches them and the program cannot be ended by a signal.
pub(super) struct Temporaries(MutexGuard<'static, Vec<Begun>>);

impl Temporaries {
    pub(super) fn lock() -> Self {
        Self(BEGUN.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Creates a temporary file. An old one of this name is left over from a run that was killed: in containers, runs
    /// often have the same process id.
    pub(super) fn create(&mut self, path: &Path) -> io::Result<File> {
        self.begin(path)?;
        OpenOptions::new().write(true).create_new(true).open(path)
    }

    /// Notes a file that is about to be made, in a place that is free.
    pub(super) fn begin(&mut self, path: &Path) -> io::Result<()> {
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => self.0.push(Begun { path: path.to_owned(), is_tree: false }),
        }
        Ok(())
    }

    /// Creates a folder, which stays only if something is in it at the end.
    pub(super) fn create_folder(&mut self, path: &Path) -> io::Result<()> {
        fs::create_dir(path)?;
        self.0.push(Begun { path: path.to_owned(), is_tree: false });
        Ok(())
    }

    /// Creates a folder that is removed with everything in it, unless it gets another name before. One that a killed run has
    /// left under this name is removed.
    pub(super) fn create_tree(&mut self, path: &Path) -> io::Result<()> {
        match fs::remove_dir_all(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => fs::create_dir(path)?,
        }
        self.0.push(Begun { path: path.to_owned(), is_tree: true });
        Ok(())
    }

    /// Removes what was begun, if it is still there.
    pub(super) fn remove(&mut self, path: &Path) {
        self.0.iter().filter(|begun| begun.path == path).for_each(remove);
        self.0.retain(|begun| begun.path != path);
    }
}

/// Removes the temporary files of this run, for a program that is about to end: no other can be made afterwards.
pub fn remove_temporaries() {
    let mut begun = Temporaries::lock();
    // Folders come before what is in them.
    begun.0.drain(..).rev().for_each(|one| remove(&one));
    mem::forget(begun);
}

/// Removes a file, an empty folder or a tree. It may have its own name already, and there is nowhere left to report an error.
fn remove(begun: &Begun) {
    let path = &begun.path;
    let _ = match (begun.is_tree, path.is_dir()) {
        (true, _) => remove_tree(path),
        (false, true) => fs::remove_dir(path),
        (false, false) => fs::remove_file(path),
    };
}

/// Removes a tree that may still be written to: under another name nothing new comes into it.
fn remove_tree(path: &Path) -> io::Result<()> {
    let mut aside = path.as_os_str().to_owned();
    aside.push(".gone");
    let _ = fs::remove_dir_all(&aside);
    fs::rename(path, &aside)?;
    fs::remove_dir_all(&aside)
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn a_tree_goes_while_it_is_written_to() {
        let root = tempfile::tempdir().unwrap();
        for n in 0..40 {
            let path = root.path().join(format!(".{n}.tmp"));
            Temporaries::lock().create_tree(&path).unwrap();
            let own = path.clone();
            // Ends where the folder is gone.
            let writer = thread::spawn(move || {
                (0..).take_while(|file| fs::write(own.join(format!("{file}")), "x").is_ok()).count()
            });
            while !path.join("5").exists() {
                thread::yield_now();
            }
            Temporaries::lock().remove(&path);
            assert!(writer.join().unwrap() > 5);
            assert_eq!(fs::read_dir(root.path()).unwrap().count(), 0, "nothing is left");
        }
    }
}

//! Folders that are made for files to come, and vanish if none comes.

use std::io;
use std::path::{Path, PathBuf};

use super::temporary::Temporaries;
use super::{WriteError, not_made};

/// How often a folder is tried again when one above it vanishes meanwhile.
const MAX_TRIES: usize = 100;

/// A folder that was made, with its parents, for files that are not yet there. When this is dropped, those that are still
/// empty are removed.
#[derive(Debug)]
pub struct PendingFolder {
    /// The folders that did not exist before, the innermost last.
    made: Vec<PathBuf>,
}

impl PendingFolder {
    /// Creates a folder and its parents, as far as they do not exist. Other runs may make or remove the same folders
    /// meanwhile: one that another run makes first is not removed by this one.
    ///
    /// # Errors
    /// [`WriteError`] when it cannot be created.
    pub fn create(path: &Path) -> Result<Self, WriteError> {
        let mut pending = Self { made: Vec::new() };
        let mut tries = 0;
        loop {
            match pending.make_missing(path) {
                Ok(()) => return Ok(pending),
                // A run that made a folder above has removed it again, since nothing came into it.
                Err(error) if error.kind() == io::ErrorKind::NotFound && tries < MAX_TRIES => tries += 1,
                Err(error) => return Err(not_made(path, &error)),
            }
        }
    }

    fn make_missing(&mut self, path: &Path) -> io::Result<()> {
        let missing: Vec<&Path> = path
            .ancestors()
            .take_while(|folder| !folder.as_os_str().is_empty() && !folder.is_dir())
            .collect();
        for folder in missing.into_iter().rev() {
            match Temporaries::lock().create_folder(folder) {
                Ok(()) => self.made.push(folder.to_owned()),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

impl Drop for PendingFolder {
    fn drop(&mut self) {
        let mut temporaries = Temporaries::lock();
        self.made.iter().rev().for_each(|folder| temporaries.remove(folder));
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::Barrier;
    use std::thread;

    use super::*;

    #[test]
    fn a_new_folder_stays_if_something_is_in_it() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("reports").join("q");
        drop(PendingFolder::create(&path).unwrap());
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 0);
        let pending = PendingFolder::create(&path).unwrap();
        fs::write(path.join("report.md"), "").unwrap();
        drop(pending);
        drop(PendingFolder::create(&path).unwrap());
        assert!(path.join("report.md").is_file());
        let refused = PendingFolder::create(&path.join("report.md").join("in")).unwrap_err();
        assert_eq!(refused.reason, "it is not a folder");
    }

    /// Runs that begin at the same moment make the same folders, and some of them end with nothing.
    #[test]
    fn runs_that_share_a_folder_do_not_trip_over_each_other() {
        let root = tempfile::tempdir().unwrap();
        const RUNS: usize = 8;
        for round in 0..200 {
            let (start, shared) = (Barrier::new(RUNS), root.path().join(format!("{round}")));
            thread::scope(|scope| {
                for run in 0..RUNS {
                    let (start, own) = (&start, shared.join("reports").join(format!("{run}")));
                    scope.spawn(move || {
                        start.wait();
                        let pending = PendingFolder::create(&own).unwrap();
                        if run % 2 == 0 {
                            fs::write(own.join("report.md"), "").unwrap();
                        }
                        drop(pending);
                    });
                }
            });
            assert_eq!(fs::read_dir(shared.join("reports")).unwrap().count(), RUNS / 2);
        }
    }
}

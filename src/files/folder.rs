//! Folders that are made for files to come, and vanish if none comes.

use std::path::{Path, PathBuf};

use super::temporary::Temporaries;
use super::{WriteError, not_made};

/// A folder that was made, with its parents, for files that are not yet there. When this is dropped, those that are still
/// empty are removed.
#[derive(Debug)]
pub struct PendingFolder {
    /// The folders that did not exist before, the innermost last.
    made: Vec<PathBuf>,
}

impl PendingFolder {
    /// Creates a folder and its parents, as far as they do not exist.
    ///
    /// # Errors
    /// [`WriteError`] when it cannot be created.
    pub fn create(path: &Path) -> Result<Self, WriteError> {
        let mut pending = Self { made: Vec::new() };
        let missing =
            path.ancestors().take_while(|folder| !folder.as_os_str().is_empty() && !folder.is_dir());
        let missing: Vec<&Path> = missing.collect();
        for folder in missing.into_iter().rev() {
            Temporaries::lock().create_folder(folder).map_err(|error| not_made(path, &error))?;
            pending.made.push(folder.to_owned());
        }
        Ok(pending)
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
}

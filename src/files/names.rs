//! Files that belong together get their names together: all of them, or everything stays as it was.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::temporary::Temporaries;
use super::{PendingFile, WriteError, beside};

/// Gives files that belong together their names, in this order: all of them or none.
///
/// The last file shows that the set is complete. Its old version is removed first, so that it is never found beside newer
/// files, even if the machine stops here. A signal waits until this is over. Other files in the folder are left alone.
///
/// # Errors
/// [`WriteError`] when a file cannot be finished; then everything is as it was before.
pub fn take_names(mut files: Vec<PendingFile>) -> Result<(), WriteError> {
    for file in &mut files {
        let flushed = file.file.flush().and_then(|()| file.file.get_ref().sync_all());
        flushed.map_err(|error| WriteError::new(&file.target, &error))?;
    }
    let mut temporaries = Temporaries::lock();
    let mut former = Vec::new();
    let named = name_all(&files, &mut former, &mut temporaries);
    for one in former {
        if named.is_err() {
            one.put_back();
        }
        one.forget(&mut temporaries);
    }
    // A file that is dropped takes the lock.
    drop(temporaries);
    named
}

/// Renames all files; `former` is filled with what they replace.
fn name_all(
    files: &[PendingFile],
    former: &mut Vec<Former>,
    temporaries: &mut Temporaries,
) -> Result<(), WriteError> {
    let rename = |file: &PendingFile| {
        fs::rename(&file.temporary, &file.target).map_err(|error| WriteError::new(&file.target, &error))
    };
    // A single file replaces the old one in one step, and nothing can have to be put back.
    if let [only] = files {
        return rename(only);
    }
    for file in files {
        let kept = Former::keep(&file.target, temporaries);
        former.push(kept.map_err(|error| WriteError::new(&file.target, &error))?);
    }
    if let Some(last) = former.last().filter(|last| last.copy.is_some()) {
        fs::remove_file(&last.target).map_err(|error| WriteError::new(&last.target, &error))?;
    }
    files.iter().try_for_each(rename)
}

/// What stood under the name of a file before.
struct Former {
    target: PathBuf,
    /// Where it is kept; `None`: there was nothing.
    copy: Option<PathBuf>,
}

impl Former {
    /// Keeps the old file, if there is one, under a second name; where that is impossible, as a copy.
    fn keep(target: &Path, temporaries: &mut Temporaries) -> io::Result<Self> {
        if target.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let mut kept = Self { target: target.to_owned(), copy: None };
        if target.exists() {
            let copy = beside(target, "old");
            temporaries.begin(&copy)?;
            fs::hard_link(target, &copy).or_else(|_| fs::copy(target, &copy).map(drop))?;
            kept.copy = Some(copy);
        }
        Ok(kept)
    }

    /// Restores what was there. The error that made it necessary is the one to report.
    fn put_back(&self) {
        let _ = match &self.copy {
            Some(copy) => fs::rename(copy, &self.target),
            None => fs::remove_file(&self.target),
        };
    }

    /// Removes the copy.
    fn forget(&self, temporaries: &mut Temporaries) {
        if let Some(copy) = &self.copy {
            temporaries.remove(copy);
        }
    }
}

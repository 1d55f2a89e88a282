//! A folder with many files that appears whole or not at all.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::temporary::Temporaries;
use super::{PendingFolder, WriteError, beside};

/// A folder that is filled under a temporary name beside its own, which [`PendingTree::finish`] gives it.
///
/// Until then, what stands under its own name is as it was; a tree that is dropped before is removed.
#[derive(Debug)]
pub struct PendingTree {
    target: PathBuf,
    temporary: PathBuf,
    /// Folders in it, the outermost first.
    folders: Vec<PathBuf>,
    /// The folders above it that did not exist; dropped after the tree is removed.
    _above: PendingFolder,
}

impl PendingTree {
    /// Starts a folder; the folders above it are made where they do not exist.
    ///
    /// # Errors
    /// [`WriteError`] when a folder cannot be made here, or the path names a link or a file. A link is refused because
    /// what it leads to may be anything.
    pub fn create(path: &Path) -> Result<Self, WriteError> {
        let refused = |reason: &str| WriteError { path: path.to_owned(), reason: reason.to_owned() };
        match path.symlink_metadata() {
            Ok(found) if found.is_symlink() => {
                return Err(refused("it is a link: remove it, or name another folder"));
            }
            Ok(found) if !found.is_dir() => return Err(refused("it is not a folder")),
            _ => {}
        }
        let above = PendingFolder::create(path.parent().unwrap_or(Path::new("")))?;
        let temporary = beside(path, "tmp");
        let made = Temporaries::lock().create_tree(&temporary);
        made.map_err(|error| WriteError::new(path, &error))?;
        Ok(Self { target: path.to_owned(), temporary, folders: Vec::new(), _above: above })
    }

    /// Writes a file of the folder to the disk; the folders between are made. `name`: below the folder, without `..`.
    ///
    /// # Errors
    /// [`WriteError`] when it cannot be written, or there already is such a file.
    pub fn write(&mut self, name: &Path, bytes: &[u8]) -> Result<(), WriteError> {
        self.place(name, |file| {
            let mut file = OpenOptions::new().write(true).create_new(true).open(file)?;
            file.write_all(bytes)?;
            file.sync_all()
        })
    }

    /// Gives a file of the folder that is replaced a place in this one as well: as a second name, or else as a copy.
    ///
    /// # Errors
    /// [`WriteError`] when that is impossible.
    pub fn keep(&mut self, name: &Path) -> Result<(), WriteError> {
        let old = self.target.join(name);
        self.place(name, |file| fs::hard_link(&old, file).or_else(|_| fs::copy(&old, file).map(drop)))
    }

    /// Makes a folder in the folder, and those between.
    ///
    /// # Errors
    /// [`WriteError`] when it cannot be made.
    pub fn make_folder(&mut self, name: &Path) -> Result<(), WriteError> {
        let missing: Vec<&Path> = name.ancestors().filter(|folder| !folder.as_os_str().is_empty()).collect();
        for folder in missing
            .into_iter()
            .rev()
            .filter(|folder| !self.temporary.join(folder).is_dir())
            .collect::<Vec<_>>()
        {
            let made = fs::create_dir(self.temporary.join(folder));
            made.map_err(|error| WriteError::new(&self.target.join(folder), &error))?;
            self.folders.push(self.temporary.join(folder));
        }
        Ok(())
    }

    fn place(&mut self, name: &Path, put: impl FnOnce(&Path) -> io::Result<()>) -> Result<(), WriteError> {
        self.make_folder(name.parent().unwrap_or(Path::new("")))?;
        put(&self.temporary.join(name)).map_err(|error| WriteError::new(&self.target.join(name), &error))
    }

    /// Gives the folder its own name. What stood there is replaced in one step where the system can do that, and removed.
    /// A signal waits until this is over.
    ///
    /// # Errors
    /// [`WriteError`] when that is impossible; then everything is as it was before.
    pub fn finish(self) -> Result<(), WriteError> {
        for folder in self.folders.iter().rev().chain([&self.temporary]) {
            sync_folder(folder);
        }
        let mut temporaries = Temporaries::lock();
        let named = swap(&self.temporary, &self.target);
        if named.is_ok() {
            self.target.parent().into_iter().for_each(sync_folder);
        }
        // After an exchange, the old folder has the temporary name.
        temporaries.remove(&self.temporary);
        // A tree that is dropped takes the lock.
        drop(temporaries);
        named.map_err(|error| WriteError::new(&self.target, &error))
    }
}

impl Drop for PendingTree {
    fn drop(&mut self) {
        Temporaries::lock().remove(&self.temporary);
    }
}

/// Puts a folder in the place of another, or where none is.
fn swap(new: &Path, target: &Path) -> io::Result<()> {
    if !target.exists() {
        return fs::rename(new, target);
    }
    if exchange(new, target).is_ok() {
        return Ok(());
    }
    // Between these two steps no folder has the name, but the old one is whole under another.
    let old = beside(target, "old");
    fs::rename(target, &old)?;
    match fs::rename(new, target) {
        // `new` is free now, and what has that name is removed.
        Ok(()) => fs::rename(&old, new),
        Err(error) => fs::rename(&old, target).and(Err(error)),
    }
}

/// Exchanges the names of two folders in one step.
#[cfg(any(target_os = "linux", target_os = "macos"))]
fn exchange(one: &Path, other: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE)?)
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn exchange(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Writes the names in a folder to the disk. Not every system can; then they are written when it likes.
fn sync_folder(folder: &Path) {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let _ = OpenOptions::new().read(true).open(folder).and_then(|open| open.sync_all());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_folder_appears_with_all_its_files_and_replaces_the_old_one() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("bank").join("2026Q4");
        let write = |files: &[&str], keeps: &[&str]| {
            let mut tree = PendingTree::create(&path).unwrap();
            files.iter().for_each(|name| tree.write(Path::new(name), name.as_bytes()).unwrap());
            keeps.iter().for_each(|name| tree.keep(Path::new(name)).unwrap());
            tree
        };
        drop(write(&["report.md", "inputs/a/p.yaml"], &[]));
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 0);
        write(&["report.md", "inputs/a/p.yaml"], &[]).finish().unwrap();
        fs::create_dir(path.join("signed")).unwrap();
        fs::write(path.join("signed/note.txt"), "own").unwrap();
        write(&["report.md", "inputs/b/q.yaml"], &["signed/note.txt"]).finish().unwrap();
        assert_eq!(names(&path), ["inputs", "report.md", "signed"]);
        assert_eq!(names(&path.join("inputs")), ["b"]);
        assert_eq!(fs::read_to_string(path.join("signed/note.txt")).unwrap(), "own");
        assert_eq!(names(&root.path().join("bank")), ["2026Q4"]);
    }

    #[test]
    fn a_file_twice_a_file_in_the_way_and_a_link_are_refused() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("2026Q4");
        let mut tree = PendingTree::create(&path).unwrap();
        tree.write(Path::new("a"), b"").unwrap();
        assert!(tree.write(Path::new("a"), b"").is_err() && tree.write(Path::new("a/b"), b"").is_err());
        assert!(tree.keep(Path::new("missing")).is_err());
        drop(tree);
        fs::write(&path, "").unwrap();
        assert_eq!(PendingTree::create(&path).unwrap_err().reason, "it is not a folder");
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("elsewhere", root.path().join("link")).unwrap();
            let refused = PendingTree::create(&root.path().join("link")).unwrap_err();
            assert!(refused.reason.starts_with("it is a link"), "{refused}");
        }
        assert!(!names(root.path()).iter().any(|name| name.ends_with("tmp")));
    }

    /// Where two names cannot be exchanged, two renames do it.
    #[test]
    fn a_folder_of_a_killed_run_is_replaced() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("2026Q4");
        fs::create_dir(beside(&path, "tmp")).unwrap();
        fs::write(beside(&path, "tmp").join("half"), "").unwrap();
        let mut tree = PendingTree::create(&path).unwrap();
        tree.write(Path::new("whole"), b"").unwrap();
        tree.finish().unwrap();
        assert_eq!(names(&path), ["whole"]);
    }
}

//! Whether two paths name one file.

use std::path::{Component, Path, PathBuf};

/// Whether writing one of these paths would change what the other reads, whether or not the files exist yet.
///
/// True for other spellings (`./a`), links, and two names of one file. Devices and pipes are never the same file: what is
/// written to them does not stay there.
#[must_use]
pub fn is_same_file(a: &Path, b: &Path) -> bool {
    let is_special = |path: &Path| path.exists() && !path.is_file() && !path.is_dir();
    !is_special(a) && !is_special(b) && (resolved(a) == resolved(b) || is_one_inode(a, b))
}

/// Whether a path lies below a folder, under whatever names, whether or not they exist yet.
#[must_use]
pub fn is_inside(path: &Path, folder: &Path) -> bool {
    resolved(path).starts_with(resolved(folder))
}

/// The path without links and detours, as far as it exists; what does not exist yet is taken by its names.
fn resolved(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut resolved = PathBuf::new();
    for component in absolute.components() {
        match component {
            Component::ParentDir => {
                resolved.pop();
            }
            _ => resolved.push(component),
        }
        if let Ok(real) = resolved.canonicalize() {
            resolved = real;
        }
    }
    resolved
}

/// Whether both are names of one file (hard links).
#[cfg(unix)]
fn is_one_inode(a: &Path, b: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let identity = |path: &Path| path.metadata().ok().map(|found| (found.dev(), found.ino()));
    identity(a).is_some_and(|a| identity(b) == Some(a))
}

#[cfg(not(unix))]
fn is_one_inode(_: &Path, _: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn other_spellings_of_a_file_are_the_same_file_and_others_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("a"), "").unwrap();
        fs::write(path("b"), "").unwrap();
        fs::create_dir(path("d")).unwrap();
        for other in ["a", "./a", "d/../a"] {
            assert!(is_same_file(&path("a"), &path(other)), "{other}");
        }
        for (one, other) in [("a", "b"), ("new", "a"), ("d/new", "new")] {
            assert!(!is_same_file(&path(one), &path(other)), "{one} {other}");
        }
        // Folders that a run has yet to make.
        assert!(is_same_file(&path("new/q/r.md"), &path("d/../new/./q/r.md")));
        assert!(!is_same_file(Path::new("/dev/null"), Path::new("/dev/null")));
    }

    #[cfg(unix)]
    #[test]
    fn links_are_the_file_they_lead_to() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("a"), "").unwrap();
        fs::hard_link(path("a"), path("hard")).unwrap();
        std::os::unix::fs::symlink("a", path("soft")).unwrap();
        std::os::unix::fs::symlink(".", path("folder")).unwrap();
        for other in ["hard", "soft", "folder/a", "folder/hard"] {
            assert!(is_same_file(&path("a"), &path(other)), "{other}");
        }
        assert!(is_same_file(&path("folder/new"), &path("new")));
    }
}

//! Files that are to be written, checked before anything is computed.

use std::path::Path;

use super::failure::Failure;
use super::messages::shown;
use crate::files::WriteError;

/// Longest name of a file, bytes: what file systems allow less what the temporary name beside it adds.
const LONGEST_NAME_BYTES: usize = 255 - ".".len() - ".4294967295.tmp".len();

/// Refuses a path that names a folder, and a name that is too long.
pub(super) fn refuse_unwritable(file: &Path) -> Result<(), Failure> {
    let refused = |reason: String| Err(Failure::Write(WriteError { path: file.to_owned(), reason }));
    let is_folder_by_name = file.as_os_str().to_string_lossy().ends_with(['/', std::path::MAIN_SEPARATOR]);
    if file.is_dir() || file.file_name().is_none() {
        return refused("it is a directory".to_owned());
    }
    if is_folder_by_name {
        return refused("it ends like a folder: name a file".to_owned());
    }
    let n_bytes = file.file_name().map_or(0, std::ffi::OsStr::len);
    if n_bytes > LONGEST_NAME_BYTES {
        return refused(format!(
            "its name has {n_bytes} bytes, and at most {LONGEST_NAME_BYTES} are allowed"
        ));
    }
    Ok(())
}

/// Refuses an output file that is also another file of the same run.
pub(super) fn guard_output(flag: &str, file: &Path, other: &Path, what: &str) -> Result<(), Failure> {
    if !is_same_file(file, other) {
        return Ok(());
    }
    let file = shown(file);
    Err(Failure::Usage(format!("{flag} would overwrite {what} '{file}'; name another file")))
}

/// Whether two paths name the same file, whether or not it exists yet.
fn is_same_file(a: &Path, b: &Path) -> bool {
    let absolute = |path: &Path| {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        path.canonicalize().ok().or_else(|| Some(folder.canonicalize().ok()?.join(path.file_name()?)))
    };
    absolute(a).is_some_and(|a| absolute(b) == Some(a))
}

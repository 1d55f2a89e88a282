//! The files that a configuration includes, as LiteLLM 1.110.2 joins them: lists are appended, anything else is replaced.
//!
//! Unlike LiteLLM, a file that leaves the folder of the first one, or includes itself, is refused.

use std::collections::{BTreeMap, VecDeque};
use std::path::{Component, Path, PathBuf};

use super::nodes::{Problems, YamlAt, quoted_key};
use crate::input::InputError;
use crate::input::foreign::ForeignFile;

/// Files that one configuration may include.
const MOST_FILES: usize = 32;
const EMPTY_HELP: &str = "a configuration of LiteLLM begins with 'model_list:'";

/// The files of a configuration, the first one first.
pub(super) struct ConfigFiles {
    pub(super) files: Vec<ForeignFile>,
    pub(super) problems: Problems,
}

/// A file that is still to be read.
struct Pending {
    path: PathBuf,
    /// The files that led to it.
    chain: Vec<PathBuf>,
}

/// Reads a configuration and all that it includes.
///
/// # Errors
/// As [`ForeignFile::read`], of any of the files.
pub(super) fn read(path: &Path) -> Result<ConfigFiles, InputError> {
    let first = ForeignFile::read(path, EMPTY_HELP)?;
    let root_folder = path.parent().unwrap_or(Path::new(""));
    let mut found = ConfigFiles { files: vec![first], problems: Problems::default() };
    let mut loaded = vec![real(path)];
    let mut pending: VecDeque<Pending> = VecDeque::new();
    queue(&found.files[0], (path, root_folder), &[real(path)], &mut pending, &mut found.problems);
    while let Some(next) = pending.pop_front() {
        let place = real(&next.path);
        if loaded.contains(&place) {
            continue;
        }
        let file = ForeignFile::read(&next.path, EMPTY_HELP)?;
        let chain: Vec<PathBuf> = next.chain.iter().cloned().chain([place.clone()]).collect();
        queue(&file, (&next.path, root_folder), &chain, &mut pending, &mut found.problems);
        loaded.push(place);
        found.files.push(file);
        if found.files.len() > MOST_FILES {
            let root = YamlAt::root(&found.files[0]);
            let message = format!("more than {MOST_FILES} files are included");
            found.problems.error(root, "file-too-large", message, "join some of them");
            break;
        }
    }
    Ok(found)
}

/// The file itself, whatever its name; the name where there is no such file.
fn real(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

/// Adds what a file includes.
fn queue(
    file: &ForeignFile,
    (path, root_folder): (&Path, &Path),
    chain: &[PathBuf],
    pending: &mut VecDeque<Pending>,
    problems: &mut Problems,
) {
    let root = YamlAt::root(file);
    let Some(list) = root.get("include") else { return };
    let named: Vec<YamlAt<'_>> = list.items();
    if named.is_empty() || named.iter().any(|item| item.raw().is_none()) {
        let message = format!("'include' is a list of file names, and not {}", list.kind());
        problems.error(list, "wrong-type", message, "write 'include: [models.yaml]'");
        return;
    }
    for item in named {
        let name = item.raw().unwrap_or_default();
        let is_inside =
            Path::new(name).components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        let beside = path.parent().unwrap_or(Path::new("")).join(name);
        let target = if beside.exists() { beside } else { root_folder.join(name) };
        // A link may lead anywhere.
        let leaves = target.exists() && !real(&target).starts_with(folder(root_folder));
        if !is_inside || leaves || name.contains('\0') {
            let message =
                format!("the included file {} is outside the folder of the configuration", quoted_key(name));
            let help = "name a file beside the configuration, without '..' and without a leading slash";
            problems.error(item, "refused-include", message, help);
        } else if chain.contains(&real(&target)) {
            let message = format!("the included file {} includes itself", quoted_key(name));
            problems.error(item, "refused-include", message, "remove the entry that leads back");
        } else if !target.exists() {
            let message = format!("the included file {} does not exist", quoted_key(name));
            problems.error(
                item,
                "refused-include",
                message,
                "check the spelling; names count from the file that includes",
            );
        } else {
            pending.push_back(Pending { path: target, chain: chain.to_vec() });
        }
    }
}

/// A folder itself; no name is the folder that the program runs in.
fn folder(path: &Path) -> PathBuf {
    real(if path.as_os_str().is_empty() { Path::new(".") } else { path })
}

/// The sections of all files: the parts of a list in the order of the files, anything else from the last that has it.
pub(super) fn sections(files: &[ForeignFile]) -> BTreeMap<&str, Vec<YamlAt<'_>>> {
    let mut sections: BTreeMap<&str, Vec<YamlAt<'_>>> = BTreeMap::new();
    for file in files {
        let root = YamlAt::root(file);
        for entry in root.entries().iter().filter(|entry| entry.key != "include") {
            let value = root.of(entry);
            let parts = sections.entry(&entry.key).or_default();
            if !(value.is_list() && parts.iter().all(|part| part.is_list())) {
                parts.clear();
            }
            parts.push(value);
        }
    }
    sections
}

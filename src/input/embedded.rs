//! The catalog and the jurisdictions inside the binary: their text, and their values as the build has parsed them.
//!
//! A file added to `catalog/` is included by the next build that compiles this file.

use include_dir::{Dir, include_dir};

static CATALOG: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/catalog");
const JURISDICTIONS: &str = include_str!("../../jurisdictions.yaml");

// `TREES`: the values of each file in compact form, by its name; written by `build.rs`.
include!(concat!(env!("OUT_DIR"), "/trees.rs"));

/// `jurisdictions.yaml`.
pub(super) fn jurisdictions() -> &'static [u8] {
    JURISDICTIONS.as_bytes()
}

/// A file of `catalog/` by its name.
pub(super) fn catalog_file(name: &str) -> Option<&'static [u8]> {
    CATALOG.get_file(name).map(include_dir::File::contents)
}

/// The values of a file in compact form, by its name with its folder; `None` if the build could not parse it.
pub(super) fn tree(name: &str) -> Option<&'static [u8]> {
    TREES.iter().find(|own| own.0 == name).map(|own| own.1)
}

/// Names and contents of `catalog/scenarios/*.yaml`, by name.
pub(super) fn scenario_files() -> Vec<(String, &'static [u8])> {
    let Some(dir) = CATALOG.get_dir("scenarios") else { return Vec::new() };
    let mut files: Vec<_> = dir
        .files()
        .filter(|f| f.path().extension().is_some_and(|e| e == "yaml"))
        .map(|f| (f.path().to_string_lossy().into_owned(), f.contents()))
        .collect();
    files.sort();
    files
}

#[cfg(test)]
mod tests {
    use super::super::compact;
    use super::super::document::Document;
    use super::super::log::Log;
    use super::*;

    /// What the build has parsed is what is read from the text, with all places.
    #[test]
    fn the_values_inside_the_binary_are_those_of_its_texts() {
        let lists = ["suppliers", "models", "hardware", "offers", "shocks", "history"];
        let named = |name: &str| (name.to_owned(), catalog_file(name).unwrap());
        let lists = lists.iter().map(|list| named(&format!("{list}.yaml"))).chain(scenario_files());
        let files = lists.map(|(name, bytes)| (format!("catalog/{name}"), bytes));
        let files: Vec<_> = files.chain([("jurisdictions.yaml".to_owned(), jurisdictions())]).collect();
        assert_eq!(files.len(), TREES.len());
        for (name, bytes) in files {
            let log = Log::default();
            let read = Document::read(&name, bytes.to_vec(), &log).unwrap();
            assert!(log.into_sorted().is_empty(), "{name}");
            let root = compact::read(tree(&name).unwrap()).unwrap();
            assert!(format!("{root:?}") == format!("{:?}", read.root), "{name}");
        }
    }
}

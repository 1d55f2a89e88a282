//! The catalog and the jurisdictions inside the binary.
//!
//! A file added to `catalog/` is included by the next build that compiles this file.

use include_dir::{Dir, include_dir};

static CATALOG: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/catalog");
const JURISDICTIONS: &str = include_str!("../../jurisdictions.yaml");

/// `jurisdictions.yaml`.
pub(super) fn jurisdictions() -> &'static [u8] {
    JURISDICTIONS.as_bytes()
}

/// A file of `catalog/` by its name.
pub(super) fn catalog_file(name: &str) -> Option<&'static [u8]> {
    CATALOG.get_file(name).map(include_dir::File::contents)
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

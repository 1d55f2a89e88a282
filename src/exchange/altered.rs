//! Whether the files of a report are as they were written: their hashes against its manifest.

use std::fs::File;
use std::io::Read;
use std::path::{Component, Path};

use serde_json::Value;
use sha2::{Digest, Sha256};

/// The manifest in the folder of a report.
pub(super) const MANIFEST: &str = "manifest.json";
/// Largest size of a file that is hashed, bytes; a larger one counts as changed.
const MAX_BYTES: u64 = 256 << 20;

/// A file of a report that is not as its manifest says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AlteredFile {
    /// In the folder of the report.
    pub file: String,
    pub is_missing: bool,
}

/// SHA-256, 64 hexadecimal digits.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Copies of inputs, and `results`, that are not as the manifest beside them says; none without a manifest. A manifest that
/// cannot be read is itself such a file.
pub(super) fn altered_files(folder: &Path, results: &str) -> Vec<AlteredFile> {
    let Some(bytes) = bounded(&folder.join(MANIFEST)) else { return Vec::new() };
    let unreadable = || vec![AlteredFile { file: MANIFEST.to_owned(), is_missing: false }];
    let Ok(manifest) = serde_json::from_slice::<Value>(&bytes) else { return unreadable() };
    let Some(inputs) = manifest.get("inputs").and_then(Value::as_array) else { return unreadable() };
    let copies = inputs.iter().filter_map(|input| {
        Some((input.get("copy")?.as_str()?.to_owned(), input.get("sha256")?.as_str()?.to_owned()))
    });
    let own = manifest.get("files").and_then(|files| files.get(results)).and_then(Value::as_str);
    let own = own.map(|hash| (results.to_owned(), hash.to_owned()));
    let mut altered: Vec<AlteredFile> =
        copies.chain(own).filter_map(|(file, hash)| altered(folder, file, &hash)).collect();
    altered.sort();
    altered
}

fn altered(folder: &Path, file: String, hash: &str) -> Option<AlteredFile> {
    // What a manifest says leads nowhere else.
    let is_inside = Path::new(&file).components().all(|part| matches!(part, Component::Normal(_)));
    let path = folder.join(&file);
    match is_inside.then(|| bounded(&path)).flatten() {
        Some(bytes) if sha256(&bytes) == hash => None,
        found => Some(AlteredFile { is_missing: found.is_none() && !(is_inside && path.exists()), file }),
    }
}

/// The bytes of a file, cut off where it is too large; `None` when it cannot be read.
fn bounded(path: &Path) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(MAX_BYTES).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FIPS 180-2, appendix B.1.
    #[test]
    fn the_hash_is_the_published_one() {
        assert_eq!(sha256(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}

//! The inputs that fuzzing found worth keeping, through the functions that are fuzzed (`make fuzz`).

#[path = "../../fuzz/drivers.rs"]
pub(crate) mod drivers;

use std::fs;
use std::path::Path;

use drivers::TARGETS;

/// What once made the program fail, and what reaches most of its code.
#[test]
fn every_kept_input_is_read_without_a_panic() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    for (target, run) in TARGETS {
        let folder = corpus.join(target);
        let mut files: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        assert!(!files.is_empty(), "{}", folder.display());
        for file in files {
            run(&fs::read(&file).unwrap());
        }
    }
}

//! Reading a user's files: every diagnostic provoked, bad files of all sorts, and what a good one becomes.

mod bad_files;
mod diagnostics;
mod good_files;
mod mutations;
mod random;
mod schemas;

use std::fs;
use std::path::{Path, PathBuf};

use multipolar::input::diagnostic::Diagnostic;
use multipolar::input::{InputError, Loaded, Sources, load};
use tempfile::TempDir;

/// The good portfolio with its own small catalog, in a directory of its own.
struct Study {
    dir: TempDir,
}

impl Study {
    fn new() -> Self {
        let dir = TempDir::new().unwrap();
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/input"), dir.path());
        Self { dir }
    }

    /// The good portfolio with one text in one of its files replaced, once.
    fn with(file: &str, from: &str, to: &str) -> Self {
        Self::new().and(file, from, to)
    }

    fn and(self, file: &str, from: &str, to: &str) -> Self {
        let path = self.path(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file} has no '{from}'");
        fs::write(&path, text.replacen(from, to, 1)).unwrap();
        self
    }

    fn with_portfolio(bytes: impl AsRef<[u8]>) -> Self {
        let study = Self::new();
        fs::write(study.path("portfolio.yaml"), bytes).unwrap();
        study
    }

    fn path(&self, file: &str) -> PathBuf {
        self.dir.path().join(file)
    }

    fn load(&self) -> Result<Loaded, InputError> {
        load(Sources {
            portfolio: &self.path("portfolio.yaml"),
            catalog: Some(&self.path("catalog")),
            jurisdictions: Some(&self.path("jurisdictions.yaml")),
        })
    }

    /// Everything said about it, warnings of a good one too.
    fn diagnostics(&self) -> Vec<Diagnostic> {
        match self.load() {
            Ok(loaded) => loaded.warnings,
            Err(error) => error.diagnostics().to_vec(),
        }
    }

    /// Code, line and column of everything said about it.
    fn said(&self) -> Vec<(&'static str, usize, usize)> {
        let place = |d: &Diagnostic| (d.code, d.line.unwrap_or(0), d.column.unwrap_or(0));
        self.diagnostics().iter().map(place).collect()
    }

    /// The only thing said about it.
    fn only(&self) -> Diagnostic {
        let mut all = self.diagnostics();
        assert_eq!(all.len(), 1, "{all:#?}");
        all.remove(0)
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            fs::create_dir(&target).unwrap();
            copy(&entry.path(), &target);
        } else {
            fs::write(&target, fs::read(entry.path()).unwrap()).unwrap();
        }
    }
}

//! Paths of the tables of trials: the user names one file, and two more are next to it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Format of a table, by the ending of its file name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableFormat {
    Csv,
    Parquet,
}

/// What a build without Parquet says when it is asked for it.
const NOT_BUILT: &str = "this program was built without Parquet: name a file that ends in .csv, or build it with \
                         `cargo build --release --features parquet`";

impl TableFormat {
    /// The format that the ending of a file's name says; `None` for another ending.
    ///
    /// # Errors
    /// A message, when this program was built without it.
    pub fn of(path: &Path) -> Result<Option<Self>, String> {
        let ending = path.extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
        match ending.as_str() {
            "csv" => Ok(Some(Self::Csv)),
            "parquet" if cfg!(feature = "parquet") => Ok(Some(Self::Parquet)),
            "parquet" => Err(NOT_BUILT.to_owned()),
            _ => Ok(None),
        }
    }
}

/// Path of a table of trials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TablePath {
    /// The table of trials, as named by the user.
    pub trials: PathBuf,
    pub format: TableFormat,
}

impl TablePath {
    /// Reads a path.
    ///
    /// # Errors
    /// A message that says what is wrong with the ending, and what is allowed.
    pub fn new(text: &str) -> Result<Self, String> {
        let trials = PathBuf::from(text);
        match TableFormat::of(&trials)? {
            Some(format) => Ok(Self { trials, format }),
            None => Err("name a file that ends in .csv or .parquet".to_owned()),
        }
    }

    /// The table of events: `trials.events.csv` for `trials.csv`.
    #[must_use]
    pub fn events(&self) -> PathBuf {
        let ending = self.trials.extension().unwrap_or_default();
        let mut name = self.trials.file_stem().unwrap_or_default().to_owned();
        name.push(".events.");
        name.push(ending);
        self.trials.with_file_name(name)
    }

    /// The manifest: `trials.csv.json` for `trials.csv`.
    #[must_use]
    pub fn manifest(&self) -> PathBuf {
        let mut name = OsString::from(&self.trials);
        name.push(".json");
        PathBuf::from(name)
    }

    /// All three files.
    #[must_use]
    pub fn files(&self) -> [PathBuf; 3] {
        [self.events(), self.trials.clone(), self.manifest()]
    }

    /// The path as shown in messages.
    #[must_use]
    pub fn name(path: &Path) -> String {
        path.display().to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_belong_together_are_named_after_one() {
        let path = TablePath::new("out/a.b.csv").unwrap();
        let names = path.files().map(|file| TablePath::name(&file));
        assert_eq!(names, ["out/a.b.events.csv", "out/a.b.csv", "out/a.b.csv.json"]);
        assert_eq!(TablePath::new("A.CSV").unwrap().format, TableFormat::Csv);
        for text in ["trials", "trials.xlsx", "trials.csv.gz", ".csv", ""] {
            assert!(TablePath::new(text).unwrap_err().contains("ends in .csv"), "{text}");
        }
    }
}

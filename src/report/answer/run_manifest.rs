//! `manifest.json` of a report: what made it, from which files, and when.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::planning::outcome::Status;

/// How the files of a report were made. Only this file says when, so that the others are the same for the same inputs.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct RunManifestAnswer {
    /// Version of the format of this answer.
    pub format_version: u64,
    /// Version of the program.
    pub multipolar: String,
    /// Commit of the program; null when it is no release, or was not built from a repository.
    pub commit: Option<String>,
    /// Operating system and processor, such as `linux x86_64`.
    pub platform: String,
    /// Name of the solver.
    pub solver: String,
    /// How the search for a plan ended, as in the answer of `optimize`; null if the planner stopped.
    pub solver_status: Option<Status>,
    /// Instant at which the report was written, UTC.
    pub written: String,
    /// Name of the portfolio.
    pub portfolio: String,
    /// Quarter of the report.
    pub period: String,
    /// Newest date of an entry of the catalog; null when no entry has one.
    pub catalog_date: Option<String>,
    /// Random seed.
    pub seed: u64,
    /// Trials asked for.
    pub trials: u64,
    /// The files that were read.
    pub inputs: Vec<InputFileAnswer>,
    /// File of the report → its SHA-256, hexadecimal.
    pub files: BTreeMap<String, String>,
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct InputFileAnswer {
    /// Path as given; of a file inside the program, its name there.
    pub file: String,
    /// Its copy in the folder of the report.
    pub copy: String,
    /// Whether it is a file inside the program.
    pub is_embedded: bool,
    /// SHA-256 of its bytes, hexadecimal.
    pub sha256: String,
    /// Number of its bytes.
    pub bytes: u64,
}

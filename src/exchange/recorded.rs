//! Results of an earlier run: the figures that are compared, and the copies of the inputs beside them.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::altered::{AlteredFile, altered_files};
use super::broken::UNREADABLE;
use crate::input::InputError;
use crate::input::diagnostic::Diagnostic;
use crate::simulation::draws::Rates;
use crate::simulation::summary::BREAKDOWN_LEVEL;
use crate::study::simulate::{MAX_UNASKED_TRIALS, SimulateSettings};

/// Code of a file that holds no results.
const NO_RESULTS: &str = "no-results";
/// The complete answer in the folder of a report.
const RESULTS: &str = "results.json";
/// Largest size of the file of an answer, bytes.
const MAX_RESULTS_BYTES: u64 = 256 << 20;

/// What was recorded of a portfolio's today.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedResults {
    pub settings: SimulateSettings,
    pub monthly_cost_usd: f64,
    pub aal_usd: f64,
    pub cvar_usd: f64,
    /// `None`: there are no copies beside the results.
    pub inputs: Option<RecordedInputs>,
    /// Files that were changed after the report was written, as far as a manifest beside the results tells.
    pub altered: Vec<AlteredFile>,
}

/// Copies of the files that results were made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedInputs {
    pub portfolio: PathBuf,
    /// `None`: the catalog inside the program.
    pub catalog: Option<PathBuf>,
    /// `None`: the jurisdictions inside the program.
    pub jurisdictions: Option<PathBuf>,
}

/// Whether a path names results and no portfolio: the folder of a report, or a file that ends in `.json`.
#[must_use]
pub fn names_results(path: &Path) -> bool {
    path.is_dir() || path.extension().is_some_and(|end| end.eq_ignore_ascii_case("json"))
}

/// The file of results that a path names: the path itself, or `results.json` in the folder of a report.
#[must_use]
pub fn results_file(path: &Path) -> PathBuf {
    if path.is_dir() { path.join(RESULTS) } else { path.to_owned() }
}

/// Reads the answer of `plan` or `report`, or that of `simulate`, from a file or the folder of a report.
///
/// # Errors
/// [`InputError::Unreadable`] when the file cannot be read; [`InputError::Invalid`] when it is no JSON, or lacks a figure.
pub fn recorded_results(path: &Path) -> Result<RecordedResults, InputError> {
    let file = results_file(path);
    let shown = file.display().to_string();
    let text = text(&file).map_err(|error| {
        let reason = match error.kind() {
            io::ErrorKind::NotFound => "it does not exist".to_owned(),
            io::ErrorKind::PermissionDenied => "permission is denied".to_owned(),
            _ => error.to_string(),
        };
        let help = "name a portfolio, a results.json, or the folder of a report";
        let message = format!("the file cannot be read: {reason}");
        InputError::Unreadable(vec![Diagnostic::of_file(UNREADABLE, &shown, message, Some(help.to_owned()))])
    })?;
    let refused = |what: String| {
        let help = "name the answer of `plan`, `report` or `simulate` as JSON";
        InputError::Invalid(vec![Diagnostic::of_file(NO_RESULTS, &shown, what, Some(help.to_owned()))])
    };
    let answer: Value =
        serde_json::from_slice(&text).map_err(|error| refused(format!("this is no JSON: {error}")))?;
    let simulated = answer.get("simulate").unwrap_or(&answer);
    let level = format!("{BREAKDOWN_LEVEL}");
    let number = |place: &[&str]| {
        let found = place.iter().try_fold(simulated, |value, key| value.get(key));
        let found = found.and_then(Value::as_f64).filter(|x| x.is_finite());
        found
            .ok_or_else(|| refused(format!("the file holds no figure '{}' of a simulation", place.join("."))))
    };
    let whole = |key: &str| {
        let found = simulated.get(key).and_then(Value::as_u64);
        found.ok_or_else(|| refused(format!("the file holds no whole number '{key}' of a simulation")))
    };
    let n_trials = whole("trials")?;
    if !(1..=MAX_UNASKED_TRIALS).contains(&n_trials) {
        return Err(refused(format!("'trials' is {n_trials}, and 1 to {MAX_UNASKED_TRIALS} are possible")));
    }
    Ok(RecordedResults {
        settings: SimulateSettings { n_trials, seed: whole("seed")?, rates: Rates::Drawn },
        monthly_cost_usd: number(&["monthly_cost_usd"])?,
        aal_usd: number(&["aal_usd", "value"])?,
        cvar_usd: number(&["cvar_usd", &level, "value"])?,
        inputs: inputs(&file, &answer),
        altered: altered(&file),
    })
}

/// Files beside the results that are not as their manifest says.
fn altered(results: &Path) -> Vec<AlteredFile> {
    let name = results.file_name().and_then(|name| name.to_str());
    results.parent().zip(name).map_or_else(Vec::new, |(folder, name)| altered_files(folder, name))
}

/// At most one byte more than is allowed, which then is no JSON.
fn text(file: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(file)?.take(MAX_RESULTS_BYTES + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The copies in `inputs/` beside the results; `None` without the portfolio.
fn inputs(results: &Path, answer: &Value) -> Option<RecordedInputs> {
    let copies = results.parent()?.join("inputs");
    let named = answer.get("manifest")?.get("portfolio_file")?.as_str()?;
    // A name only: what the file says leads nowhere else.
    let name = Path::new(named).file_name()?;
    let portfolio = copies.join("portfolios").join(name);
    let there = |path: PathBuf| path.exists().then_some(path);
    Some(RecordedInputs {
        portfolio: there(portfolio)?,
        catalog: there(copies.join("catalog")),
        jurisdictions: there(copies.join("jurisdictions.yaml")),
    })
}

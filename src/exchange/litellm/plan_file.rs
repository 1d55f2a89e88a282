//! Reading a plan that was saved: the JSON of `optimize`, or `results.json` of `plan`.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value};

use crate::input::diagnostic::Diagnostic;
use crate::input::{InputError, file_bytes, file_text};
use crate::model::portfolio::Readiness;
use crate::study::gateway::export::PlannedRouting;

/// Where the plan stands: the file itself is the answer of `optimize`, or a part of the whole results is; of those the recommended
/// option comes first.
const PARTS: [&str; 3] = ["", "option", "optimize"];

/// Shares and standbys of a saved plan.
///
/// # Errors
/// [`InputError::Unreadable`] when the file cannot be read; [`InputError::Invalid`] when it is no JSON, or holds no plan.
pub fn read_plan(path: &Path) -> Result<PlannedRouting, InputError> {
    let text = file_text(path, file_bytes(path)?)?;
    let file = path.display().to_string();
    let refused = |code, message: String, help: &str| {
        Err(InputError::Invalid(vec![Diagnostic::of_file(code, &file, message, Some(help.to_owned()))]))
    };
    let help = "name a portfolio, or what `multipolar optimize --format json --out FILE` wrote";
    let root: Value = match serde_json::from_str(&text) {
        Ok(root) => root,
        Err(error) => return refused("json-syntax", format!("not JSON: {error}"), help),
    };
    let part = |name: &str| if name.is_empty() { Some(&root) } else { root.get(name) };
    match PARTS.iter().filter_map(|name| part(name)?.as_object()).find_map(planned) {
        Some(plan) => Ok(plan),
        None => {
            refused("no-plan", "the file holds no plan: 'allocation' and 'standby' are missing".into(), help)
        }
    }
}

fn planned(answer: &Map<String, Value>) -> Option<PlannedRouting> {
    let allocation: BTreeMap<String, BTreeMap<String, BTreeMap<String, f64>>> =
        serde_json::from_value(answer.get("allocation")?.clone()).ok()?;
    let entry = |entry: &Value| {
        let text = |key: &str| Some(entry.get(key)?.as_str()?.to_owned());
        let readiness = match text("readiness")?.as_str() {
            "hot" => Readiness::Hot,
            _ => Readiness::Warm,
        };
        Some((text("workload")?, text("offer")?, readiness))
    };
    let standby = answer.get("standby")?.as_array()?.iter().map(entry).collect::<Option<_>>()?;
    (!allocation.is_empty()).then_some(PlannedRouting { allocation, standby })
}

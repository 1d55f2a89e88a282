//! The answers of the shipped portfolios stay what they are, figure by figure (`tests/golden/`).
//!
//! A golden file holds what is unique: measures, losses, objective and bound; never an allocation, which can tie. An
//! answer may have more keys than its golden file. Where figures are meant to move, run the tests with
//! `UPDATE_GOLDEN=1` and name the figures in CHANGELOG.md, before and after.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Relative difference that the last bits of another machine's library functions may cause.
const TOLERANCE: f64 = 1e-9;
/// The same for what a solver's tolerances have a part in.
const SOLVER_TOLERANCE: f64 = 1e-6;

const COMMANDS: [(&str, &[&str], f64); 4] = [
    ("exposure", &[], TOLERANCE),
    ("stress", &["--all"], TOLERANCE),
    ("simulate", &["--trials", "2000"], TOLERANCE),
    ("optimize", &["--trials", "500"], SOLVER_TOLERANCE),
];

fn answer(portfolio: &str, command: &str, flags: &[&str]) -> Value {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new(env!("CARGO_BIN_EXE_multipolar"))
        .current_dir(root)
        .args([command, &format!("portfolios/{portfolio}.yaml"), "--format", "json", "--quiet"])
        .args(flags)
        .output()
        .expect("the program runs");
    assert!(output.status.success(), "{command} {portfolio}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn golden_file(portfolio: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(format!("{portfolio}.json"))
}

/// What an entry of a list is called, so that lists are compared by name, not by place.
fn name(entry: &Value) -> Option<String> {
    let keys = ["kind", "id", "scenario", "shock", "workload", "limit", "return_period_years", "nodes"];
    let parts: Vec<String> = keys.iter().filter_map(|key| entry.get(key)).map(Value::to_string).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// Where `found` is not what `golden` says, one line each; keys that only `found` has are passed over.
fn differences(path: &str, golden: &Value, found: &Value, tolerance: f64, lines: &mut Vec<String>) {
    match (golden, found) {
        (Value::Object(golden), Value::Object(_)) => {
            for (key, value) in golden {
                let found = found.get(key).unwrap_or(&Value::Null);
                differences(&format!("{path}.{key}"), value, found, tolerance, lines);
            }
        }
        (Value::Array(golden), Value::Array(found)) => {
            for (place, value) in golden.iter().enumerate() {
                let own = name(value);
                let of_that_name =
                    own.as_ref().and_then(|own| found.iter().find(|f| name(f).as_ref() == Some(own)));
                let found = if own.is_some() { of_that_name } else { found.get(place) };
                let path = format!("{path}[{}]", own.unwrap_or_else(|| place.to_string()));
                differences(&path, value, found.unwrap_or(&Value::Null), tolerance, lines);
            }
        }
        (Value::Number(golden), Value::Number(found)) => {
            let (golden, found) = (golden.as_f64().unwrap(), found.as_f64().unwrap());
            if (golden - found).abs() > tolerance * golden.abs().max(found.abs()).max(1e-6) {
                lines.push(format!("{path}: {golden} is now {found}"));
            }
        }
        _ if golden == found => {}
        _ => lines.push(format!("{path}: {golden} is now {found}")),
    }
}

/// `found` cut down to the keys of `golden`, with its figures.
fn updated(golden: &Value, found: &Value) -> Value {
    match (golden, found) {
        (Value::Object(golden), Value::Object(_)) => golden
            .iter()
            .filter_map(|(key, value)| Some((key.clone(), updated(value, found.get(key)?))))
            .collect::<serde_json::Map<String, Value>>()
            .into(),
        (Value::Array(golden), Value::Array(found)) if !golden.is_empty() => {
            found.iter().take(golden.len().max(1)).map(|found| updated(&golden[0], found)).collect()
        }
        _ => found.clone(),
    }
}

fn check(portfolio: &str) {
    let file = golden_file(portfolio);
    let mut golden: Value =
        serde_json::from_str(&std::fs::read_to_string(&file).expect("a golden file")).expect("JSON");
    let is_update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let mut lines = Vec::new();
    for (command, flags, tolerance) in COMMANDS {
        // Another solver finds other plans within the same tolerance.
        if command == "optimize" && !cfg!(feature = "highs") {
            continue;
        }
        let found = answer(portfolio, command, flags);
        if command == "optimize" {
            assert_adds_up(portfolio, &found);
        }
        if is_update {
            golden[command] = updated(&golden[command], &found);
            continue;
        }
        differences(command, &golden[command], &found, tolerance, &mut lines);
    }
    if is_update {
        std::fs::write(file, format!("{golden:#}\n")).expect("a golden file can be written");
    }
    assert!(lines.is_empty(), "{portfolio}: {} figures moved:\n{}", lines.len(), lines.join("\n"));
}

/// What a reader can add, adds up: the changes by workload, of machines and of contracts are the change of planned cost.
fn assert_adds_up(portfolio: &str, answer: &Value) {
    let lists =
        ["changes", "shared_changes"].iter().flat_map(|list| answer[list].as_array().expect("a list"));
    let sum: f64 = lists.map(|change| change["monthly_cost_usd"].as_f64().expect("a cost")).sum();
    let cost = |of: &str| answer[of]["monthly_cost_usd"].as_f64().expect("a cost");
    let change = cost("plan") - cost("current");
    assert!((sum - change).abs() < 1e-6 * cost("current"), "{portfolio}: {sum} instead of {change}");
}

#[test]
fn european_bank_keeps_its_figures() {
    check("european_bank");
}

#[test]
fn gulf_retailer_keeps_its_figures() {
    check("gulf_retailer");
}

#[test]
fn japanese_manufacturer_keeps_its_figures() {
    check("japanese_manufacturer");
}

#[test]
fn quickstart_keeps_its_figures() {
    check("quickstart");
}

#[test]
fn us_saas_keeps_its_figures() {
    check("us_saas");
}

/// A comparison that finds nothing would pass the tests above.
#[test]
fn a_figure_that_moved_is_found() {
    let golden = serde_json::json!({"a": 1.0, "b": [{"id": "x", "loss_usd": 2.0}], "c": "kept"});
    let mut lines = Vec::new();
    let same = serde_json::json!({"a": 1.0 + 1e-12, "b": [{"id": "w"}, {"id": "x", "loss_usd": 2.0}], "c": "kept", "d": 1});
    differences("", &golden, &same, TOLERANCE, &mut lines);
    assert!(lines.is_empty(), "{lines:?}");
    let moved = serde_json::json!({"a": 1.00001, "b": [{"id": "x", "loss_usd": 2.1}]});
    differences("", &golden, &moved, TOLERANCE, &mut lines);
    assert_eq!(lines.len(), 3, "{lines:?}");
}

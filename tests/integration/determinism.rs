//! Same files, seed and settings, same bytes: on any number of threads, in any order of entries.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_yaml::Value;
use tempfile::TempDir;

use crate::world::World;

fn shipped(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// stdout of a command that has to succeed.
fn answer(arguments: &[&str]) -> Vec<u8> {
    let output = Command::new(env!("CARGO_BIN_EXE_multipolar")).args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stdout.len() > 500, "{arguments:?} says too little to compare");
    output.stdout
}

fn on_threads(arguments: &[&str], n: &str) -> Vec<u8> {
    answer(&[arguments, &["--format", "json", "--quiet", "--threads", n]].concat())
}

/// Names the first line in which two answers differ.
#[track_caller]
fn assert_same(one: &[u8], other: &[u8]) {
    let (one, other) = (String::from_utf8_lossy(one), String::from_utf8_lossy(other));
    for (n, (a, b)) in one.lines().zip(other.lines()).enumerate() {
        assert_eq!(a, b, "line {}", n + 1);
    }
    assert_eq!(one, other);
}

/// 300 trials are five chunks, so that two threads do share the work.
#[test]
fn simulate_gives_the_same_bytes_on_one_and_two_threads() {
    let portfolio = shipped("portfolios/european_bank.yaml");
    let arguments = ["simulate", portfolio.to_str().unwrap(), "--trials", "300"];
    assert_same(&on_threads(&arguments, "1"), &on_threads(&arguments, "2"));
}

#[test]
fn exposure_gives_the_same_bytes_on_one_and_two_threads() {
    let portfolio = shipped("portfolios/quickstart.yaml");
    let arguments = ["exposure", portfolio.to_str().unwrap()];
    assert_same(&on_threads(&arguments, "1"), &on_threads(&arguments, "2"));
}

/// A world in which the planner has to weigh: a cheap offer that fails, two dearer ones, two workloads.
fn weighing() -> World {
    World::new()
        .with("surge: 0", "surge: 0.3")
        .with("input_mtok: 36.5", "input_mtok: 20000")
        .with("host: beta, regions: [FR], access: api, price: {input_usd_per_mtok: 1,", "host: beta, regions: [FR], access: api, price: {input_usd_per_mtok: 1.1,")
        .shock("id: alpha_out, effects: {stop: {supplier: alpha}}, frequency: {per_year: 2}, duration: {fixed: 20d}")
        .shock("id: beta_out, effects: {stop: {supplier: beta}}, frequency: {per_year: 1}, duration: {median: 10d, p90: 30d}")
        .portfolio(
            "  - id: a_second\n    demand: {input_mtok: 5000, output_mtok: 0}\n    users: {DE: 0.5, FR: 0.5}\n    data: internal\n    \
             outage_cost_usd_per_day: 1000\n    recovery_objective: 3d\n    allocation: {b@beta:FR: 1.0}\n",
        )
}

fn planned(dir: &TempDir, threads: &str) -> Vec<u8> {
    let [portfolio, catalog, jurisdictions] = ["portfolio.yaml", "catalog", "jurisdictions.yaml"]
        .map(|name| dir.path().join(name).to_str().unwrap().to_owned());
    let arguments =
        ["optimize", &portfolio, "--catalog", &catalog, "--jurisdictions", &jurisdictions, "--trials", "150"];
    on_threads(&arguments, threads)
}

#[test]
fn optimize_gives_the_same_bytes_on_one_and_two_threads() {
    let dir = weighing().written();
    let one = planned(&dir, "1");
    assert_same(&one, &planned(&dir, "2"));
    assert!(!String::from_utf8_lossy(&one).contains("current_is_best"), "nothing was planned");
}

/// Frontier, alternatives, moves, hedges and resamples.
#[test]
fn what_is_asked_besides_the_plan_gives_the_same_bytes_on_any_number_of_threads() {
    let dir = weighing().written();
    let [portfolio, catalog, jurisdictions] = ["portfolio.yaml", "catalog", "jurisdictions.yaml"]
        .map(|name| dir.path().join(name).to_str().unwrap().to_owned());
    let files = ["optimize", &portfolio, "--catalog", &catalog, "--jurisdictions", &jurisdictions];
    let asked =
        ["--trials", "100", "--frontier", "--alternatives", "2", "--within", "5%", "--replications", "2"];
    let arguments = [&files[..], &asked[..]].concat();
    let one = on_threads(&arguments, "1");
    for threads in ["2", "7"] {
        assert_same(&one, &on_threads(&arguments, threads));
    }
}

/// The library's lists the other way round.
#[test]
fn optimize_does_not_see_the_order_of_entries() {
    assert_same(&planned(&weighing().written(), "2"), &planned(&weighing().reversed().written(), "2"));
}

/// Writes a YAML file with every list of entries directly under its root the other way round. JSON is YAML too, and quotes
/// its texts.
fn write_reversed(from: &Path, to: &Path) {
    let mut file: Value = serde_yaml::from_str(&fs::read_to_string(from).unwrap()).unwrap();
    let mut n = 0;
    for (key, value) in file.as_mapping_mut().unwrap() {
        // Limits are answered in the order of the portfolio; scenarios happen in theirs.
        if let (Some(list), false) =
            (value.as_sequence_mut(), matches!(key.as_str(), Some("limits" | "events")))
        {
            list.reverse();
            n += 1;
        }
    }
    assert!(n > 0, "{} has no list", from.display());
    fs::write(to, serde_json::to_string(&file).unwrap()).unwrap();
}

/// Every list of the shipped catalog, the jurisdictions and the workloads reversed: the quickstart's simulation gives
/// the same bytes.
#[test]
fn the_order_of_entries_in_the_shipped_files_changes_no_byte() {
    let dir = TempDir::new().unwrap();
    fs::create_dir(dir.path().join("catalog")).unwrap();
    for file in ["suppliers.yaml", "models.yaml", "hardware.yaml", "offers.yaml", "shocks.yaml"] {
        write_reversed(&shipped("catalog").join(file), &dir.path().join("catalog").join(file));
    }
    write_reversed(&shipped("jurisdictions.yaml"), &dir.path().join("jurisdictions.yaml"));
    write_reversed(&shipped("portfolios/quickstart.yaml"), &dir.path().join("quickstart.yaml"));
    let straight = shipped("portfolios/quickstart.yaml");
    let [portfolio, catalog, jurisdictions] = ["quickstart.yaml", "catalog", "jurisdictions.yaml"]
        .map(|name| dir.path().join(name).to_str().unwrap().to_owned());
    let one = on_threads(&["simulate", straight.to_str().unwrap(), "--trials", "300"], "2");
    let reversed =
        ["simulate", &portfolio, "--trials", "300", "--catalog", &catalog, "--jurisdictions", &jurisdictions];
    assert_same(&one, &on_threads(&reversed, "2"));
}

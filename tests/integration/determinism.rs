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

/// Every list and map the other way round, however deep. Left as they are: parents, of whom the first controls, and the
/// events of scenarios, which happen in their order.
fn reverse(value: &mut Value) {
    match value {
        Value::Sequence(list) => {
            list.reverse();
            list.iter_mut().for_each(reverse);
        }
        Value::Mapping(map) => {
            let entries: Vec<(Value, Value)> = map.clone().into_iter().collect();
            map.clear();
            for (key, mut value) in entries.into_iter().rev() {
                if !matches!(key.as_str(), Some("parents" | "events")) {
                    reverse(&mut value);
                }
                map.insert(key, value);
            }
        }
        _ => {}
    }
}

/// Writes a YAML file reversed. JSON is YAML too, and quotes its texts.
fn write_reversed(from: &Path, to: &Path) {
    let mut file: Value = serde_yaml::from_str(&fs::read_to_string(from).unwrap()).unwrap();
    reverse(&mut file);
    fs::write(to, serde_json::to_string(&file).unwrap()).unwrap();
}

/// Every list and map of the shipped catalog, the jurisdictions and a portfolio reversed, the limits among them: the same
/// bytes, those of the tables of trials and their fingerprint included.
#[test]
fn the_order_of_entries_in_the_shipped_files_changes_no_byte() {
    let dir = TempDir::new().unwrap();
    let path = |name: &str| dir.path().join(name);
    fs::create_dir_all(path("catalog/scenarios")).unwrap();
    let catalog = shipped("catalog");
    let scenarios = fs::read_dir(catalog.join("scenarios")).unwrap().map(|entry| entry.unwrap().path());
    let lists = ["suppliers", "models", "hardware", "offers", "shocks"];
    let lists = lists.iter().map(|name| catalog.join(format!("{name}.yaml")));
    for file in lists.chain(scenarios) {
        write_reversed(&file, &path("catalog").join(file.strip_prefix(&catalog).unwrap()));
    }
    write_reversed(&shipped("jurisdictions.yaml"), &path("jurisdictions.yaml"));
    for (name, command) in [
        ("quickstart", &["simulate", "--trials", "300"][..]),
        ("gulf_retailer", &["stress", "--all"]),
        ("gulf_retailer", &["exposure"]),
        ("quickstart", &["check"]),
        ("quickstart", &["optimize", "--trials", "100"]),
    ] {
        let straight = shipped(&format!("portfolios/{name}.yaml"));
        let reversed = path(&format!("{name}.yaml"));
        write_reversed(&straight, &reversed);
        let answers = [(&straight, false), (&reversed, true)].map(|(portfolio, is_reversed)| {
            let table = path(&format!("trials_{is_reversed}.csv"));
            let mut arguments = vec![command[0], portfolio.to_str().unwrap()];
            arguments.extend(&command[1..]);
            let [catalog, jurisdictions] =
                ["catalog", "jurisdictions.yaml"].map(|name| path(name).to_str().unwrap().to_owned());
            if is_reversed {
                arguments.extend(["--catalog", &catalog, "--jurisdictions", &jurisdictions]);
            }
            if command[0] == "simulate" {
                arguments.extend(["--trials-out", table.to_str().unwrap()]);
            }
            let text = answer(&[&arguments[..], &["--format", "json", "--quiet"]].concat());
            let text = String::from_utf8(text).unwrap();
            // Files are named by their place.
            let text = text.replace(reversed.to_str().unwrap(), straight.to_str().unwrap());
            // So are the places of warnings.
            let is_place =
                |line: &&str| ["\"line\":", "\"column\":"].iter().any(|key| line.trim().starts_with(key));
            let text: String =
                text.lines().filter(|line| !is_place(line)).flat_map(|line| [line, "\n"]).collect();
            let manifest =
                fs::read_to_string(path(&format!("trials_{is_reversed}.csv.json"))).unwrap_or_default();
            (text, manifest)
        });
        assert_same(answers[0].0.as_bytes(), answers[1].0.as_bytes());
        assert_eq!(answers[0].1, answers[1].1, "the manifest of {name}");
    }
}

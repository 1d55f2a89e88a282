//! `simulate` beyond a fixed number of trials: until an interval is narrow, into tables, as CSV.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use super::{Folder, shipped, without};

fn rows(text: &str) -> Vec<Vec<&str>> {
    text.lines().skip(1).map(|line| line.split(',').collect()).collect()
}

/// The width is that of the interval in the answer, and the answer that of a run with as many trials.
#[test]
fn a_converged_answer_is_narrow_and_that_of_as_many_trials() {
    let folder = Folder::new();
    let simulate = |arguments: &[&str]| {
        let all = [&["simulate", "tiny.yaml", "--format", "json", "--trials"], arguments].concat();
        let ended = folder.run(&all);
        assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
        ended.json()
    };
    let (converged, convergence) = without(simulate(&["200", "--converge", "15%"]), "convergence");
    let n = converged["trials"].as_u64().unwrap();
    assert!(n > 200, "200 trials are too many for this test");
    let cvar = &converged["cvar_usd"]["0.95"];
    let [value, low, high] = ["value", "low", "high"].map(|key| cvar[key].as_f64().unwrap());
    let width = convergence["width"].as_f64().unwrap();
    assert!(width <= 0.15 && ((high - low) / 2.0 / value - width).abs() < 1e-12, "{convergence}");
    assert_eq!((&convergence["target"], &convergence["converged"]), (&0.15.into(), &true.into()));
    assert_eq!(converged, simulate(&[&n.to_string()]));
    let table = folder.run(&["simulate", "tiny.yaml", "--trials", "200", "--converge", "0.15"]).stdout;
    assert!(table.contains("Converged: after"), "{table}");
}

#[test]
fn the_csv_has_the_numbers_of_the_json() {
    let folder = Folder::new();
    let simulate = |format| folder.run(&["simulate", "tiny.yaml", "--trials", "300", "--format", format]);
    let (csv, json) = (simulate("csv").stdout, simulate("json").json());
    assert!(csv.starts_with("measure,key,value,low,high\ntrials,,300,,\nseed,,1,,\n"), "{csv}");
    let number = |text: &str| text.parse::<f64>().unwrap();
    let find = |measure: &str, key: &str| -> Vec<&str> {
        let found = rows(&csv).into_iter().find(|row| row[0] == measure && row[1] == key);
        found.unwrap_or_else(|| panic!("no {measure} of {key}"))[2..].to_vec()
    };
    for level in ["0.90", "0.95", "0.99", "0.995"] {
        for measure in ["var_usd", "cvar_usd"] {
            let row = find(measure, level);
            for (text, key) in row.into_iter().zip(["value", "low", "high"]) {
                let expected = &json[measure][level][key];
                assert!(*expected == number_or_null(text), "{measure} {level} {key}: {text}, {expected}");
            }
        }
    }
    let [aal, low, high] = find("aal_usd", "")[..] else { panic!("three numbers") };
    assert_eq!(json["aal_usd"]["value"], number(aal));
    let half = 1.959_963_984_540_054 * json["aal_usd"]["std_error"].as_f64().unwrap();
    assert!((number(high) - number(low) - 2.0 * half).abs() < 1e-6);
    for (shock, usd) in json["cvar_by"]["0.95"]["shock"].as_object().unwrap() {
        assert_eq!(*usd, number(find("cvar_0.95_by_shock", shock)[0]));
    }
}

fn number_or_null(text: &str) -> Value {
    text.parse::<f64>().map_or(Value::Null, Value::from)
}

/// A trial's loss is that of its events, its largest event is the largest of them, and both tables are in order.
#[test]
fn events_add_up_to_the_losses_of_their_trials() {
    let folder = Folder::new();
    let portfolio = shipped("quickstart");
    let ended = folder.run(&["simulate", &portfolio, "--trials", "300", "--trials-out", "t.csv"]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let mut by_trial: BTreeMap<u64, Vec<f64>> = BTreeMap::new();
    let events = folder.read("t.events.csv");
    assert!(events.starts_with("trial,event,shock,jurisdiction,day,loss_usd\n"));
    for row in rows(&events) {
        let of_trial = by_trial.entry(row[0].parse().unwrap()).or_default();
        of_trial.push(row[5].parse().unwrap());
        assert_eq!(row[1], of_trial.len().to_string());
    }
    let trials = folder.read("t.csv");
    assert_eq!(rows(&trials).len(), 300);
    for (number, row) in (0..).zip(rows(&trials)) {
        assert_eq!(row[0], number.to_string());
        let (loss, largest): (f64, f64) = (row[1].parse().unwrap(), row[2].parse().unwrap());
        let events = by_trial.get(&number).map_or(&[][..], Vec::as_slice);
        let sum: f64 = events.iter().sum();
        assert!((sum - loss).abs() <= 1e-9 * loss, "trial {number}: {sum} instead of {loss}");
        assert_eq!(events.iter().copied().fold(0.0, f64::max), largest);
    }
}

#[test]
fn what_cannot_be_asked_of_tables_and_shards_is_a_usage_error() {
    let folder = Folder::new();
    let simulate = |arguments: &[&str]| {
        let ended = folder.run(&[&["simulate", "tiny.yaml", "--trials", "10"], arguments].concat());
        assert_eq!((ended.code, ended.stdout.as_str()), (2, ""), "{arguments:?}: {}", ended.stderr);
        ended.stderr
    };
    assert!(simulate(&["--trials-out", "t.xlsx"]).contains("ends in .csv or .parquet"));
    assert!(simulate(&["--trials-out", "trials"]).contains("ends in .csv or .parquet"));
    assert!(simulate(&["--shard", "1/3"]).contains("--trials-out"));
    assert!(simulate(&["--shard", "4/3", "--trials-out", "t.csv"]).contains("1/3, 2/3 or 3/3"));
    assert!(simulate(&["--shard", "1/11", "--trials-out", "t.csv"]).contains("would be empty"));
    assert!(simulate(&["--converge", "0"]).contains("such as 2%"));
    simulate(&["--converge", "2%", "--shard", "1/3", "--trials-out", "t.csv"]);
    assert!(simulate(&["--trials-out", "t.csv", "--out", "t.csv.json"]).contains("--out would overwrite"));
    if !cfg!(feature = "parquet") {
        assert!(simulate(&["--trials-out", "t.parquet"]).contains("--features parquet"));
    }
    assert_eq!(fs::read_dir(folder.path("")).unwrap().count(), 1);
}

/// The folder is missing, or a directory stands where the second or third file should.
#[test]
fn tables_that_cannot_be_written_leave_nothing_behind() {
    let folder = Folder::new();
    fs::create_dir(folder.path("a.events.csv")).unwrap();
    fs::create_dir(folder.path("b.csv.json")).unwrap();
    for file in ["no/such/folder.csv", "a.csv", "b.csv"] {
        let ended = folder.run(&["simulate", "tiny.yaml", "--trials", "10", "--trials-out", file]);
        assert_eq!((ended.code, ended.stdout.as_str()), (6, ""), "{file}: {}", ended.stderr);
    }
    assert_eq!(fs::read_dir(folder.path("")).unwrap().count(), 3);
}

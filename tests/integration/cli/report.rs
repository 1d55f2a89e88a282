//! `plan` and `report`: a folder with everything in it.

use std::fs;

use multipolar::exchange::report_folder::file_names;
use multipolar::input::{Sources, load};
use multipolar::report::answer::results::{ResultsAnswer, RunProvenance};
use multipolar::report::money::DisplayCurrency;
use multipolar::report::{answer, page};
use multipolar::study::results::{StudyResults, StudySettings};
use multipolar::study::session::{OptimizeError, Session};
use serde_json::Value;

use super::{COST_LIMIT, Folder, TINY, US_LIMIT, has_keys};

#[test]
fn plan_writes_the_report_and_tells_the_story() {
    let folder = Folder::new();
    let ended = folder.run(&["plan", "tiny.yaml", "--trials", "100"]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert!(
        ended.stdout.contains("Changes by workload") && ended.stdout.contains("reports"),
        "{}",
        ended.stdout
    );
    let page = fs::read_to_string(folder.path("reports/tiny/2026Q4/report.md")).unwrap();
    let at = |heading: &str| page.find(heading).unwrap_or_else(|| panic!("no '{heading}' in\n{page}"));
    let headings =
        ["## What to do", "## What the plan changes", "## Why", "## How sure", "## Limits"].map(at);
    assert!(headings.is_sorted());
    let report = || fs::read_to_string(folder.path("reports/tiny/2026Q4/results.json")).unwrap();
    let first = report();
    let value: Value = serde_json::from_str(&first).unwrap();
    has_keys(&value, &["manifest", "check", "exposure", "stress", "simulate", "optimize"]);
    has_keys(&value["manifest"], &["multipolar", "seed", "trials", "portfolio_file", "catalog", "sources"]);
    assert_eq!(value["manifest"]["portfolio_file"], "tiny.yaml");
    // The same input once more, by the sibling: the same bytes.
    let ended = folder.run(&["report", "tiny.yaml", "--trials", "100", "--threads", "1"]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert!(ended.stdout.lines().all(|path| folder.path(path).is_file()), "{}", ended.stdout);
    assert_eq!(report(), first);
    assert_eq!(fs::read_to_string(folder.path("reports/tiny/2026Q4/report.md")).unwrap(), page);
}

/// Quarter, names and copies; the copy of the inputs makes the report again.
#[test]
fn a_report_has_its_quarter_its_owner_its_inputs_and_a_manifest() {
    let folder = Folder::new();
    let plan = ["report", "tiny.yaml", "--trials", "50", "--today", "2027-02-03"];
    let owner = ["--owner", "=HYPERLINK(\"x\") <b>", "--prepared-by", "Zoë | team"];
    let ended = folder.run(&[&plan[..], &owner].concat());
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let json = |name: &str| {
        serde_json::from_str::<Value>(&folder.read(&format!("reports/tiny/2027Q1/{name}"))).unwrap()
    };
    let (results, manifest) = (json("results.json"), json("manifest.json"));
    for (name, value) in [("results", &results), ("report-manifest", &manifest)] {
        let schema = answer::schema(name).unwrap();
        let problems: Vec<String> =
            jsonschema::validator_for(&schema).unwrap().iter_errors(value).map(|e| e.to_string()).collect();
        assert!(problems.is_empty(), "{name}: {problems:?}");
    }
    assert_eq!(results["report"]["period"], "2027Q1");
    assert_eq!(results["report"]["owner"], "=HYPERLINK(\"x\") <b>");
    assert!(results["replay"]["events"].as_array().unwrap().len() > 50);
    assert!(results["reverse"]["sets"].as_array().unwrap().len() <= 5);
    assert!(!results["landscape"]["workloads"].as_array().unwrap().is_empty());
    assert_eq!(manifest["files"].as_object().unwrap().len(), file_names().len() - 1);
    for input in manifest["inputs"].as_array().unwrap() {
        let copy = input["copy"].as_str().unwrap();
        assert_eq!(
            fs::metadata(folder.path("reports/tiny/2027Q1").join(copy)).unwrap().len(),
            input["bytes"]
        );
    }
    let portfolio = &manifest["inputs"][0];
    assert_eq!(portfolio["copy"], "inputs/portfolios/tiny.yaml");
    assert_eq!(folder.read("reports/tiny/2027Q1/inputs/portfolios/tiny.yaml"), folder.read("tiny.yaml"));
    let again = [
        &["report", "reports/tiny/2027Q1/inputs/portfolios/tiny.yaml", "--reports", "again"],
        &plan[2..],
        &owner,
    ]
    .concat();
    assert_eq!(folder.run(&again).code, 0);
    for name in file_names().into_iter().filter(|name| *name != "manifest.json") {
        let bytes = |path: &str| fs::read(folder.path(path).join("tiny/2027Q1").join(name)).unwrap();
        assert!(bytes("reports") == bytes("again"), "{name} differs");
    }
    // The folder alone makes it again, whatever catalog the program holds: only where the catalog came from differs.
    let inputs = "reports/tiny/2027Q1/inputs";
    let paths =
        ["portfolios/tiny.yaml", "catalog", "jurisdictions.yaml"].map(|name| format!("{inputs}/{name}"));
    let alone = [
        &["report", &paths[0], "--catalog", &paths[1], "--jurisdictions", &paths[2], "--reports", "alone"],
        &plan[2..],
        &owner,
    ]
    .concat();
    let ended = folder.run(&alone);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let mut alone: Value = serde_json::from_str(&folder.read("alone/tiny/2027Q1/results.json")).unwrap();
    for key in ["catalog", "jurisdictions"] {
        assert_ne!(alone["manifest"][key], results["manifest"][key]);
        alone["manifest"][key] = results["manifest"][key].clone();
    }
    assert!(alone == results, "computed from the folder alone, the results differ");
    for period in ["2026", "2026Q5", "../2026Q4", ""] {
        assert_eq!(folder.run(&["report", "tiny.yaml", "--period", period]).code, 2, "{period}");
    }
}

#[test]
fn limits_that_cannot_hold_together_still_leave_a_report() {
    let folder = Folder::new();
    folder.write("torn.yaml", &format!("{TINY}{US_LIMIT}{COST_LIMIT}"));
    for command in ["optimize", "plan"] {
        let ended = folder.run(&[command, "torn.yaml", "--trials", "50"]);
        assert_eq!(ended.code, 4, "{command}: {}", ended.stderr);
        assert!(ended.stdout.contains("No plan keeps all limits"), "{}", ended.stdout);
    }
    let page = fs::read_to_string(folder.path("reports/torn/2026Q4/report.md")).unwrap();
    assert!(page.contains("**No plan keeps all limits") && page.contains("## Why"), "{page}");
}

#[test]
fn a_report_folder_that_cannot_be_made_is_told_before_the_work() {
    let folder = Folder::new();
    folder.write("reports", "a file where the folder should be");
    let ended = folder.run(&["plan", "tiny.yaml"]);
    assert_eq!(ended.code, 6, "{}", ended.stderr);
    assert!(ended.stderr.contains("cannot be written"), "{}", ended.stderr);
}

/// No file makes the solver fail for sure, so its answer is replaced by a failure.
#[test]
fn a_solver_that_fails_leaves_a_report_of_all_the_rest() {
    let folder = Folder::new();
    let portfolio = folder.path("tiny.yaml");
    let loaded = load(Sources { portfolio: &portfolio, catalog: None, jurisdictions: None }).unwrap();
    let session = Session::new(&loaded.instance);
    let mut results =
        StudyResults::compute(&loaded, &session, None, StudySettings::new(50, 1), &|_| ()).unwrap();
    results.optimized = Err(OptimizeError::NoAnswer("it ran out of memory".to_owned()));
    results.plan = None;
    let files = RunProvenance { portfolio_file: "tiny.yaml".to_owned(), ..RunProvenance::default() };
    let all = ResultsAnswer::of(&results, &files);
    let page = page::page(&all, DisplayCurrency::USD);
    assert!(page.contains("**There is no plan.** the solver stopped before a usable answer"), "{page}");
    assert!(page.contains("## Why") && page.contains("## Limits"), "{page}");
    let data: Value = serde_json::from_str(&answer::to_text(&all)).unwrap();
    has_keys(&data, &["check", "exposure", "stress", "simulate"]);
    assert!(
        data["optimize"].is_null() && data["optimize_error"].as_str().unwrap().contains("ran out of memory")
    );
}

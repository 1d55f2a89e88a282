//! `plan` and `report`: a folder with everything in it.

use std::fs;

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
    let page = fs::read_to_string(folder.path("reports/tiny/report.md")).unwrap();
    let at = |heading: &str| page.find(heading).unwrap_or_else(|| panic!("no '{heading}' in\n{page}"));
    let headings =
        ["## What to do", "## What the plan changes", "## Why", "## How sure", "## Limits"].map(at);
    assert!(headings.is_sorted());
    let report = || fs::read_to_string(folder.path("reports/tiny/report.json")).unwrap();
    let first = report();
    let value: Value = serde_json::from_str(&first).unwrap();
    has_keys(&value, &["manifest", "check", "exposure", "stress", "simulate", "optimize"]);
    has_keys(&value["manifest"], &["multipolar", "seed", "trials", "portfolio_file", "catalog", "sources"]);
    assert_eq!(value["manifest"]["portfolio_file"], "tiny.yaml");
    // The same input once more, by the sibling: the same bytes.
    let ended = folder.run(&["report", "tiny.yaml", "--trials", "100", "--threads", "1"]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert_eq!(ended.stdout.lines().count(), 2);
    assert_eq!(report(), first);
    assert_eq!(fs::read_to_string(folder.path("reports/tiny/report.md")).unwrap(), page);
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
    let page = fs::read_to_string(folder.path("reports/torn/report.md")).unwrap();
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
    let mut results = StudyResults::compute(&loaded, &session, StudySettings::new(50, 1), &|_| ()).unwrap();
    results.optimized = Err(OptimizeError::NoAnswer("it ran out of memory".to_owned()));
    results.plan = None;
    let files = RunProvenance { portfolio_file: "tiny.yaml".to_owned(), catalog: None, jurisdictions: None };
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

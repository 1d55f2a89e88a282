//! `plan` and `report`: a folder with everything in it.

use std::fs;

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

//! `reverse`: what is told, rows, and what is refused.

use super::{Folder, has_keys};

#[test]
fn sets_are_told_in_a_sentence_a_table_and_stories() {
    let folder = Folder::new();
    let ended = folder.run(&["reverse", "tiny.yaml", "--breaks-recovery", "--max-shocks", "2"]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    for told in ["The most probable set", "Scenario:", "Channel:", "Impact:", "Mitigation:"] {
        assert!(ended.stdout.contains(told), "{told}\n{}", ended.stdout);
    }
    let arguments =
        ["reverse", "tiny.yaml", "--breaks-recovery", "--max-shocks", "2", "--sets", "3", "--format"];
    let value = folder.run(&[&arguments[..], &["json"]].concat()).json();
    has_keys(&value, &["portfolio", "threshold_usd", "sets", "more", "tested"]);
    assert!(value["threshold_usd"].is_null());
    let sets = value["sets"].as_array().unwrap();
    assert!((1..=3).contains(&sets.len()));
    has_keys(&sets[0], &["shocks", "annual_probability", "loss_usd", "measure", "story"]);
    let rows = folder.run(&[&arguments[..], &["csv"]].concat()).stdout;
    assert!(rows.starts_with("portfolio,threshold_usd,shocks,annual_probability,loss_usd"), "{rows}");
    assert_eq!(rows.lines().count(), sets.len() + 1);
    // No set costs so much: an empty list is an answer.
    let none = folder.run(&["reverse", "tiny.yaml", "--loss", "1e15"]);
    assert_eq!(none.code, 0, "{}", none.stderr);
    assert!(none.stdout.contains("No set of at most 3 shocks"), "{}", none.stdout);
}

#[test]
fn what_is_refused_is_a_usage_error() {
    let folder = Folder::new();
    for wrong in [
        &[][..],
        &["--loss", "1000", "--breaks-recovery"],
        &["--loss", "0"],
        &["--loss", "much"],
        &["--loss", "1000", "--max-shocks", "0"],
        &["--loss", "1000", "--max-shocks", "6"],
        &["--loss", "1000", "--sets", "0"],
    ] {
        let ended = folder.run(&[&["reverse", "tiny.yaml"][..], wrong].concat());
        assert_eq!((ended.code, ended.stdout.as_str()), (2, ""), "{wrong:?}: {}", ended.stderr);
    }
}

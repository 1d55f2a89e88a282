//! `diversify`: tables, rows, and what is refused.

use super::{Folder, has_keys};

const FEW: [&str; 2] = ["--trials", "50"];

#[test]
fn the_answer_is_told_in_a_sentence_tables_and_words() {
    let folder = Folder::new();
    let ended = folder.run(&[&["diversify", "tiny.yaml"][..], &FEW].concat());
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    for told in ["US and China only, or middle powers too?", "superpowers only", "Where to diversify", "Why"]
    {
        assert!(ended.stdout.contains(told), "{told}\n{}", ended.stdout);
    }
}

#[test]
fn every_source_has_its_rows_and_threads_change_nothing() {
    let folder = Folder::new();
    let run = |more: &[&str]| folder.run(&[&["diversify", "tiny.yaml"][..], &FEW, more].concat());
    let json = run(&["--format", "json", "--threads", "1"]);
    assert_eq!(json.stdout, run(&["--format", "json", "--threads", "2"]).stdout);
    let value = json.json();
    has_keys(&value, &["portfolio", "today", "sources", "additions", "services", "powers"]);
    let n = |key: &str| value[key].as_array().unwrap().len();
    assert_eq!(n("powers"), 3);
    let useful = value["sources"].as_array().unwrap().iter().filter(|s| !s["add"].is_null()).count();
    assert_eq!(n("additions"), 2 * useful);
    let lines = |table: &str| run(&["--format", "csv", "--table", table]).stdout.lines().count();
    for table in ["sources", "additions", "services", "powers"] {
        assert_eq!(lines(table), 1 + n(table), "{table}");
    }
    assert!(run(&["--format", "csv"]).stdout.starts_with("kind,id,name,"));
}

#[test]
fn a_list_needs_rows() {
    let ended = Folder::new().run(&["diversify", "tiny.yaml", "--table", "powers"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (2, ""));
    assert!(ended.stderr.contains("--table needs --format csv"), "{}", ended.stderr);
}

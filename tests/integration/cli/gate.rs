//! `check` as a gate: exit codes, and findings that point into the file in every format.

use super::{Folder, TINY, US_LIMIT};

/// Line, from 1, of the first limit in a file.
fn line_of_limit(text: &str) -> usize {
    1 + text.lines().position(|line| line.contains("measure:")).expect("there is a limit")
}

#[test]
fn every_format_names_the_broken_limit_and_its_line() {
    let folder = Folder::new();
    let text = format!("{TINY}{US_LIMIT}");
    folder.write("a bank.yaml", &text);
    let line = line_of_limit(&text);
    let sarif = folder.run(&["check", "a bank.yaml", "--format", "sarif"]);
    assert_eq!(sarif.code, 7, "{}", sarif.stderr);
    let result = sarif.json()["runs"][0]["results"][0].clone();
    assert_eq!(result["locations"][0]["physicalLocation"]["region"]["startLine"], line);
    assert_eq!(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "a%20bank.yaml");
    let github = folder.run(&["check", "a bank.yaml", "--format", "github"]);
    assert_eq!(github.code, 7);
    assert!(
        github.stdout.starts_with(&format!("::error file=a bank.yaml,line={line},")),
        "{}",
        github.stdout
    );
    let junit = folder.run(&["check", "a bank.yaml", "--format", "junit"]);
    assert_eq!(junit.code, 7);
    assert!(junit.stdout.contains("tests=\"1\" failures=\"1\""), "{}", junit.stdout);
    assert!(junit.stdout.contains(&format!("a bank.yaml:{line}: ")), "{}", junit.stdout);
    let json = folder.run(&["check", "a bank.yaml", "--format", "json"]).json();
    let cells = json["limits"][0]["cells"].as_array().unwrap().clone();
    let sum: f64 = cells.iter().map(|cell| cell["contribution"].as_f64().unwrap()).sum();
    assert!((sum - json["limits"][0]["value"].as_f64().unwrap()).abs() < 1e-9, "{cells:?}");
}

#[test]
fn an_exception_is_told_and_opens_the_gate_until_its_day() {
    let folder = Folder::new();
    let accepted =
        US_LIMIT.replace("0.6}", "0.6, accepted: {by: board, until: \"2026-12-31\", reason: merger}}");
    folder.write("accepted.yaml", &format!("{TINY}{accepted}"));
    let told = |format: &str, today: &str| {
        folder.run(&["check", "accepted.yaml", "--today", today, "--format", format])
    };
    for format in ["junit", "sarif", "github"] {
        let (valid, expired) = (told(format, "2026-12-31"), told(format, "2027-01-01"));
        assert_eq!((valid.code, expired.code), (0, 7), "{format}");
        assert!(valid.stdout.contains("accepted by board until 2026-12-31: merger"), "{}", valid.stdout);
        assert!(!expired.stdout.contains("accepted by board until 2026-12-31: merger"), "{}", expired.stdout);
    }
}

#[test]
fn a_wrong_or_missing_file_leaves_the_others_checked() {
    let folder = Folder::new();
    folder.write("wrong.yaml", "format_version: 1\n");
    let files = ["tiny.yaml", "wrong.yaml", "missing.yaml"];
    let run = |format: &str| folder.run(&[&["check"], &files[..], &["--format", format]].concat());
    let junit = run("junit");
    assert_eq!(junit.code, 6);
    assert_eq!(junit.stdout.matches("<testsuite ").count(), 3, "{}", junit.stdout);
    let sarif = run("sarif");
    let uris: Vec<String> = sarif.json()["runs"][0]["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].to_string())
        .collect();
    for file in files {
        assert!(uris.iter().any(|uri| uri.contains(file)), "{file}: {uris:?}");
    }
}

#[test]
fn only_check_has_the_formats_of_a_gate() {
    let folder = Folder::new();
    assert_eq!(folder.run(&["exposure", "tiny.yaml", "--format", "junit"]).code, 2);
}

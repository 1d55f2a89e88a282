//! Histories and tables of events that are wrong are told with their place, and never bring the program down.

use std::fs;

use multipolar::input::{InputError, event_table, history, load_library};

use crate::world::World;

/// One good event, of which a test replaces a part.
const GOOD: &str = "id: x, date: 2024-03-01, until: 2024-03-05, name: X, actor: US, side: supplier, kind: outage, \
                    played_as: {shock: {kind: outage, host: alpha}}";

fn codes(found: Result<impl Sized, InputError>) -> Vec<&'static str> {
    match found {
        Ok(_) => Vec::new(),
        Err(error) => error.diagnostics().iter().map(|d| d.code).collect(),
    }
}

#[test]
fn a_good_event_is_read() {
    assert_eq!(codes(World::new().past(GOOD).read().1), [""; 0]);
}

#[test]
fn each_problem_of_an_event_has_its_code() {
    for (from, to, code) in [
        ("date: 2024-03-01", "date: 2024-02-31", "invalid-date"),
        ("date: 2024-03-01", "date: 2024-03", "invalid-date"),
        ("date: 2024-03-01, ", "", "missing-key"),
        ("until: 2024-03-05", "until: 2024-03-01", "empty-range"),
        ("until: 2024-03-05", "until: 2023-03-01", "empty-range"),
        ("until: 2024-03-05", "until: 2024-03-05, lasted: 4h", "conflicting-keys"),
        ("until: 2024-03-05", "lasted: 0h", "out-of-range"),
        ("until: 2024-03-05", "lasted: soon", "invalid-duration"),
        ("until: 2024-03-05", "until: 2024-03-05, state: in_force", "conflicting-keys"),
        ("until: 2024-03-05", "state: suspended", "missing-key"),
        ("until: 2024-03-05", "state: gone", "unknown-value"),
        ("actor: US", "actor: Atlantis", "unknown-jurisdiction"),
        ("side: supplier", "side: nobody", "unknown-value"),
        ("kind: outage, p", "kind: storm, p", "unknown-value"),
        ("side: supplier", "side: supplier, scope: [moon]", "unknown-value"),
        ("side: supplier", "side: supplier, weight: 2", "unknown-key"),
        ("host: alpha", "host: alfa", "unknown-supplier"),
        ("{shock: {kind: outage, host: alpha}}", "{shock: alpha_stops}", "unknown-shock"),
        ("{shock: {kind: outage, host: alpha}}", "[]", "empty-list"),
        ("played_as: {shock: {kind: outage, host: alpha}}", "counted: true", "missing-key"),
        ("name: X", "name: X, no_effect: none", "conflicting-keys"),
    ] {
        assert_eq!(GOOD.matches(from).count(), 1, "{from}");
        let (_, found) = World::new().past(&GOOD.replacen(from, to, 1)).read();
        let text = found.as_ref().err().map(ToString::to_string).unwrap_or_default();
        assert!(codes(found).contains(&code), "{to}: {code} is not among\n{text}");
        assert!(text.contains("history.yaml:"), "{text}");
    }
    let (_, twice) = World::new().past(GOOD).past(GOOD).read();
    assert_eq!(codes(twice), ["duplicate-id"]);
    let window = World::new().past(GOOD).with("to: 2026-01-01", "to: 2023-01-01");
    assert_eq!(codes(window.read().1), ["empty-range"]);
    let (_, none) = World::new().read();
    assert_eq!(codes(none), ["unreadable-file"]);
}

/// Every line of the shipped history left out, cut short or made hostile: an answer or a diagnostic, never a panic.
#[test]
fn broken_histories_never_panic() {
    let library = load_library(None, None).unwrap();
    let shipped = include_str!("../../../catalog/history.yaml");
    let lines: Vec<&str> = shipped.lines().collect();
    let dir = tempfile::tempdir().unwrap();
    let from = lines.iter().position(|line| line.starts_with("events:")).unwrap();
    // A few events are enough, and quick.
    let lines = &lines[..from + 40];
    for n in 20..lines.len() {
        for hostile in [
            "",
            "  - 7",
            "  - {id: [x], date: {a: b}, played_as: 3, no_effect: [], scope: {}, actor: [1]}",
            "events: {}",
        ] {
            let mut changed = lines.to_vec();
            changed[n] = hostile;
            fs::write(dir.path().join("history.yaml"), changed.join("\n")).unwrap();
            let _ = history(Some(dir.path()), &library.jurisdictions, &library.catalog);
        }
    }
}

#[test]
fn each_problem_of_a_table_has_its_code_and_line() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("events.csv");
    let head = "id,date,until,kind,actor,side,state,lasted_days,notice_days,counted\n";
    let good = "a,2024-03-01,,sanction,US,state,,,,\n";
    for (text, code, line) in [
        (String::new(), "missing-key", None),
        (head.to_owned(), "empty-list", None),
        ("id,date,kind\na,2024-01-01,outage\n".to_owned(), "missing-key", None),
        (format!("{head}{good}b,2024-03-01,,sanction\n"), "csv-syntax", Some(3)),
        (format!("{head}{good}{good}"), "duplicate-id", Some(3)),
        (format!("{head}a,2024-13-01,,sanction,US,,,,,\n"), "invalid-date", Some(2)),
        (format!("{head}a,,,sanction,US,,,,,\n"), "missing-key", Some(2)),
        (format!("{head}a,2024-03-01,2023-01-01,sanction,US,,,,,\n"), "empty-range", Some(2)),
        (format!("{head}a,2024-03-01,,storm,US,,,,,\n"), "unknown-value", Some(2)),
        (format!("{head}a,2024-03-01,,sanction,US,nobody,,,,\n"), "unknown-value", Some(2)),
        (format!("{head}a,2024-03-01,,sanction,US,,gone,,,\n"), "unknown-value", Some(2)),
        (format!("{head}a,2024-03-01,,sanction,US,,,-1,,\n"), "invalid-duration", Some(2)),
        (format!("{head}a,2024-03-01,,sanction,US,,,NaN,,\n"), "invalid-duration", Some(2)),
        (format!("{head}a,2024-03-01,,sanction,US,,,,1e99,\n"), "invalid-duration", Some(2)),
        (format!("{head}a,2024-03-01,,sanction,US,,,,,maybe\n"), "unknown-value", Some(2)),
    ] {
        fs::write(&path, &text).unwrap();
        let error = event_table(&path).err().unwrap_or_else(|| panic!("accepted: {text}"));
        let found: Vec<_> = error.diagnostics().iter().map(|d| (d.code, d.line)).collect();
        assert!(found.contains(&(code, line)), "{text}: {found:?}");
    }
    fs::write(&path, [0xff, 0xfe, b',', b'\n', 0x00, 0xff]).unwrap();
    assert!(event_table(&path).is_err());
    assert!(matches!(event_table(dir.path()), Err(InputError::Unreadable(_))));
    assert!(matches!(event_table(&dir.path().join("none.csv")), Err(InputError::Unreadable(_))));
}

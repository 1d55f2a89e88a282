//! Files that cannot be read, are no YAML, or want to exhaust the reader; and many problems in one file.

use std::fs;
use std::path::Path;

use multipolar::input::diagnostic::{Severity, render_all};
use multipolar::input::{InputError, Sources, load, load_library};

use super::Study;

fn is_unreadable(study: &Study) -> bool {
    matches!(study.load(), Err(InputError::Unreadable(_)))
}

#[test]
fn a_missing_file_and_a_directory_cannot_be_read() {
    let study = Study::new();
    fs::remove_file(study.path("portfolio.yaml")).unwrap();
    assert!(is_unreadable(&study));
    assert!(study.only().message.contains("does not exist"));
    fs::create_dir(study.path("portfolio.yaml")).unwrap();
    assert!(is_unreadable(&study));
    assert!(study.only().message.contains("is a directory"));
}

/// The superuser may read everything, so the claim is tested only where the lock holds.
#[cfg(unix)]
#[test]
fn a_locked_file_cannot_be_read() {
    use std::os::unix::fs::PermissionsExt;
    let study = Study::new();
    let path = study.path("portfolio.yaml");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(&path).is_err() {
        assert!(is_unreadable(&study));
        assert!(study.only().message.contains("permission"));
    }
}

/// What is missing of the catalog is said, and what it would have named is not called unknown.
#[test]
fn with_a_catalog_file_missing_the_portfolio_is_still_checked() {
    let study = Study::with("portfolio.yaml", "at_most: 0.7", "at_most: 7");
    fs::remove_file(study.path("catalog/models.yaml")).unwrap();
    assert!(is_unreadable(&study));
    let codes: Vec<&str> = study.diagnostics().iter().map(|d| d.code).collect();
    assert_eq!(codes, ["unreadable-file", "out-of-range"]);
    let study = Study::new();
    fs::remove_file(study.path("catalog/shocks.yaml")).unwrap();
    fs::remove_dir_all(study.path("catalog/scenarios")).unwrap();
    let codes: Vec<&str> = study.load().unwrap().warnings.iter().map(|w| w.code).collect();
    assert_eq!(codes, ["supplier-without-shocks"], "shocks and scenarios are optional");
    assert!(
        matches!(load_library(Some(Path::new("no/such/dir")), None), Err(InputError::Unreadable(list)) if list.len() == 1)
    );
}

#[test]
fn a_file_that_is_no_portfolio_is_refused_with_its_place() {
    let cases: [(&[u8], &str, usize, usize); 17] = [
        (b"", "empty-file", 0, 0),
        (b"# only a comment\n", "empty-file", 0, 0),
        (b"---\n...\n", "empty-file", 0, 0),
        (b"a: [1, 2\nb: 3\n", "yaml-syntax", 2, 2),
        (b"a: b: c\n", "yaml-syntax", 1, 5),
        (b"a:\n\tb: 1\n", "yaml-syntax", 2, 2),
        (b"a:\tb\n", "yaml-syntax", 1, 4),
        (b"a: \"x\n", "yaml-syntax", 1, 4),
        (b"a: *b\n", "yaml-syntax", 1, 4),
        (b"a: 1\n---\nb: 2\n", "several-documents", 2, 1),
        (b"a: 1\nb: \xff\xfe\n", "not-utf8", 2, 4),
        (b"a: 1\nb: \0\n", "control-character", 2, 4),
        (b"\xff\xfea\0:\0", "not-utf8", 1, 1),
        (b"a: !!python/object:os.system x\n", "yaml-tag", 1, 4),
        (b"[1, 2]\n", "wrong-type", 1, 1),
        (b"just text\n", "wrong-type", 1, 1),
        (b"? {a: 1}\n: 2\n", "key-not-text", 1, 3),
    ];
    for (bytes, code, line, column) in cases {
        let study = Study::with_portfolio(bytes);
        assert_eq!(study.said(), [(code, line, column)], "{}", String::from_utf8_lossy(bytes));
        assert!(matches!(study.load(), Err(InputError::Invalid(_))));
    }
}

/// A tab is invisible, so that the message says where it is: before a key, and between a colon and a value.
#[test]
fn a_tab_that_yaml_refuses_is_named_with_its_place() {
    for (text, place) in [("a:\n\tb: 1\n", "line 2, column 1"), ("a: 1\nname:\tx\n", "line 2, column 6")] {
        let help = Study::with_portfolio(text).only().help.unwrap();
        assert!(help.contains("tab") && help.contains(place), "{help}");
    }
}

/// A file that was meant to be there is not taken for one that was left out.
#[cfg(unix)]
#[test]
fn a_link_that_leads_nowhere_is_an_error() {
    for entry in ["shocks.yaml", "scenarios", "scenarios/ban.yaml", "offers.yaml"] {
        let study = Study::new();
        let path = study.path("catalog").join(entry);
        if path.is_dir() {
            fs::remove_dir_all(&path).unwrap();
        } else {
            fs::remove_file(&path).unwrap();
        }
        std::os::unix::fs::symlink("nowhere.yaml", &path).unwrap();
        assert!(is_unreadable(&study), "{entry}");
        let only = study.only();
        assert!(only.message.contains("link that leads nowhere") && only.help.is_some(), "{only}");
    }
}

/// The value is right once the quotes are gone, or once it means what the key says.
#[test]
fn messages_say_how_to_mend_a_value() {
    let cases = [
        ("min_quality: 1300", "min_quality: \"1300\"", "", "remove the quotes: 1300"),
        ("accept_unrated: false", "accept_unrated: 'false'", "", "remove the quotes: false"),
        ("min_quality: 1300", "min_quality: many", "expected a number, found 'many'", "write a number here"),
        ("after: 30d", "after: -1d", "'-1d' is negative: a duration is 0 or more", "remove the minus sign"),
        ("after: 30d", "after: 1e400d", "'1e400d' is longer than a hundred years", "write at most 100y"),
        (
            "usd_per_day: 40000",
            "usd_per_day: 1e15",
            "'1e15' is out of range: it must be 0, or from 0.01 to 1e12 USD",
            "check the unit: the value is in USD",
        ),
        (
            "usd_per_day: 40000",
            "usd_per_day: 1e-9",
            "'1e-9' is out of range: it must be 0, or from 0.01 to 1e12 USD",
            "check the unit, which is USD, or write 0 for nothing",
        ),
        (
            "usd_per_day: 40000",
            "usd_per_day: 1e400",
            "'1e400' is not a finite number",
            "write a number: 0, or from",
        ),
        ("at_most: 0.7", "at_most: 70", "'70' is out of range: it must be from 0 to 1", "25 % is 0.25"),
    ];
    for (from, to, message, help) in cases {
        let study = Study::with("portfolio.yaml", from, to);
        let all = study.diagnostics();
        let is_said = |d: &multipolar::input::diagnostic::Diagnostic| {
            d.message.contains(message) && d.help.as_deref().is_some_and(|said| said.contains(help))
        };
        assert!(all.iter().any(is_said), "{to}: {all:#?}");
    }
}

/// A map that takes over `n` others.
fn merged_maps(n: usize, entry: impl Fn(usize) -> String) -> String {
    let maps: Vec<String> = (0..n).map(|i| format!("{{{}}}", entry(i))).collect();
    format!("a: {{<<: [{}]}}\n", maps.join(", "))
}

fn keys(n: usize, name: char) -> String {
    (0..n).map(|i| format!("{name}{i}: 1, ")).collect()
}

/// Maps are taken over in time proportional to their keys: 100,000 of them that all bring the same key, into a map of
/// nearly as many keys as one may have. Were the map gone through for each of them, this would be 1e9 steps.
#[test]
fn many_merged_maps_are_read_in_time_proportional_to_their_keys() {
    let merged = merged_maps(100_000, |_| "k0: 1".into());
    let study = Study::with_portfolio(merged.replacen("a: {", &format!("a: {{{}", keys(9_000, 'k')), 1));
    let codes: Vec<&str> = study.diagnostics().iter().map(|d| d.code).collect();
    assert!(codes.contains(&"unknown-key") && !codes.contains(&"file-too-large"), "{codes:?}");
}

/// Depth, aliases, size: refused by counting, without recursion and without expanding anything.
#[test]
fn files_that_would_exhaust_the_reader_are_refused() {
    let laughs: String =
        (1..40).map(|i| format!("a{i}: &a{i} [{}]\n", format!("*a{}, ", i - 1).repeat(9))).collect();
    let stairs: String = (0..2000).map(|i| format!("{}a:\n", " ".repeat(i))).collect();
    let cases = [
        ("[".repeat(100_000), "nesting-too-deep"),
        ("{a: ".repeat(100_000), "nesting-too-deep"),
        ("- ".repeat(100_000), "nesting-too-deep"),
        ("? ".repeat(100_000), "key-not-text"),
        ("a: ".repeat(100_000), "yaml-syntax"),
        (stairs, "nesting-too-deep"),
        (format!("a0: &a0 [lol]\n{laughs}"), "alias-limit"),
        ("a: &a [*a]\n".into(), "alias-limit"),
        (format!("a: &a {}\nb: [{}]\n", "x".repeat(4_000_000), "*a, ".repeat(1000)), "alias-limit"),
        ("x".repeat(33 * 1024 * 1024), "file-too-large"),
        (format!("[{}]", "1, ".repeat(2_000_000)), "file-too-large"),
        ((0..900_000).map(|i| format!("- &a{i}\n")).collect(), "alias-limit"),
        (merged_maps(20_000, |i| format!("k{i}: 1")), "file-too-large"),
        // The keys come in through maps that themselves take over others.
        (
            format!(
                "a: &a {{{}}}\n{}",
                keys(6_000, 'a'),
                format_args!("b: {{<<: *a, {}}}", keys(6_000, 'b'))
            ),
            "file-too-large",
        ),
    ];
    for (text, code) in cases {
        let study = Study::with_portfolio(&text);
        assert_eq!(study.only().code, code, "{}", &text[..40]);
    }
}

#[test]
fn a_text_or_name_without_end_is_refused() {
    let study = Study::with("portfolio.yaml", "name: Example Bank", &format!("name: {}", "x".repeat(20_001)));
    assert_eq!(study.only().code, "text-too-long");
    let study = Study::with("portfolio.yaml", "id: code", &format!("id: {}", "x".repeat(201)));
    assert_eq!(study.only().code, "invalid-id");
}

#[test]
fn many_problems_in_one_long_line_are_reported_without_delay() {
    let keys: String = (0..9000).map(|i| format!("k{i}: 1, ")).collect();
    let all = Study::with_portfolio(format!("{{{keys}}}")).diagnostics();
    assert!(all.len() > 9000 && all.iter().all(|d| d.excerpt.is_none()));
    assert!(render_all(&all).contains(" more\n"));
}

pub(super) const WRONG: &str = "format_version: 1
company: {name: Bank, headquarters: EU, sites: [DE, XX]}
horizon: forever
workloads:
  - id: chat
    demand: {input_mtok: -5, output_mtok: .nan}
    users: {DE: 0.6, FR: 0.3}
    users: {DE: 1}
    data: secret
    min_qualty: 1300
    outage_cost_usd_per_day: \"100\"
    recovery_objective: 3d
    fallback: {after: 1d, usd_per_day: 400}
    require: {developer: [alfa], region: []}
    allocation: {alpha-1@cloud:SE: 0.8, alpha-2@cloud:SE: 0.1, gamma-1@self:SE: .inf}
    standby: [{offer: gamma-1, readiness: cold, cover: 2}, 7]
  - id: chat
    demand: {input_mtok: 1, output_mtok: 1}
    users: {DE: 0.5, NO: 0.4}
    data: public
    outage_cost_usd_per_day: 10
    allocation: {DE: {alpha-1@cloud:SE: 0.9}}
limits:
  - {measure: share, of: origin, is: USA}
  - {measure: hhi, of: origin, at_most: 2}
";

/// What the fallback is compared with is not there: the one mistake is the missing cost.
#[test]
fn a_fallback_is_not_dearer_than_an_outage_without_a_cost() {
    let workload = |cost: &str| {
        format!(
            "format_version: 1\ncompany: {{name: A, headquarters: DE}}\nworkloads:\n  - id: chat\n    demand: {{input_mtok: 1, output_mtok: 1}}\n    \
             users: {{DE: 1.0}}\n    data: public\n{cost}    fallback: {{after: 3d, usd_per_day: 400}}\n    \
             allocation: {{alpha-1@cloud:SE: 1.0}}\n"
        )
    };
    for (cost, code) in [
        ("", "missing-key"),
        ("    outage_cost_usd_per_day: much\n", "wrong-type"),
        ("    outage_cost_usd_per_day: 300\n", "fallback-dearer-than-outage"),
    ] {
        let study = Study::with_portfolio(workload(cost));
        let found: Vec<&str> = study.diagnostics().iter().map(|d| d.code).collect();
        assert_eq!(found, [code], "{cost}");
    }
}

/// Everything that is wrong with a file is said in one run, each with its place.
#[test]
fn all_problems_of_a_file_are_reported_at_once() {
    let study = Study::with_portfolio(WRONG);
    let expected = [
        ("not-a-country", 2, 37),
        ("unknown-jurisdiction", 2, 53),
        ("invalid-duration", 3, 10),
        ("out-of-range", 6, 26),
        ("not-finite", 6, 43),
        ("shares-sum", 7, 5),
        ("duplicate-key", 8, 5),
        ("unknown-value", 9, 11),
        ("unknown-key", 10, 5),
        ("wrong-type", 11, 30),
        ("fallback-before-recovery", 13, 23),
        ("unknown-supplier", 14, 27),
        ("empty-list", 14, 42),
        ("not-finite", 15, 81),
        ("invalid-offer-id", 16, 23),
        ("unknown-value", 16, 43),
        ("out-of-range", 16, 56),
        ("wrong-type", 16, 60),
        ("duplicate-id", 17, 9),
        ("shares-sum", 19, 5),
        ("missing-allocation", 22, 5),
        ("shares-sum", 22, 18),
        ("missing-key", 24, 5),
        ("unknown-jurisdiction", 24, 38),
        ("out-of-range", 25, 41),
    ];
    assert_eq!(study.said(), expected);
    let all = study.diagnostics();
    assert!(all.iter().all(|d| d.severity == Severity::Error && d.file.ends_with("portfolio.yaml")));
    assert_eq!(all[8].path, "workloads[0]");
    assert_eq!(all[8].help.as_deref(), Some("did you mean 'min_quality'?"));
    assert_eq!(all[23].help.as_deref(), Some("did you mean 'US'?"));
    assert!(render_all(&all).ends_with("25 errors\n"));
}

/// Control characters that a file hides behind escapes do not reach the terminal.
#[test]
fn a_message_cannot_steer_the_terminal() {
    let study =
        Study::with("portfolio.yaml", "data: personal", "data: \"\\e[2J\\u202e\"\n    \"k\\e[31m\": 1");
    let text = render_all(&study.diagnostics());
    assert!(text.contains("unknown-value") && text.contains("unknown-key"), "{text}");
    assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'));
}

/// A portfolio alone is enough.
#[test]
fn the_embedded_library_needs_no_files() {
    let study = Study::with_portfolio("format_version: 1\n");
    let result =
        load(Sources { portfolio: &study.path("portfolio.yaml"), catalog: None, jurisdictions: None });
    let codes: Vec<&str> = result.unwrap_err().diagnostics().iter().map(|d| d.code).collect();
    assert_eq!(codes, ["missing-key", "missing-key"]);
}

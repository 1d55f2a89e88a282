//! The command: its JSON, tables, CSV and drawing, what it refuses, and that the order of entries changes nothing.

use std::process::{Command, Output};

use serde_json::Value;

use super::Small;

const PORTFOLIO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/portfolios/quickstart.yaml");

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_multipolar")).arg("landscape").args(arguments).output().unwrap()
}

fn text(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn json(arguments: &[&str]) -> Value {
    serde_json::from_str(&text(&[arguments, &["--format", "json"]].concat())).unwrap()
}

fn of_small(small: &Small) -> String {
    let (catalog, file) = (small.path("catalog"), small.path("jurisdictions.yaml"));
    text(&[
        "--catalog",
        catalog.to_str().unwrap(),
        "--jurisdictions",
        file.to_str().unwrap(),
        "--format",
        "json",
    ])
}

/// The keys of indicators, enablers and lags that other programs rely on.
#[test]
fn the_promised_keys_are_there() {
    let answer = json(&[]);
    let us = &answer["indicators"]["US"]["data_center_capacity"];
    assert_eq!(
        (us["value"].as_f64(), us["score"].as_f64(), us["strength"].as_f64()),
        (Some(45.0), Some(1.0), Some(1.0))
    );
    let energy = &answer["enablers"]["GB"]["energy"];
    assert_eq!((energy["score"].as_f64(), energy["strength"].as_f64()), (Some(1.0), Some(0.0)));
    assert_eq!(energy["coverage"].as_f64(), Some(1.0));
    let lag = answer["lag"].as_array().unwrap();
    let china = lag.iter().find(|l| l["group"] == "{origin: CN}").unwrap();
    for key in ["months", "points", "best_model", "as_of"] {
        assert!(!china[key].is_null(), "{key}");
    }
    assert!(china["points_low"].as_f64() <= china["points"].as_f64());
    assert_eq!(answer["set"].as_array().unwrap().len(), 14);
    assert!(answer["workloads"].as_array().unwrap().is_empty());
}

/// No table of ranks without bands: each row has the band that holds its rank.
#[test]
fn every_rank_has_its_band() {
    let answer = json(&[]);
    for rank in answer["ranks"].as_array().unwrap() {
        let of = |key: &str| rank[key].as_u64().unwrap();
        assert!(of("rank_best") <= of("rank") && of("rank") <= of("rank_worst"), "{rank}");
        assert_eq!(of("rank_best"), of("rank_best_by_weights").min(of("rank_best_by_indicator")));
        assert_eq!(of("rank_worst"), of("rank_worst_by_weights").max(of("rank_worst_by_indicator")));
    }
    let first = &answer["ranks"][0];
    assert_eq!((first["jurisdiction"].as_str(), first["rank_worst"].as_u64()), (Some("US"), Some(1)));
}

#[test]
fn the_order_of_entries_changes_no_byte() {
    assert_eq!(of_small(&Small::new()), of_small(&Small::reversed()));
}

#[test]
fn groups_constraints_and_dates_are_as_typed() {
    let answer = json(&[
        "--group",
        "{ origin:  CN , openness: [closed]}",
        "--without",
        "{origin: US}",
        "--as-of",
        "2026-06",
    ]);
    assert_eq!(answer["lag"][0]["group"], "{origin: CN, openness: [closed]}");
    assert_eq!(answer["lag"].as_array().unwrap().len(), 1);
    assert_eq!(answer["without"][0]["group"], "{origin: US}");
    assert_eq!(answer["as_of"], "2026-06-01");
}

/// Each origin with a rated model once for each workload; the share served is 0 where no offer is eligible.
#[test]
fn workloads_of_a_portfolio_are_set_against_origins() {
    let answer = json(&["--portfolio", PORTFOLIO]);
    let rows = answer["workloads"].as_array().unwrap();
    assert!(!rows.is_empty());
    for row in rows {
        let share = row["users_share"].as_f64().unwrap();
        let word = row["service"].as_str().unwrap();
        assert_eq!(share > 0.0, ["today", "partly"].contains(&word), "{row}");
        let is_below = row["margin_points"].as_f64().is_some_and(|margin| margin < 0.0);
        assert_eq!(is_below, row["n_models"] == 0 && !row["margin_points"].is_null(), "{row}");
        assert!(row["expected"].is_null() || is_below, "{row}");
    }
    assert!(rows.iter().any(|row| row["group"] == "{origin: US}" && row["service"] == "today"));
    assert!(text(&["-p", PORTFOLIO]).contains("Which origins can serve each workload"));
}

#[test]
fn every_list_is_csv() {
    for list in [
        "ranks",
        "enablers",
        "indicators",
        "evidence",
        "blocs",
        "carried",
        "unscored",
        "lag",
        "lag-by-region",
        "history",
        "workloads",
        "without",
    ] {
        // With both, the planner would price the constraint.
        let of = if list == "workloads" { ["--portfolio", PORTFOLIO] } else { ["--without", "{origin: US}"] };
        let rows = text(&[&of[..], &["--format", "csv", "--table", list]].concat());
        let columns = rows.lines().next().unwrap();
        assert!(rows.lines().count() > 1 && columns.contains(','), "{list}: {columns}");
    }
}

#[test]
fn what_means_nothing_is_refused() {
    for (arguments, code, said) in [
        (&["--set", "XX"][..], 2, "there is no jurisdiction 'XX'"),
        (&["--weights", "capitol=2"], 2, "did you mean 'capital'?"),
        (&["--weights", "capital=-1"], 2, "0 or more"),
        (&["--weights", "capital=1,capital=2"], 2, "named twice"),
        (&["--group", "{orign: CN}"], 2, "did you mean 'origin'?"),
        (&["--group", "{users: DE}"], 2, "groups are of models"),
        (&["--as-of", "2026-13"], 2, "months go from 01 to 12"),
        (&["--table", "lag"], 2, "--format csv"),
        (&["--format", "csv", "--table", "workloads"], 2, "--portfolio"),
        (&["--chart", "x.png"], 2, ".svg"),
    ] {
        let output = run(arguments);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {stderr}");
        assert!(stderr.contains(said), "{arguments:?}: {stderr}");
    }
}

/// One dot per jurisdiction and enabler with a figure, and one per line of the lag; text for those who cannot see it.
#[test]
fn the_chart_is_whole_and_says_what_it_shows() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("landscape.svg");
    let shown = json(&["--chart", file.to_str().unwrap()]);
    let drawing = std::fs::read_to_string(&file).unwrap();
    let strengths = shown["enablers"].as_object().unwrap().values();
    let n: usize =
        strengths.map(|e| e.as_object().unwrap().values().filter(|s| !s["strength"].is_null()).count()).sum();
    assert_eq!(drawing.matches("<circle").count(), n + 6);
    for part in
        ["viewBox=", "role=\"img\"", "<title id=\"title\">", "<desc id=\"desc\">", "prefers-color-scheme"]
    {
        assert!(drawing.contains(part), "{part}");
    }
    assert!(!drawing.contains("NaN") && drawing.ends_with("</svg>\n"));
}

/// A figure may be one of a proxy only where the indicator says what that is; what is on record is checked like what is scored.
#[test]
fn figures_that_fit_no_indicator_are_refused() {
    for (from, to, code, said) in [
        (
            "price: {value: 3, year: 2024, source: report}",
            "price: {value: 3, year: 2024, source: report, proxy: true}",
            "conflicting-keys",
            "'price' has no proxy",
        ),
        ("unscored: {index:", "unscored: {indx:", "unknown-indicator", "did you mean 'index'?"),
        (", why: thin", "", "missing-key", "'why'"),
    ] {
        let small = Small::with(&[(from, to)]);
        let output = run(&[
            "--jurisdictions",
            small.path("jurisdictions.yaml").to_str().unwrap(),
            "--catalog",
            small.path("catalog").to_str().unwrap(),
        ]);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{to}: {stderr}");
        assert!(stderr.contains(code) && stderr.contains(said), "{to}: {stderr}");
    }
}

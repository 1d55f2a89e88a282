//! `shocks list` and `shocks show`: the library looked up, alone and for a portfolio.

use serde_json::Value;

use super::{Folder, TINY, has_keys, shipped};

/// Every shock has a line in every format, and the CSV's columns are the JSON's keys with the same numbers.
#[test]
fn the_library_is_listed_in_every_format() {
    let folder = Folder::new();
    let json = folder.run(&["shocks", "list", "--format", "json"]).json();
    let shocks = json["shocks"].as_array().unwrap();
    assert!(shocks.len() > 50);
    let table = folder.run(&["shocks", "list"]);
    assert_eq!((table.code, table.stderr.as_str()), (0, ""));
    let csv = folder.run(&["shocks", "list", "--format", "csv"]);
    assert_eq!(csv.code, 0, "{}", csv.stderr);
    let mut lines = csv.stdout.lines();
    let columns: Vec<&str> = lines.next().unwrap().split(',').collect();
    assert_eq!(csv.stdout.lines().count(), shocks.len() + 1);
    let of_id = |id: &str| csv.stdout.lines().find(|l| l.starts_with(&format!("{id},"))).unwrap().to_owned();
    for shock in shocks {
        has_keys(shock, &columns);
        assert_eq!(shock.as_object().unwrap().len(), columns.len());
        let id = shock["id"].as_str().unwrap();
        assert!(table.stdout.contains(id), "{id}");
        if let Some(mean) = shock["rate_per_year_mean"].as_f64() {
            assert!(of_id(id).contains(&format!(",{mean:?},")), "{}", of_id(id));
        }
    }
}

#[test]
fn a_filter_leaves_what_was_asked_for() {
    let folder = Folder::new();
    let listed =
        folder.run(&["shocks", "list", "--kind", "chip_control", "--by", "US", "--format", "json"]).json();
    let shocks = listed["shocks"].as_array().unwrap();
    assert!(!shocks.is_empty());
    for shock in shocks {
        assert_eq!(
            (shock["kind"].as_str(), shock["acting_jurisdiction"].as_str()),
            (Some("chip_control"), Some("US"))
        );
    }
}

/// What the library does not have is a mistake in the command line, and what may have been meant is named.
#[test]
fn an_unknown_name_is_a_usage_error() {
    let folder = Folder::new();
    for (arguments, help) in [
        (&["shocks", "show", "us_chip_control_chna"][..], "did you mean 'us_chip_control_china'?"),
        (&["shocks", "show", "zzz", "tiny.yaml"], "`multipolar shocks list` lists all shocks"),
        (&["shocks", "list", "--kind", "export_bann"], "did you mean 'export_ban'?"),
        (&["shocks", "list", "--by", "XX"], "`multipolar shocks list`"),
    ] {
        let ended = folder.run(arguments);
        assert_eq!((ended.code, ended.stdout.as_str()), (2, ""), "{arguments:?}: {}", ended.stderr);
        assert!(ended.stderr.contains(help), "{}", ended.stderr);
    }
    for wrong in
        [&["shocks"][..], &["shocks", "show"], &["shocks", "show", "openai_outage", "--format", "csv"]]
    {
        assert_eq!(folder.run(wrong).code, 2, "{wrong:?}");
    }
    assert_eq!(folder.run(&["shocks", "list", "missing.yaml"]).code, 6);
    folder.write("wrong.yaml", &TINY.replace("recovery_objective", "recovery_objectiv"));
    assert_eq!(folder.run(&["shocks", "show", "openai_outage", "wrong.yaml"]).code, 3);
}

/// 3.5 events in 2.25 years: Gamma(4, 2.25), mean 1.78, 90 % from 0.61 to 3.45. 5 of 30 reversed: Beta(6, 26), mean 0.1875.
#[test]
fn a_shock_is_shown_in_full_without_a_portfolio() {
    let folder = Folder::new();
    let ended = folder.run(&["shocks", "show", "us_chip_control_china"]);
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
    for text in [
        "1.78 a year (90 % interval 0.61 to 3.45)",
        "reversed with probability 19 %",
        "price_times: 1.2",
        "{region: [CN, HK], access: [self_hosted]}",
        "us_china: one standard deviation more multiplies the rate by 2.01",
        "cn_rare_earth_controls",
        "AI supply event list",
        "multipolar shocks show us_chip_control_china PORTFOLIO",
    ] {
        assert!(ended.stdout.contains(text), "'{text}' is missing in {}", ended.stdout);
    }
    let json = folder.run(&["shocks", "show", "us_chip_control_china", "--format", "json"]).json();
    has_keys(&json, &["id", "rate_per_year", "effects", "pairs", "duration", "triggers", "sources", "note"]);
    assert_eq!(json["pairs"], Value::Array(Vec::new()));
    assert!((json["rate_per_year"]["mean"].as_f64().unwrap() - 16.0 / 9.0).abs() < 1e-12);
    assert_eq!(json["duration"]["median_days"], Value::Null);
}

/// A rate that is given has no interval, and what never comes by itself has no rate.
#[test]
fn what_does_not_exist_is_null() {
    let folder = Folder::new();
    let listed = folder.run(&["shocks", "list", "--format", "json"]).json();
    let shocks = listed["shocks"].as_array().unwrap();
    let known =
        shocks.iter().find(|s| s["rate_per_year_mean"].is_f64() && s["rate_per_year_low"].is_null()).unwrap();
    let in_force = shocks.iter().find(|s| s["arrival"] == "in_force").unwrap();
    let shown = |shock: &Value| {
        let id = shock["id"].as_str().unwrap();
        (
            folder.run(&["shocks", "show", id]).stdout,
            folder.run(&["shocks", "show", id, "--format", "json"]).json(),
        )
    };
    let (text, json) = shown(known);
    assert!(text.contains("a year (assumed)"), "{text}");
    assert!(json["rate_per_year"]["mean"].is_f64() && json["rate_per_year"]["high"].is_null());
    let (text, json) = shown(in_force);
    assert!(text.contains("law today"), "{text}");
    assert!(json["rate_per_year"]["mean"].is_null());
}

/// `tiny` has two cells on `gpt-5.4@openai:EU`. OpenAI's outage stops both at once; a shock of the portfolio's own is shown too.
#[test]
fn the_pairs_of_a_portfolio_are_those_it_would_hit() {
    let folder = Folder::new();
    let json = folder.run(&["shocks", "show", "openai_outage", "tiny.yaml", "--format", "json"]).json();
    let pairs = json["pairs"].as_array().unwrap();
    let used: Vec<&Value> = pairs.iter().filter(|p| p["share"] == 1.0).collect();
    assert_eq!(used.len(), 2);
    for (pair, users) in used.iter().zip(["DE", "FR"]) {
        has_keys(pair, &["workload", "users", "offer", "effect"]);
        assert_eq!((&pair["offer"], &pair["effect"]), (&"gpt-5.4@openai:EU".into(), &"stop".into()));
        assert_eq!((&pair["users"], &pair["after_days"]), (&users.into(), &0.0.into()));
    }
    let text = folder.run(&["shocks", "show", "openai_outage", "tiny.yaml"]).stdout;
    assert!(text.contains("2 of 2 pairs in use.") && text.contains("stops at once"), "{text}");
    let own = "catalog:\n  shocks:\n    - {id: our_own, name: Ours, kind: supplier_exit, supplier: openai, duration: permanent}\n";
    folder.write("own.yaml", &format!("{TINY}  []\n{own}"));
    let shown = folder.run(&["shocks", "show", "our_own", "own.yaml"]);
    assert_eq!(shown.code, 0, "{}", shown.stderr);
    assert!(
        shown.stdout.contains("not by itself") && shown.stdout.contains("{supplier: [openai]}"),
        "{}",
        shown.stdout
    );
    assert!(folder.run(&["shocks", "list", "own.yaml"]).stdout.contains("our_own"));
    assert_eq!(folder.run(&["shocks", "show", "our_own"]).code, 2);
}

/// Every shock of the library can be shown for a shipped portfolio, and each pair stands once per effect and probability.
#[test]
fn every_shock_of_the_library_can_be_shown() {
    let folder = Folder::new();
    let listed = folder.run(&["shocks", "list", "--format", "json"]).json();
    for shock in listed["shocks"].as_array().unwrap() {
        let id = shock["id"].as_str().unwrap();
        let ended = folder.run(&["shocks", "show", id, &shipped("quickstart"), "--format", "json"]);
        assert_eq!((ended.code, ended.stderr.contains("error")), (0, false), "{id}: {}", ended.stderr);
        let json = ended.json();
        assert!(json["effects"].as_array().is_some_and(|effects| !effects.is_empty()), "{id}");
        let mut told: Vec<String> = json["pairs"].as_array().unwrap().iter().map(Value::to_string).collect();
        let n = told.len();
        told.sort();
        told.dedup();
        assert_eq!(told.len(), n, "{id}");
    }
}

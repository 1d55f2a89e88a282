//! `catalog refresh` and `catalog status`, the retirement calendar, and the gate on announced ends.

use std::fs;

use super::{Folder, TINY};

/// A small map in LiteLLM's form. Of the catalog's `gpt-5.4@openai:EU` it says 10 % above a list price of 2 and 10.
const MAP: &str = r#"{
    "gpt-5.4": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 2e-06, "output_cost_per_token": 1e-05,
        "regional_processing_uplift_multiplier_eu": 1.1, "deprecation_date": "2027-02-01", "deprecation_source": "https://x.test/end",
        "successor_model": "gpt-5.5"},
    "eu/phi-4": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 2e-07,
        "output_cost_per_token": 1e-06},
    "painter": {"litellm_provider": "openai", "mode": "image_generation"},
    "gpt-99": {"litellm_provider": "openai", "mode": "chat"},
    "perplexity/gpt-5.4": {"litellm_provider": "perplexity", "mode": "chat"}
}"#;

const REFRESH: [&str; 6] = ["catalog", "refresh", "--from", "map.json", "--as-of", "2026-11-28"];

fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("map.json", MAP);
    folder
}

fn refreshed(folder: &Folder, more: &[&str]) -> super::Ended {
    folder.run(&[&REFRESH[..], more].concat())
}

/// 2 and 10 times 1.1 are 2.2 and 11. All regions of the host end on the same day.
#[test]
fn a_refresh_tells_differences_and_counts_what_it_cannot_match() {
    let folder = folder();
    let ended = refreshed(&folder, &["--format", "json"]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let answer = ended.json();
    let find = |kind: &str, offer: &str| {
        let all = answer["differences"].as_array().unwrap();
        let found = all.iter().find(|d| d["kind"] == kind && d["offer"] == offer);
        found.unwrap_or_else(|| panic!("no {kind} of {offer}: {all:?}")).clone()
    };
    let price = find("price", "gpt-5.4@openai:EU");
    let figures = [
        "input_usd_per_mtok_from",
        "output_usd_per_mtok_from",
        "input_usd_per_mtok_to",
        "output_usd_per_mtok_to",
    ];
    assert_eq!(figures.map(|key| price[key].as_f64().unwrap()), [2.75, 16.5, 2.2, 11.0]);
    // 13.2 against 19.25.
    assert!((price["price_change"].as_f64().unwrap() - (13.2 / 19.25 - 1.0)).abs() < 1e-9);
    for region in ["EU", "US", "JP", "AE"] {
        let end = find("retires", &format!("gpt-5.4@openai:{region}"));
        assert_eq!(
            (&end["retires_to"], &end["source"]),
            (&"2027-02-01".into(), &"https://x.test/end".into())
        );
    }
    assert_eq!(find("successor", "gpt-5.4@openai:EU")["successor_to"], "gpt-5.5");
    assert_eq!(find("new_offer", "phi-4@openai:EU")["input_usd_per_mtok_to"], 0.2);
    assert_eq!(answer["n_unmatched"], serde_json::json!({"host": 1, "mode": 1, "model": 1}));
    let csv = refreshed(&folder, &["--format", "csv", "--table", "unmatched"]).stdout;
    assert_eq!(csv, "key,reason\ngpt-99,model\npainter,mode\nperplexity/gpt-5.4,host\n");
    let csv = refreshed(&folder, &["--format", "csv"]).stdout;
    assert!(csv.starts_with("kind,offer,key,input_usd_per_mtok_from,"), "{csv:.200}");
    let table = refreshed(&folder, &[]).stdout;
    assert!(table.contains("Prices that differ") && table.contains("gpt-5.4@openai:EU"), "{table}");
}

/// A portfolio with the overlay has its prices and ends. 400 mtok of input at 2.2 and 100 of output at 11 are 1,980 USD a month,
/// where the catalog's 2.75 and 16.5 made 2,750.
#[test]
fn a_portfolio_with_the_overlay_has_the_prices_of_the_list() {
    let folder = folder();
    let plain = format!("{TINY}  []\n");
    folder.write("before.yaml", &plain);
    let written = refreshed(&folder, &["--write", "overlay.yaml"]);
    assert_eq!(written.code, 0, "{}", written.stderr);
    assert!(written.stderr.contains("wrote overlay.yaml"), "{}", written.stderr);
    folder.write("after.yaml", &format!("{plain}{}", folder.read("overlay.yaml")));
    let cost = |name: &str| {
        let ended = folder.run(&["exposure", name, "--format", "json"]);
        assert_eq!(ended.code, 0, "{}", ended.stderr);
        ended.json()["monthly_cost_usd"].as_f64().unwrap()
    };
    assert!((cost("before.yaml") - 2750.0).abs() < 1e-6);
    assert!((cost("after.yaml") - 1980.0).abs() < 1e-6);
    // Nothing is left to change, and what was not asked for was not written.
    let again =
        folder.run(&["catalog", "refresh", "after.yaml", "--from", "map.json", "--format", "json"]).json();
    assert_eq!(again["n_by_kind"], serde_json::json!({"new_offer": 1}));
    let all = refreshed(&folder, &["--write", "all.yaml", "--with-new"]);
    assert_eq!(all.code, 0);
    assert!(folder.read("all.yaml").contains("phi-4") && !folder.read("overlay.yaml").contains("phi-4"));
    folder.write("with_new.yaml", &format!("{plain}{}", folder.read("all.yaml")));
    assert!((cost("with_new.yaml") - 1980.0).abs() < 1e-6);
}

#[test]
fn an_overlay_is_never_written_over_a_file_without_being_told() {
    let folder = folder();
    folder.write("mine.yaml", "mine\n");
    let refused = refreshed(&folder, &["--write", "mine.yaml"]);
    assert_eq!((refused.code, refused.stdout.as_str()), (2, ""));
    assert!(
        refused.stderr.contains("--overwrite") && folder.read("mine.yaml") == "mine\n",
        "{}",
        refused.stderr
    );
    assert_eq!(refreshed(&folder, &["--write", "mine.yaml", "--overwrite"]).code, 0);
    assert!(folder.read("mine.yaml").contains("catalog:"));
    // Nor over what the run reads, told or not.
    assert_eq!(refreshed(&folder, &["--write", "map.json", "--overwrite"]).code, 2);
    assert_eq!(folder.read("map.json"), MAP);
    for arguments in [&["--overwrite"][..], &["--with-new"], &["--table", "unmatched"]] {
        assert_eq!(refreshed(&folder, arguments).code, 2, "{arguments:?}");
    }
}

#[test]
fn a_list_that_cannot_be_read_is_told_with_its_code() {
    let folder = folder();
    let run = |file: &str| folder.run(&["catalog", "refresh", "--from", file]);
    assert_eq!(run("missing.json").code, 6);
    for (name, text, code) in [
        ("half.json", "{\"gpt-5.4\": {", "json-syntax"),
        ("other.json", "{\"a\": {\"b\": 1}}", "unknown-price-list"),
        ("deep.json", &"[".repeat(1_000_000), "json-syntax"),
    ] {
        folder.write(name, text);
        let ended = run(name);
        assert_eq!((ended.code, ended.stdout.as_str()), (3, ""), "{name}");
        assert!(ended.stderr.contains(&format!("error[{code}]")), "{}", ended.stderr);
    }
}

/// A key is printed, never obeyed: no escape reaches the terminal, and a long one is cut.
#[test]
fn keys_cannot_steer_the_terminal_or_a_spreadsheet() {
    let folder = folder();
    let long = "x".repeat(5000);
    let map = format!(
        "{{\"\\u001b[2J\\u202eevil\": {{\"litellm_provider\": \"openai\", \"mode\": \"chat\"}}, \"=1+1\": {{\"litellm_provider\": \
         \"openai\", \"mode\": \"chat\"}}, \"{long}\": {{\"litellm_provider\": \"openai\", \"mode\": \"chat\"}}}}"
    );
    folder.write("map.json", &map);
    for format in ["table", "json", "csv"] {
        let table = if format == "csv" { &["--table", "unmatched"][..] } else { &[] };
        let ended = refreshed(&folder, &[&["--format", format][..], table].concat());
        assert_eq!(ended.code, 0, "{}", ended.stderr);
        let bad = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!ended.stdout.contains(bad) && !ended.stdout.contains(&long), "{:.300}", ended.stdout);
        assert!(!ended.stdout.contains("\n=1+1"), "{}", ended.stdout);
    }
}

/// Every offer is in one of the lists, and what ends within 90 days also ends within a year.
#[test]
fn the_status_counts_entries_and_ends() {
    let folder = Folder::new();
    let ended = folder.run(&["catalog", "status", "--format", "json"]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let answer = ended.json();
    let lists = answer["lists"].as_array().unwrap();
    let names: Vec<&str> = lists.iter().map(|l| l["list"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        ["suppliers", "models", "hardware", "offers", "tensions", "shocks", "scenarios", "rules"]
    );
    for list in lists {
        let n = |key: &str| list[key].as_u64().unwrap();
        let known: u64 = ["n_seed", "n_public", "n_estimate", "n_own"].into_iter().map(n).sum();
        assert_eq!(known, n("n_entries"), "{list}");
        assert!(n("n_older") + n("n_undated") <= n("n_entries"), "{list}");
    }
    let n = |key: &str| answer[key].as_u64().unwrap();
    assert!(n("n_ending_within_90_days") <= n("n_ending_within_365_days"));
    let ending = answer["ending"].as_array().unwrap();
    assert_eq!(ending.len() as u64, n("n_ended") + n("n_ending_within_365_days"));
    let csv = folder.run(&["catalog", "status", "--format", "csv", "--table", "ending"]).stdout;
    assert_eq!(csv.lines().count(), ending.len() + 1);
    let csv = folder.run(&["catalog", "status", "--format", "csv"]).stdout;
    assert!(csv.starts_with("list,n_entries,n_undated,oldest,median,newest,n_older,"), "{csv:.200}");
    // With a limit of 0 days, all but those of the newest day are older.
    let all = folder.run(&["catalog", "status", "--older-than", "0d", "--format", "json"]).json();
    assert!(all["lists"][3]["n_older"].as_u64() >= lists[3]["n_older"].as_u64());
}

/// From 2027-01-01: a warm standby ends after 31 days (1 February), what carries the demand after 59 (1 March), both in a portfolio
/// whose horizon is only 20 days, so that neither is ineligible.
const RETIRING: &str = "\
starts: 2027-01-01
catalog:
  offers:
    - {model: gpt-5.4, host: openai, regions: [EU], access: api, price: {input_usd_per_mtok: 1, output_usd_per_mtok: 1}, retires: 2027-03-01, successor: gpt-5.5}
    - {model: mistral-large-3, host: mistral, regions: [EU], access: api, price: {input_usd_per_mtok: 1, output_usd_per_mtok: 1}, retires: 2027-02}
";

fn retiring() -> Folder {
    let folder = Folder::new();
    let text = TINY.replace("horizon: 365d", "horizon: 20d").replace(
        "limits:\n",
        "    standby: [{offer: mistral-large-3@mistral:EU, readiness: warm, cover: 1.0, lead: 7d}]\n",
    );
    folder.write("retiring.yaml", &format!("{text}{RETIRING}"));
    folder
}

#[test]
fn the_calendar_has_primaries_and_standbys_with_their_days() {
    let folder = retiring();
    let ended = folder.run(&["exposure", "retiring.yaml", "--format", "csv"]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert_eq!(
        ended.stdout,
        "offer,retires,days,workload,share,standby,successor\n\
         mistral-large-3@mistral:EU,2027-02-01,31.0,chat,0.0,warm,\n\
         gpt-5.4@openai:EU,2027-03-01,59.0,chat,1.0,,gpt-5.5\n"
    );
    let json = folder.run(&["exposure", "retiring.yaml", "--format", "json"]).json();
    assert_eq!(json["retirements"][1]["workloads"][0]["share"], 1.0);
    let table = folder.run(&["exposure", "retiring.yaml"]).stdout;
    assert!(table.contains("Retirement calendar") && table.contains("warm standby"), "{table}");
}

/// 31 and 59 days: a notice of 31 days is kept by both, of 32 broken by the standby, of 60 by both.
#[test]
fn the_gate_shuts_within_the_notice_in_every_format() {
    let folder = retiring();
    let check = |notice: &str, format: &str| {
        folder.run(&["check", "retiring.yaml", "--notice", notice, "--format", format])
    };
    for (notice, code, n) in [("31d", 0, 0), ("32d", 7, 1), ("59d", 7, 1), ("60d", 7, 2), ("0d", 0, 0)] {
        let ended = check(notice, "json");
        let answer = ended.json();
        assert_eq!(ended.code, code, "{notice}: {}", ended.stderr);
        assert_eq!(answer["portfolios"][0]["n_retiring"], n, "{notice}");
        assert_eq!(answer["breached"], code == 7, "{notice}");
        let found = answer["problems"].as_array().unwrap().iter();
        assert_eq!(found.filter(|p| p["code"] == "retires-within-notice").count(), n, "{notice}");
    }
    // The default is 90 days.
    assert_eq!(folder.run(&["check", "retiring.yaml"]).code, 7);
    let junit = check("60d", "junit").stdout;
    assert!(junit.contains("failures=\"2\"") && junit.contains("name=\"retires-within-notice\""), "{junit}");
    let sarif = check("60d", "sarif").json();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let grave: Vec<_> = results.iter().filter(|r| r["ruleId"] == "retires-within-notice").collect();
    assert!(grave.len() == 2 && grave.iter().all(|r| r["level"] == "error"), "{sarif}");
    let github = check("60d", "github").stdout;
    assert_eq!(github.matches("::error ").count(), 2, "{github}");
    let table = check("32d", "table").stdout;
    assert!(table.starts_with("retiring stands on 1 offer that retires too soon."), "{table}");
    assert_eq!(check("soon", "table").code, 2);
}

/// That a primary is ineligible because it ends is the same finding as its notice, and is told once.
#[test]
fn an_end_within_horizon_and_notice_is_told_once() {
    let folder = retiring();
    let text =
        fs::read_to_string(folder.path("retiring.yaml")).unwrap().replace("horizon: 20d", "horizon: 365d");
    folder.write("long.yaml", &text);
    let codes = |notice: &str| -> Vec<String> {
        let answer = folder.run(&["check", "long.yaml", "--notice", notice, "--format", "json"]);
        assert_eq!(answer.code, 7, "{}", answer.stderr);
        let problems = answer.json()["problems"].as_array().unwrap().clone();
        let mut codes: Vec<String> = problems
            .iter()
            .map(|p| p["code"].as_str().unwrap().to_owned())
            .filter(|c| c != "unknown-license")
            .collect();
        codes.sort();
        codes
    };
    assert_eq!(codes("60d"), ["retires-within-notice", "retires-within-notice", "retiring-offer"]);
    // With a shorter notice the end still makes the primary ineligible.
    assert_eq!(codes("0d"), ["ineligible-allocation", "retiring-offer"]);
}

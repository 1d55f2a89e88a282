//! What the commands print against the schemas of their answers.

use jsonschema::{Validator, draft202012};
use multipolar::report::answer::{ANSWERS, schema};
use serde_json::Value;

use super::{Folder, shipped};

const PORTFOLIOS: [&str; 2] = ["quickstart", "european_bank"];

fn validator(command: &str) -> Validator {
    let schema = schema(command).unwrap_or_else(|| panic!("no schema of {command}"));
    draft202012::new(&schema).unwrap_or_else(|e| panic!("{command}: {e}"))
}

fn is_as_documented(command: &str, arguments: &[&str]) -> Value {
    let folder = Folder::new();
    let answer = folder.run(&[arguments, &["--format", "json", "--quiet"]].concat()).json();
    let found: Vec<String> =
        validator(command).iter_errors(&answer).map(|e| format!("{}: {e:.300}", e.instance_path())).collect();
    assert!(found.is_empty(), "{arguments:?}: {found:#?}");
    answer
}

#[test]
fn every_answer_keeps_its_schema() {
    for portfolio in PORTFOLIOS.map(shipped) {
        let portfolio = portfolio.as_str();
        is_as_documented("exposure", &["exposure", portfolio]);
        is_as_documented("exposure", &["exposure", portfolio, "--by-workload"]);
        is_as_documented("stress", &["stress", portfolio, "--all"]);
        is_as_documented("replay", &["replay", portfolio]);
        is_as_documented("replay", &["replay", portfolio, "--plan", portfolio, "--together"]);
        is_as_documented(
            "reverse",
            &["reverse", portfolio, "--loss", "1e6", "--max-shocks", "2", "--sets", "5"],
        );
        is_as_documented(
            "compare",
            &["compare", portfolio, portfolio, "--trials", "20", "--fail-on", "cvar+1%"],
        );
        is_as_documented("simulate", &["simulate", portfolio, "--trials", "100"]);
        is_as_documented(
            "simulate",
            &["simulate", portfolio, "--trials", "100", "--shard", "2/2", "--trials-out", "part.csv"],
        );
        is_as_documented("check", &["check", portfolio, "--trials", "100"]);
        let of = ["landscape", "--portfolio", portfolio];
        // With both, the planner prices the constraint, which takes its time for a bank.
        let without = ["--without", "{origin: US}", "--trials", "20"];
        let without = if portfolio.contains("bank") { &[][..] } else { &without[..] };
        is_as_documented("landscape", &[&of[..], without].concat());
        is_as_documented("shocks-list", &["shocks", "list", portfolio]);
        for what in ["offers", "models", "hosts", "suppliers", "hardware", "scenarios", "limits", "rules"] {
            is_as_documented(&format!("list-{what}"), &["list", what, portfolio]);
        }
        let workload = if portfolio.contains("bank") { "contact_center" } else { "internal_search" };
        is_as_documented("list-offers", &["list", "offers", portfolio, "--for", workload]);
        is_as_documented("list-scenarios", &["stress", portfolio]);
        is_as_documented("shocks-show", &["shocks", "show", "openai_outage", portfolio]);
    }
}

#[test]
fn answers_on_a_gateway_keep_their_schema() {
    let folder = format!("{}/tests/fixtures/litellm", env!("CARGO_MANIFEST_DIR"));
    for name in ["multi_cloud", "secrets", "misspelled", "wildcards"] {
        let config = format!("{folder}/{name}.yaml");
        is_as_documented("import-litellm", &["import", "litellm", &config]);
        is_as_documented("routes", &["routes", &config]);
        let under =
            ["routes", &config, "--scenario", "transatlantic_rupture", "--users", "DE", "--zone", "EU"];
        is_as_documented("routes", &under);
    }
    let (config, spend) = (format!("{folder}/multi_cloud.yaml"), format!("{folder}/spend.csv"));
    is_as_documented("import-litellm", &["import", "litellm", &config, "--spend", &spend]);
}

/// One trial has no interval, and nothing is down in it.
#[test]
fn new_suppliers_keep_their_schema() {
    for n_trials in ["1", "50"] {
        is_as_documented("diversify", &["diversify", "tiny.yaml", "--trials", n_trials]);
    }
}

#[test]
fn what_is_counted_keeps_its_schema() {
    is_as_documented("shocks-calibrate", &["shocks", "calibrate"]);
    is_as_documented("shocks-calibrate", &["shocks", "calibrate", "--from", "2026-01-01"]);
    is_as_documented("shocks-calibrate", &["shocks", "calibrate", "tiny.yaml", "--trials", "50"]);
}

#[test]
fn new_events_keep_their_schema() {
    let folder = Folder::new();
    let text = "id,date,kind,actor,shocks,models,retires\na,2026-11-20,chip_control,US,us_chip_control_china,,\n\
                b,2026-11-21,supplier_exit,US,,claude-haiku-4.5,2027-01-01\nc,2026-11-21,easing,US,,,\n";
    folder.write("events.csv", text);
    let file = folder.path("events.csv");
    let file = file.to_str().unwrap();
    let value = is_as_documented("signals", &["signals", file]);
    assert!(value["effect"].is_null() && !value["retirements"].as_array().unwrap().is_empty());
    is_as_documented(
        "signals",
        &["signals", file, &shipped("quickstart"), "--trials", "20", "--rise", "0.5"],
    );
}

/// Every effect, every law of duration, and what is absent for some kinds: each shock of the library, without a portfolio.
#[test]
fn every_shock_of_the_library_keeps_the_schema() {
    let listed = is_as_documented("shocks-list", &["shocks", "list"]);
    for shock in listed["shocks"].as_array().unwrap() {
        is_as_documented("shocks-show", &["shocks", "show", shock["id"].as_str().unwrap()]);
    }
}

/// A file that is not valid has problems and no limits.
#[test]
fn what_check_says_of_a_wrong_file_keeps_the_schema() {
    let folder = Folder::new();
    folder.write("wrong.yaml", "format_version: 1\ncompny: {}\n");
    let answer = folder.run(&["check", "wrong.yaml", "--format", "json", "--quiet"]).json();
    assert!(!answer["problems"].as_array().unwrap().is_empty());
    assert!(validator("check").is_valid(&answer), "{answer:#}");
}

/// A key more, a key less, a word for a number: none of it is an answer.
#[test]
fn what_is_not_documented_is_refused() {
    let answer = is_as_documented("exposure", &["exposure", "tiny.yaml"]);
    let exposure = validator("exposure");
    let refused = |change: &dyn Fn(&mut Value)| {
        let mut changed = answer.clone();
        change(&mut changed);
        assert_ne!(changed, answer);
        assert!(!exposure.is_valid(&changed), "{changed:#}");
    };
    refused(&|a| a["surprise"] = 1.into());
    refused(&|a| a["diversity"]["surprise"] = 1.into());
    refused(&|a| a["node_losses"][0]["service"]["8d"] = 1.into());
    refused(&|a| a["monthly_cost_usd"] = "much".into());
    refused(&|a| {
        a.as_object_mut().unwrap().remove("chokepoints");
    });
    refused(&|a| {
        a["substitutes"][0]["groups"]["ready"].as_object_mut().unwrap().remove("fastest");
    });
}

/// The descriptions are what the reference of outputs says: no key is without one, but for the parts of a flattened struct.
#[test]
fn every_key_of_every_schema_is_described() {
    for (command, schema) in ANSWERS {
        let mut nameless = Vec::new();
        look(&schema(), command, &mut nameless);
        assert!(nameless.is_empty(), "{nameless:?}");
    }
}

/// Collects properties without a description.
fn look(schema: &Value, path: &str, nameless: &mut Vec<String>) {
    if let Some(properties) = schema["properties"].as_object() {
        let is_told = |p: &Value| p["description"].is_string() || p["const"].is_string();
        nameless
            .extend(properties.iter().filter(|(_, p)| !is_told(p)).map(|(key, _)| format!("{path}.{key}")));
    }
    match schema {
        Value::Object(entries) => {
            entries.iter().for_each(|(key, s)| look(s, &format!("{path}/{key}"), nameless));
        }
        Value::Array(items) => items.iter().for_each(|s| look(s, path, nameless)),
        _ => {}
    }
}

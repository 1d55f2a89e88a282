//! `list`: what there is to choose from, and which offers a workload may use.

use serde_json::Value;

use super::{Folder, shipped};

const LISTS: [&str; 8] =
    ["offers", "models", "hosts", "suppliers", "hardware", "scenarios", "limits", "rules"];

fn entries(folder: &Folder, arguments: &[&str]) -> Vec<Value> {
    let ended = folder.run(&[&["list"], arguments, &["--format", "json"]].concat());
    ended.json()["entries"].as_array().unwrap_or_else(|| panic!("{arguments:?}: {}", ended.stderr)).clone()
}

fn texts(entries: &[Value], key: &str) -> Vec<String> {
    entries.iter().map(|entry| entry[key].as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_list_is_a_table_json_and_csv() {
    let folder = Folder::new();
    for what in LISTS {
        let found = entries(&folder, &[what, "tiny.yaml"]);
        assert!(!found.is_empty(), "{what}");
        let table = folder.run(&["list", what, "tiny.yaml"]);
        let csv = folder.run(&["list", what, "tiny.yaml", "--format", "csv", "--out", "list.csv"]);
        assert_eq!((table.code, csv.code, table.stderr.as_str()), (0, 0, ""), "{what}");
        assert!(table.stdout.lines().count() > found.len(), "{}", table.stdout);
        let rows = folder.read("list.csv");
        let columns = rows.lines().next().unwrap().split(',').count();
        assert_eq!(columns, found[0].as_object().unwrap().len(), "{rows:.300}");
    }
}

/// Without a portfolio the catalog inside the binary is listed, with `--catalog` another one.
#[test]
fn the_catalog_is_listed_without_a_portfolio() {
    let folder = Folder::new();
    let models = texts(&entries(&folder, &["models"]), "model");
    assert!(models.contains(&"gpt-4.1".to_owned()), "{models:?}");
    let shipped = format!("{}/catalog", env!("CARGO_MANIFEST_DIR"));
    assert_eq!(texts(&entries(&folder, &["models", "--catalog", &shipped]), "model"), models);
    assert_eq!(folder.run(&["list", "models", "--catalog", "nowhere"]).code, 6);
    let shocks = folder.run(&["list", "shocks", "--format", "json"]).json();
    assert_eq!(shocks, folder.run(&["shocks", "list", "--format", "json"]).json());
    let limits = folder.run(&["list", "limits"]);
    assert!(limits.code == 2 && limits.stderr.contains("list limits PORTFOLIO"), "{}", limits.stderr);
}

#[test]
fn a_selector_filters_offers_and_what_stands_behind_them() {
    let folder = Folder::new();
    let french = ["--where", "{origin: FR, region: FR}"];
    let list = |what: &str| entries(&folder, &[&[what][..], &french].concat());
    let offers = list("offers");
    assert!(!offers.is_empty() && texts(&offers, "region").iter().all(|region| region == "FR"));
    let offered: std::collections::BTreeSet<String> = texts(&offers, "model").into_iter().collect();
    let models: std::collections::BTreeSet<String> = texts(&list("models"), "model").into_iter().collect();
    assert_eq!(models, offered);
    let hosts: std::collections::BTreeSet<String> = texts(&list("hosts"), "host").into_iter().collect();
    assert_eq!(hosts, texts(&offers, "host").into_iter().collect());
    assert!(texts(&list("suppliers"), "supplier").contains(&"mistral".to_owned()));
    // A model without a matching offer matches by itself when nothing is asked of a site.
    let all = entries(&folder, &["models", "--where", "{origin: FR}"]);
    assert!(all.len() > models.len());
}

#[test]
fn a_wrong_selector_is_told_with_its_place() {
    let folder = Folder::new();
    for (selector, said) in [
        ("{orign: FR}", "did you mean 'origin'?"),
        ("{origin: XX}", "--> --where:1:10"),
        ("{host: azur}", "'azur'"),
        ("{users: FR}", "--for WORKLOAD"),
        ("origin: [", "--where"),
    ] {
        let ended = folder.run(&["list", "offers", "--where", selector]);
        assert_eq!((ended.code, ended.stdout.as_str()), (2, ""), "{selector}");
        assert!(ended.stderr.contains(said), "{selector}: {}", ended.stderr);
    }
    for arguments in [
        &["list", "rules", "--where", "{origin: FR}"][..],
        &["list", "models", "tiny.yaml", "--for", "chat"],
        &["list", "offers", "--for", "chat"],
        &["list", "offers", "tiny.yaml", "--for", "cha"],
    ] {
        assert_eq!(folder.run(arguments).code, 2, "{arguments:?}");
    }
}

/// `chat` requires one of two models, in the EU: `gpt-5.4@openai:EU` is in use, and offers elsewhere or of other models are
/// refused with the requirement that they miss.
#[test]
fn offers_for_a_workload_say_why_not() {
    let folder = Folder::new();
    let offers = entries(&folder, &["offers", "tiny.yaml", "--for", "chat"]);
    let of = |id: &str| offers.iter().find(|o| o["offer"] == id).unwrap_or_else(|| panic!("no {id}"));
    assert_eq!(of("gpt-5.4@openai:EU")["eligible"], "yes");
    assert_eq!(of("gpt-5.4@openai:EU")["eligible_users"], serde_json::json!(["DE", "FR"]));
    let elsewhere = of("gpt-5.4@openai:US");
    assert_eq!(elsewhere["eligible"], "no");
    let why = elsewhere["reasons"][0].as_str().unwrap();
    assert!(why.starts_with("require: it does not match {model: [gpt-5.4, mistral-large-3]"), "{why}");
    let words = texts(&offers, "eligible");
    let first_no = words.iter().position(|word| word == "no").unwrap();
    assert!(words[first_no..].iter().all(|word| word == "no"), "those that may be used come first");
    // The reasons are those of `optimize --why`.
    let asked = ["optimize", "tiny.yaml", "--why", "gpt-5.4@openai:US", "--trials", "20", "--format", "json"];
    assert_eq!(folder.run(&asked).json()["groups"][0]["reasons"], elsewhere["reasons"]);
    let table = folder.run(&["list", "offers", "tiny.yaml", "--for", "chat"]).stdout;
    assert!(table.contains("why not") && table.contains("may be used"), "{table:.400}");
}

#[test]
fn self_hosted_offers_are_listed_at_the_sites_of_the_company() {
    let folder = Folder::new();
    let own = ["--where", "{host: self}"];
    assert!(entries(&folder, &[&["offers"][..], &own].concat()).is_empty());
    let offers = entries(&folder, &[&["offers", &shipped("european_bank")][..], &own].concat());
    assert!(offers.iter().all(|o| o["replica_usd_per_month"].is_f64() && o["input_usd_per_mtok"].is_null()));
    assert!(!offers.is_empty());
}

/// Which scenarios there are, instead of one played unannounced.
#[test]
fn stress_without_a_scenario_lists_them() {
    let folder = Folder::new();
    let ended = folder.run(&["stress", "tiny.yaml"]);
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
    assert!(
        ended.stdout.contains("june_2026_order") && ended.stdout.contains("--scenario ID"),
        "{}",
        ended.stdout
    );
    let listed = folder.run(&["stress", "tiny.yaml", "--format", "json"]).json();
    assert_eq!(listed, folder.run(&["list", "scenarios", "tiny.yaml", "--format", "json"]).json());
    let order =
        listed["entries"].as_array().unwrap().iter().find(|s| s["scenario"] == "june_2026_order").unwrap();
    assert_eq!(order["n_events"], 1);
    for idle in [&["--details"][..], &["--format", "csv", "--table", "causes"]] {
        let ended = folder.run(&[&["stress", "tiny.yaml"], idle].concat());
        assert!(ended.code == 2 && ended.stderr.contains("--scenario ID"), "{}", ended.stderr);
    }
}

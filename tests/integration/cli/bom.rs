//! `export cyclonedx` and `import cyclonedx`: valid by the official schemas, complete, and read back as they were written.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use jsonschema::{Registry, Validator};
use serde_json::{Value, json};

use super::{Folder, shipped};

fn fixtures() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/cyclonedx")
}

fn official(name: &str) -> Value {
    let path = fixtures().join("schema").join(format!("{name}.SNAPSHOT.schema.json"));
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// What the official schema has against a bill.
fn objections(spec: &str, bill: &Value) -> Vec<String> {
    let resources = ["spdx", "jsf-0.82", "cryptography-defs"]
        .map(|name| (format!("http://cyclonedx.org/schema/{name}.SNAPSHOT.schema.json"), official(name)));
    let mut registry = Registry::new();
    for (address, schema) in resources {
        registry = registry.add(address, schema).unwrap();
    }
    let registry = registry.prepare().unwrap();
    let schema = official(&format!("bom-{spec}"));
    let validator: Validator = jsonschema::options().with_registry(&registry).build(&schema).unwrap();
    validator.iter_errors(bill).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

fn refs(bill: &Value) -> BTreeSet<String> {
    let parts = ["components", "services"].into_iter().flat_map(|key| bill[key].as_array().unwrap());
    let all = parts.map(|part| part["bom-ref"].as_str().unwrap().to_owned());
    all.chain([bill["metadata"]["component"]["bom-ref"].as_str().unwrap().to_owned()]).collect()
}

#[test]
fn a_bill_is_valid_by_the_official_schema_and_its_graph_is_closed() {
    let folder = Folder::new();
    for (name, spec) in [("quickstart", "1.6"), ("quickstart", "1.7"), ("gulf_retailer", "1.7")] {
        let export = ["export", "cyclonedx", &shipped(name), "--spec", spec, "--date", "2026-11-29"];
        let bill = folder.run(&export).json();
        assert_eq!(objections(spec, &bill), [""; 0], "{name} {spec}");
        let known = refs(&bill);
        let mut described = BTreeSet::new();
        for entry in bill["dependencies"].as_array().unwrap() {
            assert!(described.insert(entry["ref"].as_str().unwrap().to_owned()), "{entry}");
            let on = entry["dependsOn"].as_array().unwrap();
            assert!(on.iter().all(|on| known.contains(on.as_str().unwrap())), "{entry}");
        }
        assert_eq!(described, known, "{name}: every part says what it needs");
        for composition in bill["compositions"].as_array().unwrap() {
            let named =
                ["dependencies", "assemblies"].into_iter().filter_map(|key| composition[key].as_array());
            assert!(named.flatten().all(|named| known.contains(named.as_str().unwrap())));
        }
        assert_eq!(bill.get("citations").is_some(), spec == "1.7");
    }
}

/// Pointers to every scalar in a value.
fn leaves(at: &str, value: &Value) -> Vec<String> {
    match value {
        Value::Object(entries) => entries.iter().flat_map(|(k, v)| leaves(&format!("{at}/{k}"), v)).collect(),
        Value::Array(items) => {
            items.iter().enumerate().flat_map(|(n, v)| leaves(&format!("{at}/{n}"), v)).collect()
        }
        _ => vec![at.to_owned()],
    }
}

/// Pointers to the values of properties that a predicate takes by their name.
fn values(at: &str, part: &Value, takes: impl Fn(&str) -> bool) -> Vec<String> {
    let all = part["properties"].as_array().unwrap().iter().enumerate();
    let name = |property: &Value| property["name"].as_str().unwrap()["multipolar:".len()..].to_owned();
    all.filter(|(_, p)| takes(&name(p))).map(|(n, _)| format!("{at}/properties/{n}/value")).collect()
}

fn is_fact(name: &str) -> bool {
    !["source", "confidence", "as-of"].contains(&name)
}

/// Pointers to what the catalog says of a model, and of those that it starts from.
fn facts_of_model(at: &str, model: &Value) -> Vec<String> {
    let of =
        |key: &str| model.get(key).map(|value| leaves(&format!("{at}/{key}"), value)).unwrap_or_default();
    let mut all = [of("name"), of("licenses"), of("manufacturer"), values(at, model, is_fact)].concat();
    let ancestors = model["pedigree"]["ancestors"].as_array().into_iter().flatten().enumerate();
    all.extend(ancestors.flat_map(|(n, base)| facts_of_model(&format!("{at}/pedigree/ancestors/{n}"), base)));
    all
}

/// Pointers to all that the catalog says in a bill. A service without a trust boundary is the company's own.
fn facts(bill: &Value) -> Vec<String> {
    let components = bill["components"].as_array().unwrap().iter().enumerate();
    let models = components.filter(|(_, part)| part["type"] == "machine-learning-model");
    let mut all: Vec<String> =
        models.flat_map(|(n, model)| facts_of_model(&format!("/components/{n}"), model)).collect();
    for (n, service) in bill["services"].as_array().unwrap().iter().enumerate() {
        let at = format!("/services/{n}");
        if service["x-trust-boundary"] == true {
            all.extend(leaves(&format!("{at}/provider"), &service["provider"]));
            all.push(format!("{at}/trustZone"));
            all.extend(values(&at, service, is_fact));
        }
    }
    all
}

/// Ids of the sources that a citation names.
fn ids(citation: &Value) -> BTreeSet<String> {
    let note = citation["note"].as_str().unwrap().strip_prefix("sources of the catalog: ").unwrap();
    note.split("); ").map(|named| named.split(" (").next().unwrap().to_owned()).collect()
}

/// The citations of a bill: their pointers and the ids of their sources.
fn cited(bill: &Value) -> Vec<(String, BTreeSet<String>)> {
    let pointers = |citation: &Value| -> Vec<(String, BTreeSet<String>)> {
        let all = citation["pointers"].as_array().unwrap().iter();
        all.map(|pointer| (pointer.as_str().unwrap().to_owned(), ids(citation))).collect()
    };
    bill["citations"].as_array().unwrap().iter().flat_map(pointers).collect()
}

/// Each pointer hits a value; every fact of the catalog is covered by exactly one citation, and nothing else is. Sources that
/// say several fields are named once.
#[test]
fn every_fact_of_a_bill_is_cited_once_by_its_field() {
    let folder = Folder::new();
    let tuned = super::TINY
        .replace("gpt-5.4@openai:EU", "deepseek-r1-distill-llama-70b@sambanova:US")
        .replace("    require: {model: [gpt-5.4, mistral-large-3], region: [EU]}\n", "")
        .replace("limits:\n", "");
    folder.write("tuned.yaml", &tuned);
    let portfolios = ["quickstart", "european_bank", "gulf_retailer"].map(shipped);
    for portfolio in portfolios.iter().map(String::as_str).chain(["tuned.yaml"]) {
        let bill = folder.run(&["export", "cyclonedx", portfolio, "--date", "2026-11-29"]).json();
        assert_eq!(objections("1.7", &bill), [""; 0], "{portfolio}");
        let mut covered: Vec<String> = Vec::new();
        for (pointer, _) in cited(&bill) {
            let value =
                bill.pointer(&pointer).unwrap_or_else(|| panic!("{portfolio}: {pointer} hits nothing"));
            covered.extend(leaves(&pointer, value));
        }
        covered.sort();
        let mut expected = facts(&bill);
        expected.sort();
        assert!(expected.iter().any(|at| at.contains("/licenses/")), "{portfolio}");
        assert_eq!(covered, expected, "{portfolio}");
        let notes: BTreeSet<BTreeSet<String>> =
            bill["citations"].as_array().unwrap().iter().map(ids).collect();
        assert_eq!(notes.len(), bill["citations"].as_array().unwrap().len(), "{portfolio}");
    }
}

/// A field is cited with the sources of the entry that says it: of a model, of its developer, of an offer, of its host.
#[test]
fn a_field_is_cited_with_the_sources_of_its_entry() {
    let folder = Folder::new();
    let portfolio = shipped("european_bank");
    let bill = folder.run(&["export", "cyclonedx", &portfolio, "--date", "2026-11-29"]).json();
    let loaded = multipolar::input::load(multipolar::input::Sources {
        portfolio: Path::new(&portfolio),
        catalog: None,
        jurisdictions: None,
    });
    let catalog = loaded.unwrap().catalog;
    let of_supplier = |name: &Value| -> BTreeSet<String> {
        let found = catalog.suppliers.iter().find(|supplier| supplier.name == *name).unwrap();
        found.provenance.source.iter().cloned().collect()
    };
    // The sources of a model and of an offer stand in the bill, as properties.
    let of_part = |part: &Value| -> BTreeSet<String> {
        let all = part["properties"].as_array().unwrap().iter();
        let named = all.filter(|property| property["name"] == "multipolar:source");
        named.map(|property| property["value"].as_str().unwrap().to_owned()).collect()
    };
    let mut n = [0; 4];
    for (pointer, sources) in cited(&bill) {
        let parts: Vec<&str> = pointer.split('/').collect();
        let part = &bill[parts[1]][parts[2].parse::<usize>().unwrap()];
        match (parts[1], parts[3]) {
            _ if pointer.contains("pedigree") => continue,
            ("components", "manufacturer") => {
                n[0] += 1;
                assert_eq!(sources, of_supplier(&part["manufacturer"]["name"]), "{pointer}");
            }
            ("services", "provider") => {
                n[1] += 1;
                assert_eq!(sources, of_supplier(&part["provider"]["name"]), "{pointer}");
            }
            (_, "properties") => {
                n[2] += 1;
                let property = &part["properties"][parts[4].parse::<usize>().unwrap()];
                if property["name"] != "multipolar:parent-country" {
                    assert_eq!(sources, of_part(part), "{pointer}");
                }
            }
            _ => {
                n[3] += 1;
                assert_eq!(sources, of_part(part), "{pointer}");
            }
        }
    }
    assert!(n.iter().all(|n| *n > 0), "{n:?}");
}

/// A schema that refuses nothing would pass the test above.
#[test]
fn the_official_schema_refuses_what_is_made_up() {
    let mut bill = Folder::new().run(&["export", "cyclonedx", &shipped("quickstart")]).json();
    assert_eq!(objections("1.7", &bill), [""; 0]);
    bill["components"][0]["country"] = json!("US");
    bill["serialNumber"] = json!("urn:uuid:1");
    assert!(objections("1.7", &bill).len() >= 2);
}

/// Suppliers with their countries, what a model stands on, and the same bytes each time; the day changes the time and citations only.
#[test]
fn a_bill_says_who_and_where_and_is_the_same_each_time() {
    let folder = Folder::new();
    let export =
        |more: &[&str]| folder.run(&[&["export", "cyclonedx", &shipped("quickstart")][..], more].concat());
    let (first, second) = (export(&[]), export(&[]));
    assert_eq!(first.stdout, second.stdout);
    let bill = first.json();
    assert!(bill["metadata"].get("timestamp").is_none());
    let part = |key: &str, reference: &str| {
        let all = bill[key].as_array().unwrap();
        all.iter().find(|part| part["bom-ref"] == reference).unwrap_or_else(|| panic!("{reference}")).clone()
    };
    let mistral = part("components", "model:mistral-medium-3.5");
    assert_eq!(mistral["manufacturer"]["address"]["country"], "FR");
    let scaleway = part("services", "service:mistral-medium-3.5@scaleway:FR");
    assert_eq!((&scaleway["provider"]["name"], &scaleway["trustZone"]), (&json!("Scaleway"), &json!("FR")));
    assert_eq!(scaleway["data"], json!([{"flow": "bi-directional", "classification": "personal"}]));
    let text = first.stdout.clone();
    assert!(!text.contains("90000") && !text.contains("input_mtok"), "a bill holds no cost and no demand");
    let dated = export(&["--date", "2026-11-29"]).json();
    assert_eq!(dated["metadata"]["timestamp"], "2026-11-29T00:00:00Z");
    assert_eq!(dated["components"], bill["components"]);
}

/// A model that starts from another one's weights names it, with its developer.
#[test]
fn a_fine_tune_names_its_base() {
    let folder = Folder::new();
    let portfolio = super::TINY
        .replace("gpt-5.4@openai:EU", "deepseek-r1-distill-llama-70b@sambanova:US")
        .replace("    require: {model: [gpt-5.4, mistral-large-3], region: [EU]}\n", "")
        .replace("limits:\n", "");
    folder.write("tuned.yaml", &portfolio);
    let bill = folder.run(&["export", "cyclonedx", "tuned.yaml"]).json();
    let model = bill["components"].as_array().unwrap().iter().find(|c| c["type"] == "machine-learning-model");
    let ancestors = &model.unwrap()["pedigree"]["ancestors"];
    let base = &ancestors[0];
    assert_eq!(
        (&base["name"], &base["manufacturer"]["address"]["country"]),
        (&json!("Llama 3.3 70B Instruct"), &json!("US"))
    );
    assert_eq!(objections("1.7", &bill), [""; 0]);
}

fn offers_of(folder: &Folder, portfolio: &str) -> (Value, Value) {
    let exposed = folder.run(&["export", "cyclonedx", portfolio]).json();
    let shares = |bill: &Value| -> Vec<Value> {
        let all = bill["components"].as_array().unwrap().iter().filter(|c| c["type"] == "application");
        all.map(|c| c["properties"].clone()).collect()
    };
    (Value::from(shares(&exposed)), exposed["services"].clone())
}

/// What a bill carries comes back: company, workloads, users, classes of data, models, hosts, shares and standbys. What it leaves out
/// is asked: demand and the cost of an outage.
#[test]
fn a_bill_that_is_exported_comes_back() {
    let folder = Folder::new();
    for name in ["quickstart", "european_bank", "us_saas"] {
        assert_eq!(folder.run(&["export", "cyclonedx", &shipped(name), "--out", "bill.json"]).code, 0);
        let import =
            ["import", "cyclonedx", "bill.json", "-o", "back.yaml", "--overwrite", "--format", "json"];
        let answer = folder.run(&import).json();
        let asked: BTreeSet<&str> =
            answer["questions"].as_array().unwrap().iter().map(|q| q["key"].as_str().unwrap()).collect();
        assert_eq!(asked, BTreeSet::from(["demand", "outage_cost_usd_per_day"]), "{name}: {answer:#}");
        let given = [&import[..], &["--demand", "40/10", "--outage-cost", "1000"]].concat();
        assert_eq!(folder.run(&given).json()["questions"], json!([]));
        let checked = folder.run(&["check", "back.yaml", "--format", "json"]).json();
        let problems = checked["problems"].as_array().unwrap().iter();
        let errors: Vec<&Value> = problems.filter(|p| p["severity"] == "error").collect();
        assert!(errors.is_empty(), "{name}: {errors:#?}\n{}", folder.read("back.yaml"));
        assert_eq!(offers_of(&folder, "back.yaml"), offers_of(&folder, &shipped(name)), "{name}");
    }
}

/// A bill of another program: names are looked up, and what it does not say is asked.
#[test]
fn a_bill_of_another_program_is_read_as_far_as_it_says() {
    let folder = Folder::new();
    let file = fixtures().join("foreign.json").display().to_string();
    assert_eq!(
        objections("1.6", &serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap()),
        [""; 0]
    );
    let answer = folder.run(&["import", "cyclonedx", &file, "--format", "json"]).json();
    let offer = |name: &str| {
        let uses = answer["uses"].as_array().unwrap();
        uses.iter().find(|used| used["name"] == name).unwrap_or_else(|| panic!("{name}"))["offer"].clone()
    };
    assert_eq!(offer("chat in Sweden")["value"], "gpt-4.1@azure:SE");
    assert_eq!(offer("summaries")["value"], "llama-3.3-70b@ovhcloud:EU");
    assert_eq!(offer("claims-classifier-7")["value"], Value::Null);
    let aside = answer["set_aside"].as_array().unwrap();
    assert_eq!((aside.len(), &aside[0]["name"]), (1, &json!("mail relay")));
    let value = |key: &str| {
        let values = answer["values"].as_array().unwrap();
        values.iter().find(|value| value["key"] == key).unwrap()["value"].clone()
    };
    assert_eq!((value("name"), value("headquarters")), (json!("Example Insurance (invented)"), json!("FR")));
    let questions = answer["questions"].as_array().unwrap();
    let allocation =
        questions.iter().find(|q| q["key"] == "allocation").unwrap()["question"].as_str().unwrap();
    assert!(allocation.contains("claims-classifier-7"), "{allocation}");
    let table = folder.run(&["import", "cyclonedx", &file]).stdout;
    assert!(table.contains("Nobody says who developed the models of 1 use"), "{table}");
}

/// Files that are no bill, and bills that are not shaped as the format says, are refused with the place.
#[test]
fn a_file_that_is_no_bill_is_refused() {
    let folder = Folder::new();
    let deep = "[".repeat(5_000);
    let cases = [
        ("{", "json-syntax", ""),
        (deep.as_str(), "json-syntax", ""),
        ("{}", "no-bom", "bomFormat"),
        (r#"{"bomFormat": "CycloneDX", "specVersion": "1.2"}"#, "no-bom", "1.2"),
        (r#"{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": {}}"#, "bom-shape", "components"),
        (
            r#"{"bomFormat": "CycloneDX", "specVersion": "1.6", "services": [{}]}"#,
            "bom-shape",
            "services[0].name",
        ),
        (
            r#"{"bomFormat": "CycloneDX", "specVersion": "1.6", "dependencies": [{"dependsOn": []}]}"#,
            "bom-shape",
            "dependencies[0].ref",
        ),
    ];
    for (text, code, place) in cases {
        folder.write("bad.json", text);
        let ended = folder.run(&["import", "cyclonedx", "bad.json", "-o", "p.yaml"]);
        assert_eq!(ended.code, 3, "{text:.80}: {}", ended.stderr);
        assert!(ended.stderr.contains(code) && ended.stderr.contains(place), "{}", ended.stderr);
    }
    fs::write(folder.path("bad.json"), [0xff, 0xfe, 0x00]).unwrap();
    assert_eq!(folder.run(&["import", "cyclonedx", "bad.json"]).code, 3);
    assert_eq!(folder.run(&["import", "cyclonedx", "nowhere.json"]).code, 6);
    assert!(!folder.path("p.yaml").exists());
}

/// Text of a bill that means to be more than text stays text in the portfolio.
#[test]
fn text_in_a_bill_cannot_become_a_key() {
    let folder = Folder::new();
    let bill = json!({
        "bomFormat": "CycloneDX", "specVersion": "1.6",
        "metadata": {"component": {"type": "application", "bom-ref": "a", "name": "x\nlimits: []"},
            "manufacturer": {"name": "y\"\nhorizon: 1d", "address": {"country": "DE\nsites: [US]"}}},
        "services": [{"bom-ref": "s", "name": "s\n# t", "provider": {"name": "OpenAI"}, "trustZone": "EU"}],
        "components": [{"type": "machine-learning-model", "bom-ref": "m", "name": "gpt-5.4",
            "properties": [{"name": "multipolar:data", "value": "public\nforbid: []"}]}],
        "dependencies": [{"ref": "a", "dependsOn": ["s"]}, {"ref": "s", "dependsOn": ["m"]}]
    });
    folder.write("bill.json", &bill.to_string());
    assert_eq!(folder.run(&["import", "cyclonedx", "bill.json", "-o", "p.yaml"]).code, 0);
    let text = folder.read("p.yaml");
    let begins = |key: &str| text.lines().any(|line| line.trim_start().starts_with(key));
    assert!(!begins("limits:") && !begins("forbid:") && !begins("sites: [US]"), "{text}");
    assert_eq!(text.lines().filter(|line| line.starts_with("horizon:")).count(), 1, "{text}");
}

//! The schemas of the files against the decoders: the same files, keys and words are accepted and refused by both.

mod walk;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use jsonschema::Validator;
use multipolar::input::schema::FILES;
use serde_json::Value;

use super::Study;
use super::diagnostics::PROVOKED;
use walk::{address, walk};

/// A word that is no key and no value, and no misspelling of one.
const NONSENSE: &str = "zzzzzzzz";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn schema(name: &str) -> Value {
    let file = FILES.iter().find(|file| file.name == name).expect("a kind of file");
    (file.schema)()
}

fn validators() -> BTreeMap<&'static str, Validator> {
    let validator = |schema: &Value| jsonschema::draft202012::new(schema).unwrap();
    FILES.iter().map(|file| (file.name, validator(&(file.schema)()))).collect()
}

/// A file as JSON; `None` where it is no YAML, or YAML that JSON cannot say.
fn json(text: &str) -> Option<Value> {
    serde_yaml::from_str(text).ok()
}

fn read(path: &Path) -> Value {
    json(&fs::read_to_string(path).unwrap()).unwrap_or_else(|| panic!("{}", path.display()))
}

/// The schema that a file belongs to, by its path.
fn kind_of(path: &Path) -> &'static str {
    let stem = path.file_stem().unwrap().to_str().unwrap();
    let folder = path.parent().unwrap().file_name().unwrap_or_default().to_str().unwrap();
    match (folder, stem) {
        ("scenarios", _) => "scenario",
        (_, "jurisdictions") => "jurisdictions",
        ("catalog", stem) => FILES.iter().find(|file| file.name == stem).unwrap().name,
        _ => "portfolio",
    }
}

/// All YAML files under the folders that are shipped.
fn shipped() -> Vec<PathBuf> {
    let mut found = vec![root().join("jurisdictions.yaml")];
    for folder in ["portfolios", "catalog", "tests/fixtures"] {
        collect(&root().join(folder), &mut found);
    }
    // Configurations of gateways are files of another program.
    found.retain(|path| !path.components().any(|part| part.as_os_str() == "litellm"));
    found
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "yaml") {
            found.push(path);
        }
    }
}

/// The good study, with the files that use every key.
fn every_key() -> Study {
    let study = Study::new();
    for file in EVERY_KEY {
        fs::copy(root().join("tests/fixtures/every_key").join(file), study.path(file)).unwrap();
    }
    study
}

const EVERY_KEY: [&str; 2] = ["portfolio.yaml", "jurisdictions.yaml"];

/// Makes a study.
type MakeStudy = fn() -> Study;

/// Studies and files of them whose maps and words are looked at: together they have every key of every file.
const LOOKED_AT: [(MakeStudy, &str); 9] = [
    (every_key, "portfolio.yaml"),
    (every_key, "jurisdictions.yaml"),
    // Its sources are a list, those of the other a map.
    (Study::new, "jurisdictions.yaml"),
    (Study::new, "catalog/suppliers.yaml"),
    (Study::new, "catalog/models.yaml"),
    (Study::new, "catalog/hardware.yaml"),
    (Study::new, "catalog/offers.yaml"),
    (Study::new, "catalog/shocks.yaml"),
    (Study::new, "catalog/scenarios/ban.yaml"),
];

#[test]
fn every_shipped_file_fits_its_schema() {
    let validators = validators();
    let files = shipped();
    assert!(files.len() > 35, "{}", files.len());
    for path in files {
        let validator = &validators[kind_of(&path)];
        let errors: Vec<String> =
            validator.iter_errors(&read(&path)).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(errors.is_empty(), "{}: {errors:#?}", path.display());
    }
}

/// The files are what the other tests stand on: both accept them, and no key of the schemas is missing in them.
#[test]
fn the_files_of_every_key_are_accepted_and_have_every_key_of_the_schemas() {
    assert!(every_key().load().is_ok(), "{:#?}", every_key().diagnostics());
    for file in EVERY_KEY {
        let schema = schema(kind_of(Path::new(file)));
        let mut used = BTreeSet::new();
        for (study, _) in LOOKED_AT.iter().filter(|(_, looked_at)| *looked_at == file) {
            let value = read(&study().path(file));
            assert!(jsonschema::draft202012::is_valid(&schema, &value));
            used.extend(walk(&schema, &value).used);
        }
        let mut missing = Vec::new();
        // The keys of shocks stand once more in the map of an event, which refers to them.
        let described = |name: &str| !["shock_keys", "event", "scenario_shock"].contains(&name);
        let definitions = schema["$defs"].as_object().unwrap().iter();
        for (name, definition) in
            definitions.filter(|(name, _)| described(name)).chain([(&String::new(), &schema)])
        {
            unused(name, definition, &used, &mut missing);
        }
        assert!(missing.is_empty(), "{file}: {missing:#?}");
    }
}

/// Notes the keys that a definition describes and nothing uses.
fn unused(name: &str, schema: &Value, used: &BTreeSet<usize>, missing: &mut Vec<String>) {
    for (key, inner) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        if inner.is_object() && !used.contains(&address(inner)) {
            missing.push(format!("{name}: {key}"));
        }
    }
    for word in ["oneOf", "anyOf"] {
        for part in schema.get(word).and_then(Value::as_array).into_iter().flatten() {
            unused(name, part, used, missing);
        }
    }
}

/// Keys that decoders know in a map only to say that they do not go with its other keys.
const REFUSED_TOGETHER: [&str; 18] = [
    "fixed",
    "effects",
    "kind",
    "lead",
    "price",
    "fixed_usd_per_month",
    "per_year",
    "events",
    "years",
    "where",
    "unavailable",
    "no_new",
    "stop",
    "cut",
    "stale",
    "price_times",
    "capacity_times",
    "one_off_usd_per_workload",
];

/// Every map of the files with a key too many: the decoder lists the keys it knows.
#[test]
fn decoders_and_schemas_know_the_same_keys() {
    for (study, file) in LOOKED_AT {
        let study = study();
        let mut value = read(&study.path(file));
        let by_schema = walk(&schema(kind_of(Path::new(file))), &value).keys;
        // Keys of an event are keys of its shock, which the test of events looks at.
        let is_event = |path: &str| path.contains("events[");
        for path in by_schema.keys().filter(|path| !is_event(path)) {
            let map = at(&mut value, path).as_object_mut().unwrap();
            map.insert(NONSENSE.to_owned(), Value::from(1));
        }
        fs::write(study.path(file), value.to_string()).unwrap();
        let mut by_decoder = BTreeMap::new();
        for d in study.diagnostics().into_iter().filter(|d| d.code == "unknown-key") {
            let help = d.help.unwrap();
            let keys = help.strip_prefix("allowed here: ").expect("nonsense is no misspelling").split(", ");
            by_decoder.insert(d.path, keys.map(str::to_owned).collect::<BTreeSet<String>>());
        }
        for (path, keys) in by_schema.iter().filter(|(path, _)| !is_event(path)) {
            let known = by_decoder.get(path).unwrap_or_else(|| panic!("{file}: {path} is open"));
            let only_schema: Vec<_> = keys.difference(known).collect();
            assert!(only_schema.is_empty(), "{file}: {path}: the decoder does not know {only_schema:?}");
            let only_decoder = known.difference(keys).filter(|key| !REFUSED_TOGETHER.contains(&key.as_str()));
            let only_decoder: Vec<_> = only_decoder.collect();
            assert!(only_decoder.is_empty(), "{file}: {path}: the schema does not know {only_decoder:?}");
        }
        assert_eq!(by_decoder.len(), by_schema.keys().filter(|path| !is_event(path)).count());
    }
}

/// The value at a path as diagnostics write it.
fn at<'a>(value: &'a mut Value, path: &str) -> &'a mut Value {
    let pointer = path.replace("['", "/").replace("']", "").replace(['.', '['], "/").replace(']', "");
    let pointer = if pointer.is_empty() { pointer } else { format!("/{pointer}") };
    value.pointer_mut(&pointer).unwrap_or_else(|| panic!("{path}"))
}

/// An event has its own keys and those of the shock that it names; both refuse any other.
#[test]
fn an_event_has_the_keys_of_its_shock() {
    let validator = &validators()["portfolio"];
    let events = [
        "{shock: ban, at: 1d,",
        "{shock: stop, at: 10d,",
        "{shock: {id: inline,",
        "{shock: {kind: outage}, ",
    ];
    for event in events {
        let study = every_key().and("portfolio.yaml", event, &format!("{event} {NONSENSE}: 1, "));
        assert!(study.diagnostics().iter().any(|d| d.code == "unknown-key"), "{event}");
        assert!(!validator.is_valid(&read(&study.path("portfolio.yaml"))), "{event}");
    }
    // A shock written in place is complete, unless the event completes it.
    let study = every_key().and(
        "portfolio.yaml",
        "{shock: {kind: outage}, host: cloud, region: [SE]}",
        "{shock: {kind: outage}}",
    );
    assert_eq!(study.diagnostics().iter().filter(|d| d.code == "missing-key").count(), 1);
    assert!(!validator.is_valid(&read(&study.path("portfolio.yaml"))));
}

/// Every text of a closed list made nonsense: the decoder lists the words that it allows.
#[test]
fn decoders_and_schemas_know_the_same_words() {
    let mut n_lists = 0;
    for (study, file) in LOOKED_AT {
        let schema = schema(kind_of(Path::new(file)));
        let good = read(&study().path(file));
        for (path, words) in walk(&schema, &good).words {
            // `permanent` and `none` are one word among durations, and the host `self` one among names.
            let is_one_of_many =
                [".duration", ".host", ".known_host", ".known_model"].iter().any(|key| path.ends_with(key));
            if is_one_of_many || path.contains("events[") {
                continue;
            }
            let mut value = good.clone();
            *at(&mut value, &path) = Value::from(NONSENSE);
            let study = study();
            fs::write(study.path(file), value.to_string()).unwrap();
            let all = study.diagnostics();
            let said = all.iter().find(|d| d.code == "unknown-value" && d.path == path);
            let message = &said.unwrap_or_else(|| panic!("{file}: {path}: {all:#?}")).message;
            let allowed = message.split_once("allowed: ").unwrap().1.split(", ").map(str::to_owned);
            assert_eq!(allowed.collect::<BTreeSet<_>>(), words, "{file}: {path}");
            n_lists += 1;
        }
    }
    assert!(n_lists > 80, "{n_lists}");
}

/// Codes of mistakes in the text, before it is values.
const OF_THE_TEXT: [&str; 7] = [
    "alias-limit",
    "control-character",
    "duplicate-key",
    "empty-key",
    "several-documents",
    "yaml-syntax",
    "yaml-tag",
];

/// Codes of what no schema can know: what one value has to do with another.
const BEYOND_A_SCHEMA: &[&str] = &[
    // Names that must stand elsewhere, once, and mean the right thing.
    "duplicate-id",
    "invalid-country-code",
    "missing-role",
    "not-a-country",
    "self-hosted-without-site",
    "self-not-stoppable",
    "unknown-hardware",
    "unknown-host-site",
    "unknown-indicator",
    "unknown-jurisdiction",
    "unknown-model",
    "unknown-offer",
    "unknown-shock",
    "unknown-source",
    "unknown-supplier",
    "unknown-tension",
    "unknown-workload",
    // Sums and comparisons.
    "empty-range",
    "contract-with-self",
    "duplicate-contract",
    "not-a-host",
    "offered-host-in-use",
    "host-without-offers",
    "empty-limit",
    "empty-selector",
    "empty-template",
    "retiring-offer",
    "unknown-license",
    "supplier-without-shocks",
    "fallback-before-recovery",
    "fallback-dearer-than-outage",
    "duplicate-standby",
    "missing-allocation",
    "over-capacity",
    "reference-cycle",
    "shares-sum",
    "too-many-occurrences",
    "trigger-cycle",
    "unused-allocation",
];

/// Single mistakes that a schema cannot know although it knows others of their code: what was put into the file.
const BEYOND_A_PATTERN: &[(&str, &str)] = &[
    // Days that do not exist, and a century too long.
    ("invalid-date", "until: 2027-02-29"),
    ("invalid-date", "until: 2027-06-31"),
    ("invalid-duration", "after: 101y"),
    // A quotient, and ids that are words of the formats.
    ("out-of-range", "events: 200, years: 0.01"),
    ("invalid-id", "{id: self"),
    ("invalid-id", "{id: all"),
    // The key of a dimension is a name.
    ("unknown-value", "of: openness, is: US"),
];

#[test]
fn schemas_refuse_what_decoders_refuse_as_far_as_they_can_know() {
    let validators = validators();
    let mut wrong = Vec::new();
    for (code, file, from, to) in PROVOKED.iter().filter(|(code, ..)| !OF_THE_TEXT.contains(code)) {
        let study = Study::with(file, from, to);
        let validator = &validators[kind_of(Path::new(file))];
        let value = json(&fs::read_to_string(study.path(file)).unwrap());
        let is_refused = value.is_none_or(|value| !validator.is_valid(&value));
        let is_beyond = BEYOND_A_SCHEMA.contains(code) || BEYOND_A_PATTERN.contains(&(*code, *to));
        if is_refused == is_beyond {
            wrong.push(format!("{code}: {from} -> {to}: refused: {is_refused}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A file in which nearly all is wrong: the schema finds the same maps wrong, but for what it cannot know.
#[test]
fn a_file_full_of_mistakes_is_refused() {
    let wrong = super::bad_files::WRONG.replacen("    users: {DE: 1}\n", "", 1);
    let value = json(&wrong).unwrap();
    let validators = validators();
    let paths: BTreeSet<String> =
        validators["portfolio"].iter_errors(&value).map(|e| e.instance_path().to_string()).collect();
    for path in ["/horizon", "/workloads", "/limits"] {
        assert!(paths.iter().any(|p| p.starts_with(path)), "{path}: {paths:?}");
    }
}

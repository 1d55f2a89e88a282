//! The answers of `optimize` and `report` against their schemas: every key is described, and no other is written.

use jsonschema::draft202012;
use multipolar::report::answer::schema;
use serde_json::Value;

use super::{COST_LIMIT, Folder, TINY, US_LIMIT, shipped};

/// Each way to ask `optimize`, with the schema of its answer.
const QUESTIONS: [(&str, &[&str]); 5] = [
    ("optimize", &[]),
    ("optimize", &["--frontier", "--replications", "2"]),
    ("optimize", &["--alternatives", "2"]),
    ("optimize-why", &["--why", "command-a@cohere:CA"]),
    ("optimize-sovereignty", &["--sovereignty"]),
];

/// What the schema of a command refuses in a value; empty when nothing.
fn refused(command: &str, value: &Value) -> Vec<String> {
    let schema = schema(command).expect("a command with a schema");
    let validator = draft202012::new(&schema).expect("a schema");
    validator.iter_errors(value).map(|error| format!("{}: {error:.300}", error.instance_path())).collect()
}

fn answered(folder: &Folder, portfolio: &str, question: &[&str]) -> Value {
    let all = [&["optimize", portfolio, "--trials", "50", "--format", "json"], question].concat();
    folder.run(&all).json()
}

#[test]
fn every_answer_of_optimize_fits_its_schema_and_an_unknown_key_does_not() {
    let folder = Folder::new();
    for (schema, question) in QUESTIONS {
        let mut answer = answered(&folder, &shipped("quickstart"), question);
        assert_eq!(refused(schema, &answer), Vec::<String>::new(), "{question:?}");
        answer["surprise"] = Value::from(1);
        assert_eq!(refused(schema, &answer).len(), 1, "{question:?}");
    }
}

/// Unknown keys are refused inside lists as well, and a word outside its closed list.
#[test]
fn a_schema_looks_into_lists_and_knows_the_words() {
    let folder = Folder::new();
    let answer = answered(&folder, "tiny.yaml", &[]);
    let changed = |change: &dyn Fn(&mut Value)| {
        let mut answer = answer.clone();
        change(&mut answer);
        refused("optimize", &answer).len()
    };
    assert_eq!(changed(&|_| ()), 0);
    assert_eq!(changed(&|answer| answer["moves"][0]["surprise"] = Value::Null), 1);
    assert_eq!(changed(&|answer| answer["status"] = Value::from("splendid")), 1);
    assert_eq!(changed(&|answer| answer["plan"]["aal_usd"] = Value::from("much")), 1);
}

#[test]
fn limits_that_cannot_hold_fit_the_schema_too() {
    let folder = Folder::new();
    folder.write("torn.yaml", &format!("{TINY}{US_LIMIT}{COST_LIMIT}"));
    let answer = answered(&folder, "torn.yaml", &[]);
    assert_eq!(answer["status"], "infeasible");
    assert_eq!(refused("optimize", &answer), Vec::<String>::new());
}

/// With a plan and without one.
#[test]
fn the_report_fits_its_schema() {
    let folder = Folder::new();
    folder.write("torn.yaml", &format!("{TINY}{US_LIMIT}{COST_LIMIT}"));
    for portfolio in ["tiny.yaml", "torn.yaml"] {
        let mut answer = folder.run(&["report", portfolio, "--trials", "50", "--format", "json"]).json();
        assert_eq!(refused("results", &answer), Vec::<String>::new(), "{portfolio}");
        answer["manifest"]["surprise"] = Value::from(1);
        assert_eq!(refused("results", &answer).len(), 1, "{portfolio}");
    }
}

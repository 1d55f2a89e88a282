//! `compare`: two portfolios, results with and without the copies of their inputs, rules on the change, and what is refused.

use std::fs;

use serde_json::{Value, json};

use super::{Ended, Folder, has_keys};

const FEW: [&str; 2] = ["--trials", "50"];

/// `tiny.yaml`, and `later.yaml` with more demand, a dearer outage and half of the shares elsewhere.
fn folder() -> Folder {
    let folder = Folder::new();
    let later = folder
        .read("tiny.yaml")
        .replace("input_mtok: 400", "input_mtok: 700")
        .replace("usd_per_day: 90000", "usd_per_day: 120000")
        .replace("{gpt-5.4@openai:EU: 1.0}", "{gpt-5.4@openai:EU: 0.5, mistral-large-3@mistral:EU: 0.5}");
    folder.write("later.yaml", &later);
    folder
}

fn compare(folder: &Folder, sides: [&str; 2], more: &[&str]) -> Ended {
    folder.run(&[&["compare", sides[0], sides[1]], &FEW[..], more].concat())
}

#[test]
fn the_change_is_told_in_a_sentence_its_parts_and_the_inputs() {
    let folder = folder();
    let ended = compare(&folder, ["tiny.yaml", "later.yaml"], &[]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    for told in [
        "The monthly cost falls from USD",
        "What changed the figures?",
        "allocation and standby",
        "Which inputs differ?",
        "chat: demand 500 → 800 million tokens a month",
        "chat: share of mistral-large-3@mistral:EU: new, 50 %",
        "Both on the same 50 simulated years",
    ] {
        assert!(ended.stdout.contains(told), "{told}\n{}", ended.stdout);
    }
    let comment = compare(&folder, ["tiny.yaml", "later.yaml"], &["--format", "markdown"]).stdout;
    assert!(comment.starts_with("### `tiny.yaml` → `later.yaml`\n"), "{comment}");
    assert!(comment.contains("| figure | before | after | change | mostly from |"), "{comment}");
    assert!(comment.contains("- chat: demand 500 → 800 million tokens a month"), "{comment}");
}

#[test]
fn the_parts_add_up_and_threads_change_nothing() {
    let folder = folder();
    let run = |more: &[&str]| compare(&folder, ["tiny.yaml", "later.yaml"], more);
    let json = run(&["--format", "json", "--threads", "1"]);
    assert_eq!(json.stdout, run(&["--format", "json", "--threads", "2"]).stdout);
    let value = json.json();
    has_keys(&value, &["from", "to", "inputs", "attribution", "figures", "fail_on"]);
    for figure in ["monthly_cost_usd", "aal_usd", "cvar_usd"] {
        let own = &value["attribution"][figure];
        let number = |value: &Value| value.as_f64().unwrap();
        let sum: f64 = own["parts"].as_object().unwrap().values().map(number).sum();
        assert!((sum - (number(&own["to"]) - number(&own["from"]))).abs() < 0.005, "{own}");
        assert_eq!(own["parts"]["noise"], 0.0);
        assert_eq!(own["from"], value["figures"][figure]["from"]);
    }
    let rows = run(&["--format", "csv"]).stdout;
    assert!(rows.starts_with("figure,from,to,change,low,high,demand,allocation,"), "{rows}");
    assert_eq!(rows.lines().count(), 5);
    let inputs = run(&["--format", "csv", "--table", "inputs"]).stdout;
    assert_eq!(inputs.lines().count(), 1 + value["inputs"].as_array().unwrap().len());
}

#[test]
fn a_figure_that_moves_too_far_ends_with_7() {
    let folder = folder();
    let run = |sides: [&str; 2], rules: &[&str]| {
        let flags: Vec<&str> = rules.iter().flat_map(|rule| ["--fail-on", rule]).collect();
        compare(&folder, sides, &flags)
    };
    let both = ["later.yaml", "tiny.yaml"];
    let ended = run(both, &["cost+1%", "capability+500"]);
    assert_eq!(ended.code, 7, "{}", ended.stderr);
    assert!(ended.stdout.contains("exceeded") && ended.stdout.contains("kept"), "{}", ended.stdout);
    assert_eq!(run(both, &["cost+1e9", "cvar+1e15", "aal+1000000%"]).code, 0);
    assert_eq!(run(["tiny.yaml", "later.yaml"], &["cost+0"]).code, 0, "it falls");
    let same = run(["tiny.yaml", "tiny.yaml"], &["cost+0", "cost-0", "cvar+0%", "aal-0%", "capability-0"]);
    assert_eq!(same.code, 0);
    assert!(same.stdout.starts_with("Cost and risk are the same: no input differs."), "{}", same.stdout);
}

/// The folder of a report with copies of its inputs, made of `tiny.yaml`.
fn recorded(folder: &Folder, with_inputs: bool) -> Value {
    let simulated =
        folder.run(&["simulate", "tiny.yaml", "--trials", "40", "--seed", "7", "--format", "json"]);
    let results = json!({"manifest": {"portfolio_file": "tiny.yaml"}, "simulate": simulated.json()});
    let copies = folder.path("q3/inputs/portfolios");
    fs::create_dir_all(&copies).unwrap();
    if with_inputs {
        fs::copy(folder.path("tiny.yaml"), copies.join("tiny.yaml")).unwrap();
    }
    folder.write("q3/results.json", &results.to_string());
    results
}

#[test]
fn recorded_results_are_compared_on_their_own_draws() {
    let folder = folder();
    let mut results = recorded(&folder, true);
    let run = |from: &str, more: &[&str]| {
        folder.run(&[&["compare", from, "later.yaml", "--format", "json"], more].concat()).json()
    };
    let value = run("q3", &[]);
    assert_eq!(value["draws"]["from"], json!({"seed": 7, "trials": 40}));
    assert_eq!(value["draws"]["to"], value["draws"]["from"]);
    assert_eq!(value["recorded"], json!([]), "the figures come out as recorded");
    assert!(!value["attribution"].is_null());
    assert_eq!(run("q3/results.json", &[])["attribution"], value["attribution"]);
    // Figures of another program.
    results["simulate"]["aal_usd"]["value"] = json!(1.25);
    folder.write("q3/results.json", &results.to_string());
    let other = run("q3", &[]);
    assert_eq!(other["recorded"][0]["recorded"], 1.25);
    assert_eq!(other["recorded"].as_array().unwrap().len(), 1);
    // On other draws there is nothing to compare them with.
    assert_eq!(run("q3", &["--seed", "1"])["recorded"], json!([]));
}

#[test]
fn results_without_inputs_have_figures_only() {
    let folder = folder();
    recorded(&folder, false);
    let ended = folder.run(&["compare", "q3", "later.yaml"]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert!(
        ended.stdout.contains("No attribution: there are no copies of the inputs beside q3"),
        "{}",
        ended.stdout
    );
    let value = folder.run(&["compare", "q3", "later.yaml", "--format", "json"]).json();
    assert!(value["attribution"].is_null() && value["inputs"].is_null() && value["unattributed"].is_string());
    assert!(value["figures"]["cvar_usd"]["change"].as_f64().unwrap() != 0.0);
    let refused = folder.run(&["compare", "q3", "later.yaml", "--fail-on", "capability-1"]);
    assert_eq!((refused.code, refused.stdout.as_str()), (2, ""));
    let two =
        folder.run(&["compare", "q3", "q3/results.json", "--fail-on", "cost+0", "--format", "markdown"]);
    assert_eq!(two.code, 0, "{}", two.stderr);
}

#[test]
fn what_cannot_be_read_is_said() {
    let folder = folder();
    folder.write("broken.json", "{");
    folder.write("other.json", "{\"simulate\": {\"trials\": 10, \"seed\": 1}}");
    folder.write("broken.yaml", "format_version: 1\n");
    fs::create_dir(folder.path("empty")).unwrap();
    for (side, code, told) in [
        ("none.yaml", 6, "error[unreadable-file]"),
        ("none.json", 6, "error[unreadable-file]"),
        ("empty", 6, "error[unreadable-file]"),
        ("broken.json", 3, "error[no-results]"),
        ("other.json", 3, "error[no-results]"),
        ("broken.yaml", 3, "error["),
    ] {
        for sides in [[side, "tiny.yaml"], ["tiny.yaml", side]] {
            let ended = compare(&folder, sides, &[]);
            assert_eq!((ended.code, ended.stdout.as_str()), (code, ""), "{side}: {}", ended.stderr);
            assert!(ended.stderr.contains(told), "{side}: {}", ended.stderr);
        }
    }
    for wrong in
        [&["--fail-on", "cvar"][..], &["--fail-on", "loss+1"], &["--table", "inputs"], &["--trials", "0"]]
    {
        let ended = folder.run(&[&["compare", "tiny.yaml", "later.yaml"], wrong].concat());
        assert_eq!((ended.code, ended.stdout.as_str()), (2, ""), "{wrong:?}: {}", ended.stderr);
    }
}

/// The manifest of a report tells which of its files were changed or removed afterwards; what it names outside is not read.
#[test]
fn files_that_were_changed_after_the_report_are_told() {
    let folder = folder();
    let report = ["report", "tiny.yaml", "--trials", "50", "--period", "2026Q3"];
    assert_eq!(folder.run(&report).code, 0);
    let place = "reports/tiny/2026Q3";
    let json = || compare(&folder, [place, "later.yaml"], &["--format", "json"]).json();
    assert_eq!(json()["altered"], json!([]));
    let copy = format!("{place}/inputs/portfolios/tiny.yaml");
    folder.write(&copy, &folder.read(&copy).replace("input_mtok: 400", "input_mtok: 401"));
    fs::remove_file(folder.path(place).join("inputs/catalog/history.yaml")).unwrap();
    assert_eq!(
        json()["altered"],
        json!([
            {"side": "from", "file": "inputs/catalog/history.yaml", "is_missing": true},
            {"side": "from", "file": "inputs/portfolios/tiny.yaml", "is_missing": false}
        ])
    );
    let said = "of reports/tiny/2026Q3: inputs/catalog/history.yaml (missing), inputs/portfolios/tiny.yaml;";
    let told = |more: &[&str]| compare(&folder, [place, "later.yaml"], more).stdout.replace('\n', " ");
    assert!(told(&["--format", "markdown"]).contains(said), "{}", told(&["--format", "markdown"]));
    assert_eq!(folder.run(&["report", "tiny.yaml", "--trials", "50", "--period", "2026Q4"]).code, 0);
    for face in ["report.md", "report.html", "report.typ"] {
        let text = folder.read(&format!("reports/tiny/2026Q4/{face}"));
        assert!(text.contains("were changed after their report was written"), "{face}");
    }
    let manifest = format!("{place}/manifest.json");
    folder.write(
        &manifest,
        &folder.read(&manifest).replace("inputs/portfolios/tiny.yaml", "../../../tiny.yaml"),
    );
    assert_eq!(
        json()["altered"][0],
        json!({"side": "from", "file": "../../../tiny.yaml", "is_missing": true})
    );
    folder.write(&manifest, "{");
    assert_eq!(json()["altered"], json!([{"side": "from", "file": "manifest.json", "is_missing": false}]));
}

//! `optimize` when nothing fits, and what it answers to `--why` and `--sovereignty`.

use super::*;

/// At most 10 USD for 500 mtok a month, where the cheaper of two models costs more: the budget has to give.
#[test]
fn limits_that_cannot_hold_end_with_four_and_say_which() {
    let folder = Folder::new();
    folder.write("tight.yaml", &format!("{TINY}{US_LIMIT}{COST_LIMIT}"));
    let table = folder.run(&["optimize", "tight.yaml", "--trials", "50"]);
    assert_eq!(table.code, 4, "{}", table.stderr);
    assert!(
        table.stdout.contains("cannot hold together") && table.stdout.contains("cost"),
        "{}",
        table.stdout
    );
    let ended = folder.run(&["optimize", "tight.yaml", "--trials", "50", "--format", "json"]);
    assert_eq!(ended.code, 4);
    let answer = ended.json();
    let conflict = answer["conflict"].as_array().unwrap();
    assert_eq!(conflict.len(), 1);
    assert_eq!((&conflict[0]["what"], &conflict[0]["unit"]), (&Value::from("cost"), &Value::from("usd")));
    assert_eq!(answer["conflict_proof"]["is_proven"], true);
    // The budget it names is enough.
    let enough = conflict[0]["relax_to"].as_f64().unwrap();
    let limit = format!("  - {{id: cost, measure: monthly_cost, at_most_usd: {enough}}}\n");
    folder.write("enough.yaml", &format!("{TINY}{US_LIMIT}{limit}"));
    assert_eq!(folder.run(&["optimize", "enough.yaml", "--trials", "50"]).code, 0);
}

#[test]
fn why_not_says_what_excludes_an_offer_or_what_it_would_cost() {
    let folder = Folder::new();
    let why = |offer: &str, format: &str| {
        folder.run(&[
            "optimize",
            "tiny.yaml",
            "--trials",
            "50",
            "--why",
            offer,
            "--workload",
            "chat",
            "--format",
            format,
        ])
    };
    let excluded = why("mistral-medium-3.5@scaleway:FR", "table");
    assert_eq!(excluded.code, 0, "{}", excluded.stderr);
    assert!(excluded.stdout.contains("require: it does not match"), "{}", excluded.stdout);
    let answer = why("gpt-5.4@openai:EU", "json").json();
    has_keys(&answer, &["portfolio", "offer", "workload", "cells", "forced"]);
    assert_eq!(answer["cells"].as_array().unwrap().len(), 2);
    has_keys(
        &answer["forced"],
        &["share", "share_planned", "best", "plan", "change", "in_the_way", "conflict"],
    );
    let wrong = why("gpt-5.4@openai:EUX", "table");
    assert_eq!((wrong.code, wrong.stdout.as_str()), (2, ""));
    assert!(wrong.stderr.contains("did you mean 'gpt-5.4@openai:EU'?"), "{}", wrong.stderr);
    let unknown = folder.run(&["optimize", "tiny.yaml", "--why", "gpt-5.4@openai:EU", "--workload", "chatt"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.stderr.contains("did you mean 'chat'?"), "{}", unknown.stderr);
    for arguments in [
        &["--workload", "chat"][..],
        &["--why", "x", "--sovereignty"],
        &["--sovereignty", "--max-turnover", "0.1"],
    ] {
        let all = [&["optimize", "tiny.yaml"], arguments].concat();
        assert_eq!(folder.run(&all).code, 2, "{arguments:?}");
    }
}

/// Of the two models only the European one is left without the US, and it is open.
#[test]
fn sovereignty_stands_beside_the_free_plan() {
    let folder = Folder::new();
    let answer =
        folder.run(&["optimize", "tiny.yaml", "--trials", "50", "--sovereignty", "--format", "json"]).json();
    let cases = answer["sovereignty"].as_array().unwrap();
    let rules: Vec<&str> = cases.iter().map(|c| c["rule"].as_str().unwrap()).collect();
    assert_eq!(rules, ["free", "no_us", "no_cn", "open_only", "eu_hosted"]);
    assert_eq!(cases[1]["excluded_today"], 1.0);
    let objective = |case: &Value| case["plan"]["objective_usd"].as_f64();
    let free = objective(&cases[0]).unwrap();
    for case in &cases[1..] {
        // A rule takes away choices only; the planner may be off by its tolerance.
        assert!(objective(case).is_none_or(|usd| usd >= free * (1.0 - 2e-3)), "{case}");
    }
    let table = folder.run(&["optimize", "tiny.yaml", "--trials", "50", "--sovereignty"]);
    assert_eq!(table.code, 0);
    assert!(table.stdout.contains("EU-hosted only"), "{}", table.stdout);
}

//! `init --size`: a portfolio of any size, which every command reads.

use super::Folder;

#[test]
fn a_generated_portfolio_is_valid_and_the_same_each_time() {
    let folder = Folder::new();
    for (size, users, n_workloads) in [("1,3", "1", 1), ("7,20", "10", 7)] {
        let made = folder.run(&["init", "--size", size, "--users", users]);
        assert_eq!(made.code, 0, "{}", made.stderr);
        assert_eq!(made.stdout, folder.run(&["init", "--size", size, "--users", users]).stdout);
        folder.write("made.yaml", &made.stdout);
        let checked = folder.run(&["check", "made.yaml", "--format", "json"]);
        assert_eq!(checked.code, 0, "{}", checked.stderr);
        let problems = checked.json()["problems"].as_array().unwrap().clone();
        assert!(problems.iter().all(|problem| problem["severity"] == "warning"), "{problems:?}");
        let exposure = folder.run(&["exposure", "made.yaml", "--by-workload", "--format", "json"]).json();
        assert_eq!(exposure["workloads"].as_object().map(serde_json::Map::len), Some(n_workloads));
    }
}

#[test]
fn a_size_that_cannot_be_had_is_a_usage_error() {
    let folder = Folder::new();
    for (size, why) in [
        ("5", "two numbers"),
        ("0,10", "from 1"),
        ("a,b", "from 1"),
        ("1,2", "at least"),
        ("1,99999", "the catalog has"),
    ] {
        let ended = folder.run(&["init", "--size", size]);
        assert_eq!(ended.code, 2, "{size}");
        assert!(ended.stderr.contains(why), "{size}: {}", ended.stderr);
        assert!(ended.stdout.is_empty());
    }
    assert_eq!(folder.run(&["init", "--size", "5,10", "--users", "5000"]).code, 2);
}

/// By flags: the shipped portfolio with one's own answers, valid, with comments, and the next commands.
#[test]
fn a_portfolio_begins_with_a_shipped_one_and_ones_own_answers() {
    let folder = Folder::new();
    let given = [
        "init",
        "--like",
        "small",
        "--name",
        "Own # Ltd",
        "--headquarters",
        "fr",
        "--users",
        "FR=0.5,DE=0.5",
        "--demand",
        "800/300",
        "--outage-cost",
        "45000",
        "--out",
        "own.yaml",
    ];
    let ended = folder.run(&given);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert!(ended.stderr.contains("next: multipolar check own.yaml"), "{}", ended.stderr);
    let plan = ended.stderr.find("A first plan, from 200 simulated years").expect("a first plan");
    assert!(ended.stderr[plan..].contains("(recommended)"), "{}", ended.stderr);
    let text = folder.read("own.yaml");
    assert!(text.contains("From you: the name") && text.contains("# million tokens a month"), "{text}");
    let checked = folder.run(&["check", "own.yaml", "--trials", "20", "--format", "json"]).json();
    assert_eq!(checked["valid"], true, "{checked:#}");
    for like in ["bank", "manufacturer", "retailer", "software"] {
        let made = folder.run(&["init", "--like", like]);
        assert_eq!(made.code, 0, "{like}: {}", made.stderr);
        folder.write("made.yaml", &made.stdout);
        let check = ["check", "made.yaml", "--trials", "20", "--format", "json"];
        assert_eq!(folder.run(&check).json()["valid"], true, "{like}");
    }
}

#[test]
fn without_a_terminal_nothing_is_asked() {
    let folder = Folder::new();
    let ended = folder.run(&["init"]);
    assert!(ended.code == 2 && ended.stderr.contains("--like"), "{}", ended.stderr);
    for wrong in [
        &["init", "--like", "small", "--headquarters", "XX"][..],
        &["init", "--like", "small", "--users", "3"],
        &["init", "--size", "2,5", "--users", "DE"],
        &["init", "--size", "2,5", "--like", "small"],
        &["init", "--from", "other", "c.yaml", "--out", "p.yaml"],
        &["init", "--from", "litellm", "c.yaml"],
    ] {
        assert_eq!(folder.run(wrong).code, 2, "{wrong:?}");
    }
}

/// `init --from litellm` is the import, with its questions.
#[test]
fn a_portfolio_begins_with_a_gateway() {
    let folder = Folder::new();
    let config = format!("{}/tests/fixtures/litellm/shuffle.yaml", env!("CARGO_MANIFEST_DIR"));
    let ended =
        folder.run(&["init", "--from", "litellm", &config, "--out", "p.yaml", "--headquarters", "DE"]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert!(ended.stdout.contains("Questions") && folder.read("p.yaml").contains("MISSING"));
}

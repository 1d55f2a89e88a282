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

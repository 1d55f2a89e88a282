//! Ctrl-C ends a simulation with what is done.

use std::fs;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use super::{Ended, Folder, without};

/// The table of events beside its place, once a wave of trials has been written to it.
fn wait_for_events(folder: &Folder, child: &mut Child) {
    loop {
        let entries = fs::read_dir(folder.path("")).unwrap().map(|entry| entry.unwrap());
        let begun = |entry: &fs::DirEntry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            name.starts_with(".t.events.csv.") && entry.metadata().is_ok_and(|m| m.len() > 0)
        };
        if entries.into_iter().any(|entry| begun(&entry)) {
            return;
        }
        assert_eq!(child.try_wait().unwrap(), None, "ended before it was stopped");
        thread::sleep(Duration::from_millis(20));
    }
}

/// Ten million trials cannot be done before the first have been written.
#[test]
fn an_interrupted_run_answers_with_the_trials_that_are_done() {
    let folder = Folder::new();
    let arguments = ["simulate", "tiny.yaml", "--format", "json", "--trials"];
    let mut child = folder
        .command(&[&arguments[..], &["10000000", "--trials-out", "t.csv"]].concat())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    wait_for_events(&folder, &mut child);
    let kill = Command::new("sh").args(["-c", &format!("kill -INT {}", child.id())]).status().unwrap();
    assert!(kill.success());
    let ended = Ended::new(&child.wait_with_output().unwrap());
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let (answer, asked) = without(ended.json(), "asked_trials");
    let n = answer["trials"].as_u64().unwrap();
    assert_eq!(asked, 10_000_000);
    assert!(ended.stderr.contains("stopped after") && ended.stderr.contains("of 10,000,000 trials"));
    assert_eq!(folder.read("t.csv").lines().count() as u64, n + 1);
    assert_eq!(answer, folder.run(&[&arguments[..], &[&n.to_string()]].concat()).json());
    // It is no whole study, and says so.
    let merged = folder.run(&["merge", "tiny.yaml", "t.csv"]);
    assert_eq!(merged.code, 3, "{}", merged.stderr);
    assert!(merged.stderr.contains(&format!("trials {n} to 9999999 (after those")), "{}", merged.stderr);
}

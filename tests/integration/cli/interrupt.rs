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

/// Sends a signal to a run of the planner, which nothing ends early; its exit code, stderr, and the files it left.
fn stopped(signal: &str) -> (i32, String, usize) {
    let folder = Folder::new();
    let mut child = folder
        .command(&["optimize", &super::shipped("european_bank"), "--trials", "4000", "--out", "plan.txt"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    // Long enough to install the handler, and far too short to plan.
    thread::sleep(Duration::from_millis(500));
    assert_eq!(child.try_wait().unwrap(), None, "ended before it was stopped");
    let kill = Command::new("sh").args(["-c", &format!("kill -{signal} {}", child.id())]).status().unwrap();
    assert!(kill.success());
    let ended = Ended::new(&child.wait_with_output().unwrap());
    (ended.code, ended.stderr, fs::read_dir(folder.path("")).unwrap().count())
}

#[test]
fn any_other_command_ends_at_once_with_one_sentence() {
    for signal in ["INT", "TERM"] {
        let (code, stderr, n_files) = stopped(signal);
        assert_eq!((code, n_files), (130, 1), "{signal}: {stderr}");
        // Warnings of the portfolio come first.
        let errors: Vec<&str> = stderr.lines().filter(|line| line.starts_with("error")).collect();
        assert_eq!(errors, ["error: stopped by a signal before there was an answer"], "{signal}");
    }
}

/// The first signal ends the simulation, the second the program; the tables that were begun are removed.
#[test]
fn a_second_signal_leaves_no_temporary_file() {
    let folder = Folder::new();
    let mut child = folder
        .command(&[
            "simulate",
            &super::shipped("european_bank"),
            "--trials",
            "10000000",
            "--trials-out",
            "t.csv",
        ])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    wait_for_events(&folder, &mut child);
    let twice = format!("kill -TERM {0}; kill -INT {0}; kill -INT {0}", child.id());
    Command::new("sh").args(["-c", &twice]).status().unwrap();
    let code = child.wait().unwrap().code();
    let left: Vec<String> = fs::read_dir(folder.path(""))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    assert!(!left.iter().any(|name| name.ends_with(".tmp")), "{code:?}: {left:?}");
}

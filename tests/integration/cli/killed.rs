//! A run that is stopped at any moment leaves what was there before, or what it was asked for: no half file, and nothing
//! else.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::Folder;

/// Times of the signal per command, as shares of the time that the command takes. The last come while files are written.
const MOMENTS: [f64; 7] = [0.05, 0.35, 0.7, 0.85, 0.93, 0.98, 1.0];
/// The same for commands that write one answer, as others do.
const FEW_MOMENTS: [f64; 2] = [0.7, 0.97];

const PLAN: [&str; 6] = ["plan", "tiny.yaml", "--trials", "50", "--period", "2026Q4"];
/// What it writes.
const REPORT: [&str; 4] = [
    "reports/tiny/2026Q4/inputs/portfolios/tiny.yaml",
    "reports/tiny/2026Q4/manifest.json",
    "reports/tiny/2026Q4/report.md",
    "reports/tiny/2026Q4/results.json",
];

/// A command, and what it writes.
type Writer = (&'static [&'static str], &'static [&'static str]);

/// The commands that write several files, or large ones.
const WRITERS: [Writer; 10] = [
    (&PLAN, &REPORT),
    (&["check", "tiny.yaml", "--format", "json", "--out", "o"], &["o"]),
    (&["exposure", "tiny.yaml", "--graph", "g.svg", "--out", "o"], &["g.svg", "o"]),
    (&["stress", "tiny.yaml", "--all", "--format", "json", "--out", "o"], &["o"]),
    (
        &["simulate", "tiny.yaml", "--trials", "3000", "--trials-out", "t.csv", "--out", "o"],
        &["o", "t.csv", "t.csv.json", "t.events.csv"],
    ),
    (&["merge", "tiny.yaml", "shard.csv", "--trials-out", "t.csv"], &["t.csv", "t.csv.json", "t.events.csv"]),
    (&["optimize", "tiny.yaml", "--trials", "50", "--format", "json", "--out", "o"], &["o"]),
    (&["init", "--size", "200,50", "--out", "o"], &["o"]),
    (
        &["catalog", "refresh", "--from", "map.json", "--write", "w.yaml", "--overwrite", "--out", "o"],
        &["o", "w.yaml"],
    ),
    (&["landscape", "--chart", "c.svg", "--out", "o"], &["c.svg", "o"]),
];

/// The other commands that write.
const SIMPLE_WRITERS: [Writer; 29] = [
    (&["report", "tiny.yaml", "--trials", "50", "--period", "2026Q4"], &REPORT),
    (&["compare", "tiny.yaml", "tiny.yaml", "--trials", "50", "--out", "o"], &["o"]),
    (&["signals", "events.csv", "tiny.yaml", "--trials", "50", "--out", "o"], &["o"]),
    (&["import", "litellm", "gateway.yaml", "-o", "w.yaml", "--out", "o"], &["o", "w.yaml"]),
    (&["routes", "gateway.yaml", "--out", "o"], &["o"]),
    (&["export", "litellm", "tiny.yaml", "--out", "o"], &["o"]),
    (&["import", "cyclonedx", "bill.json", "-o", "w.yaml", "--out", "o"], &["o", "w.yaml"]),
    (&["import", "inventory", "table.csv", "-o", "w.yaml", "--out", "o"], &["o", "w.yaml"]),
    (&["import", "usage", "usage.csv", "-p", "tiny.yaml", "-o", "w.yaml", "--out", "o"], &["o", "w.yaml"]),
    (&["export", "openrouter", "tiny.yaml", "--out", "o"], &["o"]),
    (&["export", "portkey", "tiny.yaml", "--out", "o"], &["o"]),
    (&["export", "uk-register", "tiny.yaml", "--out", "o"], &["o"]),
    (&["export", "cyclonedx", "tiny.yaml", "--out", "o"], &["o"]),
    (&["export", "dora", "tiny.yaml", "-o", "d.zip", "--out", "o"], &["d.zip", "o"]),
    (&["export", "inventory", "tiny.yaml", "--out", "o.xlsx"], &["o.xlsx"]),
    (&["export", "prometheus", "tiny.yaml", "--trials", "50", "--out", "o"], &["o"]),
    (&["explain", "--out", "o"], &["o"]),
    (&["serve", "tiny.yaml", "--static", "s", "--no-plan", "--trials", "50"], &["s/index.html"]),
    (&["replay", "tiny.yaml", "--out", "o"], &["o"]),
    (&["reverse", "tiny.yaml", "--loss", "1000", "--out", "o"], &["o"]),
    (&["diversify", "tiny.yaml", "--trials", "50", "--out", "o"], &["o"]),
    (&["shocks", "list", "--out", "o"], &["o"]),
    (&["shocks", "show", "openai_outage", "--out", "o"], &["o"]),
    (&["shocks", "calibrate", "--out", "o"], &["o"]),
    (&["catalog", "status", "--out", "o"], &["o"]),
    (&["list", "offers", "--out", "o"], &["o"]),
    (&["schema", "--out", "o"], &["o"]),
    (&["completions", "bash", "--out", "o"], &["o"]),
    (&["man", "man"], &["man/multipolar.1"]),
];

/// New events.
const EVENTS: &str = "id,date,kind,actor,name,suppliers,shocks,models,retires\n\
    n1,2026-11-12,outage,US,OpenAI is down for six hours,openai,,,\n";

/// A bill of materials.
const BILL: &str = r#"{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [
    {"type": "machine-learning-model", "bom-ref": "m", "name": "gpt-5.4"}]}"#;

/// A price list.
const MAP: &str = r#"{"gpt-5.4": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 2e-06,
    "output_cost_per_token": 1e-05}}"#;

/// Files and folders by name, with the bytes of the files.
type State = BTreeMap<String, Vec<u8>>;

/// Every file and folder below a folder, with the bytes of the files.
fn state(folder: &Path) -> State {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(dir) = folders.pop() {
        for entry in fs::read_dir(dir).unwrap().map(Result::unwrap) {
            let path = entry.path();
            let name = path.strip_prefix(folder).unwrap().display().to_string();
            found.insert(name, if path.is_dir() { Vec::new() } else { fs::read(&path).unwrap() });
            if path.is_dir() {
                folders.push(path);
            }
        }
    }
    found
}

/// Runs a command and sends it a signal after a time; whether the signal came before the end.
fn signaled(folder: &Folder, arguments: &[&str], signal: &str, after: Duration) -> bool {
    let mut child = folder
        .command(&[arguments, &["--quiet"]].concat())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    thread::sleep(after);
    // The process has not been waited for, so its id is still its own.
    let kill = Command::new("kill")
        .args([&format!("-{signal}"), &child.id().to_string()])
        .stderr(Stdio::null())
        .status();
    assert!(kill.is_ok());
    child.wait().unwrap().code() == Some(130)
}

/// Files are whole, old ones or those of a run that was not stopped, and there is nothing else.
fn is_whole(before: &State, after: &State, new: &State, is_exact: bool) {
    for (name, bytes) in after.iter().filter(|(name, bytes)| before.get(*name) != Some(bytes)) {
        let Some(whole) = new.get(name) else { panic!("'{name}' is left behind") };
        // The manifest has a clock.
        let is_exact = is_exact && !name.ends_with("manifest.json");
        assert!(!is_exact || bytes == whole, "'{name}' is not whole");
    }
    assert!(before.keys().all(|name| after.contains_key(name)), "a file is gone");
}

#[test]
fn a_run_that_is_stopped_leaves_no_half_file_and_no_temporary_one() {
    let (mut n_stopped, mut n_runs) = (0, 0);
    let all = WRITERS.iter().map(|writer| (*writer, &MOMENTS[..]));
    let simple = SIMPLE_WRITERS.iter().map(|writer| (*writer, &FEW_MOMENTS[..]));
    for ((arguments, written), moments) in all.chain(simple) {
        let whole = Folder::new();
        let shard = ["simulate", "tiny.yaml", "--trials", "2000", "--trials-out", "shard.csv"];
        assert_eq!(whole.run(&shard).code, 0);
        whole.write("map.json", MAP);
        whole.write("gateway.yaml", include_str!("../../fixtures/litellm/multi_cloud.yaml"));
        whole.write("bill.json", BILL);
        whole.write("table.csv", "workload,offer\nchat,gpt-5.4@openai:EU\n");
        whole.write(
            "usage.csv",
            "date,model,prompt_tokens,completion_tokens\n2026-11-01,gpt-5.4,1000000,1000\n",
        );
        whole.write("events.csv", EVENTS);
        let shards = state(&whole.path(""));
        let begun = Instant::now();
        let ended = whole.run(arguments);
        assert!(ended.code == 0 || ended.code == 7, "{arguments:?}: {}", ended.stderr);
        let (time, new) = (begun.elapsed(), state(&whole.path("")));
        for (nth, &moment) in moments.iter().enumerate() {
            let folder = Folder::new();
            shards.iter().for_each(|(name, bytes)| fs::write(folder.path(name), bytes).unwrap());
            // Every second time the files of an earlier run are there, and a file of the user's own.
            let is_second = nth % 2 == 1;
            for file in written.iter().filter(|_| is_second) {
                fs::create_dir_all(folder.path(file).parent().unwrap()).unwrap();
                folder.write(file, "old");
                if !file.contains("inputs/") {
                    fs::write(folder.path(file).with_file_name("own.txt"), "own").unwrap();
                }
            }
            let before = state(&folder.path(""));
            let signal = if nth % 3 == 0 { "INT" } else { "TERM" };
            n_stopped += usize::from(signaled(&folder, arguments, signal, time.mul_f64(moment)));
            n_runs += 1;
            let after = state(&folder.path(""));
            // The first signal ends a simulation with the trials that are done, which is an answer too.
            is_whole(&before, &after, &new, arguments[0] != "simulate");
            let is_new = |file: &&str| after.get(*file).is_some_and(|bytes| bytes != b"old");
            let together = written.iter().filter(|file| file.contains("t.") || file.contains("report"));
            let n_new = together.clone().filter(|file| is_new(file)).count();
            assert!(
                n_new == 0 || n_new == together.count(),
                "{arguments:?} at {moment}: half of the files are new"
            );
        }
    }
    // Otherwise the moments say nothing.
    assert!(n_stopped > n_runs / 4, "only {n_stopped} of {n_runs} runs were stopped");
}

/// A process that is killed cannot clean up, so hidden names may be left; the folder of the report is the old one or the
/// new one, the earlier quarter is as it was, and the next run succeeds.
#[test]
fn a_run_that_is_killed_leaves_the_old_report_or_the_new_one() {
    let folder = Folder::new();
    for (name, text) in
        [("2026Q3/report.md", "earlier"), ("2026Q4/report.md", "old"), ("2026Q4/own.txt", "own")]
    {
        let path = folder.path("reports/tiny").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let shown = |folder: &Folder| {
        let all = state(&folder.path("reports/tiny"));
        let is_shown = |name: &str| !name.starts_with('.');
        all.into_iter().filter(|(name, _)| is_shown(name)).collect::<BTreeMap<_, _>>()
    };
    let old = shown(&folder);
    let whole = Folder::new();
    let begun = Instant::now();
    assert_eq!(whole.run(&PLAN).code, 0);
    let time = begun.elapsed();
    let mut n_old = 0;
    for moment in [0.3, 0.8, 0.9, 0.95, 0.98, 1.0, 1.02] {
        signaled(&folder, &PLAN, "KILL", time.mul_f64(moment));
        let found = shown(&folder);
        assert_eq!(found["2026Q3/report.md"], b"earlier");
        assert_eq!(found["2026Q4/own.txt"], b"own");
        if found.len() == old.len() {
            assert!(found == old, "at {moment}: the old report is not whole");
            n_old += 1;
            continue;
        }
        for file in REPORT.map(|file| file.strip_prefix("reports/tiny/").unwrap()) {
            assert!(found.contains_key(file), "at {moment}: '{file}' is missing");
        }
        assert!(found["2026Q4/results.json"].ends_with(b"}\n"), "at {moment}");
    }
    assert!(n_old > 0, "no run was stopped");
    assert_eq!(folder.run(&PLAN).code, 0);
    assert_eq!(shown(&folder)["2026Q4/own.txt"], b"own");
}

/// A file may have at most some KiB here, so the results cannot be written, as on a disk that is full.
#[test]
fn a_report_that_cannot_be_written_leaves_the_old_one() {
    let folder = Folder::new();
    fs::create_dir_all(folder.path("reports/tiny/2026Q4")).unwrap();
    folder.write("reports/tiny/2026Q4/report.md", "old");
    let before = state(&folder.path(""));
    let limited =
        format!("trap '' XFSZ; ulimit -f 8; exec '{}' {}", env!("CARGO_BIN_EXE_multipolar"), PLAN.join(" "));
    let ended = Command::new("sh").args(["-c", &limited]).current_dir(folder.path("")).output().unwrap();
    let told = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!(ended.status.code(), Some(6), "{told}");
    assert!(told.contains("results.json' cannot be written"), "{told}");
    assert!(state(&folder.path("")) == before, "something is left, or gone");
}

/// A link in the place of the folder may lead anywhere, so it is refused; links in the folder are replaced, not followed.
#[test]
fn links_are_not_followed_out_of_the_folder_of_a_report() {
    let folder = Folder::new();
    fs::create_dir_all(folder.path("elsewhere")).unwrap();
    fs::create_dir_all(folder.path("reports/tiny")).unwrap();
    folder.write("elsewhere/report.md", "of others");
    std::os::unix::fs::symlink("../../elsewhere", folder.path("reports/tiny/2026Q4")).unwrap();
    let ended = folder.run(&PLAN);
    assert_eq!(ended.code, 6, "{}", ended.stderr);
    assert!(ended.stderr.contains("it is a link"), "{}", ended.stderr);
    fs::remove_file(folder.path("reports/tiny/2026Q4")).unwrap();
    fs::create_dir(folder.path("reports/tiny/2026Q4")).unwrap();
    std::os::unix::fs::symlink("../../../elsewhere/report.md", folder.path("reports/tiny/2026Q4/report.md"))
        .unwrap();
    std::os::unix::fs::symlink("nowhere", folder.path("reports/tiny/2026Q4/mine")).unwrap();
    assert_eq!(folder.run(&PLAN).code, 0);
    assert_eq!(folder.read("elsewhere/report.md"), "of others");
    assert!(folder.read("reports/tiny/2026Q4/report.md").starts_with("# "));
    assert!(folder.path("reports/tiny/2026Q4/mine").is_symlink());
}

/// The commands of a help text.
fn commands_of(folder: &Folder, of: &[&str]) -> Vec<String> {
    let text = folder.run(&[of, &["--help"]].concat()).stdout;
    let Some((_, list)) = text.split_once("Commands:\n") else { return Vec::new() };
    let lines = list.lines().take_while(|line| !line.is_empty());
    let named = lines.filter_map(|line| {
        line.strip_prefix("  ")?.split_whitespace().next().filter(|_| !line.starts_with("   "))
    });
    named.filter(|name| *name != "help").map(str::to_owned).collect()
}

#[test]
fn every_command_that_writes_is_stopped() {
    let folder = Folder::new();
    let stopped = |path: &[&str]| {
        let mut writers = WRITERS.iter().chain(&SIMPLE_WRITERS);
        assert!(writers.any(|writer| writer.0.starts_with(path)), "{path:?} is not stopped in these tests");
    };
    let commands = commands_of(&folder, &[]);
    assert!(commands.len() > 15, "{commands:?}");
    for command in &commands {
        let questions = commands_of(&folder, &[command]);
        questions.iter().for_each(|question| stopped(&[command, question]));
        stopped(&[command]);
    }
}

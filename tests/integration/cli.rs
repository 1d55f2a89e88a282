//! The command as its users meet it: exit codes, what goes to stdout and stderr, and files that are whole or not there.

mod answers;
mod bom;
mod catalog;
mod compare;
mod currency;
mod diversify;
mod drawing;
mod exports;
mod faces;
mod gate;
mod gateway;
mod history;
mod hostile_names;
mod html;
mod init;
#[cfg(unix)]
mod interrupt;
#[cfg(unix)]
mod killed;
mod list;
mod manners;
mod option;
mod overwriting;
mod parquet;
#[cfg(feature = "pdf")]
mod pdf;
mod plan_schemas;
mod registers;
mod report;
mod reverse;
mod schema;
mod schemas;
mod screen;
mod shards;
mod shocks;
mod stress;
mod trials;
mod what_if;
mod workbook;

use std::fs;
use std::io::Read;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// One workload with few eligible offers, so that planning is quick; `us` is broken today.
const TINY: &str = "\
format_version: 1
company: {name: Tiny Ltd (invented), headquarters: DE, sites: [DE]}
currency: {code: EUR, usd: 1.1}
horizon: 365d
workloads:
  - id: chat
    name: Chat
    demand: {input_mtok: 400, output_mtok: 100}
    users: {DE: 0.7, FR: 0.3}
    data: internal
    outage_cost_usd_per_day: 90000
    recovery_objective: 1d
    require: {model: [gpt-5.4, mistral-large-3], region: [EU]}
    allocation: {gpt-5.4@openai:EU: 1.0}
limits:
";
const US_LIMIT: &str = "  - {id: us, measure: share, of: origin, is: US, at_most: 0.6}\n";
const COST_LIMIT: &str = "  - {id: cost, measure: monthly_cost, at_most_usd: 10}\n";

const COMMANDS: [&str; 7] = ["plan", "check", "exposure", "stress", "simulate", "optimize", "report"];

/// A folder of its own with a few portfolios; commands run in it.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().expect("a temporary folder"));
        folder.write("tiny.yaml", &format!("{TINY}{US_LIMIT}"));
        folder
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("a file in a temporary folder");
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).expect("a file in a temporary folder")
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_multipolar"));
        command.args(arguments).current_dir(self.0.path()).stdin(Stdio::null()).env_remove("COLUMNS");
        command
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        Ended::new(&self.command(arguments).output().expect("the program starts"))
    }
}

struct Ended {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Ended {
    fn new(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
        Self {
            code: output.status.code().expect("an exit code"),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
        }
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|e| panic!("{e}\n{}\n{}", self.stdout, self.stderr))
    }
}

fn shipped(name: &str) -> String {
    format!("{}/portfolios/{name}.yaml", env!("CARGO_MANIFEST_DIR"))
}

/// The answer without what it says on how it came about.
fn without(mut answer: Value, key: &str) -> (Value, Value) {
    let remark = answer.as_object_mut().expect("an object").remove(key);
    (answer, remark.unwrap_or(Value::Null))
}

fn has_keys(value: &Value, keys: &[&str]) {
    let object = value.as_object().unwrap_or_else(|| panic!("no object: {value}"));
    for key in keys {
        assert!(object.contains_key(*key), "'{key}' is missing in {value:.300}");
    }
}

#[test]
fn help_and_version_end_well_on_stdout() {
    let folder = Folder::new();
    for arguments in [&["--help"][..], &["--version"], &["plan", "--help"], &["stress", "-h"]] {
        let ended = folder.run(arguments);
        assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{arguments:?}");
        assert!(!ended.stdout.is_empty());
    }
}

#[test]
fn what_is_typed_wrong_is_a_usage_error() {
    let folder = Folder::new();
    let wrong: [&[&str]; 14] = [
        &[],
        &["plans"],
        &["exposure"],
        &["exposure", "tiny.yaml", "--no-such-flag"],
        &["exposure", "tiny.yaml", "--format", "xml"],
        &["simulate", "tiny.yaml", "--trials", "0"],
        &["simulate", "tiny.yaml", "--threads", "0"],
        &["simulate", "tiny.yaml", "--rates", "median"],
        &["optimize", "tiny.yaml", "--cvar-weight", "1.5"],
        &["optimize", "tiny.yaml", "--confidence-level", "1"],
        &["stress", "tiny.yaml", "--all", "--scenario", "june_2026_order"],
        &["stress", "tiny.yaml", "--at", "3d"],
        &["stress", "tiny.yaml", "--scenario", "june_2026_ordr"],
        &["exposure", "tiny.yaml", "--out", "tiny.yaml"],
    ];
    for arguments in wrong {
        let ended = folder.run(arguments);
        assert_eq!((ended.code, ended.stdout.as_str()), (2, ""), "{arguments:?}: {}", ended.stderr);
        assert!(!ended.stderr.is_empty());
    }
    let ended = folder.run(&["stress", "tiny.yaml", "--scenario", "june_2026_ordr"]);
    assert!(ended.stderr.contains("did you mean 'june_2026_order'?"), "{}", ended.stderr);
    assert!(fs::read_to_string(folder.path("tiny.yaml")).unwrap().starts_with("format_version"));
}

#[test]
fn a_file_that_cannot_be_read_is_told_by_every_command() {
    let folder = Folder::new();
    fs::create_dir(folder.path("folder.yaml")).unwrap();
    for command in COMMANDS {
        for (file, reason) in [("missing.yaml", "it does not exist"), ("folder.yaml", "it is a directory")] {
            let ended = folder.run(&[command, file]);
            assert_eq!(ended.code, 6, "{command} {file}: {}", ended.stderr);
            assert!(
                ended.stderr.contains("error[unreadable-file]") && ended.stderr.contains(reason),
                "{}",
                ended.stderr
            );
        }
        let ended = folder.run(&[command, "tiny.yaml", "--catalog", "nowhere"]);
        assert_eq!(ended.code, 6, "{command}: {}", ended.stderr);
    }
    assert!(!folder.path("reports").exists());
}

#[test]
fn a_wrong_file_is_told_with_its_place_by_every_command() {
    let folder = Folder::new();
    folder.write("broken.yaml", "format_version: 1\ncompany: [oh\n");
    folder.write("wrong.yaml", &TINY.replace("recovery_objective", "recovery_objectiv"));
    for command in COMMANDS {
        for file in ["broken.yaml", "wrong.yaml"] {
            let ended = folder.run(&[command, file]);
            assert_eq!(ended.code, 3, "{command} {file}: {}", ended.stderr);
            assert!(ended.stderr.contains(&format!("--> {file}:")), "{}", ended.stderr);
            assert!(!ended.stderr.contains("panicked"), "{}", ended.stderr);
        }
    }
    assert!(!folder.path("reports").exists());
}

#[test]
fn an_answer_is_written_whole_or_not_at_all() {
    let folder = Folder::new();
    let ended = folder.run(&["exposure", "tiny.yaml", "--format", "json", "--out", "exposure.json"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (0, ""));
    assert!(ended.stderr.contains("wrote exposure.json"), "{}", ended.stderr);
    let written = fs::read_to_string(folder.path("exposure.json")).unwrap();
    assert!(serde_json::from_str::<Value>(&written).is_ok());
    for (out, reason) in [("no/such/folder.json", "its folder does not exist"), (".", "it is a directory")] {
        let ended = folder.run(&["exposure", "tiny.yaml", "--out", out]);
        assert_eq!(ended.code, 6, "{}", ended.stderr);
        assert!(ended.stderr.contains(reason), "{}", ended.stderr);
    }
    // The portfolio and the one answer: no temporary file is left.
    assert_eq!(fs::read_dir(folder.0.path()).unwrap().count(), 2);
}

#[test]
fn quiet_says_nothing_but_the_answer_and_errors() {
    let folder = Folder::new();
    let ended = folder.run(&["exposure", "tiny.yaml", "--out", "out.txt", "--quiet"]);
    assert_eq!((ended.code, ended.stdout.as_str(), ended.stderr.as_str()), (0, "", ""));
    let ended = folder.run(&["exposure", "missing.yaml", "-q"]);
    assert!(ended.code == 6 && !ended.stderr.is_empty());
}

/// `multipolar … | head -1`.
#[test]
fn a_reader_that_goes_away_ends_the_run_well() {
    let folder = Folder::new();
    let mut child = folder
        .command(&["exposure", &shipped("quickstart"), "--format", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    // Closed before the answer is computed: the first write already finds nobody.
    drop(child.stdout.take());
    let mut stderr = String::new();
    child.stderr.take().expect("piped").read_to_string(&mut stderr).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{stderr}");
    assert!(!stderr.contains("error"), "{stderr}");
}

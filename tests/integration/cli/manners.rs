//! Flags and variables, version, completions and manual pages, messages that cannot steer a terminal.

use std::fs::{self, File};
use std::process::Stdio;

use super::{Ended, Folder};

/// The same command with variables set.
fn with(folder: &Folder, variables: &[(&str, &str)], arguments: &[&str]) -> Ended {
    let mut command = folder.command(arguments);
    command.envs(variables.iter().copied());
    Ended::new(&command.output().expect("the program starts"))
}

#[test]
fn the_version_comes_with_the_date_of_the_catalog() {
    let text = Folder::new().run(&["--version"]).stdout;
    let lines: Vec<&str> = text.lines().collect();
    let version = concat!("multipolar ", env!("CARGO_PKG_VERSION"));
    let commit = lines[0].strip_prefix(version).unwrap_or_else(|| panic!("{text}")).trim();
    let is_commit = |text: &str| text.len() >= 7 && text.chars().all(|c| c.is_ascii_hexdigit());
    assert!(commit.is_empty() || is_commit(commit.trim_matches(['(', ')'])), "{text}");
    assert!(lines.len() == 2 && lines[1].starts_with("catalog as of 20"), "{text}");
}

/// Trials, seed and threads are refused where they would do nothing.
#[test]
fn a_flag_that_does_nothing_is_refused() {
    let folder = Folder::new();
    for command in [
        &["exposure", "tiny.yaml"][..],
        &["stress", "tiny.yaml"],
        &["merge", "tiny.yaml", "s.csv"],
        &["shocks", "list"],
        &["list", "models"],
        &["init", "--size", "2,2"],
        &["schema"],
    ] {
        for flag in ["--trials", "--seed"] {
            let ended = folder.run(&[command, &[flag, "5"]].concat());
            assert!(ended.code == 2 && ended.stderr.contains(flag), "{command:?} {flag}: {}", ended.stderr);
        }
    }
    for command in
        [&["list", "models"][..], &["init", "--size", "2,2"], &["schema"], &["completions", "bash"]]
    {
        assert_eq!(folder.run(&[command, &["--threads", "1"]].concat()).code, 2, "{command:?}");
    }
    assert_eq!(folder.run(&["schema", "--catalog", "."]).code, 2);
    assert_eq!(folder.run(&["exposure", "tiny.yaml", "--threads", "1"]).code, 0);
}

/// A variable sets the default, and a flag goes before it.
#[test]
fn variables_set_defaults() {
    let folder = Folder::new();
    let variables = [("MULTIPOLAR_FORMAT", "json"), ("MULTIPOLAR_TRIALS", "300"), ("MULTIPOLAR_SEED", "7")];
    let answer = with(&folder, &variables, &["simulate", "tiny.yaml", "--seed", "8"]).json();
    assert_eq!((&answer["trials"], &answer["seed"]), (&300.into(), &8.into()));
    let refused = with(&folder, &[("MULTIPOLAR_CATALOG", "nowhere")], &["exposure", "tiny.yaml"]);
    assert!(refused.code == 6 && refused.stderr.contains("nowhere"), "{}", refused.stderr);
    let quiet = with(&folder, &[("MULTIPOLAR_QUIET", "1")], &["exposure", "tiny.yaml", "--out", "out.txt"]);
    assert_eq!((quiet.code, quiet.stderr.as_str()), (0, ""));
    // A value that the command cannot have is told with where it comes from.
    let csv = with(&folder, &[("MULTIPOLAR_FORMAT", "csv")], &["plan", "tiny.yaml"]);
    assert!(csv.code == 2 && csv.stderr.contains("variable MULTIPOLAR_FORMAT"), "{}", csv.stderr);
    let help = folder.run(&["simulate", "--help"]).stdout;
    for variable in
        ["CATALOG", "JURISDICTIONS", "SEED", "TRIALS", "THREADS", "MAX_MEMORY", "FORMAT", "QUIET", "COLOR"]
    {
        assert!(help.contains(&format!("[env: MULTIPOLAR_{variable}=")), "{variable}: {help}");
    }
}

/// 26 MiB are needed without a trial, and 32 bytes more for each; the largest number of trials that fits does run.
#[test]
fn a_run_that_would_need_too_much_memory_is_refused_with_what_would_fit() {
    let folder = Folder::new();
    let run = ["simulate", "tiny.yaml", "--trials", "10000000", "--max-memory", "40MB"];
    let ended = folder.run(&run);
    assert_eq!((ended.code, ended.stdout.as_str()), (5, ""));
    let told = &ended.stderr;
    assert!(
        told.contains("needs about 34") && told.contains("than the 40MB that --max-memory allows"),
        "{told}"
    );
    let fits = told.split("--trials ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap();
    let fits: u64 = fits.parse().unwrap();
    assert!((100_000..1_000_000).contains(&fits), "{told}");
    for (n_trials, code) in [(fits + 1, 5), (300, 0)] {
        let n_trials = n_trials.to_string();
        let run = ["simulate", "tiny.yaml", "--trials", &n_trials, "--max-memory", "40MB"];
        assert_eq!(folder.run(&run).code, code, "{n_trials}");
    }
    for command in ["exposure", "stress", "optimize", "plan"] {
        let all: &[&str] = if command == "stress" { &["--all"] } else { &[] };
        let ended =
            with(&folder, &[("MULTIPOLAR_MAX_MEMORY", "1MB")], &[&[command, "tiny.yaml"], all].concat());
        assert_eq!(ended.code, 5, "{command}");
        assert!(ended.stderr.contains("= help: allow "), "{command}: {}", ended.stderr);
    }
    assert_eq!(folder.run(&["exposure", "tiny.yaml", "--max-memory", "2"]).code, 2);
}

/// A shard needs memory for its own trials only, and their merger for all.
#[test]
fn a_shard_needs_memory_for_its_own_trials() {
    let folder = Folder::new();
    let study = |shard: &str, limit: &str, out: &str| {
        let run = ["simulate", "tiny.yaml", "--trials", "100000", "--shard", shard, "--max-memory", limit];
        folder.run(&[&run[..], &["--trials-out", out]].concat())
    };
    let refused = study("1/1", "1MB", "all.csv").stderr;
    let needed = refused.split("needs about ").nth(1).and_then(|rest| rest.split("MB").next()).unwrap();
    // Half the trials take 1.6 MB less.
    let limit = format!("{}MB", needed.parse::<u64>().unwrap() - 1);
    assert_eq!(study("1/1", &limit, "all.csv").code, 5);
    for shard in ["1", "2"] {
        let ended = study(&format!("{shard}/2"), &limit, &format!("s{shard}.csv"));
        assert_eq!(ended.code, 0, "{}", ended.stderr);
    }
    let merge = ["merge", "tiny.yaml", "s1.csv", "s2.csv"];
    assert_eq!(folder.run(&[&merge[..], &["--max-memory", &limit]].concat()).code, 5);
    assert_eq!(folder.run(&merge).code, 0);
}

/// A pipe with a name takes an answer as stdout does. A table of trials is written piece by piece and then renamed, which a
/// pipe cannot be, so that it is refused before anything is computed.
#[test]
#[cfg(unix)]
fn a_pipe_takes_an_answer_but_no_table_of_trials() {
    let folder = Folder::new();
    let made = std::process::Command::new("mkfifo").arg(folder.path("pipe.csv")).status();
    assert!(made.is_ok_and(|status| status.success()), "mkfifo");
    let refused = folder.run(&["simulate", "tiny.yaml", "--trials", "300", "--trials-out", "pipe.csv"]);
    assert_eq!((refused.code, refused.stdout.as_str()), (6, ""));
    assert!(refused.stderr.contains("it is not an ordinary file"), "{}", refused.stderr);
    let pipe = folder.path("pipe.csv");
    let reader = std::thread::spawn(move || fs::read_to_string(pipe));
    let ended = folder.run(&["exposure", "tiny.yaml", "--out", "pipe.csv"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (0, ""));
    assert_eq!(reader.join().unwrap().unwrap(), folder.run(&["exposure", "tiny.yaml"]).stdout);
}

#[test]
fn every_shell_has_its_completions() {
    let folder = Folder::new();
    for (shell, said) in [
        ("bash", "complete -F _multipolar"),
        ("zsh", "#compdef multipolar"),
        ("fish", "complete -c multipolar"),
        ("powershell", "Register-ArgumentCompleter"),
        ("elvish", "edit:completion:arg-completer[multipolar]"),
    ] {
        let ended = folder.run(&["completions", shell]);
        assert!(ended.code == 0 && ended.stdout.contains(said), "{shell}: {}", ended.stderr);
        assert!(ended.stdout.contains("shocks"), "{shell}");
    }
}

/// One page for the program and one for each command, in a folder that is made.
#[test]
fn manual_pages_are_written_into_a_folder() {
    let folder = Folder::new();
    let ended = folder.run(&["man", "share/man1"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (0, ""));
    for page in ["multipolar", "multipolar-plan", "multipolar-shocks-show", "multipolar-list"] {
        let text = folder.read(&format!("share/man1/{page}.1"));
        assert!(text.contains(".TH") && text.contains(&page.replace('-', "\\-")), "{page}: {text:.300}");
    }
    let n_pages = fs::read_dir(folder.path("share/man1")).unwrap().count();
    assert!(ended.stderr.contains(&format!("wrote {n_pages} pages")), "{}", ended.stderr);
    assert_eq!(folder.run(&["man", "tiny.yaml"]).code, 6);
}

/// ESC clears a screen, BEL rings: neither reaches the terminal from an argument.
#[test]
fn arguments_cannot_steer_the_terminal() {
    let folder = Folder::new();
    let evil = "\u{1b}[2J\u{7}\u{202e}x";
    let out = format!("{evil}.txt");
    for arguments in [
        &["stress", "tiny.yaml", "--shock", evil][..],
        &["stress", "tiny.yaml", "--scenario", evil],
        &["optimize", "tiny.yaml", "--why", evil],
        &["optimize", "tiny.yaml", "--why", "gpt-5.4@openai:EU", "--workload", evil],
        &["list", "offers", "tiny.yaml", "--for", evil],
        &["list", "offers", "--where", evil],
        &["shocks", "show", evil],
        &["shocks", "calibrate", "--events", evil],
        &["replay", "tiny.yaml", "--plan", evil],
        &["diversify", evil],
        &["shocks", "list", "--kind", evil],
        &["schema", evil],
        &["exposure", evil],
        &["exposure", "tiny.yaml", "--format", evil],
        &["exposure", "tiny.yaml", "--graph", evil],
        &["exposure", "tiny.yaml", evil],
        &["exposure", "tiny.yaml", "--out", &out],
        &["exposure", "tiny.yaml", "--out", &format!("no/{out}")],
        &[evil],
    ] {
        let ended = folder.run(arguments);
        let is_clean = |text: &str| !text.chars().any(|c| (c.is_control() && c != '\n') || c == '\u{202e}');
        assert!(is_clean(&ended.stderr) && is_clean(&ended.stdout), "{arguments:?}: {:?}", ended.stderr);
        assert!(ended.stderr.contains("\\u{"), "{arguments:?}: {:?}", ended.stderr);
    }
}

/// Nobody has read what could not be written.
#[cfg(target_os = "linux")]
#[test]
fn help_that_cannot_be_written_is_an_error() {
    let folder = Folder::new();
    for arguments in
        [&["--help"][..], &["--version"], &["plan", "--help"], &["completions", "bash"], &["list", "rules"]]
    {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let output =
            folder.command(arguments).stdout(Stdio::from(full)).stderr(Stdio::piped()).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(6), "{arguments:?}: {stderr}");
        assert!(stderr.contains("cannot be written to stdout"), "{arguments:?}: {stderr}");
    }
}

/// Refused before anything is computed, also where the name would only fail at the end.
#[test]
fn a_target_that_can_be_no_file_is_told_in_a_sentence() {
    let folder = Folder::new();
    let long = format!("{}.json", "x".repeat(300));
    for (out, said) in [
        ("newdir/", "it ends like a folder: name a file"),
        (".", "it is a directory"),
        (long.as_str(), "its name has 305 bytes, and at most 239 are allowed"),
    ] {
        for command in [&["exposure", "tiny.yaml"][..], &["list", "models"], &["schema", "check"]] {
            let ended = folder.run(&[command, &["--out", out]].concat());
            assert!(ended.code == 6 && ended.stderr.contains(said), "{command:?} {out}: {}", ended.stderr);
        }
    }
    let ended = folder.run(&["simulate", "tiny.yaml", "--trials", "5", "--trials-out", &"y".repeat(300)]);
    assert!(ended.code == 2 || ended.code == 6, "{}", ended.stderr);
    assert_eq!(fs::read_dir(folder.path("")).unwrap().count(), 1);
}

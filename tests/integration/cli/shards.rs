//! Shards of a study, put together to the bytes of one run; what does not fit is refused.

use std::fs;

use super::{Ended, Folder, US_LIMIT, shipped};

const ENDINGS: &[&str] = if cfg!(feature = "parquet") { &["csv", "parquet"] } else { &["csv"] };

/// A study of 900 trials in three shards.
fn simulate_shards(folder: &Folder, portfolio: &str, ending: &str) -> Vec<String> {
    let shard = |i: u32| {
        let (shard, file) = (format!("{i}/3"), format!("s{i}.{ending}"));
        let ended =
            folder.run(&["simulate", portfolio, "--trials", "900", "--shard", &shard, "--trials-out", &file]);
        assert_eq!(ended.code, 0, "{}", ended.stderr);
        assert!(ended.stdout.contains(&format!("Shard {i} of 3 only")), "{}", ended.stdout);
        file
    };
    (1..=3).map(shard).collect()
}

fn merge(folder: &Folder, files: &[&str], more: &[&str]) -> Ended {
    folder.run(&[&["merge", "tiny.yaml"], files, more].concat())
}

#[track_caller]
fn assert_refused(ended: &Ended, code: i32, words: &[&str]) {
    assert_eq!((ended.code, ended.stdout.as_str()), (code, ""), "{}", ended.stderr);
    for word in words {
        assert!(ended.stderr.contains(word), "{word} is missing in: {}", ended.stderr);
    }
}

/// In any order: tables, events, manifest, and the answer in every format.
#[test]
fn merged_shards_are_the_bytes_of_one_run() {
    let folder = Folder::new();
    let portfolio = shipped("quickstart");
    for ending in ENDINGS {
        let shards = simulate_shards(&folder, &portfolio, ending);
        let shards: Vec<&str> = [2, 0, 1].iter().map(|at: &usize| shards[*at].as_str()).collect();
        let (one, all) = (format!("one.{ending}"), format!("all.{ending}"));
        for format in ["table", "json", "csv"] {
            let run = ["simulate", &portfolio, "--trials", "900", "--format", format, "--trials-out", &one];
            let whole = folder.run(&run);
            let more = ["--format", format, "--trials-out", &all];
            let merged = folder.run(&[&["merge", &portfolio], &shards[..], &more].concat());
            assert_eq!((merged.code, &merged.stdout), (0, &whole.stdout), "{}", merged.stderr);
        }
        let read = |name: String| fs::read(folder.path(&name)).unwrap();
        for file in [ending.to_string(), format!("events.{ending}"), format!("{ending}.json")] {
            assert!(read(format!("one.{file}")) == read(format!("all.{file}")), "{file} differs");
        }
    }
}

#[test]
fn missing_and_repeated_shards_are_named() {
    let folder = Folder::new();
    simulate_shards(&folder, "tiny.yaml", "csv");
    let missing = merge(&folder, &["s3.csv", "s1.csv"], &["--trials-out", "all.csv"]);
    assert_refused(&missing, 3, &["error[missing-trials]", "trials 300 to 599", "add shard 2 of 3"]);
    let first = merge(&folder, &["s2.csv", "s3.csv"], &[]);
    assert_refused(&first, 3, &["trials 0 to 299 (before", "add shard 1 of 3"]);
    let repeated = merge(&folder, &["s1.csv", "s2.csv", "s2.csv", "s3.csv"], &[]);
    assert_refused(&repeated, 3, &["error[repeated-trials]", "'s2.csv' also contains trials 300 to 599"]);
    assert!(!folder.path("all.csv").exists() && !folder.path("all.csv.json").exists());
}

#[test]
fn shards_of_another_study_are_refused() {
    let folder = Folder::new();
    simulate_shards(&folder, "tiny.yaml", "csv");
    let other = |more: &[&str]| {
        let run = ["simulate", "tiny.yaml", "--shard", "2/3", "--trials-out", "o.csv"];
        assert_eq!(folder.run(&[&run[..], more].concat()).code, 0);
        merge(&folder, &["s1.csv", "o.csv", "s3.csv"], &[])
    };
    let seed = other(&["--trials", "900", "--seed", "7"]);
    assert_refused(&seed, 3, &["error[wrong-shard]", "--> o.csv.json", "seed of the shard is '7', not '1'"]);
    let rates = other(&["--trials", "900", "--rates", "mean"]);
    assert_refused(&rates, 3, &["error[wrong-shard]", "'mean', not 'drawn'"]);
    assert_refused(&other(&["--trials", "600"]), 3, &["error[wrong-shard]", "'600', not '900'"]);
    let limit = folder.read("tiny.yaml").replace("90000", "90001");
    folder.write("tiny.yaml", &limit);
    let portfolio = merge(&folder, &["s1.csv", "s2.csv", "s3.csv"], &[]);
    assert_refused(&portfolio, 3, &["another version of the portfolio", "3 errors"]);
    folder.write("other.yaml", &limit.replace(US_LIMIT, ""));
    let name = folder.run(&["merge", "other.yaml", "s1.csv"]);
    assert_refused(&name, 3, &["the portfolio of the shard is 'tiny', not 'other'"]);
}

#[test]
fn shards_that_cannot_be_read_or_were_changed_are_told() {
    let folder = Folder::new();
    simulate_shards(&folder, "tiny.yaml", "csv");
    let all = ["s1.csv", "s2.csv", "s3.csv"];
    assert_refused(
        &merge(&folder, &["s1.csv", "no.csv"], &[]),
        6,
        &["error[unreadable-file]", "no.csv.json"],
    );
    let (trials, events) = (folder.read("s2.csv"), folder.read("s2.events.csv"));
    let cut = &trials[..trials.trim_end().rfind('\n').unwrap() + 1];
    for (text, told) in [
        (cut.to_owned(), "it ends before trial 599"),
        (trials.replacen("\n301,", "\n301,1e300,0\n301,", 1), "line 3: a loss must be from 0 to 1e21"),
        (format!("{trials}600,0,0\n"), "one more than the manifest says"),
        (trials.replacen("\n300,", "\n299,", 1), "line 2: trial 299 instead of trial 300"),
        (trials.replacen("loss_usd", "loss", 1), "the first line must be"),
    ] {
        folder.write("s2.csv", &text);
        assert_refused(&merge(&folder, &all, &[]), 3, &["error[broken-shard]", "--> s2.csv", told]);
    }
    folder.write("s2.csv", &trials);
    let out = ["--trials-out", "all.csv"];
    let (head, rest) = events.split_once('\n').unwrap();
    folder.write("s2.events.csv", &format!("{head}\n{}", rest.split_once('\n').unwrap().1));
    assert_refused(&merge(&folder, &all, &out), 3, &["error[broken-shard]", "do not add up"]);
    folder.write("s2.events.csv", &format!("{events}599,9,openai_outage,US,1,1e308\n"));
    assert_refused(&merge(&folder, &all, &out), 3, &["error[broken-shard]", "a loss must be from 0 to 1e21"]);
    // The answer needs no events.
    assert_eq!(merge(&folder, &all, &[]).code, 0);
    fs::remove_file(folder.path("s2.events.csv")).unwrap();
    assert_refused(&merge(&folder, &all, &out), 6, &["error[unreadable-file]", "s2.events.csv"]);
    folder.write("s2.csv.json", "{}");
    assert_refused(&merge(&folder, &all, &[]), 3, &["error[broken-shard]", "--> s2.csv.json"]);
    assert!(!folder.path("all.csv").exists());
}

#[test]
fn a_merge_does_not_write_over_its_shards() {
    let folder = Folder::new();
    simulate_shards(&folder, "tiny.yaml", "csv");
    let all = ["s1.csv", "s2.csv", "s3.csv"];
    for (more, what) in [
        (["--trials-out", "s1.csv"], "a file of the shards"),
        (["--out", "s2.events.csv"], "a file of the shards"),
        (["--out", "tiny.yaml"], "the portfolio"),
    ] {
        assert_refused(&merge(&folder, &all, &more), 2, &["would overwrite", what]);
    }
}

/// Two shards under one name, and one whose table is nonsense.
#[test]
fn tables_that_are_none_are_refused_and_nothing_is_written() {
    for ending in ENDINGS {
        let folder = Folder::new();
        let shards = simulate_shards(&folder, "tiny.yaml", ending);
        let all: Vec<&str> = shards.iter().map(String::as_str).collect();
        let (trials, events) = (format!("s2.{ending}"), format!("s2.events.{ending}"));
        let merged = format!("all.{ending}");
        let out = ["--trials-out", merged.as_str()];
        let [good, good_events] = [&trials, &events].map(|file| fs::read(folder.path(file)).unwrap());
        let half = &good[..good.len() / 2];
        let other = fs::read(folder.path(&format!("s3.{ending}"))).unwrap();
        for bytes in [&b""[..], b"\0\0\0\0", b"\xff\xfe{}", half, &other, &good_events, b"{\"trial\": 300}"] {
            fs::write(folder.path(&trials), bytes).unwrap();
            assert_refused(&merge(&folder, &all, &out), 3, &["error[broken-shard]", &trials, "= help: "]);
        }
        fs::write(folder.path(&trials), &good).unwrap();
        for bytes in [&b""[..], &good, &good_events[..good_events.len() / 2]] {
            fs::write(folder.path(&events), bytes).unwrap();
            assert_refused(&merge(&folder, &all, &out), 3, &["error[broken-shard]", &events, "= help: "]);
        }
        fs::write(folder.path(&events), &good_events).unwrap();
        for (from, to) in [
            ("\"trials\": 300", "\"trials\": 18446744073709551615"),
            ("\"total_trials\": 900", "\"total_trials\": 9000000000000"),
            ("\"first_trial\": 300", "\"first_trial\": -1"),
            ("\"events\": ", "\"events\": 1"),
            ("\"format_version\": ", "\"format_version\": 9"),
            ("{", "[{"),
            ("{", ""),
        ] {
            let manifest = format!("{trials}.json");
            let text = folder.read(&manifest);
            assert!(text.contains(from), "{from} is not in {text}");
            folder.write(&manifest, &text.replacen(from, to, 1));
            assert_refused(&merge(&folder, &all, &out), 3, &["error[broken-shard]", "s2.", "= help: "]);
            folder.write(&manifest, &text);
        }
        assert!(!folder.path(&merged).exists() && !folder.path(&format!("{merged}.json")).exists());
        assert_eq!(merge(&folder, &all, &out).code, 0);
    }
}

/// A folder, a pipe that nobody writes to, a device without an end, and a link to itself, in the place of each file.
#[test]
#[cfg(unix)]
fn what_is_no_ordinary_file_is_refused_without_waiting() {
    use std::os::unix::fs::symlink;

    let folder = Folder::new();
    let shards = simulate_shards(&folder, "tiny.yaml", "csv");
    let all: Vec<&str> = shards.iter().map(String::as_str).collect();
    for file in ["s2.csv", "s2.events.csv", "s2.csv.json"] {
        let (path, good) = (folder.path(file), folder.read(file));
        let refused = |reason: &str| {
            let ended = merge(&folder, &all, &["--trials-out", "all.csv"]);
            assert_refused(&ended, 6, &["error[unreadable-file]", file, reason, "= help: "]);
            assert!(!folder.path("all.csv").exists());
        };
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        refused("it is a directory");
        fs::remove_dir(&path).unwrap();
        let made = std::process::Command::new("mkfifo").arg(&path).status();
        assert!(made.is_ok_and(|status| status.success()), "mkfifo");
        refused("it is not an ordinary file");
        fs::remove_file(&path).unwrap();
        symlink("/dev/zero", &path).unwrap();
        refused("it is not an ordinary file");
        fs::remove_file(&path).unwrap();
        symlink(file, &path).unwrap();
        refused("symbolic link");
        fs::remove_file(&path).unwrap();
        folder.write(file, &good);
    }
    assert_eq!(merge(&folder, &all, &[]).code, 0);
}

/// Whatever byte at the beginning of a page is wrong, stderr has our diagnostic, and nothing of the library that reads it.
#[test]
fn a_damaged_table_is_refused_in_words_of_ours() {
    if !cfg!(feature = "parquet") {
        return;
    }
    let folder = Folder::new();
    let ended = folder.run(&["simulate", "tiny.yaml", "--trials", "50", "--trials-out", "t.parquet"]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let good = fs::read(folder.path("t.parquet")).unwrap();
    let mut n_refused = 0;
    for at in 4..44 {
        let mut bytes = good.clone();
        bytes[at] ^= 0x7f;
        fs::write(folder.path("t.parquet"), bytes).unwrap();
        let ended = merge(&folder, &["t.parquet"], &[]);
        assert!([0, 3].contains(&ended.code), "byte {at}: {}: {}", ended.code, ended.stderr);
        for word in ["panicked", "RUST_BACKTRACE", "bug in multipolar"] {
            assert!(!ended.stderr.contains(word), "byte {at}: {}", ended.stderr);
        }
        n_refused += usize::from(ended.code == 3);
    }
    assert!(n_refused > 0);
}

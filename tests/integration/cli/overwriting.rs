//! No command writes over a file that it reads, under whatever name, or two answers into one file.

use std::fs;

use super::{Folder, TINY, US_LIMIT};

/// A folder with a catalog and jurisdictions of its own.
fn study() -> Folder {
    let folder = Folder::new();
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/");
    fs::copy(format!("{root}jurisdictions.yaml"), folder.path("j.yaml")).unwrap();
    for dir in ["", "/scenarios"] {
        fs::create_dir(folder.path(&format!("c{dir}"))).unwrap();
        for entry in fs::read_dir(format!("{root}catalog{dir}")).unwrap().map(Result::unwrap) {
            let to = folder.path(&format!("c{dir}/{}", entry.file_name().to_string_lossy()));
            if entry.path().is_file() {
                fs::copy(entry.path(), to).unwrap();
            }
        }
    }
    folder
}

/// All files with their bytes; a file that is written over, or a new one, shows.
fn state(folder: &Folder) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    let mut folders = vec![folder.path("")];
    while let Some(dir) = folders.pop() {
        for entry in fs::read_dir(dir).unwrap().map(Result::unwrap) {
            let path = entry.path();
            match entry.file_type().unwrap().is_dir() {
                true => folders.push(path),
                // A link to a folder is no file, and its files are counted once.
                false if path.is_dir() => {}
                false => files.push((path.display().to_string(), fs::read(&path).unwrap())),
            }
        }
    }
    files.sort();
    files
}

const OWN: [&str; 4] = ["--jurisdictions", "j.yaml", "--catalog", "c"];

#[test]
fn no_file_of_the_run_is_written_over() {
    let folder = study();
    let before = state(&folder);
    let scenario = "c/scenarios/june_2026_order.yaml";
    let cases: [(&[&str], &[&str]); 23] = [
        (&["exposure", "tiny.yaml"], &["--out", "j.yaml"]),
        (&["exposure", "tiny.yaml"], &["--out", "c/../c/./models.yaml"]),
        (&["exposure", "tiny.yaml", "--graph", "g.svg"], &["--out", "./g.svg"]),
        (&["check", "tiny.yaml"], &["--out", scenario]),
        (&["stress", "tiny.yaml", "--all"], &["--out", "c/shocks.yaml"]),
        (&["simulate", "tiny.yaml"], &["--out", "c/offers.yaml"]),
        (&["optimize", "tiny.yaml"], &["--out", "c/hardware.yaml"]),
        (&["plan", "tiny.yaml"], &["--out", "c/suppliers.yaml"]),
        (&["report", "tiny.yaml"], &["--out", "./tiny.yaml"]),
        (&["report", "tiny.yaml", "--reports", "r"], &["--out", "r/tiny/2026Q4/report.md"]),
        (&["plan", "tiny.yaml", "--period", "2025Q1"], &["--out", "reports/tiny/2025Q1/inputs/x.txt"]),
        (&["init", "--size", "2,2"], &["--out", "j.yaml"]),
        (&["list", "offers"], &["--out", "c/offers.yaml"]),
        (&["list", "offers", "tiny.yaml"], &["--out", "tiny.yaml"]),
        (&["replay", "tiny.yaml"], &["--out", "c/history.yaml"]),
        (&["diversify", "tiny.yaml"], &["--out", "c/models.yaml"]),
        (&["shocks", "list"], &["--out", "c/shocks.yaml"]),
        (&["landscape", "--chart", "g.svg"], &["--out", "./g.svg"]),
        (&["exposure", "tiny.yaml", "--chart", "g.svg"], &["--out", "g.svg"]),
        (&["replay", "tiny.yaml", "--chart", "g.svg"], &["--out", "g.svg"]),
        (&["signals", "tiny.yaml"], &["--out", "tiny.yaml"]),
        (&["landscape", "-p", "tiny.yaml"], &["--out", "tiny.yaml"]),
        (&["shocks", "show", "openai_outage", "tiny.yaml"], &["--out", "tiny.yaml"]),
    ];
    for (command, out) in cases {
        let ended = folder.run(&[command, out, &OWN].concat());
        assert_eq!((ended.code, ended.stdout.as_str()), (2, ""), "{command:?} {out:?}: {}", ended.stderr);
        assert!(ended.stderr.contains("would overwrite"), "{}", ended.stderr);
    }
    assert!(state(&folder) == before, "a file has changed");
}

/// The report is called `report.md`, and so may the portfolio be.
#[test]
fn a_report_is_not_written_over_the_portfolio() {
    let folder = Folder::new();
    for name in ["reports/report/2026Q4/report.md", "reports/own/2026Q4/inputs/portfolios/own.yaml"] {
        fs::create_dir_all(folder.path(name).parent().unwrap()).unwrap();
        folder.write(name, &format!("{TINY}{US_LIMIT}"));
        let before = state(&folder);
        let ended = folder.run(&["plan", name, "--trials", "50"]);
        assert_eq!(ended.code, 2, "{}", ended.stderr);
        assert!(ended.stderr.contains("--reports would overwrite the portfolio"), "{}", ended.stderr);
        assert!(state(&folder) == before);
    }
}

#[cfg(unix)]
#[test]
fn links_to_a_file_of_the_run_are_refused_like_the_file() {
    let folder = study();
    std::os::unix::fs::symlink("j.yaml", folder.path("soft.yaml")).unwrap();
    std::os::unix::fs::symlink("c", folder.path("d")).unwrap();
    fs::hard_link(folder.path("j.yaml"), folder.path("hard.csv")).unwrap();
    let before = state(&folder);
    for (flag, file) in [
        ("--out", "soft.yaml"),
        ("--out", "d/models.yaml"),
        ("--out", "hard.csv"),
        ("--trials-out", "hard.csv"),
    ] {
        let ended = folder.run(&[&["simulate", "tiny.yaml", flag, file][..], &OWN].concat());
        assert_eq!(ended.code, 2, "{flag} {file}: {}", ended.stderr);
        assert!(ended.stderr.contains(&format!("{flag} would overwrite")), "{}", ended.stderr);
    }
    assert!(state(&folder) == before);
}

/// What is written to a device does not stay there, and other files of a catalog's folder are free.
#[test]
fn what_is_no_file_of_the_run_may_be_written() {
    let folder = study();
    let exposure = |more: &[&str]| folder.run(&[&["exposure", "tiny.yaml"][..], more, &OWN].concat());
    assert_eq!(exposure(&["--out", "c/answer.txt"]).code, 0);
    assert!(folder.path("c/answer.txt").is_file());
    if cfg!(unix) {
        let ended = folder.run(&["simulate", "tiny.yaml", "--trials", "10", "--out", "/dev/null"]);
        assert_eq!(ended.code, 0, "{}", ended.stderr);
    }
    let ended =
        folder.run(&["plan", "tiny.yaml", "--trials", "50", "--out", "reports/tiny/2026Q4/story.txt"]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert!(folder.read("reports/tiny/2026Q4/story.txt").contains("report.html"));
}

/// A file of ten million trials would take minutes: the sentence comes before.
#[test]
fn a_place_where_nothing_can_be_written_is_told_before_the_work() {
    let folder = Folder::new();
    folder.write("file", "");
    fs::create_dir_all(folder.path("reports/tiny/2026Q4/results.json")).unwrap();
    let trials = ["--trials", "10000000"];
    for arguments in [
        &["simulate", "tiny.yaml", "--out", "no/out.txt"][..],
        &["simulate", "tiny.yaml", "--out", "file/out.txt"],
        &["simulate", "tiny.yaml", "--trials-out", "no/t.csv"],
        &["optimize", "tiny.yaml", "--out", "no/out.txt"],
        &["plan", "tiny.yaml"],
        &["report", "tiny.yaml", "--reports", "file"],
    ] {
        let begun = std::time::Instant::now();
        let ended = folder.run(&[arguments, &trials].concat());
        assert_eq!((ended.code, ended.stdout.as_str()), (6, ""), "{arguments:?}: {}", ended.stderr);
        assert!(begun.elapsed().as_secs() < 30, "{arguments:?} computed first");
        assert!(!ended.stderr.contains("wrote"), "{}", ended.stderr);
    }
}

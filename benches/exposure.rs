//! Times `multipolar exposure` as a whole process: the reference portfolio, and generated ones of growing size.
//!
//! Prints a Markdown table for benches/README.md. `cargo bench --bench exposure [-- FILTER]`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Runs per case; the first fills the page cache and is not counted.
const N_RUNS: usize = 5;
/// How often the memory of a run is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(2);
/// Workloads and offers of the generated portfolios, each for users in ten countries.
const SIZES: [(usize, usize); 5] = [(5, 15), (20, 60), (60, 60), (125, 300), (500, 300)];

fn main() {
    let filter = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let folder = std::env::temp_dir().join("multipolar-bench-exposure");
    fs::create_dir_all(&folder).expect("the temporary folder can be made");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut cases: Vec<(String, PathBuf)> = ["european_bank", "japanese_manufacturer", "us_saas"]
        .map(|name| (name.to_owned(), root.join(format!("portfolios/{name}.yaml"))))
        .into();
    for (n_workloads, n_offers) in SIZES {
        let file = folder.join(format!("generated_{n_workloads}x{n_offers}.yaml"));
        run(&[
            "init",
            "--quiet",
            "--size",
            &format!("{n_workloads},{n_offers}"),
            "--out",
            &file.to_string_lossy(),
        ]);
        cases.push((format!("{n_workloads} × {n_offers} × 10"), file));
    }
    println!("| portfolio | seconds, median (min to max) | peak memory, MiB |");
    println!("|---|---|---|");
    for (name, file) in cases.iter().filter(|(name, _)| filter.as_ref().is_none_or(|f| name.contains(f))) {
        let file = file.to_string_lossy();
        let exposure = || run(&["exposure", &file, "--quiet", "--format", "json"]);
        exposure();
        let mut runs: Vec<(f64, u64)> = (0..N_RUNS).map(|_| exposure()).collect();
        runs.sort_by(|a, b| a.0.total_cmp(&b.0));
        let memory = runs.iter().map(|r| r.1).max().unwrap_or(0);
        let (min, median, max) = (runs[0].0, runs[N_RUNS / 2].0, runs[N_RUNS - 1].0);
        println!("| {name} | {median:.3} ({min:.3} to {max:.3}) | {} |", memory / 1024);
    }
}

/// Runs the program; seconds, and the highest resident memory seen, KiB.
fn run(arguments: &[&str]) -> (f64, u64) {
    let start = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_multipolar"))
        .args(arguments)
        .stdout(Stdio::null())
        .spawn()
        .expect("the program starts");
    let status = format!("/proc/{}/status", child.id());
    let mut memory = 0;
    loop {
        memory = memory.max(high_water_kib(&status));
        if let Some(status) = child.try_wait().expect("the program can be waited for") {
            assert!(status.success(), "multipolar {} ended with {status}", arguments.join(" "));
            return (start.elapsed().as_secs_f64(), memory);
        }
        sleep(LOOK_EVERY);
    }
}

/// The kernel's high-water mark; 0 where there is none.
fn high_water_kib(status: &str) -> u64 {
    let text = fs::read_to_string(status).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

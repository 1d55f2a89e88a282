//! Times `multipolar exposure` as a whole process: the reference portfolio, and generated ones of growing size.
//!
//! Prints a Markdown table for benches/README.md. `cargo bench --bench exposure [-- FILTER]`.

#[path = "timing/process.rs"]
mod process;

use std::fs;
use std::path::{Path, PathBuf};

use process::multipolar;

/// Runs per case; the first fills the page cache and is not counted.
const N_RUNS: usize = 5;
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
        multipolar(&[
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
        let exposure = || {
            let run = multipolar(&["exposure", &file, "--quiet", "--format", "json"]);
            assert!(!run.stdout.is_empty(), "exposure prints an answer");
            (run.seconds, run.memory_kib)
        };
        exposure();
        let mut runs: Vec<(f64, u64)> = (0..N_RUNS).map(|_| exposure()).collect();
        runs.sort_by(|a, b| a.0.total_cmp(&b.0));
        let memory = runs.iter().map(|r| r.1).max().unwrap_or(0);
        let (min, median, max) = (runs[0].0, runs[N_RUNS / 2].0, runs[N_RUNS - 1].0);
        println!("| {name} | {median:.3} ({min:.3} to {max:.3}) | {} |", memory / 1024);
    }
}

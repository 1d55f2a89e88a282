//! Times `multipolar simulate` against the same model in numpy (benches/peers/), in the same run.
//!
//! Prints Markdown tables for benches/README.md. `cargo bench --bench simulate [-- --divide N]` runs one N-th of the
//! trials; `-- --tables PORTFOLIO FILE` only writes what the peer reads. `PYTHON` names another interpreter.

#[path = "timing/process.rs"]
mod process;
#[path = "peers/tables.rs"]
mod tables;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use process::{Run, multipolar, run};
use serde_json::Value;

/// Of everything timed; the peer and the program take turns, so that both see the same machine.
const N_ROUNDS: usize = 3;
/// The time of the difference leaves out starting, reading and reporting.
const TRIALS: [u64; 2] = [200_000, 1_000_000];
const PEER_TRIALS: u64 = 100_000;
/// On two threads, for the memory.
const MEMORY_TRIALS: [u64; 3] = [200_000, 1_000_000, 4_000_000];
/// Workloads and offers of the generated portfolios, each for users in ten countries.
const SIZES: [(usize, usize); 2] = [(20, 60), (200, 60)];
const SCALING_TRIALS: [u64; 2] = [20_000, 100_000];
/// The peer draws by another generator: means of both may differ by luck, by more than so many deviations hardly ever.
const MOST_DEVIATIONS: f64 = 4.0;
/// The 97.5th percentile of the standard normal distribution, by which intervals of 95 % are made.
const NORMAL_P975: f64 = 1.959_963_985;
/// Libraries below numpy that would otherwise use every core.
const THREAD_LIMITS: [&str; 3] = ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let divide = match arguments[..] {
        ["--tables", portfolio, file] => return write_tables(Path::new(portfolio), Path::new(file)),
        ["--divide", n] => n.parse().expect("--divide takes a whole number"),
        _ => 1,
    };
    let folder = std::env::temp_dir().join("multipolar-bench-simulate");
    std::fs::create_dir_all(&folder).expect("the temporary folder can be made");
    let portfolio = Path::new(env!("CARGO_MANIFEST_DIR")).join("portfolios/european_bank.yaml");
    let bench = Bench { portfolio, folder, divide };
    bench.speed_and_agreement();
    bench.memory();
    bench.scaling();
}

fn write_tables(portfolio: &Path, file: &Path) {
    std::fs::write(file, tables::tables(portfolio).to_string()).expect("the tables can be written");
}

struct Bench {
    portfolio: PathBuf,
    folder: PathBuf,
    /// Trial counts are divided by this, for a slow machine.
    divide: u64,
}

/// Value and standard error.
#[derive(Clone, Copy)]
struct Estimate(f64, f64);

/// One program's answers.
struct Answer {
    trials: u64,
    aal: Estimate,
    cvar: Estimate,
}

impl Bench {
    fn trials<const N: usize>(&self, counts: [u64; N]) -> [u64; N] {
        counts.map(|n| (n / self.divide).max(20))
    }

    fn speed_and_agreement(&self) {
        let tables = self.folder.join("tables.json");
        write_tables(&self.portfolio, &tables);
        let [few, many] = self.trials(TRIALS);
        let [peer_trials] = self.trials([PEER_TRIALS]);
        let has_peer = has_numpy();
        let (mut of_peer, mut by_threads) =
            (Vec::new(), [[Vec::new(), Vec::new()], [Vec::new(), Vec::new()]]);
        let mut answers: Option<Answer> = None;
        let mut peer_answers: Option<Answer> = None;
        for _ in 0..N_ROUNDS {
            if has_peer {
                let answer = peer(&tables, peer_trials);
                of_peer.push(answer["seconds"].as_f64().expect("seconds are a number"));
                peer_answers = Some(peer_answer(&answer));
            }
            for (threads, seconds) in by_threads.iter_mut().enumerate() {
                for (n, seconds) in [few, many].into_iter().zip(seconds) {
                    let run = simulate(&self.portfolio, n, threads + 1);
                    seconds.push(run.seconds);
                    answers = Some(program_answer(&run));
                }
            }
        }
        println!("| | trials | seconds, median (min to max) | trials per second | times the peer |");
        println!("|---|---|---|---|---|");
        let peer_rate = has_peer.then(|| peer_trials as f64 / Spread::of(of_peer.clone()).median);
        if has_peer {
            row("numpy, one thread, without reading", peer_trials, Spread::of(of_peer), peer_rate);
        }
        for (threads, seconds) in by_threads.into_iter().enumerate() {
            let name = ["one thread", "two threads"][threads];
            let [of_few, of_many] = seconds;
            let marginal = of_few.iter().zip(&of_many).map(|(few, many)| many - few).collect();
            row(&format!("{name}, whole process"), few, Spread::of(of_few), peer_rate);
            row(&format!("{name}, whole process"), many, Spread::of(of_many), peer_rate);
            row(&format!("{name}, the difference"), many - few, Spread::of(marginal), peer_rate);
        }
        println!();
        if let (Some(program), Some(peer)) = (answers, peer_answers) {
            agreement(&program, &peer);
        }
    }

    fn memory(&self) {
        println!("| trials, two threads | peak memory, MiB | bytes per trial beyond the first row |");
        println!("|---|---|---|");
        let mut first = None;
        for n in self.trials(MEMORY_TRIALS) {
            let kib = simulate(&self.portfolio, n, 2).memory_kib;
            let (n_before, kib_before) = *first.get_or_insert((n, kib));
            let more = kib.saturating_sub(kib_before) as f64 * 1024.0;
            let beyond =
                if n > n_before { format!("{:.1}", more / (n - n_before) as f64) } else { String::new() };
            println!("| {n} | {} | {beyond} |", kib / 1024);
        }
        println!();
    }

    fn scaling(&self) {
        println!(
            "| workloads × offers × countries | trials per second, one thread | times the time of the first |"
        );
        println!("|---|---|---|");
        let [few, many] = self.trials(SCALING_TRIALS);
        let mut first = None;
        for (n_workloads, n_offers) in SIZES {
            let file = self.folder.join(format!("generated_{n_workloads}x{n_offers}.yaml"));
            let size = format!("{n_workloads},{n_offers}");
            multipolar(&["init", "--quiet", "--size", &size, "--out", &file.to_string_lossy()]);
            let round = |_| simulate(&file, many, 1).seconds - simulate(&file, few, 1).seconds;
            let seconds = Spread::of((0..N_ROUNDS).map(round).collect()).median;
            let times = seconds / *first.get_or_insert(seconds);
            println!(
                "| {n_workloads} × {n_offers} × 10 | {} | {times:.1} |",
                rounded((many - few) as f64 / seconds)
            );
        }
    }
}

/// Seconds of several rounds.
struct Spread {
    min: f64,
    median: f64,
    max: f64,
}

impl Spread {
    fn of(mut seconds: Vec<f64>) -> Self {
        seconds.sort_by(f64::total_cmp);
        Self { min: seconds[0], median: seconds[seconds.len() / 2], max: seconds[seconds.len() - 1] }
    }
}

fn row(name: &str, trials: u64, seconds: Spread, peer_rate: Option<f64>) {
    let Spread { min, median, max } = seconds;
    let rate = trials as f64 / median;
    let times = peer_rate.map_or(String::new(), |peer| format!("{:.1}", rate / peer));
    println!("| {name} | {trials} | {median:.2} ({min:.2} to {max:.2}) | {} | {times} |", rounded(rate));
}

/// Two digits say what a time on a shared machine can say.
fn rounded(rate: f64) -> String {
    let unit = 10f64.powf((rate.abs().max(1.0).log10().floor() - 1.0).max(0.0));
    format!("{:.0}", (rate / unit).round() * unit)
}

fn agreement(program: &Answer, peer: &Answer) {
    println!(
        "| USD | multipolar, {} trials | numpy, {} trials | apart by, standard errors |",
        program.trials, peer.trials
    );
    println!("|---|---|---|---|");
    for (name, ours, theirs) in [("AAL", program.aal, peer.aal), ("CVaR 0.95", program.cvar, peer.cvar)] {
        let apart = (theirs.0 - ours.0) / ours.1.hypot(theirs.1);
        let verdict = if apart.abs() <= MOST_DEVIATIONS { "" } else { ": they disagree" };
        let show = |e: Estimate| format!("{:.0} ± {:.0}", e.0, NORMAL_P975 * e.1);
        println!("| {name} | {} | {} | {apart:+.2}{verdict} |", show(ours), show(theirs));
    }
    println!();
}

fn simulate(portfolio: &Path, trials: u64, threads: usize) -> Run {
    multipolar(&[
        "simulate",
        &portfolio.to_string_lossy(),
        "--format",
        "json",
        "--quiet",
        "--trials",
        &trials.to_string(),
        "--threads",
        &threads.to_string(),
    ])
}

fn program_answer(run: &Run) -> Answer {
    let answer: Value = serde_json::from_str(&run.stdout).expect("the program prints JSON");
    let cvar = &answer["cvar_usd"]["0.95"];
    let half = (number(&cvar["high"]) - number(&cvar["low"])) / 2.0;
    Answer {
        trials: answer["trials"].as_u64().expect("trials are a number"),
        aal: Estimate(number(&answer["aal_usd"]["value"]), number(&answer["aal_usd"]["std_error"])),
        cvar: Estimate(number(&cvar["value"]), half / NORMAL_P975),
    }
}

fn peer_answer(answer: &Value) -> Answer {
    Answer {
        trials: answer["trials"].as_u64().expect("trials are a number"),
        aal: Estimate(number(&answer["aal"]), number(&answer["aal_std_error"])),
        cvar: Estimate(number(&answer["cvar_95"]), number(&answer["cvar_95_std_error"])),
    }
}

fn number(value: &Value) -> f64 {
    value.as_f64().expect("a number")
}

fn python() -> Command {
    let mut command = Command::new(std::env::var_os("PYTHON").unwrap_or_else(|| "python3".into()));
    command.envs(THREAD_LIMITS.map(|name| (name, "1")));
    command
}

/// Whether the peer can run; says what is missing otherwise.
fn has_numpy() -> bool {
    let asked = python().args(["-c", "import numpy"]).stderr(Stdio::null()).status();
    let found = asked.is_ok_and(|status| status.success());
    if !found {
        eprintln!(
            "numpy is missing, so its times are left out: python3 -m pip install -r benches/peers/requirements.txt"
        );
    }
    found
}

/// What the peer prints.
fn peer(tables: &Path, trials: u64) -> Value {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers/simulate_numpy.py");
    let answer = run(python().arg(script).arg(tables).args(["--trials", &trials.to_string()]));
    serde_json::from_str(&answer.stdout).expect("the peer prints JSON")
}

//! Times `multipolar optimize` against the same problem in cvxpy and in linopy, both with HiGHS (benches/peers/).
//!
//! Prints Markdown tables for benches/README.md. `cargo bench --bench optimize [-- PART]` with parts of
//! `speed`, `peers`, `command`;
//! `-- --program PORTFOLIO TRIALS FILE [every_offer]` only writes what the peers read; `-- --search PORTFOLIO TRIALS`
//! searches within this process. `PYTHON` names another interpreter, `PEER_SECONDS` how long a peer may take.

#[path = "timing/process.rs"]
mod process;
#[path = "peers/program.rs"]
mod program;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use multipolar::input::{Sources, load};
use multipolar::planning::request::Request;
use multipolar::planning::sample::CompiledSample;
use multipolar::planning::sample::evaluate::Objective;
use multipolar::planning::sample::shortlist::shortlist;
use multipolar::planning::search::search;
use multipolar::study::session::Session;
use process::{Run, multipolar, run};
use program::Grouping;
use serde_json::{Value, json};

/// Weight of the worst years, and where they begin: what the command takes if nothing is said.
const CVAR_WEIGHT: f64 = 0.5;
const CONFIDENCE_LEVEL: f64 = 0.95;
/// Trials a plan of the reference portfolio is made on, and of the generated one.
const TRIALS: [u64; 2] = [1000, 4000];
const GENERATED_TRIALS: u64 = 1000;
const GENERATED: &str = "60,60";
/// (portfolio, trials, every offer with its own column) on which the peers solve to the optimum.
const SMALL: [(&str, u64, bool); 6] = [
    ("benches/peers/small.yaml", 30, true),
    ("benches/peers/small.yaml", 100, true),
    ("benches/peers/small.yaml", 1000, true),
    ("portfolios/quickstart.yaml", 30, false),
    ("portfolios/quickstart.yaml", 300, false),
    ("portfolios/quickstart.yaml", 1000, false),
];
/// (portfolio, trials) on which the peers need only a plan that is as good.
const LARGE: [(&str, u64); 2] =
    [("portfolios/european_bank.yaml", 50), ("portfolios/european_bank.yaml", 200)];
/// Relative difference up to which two objectives of one plan are the same.
const SAME_OBJECTIVE: f64 = 1e-6;
const PEERS: [&str; 2] = ["cvxpy", "linopy"];
const PEER_SECONDS: u64 = 600;
/// Libraries below numpy that would otherwise use every core.
const THREAD_LIMITS: [&str; 4] =
    ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS"];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["--program", portfolio, trials, file] => {
            write_program(Path::new(portfolio), number(trials), Path::new(file), Grouping::AsPlanned);
        }
        ["--program", portfolio, trials, file, "every_offer"] => {
            write_program(Path::new(portfolio), number(trials), Path::new(file), Grouping::None);
        }
        ["--search", portfolio, trials] => println!("{}", searched(Path::new(portfolio), number(trials))),
        _ => {
            let folder = std::env::temp_dir().join("multipolar-bench-optimize");
            std::fs::create_dir_all(&folder).expect("the temporary folder can be made");
            let runs = |part: &str| arguments.is_empty() || arguments.contains(&part);
            if runs("speed") {
                speed(&folder);
            }
            if runs("peers") {
                peers(&folder);
            }
            if runs("command") {
                command();
            }
        }
    }
}

fn number(text: &str) -> u64 {
    text.parse().expect("trials are a whole number")
}

fn request() -> Request {
    Request::new(Objective::new(CVAR_WEIGHT, CONFIDENCE_LEVEL))
}

fn write_program(portfolio: &Path, trials: u64, file: &Path, grouping: Grouping) {
    let tables = program::program(portfolio, trials, &request(), grouping);
    std::fs::write(file, tables.to_string()).expect("the program can be written");
}

/// Draws, compiles and searches, and nothing else: seconds to the plan with its proven gap.
fn searched(portfolio: &Path, n_trials: u64) -> Value {
    let start = Instant::now();
    let loaded =
        load(Sources { portfolio, catalog: None, jurisdictions: None }).expect("the portfolio is valid");
    let session = Session::new(&loaded.instance);
    let trials = program::trials(&session, 1, n_trials);
    let roles = shortlist(&session.setting, &session.shocks, &trials, &[]);
    let program = CompiledSample::new(&session.setting, &session.shocks, &roles, &trials);
    let compiled = start.elapsed().as_secs_f64();
    let found = search(&session.setting, &program, &request(), &|_, _, _| ()).expect("there is a plan");
    let seconds = start.elapsed().as_secs_f64();
    let (plan, evaluation) = found.best.expect("there is a plan");
    let objective = evaluation.figures.objective_usd;
    json!({
        "allocation": program::allocation(&session, &plan),
        "standby": program::standby(&session, &plan),
        "replicas": program::replicas(&session, &plan),
        "seconds": seconds,
        "compile_seconds": compiled,
        "objective_usd": objective,
        "bound_usd": found.bound_usd,
        "gap": (objective - found.bound_usd) / objective,
        "cells": program.cells.len(),
        "states": found.size.n_states,
    })
}

/// The search alone, in a process of its own.
fn search_apart(portfolio: &Path, trials: u64) -> Run {
    let own = std::env::current_exe().expect("this program has a file");
    run(Command::new(own).arg("--search").arg(portfolio).arg(trials.to_string()))
}

/// The whole command, which also prices limits, measures hedges and plan on fresh trials, and orders the moves.
fn whole_command(portfolio: &Path, trials: u64) -> Run {
    let trials = trials.to_string();
    let file = portfolio.to_string_lossy();
    multipolar(&["optimize", &file, "--trials", &trials, "--format", "json", "--quiet"])
}

fn speed(folder: &Path) {
    let generated = folder.join("generated_60x60.yaml");
    multipolar(&["init", "--quiet", "--size", GENERATED, "--out", &generated.to_string_lossy()]);
    println!(
        "| portfolio | trials | cells | states | seconds to compile | to the plan | gap | peak memory, MiB |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    let bank = root("portfolios/european_bank.yaml");
    let cases = TRIALS.map(|trials| ("european_bank", &bank, trials));
    for (name, file, trials) in cases.into_iter().chain([("60 × 60 × 10", &generated, GENERATED_TRIALS)]) {
        let run = search_apart(file, trials);
        let answer = json_of(&run);
        println!(
            "| {name} | {trials} | {} | {} | {:.1} | {:.1} | {} | {} |",
            answer["cells"],
            answer["states"],
            usd(&answer["compile_seconds"]),
            usd(&answer["seconds"]),
            percent(usd(&answer["gap"])),
            run.memory_kib / 1024
        );
    }
    println!();
}

fn command() {
    let bank = root("portfolios/european_bank.yaml");
    println!("| the whole command | trials | seconds | gap | peak memory, MiB |");
    println!("|---|---|---|---|---|");
    for trials in TRIALS {
        let run = whole_command(&bank, trials);
        let gap = percent(usd(&json_of(&run)["gap"]));
        println!("| european_bank | {trials} | {:.1} | {gap} | {} |", run.seconds, run.memory_kib / 1024);
    }
    println!();
}

fn peers(folder: &Path) {
    if !has_peers() {
        return;
    }
    println!(
        "| portfolio | trials | | seconds | objective, USD | proven bound, USD | the planner's plan, measured by it | peak memory, MiB |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    let small = SMALL.into_iter().map(|(file, trials, every_offer)| (file, trials, every_offer, true));
    let large = LARGE.into_iter().map(|(file, trials)| (file, trials, false, false));
    for (file, trials, every_offer, to_the_optimum) in small.chain(large) {
        against_peers(folder, &root(file), trials, every_offer, to_the_optimum);
    }
    println!();
}

fn against_peers(folder: &Path, portfolio: &Path, trials: u64, every_offer: bool, to_the_optimum: bool) {
    let name = portfolio.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    let name = if every_offer { format!("{name}, every offer apart") } else { name };
    let (tables, plan) = (folder.join("program.json"), folder.join("plan.json"));
    let grouping = if every_offer { Grouping::None } else { Grouping::AsPlanned };
    write_program(portfolio, trials, &tables, grouping);
    let run_of_search = search_apart(portfolio, trials);
    let own = json_of(&run_of_search);
    std::fs::write(&plan, own.to_string()).expect("the plan can be written");
    let objective = usd(&own["objective_usd"]);
    let seconds = usd(&own["seconds"]);
    println!(
        "| {name} | {trials} | multipolar | {seconds:.2} | {objective:.4} | {:.4} | | {} |",
        usd(&own["bound_usd"]),
        run_of_search.memory_kib / 1024
    );
    for peer in PEERS {
        let script = root("benches/peers").join(format!("optimize_{peer}.py"));
        let mut command = python();
        command.arg(script).arg(&tables).arg("--plan").arg(&plan);
        let limit = std::env::var("PEER_SECONDS").unwrap_or_else(|_| PEER_SECONDS.to_string());
        command.args(["--seconds", &limit]);
        if !to_the_optimum {
            // As good as the planner's plan is proven to be.
            command.args(["--gap", &usd(&own["gap"]).max(1e-4).to_string()]);
        }
        let run = run(&mut command);
        let answer = json_of(&run);
        // NaN, where the plan breaks a row of the peer, is apart too.
        let is_same = (usd(&answer["plan_usd"]) / objective - 1.0).abs() <= SAME_OBJECTIVE;
        let verdict = if is_same { "" } else { ": they disagree" };
        let show = |key: &str| answer[key].as_f64().map_or("none".to_owned(), |x| format!("{x:.4}"));
        println!(
            "| {name} | {trials} | {peer} | {:.2} | {} | {} | {}{verdict} | {} |",
            usd(&answer["seconds"]),
            show("objective_usd"),
            show("bound_usd"),
            show("plan_usd"),
            run.memory_kib / 1024
        );
    }
}

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn json_of(run: &Run) -> Value {
    // HiGHS says its name first.
    let start = run.stdout.find('{').expect("the program prints JSON");
    serde_json::from_str(&run.stdout[start..]).expect("the program prints JSON")
}

fn usd(value: &Value) -> f64 {
    value.as_f64().unwrap_or(f64::NAN)
}

fn percent(part: f64) -> String {
    format!("{:.2} %", 100.0 * part)
}

fn python() -> Command {
    let mut command = Command::new(std::env::var_os("PYTHON").unwrap_or_else(|| "python3".into()));
    command.envs(THREAD_LIMITS.map(|name| (name, "1")));
    command
}

/// Whether the peers can run; says what is missing otherwise.
fn has_peers() -> bool {
    let asked = python().args(["-c", "import cvxpy, highspy, linopy"]).stderr(Stdio::null()).status();
    let found = asked.is_ok_and(|status| status.success());
    if !found {
        eprintln!(
            "cvxpy, highspy or linopy is missing, so the peers are left out: python3 -m pip install -r benches/peers/requirements.txt"
        );
    }
    found
}

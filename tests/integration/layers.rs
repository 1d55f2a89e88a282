//! The rooms of the house import only rooms to their left, and some things happen in one room only.
//!
//! The rules stand here as data; `scan` reads the sources as text, so that it also sees code that is configured away.

mod declared;
mod scan;
mod tokens;

use std::fs;
use std::path::{Path, PathBuf};

use scan::{Usage, usages};

/// The rooms from left to right: one may import those before it. Rooms of one entry are strangers to each other.
const ROOMS: [&[&str]; 20] = [
    &["units"],
    &["ids"],
    &["files"],
    &["measures"],
    &["model"],
    &["shocks"],
    &["input"],
    &["graph"],
    &["costs"],
    &["service"],
    &["exposure", "landscape", "simulation"],
    &["limits"],
    &["planning", "stress"],
    &["study"],
    &["report"],
    &["exchange"],
    &["server"],
    &["cli"],
    &["main"],
    &["lib"],
];

/// Crates that are used in one place only: crate, where its name may stand (a room or a file).
const CRATES: [(&str, &str); 7] = [
    ("good_lp", "src/planning"),
    ("petgraph", "src/graph"),
    ("rand", "src/simulation"),
    ("rand_distr", "src/simulation"),
    ("saphyr_parser", "src/input"),
    ("serde_yaml", "src/input/yaml.rs"),
    ("statrs", "src/measures/quantiles.rs"),
];

/// The names of solvers stand in one file, be it as a crate's module or as a feature.
const SOLVERS: [&str; 2] = ["highs", "microlp"];
const SOLVER_FILE: &str = "src/planning/solver.rs";
const SOLVER_FOLDER: &str = "src/planning/solver/";

/// Rooms that may read files, write files, print.
const READERS: [&str; 2] = ["input", "exchange"];
const WRITERS: [&str; 2] = ["files", "exchange"];
const PRINTERS: [&str; 3] = ["cli", "report", "main"];

/// The room that shows what others compute, and the rooms that compute: it may name their data, and run none of their code.
const SHOWS: &str = "report";
const COMPUTE: [&str; 11] = [
    "shocks",
    "graph",
    "costs",
    "service",
    "exposure",
    "landscape",
    "simulation",
    "limits",
    "planning",
    "stress",
    "study",
];

/// What is wrong with the file at `path` (`src/…`), one line each.
fn problems(path: &str, source: &str) -> Vec<String> {
    let module = module_of(path);
    let room = module.first().map_or("lib", String::as_str);
    let Some(rank) = rank(room) else {
        return vec![format!(
            "{path}: `{room}` is no room: give it its place in ROOMS, and in ARCHITECTURE.md"
        )];
    };
    let may = |rooms: &[&str]| rooms.contains(&room);
    let mut problems = Vec::new();
    for found in usages(source, &module) {
        let wrong = match &found.usage {
            Usage::Room { room: other, name } => {
                wrong_import(room, rank, other).or_else(|| wrong_computation(room, other, name))
            }
            Usage::Crate(name) => CRATES
                .iter()
                .find(|(restricted, place)| restricted == name && !is_within(path, place))
                .map(|(_, place)| format!("`{name}` belongs to {place}")),
            Usage::Solver(name) => (path != SOLVER_FILE && !path.starts_with(SOLVER_FOLDER))
                .then(|| format!("the solver's name `{name}` belongs to {SOLVER_FILE}")),
            Usage::Files => (!may(&READERS) && !may(&WRITERS))
                .then(|| format!("`{room}` uses `std::fs`, but neither reads nor writes files")),
            Usage::Reads(what) => {
                (!may(&READERS)).then(|| format!("`{room}` reads a file by {what}; only {READERS:?} do"))
            }
            Usage::Writes(what) => {
                (!may(&WRITERS)).then(|| format!("`{room}` writes a file by {what}; only {WRITERS:?} do"))
            }
            Usage::Prints(what) => {
                (!may(&PRINTERS)).then(|| format!("`{room}` prints by {what}; only {PRINTERS:?} do"))
            }
        };
        problems.extend(wrong.map(|wrong| format!("{path}:{}: {wrong}", found.line)));
    }
    problems
}

fn wrong_import(room: &str, room_rank: usize, other: &str) -> Option<String> {
    if room == other || room == "lib" {
        return None;
    }
    match rank(other) {
        None => Some(format!("`{room}` imports `{other}` from the root of the crate, which is no room")),
        Some(other_rank) if other_rank == room_rank => {
            Some(format!("`{room}` imports `{other}`: they are strangers"))
        }
        Some(other_rank) if other_rank > room_rank => {
            Some(format!("`{room}` imports `{other}`, which stands to its right"))
        }
        Some(_) => None,
    }
}

/// Types, traits and constants begin with a capital; functions, modules that lead to them, and globs do not.
fn wrong_computation(room: &str, other: &str, name: &str) -> Option<String> {
    let is_data = name.starts_with(char::is_uppercase);
    (room == SHOWS && COMPUTE.contains(&other) && !is_data).then(|| {
        format!("`{room}` imports `{name}` from `{other}`: it shows what is computed, and computes nothing")
    })
}

fn rank(room: &str) -> Option<usize> {
    ROOMS.iter().position(|rooms| rooms.contains(&room))
}

/// Whether the file at `path` is `place`, or belongs to the room `place`: `src/graph.rs` and `src/graph/…` to `src/graph`.
fn is_within(path: &str, place: &str) -> bool {
    path.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest == ".rs" || rest.starts_with('/'))
}

/// The module of a file: `src/graph/paths.rs` is `[graph, paths]`, `src/lib.rs` is `[]`, `src/main.rs` is `[main]`.
fn module_of(path: &str) -> Vec<String> {
    let inner = path.strip_prefix("src/").and_then(|path| path.strip_suffix(".rs")).expect("src/….rs");
    if inner == "lib" { Vec::new() } else { inner.split('/').map(str::to_owned).collect() }
}

/// All `.rs` files under `directory`, in order of path.
fn sources(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).expect("a directory of sources") {
        let path = entry.expect("an entry of a directory").path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The files of `src/`: path from the root of the crate, and text.
fn own_sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = sources(&root.join("src"));
    assert!(files.contains(&root.join("src/lib.rs")), "the sources are not where they were: {files:?}");
    let read = |file: &PathBuf| {
        let source = fs::read_to_string(file).expect("a source file in UTF-8");
        let path = file.strip_prefix(root).expect("a file of this crate");
        (path.to_string_lossy().replace('\\', "/"), source)
    };
    files.iter().map(read).collect()
}

/// The whole of `src/` obeys the layers.
#[test]
fn no_source_file_runs_against_the_layers() {
    let problems: Vec<String> =
        own_sources().iter().flat_map(|(path, source)| problems(path, source)).collect();
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

/// A scanner that finds nothing would pass the test above: each of these must be found, in the line where it stands.
#[test]
fn what_is_forbidden_is_found() {
    for (path, source, expected) in [
        (
            "src/costs.rs",
            "use crate::planning::Plan;",
            "1: `costs` imports `planning`, which stands to its right",
        ),
        ("src/costs.rs", "\n\nuse crate::cli;", "3: `costs` imports `cli`, which"),
        ("src/units.rs", "use crate::{\n    ids::Id,\n};", "2: `units` imports `ids`, which"),
        ("src/costs.rs", "use crate::{ids::{A, B}, report::{self}};", "1: `costs` imports `report`"),
        ("src/costs.rs", "fn f() { crate::study::run(); }", "1: `costs` imports `study`"),
        ("src/costs.rs", "pub use ::multipolar::study as s;", "1: `costs` imports `study`"),
        ("src/costs.rs", "macro_rules! m { () => { $crate::study::run() } }", "1: `costs` imports `study`"),
        ("src/costs.rs", "use r#crate::study;", "1: `costs` imports `study`"),
        ("src/costs.rs", "use super::study::run;", "1: `costs` imports `study`"),
        ("src/costs/price.rs", "use super::super::study;", "1: `costs` imports `study`"),
        ("src/costs/price.rs", "use super::{super::{study::run, ids}};", "1: `costs` imports `study`"),
        ("src/costs.rs", "mod tests { use super::super::study; }", "1: `costs` imports `study`"),
        ("src/costs.rs", "mod a { } use self::super::study;", "1: `costs` imports `study`"),
        ("src/costs.rs", "#[cfg(test)] mod tests { use crate::study; }", "1: `costs` imports `study`"),
        ("src/costs.rs", "use crate::*;", "1: `costs` imports `*` from the root"),
        ("src/costs.rs", "use super::*;", "1: `costs` imports `*` from the root"),
        ("src/costs.rs", "use crate::Result;", "1: `costs` imports `Result` from the root"),
        ("src/stress.rs", "use crate::planning;", "1: `stress` imports `planning`: they are strangers"),
        (
            "src/exposure.rs",
            "use crate::simulation;",
            "1: `exposure` imports `simulation`: they are strangers",
        ),
        ("src/planning/rows.rs", "use crate::stress::Scenario;", "1: `planning` imports `stress`: they are"),
        ("src/helpers.rs", "", "`helpers` is no room"),
        ("src/study.rs", "use good_lp::variable;", "1: `good_lp` belongs to src/planning"),
        ("src/study.rs", "use {std::fmt, good_lp::variable};", "1: `good_lp` belongs to src/planning"),
        ("src/study.rs", "extern crate good_lp;", "1: `good_lp` belongs to src/planning"),
        ("src/planningx.rs", "", "`planningx` is no room"),
        ("src/costs.rs", "let g = petgraph::Graph::new();", "1: `petgraph` belongs to src/graph"),
        ("src/planning.rs", "use rand::Rng;", "1: `rand` belongs to src/simulation"),
        ("src/input.rs", "serde_yaml::from_str(text)", "1: `serde_yaml` belongs to src/input/yaml.rs"),
        ("src/planning/rows.rs", "good_lp::highs(model)", "1: the solver's name `highs` belongs to"),
        ("src/cli.rs", "cfg!(feature = \"microlp\")", "1: the solver's name `microlp` belongs to"),
        ("src/report.rs", "let name = \"HiGHS\";", "1: the solver's name `HiGHS` belongs to"),
        ("src/costs.rs", "use std::fs;", "1: `costs` uses `std::fs`, but neither reads nor writes"),
        ("src/main.rs", "std::fs::write(p, t)", "1: `main` writes a file by `fs::write`"),
        ("src/input.rs", "use std::fs; fs::write(p, t)", "1: `input` writes a file by `fs::write`"),
        (
            "src/input.rs",
            "use std::fs::{self, create_dir_all};",
            "1: `input` writes a file by `fs::create_dir_all`",
        ),
        (
            "src/input.rs",
            "use std::{fs::{File}, io}; File::create(p)",
            "1: `input` writes a file by `File::create`",
        ),
        ("src/input.rs", "OpenOptions::new()", "1: `input` writes a file by `OpenOptions::new`"),
        ("src/files.rs", "fs::read_to_string(p)", "1: `files` reads a file by `fs::read_to_string`"),
        ("src/files.rs", "std::fs::File::open(p)", "1: `files` reads a file by `File::open`"),
        ("src/report.rs", "std::fs::write(p, t)", "1: `report` writes a file by `fs::write`"),
        ("src/cli.rs", "use std::fs::File;", "1: `cli` uses `std::fs`"),
        (
            "src/report/tables.rs",
            "use crate::study::run;",
            "1: `report` imports `run` from `study`: it shows what is computed",
        ),
        (
            "src/report.rs",
            "use crate::graph::cuts::{MAX_CUT, minimum_cuts as cuts};",
            "1: `report` imports `minimum_cuts` from `graph`",
        ),
        (
            "src/report.rs",
            "crate::stress::outcome::StressOutcome::of(x)",
            "`report` imports `of` from `stress`",
        ),
        ("src/report.rs", "use super::limits;", "`report` imports `limits` from `limits`"),
        ("src/report.rs", "use crate::costs::{self, Price};", "`report` imports `self` from `costs`"),
        ("src/report.rs", "use crate::planning::outcome::*;", "`report` imports `*` from `planning`"),
        ("src/report.rs", "mod tests { use crate::exposure::shares::shares; }", "`report` imports `shares`"),
        ("src/study.rs", "\"\n\"; println!(\"x\")", "2: `study` prints by `println!`"),
        ("src/server.rs", "std::eprint!(\"x\")", "1: `server` prints by `eprint!`"),
    ] {
        let found = problems(path, source).join("\n");
        assert!(found.contains(expected), "{path}: {source}\n  expected: {expected}\n  found: {found}");
    }
}

/// What is allowed, or only looks like what is not, is left alone.
#[test]
fn what_is_allowed_is_not_found() {
    for (path, source) in [
        ("src/study.rs", "use crate::{planning::Plan, simulation, stress::*};"),
        ("src/main.rs", "use multipolar::cli;"),
        ("src/lib.rs", "pub mod cli; pub use crate::study::Study;"),
        (
            "src/costs/price.rs",
            "use super::{Price, super::ids::Id}; use self::tests::x; pub(in crate::costs) fn f() {}",
        ),
        ("src/costs.rs", "pub(crate) fn f(&self) { self.x(); }  mod tests { use super::*; }"),
        ("src/costs.rs", "mod a { mod b { use super::super::price; } } use self::price::p;"),
        ("src/costs.rs", "// use crate::cli;\n/* crate::cli /* nested */ crate::cli */ /// [`crate::cli`]\n"),
        (
            "src/costs.rs",
            r##"let s = "crate::cli \" println!()"; let r = r#"a " crate::cli"#; let b = b"good_lp::x";"##,
        ),
        (
            "src/costs.rs",
            "fn f<'a>(c: char, s: &'a str) -> bool { c == '\"' || c == '\\'' || s == \"crate::cli\" }",
        ),
        ("src/report.rs", "use crate::graph::cuts::{CutKind, MAX_CUT}; use crate::study::Study as S;"),
        ("src/report/tables.rs", "use crate::measures::split::split; use super::grid; crate::units::days(1)"),
        ("src/exchange/csv.rs", "use crate::study::run;"),
        ("src/planning/rows.rs", "use good_lp::{Expression, variable};"),
        ("src/planning/solver.rs", "#[cfg(feature = \"highs\")] use good_lp::solvers::highs::highs;"),
        ("src/graph.rs", "use petgraph::Graph;"),
        ("src/graph/paths.rs", "use petgraph::algo::dominators;"),
        ("src/simulation/draws.rs", "use rand::rngs::ChaCha8Rng;"),
        ("src/input/yaml.rs", "serde_yaml::from_str(text)"),
        (
            "src/costs.rs",
            "let rand = 1; measures::rand::x(); struct Highs; let highs_and_lows = \"the highs\";",
        ),
        ("src/input.rs", "use std::fs; fs::read_to_string(p)"),
        ("src/files.rs", "std::fs::create_dir_all(p); File::create(p)"),
        ("src/exchange/csv.rs", "File::open(p); fs::write(p, t)"),
        ("src/input.rs", "#[cfg(test)] mod tests { fn f() { std::fs::write(p, t); println!(\"x\") } }"),
        ("src/input/tests.rs", "std::fs::write(p, t)"),
        ("src/cli.rs", "println!(\"x\"); eprintln!(\"y\")"),
        ("src/costs.rs", "writeln!(out, \"x\"); fn println() {} let _ = println != x;"),
    ] {
        assert!(problems(path, source).is_empty(), "{path}: {source}\n  found: {:?}", problems(path, source));
    }
}

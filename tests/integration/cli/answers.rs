//! What the commands answer: the documented keys, verdicts, the same bytes on any number of threads.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{Folder, TINY, US_LIMIT, has_keys};

#[test]
fn check_tells_breaches_from_errors_and_reports_all_portfolios() {
    let folder = Folder::new();
    folder.write("kept.yaml", &format!("{TINY}{}", US_LIMIT.replace("0.6", "1.0")));
    folder.write("wrong.yaml", "format_version: 1\n");
    assert_eq!(folder.run(&["check", "kept.yaml"]).code, 0);
    assert_eq!(folder.run(&["check", "kept.yaml", "tiny.yaml"]).code, 7);
    assert_eq!(folder.run(&["check", "tiny.yaml", "wrong.yaml"]).code, 3);
    assert_eq!(folder.run(&["check", "wrong.yaml", "missing.yaml"]).code, 6);
    let value = folder.run(&["check", "kept.yaml", "tiny.yaml", "wrong.yaml", "--format", "json"]).json();
    has_keys(&value, &["format_version", "valid", "problems", "limits"]);
    assert_eq!(value["valid"], false);
    assert_eq!(value["portfolios"].as_array().unwrap().len(), 3);
    let limits = value["limits"].as_array().unwrap();
    let kept: Vec<(&str, bool)> =
        limits.iter().map(|l| (l["portfolio"].as_str().unwrap(), l["kept"].as_bool().unwrap())).collect();
    assert_eq!(kept, [("kept", true), ("tiny", false)]);
    has_keys(&limits[0], &["limit", "value", "bound", "kept"]);
    has_keys(&value["problems"][0], &["code", "severity", "file", "line", "column", "message", "help"]);
}

/// No offer reaches a quality of 9000, so the one in use may not be newly used: it runs on, and `check` objects.
#[test]
fn an_ineligible_primary_is_a_breach_with_its_place() {
    let folder = Folder::new();
    folder
        .write("low.yaml", &format!("{TINY}  []\n").replace("    data:", "    min_quality: 9000\n    data:"));
    let ended = folder.run(&["check", "low.yaml"]);
    assert_eq!(ended.code, 7, "{}", ended.stderr);
    assert!(ended.stderr.contains("warning[ineligible-allocation]"), "{}", ended.stderr);
    assert!(ended.stderr.contains("--> low.yaml:15:"), "{}", ended.stderr);
    assert_eq!(folder.run(&["exposure", "low.yaml"]).code, 0);
}

#[test]
fn an_exception_holds_until_its_day_and_no_longer() {
    let folder = Folder::new();
    let accepted =
        US_LIMIT.replace("0.6}", "0.6, accepted: {by: board, until: \"2026-12-31\", reason: merger}}");
    folder.write("accepted.yaml", &format!("{TINY}{accepted}"));
    assert_eq!(folder.run(&["check", "accepted.yaml", "--today", "2026-12-31"]).code, 0);
    assert_eq!(folder.run(&["check", "accepted.yaml", "--today", "2027-01-01"]).code, 7);
}

/// 2026 is no leap year, 2028 is.
#[test]
fn a_day_that_no_calendar_has_is_refused() {
    let folder = Folder::new();
    for command in ["check", "plan", "report"] {
        for day in ["2026-02-31", "2026-02-29", "2026-02", "", "tomorrow"] {
            let ended = folder.run(&[command, "tiny.yaml", "--today", day]);
            assert_eq!(ended.code, 2, "{command} {day}: {}", ended.stderr);
            assert!(ended.stderr.contains("--today <YYYY-MM-DD>"), "{}", ended.stderr);
        }
    }
    let said = folder.run(&["check", "tiny.yaml", "--today", "2026-02-31"]).stderr;
    assert!(said.contains("the days of that month go from 01 to 28"), "{said}");
    let accepted = US_LIMIT.replace("0.6}", "0.6, accepted: {by: board, until: 2028-02-29, reason: merger}}");
    folder.write("accepted.yaml", &format!("{TINY}{accepted}"));
    assert_eq!(folder.run(&["check", "accepted.yaml", "--today", "2028-02-29"]).code, 0);
    assert_eq!(folder.run(&["check", "accepted.yaml", "--today", "2028-03-01"]).code, 7);
}

#[test]
fn exposure_by_workload_has_the_portfolios_keys_for_each() {
    let folder = Folder::new();
    let exposure = folder.run(&["exposure", "tiny.yaml", "--by-workload", "--format", "json"]).json();
    let workloads = exposure["workloads"].as_object().unwrap();
    assert_eq!(workloads.len(), exposure["substitutes"].as_array().unwrap().len());
    for workload in workloads.values() {
        has_keys(workload, &["shares", "coverage", "hhi", "effective_number", "diversity"]);
    }
    let table = folder.run(&["exposure", "tiny.yaml", "--by-workload"]).stdout;
    assert!(table.contains("Suppliers of each workload"), "{table}");
}

#[test]
fn exposure_and_stress_print_the_documented_keys() {
    let folder = Folder::new();
    let exposure = folder.run(&["exposure", "tiny.yaml", "--format", "json"]).json();
    has_keys(
        &exposure,
        &[
            "format_version",
            "portfolio",
            "monthly_cost_usd",
            "value_usd_per_day",
            "shares",
            "coverage",
            "hhi",
            "effective_number",
            "node_losses",
            "pair_losses",
            "chokepoints",
            "diversity",
            "substitutes",
        ],
    );
    has_keys(&exposure["diversity"], &["apparent", "effective_number", "binding"]);
    assert_eq!(exposure["workloads"], Value::Null);
    let substitutes = &exposure["substitutes"][0];
    has_keys(substitutes, &["workload", "n_independent_paths", "groups", "unknown_hardware"]);
    for group in ["eligible", "ready", "independent_of_services", "independent"] {
        has_keys(&substitutes["groups"][group], &["n_offers", "fastest", "cheapest", "best"]);
    }
    assert_eq!(exposure["shares"]["origin"]["value"]["US"], 1.0);
    assert_eq!(exposure["hhi"]["reach"]["value"], Value::Null);
    has_keys(
        &exposure["node_losses"][0],
        &["kind", "id", "service", "time_to_survive_days", "time_to_recover_days", "loss_usd"],
    );
    has_keys(&exposure["node_losses"][0]["service"], &["0d", "7d", "30d", "90d", "end"]);
    has_keys(&exposure["chokepoints"][0], &["workload", "kind", "id", "buffer_days"]);
    let stress = folder.run(&["stress", "tiny.yaml", "--all", "--format", "json"]).json();
    let scenario = &stress["scenarios"][0];
    has_keys(
        scenario,
        &[
            "portfolio",
            "scenario",
            "horizon_days",
            "loss_usd",
            "outage_usd",
            "extra_cost_usd",
            "one_off_usd",
            "workloads",
            "timeline",
        ],
    );
    has_keys(
        &scenario["workloads"][0],
        &["id", "loss_usd", "unserved_share", "first_unserved_day", "recovered_day"],
    );
    assert_eq!(scenario["timeline"][0]["day"], 0.0);
    has_keys(&scenario["timeline"][0], &["day", "service", "workloads"]);
}

#[test]
fn simulate_and_optimize_print_the_documented_keys() {
    let folder = Folder::new();
    let simulate = folder.run(&["simulate", "tiny.yaml", "--trials", "200", "--format", "json"]).json();
    has_keys(
        &simulate,
        &[
            "format_version",
            "portfolio",
            "trials",
            "seed",
            "horizon_days",
            "monthly_cost_usd",
            "aal_usd",
            "std_dev_usd",
            "probability_of_loss",
            "var_usd",
            "cvar_usd",
            "aep",
            "oep",
            "availability",
            "aal_by",
            "cvar_by",
        ],
    );
    has_keys(&simulate["var_usd"], &["0.90", "0.95", "0.99", "0.995"]);
    has_keys(&simulate["cvar_usd"]["0.95"], &["value", "low", "high"]);
    has_keys(&simulate["cvar_by"]["0.95"], &["shock", "jurisdiction", "workload"]);
    let optimize = folder.run(&["optimize", "tiny.yaml", "--trials", "100", "--format", "json"]).json();
    has_keys(
        &optimize,
        &[
            "portfolio",
            "status",
            "current_infeasible",
            "objective_usd",
            "bound_usd",
            "gap",
            "current",
            "plan",
            "allocation",
            "standby",
            "replicas",
            "binding_limits",
            "conflict",
            "hedges",
            "moves",
        ],
    );
    has_keys(
        &optimize["plan"],
        &["monthly_cost_usd", "aal_usd", "cvar_usd", "objective_usd", "out_of_sample"],
    );
    assert_eq!(optimize["current_infeasible"], true);
    assert_eq!(optimize["current"]["objective_usd"], Value::Null);
    let moved = &optimize["moves"][0];
    has_keys(moved, &["quarter", "workload", "users", "from", "to", "share", "monthly_cost_usd", "cvar_usd"]);
    assert_eq!(moved["from"], "gpt-5.4@openai:EU");
}

#[test]
fn one_shock_can_be_played_alone() {
    let folder = Folder::new();
    let stress = |arguments: &[&str]| {
        let mut all =
            vec!["stress", "tiny.yaml", "--shock", "us_export_ban_closed_models", "--format", "json"];
        all.extend(arguments);
        folder.run(&all).json()["scenarios"][0]["loss_usd"].as_f64().unwrap()
    };
    let (short, long) = (stress(&["--duration", "3d"]), stress(&["--duration", "30d"]));
    assert!(0.0 <= short && short <= long, "{short} {long}");
    assert_eq!(stress(&["--at", "2y"]), 0.0);
    assert_eq!(folder.run(&["stress", "tiny.yaml", "--shock", "nonsense"]).code, 2);
}

/// The number of threads, and the order in which they end, leave no trace.
#[test]
fn any_number_of_threads_prints_the_same_bytes() {
    let folder = Folder::new();
    for (command, trials) in
        [("simulate", &["--trials", "150"][..]), ("optimize", &["--trials", "150"]), ("exposure", &[])]
    {
        let on = |threads: &str| {
            let asked = [command, "tiny.yaml", "--format", "json", "--threads", threads];
            let ended = folder.run(&[&asked[..], trials].concat());
            assert_eq!(ended.code, 0, "{command}: {}", ended.stderr);
            ended.stdout
        };
        assert_eq!(on("1"), on("2"), "{command}");
    }
}

#[test]
fn every_shipped_portfolio_is_valid() {
    let folder = Folder::new();
    let mut files: Vec<PathBuf> = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("portfolios"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let files: Vec<String> = files.iter().map(|f| f.display().to_string()).collect();
    let mut arguments = vec!["check", "--trials", "100", "--format", "json"];
    arguments.extend(files.iter().map(String::as_str));
    let ended = folder.run(&arguments);
    assert!(matches!(ended.code, 0 | 7), "{}", ended.stderr);
    assert_eq!(ended.json()["valid"], true);
}

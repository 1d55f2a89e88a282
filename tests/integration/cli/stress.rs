//! `stress`: side by side, in detail, drawn, as JSON and as rows.

use super::{Folder, has_keys, shipped};

const SHOCK: [&str; 6] = ["stress", "tiny.yaml", "--shock", "openai_outage", "--duration", "3d"];

fn lines(text: &str) -> Vec<&str> {
    text.lines().collect()
}

/// The limit `us` is broken today, but by nobody while nobody serves; openai, the only primary, is down for 3 days, the first of which is free: 2 × 90,000 USD.
#[test]
fn one_shock_is_told_in_every_detail() {
    let folder = Folder::new();
    let value = folder.run(&[&SHOCK[..], &["--format", "json"]].concat()).json();
    let scenario = &value["scenarios"][0];
    has_keys(
        scenario,
        &["causes", "broken_limits", "first_unserved_day", "recovered_day", "least_service", "takeovers"],
    );
    assert_eq!(scenario["outage_usd"], 180_000.0);
    assert_eq!((&scenario["first_outage_cost_day"], &scenario["recovered_day"]), (&1.0.into(), &3.0.into()));
    let cause = &scenario["causes"][0];
    has_keys(cause, &["shock", "at_day", "duration_days", "jurisdiction", "loss_usd", "workloads"]);
    assert_eq!((&cause["shock"], &cause["jurisdiction"]), (&"openai_outage".into(), &"US".into()));
    assert_eq!(cause["loss_usd"], scenario["loss_usd"]);
    let limit = &scenario["broken_limits"][0];
    has_keys(limit, &["limit", "first_day", "days", "worst_value", "bound", "broken_before"]);
    assert_eq!((&limit["limit"], &limit["broken_before"]), (&"us".into(), &true.into()));
}

#[test]
fn service_is_drawn_over_time() {
    let folder = Folder::new();
    let text = folder.run(&SHOCK).stdout;
    let chart: Vec<&str> = lines(&text).into_iter().filter(|line| line.contains('▁')).collect();
    assert_eq!(chart[0], format!("  all, by value      0 %   {}█", "▁".repeat(36)), "{text}");
    assert!(
        chart[1].starts_with("  chat") && text.contains("0           1d          2d          3d"),
        "{text}"
    );
    assert!(lines(&text).iter().all(|line| line.chars().count() <= 120));
    assert!(text.contains("loss by event") && text.contains("broken already"), "{text}");
}

#[test]
fn rows_have_the_keys_of_the_json_as_columns() {
    let folder = Folder::new();
    let csv = |more: &[&str]| folder.run(&[&SHOCK[..], &["--format", "csv"], more].concat()).stdout;
    let summary = csv(&[]);
    let rows = lines(&summary);
    assert!(
        rows[0].starts_with("portfolio,scenario,horizon_days,workload,loss_usd,outage_usd,"),
        "{summary}"
    );
    assert!(rows.len() == 2 && rows[1].starts_with("tiny,openai_outage,365.0,chat,"), "{summary}");
    assert!(rows[1].ends_with(",0.0,1.0,3.0"), "{summary}");
    assert_eq!(
        csv(&["--table", "timeline"]),
        "portfolio,scenario,day,workload,service\n\
         tiny,openai_outage,0.0,,0.0\ntiny,openai_outage,0.0,chat,0.0\n\
         tiny,openai_outage,3.0,,1.0\ntiny,openai_outage,3.0,chat,1.0\n"
    );
    let causes = csv(&["--table", "causes"]);
    assert!(lines(&causes)[1].starts_with("tiny,openai_outage,openai_outage,0.0,3.0,US,chat,"), "{causes}");
    let limits = csv(&["--table", "broken-limits"]);
    assert!(lines(&limits)[1].starts_with("tiny,openai_outage,us,3.0,362.0,1.0,0.6,true"), "{limits}");
    assert_eq!(lines(&csv(&["--table", "takeovers"])).len(), 1);
}

#[test]
fn all_scenarios_stand_side_by_side_the_costliest_first() {
    let folder = Folder::new();
    let bank = shipped("european_bank");
    let value = folder.run(&["stress", &bank, "--all", "--format", "json"]).json();
    let losses: Vec<f64> =
        value["scenarios"].as_array().unwrap().iter().map(|s| s["loss_usd"].as_f64().unwrap()).collect();
    assert!(losses.len() > 10 && losses.is_sorted_by(|a, b| a >= b), "{losses:?}");
    for scenario in value["scenarios"].as_array().unwrap() {
        let parts = scenario["causes"].as_array().unwrap().iter().map(|c| c["loss_usd"].as_f64().unwrap());
        let (sum, whole) = (parts.sum::<f64>(), scenario["loss_usd"].as_f64().unwrap());
        assert!((sum - whole).abs() <= 1e-9 * whole.max(1.0), "{}: {sum} of {whole}", scenario["scenario"]);
    }
    let brief = folder.run(&["stress", &bank, "--all"]).stdout;
    assert!(brief.contains("--details shows all") && !brief.contains("who takes over?"), "{brief}");
    let long = folder.run(&["stress", &bank, "--all", "--details"]).stdout;
    assert!(long.matches("loss by workload").count() == losses.len(), "{long}");
    let asked =
        ["stress", &bank, "--scenario", "transatlantic_rupture", "june_2026_order", "--format", "json"];
    let asked = folder.run(&asked).json();
    assert_eq!(asked["scenarios"][0]["scenario"], "transatlantic_rupture");
}

#[test]
fn what_cannot_be_played_is_a_usage_error() {
    let folder = Folder::new();
    for (arguments, told) in [
        (&["--shock", "openai_outag"][..], "did you mean 'openai_outage'?"),
        (&["--scenario", "taiwan_strait_blokade"], "did you mean 'taiwan_strait_blockade'?"),
        (&["--table", "timeline"], "--format csv"),
        (&["--shock", "us_vendors_unsupported_territories"], "in force today"),
        (&["--shock", "openai_outage", "--duration", "soon"], "not a duration"),
    ] {
        let ended = folder.run(&[&["stress", "tiny.yaml"], arguments].concat());
        assert_eq!((ended.code, ended.stdout.as_str()), (2, ""), "{}", ended.stderr);
        assert!(ended.stderr.contains(told), "{}", ended.stderr);
    }
}

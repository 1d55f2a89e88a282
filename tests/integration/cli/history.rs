//! `replay`, `shocks calibrate` and `signals`: what is told, rows, and what is refused.

use super::{Folder, has_keys};

fn lines(text: &str) -> Vec<&str> {
    text.lines().collect()
}

/// OpenAI's own host serves all of it: an outage of 15 hours is within the recovery objective of a day, and the order of Italy
/// has no users there.
#[test]
fn past_events_are_told_in_a_sentence_a_table_and_words() {
    let folder = Folder::new();
    let ended = folder.run(&["replay", "tiny.yaml", "--from", "2025-01-01", "--to", "2026-01-01"]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    for told in
        ["past events would cost this portfolio something today", "By year, each event alone", "  2025 "]
    {
        assert!(ended.stdout.contains(told), "{told}\n{}", ended.stdout);
    }
    assert!(!ended.stdout.contains("  2024 "), "{}", ended.stdout);
    let value = folder.run(&["replay", "tiny.yaml", "--format", "json"]).json();
    has_keys(&value, &["portfolio", "events", "by_year", "plan_by_year", "together"]);
    let event =
        |id: &str| value["events"].as_array().unwrap().iter().find(|e| e["id"] == id).unwrap().clone();
    assert_eq!(event("E118")["outage_usd"], 0.0);
    assert_eq!((&event("E118")["played_days"], &event("E014")["loss_usd"]), (&0.625.into(), &0.0.into()));
    assert!(event("E194")["no_effect"].as_str().unwrap().contains("launch"));
    // Before the history there is nothing, and no year of it.
    let early = folder.run(&["replay", "tiny.yaml", "--from", "0001-01-01", "--format", "json"]).json();
    assert_eq!((&early["from"], early["by_year"].as_object().unwrap().len()), (&"2022-01-01".into(), 5));
    let total: f64 =
        value["events"].as_array().unwrap().iter().map(|e| e["loss_usd"].as_f64().unwrap()).sum();
    let years: f64 = value["by_year"].as_object().unwrap().values().map(|x| x.as_f64().unwrap()).sum();
    assert!(total > 0.0 && (total - years).abs() < 1e-6 * total);
}

/// A plan without OpenAI loses nothing when its models are retired.
#[test]
fn a_plan_is_told_beside_today() {
    let folder = Folder::new();
    let tiny = folder.read("tiny.yaml");
    folder.write("tiny.yaml", &tiny.replace("gpt-5.4@openai:EU: 1.0", "gpt-4.1@openai:EU: 1.0"));
    folder.write("plan.yaml", &tiny.replace("gpt-5.4@openai:EU: 1.0", "mistral-large-3@mistral:EU: 1.0"));
    let value = folder.run(&["replay", "tiny.yaml", "--plan", "plan.yaml", "--format", "json"]).json();
    let retired = value["events"].as_array().unwrap().iter().find(|e| e["id"] == "E128").unwrap();
    assert!(retired["loss_usd"].as_f64().unwrap() > 0.0);
    assert_eq!(retired["plan_loss_usd"], 0.0);
    assert_eq!(value["plan"], "plan");
    let text = folder.run(&["replay", "tiny.yaml", "--plan", "plan.yaml"]).stdout;
    assert!(text.contains("The plan would lose less in"), "{text}");
}

#[test]
fn rows_have_the_keys_of_the_json_as_columns() {
    let folder = Folder::new();
    let csv = |arguments: &[&str]| folder.run(&[arguments, &["--format", "csv"]].concat()).stdout;
    let events = csv(&["replay", "tiny.yaml", "--from", "2026-06-12", "--to", "2026-06-13"]);
    let rows = lines(&events);
    assert!(
        rows[0].starts_with("id,date,name,actor,kind,lasted_days,played_days,confidence,loss_usd,"),
        "{events}"
    );
    assert!(rows.len() == 3 && rows[1].starts_with("E192,2026-06-12,"), "{events}");
    let together = csv(&["replay", "tiny.yaml", "--together", "--table", "together"]);
    assert_eq!(lines(&together)[0], "from,to,events,loss_usd,plan_loss_usd");
    assert_eq!(lines(&together).len(), 6, "{together}");
    let rates = csv(&["shocks", "calibrate"]);
    assert!(lines(&rates)[0].starts_with("actor,kind,events,years,mean,low,high,library,parts"), "{rates}");
    assert!(
        lines(&csv(&["shocks", "calibrate", "--table", "durations"]))[0]
            .starts_with("group,actor,kind,events,")
    );
    let own = ["shocks", "calibrate", "tiny.yaml", "--trials", "50", "--table"];
    let kinds = csv(&[&own[..], &["kinds"]].concat());
    assert_eq!(lines(&kinds)[0], "kind,moved,library_usd,counted_usd,difference_usd");
    let shocks = csv(&[&own[..], &["shocks"]].concat());
    assert!(lines(&shocks)[0].starts_with("shock,kind,actor,library,counted,"), "{shocks}");
}

#[test]
fn what_cannot_be_played_or_counted_is_refused() {
    let folder = Folder::new();
    folder.write("events.csv", "id,date,kind,actor\na,2024-02-31,outage,US\n");
    for (arguments, code, told) in [
        (
            &["replay", "tiny.yaml", "--from", "2026-01-01", "--to", "2025-01-01"][..],
            2,
            "the window is empty",
        ),
        (&["replay", "tiny.yaml", "--to", "2021-01-01"], 2, "there is no history"),
        (&["shocks", "calibrate", "--from", "2030-01-01", "--to", "2031-01-01"], 2, "there is no history"),
        (&["replay", "tiny.yaml", "--from", "soon"], 2, "is not a date"),
        (&["replay", "tiny.yaml", "--table", "events"], 2, "--table needs --format csv"),
        (&["replay", "tiny.yaml", "--format", "csv", "--table", "together"], 2, "needs --together"),
        (&["replay", "tiny.yaml", "--plan", "none.yaml"], 6, "does not exist"),
        (&["shocks", "calibrate", "--table", "rates"], 2, "--table needs --format csv"),
        (&["shocks", "calibrate", "--events", "none.csv"], 6, "does not exist"),
        (&["shocks", "calibrate", "--events", "events.csv"], 3, "invalid-date"),
        (&["shocks", "calibrate", "--events", "events.csv", "--out", "events.csv"], 2, "would overwrite"),
        (&["shocks", "calibrate", "--prices", "events.csv", "--out", "events.csv"], 2, "would overwrite"),
        (&["shocks", "calibrate", "--prices", "none.json"], 6, "does not exist"),
        (&["shocks", "calibrate", "--prices", "events.csv"], 3, "json-syntax"),
        (&["shocks", "calibrate", "--format", "csv", "--table", "prices"], 2, "needs --prices"),
        (&["shocks", "calibrate", "--format", "csv", "--table", "kinds"], 2, "needs a portfolio"),
    ] {
        let ended = folder.run(arguments);
        assert_eq!(ended.code, code, "{arguments:?}: {}", ended.stderr);
        assert!(ended.stderr.contains(told), "{arguments:?}: {}", ended.stderr);
        assert!(ended.stdout.is_empty());
    }
}

/// An outage that nobody shares is in the rate of its supplier; a rise of any rate passes a threshold of nothing.
#[test]
fn signals_move_rates_and_trip_the_wire() {
    let folder = Folder::new();
    folder.write(
        "events.csv",
        "id,date,kind,actor,suppliers\na,2026-11-20,outage,US,openai\nb,2026-11-21,easing,CN,\n",
    );
    let quiet = folder.run(&["signals", "events.csv", "--to", "2026-12-01"]);
    assert_eq!(quiet.code, 0, "{}", quiet.stderr);
    for told in [
        "1 of 2 events before 2026-12-01 count",
        "openai_outage",
        "What moves no rate",
        "No threshold is passed",
    ] {
        assert!(quiet.stdout.contains(told), "{told}\n{}", quiet.stdout);
    }
    let tripped =
        folder.run(&["signals", "events.csv", "--to", "2026-12-01", "--rise", "0", "--format", "json"]);
    assert_eq!(tripped.code, 7, "{}", tripped.stderr);
    let value = tripped.json();
    assert_eq!(value["rates"][0]["shock"], "openai_outage");
    assert!(value["passed"][0].as_str().unwrap().starts_with("rate of openai_outage rises"), "{value}");
    let rows = folder.run(&["signals", "events.csv", "--format", "csv", "--table", "set-aside"]).stdout;
    assert_eq!(lines(&rows)[0], "event,date,name,kind,actor,reason");
    assert!(lines(&rows)[1].starts_with("b,2026-11-21,b,easing,CN,"), "{rows}");
}

/// The same events over a portfolio: both states on the same trials, so that without a count that matters nothing moves.
#[test]
fn signals_are_told_for_a_portfolio() {
    let folder = Folder::new();
    folder.write("events.csv", "id,date,kind,actor\na,2026-11-20,tariff,IN\n");
    let run = |more: &[&str]| {
        folder.run(&[&["signals", "events.csv", "tiny.yaml", "--trials", "50"][..], more].concat())
    };
    let value = run(&["--format", "json"]).json();
    assert_eq!(value["effect"]["before"], value["effect"]["after"]);
    assert_eq!((&value["portfolio"], value["passed"].as_array().unwrap().len()), (&"tiny".into(), 0));
    assert!(run(&[]).stdout.contains("What it does to the portfolio"));
}

/// Where no event counts, no option changes; an outage a day of the host in use makes options worse.
#[test]
fn signals_tell_which_options_of_the_ladder_change() {
    let folder = Folder::new();
    let outages: String = (1..=28).map(|day| format!("o{day},2026-11-{day:02},outage,US,openai\n")).collect();
    folder.write("outages.csv", &format!("id,date,kind,actor,suppliers\n{outages}"));
    folder.write("nothing.csv", "id,date,kind,actor\na,2026-11-20,tariff,IN\n");
    let run = |events: &str, more: &[&str]| {
        let usual = ["signals", events, "tiny.yaml", "--to", "2026-12-01", "--trials", "50", "--ladder"];
        folder.run(&[&usual[..], more].concat())
    };
    let quiet = run("nothing.csv", &["--format", "json"]).json();
    let rungs = quiet["rungs"].as_array().unwrap();
    assert!(!rungs.is_empty() && rungs.iter().all(|rung| rung["changes"] == false), "{quiet}");
    assert!(rungs.iter().all(|rung| rung["objective_before_usd"] == rung["objective_after_usd"]), "{quiet}");
    assert!(run("nothing.csv", &[]).stdout.contains(&format!("None of {} options changes", rungs.len())));

    let moved = run("outages.csv", &["--format", "json"]).json();
    let objectives = |rung: &serde_json::Value| {
        let usd = |key: &str| rung[key].as_f64();
        Some((usd("objective_before_usd")?, usd("objective_after_usd")?))
    };
    let both: Vec<(f64, f64)> = moved["rungs"].as_array().unwrap().iter().filter_map(objectives).collect();
    assert!(both.iter().any(|(before, after)| after > before), "{moved}");
    let rows = run("outages.csv", &["--format", "csv", "--table", "rungs"]).stdout;
    assert_eq!(lines(&rows).len(), moved["rungs"].as_array().unwrap().len() + 1, "{rows}");
}

#[test]
fn signals_that_cannot_be_read_are_refused() {
    let folder = Folder::new();
    folder.write("events.csv", "id,date,kind,actor,shocks\na,2026-11-20,outage,US,openai_outrage\n");
    folder.write("feed.json", "[{\"id\": 1}]");
    folder.write("good.csv", "id,date,kind,actor\na,2026-11-20,outage,US\n");
    for (arguments, code, told) in [
        (&["signals", "events.csv"][..], 3, "did you mean 'openai_outage'?"),
        (&["signals", "feed.json"], 3, "unknown-event-format"),
        (&["signals", "none.csv"], 6, "does not exist"),
        (&["signals", "good.csv", "--table", "rates"], 2, "--table needs --format csv"),
        (&["signals", "good.csv", "--looked-for", "weather"], 2, "invalid value 'weather'"),
        (&["signals", "good.csv", "--from", "2026-12-01", "--to", "2026-11-01"], 2, "the window is empty"),
    ] {
        let ended = folder.run(arguments);
        assert_eq!(ended.code, code, "{arguments:?}: {}", ended.stderr);
        assert!(ended.stderr.contains(told), "{arguments:?}: {}", ended.stderr);
    }
}

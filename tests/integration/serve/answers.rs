//! The figures are those of the commands, to the last digit.

use std::thread;

use serde_json::{Value, json};

use super::Served;
use super::client::PORTFOLIO;

fn change(at: &str, value: Value) -> Value {
    json!({"at": at, "value": value})
}

/// Shares, a standby, a fee, a contract, a limit.
fn changes() -> Value {
    json!([
        change(
            "/workloads/chat/allocation/DE",
            json!({"gpt-5.4@openai:EU": 0.6, "mistral-large-3@mistral:EU": 0.4})
        ),
        change(
            "/workloads/search/standby",
            json!([{"offer": "mistral-large-3@mistral:EU", "readiness": "warm", "cover": 0.8}])
        ),
        change("/readiness/warm/usd_per_month", json!(4000)),
        change("/contracts/-", json!({"host": "mistral", "fixed_usd_per_year": 12000})),
        change("/limits/us/at_most", json!(0.5)),
    ])
}

/// Every part of the answer is what the command prints about the file that the patch makes.
#[test]
fn what_if_equals_the_commands_on_the_patched_file() {
    let served = Served::new();
    let request = json!({
        "changes": changes(), "trials": 300, "seed": 7, "scenarios": ["june_2026_order"],
        "events": [
            {"off": {"kind": "jurisdiction", "id": "US"}, "at_day": 10, "days": 90},
            {"shock": "azure_outage", "at_day": 20.5},
        ],
    });
    let answer = served.answer("/api/v1/what-if", &request);
    let text = patched(PORTFOLIO, answer["patch"].as_str().unwrap());
    assert_eq!(served.post("/api/v1/portfolio", &request).body, text);
    assert!(text.contains("# the large one") && text.contains("# Everything is invented."), "{text}");
    let command = |line: &str| served.command(&text, line);
    assert_eq!(answer["simulate"], command("simulate tiny.yaml --trials 300 --seed 7"));
    let stress = command("stress tiny.yaml --scenario what_if,june_2026_order");
    assert_eq!(answer["stress"], stress);
    assert_eq!(answer["check"], command("check tiny.yaml --trials 300 --seed 7 --today 2026-11-29"));
    let exposure = command("exposure tiny.yaml");
    for key in ["shares", "hhi", "effective_number", "coverage", "diversity", "chokepoints"] {
        assert_eq!(answer["dependence"][key], exposure[key], "{key}");
    }
    assert_eq!(answer["monthly_cost_usd"], exposure["monthly_cost_usd"]);
    assert_eq!(served.answer("/api/v1/exposure", &request), exposure);
    assert_eq!(served.answer("/api/v1/simulate", &request), answer["simulate"]);
    assert_eq!(served.answer("/api/v1/check", &request), answer["check"]);
    let all = json!({"changes": changes()});
    let without_events = served.post("/api/v1/portfolio", &all).body;
    assert_eq!(
        served.answer("/api/v1/stress", &all),
        served.command(&without_events, "stress tiny.yaml --all")
    );
    // The command lines that it names are these.
    let named: Vec<&str> = answer["commands"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert_eq!(
        named,
        [
            "patch tiny.yaml change.patch",
            "multipolar simulate tiny.yaml --trials 300 --seed 7",
            "multipolar check tiny.yaml --trials 300 --seed 7 --today 2026-11-29",
            "multipolar exposure tiny.yaml",
            "multipolar stress tiny.yaml --scenario what_if,june_2026_order",
        ]
    );
}

/// The difference is that of the two simulations; without a change there is none, nor a patch.
#[test]
fn a_difference_is_that_of_the_two_simulations() {
    let served = Served::new();
    let aal = |answer: &Value| answer["simulate"]["aal_usd"]["value"].as_f64().unwrap();
    let cvar = |answer: &Value| answer["simulate"]["cvar_usd"]["0.95"]["value"].as_f64().unwrap();
    let before = served.answer("/api/v1/what-if", &json!({"trials": 300}));
    assert_eq!((&before["difference"], &before["patch"]), (&Value::Null, &json!("")));
    let after = served.answer("/api/v1/what-if", &json!({"trials": 300, "changes": changes()}));
    for (key, expected) in
        [("aal_usd", aal(&after) - aal(&before)), ("cvar_usd", cvar(&after) - cvar(&before))]
    {
        let found = after["difference"][key]["value"].as_f64().unwrap();
        assert!(
            (found - expected).abs() <= 1e-9 * expected.abs().max(1.0),
            "{key}: {found} against {expected}"
        );
    }
    // Another horizon has other trials.
    let longer = json!({"trials": 300, "changes": [change("/horizon", json!("730d"))]});
    assert_eq!(served.answer("/api/v1/what-if", &longer)["difference"], Value::Null);
    // Without trials nothing is simulated, and the limit on losses has no value.
    let quick = served.answer("/api/v1/what-if", &json!({"changes": changes()}));
    assert_eq!(quick["simulate"], Value::Null);
    assert_eq!(quick["check"]["limits"][0]["value"], Value::Null);
}

/// A node that is switched off for good, from day 0, costs what `exposure` says of it.
#[test]
fn a_node_that_is_off_costs_what_exposure_says() {
    let served = Served::new();
    let exposure = served.answer("/api/v1/exposure", &json!({}));
    let mut n_costly = 0;
    for node in exposure["node_losses"].as_array().unwrap() {
        let loss = node["loss_usd"].as_f64().unwrap();
        if loss == 0.0 && node["kind"] != "jurisdiction" {
            continue;
        }
        n_costly += usize::from(loss > 0.0);
        let off = json!({"kind": node["kind"], "id": node["id"]});
        let answer = served.answer("/api/v1/stress", &json!({"events": [{"off": off}]}));
        let found = answer["scenarios"][0]["loss_usd"].as_f64().unwrap();
        assert!((found - loss).abs() <= 1e-9 * loss, "{off}: {found} against {loss}");
    }
    assert!(n_costly > 3);
}

/// Two tabs ask different things at the same time, and each gets its own answer.
#[test]
fn two_tabs_do_not_disturb_each_other() {
    let served = Served::new();
    let request = |share: f64| {
        let shares = json!({"gpt-5.4@openai:EU": share, "mistral-large-3@mistral:EU": 1.0 - share});
        json!({"trials": 100, "changes": [change("/workloads/search/allocation", shares)]})
    };
    let tab = |share: f64| {
        let answers: Vec<Value> = (0..6).map(|_| served.answer("/api/v1/what-if", &request(share))).collect();
        assert!(answers.iter().all(|answer| *answer == answers[0]));
        answers[0]["workloads"][1]["cells"][0]["allocation"]["gpt-5.4@openai:EU"].as_f64()
    };
    thread::scope(|scope| {
        let (left, right) = (scope.spawn(|| tab(0.25)), scope.spawn(|| tab(0.75)));
        assert_eq!((left.join().unwrap(), right.join().unwrap()), (Some(0.25), Some(0.75)));
    });
}

/// Lists and single entries are those of the commands too.
#[test]
fn lists_equal_the_commands() {
    let served = Served::new();
    let command = |line: &str| served.command(PORTFOLIO, line);
    for what in ["hosts", "models", "scenarios", "limits", "rules", "suppliers", "hardware"] {
        assert_eq!(
            served.get(&format!("/api/v1/list/{what}")).json(),
            command(&format!("list {what} tiny.yaml"))
        );
    }
    let offers = served.get("/api/v1/list/offers?workload=chat").json();
    assert_eq!(offers, command("list offers tiny.yaml --for chat"));
    let shock = served.get("/api/v1/shocks/azure_outage").json();
    assert_eq!(shock, command("shocks show azure_outage tiny.yaml"));
    assert_eq!(served.answer("/api/v1/landscape", &json!({})), command("landscape --portfolio tiny.yaml"));
    let weighted = served.answer("/api/v1/landscape", &json!({"weights": {"talent": 3}}));
    assert_eq!(weighted, command("landscape --portfolio tiny.yaml --weights talent=3"));
}

/// Applies a unified diff, as `patch` does.
fn patched(text: &str, patch: &str) -> String {
    let old: Vec<&str> = text.split_inclusive('\n').collect();
    let (mut at, mut new) = (0, String::new());
    for line in patch.split_inclusive('\n').skip(2) {
        if let Some(place) = line.strip_prefix("@@ -") {
            let first: usize = place.split(',').next().unwrap().parse().unwrap();
            new.extend(old[at..first - 1].iter().copied());
            at = first - 1;
        } else if let Some(added) = line.strip_prefix('+') {
            new.push_str(added);
        } else {
            assert_eq!(old[at], &line[1..], "the patch does not fit");
            if line.starts_with(' ') {
                new.push_str(old[at]);
            }
            at += 1;
        }
    }
    new.extend(old[at..].iter().copied());
    new
}

/// Compared with another state, the difference is that of the two losses; with itself there is none.
#[test]
fn two_changed_portfolios_are_compared_with_each_other() {
    let served = Served::new();
    let aal = |answer: &Value| answer["simulate"]["aal_usd"]["value"].as_f64().unwrap();
    let other = json!([change("/workloads/chat/recovery_objective", json!("9d"))]);
    let held = served.answer("/api/v1/what-if", &json!({"trials": 200, "changes": other}));
    let asked = json!({"trials": 200, "changes": changes(), "against": other});
    let answer = served.answer("/api/v1/what-if", &asked);
    let (found, expected) =
        (answer["difference"]["aal_usd"]["value"].as_f64().unwrap(), aal(&answer) - aal(&held));
    assert!((found - expected).abs() <= 1e-9 * expected.abs().max(1.0), "{found} against {expected}");
    let same = json!({"trials": 200, "changes": other, "against": other});
    assert_eq!(served.answer("/api/v1/what-if", &same)["difference"], Value::Null);
    let back = served.answer("/api/v1/what-if", &json!({"trials": 200, "against": changes()}));
    assert_eq!(back["difference"]["aal_usd"]["value"].as_f64().unwrap(), {
        let forth = served.answer("/api/v1/what-if", &json!({"trials": 200, "changes": changes()}));
        -forth["difference"]["aal_usd"]["value"].as_f64().unwrap()
    });
    let wrong = json!({"trials": 200, "against": [change("nowhere", json!(1))]});
    assert_eq!(served.post("/api/v1/what-if", &wrong).status, 422);
}

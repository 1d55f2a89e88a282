//! Work that takes longer: told as it goes, cancelled on request, and answered as the commands answer.

use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::Served;
use super::client::PORTFOLIO;

fn begun(served: &Served, body: &Value) -> String {
    let reply = served.post("/api/v1/jobs", body);
    assert_eq!(reply.status, 202, "{}", reply.body);
    reply.json()["id"].as_str().unwrap().to_owned()
}

fn ended(served: &Served, id: &str) -> Value {
    let since = Instant::now();
    loop {
        let job = served.get(&format!("/api/v1/jobs/{id}")).json();
        if !["waiting", "running"].contains(&job["state"].as_str().unwrap()) {
            return job;
        }
        assert!(since.elapsed() < Duration::from_secs(120), "{job}");
        sleep(Duration::from_millis(50));
    }
}

/// The ladder is that of `optimize --ladder`, and the changes of a rung make a portfolio that costs what the rung costs.
#[test]
fn a_plan_equals_the_command_and_its_rungs_can_be_accepted() {
    let served = Served::new();
    let id = begun(&served, &json!({"job": "plan", "study": {"trials": 60}}));
    let events = served.get(&format!("/api/v1/jobs/{id}/events"));
    let told: Vec<Value> = events
        .body
        .lines()
        .filter_map(|line| line.strip_prefix("data: "))
        .map(|data| serde_json::from_str(data).unwrap())
        .collect();
    let job = ended(&served, &id);
    assert_eq!(told.last(), Some(&job), "the last event is the job with its answer");
    assert_eq!(job["state"], "done", "{job}");
    assert_eq!(job["answer"], served.command(PORTFOLIO, "optimize tiny.yaml --ladder --trials 60 --seed 1"));
    assert_eq!(job["command"], "multipolar optimize tiny.yaml --ladder --trials 60 --seed 1");
    let rungs = job["answer"]["ladder"].as_array().unwrap();
    let accept = job["accept"].as_array().unwrap();
    assert_eq!(rungs.len(), accept.len());
    for (rung, accepted) in rungs.iter().zip(accept) {
        assert_eq!((&rung["rung"], &rung["touched"]), (&accepted["rung"], &accepted["touched"]));
        let answer = served.answer("/api/v1/what-if", &json!({"changes": accepted["changes"]}));
        let (cost, planned) = (&answer["monthly_cost_usd"], &rung["figures"]["monthly_cost_usd"]);
        let near =
            (cost.as_f64().unwrap() - planned.as_f64().unwrap()).abs() < 1e-6 * planned.as_f64().unwrap();
        assert!(near, "{}: {cost} against {planned}", rung["rung"]);
    }
}

#[test]
fn a_job_is_cancelled_and_others_go_on() {
    let served = Served::new();
    let long = begun(&served, &json!({"job": "plan", "study": {"trials": 4000}}));
    let waiting = begun(&served, &json!({"job": "plan", "study": {"trials": 4000}}));
    sleep(Duration::from_millis(200));
    for id in [&long, &waiting] {
        assert_eq!(served.delete(&format!("/api/v1/jobs/{id}")).json()["state"], "cancelled");
    }
    // What is quick is answered meanwhile.
    assert_eq!(served.post("/api/v1/what-if", &json!({})).status, 200);
    let next =
        begun(&served, &json!({"job": "reverse", "loss_usd": 1_000_000.0, "max_shocks": 1, "study": {}}));
    let job = ended(&served, &next);
    assert_eq!(job["state"], "done", "{job}");
    let command = "reverse tiny.yaml --loss 1000000 --max-shocks 1 --sets 10";
    assert_eq!(job["answer"], served.command(PORTFOLIO, command));
    assert_eq!(ended(&served, &long)["state"], "cancelled");
    assert_eq!(ended(&served, &long)["answer"], Value::Null);
}

#[test]
fn jobs_that_cannot_be_done_are_refused_and_too_many_wait() {
    let served = Served::new();
    for body in [
        json!({"job": "why"}),
        json!({"job": "reverse", "max_shocks": 9}),
        json!({"job": "reverse", "loss_usd": -1.0}),
        json!({"job": "plan", "cvar_weight": 2.0}),
        json!({"job": "plan", "study": {"trials": 0}}),
    ] {
        assert_eq!(served.post("/api/v1/jobs", &body).status, 422, "{body}");
    }
    assert_eq!(served.post("/api/v1/jobs", &json!({"job": "sleep"})).status, 400);
    let failed = begun(&served, &json!({"job": "why", "offer": "nothing@nobody:EU"}));
    assert_eq!(ended(&served, &failed)["state"], "failed");
    let signed = begun(
        &served,
        &json!({"job": "if_signed", "offer": "mistral-large-3@mistral:EU", "share": 0.2, "study": {"trials": 40}}),
    );
    let job = ended(&served, &signed);
    let command =
        "check tiny.yaml --if-signed mistral-large-3@mistral:EU=0.2 --trials 40 --seed 1 --today 2026-11-29";
    assert_eq!(job["answer"], served.command(PORTFOLIO, command), "{job}");
    let many: Vec<u16> = (0..10)
        .map(|_| served.post("/api/v1/jobs", &json!({"job": "plan", "study": {"trials": 4000}})).status)
        .collect();
    assert!(many.contains(&202) && many.last() == Some(&429), "{many:?}");
    assert!(served.is_alive());
}

/// Nothing is written before it is asked for; then the folder of the changed portfolio holds what `report` writes.
#[test]
fn a_report_is_written_on_request_and_only_under_the_reports() {
    let served = Served::new();
    let changes = json!([{"at": "/workloads/search/outage_cost_usd_per_day", "value": 12_000}]);
    served.answer("/api/v1/what-if", &json!({"changes": changes}));
    assert_eq!(served.files(), ["tiny.yaml"]);
    let id = begun(&served, &json!({"job": "report", "study": {"trials": 40, "changes": changes}}));
    let job = ended(&served, &id);
    assert_eq!(job["state"], "done", "{job}");
    assert_eq!(
        job["command"],
        "multipolar report tiny.yaml --trials 40 --seed 1 --today 2026-11-29 --reports reports"
    );
    let folder = job["answer"]["folder"].as_str().unwrap().to_owned();
    assert!(folder.starts_with("reports/tiny/what-if-"), "{folder}");
    let written = served.files();
    assert!(
        written.iter().all(|file| file == "tiny.yaml" || file.starts_with(&format!("{folder}/"))),
        "{written:?}"
    );
    for file in job["answer"]["files"].as_array().unwrap() {
        assert!(written.contains(&format!("{folder}/{}", file.as_str().unwrap())), "{file} of {written:?}");
    }
    let text = served.post("/api/v1/portfolio", &json!({"changes": changes})).body;
    assert_eq!(served.read(&format!("{folder}/inputs/portfolios/tiny.yaml")), text);
    let expected = served.command(&text, "report tiny.yaml --trials 40 --seed 1 --today 2026-11-29");
    let results: Value = serde_json::from_str(&served.read(&format!("{folder}/results.json"))).unwrap();
    assert_eq!(results, expected);
    // Again, and it is the same folder.
    let again = begun(&served, &json!({"job": "report", "study": {"trials": 40, "changes": changes}}));
    assert_eq!(ended(&served, &again)["answer"], job["answer"]);
    assert_eq!(served.files(), written);
}

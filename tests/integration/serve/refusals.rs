//! Who may ask, and what is refused.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::Served;
use super::client::Reply;

fn code(reply: &Reply) -> String {
    reply.json()["code"].as_str().unwrap_or_default().to_owned()
}

/// Without the token nothing is told, whatever the address; another host or another page gets nothing with it.
#[test]
fn nothing_is_answered_without_the_token_or_to_others() {
    let served = Served::new();
    let token = served.token.clone();
    for at in [
        "/",
        "/page.js",
        "/page.css",
        "/api/v1/about",
        "/api/v1/openapi.json",
        "/nowhere",
        "/?token=",
        "/?token=0",
    ] {
        let reply = served.send("GET", at, "", "");
        assert_eq!(reply.status, 401, "{at}");
        assert!(!reply.body.contains("tiny"), "{}", reply.body);
    }
    let wrong = format!("authorization: Bearer {}\r\n", token.replace(|c: char| c.is_ascii_digit(), "x"));
    assert_eq!(served.send("GET", "/api/v1/about", &wrong, "").status, 401);
    assert_eq!(
        served.send("POST", "/api/v1/what-if", "content-type: application/json\r\n", "{}").status,
        401
    );
    let page = served.send("GET", &format!("/?token={token}"), "", "");
    assert_eq!(page.status, 200);
    let policy = page.head.to_ascii_lowercase();
    assert!(policy.contains("content-security-policy: default-src 'none'; script-src 'self'"), "{policy}");
    let bearer = format!("authorization: Bearer {token}\r\n");
    let other =
        format!("GET /api/v1/about HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n{bearer}\r\n");
    assert_eq!(served.raw(other.as_bytes()).status, 403);
    let page = format!("{bearer}origin: http://evil.example\r\n");
    assert_eq!(served.send("GET", "/api/v1/about", &page, "").status, 403);
    let own = format!("{bearer}origin: http://127.0.0.1:{}\r\n", served.port);
    assert_eq!(served.send("GET", "/api/v1/about", &own, "").status, 200);
}

/// The page asks for nothing from elsewhere.
#[test]
fn the_page_names_no_other_host() {
    let served = Served::new();
    for at in ["/", "/page.js", "/page.css"] {
        let text = served.get(at).body;
        let others = text.replace("http://www.w3.org/2000/svg", "");
        assert!(
            !others.contains("http://") && !others.contains("https://") && !others.contains("url(//"),
            "{at}"
        );
    }
}

#[test]
fn addresses_and_bodies_that_are_not_there_are_refused_and_no_file_is_read() {
    let served = Served::new();
    for at in [
        "/../../etc/passwd",
        "/page/../tiny.yaml",
        "/tiny.yaml",
        "/api/v1/list/..%2f..%2ftiny.yaml",
        "/api/v1/jobs/99",
        "/api/v1/shocks/nothing",
    ] {
        let reply = served.get(at);
        assert_eq!(reply.status, 404, "{at}");
        assert!(!reply.body.contains("format_version: 1"), "{at}");
    }
    let refused = |reply: Reply, status, word: &str| {
        assert_eq!((reply.status, code(&reply).as_str()), (status, word), "{}", reply.body);
    };
    refused(served.get("/api/v1/what-if"), 405, "method_not_allowed");
    refused(served.post_text("/api/v1/what-if", "{"), 400, "bad_request");
    refused(served.post_text("/api/v1/what-if", "[]"), 400, "bad_request");
    refused(served.post_text("/api/v1/what-if", ""), 400, "bad_request");
    refused(served.post("/api/v1/what-if", &json!({"change": []})), 400, "bad_request");
    refused(served.post("/api/v1/what-if", &json!({"trials": -1})), 400, "bad_request");
    let deep =
        format!("{{\"changes\": [{{\"at\": \"/x\", \"value\": {}{}}}]}}", "[".repeat(5000), "]".repeat(5000));
    refused(served.post_text("/api/v1/what-if", &deep), 400, "bad_request");
    refused(
        served.post_text("/api/v1/what-if", &format!("{{\"changes\": \"{}\"}}", "x".repeat(2_000_000))),
        413,
        "too_large",
    );
    let bearer = format!("authorization: Bearer {}\r\n", served.token);
    assert_eq!(served.send("POST", "/api/v1/what-if", &bearer, "{}").status, 415);
    assert_eq!(served.raw(b"nonsense\r\n\r\n").status, 400);
    assert!(served.is_alive());
}

/// A change that makes no valid portfolio is told as `check` tells it, with place and help.
#[test]
fn bad_changes_are_refused_with_a_diagnostic() {
    let served = Served::new();
    let refused = |at: &str, value: Value| {
        let reply = served.post("/api/v1/what-if", &json!({"changes": [{"at": at, "value": value}]}));
        assert_eq!(reply.status, 422, "{at}: {}", reply.body);
        reply.json()
    };
    for (at, value, expected) in [
        ("/workloads/chat/allocation", json!({"gpt-5.4@openai:EU": 0.5}), "shares-sum"),
        ("/workloads/chat/allocation", json!({"gpt-5.4@nobody:EU": 1}), "unknown-offer"),
        ("/workloads/chat/allocation", json!(7), "wrong-type"),
        ("/workloads/chat/standby", json!([{"offer": "gpt-5.4@openai:EU"}]), "missing-key"),
        ("/workloads", json!([]), "empty-list"),
        ("/workloads", Value::Null, "missing-key"),
        ("/horizon", json!("-3d"), ""),
        ("/horizon", json!(1e300), ""),
        ("/nonsense", json!(1), "unknown-key"),
    ] {
        let told = refused(at, value.clone());
        assert_eq!(told["code"], "invalid_portfolio", "{at}");
        let problems = told["problems"].as_array().unwrap();
        assert!(!problems.is_empty(), "{at}");
        let codes: BTreeSet<&str> = problems.iter().filter_map(|problem| problem["code"].as_str()).collect();
        assert!(expected.is_empty() || codes.contains(expected), "{at} = {value}: {codes:?}");
    }
    for at in ["", "horizon", "/", "/workloads/nobody/name", "/horizon/x", "/workloads/-/x"] {
        assert_eq!(refused(at, json!(1))["code"], "invalid_request", "{at}");
    }
    for events in [
        json!([{}]),
        json!([{"shock": "nothing"}]),
        json!([{"off": {"kind": "planet", "id": "US"}}]),
        json!([{"off": {"kind": "host", "id": "nobody"}}]),
        json!([{"shock": "azure_outage", "at_day": -1}]),
        json!([{"shock": "azure_outage", "days": 1e9}]),
        json!([{"shock": "azure_outage", "off": {"kind": "host", "id": "azure"}}]),
    ] {
        let reply = served.post("/api/v1/stress", &json!({"events": events}));
        assert_eq!(reply.status, 422, "{events}: {}", reply.body);
    }
    assert_eq!(served.post("/api/v1/stress", &json!({"scenarios": ["nothing"]})).status, 422);
    assert_eq!(served.post("/api/v1/simulate", &json!({"trials": 0})).status, 422);
    assert_eq!(served.post("/api/v1/landscape", &json!({"weights": {"luck": 1}})).status, 422);
    assert!(served.is_alive());
}

/// Values of every kind at every key: always an answer or a refusal, never a fault of the server.
#[test]
fn no_value_anywhere_is_a_fault_of_the_server() {
    let served = Served::new();
    let values = [
        json!(0),
        json!(-1),
        json!(1e308),
        json!(true),
        json!(""),
        json!("\u{0}\n\t: {["),
        json!([]),
        json!({}),
        json!([[[1]]]),
        json!({"a": {"b": null}}),
        json!("365d"),
        json!(["DE"]),
        json!("*x"),
        json!("&x 1"),
        json!("!!int 3"),
        json!({"<<": {"x": 1}}),
        Value::Null,
    ];
    let places = [
        "/format_version",
        "/company",
        "/company/sites",
        "/currency",
        "/horizon",
        "/starts",
        "/workloads",
        "/workloads/0",
        "/workloads/chat/users",
        "/workloads/chat/users/DE",
        "/workloads/chat/demand/input_mtok",
        "/workloads/chat/allocation/DE/gpt-5.4@openai:EU",
        "/workloads/chat/fallback",
        "/workloads/chat/standby/-",
        "/workloads/chat/require/model",
        "/surge",
        "/readiness/hot",
        "/capacity",
        "/contracts/-",
        "/limits/us",
        "/limits/-",
        "/catalog/shocks/-",
        "/catalog/offers/-",
        "/catalog/scenarios",
        "/hosts",
        "/<<",
        "/~0~1",
        "/workloads/chat/~1",
    ];
    // Every value at some places, and a few values at every place.
    for (n, at) in places.iter().enumerate() {
        for value in values.iter().cycle().skip(5 * n).take(5) {
            let body = json!({"trials": 20, "changes": [{"at": at, "value": value}]});
            let reply = served.post("/api/v1/what-if", &body);
            assert!([200, 422].contains(&reply.status), "{at} = {value}: {} {}", reply.status, reply.body);
        }
    }
    assert!(served.is_alive());
}

/// The description names every address, and the answers are what it says.
#[test]
fn answers_are_as_described() {
    let served = Served::new();
    let described = served.get("/api/v1/openapi.json").json();
    assert_eq!(described["openapi"], "3.1.0");
    let paths: Vec<&str> = described["paths"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(paths.len(), 15, "{paths:?}");
    let valid = |name: &str, answer: &Value| {
        let mut schema = json!({"$ref": format!("#/components/schemas/{name}")});
        schema["components"] = described["components"].clone();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let errors: Vec<String> = validator.iter_errors(answer).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{name}: {errors:?}");
    };
    let request = json!({"trials": 50, "events": [{"off": {"kind": "host", "id": "openai"}}]});
    valid("WhatIfAnswer", &served.answer("/api/v1/what-if", &request));
    valid("ExposureAnswer", &served.answer("/api/v1/exposure", &request));
    valid("OfferSourcesAnswer", &served.get("/api/v1/offers/mistral-large-3@mistral:EU").json());
    valid("AboutAnswer", &served.get("/api/v1/about").json());
    valid("StudyRequest", &request);
    valid("RefusalAnswer", &served.post("/api/v1/simulate", &json!({"trials": 0})).json());
}

use super::*;
use crate::input::load_library;

fn library() -> Instance {
    load_library(None, None).unwrap().instance().unwrap()
}

const TABLE: &str = "id,date,kind,actor,suppliers,shocks,models,retires,notice_days\n\
                     a,2026-11-20,outage,US,openai,,,,\n\
                     b,2026-11-21,chip_control,US,,us_chip_control_china,,,30\n\
                     c,2026-11-22,supplier_exit,US,anthropic; aws-bedrock,,claude-haiku-4.5,2027-02-01,72\n";

const EVENT: &str = r#"{"schema_version": "apw.provider_event.v0", "id": "2026-11-01-openai-down", "title": "OpenAI is down",
 "event_kind": "status_incident", "lifecycle_status": "reviewed", "provider_refs": ["provider:openai"], "event_date": "2026-11-01",
 "severity": "high", "effective_at": "2026-11-01T04:00:00Z", "announced_at": null,
 "detail": {"kind": "status_incident", "resolved_at": "2026-11-03T07:36:00Z", "model_refs": ["model:gpt-4.1-2025-04-14"]}}"#;

fn read_table(text: &[u8], instance: &Instance) -> (Vec<Signal>, Vec<(&'static str, Option<usize>)>) {
    let log = Log::default();
    let signals = signal_table("f.csv", text, |signal, line| known_ids(signal, line, instance), &log);
    (signals, log.into_sorted().iter().map(|d| (d.code, d.line)).collect())
}

fn read_json(text: &str, instance: &Instance) -> (Vec<Signal>, Vec<&'static str>) {
    let log = Log::default();
    let signals = feed("f.json", text.as_bytes().to_vec(), instance, &log);
    (signals, log.into_sorted().iter().map(|d| d.code).collect())
}

#[test]
fn a_table_names_shocks_suppliers_and_models() {
    let (signals, problems) = read_table(TABLE.as_bytes(), &library());
    assert_eq!(problems, []);
    assert_eq!(signals[0].suppliers, ["openai"]);
    assert_eq!(signals[1].shocks, ["us_chip_control_china"]);
    assert_eq!(signals[2].suppliers, ["anthropic", "aws-bedrock"]);
    assert_eq!(signals[2].retires.unwrap().to_string(), "2027-02-01");
}

#[test]
fn unknown_ids_are_refused_in_their_line() {
    let text = TABLE
        .replace("openai", "opnai")
        .replace("us_chip_control_china", "us_chip")
        .replace("claude-haiku", "haiku");
    let (_, problems) = read_table(text.as_bytes(), &library());
    assert_eq!(
        problems,
        [("unknown-supplier", Some(2)), ("unknown-shock", Some(3)), ("unknown-model", Some(4))]
    );
}

#[test]
fn an_incident_of_the_feed_is_an_outage_of_its_provider() {
    let instance = library();
    let (signals, problems) = read_json(&format!("[{EVENT}, {EVENT}]"), &instance);
    assert!(problems.is_empty() && signals.len() == 1, "{problems:?}");
    let signal = &signals[0];
    assert_eq!((signal.event.kind, signal.event.lasted_days), ("outage", Some(2.0)));
    assert_eq!(
        (signal.suppliers.as_slice(), signal.event.actor.as_deref()),
        (&["openai".to_owned()][..], Some("US"))
    );
    assert_eq!(signal.set_aside, None);
    let aside = |from: &str, to: &str| {
        let (signals, _) = read_json(&EVENT.replace(from, to), &instance);
        signals[0].set_aside.clone().unwrap_or_default()
    };
    assert!(aside("\"high\"", "\"low\"").contains("below the library's threshold"));
    assert!(aside("reviewed", "retracted").contains("retracted"));
    assert!(aside("provider:openai", "provider:nobody").contains("no supplier 'nobody'"));
    assert!(aside("status_incident\", \"lifecycle", "model_launch\", \"lifecycle").contains("no shock"));
}

#[test]
fn a_retirement_of_the_feed_ends_models_of_the_catalog() {
    let instance = library();
    let text = EVENT.replace("status_incident\", \"lifecycle", "model_retirement\", \"lifecycle");
    let (signals, _) = read_json(&text, &instance);
    assert_eq!(signals[0].models, ["gpt-4.1"]);
    assert_eq!(signals[0].retires.unwrap().to_string(), "2026-11-01");
    assert!(signals[0].set_aside.as_ref().unwrap().contains("dates of the catalog"));
}

#[test]
fn what_is_no_event_is_refused() {
    let instance = library();
    for (text, code) in [
        ("{", "json-syntax"),
        ("[]", "empty-list"),
        ("[1]", "unknown-event-format"),
        (
            r#"{"id": "a", "title": "b", "event_kind": "x", "event_date": "2026-13-01"}"#,
            "unknown-event-format",
        ),
    ] {
        assert_eq!(read_json(text, &instance).1, [code], "{text}");
    }
}

/// Bytes changed, doubled and cut at every place: each is read or refused, and none is a panic.
#[test]
fn mutated_files_are_read_or_refused() {
    let instance = library();
    let changed = |text: &str| -> Vec<Vec<u8>> {
        let bytes = text.as_bytes();
        let at = |n: usize| {
            let cut = bytes[..n].to_vec();
            let with = |byte: u8| [&bytes[..n], &[byte], &bytes[n + 1..]].concat();
            [cut, with(b'"'), with(b','), with(0xff), with(b'9'), [bytes, &bytes[n..]].concat()]
        };
        (0..bytes.len()).step_by(3).flat_map(at).collect()
    };
    for bytes in changed(TABLE) {
        let (signals, problems) = read_table(&bytes, &instance);
        assert!(!signals.is_empty() || !problems.is_empty());
    }
    for bytes in changed(EVENT) {
        let log = Log::default();
        let signals = feed("f.json", bytes, &instance, &log);
        assert!(!signals.is_empty() || log.has_errors());
    }
}

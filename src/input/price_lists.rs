//! Reading public price lists: LiteLLM's map, and the snapshot of model-prices.
//!
//! They are files of others, so nothing in them is trusted: their size is bounded, a field of another type sets its entry aside,
//! and a key is only ever compared and printed.

mod litellm;
mod model_prices;

use std::path::Path;

use jiff::civil::Date;
use serde_json::{Map, Value};

use super::diagnostic::Diagnostic;
use super::log::Log;
use super::{InputError, document, failure, files};
use crate::model::magnitudes::USD_PER_MTOK;
use crate::model::price_history::PriceHistory;
use crate::model::price_list::{ListedTokenPrice, PriceList};
use crate::units::date::parse_day;

/// Reads a price list of either project; `today` is the day whose prices are taken from a dated history, by default the day
/// that the list states.
///
/// # Errors
/// [`InputError::Unreadable`] when the file cannot be read; [`InputError::Invalid`] when it is too large, not JSON, or neither
/// list.
pub fn read_price_list(path: &Path, today: Option<Date>) -> Result<PriceList, InputError> {
    let log = Log::default();
    match list(path, today, &log) {
        Some(list) => Ok(list),
        None => Err(failure(log)),
    }
}

fn list(path: &Path, today: Option<Date>, log: &Log) -> Option<PriceList> {
    let (file, root) = json(path, log)?;
    let found = root.as_object().and_then(|root| parsed(root, today));
    if found.is_none() {
        let message = "neither LiteLLM's price map nor a snapshot of model-prices".to_owned();
        let help = "LiteLLM's map is model_prices_and_context_window.json, the snapshot is snapshot.json";
        log.push(Diagnostic::of_file("unknown-price-list", &file, message, Some(help.to_owned())));
    }
    found
}

/// Reads the prices of models over time from a snapshot of model-prices.
///
/// # Errors
/// [`InputError::Unreadable`] when the file cannot be read; [`InputError::Invalid`] when it is too large, not JSON, or holds
/// no dated prices.
pub fn read_price_history(path: &Path) -> Result<PriceHistory, InputError> {
    let log = Log::default();
    let found = json(path, &log).and_then(|(file, root)| {
        let is_dated = |root: &&Map<String, Value>| root.get("prices").is_some_and(Value::is_object);
        let found = root.as_object().filter(is_dated).and_then(model_prices::history);
        if found.is_none() {
            let message = "no snapshot of model-prices: it holds no dated prices".to_owned();
            let help =
                "name the snapshot.json of the package model-prices; LiteLLM's map has prices without dates";
            log.push(Diagnostic::of_file("unknown-price-list", &file, message, Some(help.to_owned())));
        }
        found
    });
    found.ok_or_else(|| failure(log))
}

/// Name and content of a JSON file.
fn json(path: &Path, log: &Log) -> Option<(String, Value)> {
    let file = path.display().to_string();
    let bytes = match files::bytes_of(path) {
        Ok(bytes) => bytes,
        Err(error) => {
            log.push(files::unreadable(path, &error));
            return None;
        }
    };
    let text = document::text_of(&file, bytes, log)?;
    match serde_json::from_str(&text) {
        Ok(root) => Some((file, root)),
        Err(error) => {
            let message = format!("not JSON: {error}");
            let help = "name the price list as its project publishes it";
            let diagnostic = Diagnostic::of_file("json-syntax", &file, message, Some(help.to_owned()));
            let (line, column) = (Some(error.line().max(1)), Some(error.column().max(1)));
            log.push(Diagnostic { line, column, ..diagnostic });
            None
        }
    }
}

fn parsed(root: &Map<String, Value>, today: Option<Date>) -> Option<PriceList> {
    if root.get("prices").is_some_and(Value::is_object) && root.contains_key("updated_at") {
        return Some(model_prices::list(root, today));
    }
    let has_providers =
        root.values().any(|entry| entry.get("litellm_provider").is_some_and(Value::is_string));
    has_providers.then(|| litellm::list(root))
}

/// A field of another type than expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct WrongField;

/// A text; `None` when the key is missing or null.
fn text(entry: &Map<String, Value>, key: &str) -> Result<Option<String>, WrongField> {
    match entry.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(WrongField),
    }
}

/// A number; `None` when the key is missing or null.
fn number(entry: &Map<String, Value>, key: &str) -> Result<Option<f64>, WrongField> {
    match entry.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value.as_f64().map(Some).ok_or(WrongField),
    }
}

/// The day of a date or a time, `2026-08-21` or `2026-08-21T04:37:24Z`.
fn day_of(text: &str) -> Result<Date, WrongField> {
    let (day, _time) = text.split_once('T').unwrap_or((text, ""));
    parse_day(day).map_err(|_| WrongField)
}

/// Digits after the point that are kept of a price: single tokens are priced in binary fractions that only nearly are decimal.
const PRICE_DIGITS: usize = 9;

/// Two amounts as a price; refused out of the bounds of a catalog's own prices.
fn token_price(input: f64, output: f64) -> Result<ListedTokenPrice, WrongField> {
    let rounded = |usd: f64| format!("{usd:.PRICE_DIGITS$}").parse::<f64>().map_err(|_| WrongField);
    let (input_usd_per_mtok, output_usd_per_mtok) = (rounded(input)?, rounded(output)?);
    let is_price = |usd: f64| usd == 0.0 || (USD_PER_MTOK.least..=USD_PER_MTOK.most).contains(&usd);
    let is_allowed = is_price(input_usd_per_mtok) && is_price(output_usd_per_mtok);
    is_allowed.then_some(ListedTokenPrice { input_usd_per_mtok, output_usd_per_mtok }).ok_or(WrongField)
}

/// Small lists in the forms of both projects, and files that are none.
#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::model::price_list::{ListedPrice, PriceListKind, SetAside};

    fn read(bytes: &[u8], today: Option<&str>) -> Result<PriceList, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list.json");
        fs::write(&path, bytes).unwrap();
        let today = today.map(|day| parse_day(day).unwrap());
        read_price_list(&path, today).map_err(|error| error.diagnostics()[0].code.to_owned())
    }

    fn price(entry: &ListedPrice) -> (f64, f64) {
        let price = entry.price.unwrap();
        (price.input_usd_per_mtok, price.output_usd_per_mtok)
    }

    const LITELLM: &str = r#"{
        "sample_spec": {"litellm_provider": "one of many", "mode": "chat"},
        "gpt-5-mini": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 2.5e-07, "output_cost_per_token": 2e-06,
            "regional_processing_uplift_multiplier_eu": 1.1, "deprecation_date": "2026-12-11", "deprecation_source": "page",
            "successor_model": "gpt-5.6-terra", "source": "prices"},
        "free": {"litellm_provider": "openai", "mode": "responses", "input_cost_per_token": 0, "output_cost_per_token": 0.0},
        "painter": {"litellm_provider": "openai", "mode": "image_generation"},
        "nameless": {"litellm_provider": "openai"},
        "latest": {"alias_of": "gpt-5-mini"},
        "list": [1, 2],
        "text price": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": "cheap", "output_cost_per_token": 1e-06},
        "negative": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": -1e-06, "output_cost_per_token": 1e-06},
        "dear": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 1, "output_cost_per_token": 1},
        "no day": {"litellm_provider": "openai", "mode": "chat", "deprecation_date": "2026-02-30"},
        "factor": {"litellm_provider": "openai", "mode": "chat", "regional_endpoint_uplift_multiplier": 1e9}
    }"#;

    /// 2.5e-7 USD a token are 0.25 USD a million.
    #[test]
    fn litellms_map_is_read_by_the_million_and_what_it_cannot_say_is_set_aside() {
        let list = read(LITELLM.as_bytes(), None).unwrap();
        assert_eq!((list.kind, list.dated), (PriceListKind::LiteLlm, None));
        let keys: Vec<&str> = list.entries.iter().map(|e| e.key.as_str()).collect();
        assert_eq!(keys, ["free", "gpt-5-mini"]);
        let mini = &list.entries[1];
        assert_eq!(price(mini), (0.25, 2.0));
        assert_eq!(mini.regional_factors.get("eu"), Some(&1.1));
        assert_eq!(mini.retires, parse_day("2026-12-11").ok());
        let texts = [&mini.retires_source, &mini.successor, &mini.source].map(|t| t.as_deref().unwrap());
        assert_eq!(texts, ["page", "gpt-5.6-terra", "prices"]);
        // A price of 0 is one that nobody wrote down.
        assert_eq!(list.entries[0].price, None);
        let aside = |reason: SetAside| -> Vec<&str> {
            list.set_aside.iter().filter(|(_, r)| *r == reason).map(|(key, _)| key.as_str()).collect()
        };
        assert_eq!(aside(SetAside::NoEntry), ["latest", "sample_spec"]);
        assert_eq!(aside(SetAside::Mode), ["nameless", "painter"]);
        assert_eq!(
            aside(SetAside::Unreadable),
            ["dear", "factor", "list", "negative", "no day", "text price"]
        );
    }

    /// Single tokens are priced in binary fractions: 4.4e-6 times a million must be 4.4.
    #[test]
    fn a_price_by_the_token_becomes_a_decimal_by_the_million() {
        for per_mtok in [4.4, 0.037, 1.485, 16.5, 0.0005] {
            let input = per_mtok / 1e6 * 1e6;
            let read = token_price(input, input).unwrap();
            assert_eq!(read.input_usd_per_mtok, per_mtok);
        }
    }

    const SNAPSHOT: &str = r#"{
        "schema": 1, "updated_at": "2026-10-26T18:46:35Z",
        "status": {"lab": {"old": "removed", "risen": "deprecated"}},
        "schedules": {"schedule": [
            {"provider": "night", "off_peak_multiplier": {"owl": 0.5}, "valid_from": "2026-08-16T16:00:00Z"},
            {"provider": "day", "peak_multiplier": 2.0, "valid_from": "2026-08-16T16:00:00Z"},
            {"provider": "lab", "peak_multiplier": 3.0, "valid_from": "2025-01-01T00:00:00Z", "valid_until": "2025-09-05T16:00:00Z"}]},
        "prices": {
            "lab": {
                "risen": {"standard": [
                    {"start": null, "rates": {"input": 0.68, "output": 2.09}},
                    {"start": "2026-10-20T17:33:15Z", "rates": {"input": 1.36, "output": 4.18, "source": "page",
                        "valid_from": "2026-10-20T17:33:15Z"}},
                    {"start": "2027-01-01T00:00:00Z", "rates": {"input": 9, "output": 9}}]},
                "old": {"standard": [{"start": null, "rates": null}]},
                "batch only": {"batch": []},
                "broken": {"standard": "none"}},
            "night": {"owl": {"standard": [{"start": null, "rates": {"input": 2, "output": 4}}]}},
            "day": {"lark": {"standard": [{"start": null, "rates": {"input": 2, "output": 4}}]}},
            "nothing": 7}
    }"#;

    fn entry<'a>(list: &'a PriceList, key: &str) -> &'a ListedPrice {
        list.entries.iter().find(|e| e.key == key).unwrap()
    }

    /// The newest price that has begun counts: doubled on 20 October, and not yet the one of January.
    #[test]
    fn a_history_has_one_price_on_a_day() {
        let list = read(SNAPSHOT.as_bytes(), None).unwrap();
        assert_eq!((list.kind, list.dated), (PriceListKind::ModelPrices, parse_day("2026-10-26").ok()));
        assert_eq!(price(entry(&list, "lab/risen")), (1.36, 4.18));
        assert_eq!(entry(&list, "lab/risen").valid_from, parse_day("2026-10-20").ok());
        let before = read(SNAPSHOT.as_bytes(), Some("2026-10-19")).unwrap();
        assert_eq!(price(entry(&before, "lab/risen")), (0.68, 2.09));
        let after = read(SNAPSHOT.as_bytes(), Some("2027-01-01")).unwrap();
        assert_eq!(price(entry(&after, "lab/risen")), (9.0, 9.0));
    }

    #[test]
    fn what_is_not_offered_or_no_history_has_no_price() {
        let list = read(SNAPSHOT.as_bytes(), None).unwrap();
        let old = entry(&list, "lab/old");
        assert!(old.is_removed && old.price.is_none());
        assert!(!entry(&list, "lab/risen").is_removed);
        let aside: Vec<(&str, SetAside)> = list.set_aside.iter().map(|(key, r)| (key.as_str(), *r)).collect();
        assert_eq!(
            aside,
            [
                ("lab/batch only", SetAside::Mode),
                ("lab/broken", SetAside::Unreadable),
                ("nothing", SetAside::Unreadable)
            ]
        );
    }

    /// The hours that cost less cost half of 2 and 4; where those of peak cost more, the list price is that off peak.
    #[test]
    fn prices_by_the_hour_are_those_off_peak() {
        let list = read(SNAPSHOT.as_bytes(), None).unwrap();
        let (owl, lark) = (entry(&list, "night/owl"), entry(&list, "day/lark"));
        assert_eq!((price(owl), owl.is_off_peak), ((1.0, 2.0), true));
        assert_eq!((price(lark), lark.is_off_peak), ((2.0, 4.0), true));
        // That schedule has ended.
        assert!(!entry(&list, "lab/risen").is_off_peak);
        let before = read(SNAPSHOT.as_bytes(), Some("2026-08-15")).unwrap();
        assert_eq!(price(entry(&before, "night/owl")), (2.0, 4.0));
    }

    #[test]
    fn files_that_are_no_price_list_are_refused_with_a_diagnostic() {
        let nested = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        for (bytes, code) in [
            (&b""[..], "json-syntax"),
            (b"{", "json-syntax"),
            (b"{\"a\": 1e999}", "json-syntax"),
            (nested.as_bytes(), "json-syntax"),
            (b"\xff\xfe{}", "not-utf8"),
            (b"{\"a\": \"\x01\"}", "control-character"),
            (b"null", "unknown-price-list"),
            (b"[]", "unknown-price-list"),
            (b"{}", "unknown-price-list"),
            (b"{\"prices\": {}}", "unknown-price-list"),
            (b"{\"prices\": [], \"updated_at\": 3}", "unknown-price-list"),
        ] {
            assert_eq!(
                read(bytes, None).unwrap_err(),
                code,
                "{:?}",
                String::from_utf8_lossy(&bytes[..bytes.len().min(40)])
            );
        }
        let folder = tempfile::tempdir().unwrap();
        let error = read_price_list(folder.path(), None).unwrap_err();
        assert!(matches!(error, InputError::Unreadable(_)), "{error}");
    }

    #[test]
    fn a_file_without_end_is_refused_by_its_size() {
        let bytes = vec![b' '; document::MAX_BYTES + 1];
        assert_eq!(read(&bytes, None).unwrap_err(), "file-too-large");
    }

    /// Fields of every wrong type set their entries aside, and nothing panics.
    #[test]
    fn wrong_types_anywhere_are_set_aside() {
        for wrong in ["null", "true", "3", "\"x\"", "[]", "{}", "[[]]"] {
            for field in ["status", "schedules", "aliases"] {
                let text = SNAPSHOT.replacen(
                    &format!("\"{field}\": "),
                    &format!("\"{field}\": {wrong}, \"x\": "),
                    1,
                );
                assert!(read(text.as_bytes(), None).is_ok(), "{field}: {wrong}");
            }
            let model = format!(
                "{{\"updated_at\": {wrong}, \"prices\": {{\"lab\": {{\"m\": {{\"standard\": [{wrong}]}}}}}}}}"
            );
            assert!(read(model.as_bytes(), None).is_ok(), "{wrong}");
            let key = format!(
                "{{\"k\": {{\"litellm_provider\": \"openai\", \"mode\": {wrong}, \"source\": {wrong}}}}}"
            );
            assert!(read(key.as_bytes(), None).is_ok(), "{wrong}");
        }
    }
}

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
    let file = path.display().to_string();
    let bytes = match files::bytes_of(path) {
        Ok(bytes) => bytes,
        Err(error) => {
            log.push(files::unreadable(path, &error));
            return None;
        }
    };
    let text = document::text_of(&file, bytes, log)?;
    let root: Value = match serde_json::from_str(&text) {
        Ok(root) => root,
        Err(error) => {
            let message = format!("not JSON: {error}");
            let help = "name the price list as its project publishes it";
            let diagnostic = Diagnostic::of_file("json-syntax", &file, message, Some(help.to_owned()));
            let (line, column) = (Some(error.line().max(1)), Some(error.column().max(1)));
            log.push(Diagnostic { line, column, ..diagnostic });
            return None;
        }
    };
    let found = root.as_object().and_then(|root| parsed(root, today));
    if found.is_none() {
        let message = "neither LiteLLM's price map nor a snapshot of model-prices".to_owned();
        let help = "LiteLLM's map is model_prices_and_context_window.json, the snapshot is snapshot.json";
        log.push(Diagnostic::of_file("unknown-price-list", &file, message, Some(help.to_owned())));
    }
    found
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

#[cfg(test)]
mod tests;

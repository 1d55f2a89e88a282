//! LiteLLM's map of prices (MIT): one entry for what callers write, prices in USD per token, no dates of prices.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{WrongField, day_of, number, text, token_price};
use crate::model::price_list::{ListedPrice, PriceList, PriceListKind, SetAside};

/// Keys that are no entry.
const RESERVED: [&str; 2] = ["sample_spec", "fallback_generalizations"];
/// Modes of models that read and write text.
const TEXT_MODES: [&str; 2] = ["chat", "responses"];
/// Tokens in the unit of the catalog's prices.
const TOKENS_PER_MTOK: f64 = 1e6;
/// Factors on the list price of regional offers, and the word that stands for their region.
const FACTORS: [(&str, &str); 3] = [
    ("regional_processing_uplift_multiplier_eu", "eu"),
    ("regional_processing_uplift_multiplier_us", "us"),
    ("regional_endpoint_uplift_multiplier", "endpoint"),
];
/// Largest factor that is believed.
const MOST_FACTOR: f64 = 10.0;

/// The map, in the order of its keys.
pub(super) fn list(root: &Map<String, Value>) -> PriceList {
    let sorted: BTreeMap<&String, &Value> = root.iter().collect();
    let (mut entries, mut set_aside) = (Vec::new(), Vec::new());
    for (key, value) in sorted {
        match entry(key, value) {
            Ok(entry) => entries.push(entry),
            Err(reason) => set_aside.push((key.clone(), reason)),
        }
    }
    PriceList { kind: PriceListKind::LiteLlm, dated: None, entries, set_aside }
}

fn entry(key: &str, value: &Value) -> Result<ListedPrice, SetAside> {
    let fields = value.as_object().ok_or(SetAside::Unreadable)?;
    if RESERVED.contains(&key) || fields.contains_key("alias_of") {
        return Err(SetAside::NoEntry);
    }
    let mode = text(fields, "mode").map_err(|_| SetAside::Unreadable)?;
    if !mode.is_some_and(|mode| TEXT_MODES.contains(&mode.as_str())) {
        return Err(SetAside::Mode);
    }
    listed(key, fields).map_err(|_| SetAside::Unreadable)
}

fn listed(key: &str, fields: &Map<String, Value>) -> Result<ListedPrice, WrongField> {
    let input = number(fields, "input_cost_per_token")?;
    let output = number(fields, "output_cost_per_token")?;
    // A price of 0 for both is what the map writes where none is known.
    let price = input.zip(output).filter(|(input, output)| *input != 0.0 || *output != 0.0);
    let price = price.map(|(input, output)| token_price(input * TOKENS_PER_MTOK, output * TOKENS_PER_MTOK));
    let mut regional_factors = BTreeMap::new();
    for (field, region) in FACTORS {
        if let Some(factor) = number(fields, field)? {
            if !(factor > 0.0 && factor <= MOST_FACTOR) {
                return Err(WrongField);
            }
            regional_factors.insert(region, factor);
        }
    }
    let retires = text(fields, "deprecation_date")?;
    Ok(ListedPrice {
        key: key.to_owned(),
        provider: text(fields, "litellm_provider")?.unwrap_or_default(),
        price: price.transpose()?,
        regional_factors,
        retires: retires.map(|day| day_of(&day)).transpose()?,
        retires_source: text(fields, "deprecation_source")?,
        successor: text(fields, "successor_model")?,
        source: text(fields, "source")?,
        ..ListedPrice::default()
    })
}

//! Writing offers as the `catalog:` section of a portfolio.

use std::fmt::Write;

use super::portfolio_yaml::{list, quoted};
use crate::model::catalog::{OfferEntry, Price};
use crate::units::{format_days, parse_days};

/// The offers as a `catalog:` section (reference/portfolio-file.md), below comments. Only offers with a price by the token are
/// written.
///
/// `comments`: lines without the leading `#`.
#[must_use]
pub fn overlay(offers: &[OfferEntry], comments: &[String]) -> String {
    let mut text: String =
        comments.iter().map(|line| format!("# {}\n", line.replace(['\n', '\r'], " "))).collect();
    let written: Vec<String> = offers.iter().filter_map(entry).collect();
    if written.is_empty() {
        text += "catalog: {}\n";
        return text;
    }
    text += "catalog:\n  offers:\n";
    text += &written.concat();
    text
}

fn entry(offer: &OfferEntry) -> Option<String> {
    let Price::Tokens { input_usd_per_mtok, output_usd_per_mtok } = offer.price else { return None };
    let mut text = String::new();
    let mut line = |key: &str, value: String| {
        let start = if text.is_empty() { "    - " } else { "      " };
        // Writing into memory does not fail.
        let _ = writeln!(text, "{start}{key}: {value}");
    };
    line("model", quoted(&offer.model));
    line("host", quoted(&offer.host));
    line("regions", list(&offer.regions));
    line("access", "api".to_owned());
    line(
        "price",
        format!("{{input_usd_per_mtok: {input_usd_per_mtok}, output_usd_per_mtok: {output_usd_per_mtok}}}"),
    );
    if let Some(mtok) = offer.capacity_mtok_per_month {
        line("capacity_mtok_per_month", mtok.to_string());
    }
    line("onboarding", days(offer.onboarding_days));
    if let Some(buffer) = offer.developer_buffer_days {
        line("developer_buffer", days(buffer));
    }
    if !offer.hardware.is_empty() {
        line("hardware", list(&offer.hardware));
    }
    line("hardware_buffer", days(offer.hardware_buffer_days));
    if !offer.certifications.is_empty() {
        line("certifications", list(&offer.certifications));
    }
    if offer.region_assumed {
        line("region_assumed", "true".to_owned());
    }
    if let Some(day) = offer.retires {
        line("retires", quoted(&day.to_string()));
    }
    if let Some(successor) = &offer.successor {
        line("successor", quoted(successor));
    }
    if !offer.provenance.source.is_empty() {
        line("source", list(&offer.provenance.source));
    }
    if let Some(day) = offer.provenance.as_of {
        line("as_of", quoted(&day.to_string()));
    }
    line("confidence", offer.provenance.confidence.as_str().to_owned());
    if let Some(note) = &offer.provenance.note {
        line("note", quoted(note));
    }
    Some(text)
}

/// Days so that they read back exactly.
fn days(days: f64) -> String {
    let short = format_days(days);
    let reads_back = parse_days(&short).is_ok_and(|read| (read - days).abs() < 1e-12);
    if reads_back { short } else { format!("{days}d") }
}

//! Entries that carry what a list says over the catalog's.

use jiff::civil::Date;

use super::{Difference, DifferenceKind};
use crate::input::diagnostic::printable;
use crate::model::catalog::{OfferEntry, Price};
use crate::model::price_list::{ListedTokenPrice, PriceListKind};
use crate::model::{Confidence, Provenance};
use crate::units::date::PartialDate;

/// Characters of a key that a note quotes.
const QUOTED_CHARS: usize = 100;

/// The entry of one region with what the list says otherwise; `None` when there is nothing to change.
///
/// `price`: of the list, also where it is the same. The entry then takes the day of the list, for the list confirms it.
pub(super) fn changed(
    entry: &OfferEntry,
    region: &str,
    differences: &[Difference],
    (list, day): (PriceListKind, Option<Date>),
    price: Option<ListedTokenPrice>,
) -> Option<OfferEntry> {
    let is_written = |difference: &&Difference| {
        use DifferenceKind::{Price, Retires, Successor};
        matches!(difference.kind, Price | Retires | Successor)
    };
    let written: Vec<&Difference> = differences.iter().filter(is_written).collect();
    let first = written.first()?;
    let mut entry = OfferEntry { regions: vec![region.to_owned()], ..entry.clone() };
    for difference in &written {
        if let Some(ListedTokenPrice { input_usd_per_mtok, output_usd_per_mtok }) = difference.price_to {
            entry.price = Price::Tokens { input_usd_per_mtok, output_usd_per_mtok };
        }
        if let Some(end) = difference.retires_to {
            entry.retires = partial(end).or(entry.retires);
        }
        entry.successor = difference.successor_to.clone().or(entry.successor);
    }
    let note = note(list, &first.key, first.is_off_peak);
    let as_of = entry.provenance.as_of;
    entry.provenance = provenance(day, note);
    if price.is_none() {
        entry.provenance.as_of = as_of;
    }
    Some(entry)
}

/// What a note says of the list.
pub(super) fn note(list: PriceListKind, key: &str, is_off_peak: bool) -> String {
    let quoted: String = key.chars().take(QUOTED_CHARS).collect();
    let peak = if is_off_peak { "; off peak, some hours cost more" } else { "" };
    format!("By {}, key {}{peak}.", list.as_str(), printable(&quoted))
}

/// The list is no source of the catalog, so the note names it.
pub(super) fn provenance(day: Option<Date>, note: String) -> Provenance {
    Provenance {
        source: Vec::new(),
        as_of: day.and_then(partial),
        confidence: Confidence::Public,
        note: Some(note),
    }
}

fn partial(day: Date) -> Option<PartialDate> {
    day.to_string().parse().ok()
}

/// The entries with those that differ only in their region put together, in the order of the first of each.
pub(super) fn grouped(entries: Vec<OfferEntry>) -> Vec<OfferEntry> {
    let mut grouped: Vec<OfferEntry> = Vec::new();
    for entry in entries {
        let is_alike = |other: &&mut OfferEntry| {
            OfferEntry { regions: entry.regions.clone(), ..(**other).clone() } == entry
        };
        match grouped.iter_mut().rev().take(1).find(is_alike) {
            Some(other) => other.regions.extend(entry.regions),
            None => grouped.push(entry),
        }
    }
    grouped
}

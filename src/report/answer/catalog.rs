//! `catalog refresh` and `catalog status`: how a catalog compares with a price list, and how old it is.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::FORMAT_VERSION;
use crate::input::diagnostic::printable;
use crate::model::price_list::{ListedTokenPrice, SetAside};
use crate::report::csv::Sheet;
use crate::study::freshness::{EndingOffer, Freshness, ListFreshness};
use crate::study::refresh::{Difference, Refresh};
use crate::units::date::PartialDate;

/// What a public price list says otherwise than the catalog.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CatalogRefreshAnswer {
    /// Version of this format: 1.
    pub format_version: u64,
    /// The list: `LiteLLM` or `model-prices`.
    pub list: String,
    /// Day on which the list is taken to be true, `YYYY-MM-DD`; null when neither it, nor the catalog, nor `--as-of` states one.
    pub day: Option<String>,
    /// Offers of the catalog that are bought from a host.
    pub n_offers: usize,
    /// Of these, offers whose price the list has.
    pub n_prices: usize,
    /// Of these, offers of whose end the list could speak.
    pub n_listed: usize,
    /// Differences by kind.
    pub n_by_kind: BTreeMap<String, usize>,
    /// The differences, by kind and offer.
    pub differences: Vec<DifferenceAnswer>,
    /// Keys of the list that stand for no offer, by reason: `no_entry` (a reserved key, or another name of an entry), `mode` (not
    /// for text), `unreadable`, `host`, `region`, `model` (not in the catalog, or another build), `repeated` (another key says it
    /// better).
    pub n_unmatched: BTreeMap<String, usize>,
    /// These keys, in their order.
    pub unmatched: Vec<UnmatchedAnswer>,
}

/// One difference between the catalog and the list.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct DifferenceAnswer {
    /// `price`, `retires` (the end is another, or new), `not_before` (an end to come that no page states), `removed` (no longer
    /// sold, no day named), `successor` or `new_offer`.
    pub kind: String,
    /// Id of the offer.
    pub offer: String,
    /// Key of the list.
    pub key: String,
    /// Price of input in the catalog, USD per million tokens; null unless the kind is `price`.
    pub input_usd_per_mtok_from: Option<f64>,
    /// Price of input in the list, USD per million tokens; null unless it is about a price.
    pub input_usd_per_mtok_to: Option<f64>,
    /// Price of output in the catalog, USD per million tokens; null unless the kind is `price`.
    pub output_usd_per_mtok_from: Option<f64>,
    /// Price of output in the list, USD per million tokens; null unless it is about a price.
    pub output_usd_per_mtok_to: Option<f64>,
    /// Relative change of the sum of both prices, 0.1 for 10 % dearer; null unless the kind is `price`.
    pub price_change: Option<f64>,
    /// Whether the price differs by the hour, and this is the one off peak.
    pub off_peak: bool,
    /// End in the catalog, as written; null when it names none.
    pub retires_from: Option<String>,
    /// End in the list, `YYYY-MM-DD`; null unless it is about an end.
    pub retires_to: Option<String>,
    /// Successor in the catalog; null when it names none.
    pub successor_from: Option<String>,
    /// Successor in the list; null unless it is about a successor.
    pub successor_to: Option<String>,
    /// Date of the catalog's entry, as written; null when it has none.
    pub as_of: Option<String>,
    /// Days from then to the day of the list; null without both.
    pub age_days: Option<f64>,
    /// Page that the list cites; null when it cites none.
    pub source: Option<String>,
}

/// A key of the list that stands for no offer of the catalog.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct UnmatchedAnswer {
    /// The key.
    pub key: String,
    /// Why, in the words of `n_unmatched`.
    pub reason: String,
}

/// How old the catalog is, list by list, and which offers end soon.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CatalogStatusAnswer {
    /// Version of this format: 1.
    pub format_version: u64,
    /// Name of the portfolio whose own entries are included; null without one.
    pub portfolio: Option<String>,
    /// Newest date of the offers, `YYYY-MM-DD`, from which ends are counted; null when no offer has a date.
    pub day: Option<String>,
    /// Days of age beyond which entries count as older.
    pub older_than_days: f64,
    /// One entry per list.
    pub lists: Vec<ListStatusAnswer>,
    /// Offers that have ended.
    pub n_ended: usize,
    /// Offers that end within 90 days.
    pub n_ending_within_90_days: usize,
    /// Offers that end within 365 days, those within 90 included.
    pub n_ending_within_365_days: usize,
    /// Offers that have ended, or end within 365 days, the earliest first.
    pub ending: Vec<EndingOfferAnswer>,
}

/// Age and confidence of the entries of a list.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ListStatusAnswer {
    /// The list: `suppliers`, `models`, `hardware`, `offers`, `tensions`, `shocks`, `scenarios` or `rules`.
    pub list: String,
    /// Entries; each region of an offer counts.
    pub n_entries: usize,
    /// Entries without a date.
    pub n_undated: usize,
    /// Oldest date, as written; null when no entry has one.
    pub oldest: Option<String>,
    /// Date in the middle, the earlier of two.
    pub median: Option<String>,
    /// Newest date.
    pub newest: Option<String>,
    /// Entries older than asked, counted back from the newest of the list.
    pub n_older: usize,
    /// Entries stated by the article that the enabler scores follow.
    pub n_seed: usize,
    /// Entries from a public source.
    pub n_public: usize,
    /// Entries that are derived or judged.
    pub n_estimate: usize,
    /// The company's own entries.
    pub n_own: usize,
}

/// An offer that its host ends.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct EndingOfferAnswer {
    /// Id of the offer.
    pub offer: String,
    /// Day on which the host ends it, `YYYY-MM-DD`.
    pub retires: String,
    /// Days from the newest date of the offers; negative when it is past.
    pub days: i32,
    /// Model or offer that the host names in its place; null when it names none of the catalog.
    pub successor: Option<String>,
}

/// Days ahead within which ends are counted: soon, and within a year.
const SOON_DAYS: i32 = 90;
const YEAR_DAYS: i32 = 365;

impl CatalogRefreshAnswer {
    /// The documented `catalog refresh`.
    #[must_use]
    pub fn of(found: &Refresh) -> Self {
        let mut n_by_kind = BTreeMap::new();
        for difference in &found.differences {
            *n_by_kind.entry(difference.kind.as_str().to_owned()).or_default() += 1;
        }
        let mut n_unmatched = BTreeMap::new();
        for (_, reason) in &found.set_aside {
            *n_unmatched.entry(reason.as_str().to_owned()).or_default() += 1;
        }
        let unmatched = |(key, reason): &(String, SetAside)| UnmatchedAnswer {
            key: shown(key),
            reason: reason.as_str().to_owned(),
        };
        Self {
            format_version: FORMAT_VERSION,
            list: found.list.as_str().to_owned(),
            day: found.day.map(|day| day.to_string()),
            n_offers: found.n_offers,
            n_prices: found.n_prices,
            n_listed: found.n_listed,
            n_by_kind,
            differences: found.differences.iter().map(DifferenceAnswer::of).collect(),
            n_unmatched,
            unmatched: found.set_aside.iter().map(unmatched).collect(),
        }
    }

    /// The differences as rows.
    #[must_use]
    pub fn differences_sheet(&self) -> Sheet {
        Sheet::of(&self.differences)
    }

    /// The keys that stand for no offer as rows.
    #[must_use]
    pub fn unmatched_sheet(&self) -> Sheet {
        Sheet::of(&self.unmatched)
    }
}

impl DifferenceAnswer {
    fn of(difference: &Difference) -> Self {
        let (from, to) = (difference.price_from, difference.price_to);
        let input = |price: ListedTokenPrice| price.input_usd_per_mtok;
        let output = |price: ListedTokenPrice| price.output_usd_per_mtok;
        Self {
            kind: difference.kind.as_str().to_owned(),
            offer: difference.offer.to_string(),
            key: shown(&difference.key),
            input_usd_per_mtok_from: from.map(input),
            input_usd_per_mtok_to: to.map(input),
            output_usd_per_mtok_from: from.map(output),
            output_usd_per_mtok_to: to.map(output),
            price_change: difference.price_change(),
            off_peak: difference.is_off_peak,
            retires_from: difference.retires_from.map(|day| day.to_string()),
            retires_to: difference.retires_to.map(|day| day.to_string()),
            successor_from: difference.successor_from.clone(),
            successor_to: difference.successor_to.clone(),
            as_of: difference.as_of.map(|date| date.to_string()),
            age_days: difference.age_days,
            source: difference.source.as_deref().map(shown),
        }
    }
}

/// Longest text of a list that is shown, characters.
const SHOWN_CHARS: usize = 200;

/// A text of the list, cut to a readable length and without what could steer a terminal.
fn shown(text: &str) -> String {
    let mut cut: String = text.chars().take(SHOWN_CHARS).collect();
    if text.chars().nth(SHOWN_CHARS).is_some() {
        cut.push('…');
    }
    printable(&cut)
}

impl CatalogStatusAnswer {
    /// The documented `catalog status`.
    #[must_use]
    pub fn of(portfolio: Option<&str>, found: &Freshness, older_than_days: f64) -> Self {
        let n_ending = |within: i32| found.ending.iter().filter(|e| (0..=within).contains(&e.days)).count();
        Self {
            format_version: FORMAT_VERSION,
            portfolio: portfolio.map(str::to_owned),
            day: found.day.map(|day| day.to_string()),
            older_than_days,
            lists: found.lists.iter().map(ListStatusAnswer::of).collect(),
            n_ended: found.ending.iter().filter(|e| e.days < 0).count(),
            n_ending_within_90_days: n_ending(SOON_DAYS),
            n_ending_within_365_days: n_ending(YEAR_DAYS),
            ending: found.ending.iter().filter(|e| e.days <= YEAR_DAYS).map(EndingOfferAnswer::of).collect(),
        }
    }

    /// The lists as rows.
    #[must_use]
    pub fn lists_sheet(&self) -> Sheet {
        Sheet::of(&self.lists)
    }

    /// The offers that end as rows.
    #[must_use]
    pub fn ending_sheet(&self) -> Sheet {
        Sheet::of(&self.ending)
    }
}

impl ListStatusAnswer {
    fn of(list: &ListFreshness) -> Self {
        let date = |date: Option<PartialDate>| date.map(|date| date.to_string());
        // In the order of `ListFreshness::by_confidence`.
        let [n_seed, n_public, n_estimate, n_own] = list.by_confidence;
        Self {
            list: list.list.to_owned(),
            n_entries: list.n_entries,
            n_undated: list.n_undated,
            oldest: date(list.oldest),
            median: date(list.median),
            newest: date(list.newest),
            n_older: list.n_older,
            n_seed,
            n_public,
            n_estimate,
            n_own,
        }
    }
}

impl EndingOfferAnswer {
    fn of(ending: &EndingOffer) -> Self {
        Self {
            offer: ending.offer.to_string(),
            retires: ending.day.to_string(),
            days: ending.days,
            successor: ending.successor.clone(),
        }
    }
}

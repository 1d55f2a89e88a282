//! What a public price list says otherwise than the catalog (guides/price-lists.md).
//!
//! `keys` reads what a key of the list stands for; `listings` picks the key that speaks of an offer; here both are compared.

pub(in crate::study) mod keys;
mod listings;
mod overlay;

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::ids::{OfferId, SELF_HOST};
use crate::model::catalog::{Catalog, OfferEntry, Price};
use crate::model::jurisdictions::Jurisdictions;
use crate::model::price_list::{ListedPrice, ListedTokenPrice, PriceList, PriceListKind, SetAside};
use crate::units::date::PartialDate;
use keys::KeyReader;
use listings::{Listing, Listings};

/// Largest relative difference of two prices that are the same: lists round.
const SAME_PRICE: f64 = 0.001;

/// How the catalog and a list differ on an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DifferenceKind {
    /// The price is another.
    Price,
    /// The day on which the host ends the offer is another, or new.
    Retires,
    /// The list names a day to come without a page that states it, which may mean "not before that day".
    NotBefore,
    /// The model is no longer sold, and no day is named.
    Removed,
    /// The host names another successor.
    Successor,
    /// The catalog has the host and the model, but no such offer.
    NewOffer,
}

impl DifferenceKind {
    /// All kinds, in the order of reports.
    pub const ALL: [Self; 6] =
        [Self::Price, Self::Retires, Self::NotBefore, Self::Removed, Self::Successor, Self::NewOffer];

    /// The word of reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Price => "price",
            Self::Retires => "retires",
            Self::NotBefore => "not_before",
            Self::Removed => "removed",
            Self::Successor => "successor",
            Self::NewOffer => "new_offer",
        }
    }
}

/// One difference between the catalog and a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    pub kind: DifferenceKind,
    pub offer: OfferId,
    /// Key of the list.
    pub key: String,
    /// Of the catalog; `None` unless it is about a price.
    pub price_from: Option<ListedTokenPrice>,
    /// Of the list.
    pub price_to: Option<ListedTokenPrice>,
    /// Of the catalog; `None` unless it is about an end, or the catalog names none.
    pub retires_from: Option<PartialDate>,
    /// Of the list.
    pub retires_to: Option<Date>,
    pub successor_from: Option<String>,
    pub successor_to: Option<String>,
    /// Date of the catalog's entry.
    pub as_of: Option<PartialDate>,
    /// Days from then to the day of the list; `None` without both.
    pub age_days: Option<f64>,
    /// Page that the list cites.
    pub source: Option<String>,
    /// Whether the price differs by the hour, and this is the one off peak.
    pub is_off_peak: bool,
}

impl Difference {
    /// Relative change of the sum of both prices: 0.1 is 10 % dearer. `None` unless both prices are there.
    #[must_use]
    pub fn price_change(&self) -> Option<f64> {
        let sum = |price: ListedTokenPrice| price.input_usd_per_mtok + price.output_usd_per_mtok;
        let (from, to) = (sum(self.price_from?), sum(self.price_to?));
        (from > 0.0).then(|| to / from - 1.0)
    }
}

/// The catalog compared with a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Refresh {
    pub list: PriceListKind,
    /// Day on which the list is taken to be true.
    pub day: Option<Date>,
    /// By kind, then offer.
    pub differences: Vec<Difference>,
    /// Offers of the catalog that are bought from a host.
    pub n_offers: usize,
    /// Of these, offers whose price the list has.
    pub n_prices: usize,
    /// Of these, offers of whose end the list could speak.
    pub n_listed: usize,
    /// Keys that stand for no offer of the catalog, with the reason, in the order of the keys.
    pub set_aside: Vec<(String, SetAside)>,
    /// Entries with the prices, days and successors of the list, one for offers that are alike.
    pub changed: Vec<OfferEntry>,
    /// Entries of new offers.
    pub new: Vec<OfferEntry>,
}

/// Compares a catalog with a list.
///
/// `today`: day on which the list is taken to be true; by default the day that it states, else the newest date of the catalog's
/// offers.
#[must_use]
pub fn refresh(
    catalog: &Catalog,
    jurisdictions: &Jurisdictions,
    list: &PriceList,
    today: Option<Date>,
) -> Refresh {
    let newest = catalog.offers.iter().filter_map(|o| o.provenance.as_of).map(PartialDate::first_day).max();
    let day = today.or(list.dated).or(newest);
    let reader = KeyReader::new(list.kind, catalog);
    let (listings, mut set_aside) = Listings::new(&reader, list);
    set_aside.extend(list.set_aside.iter().cloned());
    set_aside.sort();
    let comparison = Comparison { catalog, jurisdictions, reader: &reader, listings: &listings, list, day };
    let mut found = comparison.run();
    found.differences.sort_by(|a, b| (a.kind, &a.offer).cmp(&(b.kind, &b.offer)));
    Refresh { set_aside, ..found }
}

struct Comparison<'a> {
    catalog: &'a Catalog,
    jurisdictions: &'a Jurisdictions,
    reader: &'a KeyReader<'a>,
    listings: &'a Listings<'a>,
    list: &'a PriceList,
    day: Option<Date>,
}

/// An offer with what the list says of it.
struct Compared<'a> {
    offer: OfferId,
    entry: &'a OfferEntry,
    end: Option<&'a ListedPrice>,
}

impl<'a> Comparison<'a> {
    fn run(&self) -> Refresh {
        let mut found = Refresh {
            list: self.list.kind,
            day: self.day,
            differences: Vec::new(),
            n_offers: 0,
            n_prices: 0,
            n_listed: 0,
            set_aside: Vec::new(),
            changed: Vec::new(),
            new: Vec::new(),
        };
        let mut changed = Vec::new();
        let places = listings::Places::new(self.catalog, self.jurisdictions);
        for entry in self.catalog.offers.iter().filter(|entry| entry.host != SELF_HOST) {
            for region in &entry.regions {
                found.n_offers += 1;
                let listing = self.listings.price(entry, region, &places);
                let end = self.listings.end(entry, region, &places);
                found.n_prices += usize::from(listing.is_some());
                found.n_listed += usize::from(end.is_some());
                let offer =
                    OfferId { model: entry.model.clone(), host: entry.host.clone(), region: region.clone() };
                let compared = Compared { offer, entry, end };
                let differences = [
                    listing.as_ref().and_then(|listing| self.price(&compared, listing)),
                    self.retirement(&compared),
                    self.successor(&compared),
                ];
                let differences: Vec<Difference> = differences.into_iter().flatten().collect();
                let price = listing.as_ref().map(|listing| listing.price);
                changed.extend(overlay::changed(
                    entry,
                    region,
                    &differences,
                    (self.list.kind, self.day),
                    price,
                ));
                found.differences.extend(differences);
            }
        }
        found.changed = overlay::grouped(changed);
        self.new_offers(&places, &mut found);
        found
    }

    /// A difference without anything said yet.
    fn difference(&self, kind: DifferenceKind, compared: &Compared<'_>, key: &str) -> Difference {
        let as_of = compared.entry.provenance.as_of;
        let age = as_of.zip(self.day).and_then(|(as_of, day)| as_of.first_day().until(day).ok());
        Difference {
            kind,
            offer: compared.offer.clone(),
            key: key.to_owned(),
            price_from: None,
            price_to: None,
            retires_from: None,
            retires_to: None,
            successor_from: None,
            successor_to: None,
            as_of,
            age_days: age.map(|span| f64::from(span.get_days())),
            source: None,
            is_off_peak: false,
        }
    }

    fn price(&self, compared: &Compared<'_>, listing: &Listing<'_>) -> Option<Difference> {
        let Price::Tokens { input_usd_per_mtok, output_usd_per_mtok } = compared.entry.price else {
            return None;
        };
        let from = ListedTokenPrice { input_usd_per_mtok, output_usd_per_mtok };
        (!is_same(from, listing.price)).then(|| Difference {
            price_from: Some(from),
            price_to: Some(listing.price),
            source: listing.entry.source.clone(),
            is_off_peak: listing.entry.is_off_peak,
            ..self.difference(DifferenceKind::Price, compared, &listing.entry.key)
        })
    }

    /// That the list names no end says nothing.
    fn retirement(&self, compared: &Compared<'_>) -> Option<Difference> {
        let end = compared.end?;
        let from = compared.entry.retires;
        let Some(to) = end.retires else {
            let is_news = end.is_removed && from.is_none();
            return is_news.then(|| self.difference(DifferenceKind::Removed, compared, &end.key));
        };
        if from.is_some_and(|from| from.first_day() == to) {
            return None;
        }
        let is_past = self.day.is_some_and(|day| to <= day);
        let counts = is_past || end.retires_source.is_some();
        let kind = if counts { DifferenceKind::Retires } else { DifferenceKind::NotBefore };
        Some(Difference {
            retires_from: from,
            retires_to: Some(to),
            source: end.retires_source.clone(),
            ..self.difference(kind, compared, &end.key)
        })
    }

    /// Only models of the catalog are successors, and only of offers that end.
    fn successor(&self, compared: &Compared<'_>) -> Option<Difference> {
        let end = compared.end?;
        let named = end.successor.as_ref().filter(|_| end.retires.is_some())?;
        let to = self.reader.successor(&compared.offer.host, named)?;
        let from = compared.entry.successor.as_deref();
        let is_same = from.is_some_and(|from| from.split('@').next() == Some(to));
        (!is_same).then(|| Difference {
            successor_from: from.map(str::to_owned),
            successor_to: Some(to.to_owned()),
            source: end.retires_source.clone(),
            ..self.difference(DifferenceKind::Successor, compared, &end.key)
        })
    }

    fn new_offers(&self, places: &listings::Places<'_>, found: &mut Refresh) {
        let mut entries: BTreeMap<OfferId, (OfferEntry, &ListedPrice, ListedTokenPrice)> = BTreeMap::new();
        for (listing, entry) in self.listings.new_offers(self.catalog, places, self.day) {
            let id = OfferId {
                model: entry.model.clone(),
                host: entry.host.clone(),
                region: entry.regions.first().cloned().unwrap_or_default(),
            };
            let note = overlay::note(self.list.kind, &listing.entry.key, listing.entry.is_off_peak);
            let entry = OfferEntry { provenance: overlay::provenance(self.day, note), ..entry };
            entries.entry(id).or_insert((entry, listing.entry, listing.price));
        }
        for (offer, (entry, listed, price)) in entries {
            let compared = Compared { offer, entry: &entry, end: None };
            found.differences.push(Difference {
                price_to: Some(price),
                source: listed.source.clone(),
                is_off_peak: listed.is_off_peak,
                as_of: None,
                age_days: None,
                ..self.difference(DifferenceKind::NewOffer, &compared, &listed.key)
            });
            found.new.push(entry);
        }
    }
}

/// Whether two prices are the same but for rounding.
fn is_same(a: ListedTokenPrice, b: ListedTokenPrice) -> bool {
    let same = |a: f64, b: f64| (a - b).abs() <= SAME_PRICE * a.max(b);
    same(a.input_usd_per_mtok, b.input_usd_per_mtok) && same(a.output_usd_per_mtok, b.output_usd_per_mtok)
}

#[cfg(test)]
mod tests;

//! How old the entries of a catalog are, how well they are known, and which offers end soon.

use jiff::civil::Date;

use crate::ids::OfferId;
use crate::model::catalog::{Catalog, OfferEntry};
use crate::model::jurisdictions::Jurisdictions;
use crate::model::{Confidence, Provenance};
use crate::units::date::PartialDate;

/// A catalog's age, by list.
#[derive(Debug, Clone, PartialEq)]
pub struct Freshness {
    /// Newest date of the offers: the day from which ends are counted; `None` when no offer has a date.
    pub day: Option<Date>,
    /// In the order of the files.
    pub lists: Vec<ListFreshness>,
    /// Offers that have ended by that day, or will, the earliest first.
    pub ending: Vec<EndingOffer>,
}

/// The entries of one list.
#[derive(Debug, Clone, PartialEq)]
pub struct ListFreshness {
    pub list: &'static str,
    /// Entries; of offers and templates each region and member counts.
    pub n_entries: usize,
    /// Entries without a date.
    pub n_undated: usize,
    pub oldest: Option<PartialDate>,
    /// The earlier of the two in the middle.
    pub median: Option<PartialDate>,
    pub newest: Option<PartialDate>,
    /// Entries that are older than asked, counted from the newest of the list.
    pub n_older: usize,
    /// Seed, public, estimate, own.
    pub by_confidence: [usize; 4],
}

/// The degrees of confidence in the order of counts.
const CONFIDENCES: [Confidence; 4] =
    [Confidence::Seed, Confidence::Public, Confidence::Estimate, Confidence::Own];

/// An offer that its host ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndingOffer {
    pub offer: OfferId,
    pub day: Date,
    /// Days from the newest date of the offers; negative when it is past.
    pub days: i32,
    pub successor: Option<String>,
}

/// The date of a catalog: the newest of an entry; `None` when no entry has one.
#[must_use]
pub fn catalog_date(catalog: &Catalog) -> Option<PartialDate> {
    let suppliers = catalog.suppliers.iter().map(|e| &e.provenance);
    let models = catalog.models.iter().map(|e| &e.provenance);
    let hardware = catalog.hardware.iter().map(|e| &e.provenance);
    let offers = catalog.offers.iter().map(|e| &e.provenance);
    let shocks = catalog.shocks.iter().map(|e| &e.provenance);
    let all = suppliers.chain(models).chain(hardware).chain(offers).chain(shocks);
    all.filter_map(|provenance| provenance.as_of).max()
}

/// The age of a catalog and of the rules; entries older than `older_than_days` before the newest of their list are counted.
#[must_use]
pub fn freshness(catalog: &Catalog, jurisdictions: &Jurisdictions, older_than_days: f64) -> Freshness {
    let offers = catalog.offers.iter().flat_map(|entry| {
        let n_regions = entry.regions.len().max(1);
        std::iter::repeat_n(&entry.provenance, n_regions)
    });
    let of = |list, entries: Vec<&Provenance>| list_freshness(list, &entries, older_than_days);
    let newest = catalog.offers.iter().filter_map(|o| o.provenance.as_of).map(PartialDate::first_day).max();
    Freshness {
        day: newest,
        lists: vec![
            of("suppliers", catalog.suppliers.iter().map(|x| &x.provenance).collect()),
            of("models", catalog.models.iter().map(|x| &x.provenance).collect()),
            of("hardware", catalog.hardware.iter().map(|x| &x.provenance).collect()),
            of("offers", offers.collect()),
            of("tensions", catalog.tensions.iter().map(|x| &x.provenance).collect()),
            of("shocks", catalog.shocks.iter().map(|x| &x.provenance).collect()),
            of("scenarios", catalog.scenarios.iter().map(|x| &x.provenance).collect()),
            of("rules", jurisdictions.rules.iter().map(|x| &x.provenance).collect()),
        ],
        ending: newest.map(|day| ending(&catalog.offers, day)).unwrap_or_default(),
    }
}

fn list_freshness(list: &'static str, entries: &[&Provenance], older_than_days: f64) -> ListFreshness {
    let mut dates: Vec<PartialDate> = entries.iter().filter_map(|entry| entry.as_of).collect();
    dates.sort();
    let newest = dates.last().copied();
    let is_older = |date: &&PartialDate| {
        let age = newest.and_then(|newest| date.first_day().until(newest.first_day()).ok());
        age.is_some_and(|age| f64::from(age.get_days()) > older_than_days)
    };
    let count = |confidence: Confidence| entries.iter().filter(|e| e.confidence == confidence).count();
    ListFreshness {
        list,
        n_entries: entries.len(),
        n_undated: entries.len() - dates.len(),
        oldest: dates.first().copied(),
        median: dates.get(dates.len().saturating_sub(1) / 2).copied(),
        newest,
        n_older: dates.iter().filter(is_older).count(),
        by_confidence: CONFIDENCES.map(count),
    }
}

fn ending(offers: &[OfferEntry], from: Date) -> Vec<EndingOffer> {
    let mut found = Vec::new();
    for entry in offers {
        let Some(day) = entry.retires.map(PartialDate::first_day) else { continue };
        let Ok(days) = from.until(day).map(|span| span.get_days()) else { continue };
        found.extend(entry.regions.iter().map(|region| EndingOffer {
            offer: OfferId { model: entry.model.clone(), host: entry.host.clone(), region: region.clone() },
            day,
            days,
            successor: entry.successor.clone(),
        }));
    }
    found.sort_by(|a, b| (a.day, &a.offer).cmp(&(b.day, &b.offer)));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(as_of: &str, confidence: Confidence) -> Provenance {
        Provenance { as_of: as_of.parse().ok(), confidence, ..Provenance::default() }
    }

    /// From 2026-11-01 back: 0, 31, 123 and 304 days; of four, the second oldest is the median.
    #[test]
    fn a_list_has_its_oldest_median_and_newest_date_and_what_is_older_than_asked() {
        let entries = [
            entry("2026-11", Confidence::Public),
            entry("2026-01-01", Confidence::Estimate),
            entry("2026-10-01", Confidence::Public),
            entry("2026-07-01", Confidence::Seed),
            entry("never", Confidence::Own),
        ];
        let entries: Vec<&Provenance> = entries.iter().collect();
        let found = list_freshness("offers", &entries, 123.0);
        let text = |date: Option<PartialDate>| date.map(|d| d.to_string()).unwrap_or_default();
        assert_eq!((found.n_entries, found.n_undated), (5, 1));
        assert_eq!(text(found.oldest), "2026-01-01");
        assert_eq!(text(found.median), "2026-07-01");
        assert_eq!(text(found.newest), "2026-11");
        // 1 July is 123 days before: older means more than that.
        assert_eq!((found.n_older, found.by_confidence), (1, [1, 2, 1, 1]));
        assert_eq!(list_freshness("offers", &entries, 122.0).n_older, 2);
        assert_eq!(list_freshness("offers", &[], 0.0).median, None);
    }
}

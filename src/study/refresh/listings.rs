//! Which key of a list speaks of an offer: of its price, of its end (guides/price-lists.md).

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::keys::{KeyMeaning, KeyReader, Zone};
use crate::model::Provenance;
use crate::model::catalog::{Catalog, OfferEntry, Price};
use crate::model::jurisdictions::Jurisdictions;
use crate::model::price_list::{ListedPrice, ListedTokenPrice, PriceList, SetAside};
use crate::model::words::Access;

/// Where Bedrock's list prices hold: ids without a profile are priced for its first regions.
const IN_REGION: &str = "US";
/// Default onboarding of a new offer and buffer of its hardware, days (reference/catalog-files.md).
const ONBOARDING_DAYS: f64 = 90.0;
const HARDWARE_BUFFER_DAYS: f64 = 540.0;

/// A price of a list, as it holds for an offer.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Listing<'a> {
    pub(super) entry: &'a ListedPrice,
    /// With the factor of the region.
    pub(super) price: ListedTokenPrice,
}

/// What is needed of a catalog and its jurisdictions to find the key of an offer.
pub(super) struct Places<'a> {
    /// Members of blocs.
    blocs: BTreeMap<&'a str, &'a [String]>,
    /// Known countries and blocs.
    regions: BTreeSet<&'a str>,
    /// Hosts all of whose offers are in one country or bloc that they name.
    sole_region: BTreeMap<&'a str, &'a str>,
    /// Where the catalog writes a host's world-wide endpoint.
    worldwide_region: BTreeMap<&'a str, &'a str>,
}

impl<'a> Places<'a> {
    pub(super) fn new(catalog: &'a Catalog, jurisdictions: &'a Jurisdictions) -> Self {
        let all = &jurisdictions.jurisdictions;
        let mut named: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        let mut assumed: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for entry in &catalog.offers {
            let of_host = if entry.region_assumed { &mut assumed } else { &mut named };
            of_host.entry(&entry.host).or_default().extend(entry.regions.iter().map(String::as_str));
        }
        let only = |of_host: &BTreeMap<&'a str, BTreeSet<&'a str>>| -> BTreeMap<&'a str, &'a str> {
            let one = of_host.iter().filter(|(_, regions)| regions.len() == 1);
            one.filter_map(|(host, regions)| Some((*host, *regions.first()?))).collect()
        };
        let mut sole_region = only(&named);
        sole_region.retain(|host, _| !assumed.contains_key(host));
        Self {
            blocs: all
                .iter()
                .filter(|j| !j.members.is_empty())
                .map(|j| (j.id.as_str(), &*j.members))
                .collect(),
            regions: all.iter().map(|j| j.id.as_str()).collect(),
            sole_region,
            worldwide_region: only(&assumed),
        }
    }

    /// Whether a region is the zone, or a country of it.
    fn is_within(&self, region: &str, zone: &str) -> bool {
        region == zone || self.blocs.get(zone).is_some_and(|members| members.iter().any(|m| m == region))
    }
}

/// The keys of a list by host and model, one for each zone.
pub(super) struct Listings<'a> {
    by_pair: BTreeMap<(String, String), BTreeMap<Zone, &'a ListedPrice>>,
}

impl<'a> Listings<'a> {
    /// Sorts the keys of a list; returns also those that stand for nothing, with the reason.
    pub(super) fn new(reader: &KeyReader<'_>, list: &'a PriceList) -> (Self, Vec<(String, SetAside)>) {
        let mut set_aside = Vec::new();
        let mut ranked: Vec<(KeyMeaning, &'a ListedPrice)> = Vec::new();
        for entry in &list.entries {
            match reader.meaning(entry) {
                Ok(meaning) => ranked.push((meaning, entry)),
                Err(reason) => set_aside.push((entry.key.clone(), reason)),
            }
        }
        // A key with a price says more than one without, a whole name more than a shortened one, then the shortest key.
        ranked.sort_by_key(|(meaning, entry)| {
            (entry.price.is_none(), meaning.is_shortened, entry.key.len(), &entry.key)
        });
        let mut by_pair: BTreeMap<(String, String), BTreeMap<Zone, &'a ListedPrice>> = BTreeMap::new();
        for (meaning, entry) in ranked {
            let zones = by_pair.entry((meaning.host, meaning.model)).or_default();
            match zones.entry(meaning.zone) {
                Entry::Occupied(_) => set_aside.push((entry.key.clone(), SetAside::Repeated)),
                Entry::Vacant(free) => {
                    free.insert(entry);
                }
            }
        }
        (Self { by_pair }, set_aside)
    }

    fn zones(&self, offer: &OfferEntry) -> Option<&BTreeMap<Zone, &'a ListedPrice>> {
        self.by_pair.get(&(offer.host.clone(), offer.model.clone()))
    }

    /// The price of an offer in a region; `None` when no key states it.
    pub(super) fn price(&self, offer: &OfferEntry, region: &str, places: &Places<'_>) -> Option<Listing<'a>> {
        let zones = self.zones(offer)?;
        let listing = |zone: &Zone, factor: f64| {
            let entry = *zones.get(zone)?;
            let price = entry.price?;
            let times = |usd: f64| format!("{:.9}", usd * factor).parse().unwrap_or(usd);
            let price = ListedTokenPrice {
                input_usd_per_mtok: times(price.input_usd_per_mtok),
                output_usd_per_mtok: times(price.output_usd_per_mtok),
            };
            Some(Listing { entry, price })
        };
        if offer.region_assumed {
            return listing(&Zone::Worldwide, 1.0);
        }
        let named = Zone::Named(region.to_owned());
        let in_region = || (region == IN_REGION).then(|| listing(&Zone::InRegion, 1.0)).flatten();
        let by_factor = || {
            let factors = &zones.get(&Zone::Worldwide)?.regional_factors;
            let of = |zone: &str| factors.iter().find(|(name, _)| name.to_uppercase() == zone);
            let of_zone = ["EU", "US"].into_iter().filter(|zone| places.is_within(region, zone)).find_map(of);
            let (_, factor) = of_zone.or_else(|| of("ENDPOINT"))?;
            listing(&Zone::Worldwide, *factor)
        };
        let is_sole = places.sole_region.get(offer.host.as_str()) == Some(&region);
        listing(&named, 1.0)
            .or_else(in_region)
            .or_else(by_factor)
            .or_else(|| is_sole.then(|| listing(&Zone::Worldwide, 1.0)).flatten())
    }

    /// The key that would state the end of an offer in a region: the nearest, whether or not it states one.
    pub(super) fn end(
        &self,
        offer: &OfferEntry,
        region: &str,
        places: &Places<'_>,
    ) -> Option<&'a ListedPrice> {
        let zones = self.zones(offer)?;
        let worldwide = zones.get(&Zone::Worldwide);
        let named = zones.get(&Zone::Named(region.to_owned()));
        let around = zones.iter().find_map(|(zone, entry)| match zone {
            Zone::Named(zone) if places.is_within(region, zone) => Some(entry),
            _ => None,
        });
        let first = if offer.region_assumed { worldwide.or(named) } else { named.or(around).or(worldwide) };
        first.or_else(|| zones.get(&Zone::InRegion)).copied()
    }

    /// Offers that the catalog lacks although it has their host and model, and that have not ended.
    pub(super) fn new_offers(
        &self,
        catalog: &Catalog,
        places: &Places<'_>,
        day: Option<Date>,
    ) -> Vec<(Listing<'a>, OfferEntry)> {
        let sold = |host: &str, model: &str| -> Vec<&OfferEntry> {
            catalog.offers.iter().filter(|o| o.host == host && o.model == model).collect()
        };
        let is_sold = |host: &str, model: &str| !sold(host, model).is_empty();
        let has = |host: &str, model: &str, region: &str| {
            sold(host, model).iter().any(|o| o.regions.iter().any(|r| r == region))
        };
        let mut found = Vec::new();
        for ((host, model), zones) in &self.by_pair {
            for (zone, entry) in zones {
                let host_name = host.as_str();
                let sole = places.sole_region.get(host_name).copied();
                let worldwide = places.worldwide_region.get(host_name).copied();
                let region = match zone {
                    Zone::Named(region) => Some(region.as_str()),
                    Zone::InRegion => Some(IN_REGION),
                    // Where the pair is sold elsewhere, the endpoint may be one of those.
                    Zone::Worldwide if is_sold(host, model) => None,
                    Zone::Worldwide => sole.or(worldwide),
                };
                let has_ended =
                    entry.is_removed || entry.retires.zip(day).is_some_and(|(end, day)| end <= day);
                let Some((region, price)) = region.zip(entry.price).filter(|_| !has_ended) else { continue };
                if has(host, model, region) || !places.regions.contains(region) {
                    continue;
                }
                let is_assumed = *zone == Zone::Worldwide && sole.is_none();
                let offer = new_entry((host, model, region), entry, price, is_assumed);
                found.push((Listing { entry, price }, offer));
            }
        }
        found
    }
}

/// An offer of which no more is known than its price, and its end where a page states it.
fn new_entry(
    (host, model, region): (&str, &str, &str),
    listed: &ListedPrice,
    price: ListedTokenPrice,
    region_assumed: bool,
) -> OfferEntry {
    let ListedTokenPrice { input_usd_per_mtok, output_usd_per_mtok } = price;
    let end = listed.retires.filter(|_| listed.retires_source.is_some());
    OfferEntry {
        model: model.to_owned(),
        host: host.to_owned(),
        regions: vec![region.to_owned()],
        access: Access::Api,
        price: Price::Tokens { input_usd_per_mtok, output_usd_per_mtok },
        capacity_mtok_per_month: None,
        onboarding_days: ONBOARDING_DAYS,
        developer_buffer_days: None,
        hardware: Vec::new(),
        hardware_buffer_days: HARDWARE_BUFFER_DAYS,
        certifications: Vec::new(),
        region_assumed,
        retires: end.and_then(|day| day.to_string().parse().ok()),
        successor: None,
        provenance: Provenance::default(),
    }
}

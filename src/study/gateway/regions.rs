//! What the region of a cloud, a country or a zone says of where answers come from.

use std::collections::BTreeMap;

use crate::model::jurisdictions::Jurisdictions;
use crate::study::refresh::keys::{Zone, zone_named};

/// Countries of the regions of Azure (Azure documentation, list of regions).
const AZURE_REGIONS: [(&str, &str); 44] = [
    ("australiacentral", "AU"),
    ("australiaeast", "AU"),
    ("australiasoutheast", "AU"),
    ("austriaeast", "AT"),
    ("belgiumcentral", "BE"),
    ("brazilsouth", "BR"),
    ("canadacentral", "CA"),
    ("canadaeast", "CA"),
    ("centralindia", "IN"),
    ("centralus", "US"),
    ("denmarkeast", "DK"),
    ("eastasia", "HK"),
    ("eastus", "US"),
    ("eastus2", "US"),
    ("francecentral", "FR"),
    ("germanywestcentral", "DE"),
    ("indonesiacentral", "ID"),
    ("israelcentral", "IL"),
    ("italynorth", "IT"),
    ("japaneast", "JP"),
    ("japanwest", "JP"),
    ("koreacentral", "KR"),
    ("koreasouth", "KR"),
    ("mexicocentral", "MX"),
    ("northcentralus", "US"),
    ("northeurope", "IE"),
    ("norwayeast", "NO"),
    ("polandcentral", "PL"),
    ("qatarcentral", "QA"),
    ("southafricanorth", "ZA"),
    ("southcentralus", "US"),
    ("southeastasia", "SG"),
    ("southindia", "IN"),
    ("spaincentral", "ES"),
    ("swedencentral", "SE"),
    ("switzerlandnorth", "CH"),
    ("switzerlandwest", "CH"),
    ("uaenorth", "AE"),
    ("uksouth", "GB"),
    ("ukwest", "GB"),
    ("westcentralus", "US"),
    ("westeurope", "NL"),
    ("westus", "US"),
    ("westus3", "US"),
];
/// Countries of the regions of Google Cloud (Google Cloud documentation, geography and regions); a name ends in a number.
const GOOGLE_REGIONS: [(&str, &str); 38] = [
    ("africa-south1", "ZA"),
    ("asia-east1", "TW"),
    ("asia-east2", "HK"),
    ("asia-northeast1", "JP"),
    ("asia-northeast2", "JP"),
    ("asia-northeast3", "KR"),
    ("asia-south1", "IN"),
    ("asia-south2", "IN"),
    ("asia-southeast1", "SG"),
    ("asia-southeast2", "ID"),
    ("australia-southeast1", "AU"),
    ("australia-southeast2", "AU"),
    ("europe-central2", "PL"),
    ("europe-north1", "FI"),
    ("europe-north2", "SE"),
    ("europe-southwest1", "ES"),
    ("europe-west1", "BE"),
    ("europe-west10", "DE"),
    ("europe-west12", "IT"),
    ("europe-west2", "GB"),
    ("europe-west3", "DE"),
    ("europe-west4", "NL"),
    ("europe-west6", "CH"),
    ("europe-west8", "IT"),
    ("europe-west9", "FR"),
    ("me-central1", "QA"),
    ("me-central2", "SA"),
    ("me-west1", "IL"),
    ("northamerica-northeast1", "CA"),
    ("northamerica-northeast2", "CA"),
    ("southamerica-east1", "BR"),
    ("us-central1", "US"),
    ("us-east1", "US"),
    ("us-east4", "US"),
    ("us-east5", "US"),
    ("us-south1", "US"),
    ("us-west1", "US"),
    ("us-west4", "US"),
];

/// Countries and blocs by their ids.
pub(super) struct Geography<'a> {
    /// Members of blocs; a country has none.
    members: BTreeMap<&'a str, &'a [String]>,
}

impl<'a> Geography<'a> {
    pub(super) fn new(jurisdictions: &'a Jurisdictions) -> Self {
        let all = &jurisdictions.jurisdictions;
        Self { members: all.iter().map(|j| (j.id.as_str(), &*j.members)).collect() }
    }

    /// Whether a country or bloc lies in another: all its members do.
    pub(super) fn is_within(&self, region: &str, zone: &str) -> bool {
        let holds = |country: &str| {
            country == zone
                || self.members.get(zone).is_some_and(|members| members.iter().any(|m| m == country))
        };
        match self.members.get(region) {
            Some(members) if !members.is_empty() => {
                region == zone || members.iter().all(|member| holds(member))
            }
            _ => holds(region),
        }
    }

    /// The smallest country or bloc that holds all regions; `None` when none does.
    pub(super) fn around(&self, regions: &[&str]) -> Option<&'a str> {
        let holds = |zone: &&str| regions.iter().all(|region| self.is_within(region, zone));
        let size = |zone: &&'a str| (self.members.get(zone).map_or(0, |members| members.len()), *zone);
        self.members.keys().copied().filter(holds).min_by_key(size)
    }

    /// What a word for a region means; `None` when nothing is known by that name.
    pub(super) fn zone(&self, word: &str) -> Option<Zone> {
        let lower = word.trim().to_lowercase();
        let squeezed: String = lower.chars().filter(char::is_ascii_alphanumeric).collect();
        let listed = |regions: &[(&str, &str)], name: &str| {
            regions.iter().find(|(region, _)| *region == name).map(|(_, id)| Zone::Named((*id).to_owned()))
        };
        let country = || {
            let upper = lower.to_uppercase();
            self.members.contains_key(upper.as_str()).then_some(Zone::Named(upper))
        };
        zone_named(&lower)
            .or_else(|| listed(&GOOGLE_REGIONS, &lower))
            .or_else(|| listed(&AZURE_REGIONS, &squeezed))
            .or_else(|| listed(&AZURE_REGIONS, squeezed.trim_end_matches(|c: char| c.is_ascii_digit())))
            .or_else(country)
    }

    /// The region that is a part of a host name, such as `contoso-swedencentral.openai.azure.com`, with the word for it.
    pub(super) fn zone_in_host(&self, host: &str) -> Option<(String, Zone)> {
        let known = |word: &str| {
            let zone = zone_named(word).filter(|_| word.len() > 2);
            let listed = || {
                let all = AZURE_REGIONS.iter().chain(&GOOGLE_REGIONS);
                all.clone().find(|(name, _)| *name == word).map(|(_, id)| Zone::Named((*id).to_owned()))
            };
            zone.or_else(listed).map(|zone| (word.to_owned(), zone))
        };
        let labels = host.split('.');
        let parts: Vec<&str> = host.split(['.', '-']).collect();
        let several =
            (2..=3).flat_map(|n| parts.windows(n).map(|window| window.join("-")).collect::<Vec<_>>());
        labels
            .map(str::to_owned)
            .chain(several)
            .chain(parts.iter().map(|part| (*part).to_owned()))
            .find_map(|word| known(&word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::load_library;

    fn named(id: &str) -> Option<Zone> {
        Some(Zone::Named(id.to_owned()))
    }

    #[test]
    fn a_region_of_a_cloud_is_in_a_country_and_a_zone_is_itself() {
        let library = load_library(None, None).unwrap();
        let places = Geography::new(&library.jurisdictions);
        assert_eq!(places.zone("swedencentral"), named("SE"));
        assert_eq!(places.zone("Sweden Central"), named("SE"));
        assert_eq!(places.zone("europe-west4"), named("NL"));
        assert_eq!(places.zone("eu-central-1"), named("DE"));
        assert_eq!(places.zone("eastus2"), named("US"));
        assert_eq!(places.zone("eu"), named("EU"));
        assert_eq!(places.zone("fr"), named("FR"));
        assert_eq!(places.zone("global"), Some(Zone::Worldwide));
        assert_eq!(places.zone("moonbase-1"), None);
        let in_host = |host: &str| places.zone_in_host(host).map(|(_, zone)| zone);
        assert_eq!(in_host("contoso-swedencentral.openai.azure.com"), named("SE"));
        assert_eq!(in_host("bedrock-runtime.eu-west-1.amazonaws.com"), named("IE"));
        assert_eq!(in_host("europe-west1-aiplatform.googleapis.com"), named("BE"));
        assert_eq!(in_host("contoso.openai.azure.com"), None);
    }

    #[test]
    fn the_smallest_zone_around_countries_is_found() {
        let library = load_library(None, None).unwrap();
        let places = Geography::new(&library.jurisdictions);
        assert_eq!(places.around(&["SE", "SE"]), Some("SE"));
        assert_eq!(places.around(&["SE", "EU"]), Some("EU"));
        assert_eq!(places.around(&["SE", "US"]), None);
        assert!(places.is_within("EU", "EU") && !places.is_within("EU", "DE"));
    }
}

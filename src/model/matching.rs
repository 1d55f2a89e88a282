//! Matching selectors and jurisdiction sets against an instance.

use super::instance::{CellIdx, Instance, JurisdictionIdx, Offer, OfferIdx, SupplierIdx};
use super::selector::{JurisdictionSet, Selector};
use crate::ids::SELF_HOST;

/// A selector split into its offer part and its cell part; a pair matches when both do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matches {
    /// `[n_offers]`
    pub offers: Vec<bool>,
    /// `[n_cells]`
    pub cells: Vec<bool>,
}

impl Instance {
    /// Whether the supplier is under one of the set's jurisdictions, by its own headquarters or those of its controllers.
    #[must_use]
    pub fn supplier_in(&self, supplier: SupplierIdx, set: &JurisdictionSet) -> bool {
        self.in_set(set, |j| self.suppliers[supplier].under[j])
    }

    /// Whether every country of the region (a country, or a bloc's members) is in the set.
    #[must_use]
    pub fn region_in(&self, region: JurisdictionIdx, set: &JurisdictionSet) -> bool {
        let countries = &self.jurisdictions[region].countries;
        countries
            .iter()
            .all(|&country| self.in_set(set, |j| self.jurisdictions[j].countries.contains(&country)))
    }

    /// Whether every country of the region (a country, or a bloc's members) is in the jurisdiction.
    #[must_use]
    pub fn is_within(&self, region: JurisdictionIdx, jurisdiction: JurisdictionIdx) -> bool {
        let countries = &self.jurisdictions[jurisdiction].countries;
        self.jurisdictions[region].countries.iter().all(|country| countries.contains(country))
    }

    /// Whether one of the set's jurisdictions is over the hardware's vendor or controls the hardware's export.
    #[must_use]
    pub fn hardware_in(&self, hardware: usize, set: &JurisdictionSet) -> bool {
        self.in_set(set, |j| self.hardware[hardware].under[j])
    }

    fn in_set(&self, set: &JurisdictionSet, is_under: impl Fn(JurisdictionIdx) -> bool) -> bool {
        let any = |ids: &[String]| ids.iter().filter_map(|id| self.jurisdiction_idx(id)).any(&is_under);
        match set {
            JurisdictionSet::All => true,
            JurisdictionSet::Listed(ids) => any(ids),
            JurisdictionSet::Except(ids) => !any(ids),
        }
    }

    /// Splits a selector into the offers and the cells it matches.
    #[must_use]
    pub fn matches(&self, selector: &Selector) -> Matches {
        let models: Vec<bool> = (0..self.models.len()).map(|m| self.model_matches(selector, m)).collect();
        let sites = self.matching_sites(selector);
        Matches {
            offers: (0..self.offers.len()).map(|o| sites[o] && models[self.offers[o].model]).collect(),
            cells: (0..self.cells.len()).map(|c| self.cell_matches(selector, c)).collect(),
        }
    }

    /// `[n_offers]`: [`Instance::site_matches`]. Many offers share a host or a region, so these are matched first.
    #[must_use]
    pub fn matching_sites(&self, selector: &Selector) -> Vec<bool> {
        let own = self.host_matches(selector, None);
        let hosts: Vec<bool> =
            (0..self.suppliers.len()).map(|s| self.host_matches(selector, Some(s))).collect();
        let regions: Vec<bool> =
            (0..self.jurisdictions.len()).map(|j| self.region_matches(selector, j)).collect();
        let matches = |(offer, o): (OfferIdx, &Offer)| {
            o.host.map_or(own, |host| hosts[host])
                && regions[o.region]
                && self.supply_matches(selector, offer)
        };
        self.offers.iter().enumerate().map(matches).collect()
    }

    /// `[n_models]`: models that match by themselves and, where the selector asks for host, site or hardware, have an offer that
    /// does.
    #[must_use]
    pub fn matching_models(&self, selector: &Selector) -> Vec<bool> {
        let mut offered = vec![!selector.asks_for_site(); self.models.len()];
        for (offer, matches) in self.offers.iter().zip(self.matching_sites(selector)) {
            offered[offer.model] |= matches;
        }
        offered.iter().enumerate().map(|(m, offered)| *offered && self.model_matches(selector, m)).collect()
    }

    /// Whether the offer matches every key of the selector that concerns offers.
    #[must_use]
    pub fn offer_matches(&self, selector: &Selector, offer: OfferIdx) -> bool {
        self.model_matches(selector, self.offers[offer].model) && self.site_matches(selector, offer)
    }

    /// Whether the model matches every key of the selector that concerns models.
    #[must_use]
    pub fn model_matches(&self, selector: &Selector, model: usize) -> bool {
        let m = &self.models[model];
        let listed =
            |ids: &Option<Vec<String>>, id: &str| ids.as_ref().is_none_or(|ids| ids.iter().any(|i| i == id));
        listed(&selector.developer, &m.model.developer)
            && listed(&selector.model, &m.model.id)
            && selector.openness.as_ref().is_none_or(|o| o.contains(&m.model.openness))
            && selector.origin.as_ref().is_none_or(|set| self.supplier_in(m.developer, set))
            && selector.lineage_origin.as_ref().is_none_or(|set| {
                m.lineage.iter().any(|&ancestor| self.supplier_in(self.models[ancestor].developer, set))
            })
    }

    /// Whether the offer matches every key of the selector that concerns host, site or hardware.
    #[must_use]
    pub fn site_matches(&self, selector: &Selector, offer: OfferIdx) -> bool {
        let o = &self.offers[offer];
        self.host_matches(selector, o.host)
            && self.region_matches(selector, o.region)
            && self.supply_matches(selector, offer)
    }

    /// `host`: `None` for the company itself.
    fn host_matches(&self, selector: &Selector, host: Option<SupplierIdx>) -> bool {
        let id = host.map_or(SELF_HOST, |h| self.suppliers[h].supplier.id.as_str());
        selector.host.as_ref().is_none_or(|ids| ids.iter().any(|listed| listed == id))
            && selector.host_origin.as_ref().is_none_or(|set| host.is_some_and(|h| self.supplier_in(h, set)))
    }

    fn region_matches(&self, selector: &Selector, region: JurisdictionIdx) -> bool {
        selector.region.as_ref().is_none_or(|set| self.region_in(region, set))
    }

    /// Access, hardware and certifications.
    fn supply_matches(&self, selector: &Selector, offer: OfferIdx) -> bool {
        let o = &self.offers[offer];
        selector.access.as_ref().is_none_or(|a| a.contains(&o.access))
            && selector.hardware.as_ref().is_none_or(|ids| {
                !o.hardware.is_empty()
                    && o.hardware.iter().all(|&h| ids.contains(&self.hardware[h].hardware.id))
            })
            && selector
                .certifications
                .as_ref()
                .is_none_or(|ids| ids.iter().all(|id| o.certifications.contains(id)))
    }

    /// Whether the cell matches every key of the selector that concerns cells.
    #[must_use]
    pub fn cell_matches(&self, selector: &Selector, cell: CellIdx) -> bool {
        let workload = self.workload_of(cell);
        selector.users.as_ref().is_none_or(|set| self.region_in(self.cells[cell].users, set))
            && selector.workload.as_ref().is_none_or(|ids| ids.contains(&workload.id))
            && selector.data.as_ref().is_none_or(|d| d.contains(&workload.data))
            && selector.company.as_ref().is_none_or(|set| self.region_in(self.headquarters, set))
    }
}

//! Dimensions of exposure (methodology/exposure.md): the keys of each offer, and the meaning of a limit's `is`.

use std::collections::BTreeSet;

use super::supply::{NeedKind, Node, SupplyGraph};
use crate::ids::SELF_HOST;
use crate::model::instance::{Instance, JurisdictionIdx, OfferIdx, SupplierIdx};
use crate::model::limit::Dimension;

/// The key of an offer whose hardware the catalog does not state, in `hardware` and in `reach`.
pub const UNKNOWN: &str = "unknown";

/// Joins the hardware alternatives of an offer.
pub const ALTERNATIVE_SEPARATOR: &str = "|";

/// Keys of every offer of an instance.
#[derive(Debug, Clone)]
pub struct Dimensions<'a> {
    instance: &'a Instance,
    /// `[n_offers × n_jurisdictions]`, row-major: whether some need of the offer is under the jurisdiction.
    reach: Vec<bool>,
}

impl<'a> Dimensions<'a> {
    /// Follows the needs of every offer once.
    #[must_use]
    pub fn new(instance: &'a Instance, graph: &SupplyGraph) -> Self {
        Self { instance, reach: reach(instance, graph) }
    }

    /// The offer's key, or keys where they overlap (`reach`: countries, sorted).
    ///
    /// An offer without hardware has the key [`UNKNOWN`] in `hardware`, and in addition to its countries in `reach`.
    #[must_use]
    pub fn keys(&self, dimension: Dimension, offer: OfferIdx) -> Vec<String> {
        let instance = self.instance;
        let o = &instance.offers[offer];
        let model = instance.model_of(offer);
        let country = |supplier: SupplierIdx| self.jurisdiction(instance.suppliers[supplier].country);
        let key = match dimension {
            Dimension::Origin => country(model.developer),
            Dimension::Control => country(instance.suppliers[model.developer].top),
            Dimension::LineageOrigin => country(self.root_developer(offer)),
            Dimension::Developer => model.model.developer.as_str(),
            Dimension::Model => model.model.id.as_str(),
            Dimension::Openness => model.model.openness.as_str(),
            Dimension::Host => self.host(offer),
            Dimension::HostOrigin => o.host.map_or_else(|| self.jurisdiction(instance.headquarters), country),
            Dimension::Region => self.jurisdiction(o.region),
            Dimension::Hardware => return vec![self.hardware_key(offer)],
            Dimension::Reach => return self.reach_keys(offer),
        };
        vec![key.to_owned()]
    }

    /// Whether the offer counts for a limit with `is: key`.
    ///
    /// Jurisdictions are read as in selectors: with blocs, parents and ancestors. `host_origin` of `self` is the
    /// headquarters. An offer in a bloc is in a jurisdiction if all members of the bloc are. In other dimensions the keys
    /// must be equal; alternatives in `hardware` may be written in any order.
    #[must_use]
    pub fn offer_is(&self, dimension: Dimension, offer: OfferIdx, key: &str) -> bool {
        let instance = self.instance;
        let Some(jurisdiction) =
            is_jurisdictional(dimension).then(|| instance.jurisdiction_idx(key)).flatten()
        else {
            let key = match dimension {
                Dimension::Hardware => alternatives_key(key.split(ALTERNATIVE_SEPARATOR)),
                _ => key.to_owned(),
            };
            return self.keys(dimension, offer).contains(&key);
        };
        let o = &instance.offers[offer];
        let model = instance.model_of(offer);
        let is_under = |supplier: SupplierIdx| instance.suppliers[supplier].under[jurisdiction];
        match dimension {
            Dimension::Origin => is_under(model.developer),
            Dimension::Control => is_under(instance.suppliers[model.developer].top),
            Dimension::LineageOrigin => model.lineage.iter().any(|&m| is_under(instance.models[m].developer)),
            Dimension::HostOrigin => {
                o.host.map_or_else(|| instance.is_within(instance.headquarters, jurisdiction), is_under)
            }
            Dimension::Region => instance.is_within(o.region, jurisdiction),
            _ => self.reaches(offer, jurisdiction),
        }
    }

    /// Whether any service, hosting or hardware need of the offer, through any tier, is under the jurisdiction.
    #[must_use]
    pub fn reaches(&self, offer: OfferIdx, jurisdiction: JurisdictionIdx) -> bool {
        self.reach[offer * self.instance.jurisdictions.len() + jurisdiction]
    }

    fn jurisdiction(&self, idx: JurisdictionIdx) -> &str {
        &self.instance.jurisdictions[idx].id
    }

    fn host(&self, offer: OfferIdx) -> &str {
        self.instance.offers[offer]
            .host
            .map_or(SELF_HOST, |host| self.instance.suppliers[host].supplier.id.as_str())
    }

    fn root_developer(&self, offer: OfferIdx) -> SupplierIdx {
        let model = self.instance.model_of(offer);
        model.lineage.last().map_or(model.developer, |&root| self.instance.models[root].developer)
    }

    fn hardware_key(&self, offer: OfferIdx) -> String {
        let alternatives = &self.instance.offers[offer].hardware;
        if alternatives.is_empty() {
            return UNKNOWN.to_owned();
        }
        alternatives_key(alternatives.iter().map(|&h| self.instance.hardware[h].hardware.id.as_str()))
    }

    fn reach_keys(&self, offer: OfferIdx) -> Vec<String> {
        let countries = self.instance.jurisdictions.iter().enumerate().filter(|(_, j)| !j.is_bloc);
        let reached = countries.filter(|(idx, _)| self.reaches(offer, *idx)).map(|(_, j)| j.id.clone());
        let unknown = self.instance.offers[offer].hardware.is_empty().then(|| UNKNOWN.to_owned());
        reached.chain(unknown).collect()
    }
}

/// The key of alternatives in `hardware`: their ids sorted, so that no order of a file or of a limit's `is` matters.
fn alternatives_key<'a>(ids: impl IntoIterator<Item = &'a str>) -> String {
    let sorted: BTreeSet<&str> = ids.into_iter().collect();
    sorted.into_iter().collect::<Vec<_>>().join(ALTERNATIVE_SEPARATOR)
}

/// Whether the keys of a dimension are jurisdictions.
fn is_jurisdictional(dimension: Dimension) -> bool {
    match dimension {
        Dimension::Origin
        | Dimension::Control
        | Dimension::LineageOrigin
        | Dimension::HostOrigin
        | Dimension::Region
        | Dimension::Reach => true,
        Dimension::Developer
        | Dimension::Model
        | Dimension::Openness
        | Dimension::Host
        | Dimension::Hardware => false,
    }
}

/// `[n_offers × n_jurisdictions]`, row-major: a node is under its own jurisdictions, and under those that all alternatives
/// of one of its needs are under. Needs for updates do not count.
fn reach(instance: &Instance, graph: &SupplyGraph) -> Vec<bool> {
    let n = instance.jurisdictions.len();
    let mut under: Vec<Vec<bool>> = vec![Vec::new(); graph.graph.node_count()];
    let mut reach = vec![false; instance.offers.len() * n];
    for &idx in graph.providers_first() {
        let node = graph.graph[idx];
        let mut own = own_jurisdictions(instance, node);
        for need in graph.needs(idx).iter().filter(|need| need.kind != NeedKind::Updates) {
            for (jurisdiction, is_under) in own.iter_mut().enumerate() {
                let is_under_all = || need.providers.iter().all(|p| under[p.index()][jurisdiction]);
                *is_under |= !need.providers.is_empty() && is_under_all();
            }
        }
        if let Node::Offer(offer) = node {
            reach[offer * n..(offer + 1) * n].copy_from_slice(&own);
        }
        under[idx.index()] = own;
    }
    reach
}

/// `[n_jurisdictions]`: whether a node is under each jurisdiction, without its needs.
fn own_jurisdictions(instance: &Instance, node: Node) -> Vec<bool> {
    match node {
        Node::Supplier(supplier) => instance.suppliers[supplier].under.clone(),
        Node::Hardware(hardware) => instance.hardware[hardware].under.clone(),
        Node::HostSite(_, region) => {
            (0..instance.jurisdictions.len()).map(|j| instance.is_within(region, j)).collect()
        }
        Node::Offer(_) => vec![false; instance.jurisdictions.len()],
    }
}

#[cfg(test)]
mod tests;

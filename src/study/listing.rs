//! What there is to choose from: entries of the catalog that a selector matches, and offers that a workload may use.

use std::collections::BTreeSet;

use crate::model::eligibility::Ineligible;
use crate::model::instance::{
    CellIdx, HardwareIdx, Instance, JurisdictionIdx, ModelIdx, OfferIdx, SupplierIdx, WorkloadIdx,
};
use crate::model::selector::Selector;
use crate::model::words::Role;
use crate::shocks::law::Law;

/// Entries that a selector matches, each list in the order of the instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    pub offers: Vec<OfferIdx>,
    /// Models that match by themselves and, where the selector asks for host, site or hardware, have an offer that does.
    pub models: Vec<ModelIdx>,
    /// Suppliers that host models; with a selector, hosts of matching offers.
    pub hosts: Vec<SupplierIdx>,
    /// All suppliers; with a selector, developers of matching models, hosts of matching offers, and vendors of their
    /// hardware.
    pub suppliers: Vec<SupplierIdx>,
    /// All hardware; with a selector, what matching offers can run on.
    pub hardware: Vec<HardwareIdx>,
}

impl Selection {
    /// Everything there is.
    #[must_use]
    pub fn all(instance: &Instance) -> Self {
        let suppliers = 0..instance.suppliers.len();
        let is_host = |s: &SupplierIdx| instance.suppliers[*s].supplier.roles.contains(&Role::Host);
        Self {
            offers: (0..instance.offers.len()).collect(),
            models: (0..instance.models.len()).collect(),
            hosts: suppliers.clone().filter(is_host).collect(),
            suppliers: suppliers.collect(),
            hardware: (0..instance.hardware.len()).collect(),
        }
    }

    /// What the selector matches; its keys on users, workloads, data and company are left aside.
    #[must_use]
    pub fn matching(instance: &Instance, selector: &Selector) -> Self {
        let offers: Vec<OfferIdx> =
            (0..instance.offers.len()).filter(|&o| instance.offer_matches(selector, o)).collect();
        let matching = instance.matching_models(selector);
        let models: Vec<ModelIdx> = (0..instance.models.len()).filter(|&m| matching[m]).collect();
        let hosts: BTreeSet<SupplierIdx> = offers.iter().filter_map(|&o| instance.offers[o].host).collect();
        let hardware: BTreeSet<HardwareIdx> =
            offers.iter().flat_map(|&o| instance.offers[o].hardware.iter().copied()).collect();
        let developers = models.iter().map(|&m| instance.models[m].developer);
        let vendors = hardware.iter().map(|&h| instance.hardware[h].vendor);
        let suppliers: BTreeSet<SupplierIdx> =
            developers.chain(vendors).chain(hosts.iter().copied()).collect();
        Self {
            offers,
            models,
            hosts: hosts.into_iter().collect(),
            suppliers: suppliers.into_iter().collect(),
            hardware: hardware.into_iter().collect(),
        }
    }
}

/// Whether a workload's users may use an offer.
#[derive(Debug, Clone, PartialEq)]
pub struct OfferEligibility {
    pub offer: OfferIdx,
    /// One entry per cell of the workload: every reason why it may not newly use the offer; empty when it may.
    pub cells: Vec<(CellIdx, Vec<Ineligible>)>,
}

/// Whether the workload may use each of the offers, in their order.
#[must_use]
pub fn eligibility(instance: &Instance, workload: WorkloadIdx, offers: &[OfferIdx]) -> Vec<OfferEligibility> {
    let law = Law::new(instance);
    let of = |&offer: &OfferIdx| {
        let cells = instance.workloads[workload].cells.clone();
        let cells = cells.map(|cell| (cell, law.reasons(instance, cell, offer))).collect();
        OfferEligibility { offer, cells }
    };
    offers.iter().map(of).collect()
}

/// Numbers of offers and models, of the whole instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Census {
    /// `[n_models]`: offers of the model.
    pub offers_by_model: Vec<usize>,
    /// `[n_hardware]`: offers that can run on it.
    pub offers_by_hardware: Vec<usize>,
    /// `[n_suppliers]`
    pub suppliers: Vec<SupplierCensus>,
}

/// What a supplier develops and hosts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SupplierCensus {
    /// Models that it develops.
    pub n_models: usize,
    /// Offers that it hosts.
    pub n_offers: usize,
    /// Models that it hosts.
    pub hosted: BTreeSet<ModelIdx>,
    /// Countries and blocs where it hosts.
    pub regions: BTreeSet<JurisdictionIdx>,
}

impl Census {
    /// Counts the offers and models of an instance.
    #[must_use]
    pub fn new(instance: &Instance) -> Self {
        let mut census = Self {
            offers_by_model: vec![0; instance.models.len()],
            offers_by_hardware: vec![0; instance.hardware.len()],
            suppliers: vec![SupplierCensus::default(); instance.suppliers.len()],
        };
        for model in &instance.models {
            census.suppliers[model.developer].n_models += 1;
        }
        for offer in &instance.offers {
            census.offers_by_model[offer.model] += 1;
            offer.hardware.iter().for_each(|&h| census.offers_by_hardware[h] += 1);
            if let Some(host) = offer.host {
                let host = &mut census.suppliers[host];
                host.n_offers += 1;
                host.hosted.insert(offer.model);
                host.regions.insert(offer.region);
            }
        }
        census
    }
}

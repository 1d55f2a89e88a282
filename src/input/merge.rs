//! Merging a portfolio's own entries into the catalog: an entry replaces that with the same id, or is added. Templates of
//! shocks are then replaced by their members.

use std::collections::{BTreeMap, BTreeSet};

use crate::ids::{OfferId, SELF_HOST};
use crate::model::catalog::{Catalog, OfferEntry};
use crate::model::shock::Shock;
use crate::model::{Confidence, Provenance};
use crate::shocks::templates;

/// The catalog with a portfolio's own entries.
///
/// Offers are replaced by expanded id: an entry of `base` loses the regions that an entry of `own` has. Offers on `self`
/// without regions get all `sites`.
pub(super) fn merged(base: &Catalog, own: &Catalog, sites: &[String]) -> Catalog {
    templates::expand(Catalog {
        suppliers: by_id(&base.suppliers, &own.suppliers, |s| &s.id),
        quality_metric: own.quality_metric.clone().or_else(|| base.quality_metric.clone()),
        models: by_id(&base.models, &own.models, |m| &m.id),
        hardware: by_id(&base.hardware, &own.hardware, |h| &h.id),
        offers: offers(&base.offers, &own.offers, sites),
        tensions: by_id(&base.tensions, &own.tensions, |t| &t.id),
        shocks: by_id(&base.shocks, &own_judgments(&own.shocks), |s| &s.id),
        templates: Vec::new(),
        scenarios: by_id(&base.scenarios, &own.scenarios, |s| &s.id),
    })
}

/// A portfolio's own shocks: how often they happen is the company's own judgment, whatever the entry says.
fn own_judgments(shocks: &[Shock]) -> Vec<Shock> {
    let own = |shock: &Shock| {
        let provenance = Provenance { confidence: Confidence::Own, ..shock.provenance.clone() };
        Shock { provenance, ..shock.clone() }
    };
    shocks.iter().map(own).collect()
}

/// `base` with the entries of `own`. A replaced entry keeps its position.
fn by_id<T: Clone>(base: &[T], own: &[T], id: impl Fn(&T) -> &String) -> Vec<T> {
    let mut merged = base.to_vec();
    let mut position: BTreeMap<String, usize> =
        merged.iter().enumerate().map(|(i, x)| (id(x).clone(), i)).collect();
    for entry in own {
        match position.get(id(entry)) {
            Some(&i) => merged[i] = entry.clone(),
            None => {
                position.insert(id(entry).clone(), merged.len());
                merged.push(entry.clone());
            }
        }
    }
    merged
}

fn offers(base: &[OfferEntry], own: &[OfferEntry], sites: &[String]) -> Vec<OfferEntry> {
    let own: Vec<OfferEntry> = own.iter().map(|o| with_sites(o, sites)).collect();
    let replaced: BTreeSet<OfferId> = own.iter().flat_map(expanded).collect();
    let mut merged: Vec<OfferEntry> = base.iter().map(|o| with_sites(o, sites)).collect();
    for entry in &mut merged {
        let ids = expanded(entry);
        let kept = ids.into_iter().filter(|id| !replaced.contains(id)).map(|id| id.region);
        entry.regions = kept.collect();
    }
    merged.retain(|entry| !entry.regions.is_empty());
    merged.extend(own);
    merged
}

fn with_sites(entry: &OfferEntry, sites: &[String]) -> OfferEntry {
    let mut entry = entry.clone();
    if entry.host == SELF_HOST && entry.regions.is_empty() {
        let mut seen = BTreeSet::new();
        entry.regions = sites.iter().filter(|site| seen.insert(*site)).cloned().collect();
    }
    entry
}

/// The ids of the offers that an entry defines.
pub(super) fn expanded(entry: &OfferEntry) -> Vec<OfferId> {
    let id = |region: &String| OfferId {
        model: entry.model.clone(),
        host: entry.host.clone(),
        region: region.clone(),
    };
    entry.regions.iter().map(id).collect()
}

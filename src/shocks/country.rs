//! The country of an entity that a shock names: a supplier, a model, a selector or a set of jurisdictions.

use crate::model::instance::Instance;
use crate::model::selector::{JurisdictionSet, Selector};

/// The country of a supplier's headquarters.
pub(super) fn of_supplier(instance: &Instance, id: &str) -> Option<String> {
    instance.supplier_idx(id).map(|s| instance.suppliers[s].supplier.jurisdiction.clone())
}

/// The country of a model's developer.
pub(super) fn of_model(instance: &Instance, model: &str) -> Option<String> {
    let model = instance.models.iter().find(|m| m.model.id == model)?;
    Some(instance.suppliers[model.developer].supplier.jurisdiction.clone())
}

/// The country of the first supplier that a selector names, else of the first model, else the first jurisdiction.
pub(super) fn of_selector(instance: &Instance, selector: &Selector) -> Option<String> {
    let suppliers = selector.developer.iter().chain(&selector.host).flatten();
    let models = selector.model.iter().flatten();
    let sets = [&selector.origin, &selector.host_origin, &selector.region, &selector.users];
    suppliers
        .into_iter()
        .find_map(|s| of_supplier(instance, s))
        .or_else(|| models.into_iter().find_map(|m| of_model(instance, m)))
        .or_else(|| sets.into_iter().flatten().find_map(first))
}

/// The first jurisdiction of a list.
pub(super) fn first(set: &JurisdictionSet) -> Option<String> {
    match set {
        JurisdictionSet::Listed(ids) => ids.first().cloned(),
        JurisdictionSet::All | JurisdictionSet::Except(_) => None,
    }
}

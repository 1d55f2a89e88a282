//! What a shock names first: a supplier, a site, hardware, or a region.

use crate::ids::SELF_HOST;
use crate::model::instance::Instance;
use crate::model::selector::{JurisdictionSet, Selector};

/// An entity that a shock names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NamedEntity {
    /// A supplier in any role, or `self`.
    Supplier(String),
    /// The site of a host in a region.
    Site {
        host: String,
        region: String,
    },
    Hardware(String),
    Region(String),
}

impl NamedEntity {
    /// The country of the supplier or of the hardware's vendor, or the region; for `self` the headquarters.
    #[must_use]
    pub fn jurisdiction(&self, instance: &Instance) -> Option<String> {
        match self {
            Self::Supplier(id) if id == SELF_HOST => {
                Some(instance.jurisdictions[instance.headquarters].id.clone())
            }
            Self::Supplier(id) => {
                instance.supplier_idx(id).map(|s| instance.suppliers[s].supplier.jurisdiction.clone())
            }
            Self::Hardware(id) => instance.hardware_idx(id).map(|h| {
                let vendor = instance.hardware[h].vendor;
                instance.suppliers[vendor].supplier.jurisdiction.clone()
            }),
            Self::Site { region, .. } | Self::Region(region) => Some(region.clone()),
        }
    }

    /// The words of reports: `supplier azure`, `hardware h100`, `region SE`.
    #[must_use]
    pub fn actor(&self) -> String {
        match self {
            Self::Supplier(id) | Self::Site { host: id, .. } => format!("supplier {id}"),
            Self::Hardware(id) => format!("hardware {id}"),
            Self::Region(id) => format!("region {id}"),
        }
    }
}

/// A supplier; `None` when the instance does not have it.
pub(super) fn supplier(instance: &Instance, id: &str) -> Option<NamedEntity> {
    (id == SELF_HOST || instance.supplier_idx(id).is_some()).then(|| NamedEntity::Supplier(id.to_owned()))
}

/// A host's site, written `host:REGION`.
pub(super) fn site(id: &str) -> Option<NamedEntity> {
    let (host, region) = id.split_once(':')?;
    Some(NamedEntity::Site { host: host.to_owned(), region: region.to_owned() })
}

/// A hardware item; `None` when the instance does not have it.
pub(super) fn hardware(instance: &Instance, id: &str) -> Option<NamedEntity> {
    instance.hardware_idx(id).map(|_| NamedEntity::Hardware(id.to_owned()))
}

/// The developer of a model.
pub(super) fn developer(instance: &Instance, model: &str) -> Option<NamedEntity> {
    let model = instance.models.iter().find(|m| m.model.id == model)?;
    Some(NamedEntity::Supplier(instance.suppliers[model.developer].supplier.id.clone()))
}

/// The first supplier that a selector names, else the developer of the first model, else the first jurisdiction.
pub(super) fn in_selector(instance: &Instance, selector: &Selector) -> Option<NamedEntity> {
    let suppliers = selector.developer.iter().chain(&selector.host).flatten();
    let models = selector.model.iter().flatten();
    let sets = [&selector.origin, &selector.host_origin, &selector.region, &selector.users];
    suppliers
        .into_iter()
        .find_map(|s| supplier(instance, s))
        .or_else(|| models.into_iter().find_map(|m| developer(instance, m)))
        .or_else(|| sets.into_iter().flatten().find_map(region))
}

/// The first jurisdiction of a list.
pub(super) fn region(set: &JurisdictionSet) -> Option<NamedEntity> {
    match set {
        JurisdictionSet::Listed(ids) => ids.first().cloned().map(NamedEntity::Region),
        JurisdictionSet::All | JurisdictionSet::Except(_) => None,
    }
}

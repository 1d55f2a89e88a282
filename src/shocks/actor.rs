//! Who acts: the jurisdiction to which a shock's losses are put down (methodology/simulation.md).

use crate::model::instance::Instance;
use crate::model::selector::{JurisdictionSet, Selector};
use crate::model::shock::{Action, EffectEntry, Kind, Shock};

/// What stands for a shock that names neither an actor, a supplier nor a region.
pub const NO_ACTOR: &str = "none";

/// `by`, else the country of the supplier or region that the shock names first, else [`NO_ACTOR`].
#[must_use]
pub fn acting_jurisdiction(instance: &Instance, shock: &Shock) -> String {
    let named = shock.by.clone().or_else(|| match &shock.action {
        Action::Kind(kind) => named_by_kind(instance, kind),
        Action::Effects(effects) => effects.iter().find_map(|e| named_by_effect(instance, e)),
    });
    named.unwrap_or_else(|| NO_ACTOR.to_owned())
}

fn named_by_kind(instance: &Instance, kind: &Kind) -> Option<String> {
    match kind {
        Kind::SupplierExit { supplier } => supplier_country(instance, supplier),
        Kind::Sanction { suppliers, .. } => suppliers.iter().find_map(|s| supplier_country(instance, s)),
        Kind::LicenseChange { supplier, models, .. } => supplier
            .as_ref()
            .and_then(|s| supplier_country(instance, s))
            .or_else(|| models.iter().find_map(|m| developer_country(instance, m))),
        Kind::Outage { host, region } => host
            .as_ref()
            .and_then(|h| supplier_country(instance, h))
            .or_else(|| region.as_ref().and_then(first)),
        Kind::EnergyShock { region, .. } => first(region),
        Kind::PriceShock { supplier, what, .. } => supplier
            .as_ref()
            .and_then(|s| supplier_country(instance, s))
            .or_else(|| named_by_selector(instance, what)),
        Kind::CapacitySqueeze { selector, .. } => named_by_selector(instance, selector),
        Kind::ExportBan { what, .. }
        | Kind::MarketBan { what, .. }
        | Kind::RegulationShift { what, .. }
        | Kind::ResearchStall { what } => named_by_selector(instance, what),
        Kind::DataLocalization { .. } | Kind::ChipControl { .. } | Kind::Tariff { .. } => None,
    }
}

fn named_by_effect(instance: &Instance, effect: &EffectEntry) -> Option<String> {
    match effect {
        EffectEntry::Stop { suppliers, hosts, host_sites, hardware } => suppliers
            .iter()
            .chain(hosts)
            .find_map(|s| supplier_country(instance, s))
            .or_else(|| {
                host_sites.iter().find_map(|site| site.split_once(':').map(|(_, region)| region.to_owned()))
            })
            .or_else(|| {
                let item = hardware.iter().find_map(|h| instance.hardware_idx(h))?;
                supplier_country(instance, &instance.suppliers[instance.hardware[item].vendor].supplier.id)
            }),
        EffectEntry::Cut { region, .. } => first(region),
        EffectEntry::Unavailable(s)
        | EffectEntry::NoNew(s)
        | EffectEntry::Stale(s)
        | EffectEntry::PriceTimes { selector: s, .. }
        | EffectEntry::CapacityTimes { selector: s, .. }
        | EffectEntry::OneOff { selector: s, .. } => named_by_selector(instance, s),
    }
}

fn named_by_selector(instance: &Instance, selector: &Selector) -> Option<String> {
    let suppliers = selector.developer.iter().chain(&selector.host).flatten();
    let models = selector.model.iter().flatten();
    let sets = [&selector.origin, &selector.host_origin, &selector.region, &selector.users];
    suppliers
        .into_iter()
        .find_map(|s| supplier_country(instance, s))
        .or_else(|| models.into_iter().find_map(|m| developer_country(instance, m)))
        .or_else(|| sets.into_iter().flatten().find_map(first))
}

fn supplier_country(instance: &Instance, id: &str) -> Option<String> {
    instance.supplier_idx(id).map(|s| instance.suppliers[s].supplier.jurisdiction.clone())
}

fn developer_country(instance: &Instance, model: &str) -> Option<String> {
    let model = instance.models.iter().find(|m| m.model.id == model)?;
    Some(instance.suppliers[model.developer].supplier.jurisdiction.clone())
}

fn first(set: &JurisdictionSet) -> Option<String> {
    match set {
        JurisdictionSet::Listed(ids) => ids.first().cloned(),
        JurisdictionSet::All | JurisdictionSet::Except(_) => None,
    }
}

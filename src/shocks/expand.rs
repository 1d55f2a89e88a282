//! The effects of a shock: from its kind or as listed in the file, with its crowding (methodology/shocks.md).

use super::effect::{Effect, Predicate, Stop};
use super::kinds;
use crate::model::instance::{Instance, JurisdictionIdx, SupplierIdx};
use crate::model::selector::JurisdictionSet;
use crate::model::shock::{Action, EffectEntry, Kind, Shock};

/// All effects of a shock, including its crowding.
#[must_use]
pub fn expand(instance: &Instance, shock: &Shock) -> Vec<Effect> {
    let mut effects = match &shock.action {
        Action::Effects(entries) => entries.iter().map(|e| listed(instance, e)).collect(),
        Action::Kind(kind) => of_kind(instance, kind, shock.by.as_deref()),
    };
    if let Some(crowding) = &shock.crowding {
        let predicate = Predicate::of(crowding.selector.clone());
        effects.push(Effect::CapacityTimes { factor: crowding.capacity_times, predicate: predicate.clone() });
        effects.push(Effect::PriceTimes { factor: crowding.price_times, predicate });
    }
    effects
}

/// The effects of a kind; none if it lacks a value. Input refuses a file with such a kind.
fn of_kind(instance: &Instance, kind: &Kind, by: Option<&str>) -> Vec<Effect> {
    let by = JurisdictionSet::Listed(vec![by.unwrap_or_default().to_owned()]);
    kinds::spec(kind.name).and_then(|spec| (spec.expand)(instance, &by, kind)).unwrap_or_default()
}

/// An effect as listed in the file.
fn listed(instance: &Instance, entry: &EffectEntry) -> Effect {
    match entry {
        EffectEntry::Unavailable(s) => Effect::Unavailable(Predicate::of(s.clone())),
        EffectEntry::NoNew(s) => Effect::NoNew(Predicate::of(s.clone())),
        EffectEntry::Stale(s) => Effect::Stale(Predicate::of(s.clone())),
        EffectEntry::Stop { suppliers, hosts, host_sites, hardware } => {
            let sites = instance.host_sites();
            let site_named = |id: &String, s: SupplierIdx, j: JurisdictionIdx| {
                *id == format!("{}:{}", instance.suppliers[s].supplier.id, instance.jurisdictions[j].id)
            };
            let mut stops: Vec<Stop> =
                suppliers.iter().filter_map(|id| instance.supplier_idx(id)).map(Stop::Supplier).collect();
            stops.extend(
                sites
                    .iter()
                    .filter(|(s, j)| {
                        hosts.contains(&instance.suppliers[*s].supplier.id)
                            || host_sites.iter().any(|id| site_named(id, *s, *j))
                    })
                    .map(|&(s, j)| Stop::HostSite(s, j)),
            );
            stops.extend(hardware.iter().filter_map(|id| instance.hardware_idx(id)).map(Stop::Hardware));
            Effect::Stop(stops)
        }
        EffectEntry::Cut { hardware, region } => Effect::Cut {
            hardware: hardware.iter().filter_map(|id| instance.hardware_idx(id)).collect(),
            region: region.clone(),
        },
        EffectEntry::PriceTimes { factor, selector } => {
            Effect::PriceTimes { factor: *factor, predicate: Predicate::of(selector.clone()) }
        }
        EffectEntry::CapacityTimes { factor, selector } => {
            Effect::CapacityTimes { factor: *factor, predicate: Predicate::of(selector.clone()) }
        }
        EffectEntry::OneOff { usd_per_workload, selector } => {
            Effect::OneOff { usd_per_workload: *usd_per_workload, predicate: Predicate::of(selector.clone()) }
        }
    }
}

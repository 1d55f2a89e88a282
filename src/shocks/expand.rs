//! The effects of a shock: from its kind or as listed in the file, with its crowding (methodology/shocks.md).

use super::effect::{Effect, Predicate, Stop};
use super::kinds;
use crate::ids::SELF_HOST;
use crate::model::instance::{Instance, JurisdictionIdx, SupplierIdx};
use crate::model::selector::{JurisdictionSet, Selector};
use crate::model::shock::{Action, EffectEntry, Kind, Shock};

/// All effects of a shock, including its crowding.
#[must_use]
pub fn expand(instance: &Instance, shock: &Shock) -> Vec<Effect> {
    let mut effects = match &shock.action {
        Action::Effects(entries) => entries.iter().flat_map(|e| listed(instance, e)).collect(),
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

/// The effects that an entry of the file lists.
fn listed(instance: &Instance, entry: &EffectEntry) -> Vec<Effect> {
    vec![match entry {
        EffectEntry::Unavailable(s) => Effect::Unavailable(Predicate::of(s.clone())),
        EffectEntry::NoNew(s) => Effect::NoNew(Predicate::of(s.clone())),
        EffectEntry::Stale(s) => Effect::Stale(Predicate::of(s.clone())),
        EffectEntry::Stop { suppliers, hosts, host_sites, hardware } => {
            return stops(instance, suppliers, hosts, host_sites, hardware);
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
    }]
}

/// The nodes that stop, and the company's own machines, which are no nodes of the graph.
fn stops(
    instance: &Instance,
    suppliers: &[String],
    hosts: &[String],
    host_sites: &[String],
    hardware: &[String],
) -> Vec<Effect> {
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
    let own_region = |site: &String| site.strip_prefix(SELF_HOST)?.strip_prefix(':').map(str::to_owned);
    let own_regions: Vec<String> = host_sites.iter().filter_map(own_region).collect();
    let mut effects = vec![Effect::Stop(stops)];
    if hosts.iter().any(|id| id == SELF_HOST) {
        effects.push(own_machines_stop(None));
    } else if !own_regions.is_empty() {
        effects.push(own_machines_stop(Some(JurisdictionSet::Listed(own_regions))));
    }
    effects.retain(|effect| *effect != Effect::Stop(Vec::new()));
    effects
}

/// The company's own machines stop, everywhere or in a region.
///
/// They are no node of the supply graph, so that no loss of a node or territory reaches them. Their buffer is 0 as that of any
/// host, so a stop is the same as what they run being unavailable.
pub(super) fn own_machines_stop(region: Option<JurisdictionSet>) -> Effect {
    Effect::Unavailable(Predicate::of(Selector {
        host: Some(vec![SELF_HOST.to_owned()]),
        region,
        ..Selector::default()
    }))
}

//! Who acts: to whom the losses of a shock are attributed (methodology/shocks.md).

use super::kinds;
use super::named::{self, NamedEntity};
use crate::model::instance::Instance;
use crate::model::shock::{Action, EffectEntry, Shock};

/// The actor of a shock that names no actor, supplier, hardware or region.
pub const NO_ACTOR: &str = "none";

/// `by`, else the country of what the shock names first, else [`NO_ACTOR`].
#[must_use]
pub fn acting_jurisdiction(instance: &Instance, shock: &Shock) -> String {
    let named = || first_named(instance, shock)?.jurisdiction(instance);
    shock.by.clone().or_else(named).unwrap_or_else(|| NO_ACTOR.to_owned())
}

/// `by`, else what the shock names first (`supplier azure`, `hardware h100`, `region SE`), else [`NO_ACTOR`]: a vendor's own
/// event is the vendor's, not its country's.
#[must_use]
pub fn actor(instance: &Instance, shock: &Shock) -> String {
    let named = || first_named(instance, shock).map(|named| named.actor());
    shock.by.clone().or_else(named).unwrap_or_else(|| NO_ACTOR.to_owned())
}

fn first_named(instance: &Instance, shock: &Shock) -> Option<NamedEntity> {
    match &shock.action {
        Action::Kind(kind) => kinds::spec(kind.name).and_then(|spec| (spec.names)(instance, kind)),
        Action::Effects(effects) => effects.iter().find_map(|effect| named_by_effect(instance, effect)),
    }
}

fn named_by_effect(instance: &Instance, effect: &EffectEntry) -> Option<NamedEntity> {
    match effect {
        EffectEntry::Stop { suppliers, hosts, host_sites, hardware } => suppliers
            .iter()
            .chain(hosts)
            .find_map(|id| named::supplier(instance, id))
            .or_else(|| host_sites.iter().find_map(|id| named::site(id)))
            .or_else(|| hardware.iter().find_map(|id| named::hardware(instance, id))),
        EffectEntry::Cut { region, .. } => named::region(region),
        EffectEntry::Unavailable(s)
        | EffectEntry::NoNew(s)
        | EffectEntry::Stale(s)
        | EffectEntry::PriceTimes { selector: s, .. }
        | EffectEntry::CapacityTimes { selector: s, .. }
        | EffectEntry::OneOff { selector: s, .. } => named::in_selector(instance, s),
    }
}

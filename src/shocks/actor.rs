//! The acting jurisdiction, to which the losses of a shock are attributed (methodology/simulation.md).

use super::{country, kinds};
use crate::model::instance::Instance;
use crate::model::shock::{Action, EffectEntry, Shock};

/// The acting jurisdiction of a shock that names no actor, supplier or region.
pub const NO_ACTOR: &str = "none";

/// `by`, else the country of the supplier or region that the shock names first, else [`NO_ACTOR`].
#[must_use]
pub fn acting_jurisdiction(instance: &Instance, shock: &Shock) -> String {
    let named = shock.by.clone().or_else(|| match &shock.action {
        Action::Kind(kind) => kinds::spec(kind.name).and_then(|spec| (spec.acts)(instance, kind)),
        Action::Effects(effects) => effects.iter().find_map(|e| named_by_effect(instance, e)),
    });
    named.unwrap_or_else(|| NO_ACTOR.to_owned())
}

fn named_by_effect(instance: &Instance, effect: &EffectEntry) -> Option<String> {
    match effect {
        EffectEntry::Stop { suppliers, hosts, host_sites, hardware } => suppliers
            .iter()
            .chain(hosts)
            .find_map(|s| country::of_supplier(instance, s))
            .or_else(|| {
                host_sites.iter().find_map(|site| site.split_once(':').map(|(_, region)| region.to_owned()))
            })
            .or_else(|| {
                let item = hardware.iter().find_map(|h| instance.hardware_idx(h))?;
                country::of_supplier(
                    instance,
                    &instance.suppliers[instance.hardware[item].vendor].supplier.id,
                )
            }),
        EffectEntry::Cut { region, .. } => country::first(region),
        EffectEntry::Unavailable(s)
        | EffectEntry::NoNew(s)
        | EffectEntry::Stale(s)
        | EffectEntry::PriceTimes { selector: s, .. }
        | EffectEntry::CapacityTimes { selector: s, .. }
        | EffectEntry::OneOff { selector: s, .. } => country::of_selector(instance, s),
    }
}

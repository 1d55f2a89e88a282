//! Limits on the share of a key that no offer has, although its name is known.

use std::collections::BTreeSet;

use crate::ids::SELF_HOST;
use crate::input::at::At;
use crate::model::instance::Instance;
use crate::model::limit::{Dimension, Measure};
use crate::model::selector::{JurisdictionSet, Selector};

/// Warns of each such limit: its share is 0 whatever the plan.
pub(super) fn check(file: &At<'_>, instance: &Instance) {
    for limit in &instance.portfolio.limits {
        if let Measure::Share { of, is, .. } = &limit.measure
            && !some_offer_is(instance, *of, is)
        {
            let help = match of {
                Dimension::Hardware => {
                    "name every alternative of an offer, as `exposure` prints it; order does not matter"
                }
                _ => "correct the name, or remove the limit",
            };
            let at = file.key("limits").index(limit.place).key("is");
            at.warning("empty-limit", format!("no offer has {} '{is}'", of.as_str()), Some(help.into()));
        }
    }
}

/// Whether some offer may count for the key. Keys that depend on the supply graph or on control are taken to have offers.
fn some_offer_is(instance: &Instance, of: Dimension, is: &str) -> bool {
    let one = || Some(vec![is.to_owned()]);
    let set = || Some(JurisdictionSet::Listed(vec![is.to_owned()]));
    let selector = match of {
        Dimension::Control | Dimension::Reach | Dimension::Openness => return true,
        Dimension::Hardware => return has_hardware(instance, is),
        Dimension::HostOrigin if instance.jurisdictions[instance.headquarters].id == is => return true,
        Dimension::Host if is == SELF_HOST => return true,
        Dimension::HostOrigin => Selector { host_origin: set(), ..Selector::default() },
        Dimension::Origin => Selector { origin: set(), ..Selector::default() },
        Dimension::LineageOrigin => Selector { lineage_origin: set(), ..Selector::default() },
        Dimension::Region => Selector { region: set(), ..Selector::default() },
        Dimension::Developer => Selector { developer: one(), ..Selector::default() },
        Dimension::Model => Selector { model: one(), ..Selector::default() },
        Dimension::Host => Selector { host: one(), ..Selector::default() },
    };
    (0..instance.offers.len()).any(|offer| instance.offer_matches(&selector, offer))
}

/// Whether some offer has exactly these alternatives.
fn has_hardware(instance: &Instance, is: &str) -> bool {
    let named: BTreeSet<&str> = is.split('|').filter(|id| *id != "unknown").collect();
    instance.offers.iter().any(|offer| {
        let own = offer.hardware.iter().map(|&h| instance.hardware[h].hardware.id.as_str());
        own.collect::<BTreeSet<_>>() == named
    })
}

//! Selectors of shocks that no offer matches, although each name in them is known.

use std::collections::BTreeSet;

use crate::ids::SELF_HOST;
use crate::input::at::At;
use crate::input::flow::one_line;
use crate::input::library::{CatalogLayer, List};
use crate::model::catalog::Catalog;
use crate::model::instance::{Instance, ModelIdx};
use crate::model::selector::Selector;
use crate::model::shock::{Action, EffectEntry, Kind, KindValue, Shock};
use crate::model::words::Access;
use crate::shocks::kind::{Expects, ValueType};
use crate::shocks::kinds;

/// Warns of each such selector. `instance`: resolved from `catalog`; `layers`: where entries are defined.
pub(super) fn check(instance: &Instance, catalog: &Catalog, layers: &[&CatalogLayer<'_>]) {
    let self_hosted = self_hosted_models(instance, catalog);
    for layer in layers {
        for (i, shock) in layer.catalog.shocks.iter().enumerate() {
            let Some(at) = layer.entry(List::Shocks, i).filter(|_| shock.each.is_none()) else { continue };
            for (at, selector) in written(&at, shock) {
                if !matches_some(instance, &self_hosted, selector) {
                    let message = format!("no offer matches {}", one_line(at.node));
                    let help = "all keys must match at once (in a list, one entry): correct or remove one";
                    at.warning("empty-selector", message, Some(help.into()));
                }
            }
            if let Action::Kind(kind) = &shock.action {
                check_exemptions(&at, kind);
            }
        }
    }
}

/// Warns of a selector that leaves the shock nothing to do.
fn check_exemptions(at: &At<'_>, kind: &Kind) {
    for (key, expects, selector) in selectors_of(kind) {
        if let Expects::NotEveryOffer(reason) = expects
            && *selector == Selector::default()
        {
            let help = format!("remove '{key}'");
            at.key(key).warning("empty-selector", reason.to_owned(), Some(help));
        }
    }
}

/// Models that the company can run on its own sites, wherever it has them.
fn self_hosted_models(instance: &Instance, catalog: &Catalog) -> Vec<ModelIdx> {
    let ids: BTreeSet<&str> =
        catalog.offers.iter().filter(|o| o.host == SELF_HOST).map(|o| o.model.as_str()).collect();
    (0..instance.models.len()).filter(|&m| ids.contains(instance.models[m].model.id.as_str())).collect()
}

fn matches_some(instance: &Instance, self_hosted: &[ModelIdx], selector: &Selector) -> bool {
    // Sites are not part of the catalog: another company may have one where this one has none.
    let fits_self = selector.host.as_ref().is_none_or(|hosts| hosts.iter().any(|h| h == SELF_HOST))
        && selector.host_origin.is_none()
        && selector.access.as_ref().is_none_or(|access| access.contains(&Access::SelfHosted));
    (0..instance.offers.len()).any(|offer| instance.offer_matches(selector, offer))
        || fits_self && self_hosted.iter().any(|&model| instance.model_matches(selector, model))
}

/// The selectors that a shock states in its file, with their places.
fn written<'a, 's>(at: &At<'a>, shock: &'s Shock) -> Vec<(At<'a>, &'s Selector)> {
    let mut found = match &shock.action {
        Action::Kind(kind) => of_kind(at, kind),
        Action::Effects(effects) => {
            let entry = |(i, effect)| of_effect(&at.key("effects").index(i), effect);
            effects.iter().enumerate().filter_map(entry).collect()
        }
    };
    if let Some(crowding) = &shock.crowding {
        found.push((at.key("crowding").key("where"), &crowding.selector));
    }
    // A selector that is not in the file matches everything.
    found.retain(|(_, selector)| **selector != Selector::default());
    found
}

/// The selectors of a kind that must match some offer.
fn of_kind<'a, 's>(at: &At<'a>, kind: &'s Kind) -> Vec<(At<'a>, &'s Selector)> {
    let must_match = |expects| match expects {
        Expects::SomeOffer => true,
        Expects::SomeOfferUnless(flag) => kind.values.get(flag) != Some(&KindValue::Flag(true)),
        Expects::NotEveryOffer(_) => false,
    };
    selectors_of(kind)
        .filter(|&(_, expects, _)| must_match(expects))
        .map(|(key, _, selector)| (at.key(key), selector))
        .collect()
}

/// The selectors of a kind: key, expectation, value.
fn selectors_of(kind: &Kind) -> impl Iterator<Item = (&'static str, Expects, &Selector)> {
    let keys = kinds::spec(kind.name).into_iter().flat_map(|spec| spec.keys);
    keys.filter_map(|key| match (key.value, kind.values.get(key.name)) {
        (ValueType::Selector(expects), Some(KindValue::Selector(selector))) => {
            Some((key.name, expects, selector))
        }
        _ => None,
    })
}

fn of_effect<'a, 's>(at: &At<'a>, effect: &'s EffectEntry) -> Option<(At<'a>, &'s Selector)> {
    match effect {
        EffectEntry::Unavailable(s) => Some((at.key("unavailable"), s)),
        EffectEntry::NoNew(s) => Some((at.key("no_new"), s)),
        EffectEntry::Stale(s) => Some((at.key("stale"), s)),
        EffectEntry::PriceTimes { selector, .. }
        | EffectEntry::CapacityTimes { selector, .. }
        | EffectEntry::OneOff { selector, .. } => Some((at.key("where"), selector)),
        EffectEntry::Stop { .. } | EffectEntry::Cut { .. } => None,
    }
}

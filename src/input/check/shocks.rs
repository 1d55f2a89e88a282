//! Names in shocks: who acts, what is hit, and what is triggered.

use super::names::{Known, each};
use super::selectors;
use crate::input::at::At;
use crate::model::shock::{Action, EachRole, EffectEntry, Kind, KindValue, Shock};
use crate::shocks::kind::ValueType;
use crate::shocks::kinds;
use crate::shocks::templates::member;

/// All names of a shock.
///
/// A template is checked in the form that it has for one of its suppliers.
pub(super) fn check(at: &At<'_>, shock: &Shock, known: &Known<'_>) {
    let Some(template) = &shock.each else { return check_written(at, shock, known) };
    let suppliers = at.key("each").key(match template.role {
        EachRole::Host => "hosts",
        EachRole::Developer => "developers",
    });
    each(&suppliers.key("except"), &template.except, |at, id| known.supplier_or_self(at, id));
    for (i, trigger) in shock.triggers.iter().enumerate() {
        known.shock_or_template(&at.key("triggers").index(i).key("shock"), &trigger.shock);
    }
    let example = known.example_of(template);
    check_written(at, &Shock { triggers: Vec::new(), ..member(shock, &example, &example) }, known);
}

fn check_written(at: &At<'_>, shock: &Shock, known: &Known<'_>) {
    if let Some(by) = &shock.by {
        known.jurisdiction(&at.key("by"), by);
    }
    match &shock.action {
        Action::Kind(kind) => self::kind(at, kind, known),
        Action::Effects(effects) => {
            for (i, entry) in effects.iter().enumerate() {
                effect(&at.key("effects").index(i), entry, known);
            }
        }
    }
    for tension in shock.tensions.keys() {
        known.tension(&at.key("tensions").key(tension).on_key(), tension);
    }
    for (i, trigger) in shock.triggers.iter().enumerate() {
        known.shock(&at.key("triggers").index(i).key("shock"), &trigger.shock);
    }
    if let Some(crowding) = &shock.crowding {
        selectors::check(&at.key("crowding").key("where"), &crowding.selector, known);
    }
}

fn kind(at: &At<'_>, kind: &Kind, known: &Known<'_>) {
    for key in kinds::spec(kind.name).into_iter().flat_map(|spec| spec.keys) {
        if let Some(value) = kind.values.get(key.name) {
            names_of(&at.key(key.name), key.value, value, known);
        }
    }
}

fn names_of(at: &At<'_>, value_type: ValueType, value: &KindValue, known: &Known<'_>) {
    match (value_type, value) {
        (ValueType::Jurisdictions, KindValue::Jurisdictions(set)) => selectors::set(at, set, known),
        (ValueType::Selector(_), KindValue::Selector(selector)) => selectors::check(at, selector, known),
        (ValueType::Supplier, KindValue::Id(id)) => known.supplier(at, id),
        (ValueType::Suppliers, KindValue::Ids(ids)) => each(at, ids, |at, id| known.supplier(at, id)),
        (ValueType::Models, KindValue::Ids(ids)) => each(at, ids, |at, id| known.model(at, id)),
        (ValueType::Host, KindValue::Id(id)) => known.host(at, id),
        // These values refer to no other entry.
        _ => {}
    }
}

fn effect(at: &At<'_>, effect: &EffectEntry, known: &Known<'_>) {
    let selector = |key: &str, s| selectors::check(&at.key(key), s, known);
    match effect {
        EffectEntry::Unavailable(s) => selector("unavailable", s),
        EffectEntry::NoNew(s) => selector("no_new", s),
        EffectEntry::Stale(s) => selector("stale", s),
        EffectEntry::PriceTimes { selector: s, .. }
        | EffectEntry::CapacityTimes { selector: s, .. }
        | EffectEntry::OneOff { selector: s, .. } => selector("where", s),
        EffectEntry::Stop { suppliers, hosts, host_sites, hardware } => {
            let at = at.key("stop");
            each(&at.key("supplier"), suppliers, |at, id| known.supplier(at, id));
            each(&at.key("host"), hosts, |at, id| known.host(at, id));
            each(&at.key("host_site"), host_sites, |at, id| known.host_site(at, id));
            each(&at.key("hardware"), hardware, |at, id| known.hardware(at, id));
        }
        EffectEntry::Cut { hardware, region } => {
            let at = at.key("cut");
            each(&at.key("hardware"), hardware, |at, id| known.hardware(at, id));
            selectors::set(&at.key("region"), region, known);
        }
    }
}

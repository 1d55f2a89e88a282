//! Names in shocks: who acts, on whom, what it hits, what it sets off.

use super::names::{Known, each};
use super::selectors;
use crate::input::at::At;
use crate::model::shock::{Action, EffectEntry, Kind, Shock};

/// All names of a shock.
pub(super) fn check(at: &At<'_>, shock: &Shock, known: &Known<'_>) {
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
    let selector = |key: &str, s| selectors::check(&at.key(key), s, known);
    let set = |key: &str, s| selectors::set(&at.key(key), s, known);
    match kind {
        Kind::ExportBan { on, what, .. } => {
            set("on", on);
            selector("what", what);
        }
        Kind::MarketBan { what, .. } | Kind::ResearchStall { what } => selector("what", what),
        Kind::RegulationShift { what, exempt, .. } => {
            selector("what", what);
            if let Some(exempt) = exempt {
                selector("exempt", exempt);
            }
        }
        // Without the key it is the acting jurisdiction, which is checked as such.
        Kind::DataLocalization { hosting_allowed, .. } if at.has("hosting_allowed") => {
            set("hosting_allowed", hosting_allowed);
        }
        Kind::DataLocalization { .. } => {}
        Kind::ChipControl { on, .. } | Kind::Tariff { on, .. } => set("on", on),
        Kind::Sanction { suppliers, allies, .. } => {
            each(&at.key("suppliers"), suppliers, |at, id| known.supplier(at, id));
            set("allies", allies);
        }
        Kind::LicenseChange { supplier, models, .. } => {
            supplier.iter().for_each(|id| known.supplier(&at.key("supplier"), id));
            each(&at.key("models"), models, |at, id| known.model(at, id));
        }
        Kind::SupplierExit { supplier } => known.supplier(&at.key("supplier"), supplier),
        Kind::Outage { host, region } => {
            host.iter().for_each(|id| known.stoppable_host(&at.key("host"), id));
            region.iter().for_each(|region| set("region", region));
        }
        Kind::EnergyShock { region, .. } => set("region", region),
        Kind::PriceShock { supplier, what, .. } => {
            supplier.iter().for_each(|id| known.supplier(&at.key("supplier"), id));
            selector("what", what);
        }
        Kind::CapacitySqueeze { selector: where_, .. } => selector("where", where_),
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
            each(&at.key("host"), hosts, |at, id| known.stoppable_host(at, id));
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

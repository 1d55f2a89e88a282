//! One order for every list whose order means nothing, so that no result depends on how a file was written.
//!
//! Left as written: the events of a scenario.

use crate::model::catalog::Catalog;
use crate::model::jurisdictions::Rule;
use crate::model::portfolio::{Portfolio, Workload};
use crate::model::selector::{JurisdictionSet, Selector};
use crate::model::shock::{Action, EffectEntry, KindValue, Scenario, Shock, ShockRef};

/// Sorts and removes repetitions.
fn canonical<T: Ord>(list: &mut Vec<T>) {
    list.sort_unstable();
    list.dedup();
}

/// Sorts entries that have no order of their own by what they say.
fn by_text<T: std::fmt::Debug>(list: &mut [T]) {
    list.sort_by_cached_key(|entry| format!("{entry:?}"));
}

fn set(set: &mut JurisdictionSet) {
    match set {
        JurisdictionSet::All => {}
        JurisdictionSet::Listed(ids) | JurisdictionSet::Except(ids) => canonical(ids),
    }
}

fn selector(selector: &mut Selector) {
    let Selector {
        origin,
        lineage_origin,
        developer,
        model,
        openness,
        host,
        host_origin,
        region,
        access,
        hardware,
        certifications,
        users,
        workload,
        data,
        company,
    } = selector;
    for jurisdictions in [origin, lineage_origin, host_origin, region, users, company].into_iter().flatten() {
        set(jurisdictions);
    }
    for ids in [developer, model, host, hardware, certifications, workload].into_iter().flatten() {
        canonical(ids);
    }
    openness.iter_mut().for_each(|words| by_text(words));
    access.iter_mut().for_each(|words| by_text(words));
    data.iter_mut().for_each(|words| by_text(words));
}

fn effect(effect: &mut EffectEntry) {
    match effect {
        EffectEntry::Stop { suppliers, hosts, host_sites, hardware } => {
            [suppliers, hosts, host_sites, hardware].into_iter().for_each(canonical);
        }
        EffectEntry::Cut { hardware, region } => {
            canonical(hardware);
            set(region);
        }
        EffectEntry::Unavailable(s)
        | EffectEntry::NoNew(s)
        | EffectEntry::Stale(s)
        | EffectEntry::PriceTimes { selector: s, .. }
        | EffectEntry::CapacityTimes { selector: s, .. }
        | EffectEntry::OneOff { selector: s, .. } => selector(s),
    }
}

fn shock(shock: &mut Shock) {
    canonical(&mut shock.provenance.source);
    match &mut shock.action {
        Action::Effects(effects) => {
            effects.iter_mut().for_each(effect);
            by_text(effects);
        }
        Action::Kind(kind) => {
            for value in kind.values.values_mut() {
                match value {
                    KindValue::Jurisdictions(jurisdictions) => set(jurisdictions),
                    KindValue::Selector(s) => selector(s),
                    KindValue::Ids(ids) => canonical(ids),
                    KindValue::Reach(words) => by_text(words),
                    KindValue::DataClasses(words) => by_text(words),
                    KindValue::Id(_) | KindValue::Number(_) | KindValue::Flag(_) => {}
                }
            }
        }
    }
    by_text(&mut shock.triggers);
    if let Some(crowding) = &mut shock.crowding {
        selector(&mut crowding.selector);
    }
}

fn scenario(scenario: &mut Scenario) {
    canonical(&mut scenario.provenance.source);
    for event in &mut scenario.events {
        if let ShockRef::Inline(inline) = &mut event.shock {
            shock(inline);
        }
    }
}

/// A catalog with every list inside its entries in order; parents stay, because the first one controls.
#[must_use]
pub fn catalog(catalog: &Catalog) -> Catalog {
    let mut catalog = catalog.clone();
    for supplier in &mut catalog.suppliers {
        by_text(&mut supplier.roles);
        canonical(&mut supplier.provenance.source);
    }
    catalog.models.iter_mut().for_each(|model| canonical(&mut model.provenance.source));
    for hardware in &mut catalog.hardware {
        canonical(&mut hardware.controlled_by);
        hardware.needs.iter_mut().for_each(|need| canonical(&mut need.any_of));
        by_text(&mut hardware.needs);
        canonical(&mut hardware.provenance.source);
    }
    for offer in &mut catalog.offers {
        canonical(&mut offer.certifications);
        canonical(&mut offer.hardware);
        canonical(&mut offer.provenance.source);
    }
    catalog.tensions.iter_mut().for_each(|tension| canonical(&mut tension.provenance.source));
    catalog.shocks.iter_mut().for_each(shock);
    catalog.scenarios.iter_mut().for_each(scenario);
    catalog
}

pub(super) fn rule(rule: &mut Rule) {
    canonical(&mut rule.provenance.source);
    canonical(&mut rule.users);
    by_text(&mut rule.data);
    canonical(&mut rule.hosting_allowed);
}

fn workload(workload: &mut Workload) {
    canonical(&mut workload.languages);
    for selectors in [&mut workload.require, &mut workload.forbid] {
        selectors.iter_mut().for_each(selector);
        by_text(selectors);
    }
    workload.standby.sort_by(|a, b| a.offer.cmp(&b.offer));
}

/// Limits are sorted by name, workloads are left where diagnostics look for them: [`Instance::workloads`] is sorted.
///
/// [`Instance::workloads`]: super::Instance::workloads
pub(super) fn portfolio(portfolio: &mut Portfolio) {
    canonical(&mut portfolio.company.sites);
    portfolio.contracts.sort_by(|a, b| a.host.cmp(&b.host));
    portfolio.workloads.iter_mut().for_each(workload);
    portfolio.limits.sort_by(|a, b| a.name().cmp(b.name()).then_with(|| a.text.cmp(&b.text)));
}

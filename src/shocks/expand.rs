//! Kinds as macros over effects, one function each (methodology/shocks.md).

use super::effect::{Effect, Predicate, Stop};
use crate::model::catalog::{Access, DataClass, Openness};
use crate::model::instance::{Instance, JurisdictionIdx, SupplierIdx};
use crate::model::selector::{JurisdictionSet, Selector};
use crate::model::shock::{Action, EffectEntry, Kind, Reach, Shock};

/// The effects a shock has, its crowding included.
#[must_use]
pub fn expand(instance: &Instance, shock: &Shock) -> Vec<Effect> {
    let mut effects = match &shock.action {
        Action::Effects(entries) => entries.iter().map(|e| written_out(instance, e)).collect(),
        Action::Kind(kind) => expand_kind(instance, kind, shock.by.as_deref()),
    };
    if let Some(crowding) = &shock.crowding {
        let predicate = Predicate::of(crowding.selector.clone());
        effects.push(Effect::CapacityTimes { factor: crowding.capacity_times, predicate: predicate.clone() });
        effects.push(Effect::PriceTimes { factor: crowding.price_times, predicate });
    }
    effects
}

fn expand_kind(instance: &Instance, kind: &Kind, by: Option<&str>) -> Vec<Effect> {
    let actor = || listed(by.unwrap_or_default());
    match kind {
        Kind::ExportBan { on, reach, what } => export_ban(&actor(), on, reach, what),
        Kind::MarketBan { what, reach, lineage } => market_ban(&actor(), what, reach, *lineage),
        Kind::RegulationShift {
            what,
            exempt,
            reach,
            withdrawal_probability,
            price_times,
            one_off_usd_per_workload,
        } => {
            let hit = within(&actor(), reach).and(&Predicate::of(what.clone()));
            let predicate = match exempt {
                Some(exempt) => hit.and(&Predicate::none_of(exempt.clone())),
                None => hit,
            };
            vec![Effect::Withdrawal {
                probability: *withdrawal_probability,
                predicate,
                price_times: *price_times,
                one_off_usd_per_workload: *one_off_usd_per_workload,
            }]
        }
        Kind::DataLocalization { data, hosting_allowed } => {
            data_localization(&actor(), data, hosting_allowed)
        }
        Kind::ChipControl { on, price_times } => chip_control(instance, &actor(), on, *price_times),
        Kind::Sanction { suppliers, allies, reach } => sanction(instance, &actor(), suppliers, allies, reach),
        Kind::Tariff { on, price_times } => {
            let selector =
                Selector { users: Some(actor()), host_origin: Some(on.clone()), ..Selector::default() };
            vec![Effect::PriceTimes { factor: *price_times, predicate: Predicate::of(selector) }]
        }
        Kind::LicenseChange { supplier, models, revoke } => {
            license_change(supplier.as_ref(), models, *revoke)
        }
        Kind::SupplierExit { supplier } => {
            vec![Effect::Stop(instance.supplier_idx(supplier).map(Stop::Supplier).into_iter().collect())]
        }
        Kind::Outage { host, region } => {
            vec![Effect::Stop(outage(instance, host.as_deref(), region.as_ref()))]
        }
        Kind::EnergyShock { region, price_times } => {
            let selector = Selector { region: Some(region.clone()), ..Selector::default() };
            vec![Effect::PriceTimes { factor: *price_times, predicate: Predicate::of(selector) }]
        }
        Kind::PriceShock { supplier, what, price_times } => {
            price_shock(supplier.as_ref(), what, *price_times)
        }
        Kind::CapacitySqueeze { selector, capacity_times } => {
            vec![Effect::CapacityTimes {
                factor: *capacity_times,
                predicate: Predicate::of(selector.clone()),
            }]
        }
        Kind::ResearchStall { what } => {
            let selector = Selector { origin: Some(actor()), ..Selector::default() };
            vec![Effect::Stale(Predicate::of(selector).and(&Predicate::of(what.clone())))]
        }
    }
}

fn listed(id: &str) -> JurisdictionSet {
    JurisdictionSet::Listed(vec![id.to_owned()])
}

/// Pairs that `set` reaches: one hit is enough. A list without jurisdictions, such as that of no allies, reaches none.
fn within(set: &JurisdictionSet, reach: &[Reach]) -> Predicate {
    if matches!(set, JurisdictionSet::Listed(ids) if ids.is_empty()) {
        return Predicate::default();
    }
    let selector = |reach: &Reach| match reach {
        Reach::Users => Selector { users: Some(set.clone()), ..Selector::default() },
        Reach::Region => Selector { region: Some(set.clone()), ..Selector::default() },
        Reach::Company => Selector { company: Some(set.clone()), ..Selector::default() },
    };
    reach.iter().map(|r| Predicate::of(selector(r))).fold(Predicate::default(), Predicate::or)
}

const OPEN: [Openness; 2] = [Openness::OpenWeights, Openness::OpenSource];

fn export_ban(by: &JurisdictionSet, on: &JurisdictionSet, reach: &[Reach], what: &Selector) -> Vec<Effect> {
    let origin = Selector { origin: Some(by.clone()), ..Selector::default() };
    let hit = within(on, reach).and(&Predicate::of(what.clone())).and(&Predicate::of(origin));
    if what.openness.is_some() {
        return vec![Effect::Unavailable(hit)];
    }
    let closed = Predicate::of(Selector { openness: Some(vec![Openness::Closed]), ..Selector::default() });
    let open = Predicate::of(Selector { openness: Some(OPEN.to_vec()), ..Selector::default() });
    let host_under = Selector { host_origin: Some(by.clone()), ..Selector::default() };
    let open_on_host_under = open.and(&Predicate::of(host_under.clone()));
    let open_elsewhere = open.and(&Predicate::none_of(host_under));
    vec![
        Effect::Unavailable(hit.and(&closed.or(open_on_host_under))),
        Effect::Stale(hit.and(&open_elsewhere)),
    ]
}

fn market_ban(by: &JurisdictionSet, what: &Selector, reach: &[Reach], lineage: bool) -> Vec<Effect> {
    let matching = if lineage { Predicate::lineage(what.clone()) } else { Predicate::of(what.clone()) };
    vec![Effect::Unavailable(within(by, reach).and(&matching))]
}

fn data_localization(
    by: &JurisdictionSet,
    data: &[DataClass],
    hosting_allowed: &JurisdictionSet,
) -> Vec<Effect> {
    let users = Selector { users: Some(by.clone()), data: Some(data.to_vec()), ..Selector::default() };
    let allowed = Selector { region: Some(hosting_allowed.clone()), ..Selector::default() };
    vec![Effect::Unavailable(Predicate::of(users).and(&Predicate::none_of(allowed)))]
}

fn chip_control(
    instance: &Instance,
    by: &JurisdictionSet,
    on: &JurisdictionSet,
    price_times: f64,
) -> Vec<Effect> {
    let hardware: Vec<usize> =
        (0..instance.hardware.len()).filter(|&h| instance.hardware_in(h, by)).collect();
    let self_hosted =
        Selector { region: Some(on.clone()), access: Some(vec![Access::SelfHosted]), ..Selector::default() };
    let there = Selector { region: Some(on.clone()), ..Selector::default() };
    vec![
        Effect::Cut { hardware, region: on.clone() },
        Effect::NoNew(Predicate::of(self_hosted)),
        Effect::PriceTimes { factor: price_times, predicate: Predicate::of(there) },
    ]
}

fn sanction(
    instance: &Instance,
    by: &JurisdictionSet,
    suppliers: &[String],
    allies: &JurisdictionSet,
    reach: &[Reach],
) -> Vec<Effect> {
    let named: Vec<SupplierIdx> = suppliers.iter().filter_map(|id| instance.supplier_idx(id)).collect();
    let is_listed = |s: SupplierIdx| instance.suppliers[s].controllers.iter().any(|c| named.contains(c));
    let ids: Vec<String> = (0..instance.suppliers.len())
        .filter(|&s| is_listed(s))
        .map(|s| instance.suppliers[s].supplier.id.clone())
        .collect();
    let vendors_hardware: Vec<String> = (0..instance.hardware.len())
        .filter(|&h| is_listed(instance.hardware[h].vendor))
        .map(|h| instance.hardware[h].hardware.id.clone())
        .collect();
    let bound = within(by, reach).or(within(allies, reach));
    let on_host = Predicate::of(Selector { host: Some(ids.clone()), ..Selector::default() });
    let closed = Selector {
        developer: Some(ids.clone()),
        openness: Some(vec![Openness::Closed]),
        ..Selector::default()
    };
    let open = Selector { developer: Some(ids), openness: Some(OPEN.to_vec()), ..Selector::default() };
    let mut effects = vec![
        Effect::Unavailable(bound.and(&on_host.or(Predicate::of(closed)))),
        Effect::Stale(bound.and(&Predicate::of(open))),
    ];
    if !vendors_hardware.is_empty() {
        let on_hardware = Selector { hardware: Some(vendors_hardware), ..Selector::default() };
        effects.push(Effect::NoNew(bound.and(&Predicate::of(on_hardware))));
    }
    effects
}

fn license_change(supplier: Option<&String>, models: &[String], revoke: bool) -> Vec<Effect> {
    // A license once given for open source stays, so it is never hit.
    let what = Selector {
        developer: supplier.map(|s| vec![s.clone()]),
        model: (!models.is_empty()).then(|| models.to_vec()),
        openness: Some(vec![Openness::Closed, Openness::OpenWeights]),
        ..Selector::default()
    };
    let predicate = Predicate::of(what);
    let mut effects = vec![Effect::Stale(predicate.clone()), Effect::NoNew(predicate.clone())];
    if revoke {
        effects.push(Effect::Unavailable(predicate));
    }
    effects
}

/// The host's sites, those in the region, or every site in the region.
fn outage(instance: &Instance, host: Option<&str>, region: Option<&JurisdictionSet>) -> Vec<Stop> {
    let hit = |(s, j): &(SupplierIdx, JurisdictionIdx)| {
        host.is_none_or(|host| instance.suppliers[*s].supplier.id == host)
            && region.is_none_or(|set| instance.region_in(*j, set))
    };
    instance.host_sites().into_iter().filter(hit).map(|(s, j)| Stop::HostSite(s, j)).collect()
}

fn price_shock(supplier: Option<&String>, what: &Selector, price_times: f64) -> Vec<Effect> {
    let hit = Predicate::of(what.clone());
    let predicate = match supplier {
        // A supplier prices what it hosts; a developer's closed models cost more on every host.
        Some(id) => {
            let hosted = Selector { host: Some(vec![id.clone()]), ..Selector::default() };
            let developed = Selector {
                developer: Some(vec![id.clone()]),
                openness: Some(vec![Openness::Closed]),
                ..Selector::default()
            };
            hit.and(&Predicate::of(hosted).or(Predicate::of(developed)))
        }
        None => hit,
    };
    vec![Effect::PriceTimes { factor: price_times, predicate }]
}

fn written_out(instance: &Instance, entry: &EffectEntry) -> Effect {
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

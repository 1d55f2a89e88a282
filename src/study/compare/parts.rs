//! The inputs of a portfolio by group, with all that has no effect on the figures left out.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::{ComparedWorld, InputGroup};
use crate::ids::OfferId;
use crate::model::Provenance;
use crate::model::catalog::{Catalog, Hardware, Model, OfferEntry, Supplier};
use crate::model::contract::{Contract, WorkloadTerms};
use crate::model::instance::canonical_catalog;
use crate::model::jurisdictions::{Jurisdiction, JurisdictionKind, Rule};
use crate::model::portfolio::{AllocationEntry, KnownLeads, Portfolio, ReadinessTerms, Workload};
use crate::model::selector::Selector;
use crate::model::shock::{Scenario, Shock, Tension};
use crate::units::date::{PartialDate, days_between};

/// Entries by id.
pub(super) type ById<T> = BTreeMap<String, T>;

/// A portfolio's inputs, every list sorted, without sources and names.
pub(super) struct WorldParts<'a> {
    pub(super) world: ComparedWorld<'a>,
    pub(super) portfolio: &'a Portfolio,
    pub(super) workloads: ById<&'a Workload>,
    pub(super) jurisdictions: ById<Jurisdiction>,
    pub(super) rules: ById<Rule>,
    pub(super) suppliers: ById<Supplier>,
    pub(super) models: ById<Model>,
    pub(super) hardware: ById<Hardware>,
    /// Each of one region.
    pub(super) offers: BTreeMap<OfferId, OfferEntry>,
    pub(super) tensions: ById<Tension>,
    /// As written: templates instead of their members.
    pub(super) shocks: ById<Shock>,
    pub(super) scenarios: ById<Scenario>,
}

impl<'a> WorldParts<'a> {
    pub(super) fn new(world: ComparedWorld<'a>) -> Self {
        let loaded = world.loaded;
        let portfolio = &loaded.instance.portfolio;
        let merged = &loaded.catalog;
        let written = merged.shocks.iter().filter(|shock| shock.template.is_none());
        let catalog = canonical_catalog(&Catalog {
            shocks: written.chain(&merged.templates).cloned().collect(),
            templates: Vec::new(),
            ..merged.clone()
        });
        let rules = loaded.instance.rules.iter().map(|resolved| resolved.rule.clone());
        Self {
            world,
            portfolio,
            workloads: portfolio.workloads.iter().map(|w| (w.id.clone(), w)).collect(),
            jurisdictions: by_id(loaded.jurisdictions.jurisdictions.iter().cloned(), |j| {
                j.members.sort_unstable();
                j.id.clone()
            }),
            rules: by_id(rules, |rule| {
                rule.provenance = Provenance::default();
                rule.id.clone()
            }),
            suppliers: by_id(catalog.suppliers, |supplier| {
                supplier.provenance = Provenance::default();
                supplier.id.clone()
            }),
            models: by_id(catalog.models, |model| {
                model.provenance = Provenance::default();
                model.id.clone()
            }),
            hardware: by_id(catalog.hardware, |hardware| {
                hardware.provenance = Provenance::default();
                hardware.id.clone()
            }),
            offers: catalog.offers.into_iter().flat_map(by_region).collect(),
            tensions: by_id(catalog.tensions, |tension| {
                tension.provenance = Provenance::default();
                tension.id.clone()
            }),
            shocks: by_id(catalog.shocks, |shock| {
                shock.provenance = Provenance::default();
                shock.name = None;
                shock.id.clone()
            }),
            scenarios: by_id(catalog.scenarios, |scenario| {
                scenario.provenance = Provenance::default();
                scenario.name.clear();
                scenario.id.clone()
            }),
        }
    }

    /// Day 0.
    pub(super) fn starts(&self) -> Option<Date> {
        self.world.loaded.instance.starts
    }

    /// Offers of all shares and standbys.
    pub(super) fn used_offers(&self) -> BTreeSet<OfferId> {
        let of = |workload: &&'a Workload| workload.allocation.offers().chain(standby_offers(workload));
        self.workloads.values().flat_map(of).filter_map(OfferId::parse).collect()
    }

    /// Whether a group of inputs could make a difference to cost or losses. It is symmetric.
    pub(super) fn differs(&self, other: &Self, group: InputGroup) -> bool {
        match group {
            InputGroup::Demand => {
                let demands = |world: &Self| -> Vec<Workload> {
                    world.workloads.values().map(|workload| demand_of(workload)).collect()
                };
                self.asked() != other.asked() || demands(self) != demands(other)
            }
            InputGroup::Allocation => {
                let common =
                    self.workloads.iter().filter_map(|(id, own)| Some((own, other.workloads.get(id)?)));
                common
                    .into_iter()
                    .any(|(own, other)| own.standby != other.standby || !share_changes(own, other).is_empty())
            }
            InputGroup::Contracts => self.terms() != other.terms(),
            InputGroup::Catalog => {
                self.portfolio.company.headquarters != other.portfolio.company.headquarters
                    || self.portfolio.company.sites != other.portfolio.company.sites
                    || self.places() != other.places()
                    || self.rules.values().map(bare_rule).ne(other.rules.values().map(bare_rule))
                    || self
                        .suppliers
                        .values()
                        .map(bare_supplier)
                        .ne(other.suppliers.values().map(bare_supplier))
                    || self.models.values().map(bare_model).ne(other.models.values().map(bare_model))
                    || self
                        .hardware
                        .values()
                        .map(bare_hardware)
                        .ne(other.hardware.values().map(bare_hardware))
                    || self.offers.values().map(bare_offer).ne(other.offers.values().map(bare_offer))
            }
            InputGroup::Shocks => self.tensions != other.tensions || self.shocks != other.shocks,
            InputGroup::Method => self.method() != other.method() || self.day_0_matters(other),
            InputGroup::Noise => {
                let noise = |world: &Self| (world.world.settings.seed, world.world.settings.n_trials);
                noise(self) != noise(other)
            }
        }
    }

    /// What the company asks of every offer, in one order.
    fn asked(&self) -> [Vec<String>; 2] {
        [&self.portfolio.require, &self.portfolio.forbid].map(|list| sorted_texts(list))
    }

    fn method(&self) -> impl PartialEq {
        let Portfolio { horizon_days, surge, quality_drift_per_year, .. } = *self.portfolio;
        (horizon_days, surge, quality_drift_per_year, self.world.settings.rates)
    }

    /// Whether another day 0 changes which offers retire within a horizon.
    fn day_0_matters(&self, other: &Self) -> bool {
        let (one, another) = (self.starts(), other.starts());
        let horizons = [self, other].map(|world| world.portfolio.horizon_days);
        one != another
            && [self, other].into_iter().flat_map(|world| world.offers.values()).any(|offer| {
                let Some(day) = offer.retires.map(PartialDate::first_day) else { return false };
                let retires = |starts: Option<Date>, horizon: f64| {
                    starts.is_some_and(|starts| days_between(starts, day) < horizon)
                };
                horizons.into_iter().any(|horizon| retires(one, horizon) != retires(another, horizon))
            })
    }

    /// Countries, and members of blocs.
    fn places(&self) -> Vec<(&str, JurisdictionKind, &[String])> {
        self.jurisdictions.values().map(|j| (j.id.as_str(), j.kind, j.members.as_slice())).collect()
    }

    /// What binds the company and has an effect on today's cost and losses. What only restricts or prices a change has none.
    fn terms(&self) -> Terms<'_> {
        let p = self.portfolio;
        let approved = p.approved_hosts.as_ref().map(|hosts| hosts.iter().map(String::as_str).collect());
        (p.readiness, &p.capacity, p.known_leads, approved, &p.contracts, p.change.host_fixed_usd_per_year)
    }
}

/// Readiness, capacity, known leads, approved hosts, contracts, and what a host without one costs a year, USD.
type Terms<'a> = (ReadinessTerms, &'a ById<f64>, KnownLeads, Option<BTreeSet<&'a str>>, &'a [Contract], f64);

pub(super) fn sorted_texts(selectors: &[Selector]) -> Vec<String> {
    let mut texts: Vec<String> = selectors.iter().map(|selector| format!("{selector:?}")).collect();
    texts.sort_unstable();
    texts
}

/// Entries by id; `bare` takes away what is only shown, and returns the id.
fn by_id<T>(entries: impl IntoIterator<Item = T>, bare: impl Fn(&mut T) -> String) -> ById<T> {
    entries.into_iter().map(|mut entry| (bare(&mut entry), entry)).collect()
}

fn by_region(entry: OfferEntry) -> Vec<(OfferId, OfferEntry)> {
    let of = |region: &String| {
        let id = OfferId { model: entry.model.clone(), host: entry.host.clone(), region: region.clone() };
        let own =
            OfferEntry { regions: vec![region.clone()], provenance: Provenance::default(), ..entry.clone() };
        (id, own)
    };
    entry.regions.iter().map(of).collect()
}

fn standby_offers(workload: &Workload) -> impl Iterator<Item = &str> {
    workload.standby.iter().map(|standby| standby.offer.as_str())
}

/// A workload without its name, its offers and its terms.
fn demand_of(workload: &Workload) -> Workload {
    Workload {
        name: String::new(),
        allocation: AllocationEntry::Everywhere(BTreeMap::new()),
        standby: Vec::new(),
        terms: WorkloadTerms::default(),
        ..workload.clone()
    }
}

fn bare_rule(rule: &Rule) -> Rule {
    Rule { name: None, instrument: None, ..rule.clone() }
}

fn bare_supplier(supplier: &Supplier) -> Supplier {
    Supplier { name: String::new(), ..supplier.clone() }
}

/// Without what is shown only; the license is in the answer to whether the model may be used.
fn bare_model(model: &Model) -> (Model, Option<bool>) {
    let mut bare = model.clone();
    bare.name.clear();
    bare.license.clear();
    bare.commercial_use = None;
    (bare.released, bare.parameters_b, bare.quality.std_error) = (None, None, None);
    (bare, model.may_be_used())
}

fn bare_hardware(hardware: &Hardware) -> Hardware {
    Hardware { name: String::new(), ..hardware.clone() }
}

fn bare_offer(offer: &OfferEntry) -> OfferEntry {
    OfferEntry { region_assumed: false, successor: None, ..offer.clone() }
}

/// A share of an offer that differs between two allocations of a workload.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ShareChange {
    pub(super) offer: String,
    pub(super) from: f64,
    pub(super) to: f64,
    /// The users' countries where it is so; empty: all.
    pub(super) users: Vec<String>,
}

/// Shares that differ where both allocations say who serves the users of a country.
pub(super) fn share_changes(from: &Workload, to: &Workload) -> Vec<ShareChange> {
    let countries: BTreeSet<&String> = from.users.keys().chain(to.users.keys()).collect();
    let mut changes: Vec<ShareChange> = Vec::new();
    let mut n_countries = 0;
    for country in countries {
        let (Some(before), Some(after)) = (from.allocation.shares(country), to.allocation.shares(country))
        else {
            continue;
        };
        n_countries += 1;
        for offer in before.keys().chain(after.keys()).collect::<BTreeSet<_>>() {
            let share = |shares: &BTreeMap<String, f64>| shares.get(offer).copied().unwrap_or(0.0);
            let (from, to) = (share(before), share(after));
            if from.total_cmp(&to).is_eq() {
                continue;
            }
            let is_same = |c: &&mut ShareChange| c.offer == *offer && c.from == from && c.to == to;
            match changes.iter_mut().find(is_same) {
                Some(change) => change.users.push(country.clone()),
                None => {
                    changes.push(ShareChange {
                        offer: offer.clone(),
                        from,
                        to,
                        users: vec![country.clone()],
                    });
                }
            }
        }
    }
    for change in changes.iter_mut().filter(|change| change.users.len() == n_countries) {
        change.users.clear();
    }
    changes.sort_by(|a, b| a.offer.cmp(&b.offer).then_with(|| a.users.cmp(&b.users)));
    changes
}

//! Resolving ids to indices: builds an instance from decoded files.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Cell, Instance, JurisdictionIdx, LEAST_SHARE, Offer, OfferIdx, Provider, ResolvedHardware,
    ResolvedJurisdiction, ResolvedModel, ResolvedNeed, ResolvedRule, ResolvedSupplier, ResolvedWorkload,
    Standby, UNRELATED_DEVELOPER_BUFFER_DAYS, canonical, find_offer,
};
use crate::ids::{OfferId, SELF_HOST};
use crate::model::catalog::{Catalog, Hardware, Model, OfferEntry, Supplier};
use crate::model::contract::ContractStatus;
use crate::model::jurisdictions::{JurisdictionKind, Jurisdictions, Rule};
use crate::model::portfolio::{Portfolio, Readiness, StandbyEntry, Workload};
use crate::units::date::PartialDate;

fn index_by_id<'a>(ids: impl Iterator<Item = &'a str>) -> BTreeMap<String, usize> {
    ids.enumerate().map(|(idx, id)| (id.to_owned(), idx)).collect()
}

impl Instance {
    /// Resolves a checked portfolio against a checked catalog (the portfolio's own entries already merged in).
    ///
    /// # Panics
    /// When a reference does not resolve: the caller has not checked its input.
    #[must_use]
    pub fn resolve(jurisdictions: &Jurisdictions, catalog: &Catalog, mut portfolio: Portfolio) -> Self {
        canonical::portfolio(&mut portfolio);
        let catalog = &canonical::catalog(catalog);
        let resolved_jurisdictions = resolve_jurisdictions(jurisdictions);
        let j_idx = index_by_id(resolved_jurisdictions.iter().map(|j| j.id.as_str()));
        let suppliers = resolve_suppliers(&catalog.suppliers, &resolved_jurisdictions, &j_idx);
        let s_idx = index_by_id(suppliers.iter().map(|s| s.supplier.id.as_str()));
        let models = resolve_models(&catalog.models, &s_idx);
        let m_idx = index_by_id(models.iter().map(|m| m.model.id.as_str()));
        let hardware =
            resolve_hardware(&catalog.hardware, &resolved_jurisdictions, &j_idx, &suppliers, &s_idx);
        let h_idx = index_by_id(hardware.iter().map(|h| h.hardware.id.as_str()));
        let ids = Ids { jurisdictions: &j_idx, suppliers: &s_idx, models: &m_idx, hardware: &h_idx };
        let offers = resolve_offers(catalog, &portfolio, &ids, &suppliers, &models);
        let (workloads, cells) = resolve_workloads(&portfolio, &ids, &offers);
        let newest = catalog
            .offers
            .iter()
            .filter_map(|offer| offer.provenance.as_of)
            .map(PartialDate::first_day)
            .max();
        let starts = portfolio.starts.map(PartialDate::first_day).or(newest);
        let known_hosts = known_hosts(&portfolio, &s_idx, &cells, &offers);
        let rules = resolve_rules(&jurisdictions.rules, &resolved_jurisdictions, &j_idx);
        let mut tensions = catalog.tensions.clone();
        tensions.sort_by(|a, b| a.id.cmp(&b.id));
        let mut shocks = catalog.shocks.clone();
        shocks.sort_by(|a, b| a.id.cmp(&b.id));
        let mut scenarios = catalog.scenarios.clone();
        scenarios.sort_by(|a, b| a.id.cmp(&b.id));
        let headquarters = j_idx[&portfolio.company.headquarters];
        Self {
            portfolio,
            jurisdictions: resolved_jurisdictions,
            suppliers,
            models,
            hardware,
            offers,
            workloads,
            cells,
            rules,
            tensions,
            shocks,
            scenarios,
            headquarters,
            starts,
            known_hosts,
        }
    }
}

struct Ids<'a> {
    jurisdictions: &'a BTreeMap<String, usize>,
    suppliers: &'a BTreeMap<String, usize>,
    models: &'a BTreeMap<String, usize>,
    hardware: &'a BTreeMap<String, usize>,
}

fn resolve_jurisdictions(files: &Jurisdictions) -> Vec<ResolvedJurisdiction> {
    let mut sorted: Vec<_> = files.jurisdictions.iter().collect();
    sorted.sort_by(|a, b| a.id.cmp(&b.id));
    let idx = index_by_id(sorted.iter().map(|j| j.id.as_str()));
    sorted
        .iter()
        .enumerate()
        .map(|(own, j)| {
            let is_bloc = j.kind == JurisdictionKind::Bloc;
            let countries: BTreeSet<usize> =
                if is_bloc { j.members.iter().map(|m| idx[m]).collect() } else { BTreeSet::from([own]) };
            ResolvedJurisdiction {
                id: j.id.clone(),
                name: j.name.clone(),
                countries: countries.into_iter().collect(),
                is_bloc,
            }
        })
        .collect()
}

fn resolve_rules(
    files: &[Rule],
    jurisdictions: &[ResolvedJurisdiction],
    j_idx: &BTreeMap<String, usize>,
) -> Vec<ResolvedRule> {
    let mark = |ids: &[String]| -> Vec<bool> {
        let named: BTreeSet<usize> =
            ids.iter().flat_map(|id| &jurisdictions[j_idx[id]].countries).copied().collect();
        jurisdictions.iter().map(|j| j.countries.iter().all(|c| named.contains(c))).collect()
    };
    let mut rules: Vec<ResolvedRule> = files
        .iter()
        .map(|rule| ResolvedRule {
            users: mark(&rule.users),
            allowed: mark(&rule.hosting_allowed),
            rule: rule.clone(),
        })
        .collect();
    rules.iter_mut().for_each(|resolved| canonical::rule(&mut resolved.rule));
    rules.sort_by(|a, b| a.rule.id.cmp(&b.rule.id));
    rules
}

/// Marks a country and every bloc it belongs to. `under`: `[n_jurisdictions]`.
fn mark_country(under: &mut [bool], country: JurisdictionIdx, jurisdictions: &[ResolvedJurisdiction]) {
    for (j, jurisdiction) in jurisdictions.iter().enumerate() {
        under[j] |= j == country || (jurisdiction.is_bloc && jurisdiction.countries.contains(&country));
    }
}

fn resolve_suppliers(
    files: &[Supplier],
    jurisdictions: &[ResolvedJurisdiction],
    j_idx: &BTreeMap<String, usize>,
) -> Vec<ResolvedSupplier> {
    let mut sorted: Vec<&Supplier> = files.iter().collect();
    sorted.sort_by(|a, b| a.id.cmp(&b.id));
    let idx = index_by_id(sorted.iter().map(|s| s.id.as_str()));
    let parents: Vec<Vec<usize>> =
        sorted.iter().map(|s| s.parents.iter().map(|p| idx[p]).collect()).collect();
    sorted
        .iter()
        .enumerate()
        .map(|(own, supplier)| {
            let mut controllers = BTreeSet::new();
            let mut open = vec![own];
            while let Some(s) = open.pop() {
                if controllers.insert(s) {
                    open.extend(&parents[s]);
                }
            }
            let mut top = own;
            while let Some(&parent) = parents[top].first() {
                top = parent;
            }
            let mut under = vec![false; jurisdictions.len()];
            for &s in &controllers {
                mark_country(&mut under, j_idx[&sorted[s].jurisdiction], jurisdictions);
            }
            ResolvedSupplier {
                supplier: (*supplier).clone(),
                country: j_idx[&supplier.jurisdiction],
                parents: parents[own].clone(),
                controllers: controllers.into_iter().collect(),
                top,
                under,
            }
        })
        .collect()
}

fn resolve_models(files: &[Model], s_idx: &BTreeMap<String, usize>) -> Vec<ResolvedModel> {
    let mut sorted: Vec<&Model> = files.iter().collect();
    sorted.sort_by(|a, b| a.id.cmp(&b.id));
    let idx = index_by_id(sorted.iter().map(|m| m.id.as_str()));
    sorted
        .iter()
        .enumerate()
        .map(|(own, model)| {
            let mut lineage = vec![own];
            while let Some(base) = &sorted[*lineage.last().expect("starts with itself")].base {
                lineage.push(idx[base]);
            }
            ResolvedModel { model: (*model).clone(), developer: s_idx[&model.developer], lineage }
        })
        .collect()
}

fn resolve_hardware(
    files: &[Hardware],
    jurisdictions: &[ResolvedJurisdiction],
    j_idx: &BTreeMap<String, usize>,
    suppliers: &[ResolvedSupplier],
    s_idx: &BTreeMap<String, usize>,
) -> Vec<ResolvedHardware> {
    let mut sorted: Vec<&Hardware> = files.iter().collect();
    sorted.sort_by(|a, b| a.id.cmp(&b.id));
    let idx = index_by_id(sorted.iter().map(|h| h.id.as_str()));
    sorted
        .iter()
        .map(|hardware| {
            let vendor = s_idx[&hardware.vendor];
            let mut under = suppliers[vendor].under.clone();
            for controller in &hardware.controlled_by {
                let j = j_idx[controller];
                under[j] = true;
                if !jurisdictions[j].is_bloc {
                    mark_country(&mut under, j, jurisdictions);
                }
            }
            let provider = |id: &String| match idx.get(id) {
                Some(&h) => Provider::Hardware(h),
                None => Provider::Supplier(s_idx[id]),
            };
            let needs = hardware
                .needs
                .iter()
                .map(|n| ResolvedNeed {
                    any_of: n.any_of.iter().map(provider).collect(),
                    buffer_days: n.buffer_days,
                })
                .collect();
            ResolvedHardware { hardware: (*hardware).clone(), vendor, under, needs }
        })
        .collect()
}

fn resolve_offers(
    catalog: &Catalog,
    portfolio: &Portfolio,
    ids: &Ids<'_>,
    suppliers: &[ResolvedSupplier],
    models: &[ResolvedModel],
) -> Vec<Offer> {
    let mut offers = Vec::new();
    for entry in &catalog.offers {
        let model = ids.models[&entry.model];
        let host = (entry.host != SELF_HOST).then(|| ids.suppliers[&entry.host]);
        let mut alternatives: Vec<usize> = entry.hardware.iter().map(|h| ids.hardware[h]).collect();
        alternatives.sort_unstable();
        alternatives.dedup();
        let developer_buffer_days = entry.developer_buffer_days.unwrap_or_else(|| {
            let developer = models[model].developer;
            let related = host.is_some_and(|host| {
                suppliers[host].controllers.contains(&developer)
                    || suppliers[developer].controllers.contains(&host)
            });
            if related { 0.0 } else { UNRELATED_DEVELOPER_BUFFER_DAYS }
        });
        for region in &entry.regions {
            if host.is_none() && !portfolio.company.sites.contains(region) {
                continue;
            }
            let id = OfferId { model: entry.model.clone(), host: entry.host.clone(), region: region.clone() };
            let quota = portfolio.capacity.get(&id.to_string()).copied().or(entry.capacity_mtok_per_month);
            offers.push(Offer {
                model,
                host,
                region: ids.jurisdictions[region],
                access: entry.access,
                price: entry.price,
                capacity_mtok_per_month: quota.filter(|_| host.is_some()),
                onboarding_days: entry.onboarding_days,
                developer_buffer_days,
                hardware: alternatives.clone(),
                hardware_buffer_days: entry.hardware_buffer_days,
                certifications: entry.certifications.clone(),
                entry: OfferEntry { regions: vec![region.clone()], ..entry.clone() },
                id,
            });
        }
    }
    offers.sort_by(|a, b| a.id.cmp(&b.id));
    offers
}

fn resolve_workloads(
    portfolio: &Portfolio,
    ids: &Ids<'_>,
    offers: &[Offer],
) -> (Vec<ResolvedWorkload>, Vec<Cell>) {
    let mut sorted: Vec<&Workload> = portfolio.workloads.iter().collect();
    sorted.sort_by(|a, b| a.id.cmp(&b.id));
    let mut cells = Vec::new();
    let mut workloads = Vec::new();
    for (w, workload) in sorted.into_iter().enumerate() {
        let start = cells.len();
        for (country, &users_share) in &workload.users {
            let shares =
                workload.allocation.shares(country).expect("checked: every country has an allocation");
            let mut allocation: Vec<(usize, f64)> = shares
                .iter()
                .filter(|(_, share)| **share > 0.0)
                .map(|(id, &share)| (find_offer(offers, id).expect("checked: offer exists"), share))
                .collect();
            allocation.sort_by_key(|&(o, _)| o);
            cells.push(Cell {
                workload: w,
                users: ids.jurisdictions[country],
                users_share,
                input_mtok_per_month: workload.input_mtok * users_share,
                output_mtok_per_month: workload.output_mtok * users_share,
                value_usd_per_day: workload.outage_cost_usd_per_day * users_share,
                fallback_usd_per_day: workload.fallback.map(|f| f.usd_per_day * users_share),
                allocation,
            });
        }
        let standby = workload.standby.iter().map(|s| resolve_standby(s, portfolio, offers)).collect();
        let known_models = used_today(&cells[start..]).map(|offer| offers[offer].model).collect();
        let cells = start..cells.len();
        workloads.push(ResolvedWorkload { workload: workload.clone(), cells, standby, known_models });
    }
    for w in &mut workloads {
        w.standby.sort_by_key(|s| s.offer);
    }
    (workloads, cells)
}

/// Offers with a share of some cell today.
fn used_today(cells: &[Cell]) -> impl Iterator<Item = OfferIdx> {
    cells
        .iter()
        .flat_map(|cell| &cell.allocation)
        .filter(|(_, share)| *share >= LEAST_SHARE)
        .map(|(offer, _)| *offer)
}

/// `[n_suppliers]`: hosts that the company knows, those with a share of today's allocation and those of signed contracts.
/// Standbys make nothing known.
fn known_hosts(
    portfolio: &Portfolio,
    suppliers: &BTreeMap<String, usize>,
    cells: &[Cell],
    offers: &[Offer],
) -> Vec<bool> {
    let signed = portfolio.contracts.iter().filter(|contract| contract.status == ContractStatus::Signed);
    let signed = signed.filter_map(|contract| suppliers.get(&contract.host).copied());
    let mut known = vec![false; suppliers.len()];
    for host in used_today(cells).filter_map(|offer| offers[offer].host).chain(signed) {
        known[host] = true;
    }
    known
}

fn resolve_standby(entry: &StandbyEntry, portfolio: &Portfolio, offers: &[Offer]) -> Standby {
    Standby {
        offer: find_offer(offers, &entry.offer).expect("checked: standby offer exists"),
        readiness: entry.readiness,
        cover: entry.cover,
        lead_days: match entry.readiness {
            Readiness::Hot => 0.0,
            Readiness::Warm => entry.lead_days.unwrap_or(portfolio.readiness.warm_lead_days),
        },
    }
}

//! The shortlist: the offers that a plan may use, chosen for each cell by price and reliability.
//!
//! The rows of all offers in all states would need too much memory, and most offers cost more than others that fail no
//! more often. The bound holds for plans made of the shortlist (methodology/optimization.md).

mod pairs;

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::costs::planned::entry_usd;
use crate::graph::dimension::Dimensions;
use crate::limits::sizes::most_offers;
use crate::model::instance::{CellIdx, OfferIdx, WorkloadIdx};
use crate::planning::formulation::variables::limited_keys;
use crate::service::cell_model::{CellModel, Class, Roles};
use crate::service::disruption::{Disruption, Occurrence};
use crate::service::setting::Setting;
use crate::shocks::resolve::{DeveloperChoice, ResolvedShock};

/// Trials on which the reliability of an offer is measured, at most.
const MAX_TRIALS_LOOKED_AT: usize = 256;
/// Offers kept per cell for each weight in [`WEIGHTS_OF_LOSS`].
const KEPT_PER_WEIGHT: usize = 4;
/// Weights of the outage cost of days lost against the price, from 0 (price alone) to 1 (full outage cost).
const WEIGHTS_OF_LOSS: [f64; 4] = [0.0, 0.02, 0.2, 1.0];
/// Further offers kept per cell and weight, for each key of a limited dimension.
const KEPT_PER_KEY: usize = 1;
/// Pairs of model and host kept per workload and weight.
const PAIRS_PER_WEIGHT: usize = 4;
/// Pairs at hosts in use today kept per workload and weight, where these are others.
const PAIRS_AT_HOSTS_IN_USE: usize = 2;
/// Standbys kept per workload that suppliers host.
const HOSTED_STANDBYS: usize = 5;
/// Standbys at hosts in use today kept per workload, where these are others.
const STANDBYS_AT_HOSTS_IN_USE: usize = 2;
/// Standbys kept per workload that are self-hosted.
const SELF_HOSTED_STANDBYS: usize = 2;
/// Pairs of cell and offer up to which all are kept.
const SMALL: usize = 60;

/// Chooses primaries and standbys by their reliability in `trials`; the offers in `also` are kept wherever they may be
/// used.
#[must_use]
pub fn shortlist(
    setting: &Setting<'_>,
    shocks: &[ResolvedShock],
    trials: &[Vec<Occurrence>],
    also: &[OfferIdx],
) -> Roles {
    let all = Roles::all(setting);
    if all.primaries.iter().map(Vec::len).sum::<usize>() <= SMALL {
        return all;
    }
    let trials = &trials[..trials.len().min(MAX_TRIALS_LOOKED_AT)];
    let lost = DaysLost::new(setting, shocks, trials);
    let cell_models = CellModel::all(setting, &all, shocks);
    let dimensions = Dimensions::new(setting.instance, &setting.graph);
    let keys = limited_keys(setting, &dimensions);
    let choice = ShortlistChoice { setting, lost, cell_models, keys, also };
    Roles {
        primaries: (0..all.standbys.len())
            .into_par_iter()
            .flat_map_iter(|w| choice.primaries(w, &all.primaries))
            .collect(),
        standbys: all.standbys.par_iter().enumerate().map(|(w, offers)| choice.standbys(w, offers)).collect(),
    }
}

/// What the choice of primaries and standbys is based on.
struct ShortlistChoice<'a> {
    setting: &'a Setting<'a>,
    lost: DaysLost<'a>,
    cell_models: Vec<CellModel>,
    /// `[n_offers]`: keys by which limits tell offers apart.
    keys: Vec<String>,
    also: &'a [OfferIdx],
}

impl ShortlistChoice<'_> {
    fn class(&self, cell: CellIdx, offer: OfferIdx) -> Class {
        let cell_model = &self.cell_models[cell];
        cell_model.local(offer).map_or(usize::MAX, |local| cell_model.members[local].class)
    }

    /// `[n_cells]` of the workload: primaries kept. `offers`: `[n_cells]`, of all cells.
    fn primaries(&self, workload: WorkloadIdx, offers: &[Vec<OfferIdx>]) -> Vec<Vec<OfferIdx>> {
        let cells = self.setting.instance.workloads[workload].cells.clone();
        let mut kept: Vec<BTreeSet<OfferIdx>> =
            cells.clone().map(|cell| self.wanted(cell, &offers[cell])).collect();
        let of_cells = |is_wanted: &dyn Fn(OfferIdx) -> bool| -> Vec<Vec<OfferIdx>> {
            let own = offers[cells.clone()].iter();
            own.map(|own| own.iter().copied().filter(|&offer| is_wanted(offer)).collect()).collect()
        };
        if most_offers(self.setting.instance, workload).is_some() {
            self.keep_pairs(workload, &of_cells(&|_| true), PAIRS_PER_WEIGHT, &mut kept);
        } else {
            for (own, cell) in kept.iter_mut().zip(cells.clone()) {
                self.keep_offers(cell, &offers[cell], own);
            }
        }
        // Dearer offers elsewhere do not push out what a plan without a new host is made of.
        let in_use = of_cells(&|offer| self.is_at_host_in_use(offer));
        self.keep_pairs(workload, &in_use, PAIRS_AT_HOSTS_IN_USE, &mut kept);
        kept.into_iter().map(|own| own.into_iter().collect()).collect()
    }

    /// Whether it needs no host that nothing uses today.
    fn is_at_host_in_use(&self, offer: OfferIdx) -> bool {
        self.setting.known.is_in_use(self.setting.instance.offers[offer].host)
    }

    /// Offers of today, and those that the caller asks for.
    fn wanted(&self, cell: CellIdx, offers: &[OfferIdx]) -> BTreeSet<OfferIdx> {
        let today = self.setting.instance.cells[cell].allocation.iter().map(|share| share.0);
        today.chain(self.also.iter().copied().filter(|offer| offers.binary_search(offer).is_ok())).collect()
    }

    /// Cost of all tokens of the cell on the offer, plus `weight` times what its lost days cost, USD over the horizon.
    fn usd(&self, cell: CellIdx, offer: OfferIdx, weight: f64) -> f64 {
        let c = &self.setting.instance.cells[cell];
        let mtok = c.mtok_per_day() * self.setting.horizon_days();
        mtok * self.setting.prices.usd_per_mtok(cell, offer)
            + weight * c.value_usd_per_day * self.lost.days(cell, offer)
    }

    fn keep_offers(&self, cell: CellIdx, offers: &[OfferIdx], kept: &mut BTreeSet<OfferIdx>) {
        for weight in WEIGHTS_OF_LOSS {
            let mut ranked: Vec<(f64, OfferIdx)> =
                offers.iter().map(|&offer| (self.usd(cell, offer, weight), offer)).collect();
            ranked.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            // Of offers that shocks and limits do not tell apart, only the cheapest is kept.
            let mut seen = BTreeSet::new();
            let mut by_key: BTreeMap<&str, usize> = BTreeMap::new();
            for (_, offer) in ranked {
                let key = self.keys[offer].as_str();
                if !seen.insert((self.class(cell, offer), key)) {
                    continue;
                }
                let n_alike = by_key.entry(key).or_default();
                if seen.len() <= KEPT_PER_WEIGHT
                    || (weight > 0.0 && *n_alike < KEPT_PER_KEY && seen.len() < 3 * KEPT_PER_WEIGHT)
                {
                    kept.insert(offer);
                    *n_alike += 1;
                }
            }
        }
    }

    fn standbys(&self, workload: WorkloadIdx, offers: &[(OfferIdx, f64)]) -> Vec<(OfferIdx, f64)> {
        let instance = self.setting.instance;
        let cells = instance.workloads[workload].cells.clone();
        // What lost days cost, and the first use of the offer. In cells that it may not serve, all days are lost.
        let lost = |offer: OfferIdx| -> f64 {
            let days = |cell: CellIdx| {
                let is_eligible = self.setting.law.eligible.contains(cell, offer);
                let days =
                    if is_eligible { self.lost.days(cell, offer) } else { self.setting.horizon_days() };
                instance.cells[cell].value_usd_per_day * days
            };
            let lost: f64 = cells.clone().map(days).sum();
            lost + entry_usd(instance, &self.setting.known, workload, offer)
        };
        let mut ranked: Vec<(f64, f64, (OfferIdx, f64))> = offers
            .iter()
            .map(|&(offer, lead)| {
                (lost(offer), self.setting.prices.usd_per_mtok(cells.start, offer), (offer, lead))
            })
            .collect();
        ranked.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.0.cmp(&b.2.0)));
        let today: Vec<OfferIdx> = instance.workloads[workload].standby.iter().map(|s| s.offer).collect();
        let (mut hosted, mut self_hosted, mut in_use) = (0, 0, 0);
        let mut seen = BTreeSet::new();
        let mut kept: Vec<(OfferIdx, f64)> = Vec::new();
        for (_, _, standby) in ranked {
            let offer = standby.0;
            let classes: Vec<Class> = cells.clone().map(|cell| self.class(cell, offer)).collect();
            let is_new = seen.insert(classes);
            let (n, most) = if instance.offers[offer].is_self_hosted() {
                (&mut self_hosted, SELF_HOSTED_STANDBYS)
            } else {
                (&mut hosted, HOSTED_STANDBYS)
            };
            // Of supplier-hosted standbys one per class is kept; of self-hosted ones several of a class may be.
            let is_wanted = *n < most && (is_new || instance.offers[offer].is_self_hosted());
            let is_in_use = self.is_at_host_in_use(offer);
            let is_wanted = is_wanted || (is_new && is_in_use && in_use < STANDBYS_AT_HOSTS_IN_USE);
            if is_wanted || today.contains(&offer) || self.also.contains(&offer) {
                *n += 1;
                in_use += usize::from(is_in_use);
                kept.push(standby);
            }
        }
        kept.sort_by_key(|s| s.0);
        kept
    }
}

/// Mean days per horizon on which pairs cannot be used; days of overlapping causes are added up.
struct DaysLost<'a> {
    shocks: &'a [ResolvedShock],
    /// `[n_shocks]`: days in which the shock is on.
    on: Vec<f64>,
    /// Days in which the shock hits a chosen developer, by shock and developer.
    chosen: BTreeMap<(usize, usize), f64>,
    /// Days in which the offer is stopped.
    stopped: BTreeMap<OfferIdx, f64>,
}

impl<'a> DaysLost<'a> {
    fn new(setting: &Setting<'_>, shocks: &'a [ResolvedShock], trials: &[Vec<Occurrence>]) -> Self {
        let horizon = setting.horizon_days();
        let part = 1.0 / trials.len().max(1) as f64;
        let mut own =
            Self { shocks, on: vec![0.0; shocks.len()], chosen: BTreeMap::new(), stopped: BTreeMap::new() };
        for occurrences in trials {
            for occurrence in occurrences {
                let days = (occurrence.end.min(horizon) - occurrence.start).max(0.0) * part;
                own.on[occurrence.shock] += days;
                for &developer in occurrence.collateral.iter().chain(&occurrence.withdrawn) {
                    *own.chosen.entry((occurrence.shock, developer)).or_default() += days;
                }
            }
            let disruption = Disruption::new(&setting.graph, shocks, occurrences, horizon);
            for (&offer, times) in &disruption.outage.down {
                let days: f64 = times.iter().map(|d| (d.end.min(horizon) - d.start).max(0.0)).sum();
                *own.stopped.entry(offer).or_default() += days * part;
            }
        }
        own
    }

    fn days(&self, cell: CellIdx, offer: OfferIdx) -> f64 {
        let mut days = self.stopped.get(&offer).copied().unwrap_or(0.0);
        for (s, shock) in self.shocks.iter().enumerate() {
            if self.on[s] == 0.0 {
                continue;
            }
            if shock.unavailable.contains(cell, offer) {
                days += self.on[s];
            }
            let chosen = |choice: &DeveloperChoice| -> f64 {
                let hit = choice.pairs_by_developer.iter().filter(|(_, pairs)| pairs.contains(cell, offer));
                hit.filter_map(|(developer, _)| self.chosen.get(&(s, *developer))).sum()
            };
            days += shock.collateral.as_ref().map_or(0.0, chosen);
            days += shock.withdrawal.as_ref().map_or(0.0, |w| chosen(&w.choice));
            let squeezed = shock.capacities.iter().filter(|f| f.pairs.contains(cell, offer));
            days += squeezed.map(|f| (1.0 - f.factor) * self.on[s]).sum::<f64>();
        }
        days
    }
}

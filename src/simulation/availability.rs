//! How long offers are down in each trial, whoever uses them (methodology/diversify.md#correlation).

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::draws::Sampler;
use crate::graph::down::{Down, union};
use crate::model::instance::{CellIdx, OfferIdx, SupplierIdx};
use crate::service::disruption::{Disruption, Occurrence};
use crate::service::setting::Setting;
use crate::shocks::resolve::{DeveloperChoice, ResolvedShock};

/// An offer as the users of a cell see it, with its weight among others.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WeightedPair {
    pub cell: CellIdx,
    pub offer: OfferIdx,
    /// ≥ 0, of any sum.
    pub weight: f64,
}

/// Share of the horizon during which each group of pairs is down, `[n_groups][n_trials]`, in [0, 1]: the weighted mean of its
/// pairs, 0 for a group without weight.
///
/// A pair is down while its offer is, by the supply graph, and while a shock makes it unavailable. Dearer, slower and stale
/// offers are up.
#[must_use]
pub fn down_shares(
    setting: &Setting<'_>,
    shocks: &[ResolvedShock],
    sampler: &Sampler,
    n_trials: u64,
    groups: &[Vec<WeightedPair>],
) -> Vec<Vec<f64>> {
    let watch = Watch::new(shocks, groups);
    let by_trial: Vec<Vec<f64>> = (0..n_trials)
        .into_par_iter()
        .map(|trial| watch.trial(setting, shocks, &sampler.trial(trial)))
        .collect();
    (0..groups.len()).map(|group| by_trial.iter().map(|shares| shares[group]).collect()).collect()
}

/// A shock that makes a pair unavailable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Strike {
    /// Whenever it occurs.
    Always { shock: usize },
    /// When the developer is drawn as collateral.
    Collateral { shock: usize, developer: SupplierIdx },
    /// When the developer is drawn to withdraw.
    Withdrawal { shock: usize, developer: SupplierIdx },
}

/// The pairs of all groups; those that nothing tells apart are one.
struct Watch {
    /// Offers with what strikes them, ascending.
    pairs: Vec<(OfferIdx, Vec<Strike>)>,
    /// `[n_groups]`: index into `pairs`, and the share of the group's weight.
    groups: Vec<Vec<(usize, f64)>>,
}

impl Watch {
    fn new(shocks: &[ResolvedShock], groups: &[Vec<WeightedPair>]) -> Self {
        let mut known: BTreeMap<(CellIdx, OfferIdx), usize> = BTreeMap::new();
        let mut places: BTreeMap<(OfferIdx, Vec<Strike>), usize> = BTreeMap::new();
        let mut pairs = Vec::new();
        let mut weighted = Vec::with_capacity(groups.len());
        for group in groups {
            let total: f64 = group.iter().map(|pair| pair.weight).sum();
            let mut shares: BTreeMap<usize, f64> = BTreeMap::new();
            for pair in group.iter().filter(|pair| pair.weight > 0.0) {
                let place = *known.entry((pair.cell, pair.offer)).or_insert_with(|| {
                    let key = (pair.offer, strikes(shocks, pair.cell, pair.offer));
                    *places.entry(key.clone()).or_insert_with(|| {
                        pairs.push(key);
                        pairs.len() - 1
                    })
                });
                *shares.entry(place).or_default() += pair.weight / total;
            }
            weighted.push(shares.into_iter().collect());
        }
        Self { pairs, groups: weighted }
    }

    /// `[n_groups]`: share of the horizon during which each is down under these occurrences.
    fn trial(&self, setting: &Setting<'_>, shocks: &[ResolvedShock], occurrences: &[Occurrence]) -> Vec<f64> {
        let horizon_days = setting.horizon_days();
        let outage = Disruption::new(&setting.graph, shocks, occurrences, horizon_days).outage;
        let down = |(offer, strikes): &(OfferIdx, Vec<Strike>)| {
            let by_graph = outage.down.get(offer).into_iter().flatten().copied();
            let by_shock = occurrences.iter().filter(|o| strikes.iter().any(|strike| strike.is_by(o)));
            let by_shock = by_shock.map(|o| Down { start: o.start, end: o.end, warning: 0.0 });
            let times = union(by_graph.chain(by_shock).collect());
            times.iter().map(|d| (d.end.min(horizon_days) - d.start).max(0.0)).sum::<f64>() / horizon_days
        };
        let shares: Vec<f64> = self.pairs.iter().map(down).collect();
        let mean =
            |group: &Vec<(usize, f64)>| group.iter().map(|(pair, weight)| weight * shares[*pair]).sum();
        self.groups.iter().map(mean).collect()
    }
}

impl Strike {
    fn is_by(self, occurrence: &Occurrence) -> bool {
        let drawn = |list: &[SupplierIdx], developer| list.binary_search(&developer).is_ok();
        match self {
            Self::Always { shock } => shock == occurrence.shock,
            Self::Collateral { shock, developer } => {
                shock == occurrence.shock && drawn(&occurrence.collateral, developer)
            }
            Self::Withdrawal { shock, developer } => {
                shock == occurrence.shock && drawn(&occurrence.withdrawn, developer)
            }
        }
    }
}

fn strikes(shocks: &[ResolvedShock], cell: CellIdx, offer: OfferIdx) -> Vec<Strike> {
    let mut found = Vec::new();
    for (shock, resolved) in shocks.iter().enumerate() {
        let mut of_developers = |choice: &DeveloperChoice, strike: &dyn Fn(SupplierIdx) -> Strike| {
            let hit = choice.pairs_by_developer.iter().filter(|(_, pairs)| pairs.contains(cell, offer));
            found.extend(hit.map(|(developer, _)| strike(*developer)));
        };
        if let Some(choice) = &resolved.collateral {
            of_developers(choice, &|developer| Strike::Collateral { shock, developer });
        }
        if let Some(withdrawal) = &resolved.withdrawal {
            of_developers(&withdrawal.choice, &|developer| Strike::Withdrawal { shock, developer });
        }
        if resolved.unavailable.contains(cell, offer) {
            found.push(Strike::Always { shock });
        }
    }
    found
}

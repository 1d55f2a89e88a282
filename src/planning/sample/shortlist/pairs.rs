//! The shortlist of a workload that may run few offers side by side: pairs of model and host, with what their first use
//! costs, and the best regions of each.

use std::collections::{BTreeMap, BTreeSet};

use super::{ShortlistChoice, WEIGHTS_OF_LOSS};
use crate::costs::planned::entry_usd;
use crate::costs::today::quality_points;
use crate::limits::sizes::least_quality;
use crate::model::instance::{ModelIdx, OfferIdx, SupplierIdx, WorkloadIdx};

/// Further pairs for each weight, one for each key of a limited dimension, at most.
const PAIRS_PER_KEY: usize = 2;

type Pair = (ModelIdx, Option<SupplierIdx>);

impl ShortlistChoice<'_> {
    /// Keeps the pairs that serve the whole workload best, at several weights of lost days against the price.
    ///
    /// `offers`: `[n_cells]` of the workload, those to choose from; `n_pairs`: kept for each weight, beside those for new keys;
    /// `kept`: `[n_cells]` of the workload.
    pub(super) fn keep_pairs(
        &self,
        workload: WorkloadIdx,
        offers: &[Vec<OfferIdx>],
        n_pairs: usize,
        kept: &mut [BTreeSet<OfferIdx>],
    ) {
        let instance = self.setting.instance;
        let cells = instance.workloads[workload].cells.clone();
        // An offer below the capability that is kept could serve a small share only.
        let least = least_quality(self.setting, workload).unwrap_or(f64::NEG_INFINITY);
        let is_capable = |offer: &&OfferIdx| quality_points(instance, workload, **offer) >= least;
        for weight in WEIGHTS_OF_LOSS {
            // [n_cells]: the best offer of each pair.
            let best: Vec<BTreeMap<Pair, (f64, OfferIdx)>> = cells
                .clone()
                .zip(offers)
                .map(|(cell, offers)| {
                    let mut best: BTreeMap<Pair, (f64, OfferIdx)> = BTreeMap::new();
                    for &offer in offers.iter().filter(is_capable) {
                        let own = (self.usd(cell, offer, weight), offer);
                        let pair = (instance.offers[offer].model, instance.offers[offer].host);
                        let known = best.entry(pair).or_insert(own);
                        if own.0 < known.0 {
                            *known = own;
                        }
                    }
                    best
                })
                .collect();
            for pair in self.ranked(workload, &best, n_pairs) {
                for (own, best) in kept.iter_mut().zip(&best) {
                    own.extend(best.get(&pair).map(|own| own.1));
                }
            }
        }
    }

    /// The pairs to keep. `best`: `[n_cells]`, cost and offer of each pair.
    fn ranked(
        &self,
        workload: WorkloadIdx,
        best: &[BTreeMap<Pair, (f64, OfferIdx)>],
        n_pairs: usize,
    ) -> Vec<Pair> {
        let instance = self.setting.instance;
        // Users that a pair cannot serve go to the cheapest one, whose model has to be qualified as well.
        let cheapest: Vec<f64> =
            best.iter().map(|own| own.values().map(|b| b.0).fold(f64::INFINITY, f64::min)).collect();
        let other_usd = instance.qualify_model_usd(workload);
        let pairs: BTreeMap<Pair, OfferIdx> =
            best.iter().flat_map(|own| own.iter().map(|(&pair, &(_, offer))| (pair, offer))).collect();
        let usd = |pair: Pair, offer: OfferIdx| {
            let serve = best.iter().zip(&cheapest).map(|(own, cheapest)| match own.get(&pair) {
                Some(own) => own.0,
                None if cheapest.is_finite() => cheapest + other_usd,
                None => 0.0,
            });
            serve.sum::<f64>() + entry_usd(instance, &self.setting.known, workload, offer)
        };
        let mut ranked: Vec<(f64, Pair, &str)> = pairs
            .into_iter()
            .map(|(pair, offer)| (usd(pair, offer), pair, self.keys[offer].as_str()))
            .collect();
        ranked.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let (mut kept, mut keys, mut n_further) = (Vec::new(), BTreeSet::new(), 0);
        for (_, pair, key) in ranked {
            let is_new_key = keys.insert(key);
            if kept.len() - n_further < n_pairs {
                kept.push(pair);
            } else if is_new_key && n_further < PAIRS_PER_KEY {
                kept.push(pair);
                n_further += 1;
            }
        }
        kept
    }
}

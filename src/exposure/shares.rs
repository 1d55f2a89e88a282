//! Shares of a plan on each supplier, country, host or model (methodology/exposure.md).

use std::collections::BTreeMap;
use std::ops::Range;

use crate::costs::Prices;
use crate::graph::dimension::{Dimensions, UNKNOWN};
use crate::measures::concentration::hhi;
use crate::model::instance::{CellIdx, Instance, OfferIdx};
use crate::model::limit::{Dimension, Weight};
use crate::model::plan::Plan;

/// Data needed to measure the exposure of a plan.
#[derive(Debug, Clone, Copy)]
pub struct ExposureSetting<'a> {
    pub instance: &'a Instance,
    pub prices: &'a Prices,
    pub dimensions: &'a Dimensions<'a>,
}

/// A primary of a plan with its share of a total weight.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PairShare {
    pub cell: CellIdx,
    pub offer: OfferIdx,
    /// Share of the weight of the given cells, > 0; the shares sum to 1.
    pub share: f64,
}

/// Shares by key in one dimension and weight.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Concentration {
    /// Share by key, > 0; they sum to 1 except for `reach`, whose keys overlap.
    pub shares: BTreeMap<String, f64>,
    /// `None` for `reach`.
    pub hhi: Option<f64>,
}

impl Concentration {
    /// 1/HHI; `None` for `reach`.
    #[must_use]
    pub fn effective_number(&self) -> Option<f64> {
        self.hhi.map(|hhi| 1.0 / hhi)
    }

    /// The key with the largest share (ties: the first), and the share.
    #[must_use]
    pub fn largest(&self) -> Option<(&str, f64)> {
        let mut shares = self.shares.iter();
        let first = shares.next()?;
        let largest = shares.fold(first, |best, next| if next.1 > best.1 { next } else { best });
        Some((largest.0, *largest.1))
    }

    /// Known keys whose share is at least `counting_from`, in order. `unknown` never counts, as it may be any other
    /// key.
    pub fn counted(&self, counting_from: f64) -> impl Iterator<Item = &str> {
        let counts = move |share: f64| share >= counting_from - COUNTING_SLACK;
        self.shares
            .iter()
            .filter(move |(key, share)| counts(**share) && *key != UNKNOWN)
            .map(|(key, _)| key.as_str())
    }
}

/// Slack for shares at the counting threshold: a share of 0.05 may be a sum with rounding.
const COUNTING_SLACK: f64 = 1e-9;

/// Exposure in one dimension; a weight is `None` where it sums to 0.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DimensionExposure {
    pub value: Option<Concentration>,
    pub demand: Option<Concentration>,
    pub spend: Option<Concentration>,
    /// 1 − share of unknown keys, by value.
    pub coverage: Option<f64>,
}

impl DimensionExposure {
    /// The concentration by one weight.
    #[must_use]
    pub fn by(&self, weight: Weight) -> Option<&Concentration> {
        match weight {
            Weight::Value => self.value.as_ref(),
            Weight::Demand => self.demand.as_ref(),
            Weight::Spend => self.spend.as_ref(),
        }
    }
}

impl ExposureSetting<'_> {
    /// Weight of a cell that is fully on an offer: USD per day, mtok per month, or USD per month.
    #[must_use]
    pub fn weight(&self, weight: Weight, cell: CellIdx, offer: OfferIdx) -> f64 {
        let c = &self.instance.cells[cell];
        match weight {
            Weight::Value => c.value_usd_per_day,
            Weight::Demand => c.mtok_per_month(),
            Weight::Spend => c.mtok_per_month() * self.prices.usd_per_mtok(cell, offer),
        }
    }

    /// Shares of every primary in the given cells, by cell and offer; `None` where the weights sum to 0.
    #[must_use]
    pub fn pair_shares(&self, plan: &Plan, cells: Range<CellIdx>, weight: Weight) -> Option<Vec<PairShare>> {
        let mut pairs = Vec::new();
        for cell in cells {
            for &(offer, share) in &plan.allocation[cell] {
                let share = self.weight(weight, cell, offer) * share;
                if share > 0.0 {
                    pairs.push(PairShare { cell, offer, share });
                }
            }
        }
        let total: f64 = pairs.iter().map(|p| p.share).sum();
        pairs.iter_mut().for_each(|p| p.share /= total);
        (total > 0.0).then_some(pairs)
    }

    /// Shares by key and their HHI; `None` where the weights sum to 0.
    #[must_use]
    pub fn concentration(
        &self,
        plan: &Plan,
        cells: Range<CellIdx>,
        dimension: Dimension,
        weight: Weight,
    ) -> Option<Concentration> {
        let pairs = self.pair_shares(plan, cells, weight)?;
        Some(self.concentration_of(&pairs, dimension))
    }

    fn concentration_of(&self, pairs: &[PairShare], dimension: Dimension) -> Concentration {
        let shares = shares_by_key(pairs, |offer| self.dimensions.keys(dimension, offer));
        let hhi = if dimension == Dimension::Reach {
            None
        } else {
            hhi(&shares.values().copied().collect::<Vec<f64>>())
        };
        Concentration { shares, hhi }
    }

    /// Exposure in every dimension over the given cells: the portfolio's, or one workload's.
    #[must_use]
    pub fn exposure(&self, plan: &Plan, cells: Range<CellIdx>) -> BTreeMap<Dimension, DimensionExposure> {
        let [value, demand, spend] = Weight::ALL.map(|weight| self.pair_shares(plan, cells.clone(), weight));
        let of_dimension = |dimension: Dimension| {
            let by =
                |pairs: &Option<Vec<PairShare>>| pairs.as_ref().map(|p| self.concentration_of(p, dimension));
            let value = by(&value);
            let coverage = value.as_ref().map(|c| 1.0 - c.shares.get(UNKNOWN).copied().unwrap_or(0.0));
            DimensionExposure { value, demand: by(&demand), spend: by(&spend), coverage }
        };
        Dimension::ALL.into_iter().map(|dimension| (dimension, of_dimension(dimension))).collect()
    }
}

pub(super) fn shares_by_key(
    pairs: &[PairShare],
    keys: impl Fn(OfferIdx) -> Vec<String>,
) -> BTreeMap<String, f64> {
    let mut shares: BTreeMap<String, f64> = BTreeMap::new();
    for pair in pairs {
        for key in keys(pair.offer) {
            *shares.entry(key).or_default() += pair.share;
        }
    }
    // Shares that sum to 1 may round above it.
    shares.values_mut().for_each(|share| *share = share.min(1.0));
    shares
}

#[cfg(test)]
mod tests;

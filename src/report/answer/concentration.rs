//! How concentrated a portfolio or a workload is: shares, HHI and effective numbers, as `exposure` answers them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::exposure::diversity::Diversity;
use crate::exposure::shares::{Concentration, DimensionExposure};
use crate::model::limit::{Dimension, Weight};

/// How a plan spreads over suppliers, countries and the other dimensions.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ConcentrationAnswer {
    /// Shares of each dimension (`origin`, `control`, `lineage_origin`, `developer`, `model`, `openness`, `host`,
    /// `host_origin`, `region`, `hardware`, `reach`) by weight and key. Keys of `reach` overlap; all others add up to 1.
    pub shares: BTreeMap<String, SharesByWeight>,
    /// Share of the value whose key is known, by dimension; null without value.
    pub coverage: BTreeMap<String, Option<f64>>,
    /// Herfindahl-Hirschman index, the sum of squared shares, from near 0 (spread) to 1 (all on one), by dimension and
    /// weight; null for `reach`.
    pub hhi: BTreeMap<String, NumberByWeight>,
    /// Number of suppliers of equal size that would be as concentrated, 1 / HHI, by dimension and weight; null for `reach`.
    pub effective_number: BTreeMap<String, NumberByWeight>,
}

/// Shares by key under each weight; null where the weights add up to 0.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
pub struct SharesByWeight {
    /// Shares of the value: what an outage would cost.
    pub value: Option<BTreeMap<String, f64>>,
    /// Shares of the demand in tokens.
    pub demand: Option<BTreeMap<String, f64>>,
    /// Shares of the planned cost.
    pub spend: Option<BTreeMap<String, f64>>,
}

/// A number under each weight; null where there is none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, JsonSchema)]
pub struct NumberByWeight {
    /// By value: what an outage would cost.
    pub value: Option<f64>,
    /// By demand in tokens.
    pub demand: Option<f64>,
    /// By planned cost.
    pub spend: Option<f64>,
}

/// Suppliers under contract against suppliers in effect.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct DiversityAnswer {
    /// Hosts of offers in use; the company itself counts as one when it hosts.
    pub apparent: usize,
    /// Effective number by layer and value. A layer is a dimension other than `openness` and `reach`, or `ultimate_parent`.
    pub effective_number: BTreeMap<String, f64>,
    /// The most concentrated layer: the one with the smallest effective number; null without value.
    pub binding: Option<String>,
}

impl ConcentrationAnswer {
    /// The shares of a plan, or of one workload.
    #[must_use]
    pub fn of(dimensions: &BTreeMap<Dimension, DimensionExposure>) -> Self {
        Self {
            shares: each(dimensions, SharesByWeight::of),
            coverage: each(dimensions, |e| e.coverage),
            hhi: each(dimensions, |e| NumberByWeight::of(e, |c| c.hhi)),
            effective_number: each(dimensions, |e| NumberByWeight::of(e, Concentration::effective_number)),
        }
    }

    /// Shares by value of a dimension.
    #[must_use]
    pub fn value_shares(&self, dimension: Dimension) -> Option<&BTreeMap<String, f64>> {
        self.shares.get(dimension.as_str())?.value.as_ref()
    }

    /// Key with the largest share by value; of two alike, the first by name.
    #[must_use]
    pub fn largest(&self, dimension: Dimension) -> Option<(&str, f64)> {
        ranked(self.value_shares(dimension)?).first().copied()
    }
}

/// Keys by falling share; of two alike, the first by name.
#[must_use]
pub fn ranked(shares: &BTreeMap<String, f64>) -> Vec<(&str, f64)> {
    let mut list: Vec<(&str, f64)> = shares.iter().map(|(key, share)| (key.as_str(), *share)).collect();
    list.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(b.0)));
    list
}

fn each<T>(
    dimensions: &BTreeMap<Dimension, DimensionExposure>,
    of: impl Fn(&DimensionExposure) -> T,
) -> BTreeMap<String, T> {
    dimensions.iter().map(|(dimension, e)| (dimension.as_str().to_owned(), of(e))).collect()
}

impl SharesByWeight {
    fn of(exposure: &DimensionExposure) -> Self {
        let shares = |weight| exposure.by(weight).map(|c| c.shares.clone());
        Self { value: shares(Weight::Value), demand: shares(Weight::Demand), spend: shares(Weight::Spend) }
    }
}

impl NumberByWeight {
    fn of(exposure: &DimensionExposure, number: impl Fn(&Concentration) -> Option<f64>) -> Self {
        let by = |weight| exposure.by(weight).and_then(&number);
        Self { value: by(Weight::Value), demand: by(Weight::Demand), spend: by(Weight::Spend) }
    }
}

impl DiversityAnswer {
    /// The diversity of a plan, or of one workload.
    #[must_use]
    pub fn of(diversity: &Diversity) -> Self {
        let numbers = diversity.effective_number.iter();
        Self {
            apparent: diversity.n_contracts,
            effective_number: numbers.map(|(layer, n)| (layer.as_str().to_owned(), *n)).collect(),
            binding: diversity.binding.map(|(layer, _)| layer.as_str().to_owned()),
        }
    }
}

//! Breakdown of a loss by shock, acting jurisdiction and workload.

use std::collections::BTreeMap;

use super::sums::{LossTotals, amount};
use crate::model::instance::Instance;

/// Breakdown of a loss, USD; each map adds up to the total.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Parts {
    /// By the id of the family's first shock.
    pub shock: BTreeMap<String, f64>,
    /// By the family's acting jurisdiction.
    pub jurisdiction: BTreeMap<String, f64>,
    pub workload: BTreeMap<String, f64>,
}

impl Parts {
    /// Totals by id, each multiplied by `factor`; totals of 0 are left out.
    ///
    /// `actors`: `[n_shocks]`, acting jurisdictions.
    #[must_use]
    pub fn new(instance: &Instance, actors: &[String], sums: &LossTotals, factor: f64) -> Self {
        let mut parts = Self::default();
        for (shock, &steps) in sums.loss_by_shock.iter().enumerate().filter(|(_, steps)| **steps != 0) {
            let usd = amount(steps) * factor;
            *parts.shock.entry(instance.shocks[shock].id.clone()).or_default() += usd;
            *parts.jurisdiction.entry(actors[shock].clone()).or_default() += usd;
        }
        for (workload, &steps) in sums.loss_by_workload.iter().enumerate().filter(|(_, steps)| **steps != 0) {
            let id = instance.workloads[workload].workload.id.clone();
            *parts.workload.entry(id).or_default() += amount(steps) * factor;
        }
        parts
    }

    /// Adds another loss.
    pub fn add(&mut self, other: &Self) {
        let pairs = [
            (&mut self.shock, &other.shock),
            (&mut self.jurisdiction, &other.jurisdiction),
            (&mut self.workload, &other.workload),
        ];
        for (own, others) in pairs {
            for (key, usd) in others {
                *own.entry(key.clone()).or_default() += usd;
            }
        }
    }
}

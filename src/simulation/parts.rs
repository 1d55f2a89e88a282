//! Breakdown of a loss by shock, acting jurisdiction, actor and workload.

use std::collections::BTreeMap;

use super::sums::{LossTotals, amount};
use crate::model::instance::Instance;
use crate::model::shock::Shock;
use crate::shocks::actor::{acting_jurisdiction, actor};

/// To whom a shock is attributed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribution {
    pub jurisdiction: String,
    pub actor: String,
}

impl Attribution {
    /// The acting jurisdiction and the actor of a shock.
    #[must_use]
    pub fn of(instance: &Instance, shock: &Shock) -> Self {
        Self { jurisdiction: acting_jurisdiction(instance, shock), actor: actor(instance, shock) }
    }
}

/// Breakdown of a loss, USD; each map adds up to the total.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Parts {
    /// By the id of the family's first shock.
    pub shock: BTreeMap<String, f64>,
    /// By the family's acting jurisdiction.
    pub jurisdiction: BTreeMap<String, f64>,
    /// By the family's actor: a jurisdiction, or the supplier, hardware or region whose own event it is.
    pub actor: BTreeMap<String, f64>,
    pub workload: BTreeMap<String, f64>,
}

impl Parts {
    /// Totals by id, each multiplied by `factor`; totals of 0 are left out.
    ///
    /// `attributions`: `[n_shocks]`.
    #[must_use]
    pub fn new(instance: &Instance, attributions: &[Attribution], sums: &LossTotals, factor: f64) -> Self {
        let mut parts = Self::default();
        for (shock, &steps) in sums.loss_by_shock.iter().enumerate().filter(|(_, steps)| **steps != 0) {
            let usd = amount(steps) * factor;
            *parts.shock.entry(instance.shocks[shock].id.clone()).or_default() += usd;
            let Attribution { jurisdiction, actor } = &attributions[shock];
            *parts.jurisdiction.entry(jurisdiction.clone()).or_default() += usd;
            *parts.actor.entry(actor.clone()).or_default() += usd;
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
            (&mut self.actor, &other.actor),
            (&mut self.workload, &other.workload),
        ];
        for (own, others) in pairs {
            for (key, usd) in others {
                *own.entry(key.clone()).or_default() += usd;
            }
        }
    }
}

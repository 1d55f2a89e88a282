//! A changed portfolio: what can be said of it at once, and what the change does to the loss.

use std::collections::BTreeMap;

use super::session::Session;
use crate::costs::planned::PlannedCost;
use crate::costs::readiness_fee;
use crate::costs::today::{Capability, capability};
use crate::exposure::chokepoints::{Chokepoint, chokepoints};
use crate::exposure::diversity::Diversity;
use crate::exposure::node_losses::NodeFailure;
use crate::exposure::profile::concentration;
use crate::exposure::shares::DimensionExposure;
use crate::graph::supply::Node;
use crate::measures::paired::{paired_difference, risk_contributions};
use crate::measures::{Estimate, MeasureError};
use crate::model::instance::Instance;
use crate::model::limit::Dimension;
use crate::simulation::summary::BREAKDOWN_LEVEL;
use crate::units::DAYS_PER_YEAR;

/// What a portfolio costs and depends on, without a simulation.
#[derive(Debug, Clone, PartialEq)]
pub struct WhatIfProfile {
    pub cost: PlannedCost,
    /// Of every standby, in the order of workloads and offers: fee, USD a month.
    pub standby_fees: Vec<f64>,
    pub capability: Capability,
    pub dimensions: BTreeMap<Dimension, DimensionExposure>,
    /// Weighted by value.
    pub diversity: Diversity,
    /// Sorted by workload, kind and id.
    pub chokepoints: Vec<Chokepoint>,
}

/// Difference of two loss distributions, after less before, with paired 95 % intervals.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LossChange {
    /// USD a year.
    pub aal: Estimate,
    /// At confidence level 0.95, USD over the horizon.
    pub cvar: Estimate,
}

impl LossChange {
    /// The difference on the same trials. `after`, `before`: `[n_trials]`, USD over the horizon.
    ///
    /// # Errors
    /// [`MeasureError::NoTrials`] without trials; [`MeasureError::NotFinite`] when a loss overflows.
    pub fn new(after: &[f64], before: &[f64], horizon_days: f64) -> Result<Self, MeasureError> {
        let tails = |losses: &[f64]| risk_contributions(losses, 1.0, BREAKDOWN_LEVEL);
        let mean = paired_difference(after, before)?;
        let annual = |usd: f64| usd * DAYS_PER_YEAR / horizon_days;
        Ok(Self {
            aal: Estimate {
                value: annual(mean.value),
                low: mean.low.map(annual),
                high: mean.high.map(annual),
            },
            cvar: paired_difference(&tails(after)?, &tails(before)?)?,
        })
    }
}

/// Ids of the nodes that stop when a node fails, by kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stopped {
    pub suppliers: Vec<String>,
    /// `host:REGION`
    pub host_sites: Vec<String>,
    pub hardware: Vec<String>,
}

impl Stopped {
    /// What stops with a node, each list in the order of the ids.
    #[must_use]
    pub fn with(instance: &Instance, failure: NodeFailure) -> Self {
        let mut stopped = Self::default();
        for node in failure.stopped(instance) {
            match node {
                Node::Supplier(s) => stopped.suppliers.push(NodeFailure::Supplier(s).id(instance)),
                Node::HostSite(s, j) => stopped.host_sites.push(NodeFailure::HostSite(s, j).id(instance)),
                Node::Hardware(h) => stopped.hardware.push(NodeFailure::Hardware(h).id(instance)),
                _ => {}
            }
        }
        stopped
    }
}

impl Session<'_> {
    /// What today's allocation costs and depends on.
    #[must_use]
    pub fn what_if(&self) -> WhatIfProfile {
        let plan = &self.current;
        let (dimensions, diversity) = concentration(&self.setting, plan);
        let standbys = plan.standby.iter().enumerate();
        let fees = standbys.flat_map(|(workload, own)| {
            own.iter().map(move |s| readiness_fee(self.instance, workload, s.offer, s.readiness))
        });
        WhatIfProfile {
            cost: self.setting.planned_cost(plan),
            standby_fees: fees.collect(),
            capability: capability(self.instance, plan),
            dimensions,
            diversity,
            chokepoints: chokepoints(&self.setting, plan),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Over two years the change takes 2 and 4 away: 3 a horizon, 1.5 a year. At level 0.95 of two trials the tail is the worst
    /// one: 16 − 20 = −4.
    #[test]
    fn a_change_is_measured_on_the_same_trials() {
        let change = LossChange::new(&[8.0, 16.0], &[10.0, 20.0], 2.0 * DAYS_PER_YEAR).unwrap();
        assert_eq!(change.aal.value, -1.5);
        assert!((change.cvar.value + 4.0).abs() < 1e-9, "{change:?}");
        assert!(change.aal.low < Some(-1.5) && Some(-1.5) < change.aal.high);
        assert!(LossChange::new(&[], &[], 365.0).is_err());
    }
}

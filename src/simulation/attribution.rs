//! Whose doing a loss is: parts by shock, acting jurisdiction and workload that add up (contract section 6).

use std::collections::BTreeMap;

use super::run::Simulation;
use crate::service::disruption::{Disruption, Occurrence};

/// A loss in parts, USD; each map adds up to the whole.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Parts {
    /// By the id of the family's first shock.
    pub shock: BTreeMap<String, f64>,
    /// By the family's acting jurisdiction.
    pub jurisdiction: BTreeMap<String, f64>,
    pub workload: BTreeMap<String, f64>,
}

impl Parts {
    /// Adds `weight` times another loss.
    pub fn add(&mut self, other: &Self, weight: f64) {
        let pairs = [
            (&mut self.shock, &other.shock),
            (&mut self.jurisdiction, &other.jurisdiction),
            (&mut self.workload, &other.workload),
        ];
        for (own, others) in pairs {
            for (key, usd) in others {
                *own.entry(key.clone()).or_default() += weight * usd;
            }
        }
    }

    /// Multiplies every part.
    pub fn scale(&mut self, factor: f64) {
        for parts in [&mut self.shock, &mut self.jurisdiction, &mut self.workload] {
            parts.values_mut().for_each(|usd| *usd *= factor);
        }
    }
}

/// Splits a trial's loss among its event families; returns the parts and the largest family's loss, USD.
///
/// Per workload in proportion to the loss each family alone would cause, equally if all of them are 0.
#[must_use]
pub(super) fn attribute(
    simulation: &Simulation<'_>,
    occurrences: &[Occurrence],
    loss_by_workload: &[f64],
) -> (Parts, f64) {
    let mut parts = Parts::default();
    if loss_by_workload.iter().all(|usd| *usd == 0.0) {
        return (parts, 0.0);
    }
    let families = families(occurrences);
    let alone: Vec<Vec<f64>> = match families.len() {
        1 => vec![loss_by_workload.to_vec()],
        _ => families.iter().map(|family| loss_alone(simulation, occurrences, *family)).collect(),
    };
    let mut family_losses = vec![0.0; families.len()];
    for (workload, &loss) in loss_by_workload.iter().enumerate().filter(|(_, usd)| **usd > 0.0) {
        let id = &simulation.setting.instance.workloads[workload].workload.id;
        parts.workload.insert(id.clone(), loss);
        let sum: f64 = alone.iter().map(|a| a[workload]).sum();
        for (family_loss, alone) in family_losses.iter_mut().zip(&alone) {
            let share = if sum > 0.0 { alone[workload] / sum } else { 1.0 / families.len() as f64 };
            *family_loss += loss * share;
        }
    }
    for (&family, &usd) in families.iter().zip(&family_losses).filter(|(_, usd)| **usd > 0.0) {
        let shock = occurrences[family].shock;
        let id = simulation.shocks[shock].shock.id.clone();
        *parts.shock.entry(id).or_default() += usd;
        *parts.jurisdiction.entry(simulation.actor(shock).to_owned()).or_default() += usd;
    }
    (parts, family_losses.into_iter().fold(0.0, f64::max))
}

/// First occurrences of the families, ascending.
fn families(occurrences: &[Occurrence]) -> Vec<usize> {
    (0..occurrences.len()).filter(|&o| occurrences[o].family == o).collect()
}

fn loss_alone(simulation: &Simulation<'_>, occurrences: &[Occurrence], family: usize) -> Vec<f64> {
    let own: Vec<Occurrence> = occurrences.iter().filter(|o| o.family == family).cloned().collect();
    let setting = simulation.setting;
    let disruption = Disruption::new(&setting.graph, simulation.shocks, &own, setting.horizon_days());
    simulation.loss_by_workload(&disruption)
}

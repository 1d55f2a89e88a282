//! Loss by cause: splits a scenario's loss among event families, each an event with everything it triggered.

use super::outcome::Cause;
use super::played::PlayedCell;
use super::scenario::Script;
use crate::measures::split::in_proportion;
use crate::model::instance::Instance;
use crate::service::disruption::Occurrence;
use crate::shocks::actor::acting_jurisdiction;

/// Occurrences of each event family, in the order of their first occurrences.
pub(super) fn families(script: &Script) -> Vec<Vec<Occurrence>> {
    let first = (0..script.occurrences.len()).filter(|&o| script.occurrences[o].family == o);
    let own = |family| script.occurrences.iter().filter(move |o| o.family == family).cloned().collect();
    first.map(own).collect()
}

/// Splits each workload's loss among the families, in proportion to the loss that each alone would cause
/// (methodology/shocks.md).
pub(super) fn causes(
    instance: &Instance,
    script: &Script,
    families: &[Vec<Occurrence>],
    cells: &[PlayedCell],
) -> Vec<Cause> {
    let mut causes: Vec<Cause> = families.iter().map(|own| cause(instance, script, own)).collect();
    for workload in &instance.workloads {
        let own = &cells[workload.cells.clone()];
        let loss: f64 = own.iter().map(|cell| cell.outcome.loss.total_usd()).sum();
        let alone: Vec<f64> =
            (0..families.len()).map(|family| own.iter().map(|cell| cell.alone_usd[family]).sum()).collect();
        let parts = if loss > 0.0 { in_proportion(loss, &alone) } else { vec![0.0; alone.len()] };
        for ((cause, part), alone) in causes.iter_mut().zip(parts).zip(alone) {
            cause.loss_usd += part;
            cause.alone_usd += alone;
            cause.loss_usd_by_workload.push(part);
        }
    }
    causes
}

fn cause(instance: &Instance, script: &Script, family: &[Occurrence]) -> Cause {
    let shock = |occurrence: &Occurrence| &script.shocks[occurrence.shock].shock;
    let first = &family[0];
    Cause {
        shock: shock(first).id.clone(),
        name: shock(first).name.clone(),
        at_day: first.start,
        duration_days: Some(first.end - first.start).filter(|days| days.is_finite()),
        jurisdiction: acting_jurisdiction(instance, shock(first)),
        triggered: family[1..].iter().map(|occurrence| shock(occurrence).id.clone()).collect(),
        loss_usd: 0.0,
        alone_usd: 0.0,
        loss_usd_by_workload: Vec::new(),
    }
}

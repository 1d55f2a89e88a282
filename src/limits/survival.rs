//! Limits on survival: service after the failure of a node.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::{BOUND_SLACK, CauseCell, MeasuredLimit};
use crate::exposure::node_losses::{NodeFailure, NodeFailureAnalysis, NodeLoss};
use crate::model::instance::{Instance, ResolvedWorkload};
use crate::model::limit::{LossOf, NodeKind, Scope};
use crate::service::timeline::{SERVICE_SLACK, Timeline};

/// Nodes that a limit tests: the named one, or every one of a kind except the company's own jurisdiction.
#[must_use]
pub fn nodes_of(instance: &Instance, loss_of: &LossOf) -> Vec<NodeFailure> {
    match loss_of {
        LossOf::One(kind, id) => NodeFailure::find(instance, *kind, id).into_iter().collect(),
        LossOf::Every(kind) => {
            let mut nodes = NodeFailure::every(instance, *kind);
            nodes.retain(|node| *node != NodeFailure::Jurisdiction(instance.headquarters));
            nodes
        }
    }
}

/// The smallest service from `within_days` to the horizon after the failure of any of the nodes.
///
/// Service is the value-weighted share of demand that is served or within its recovery objective, of the portfolio or
/// of the worst workload. It is 1 for a node on which no used or eligible offer depends.
pub(super) fn survives(
    instance: &Instance,
    analysis: &NodeFailureAnalysis<'_>,
    loss_of: &LossOf,
    service_at_least: f64,
    within_days: f64,
    scope: Scope,
) -> MeasuredLimit {
    let nodes = nodes_of(instance, loss_of);
    let measured = nodes.par_iter().filter_map(|&node| {
        let loss = analysis.loss(node)?;
        let (service, in_workload) = worst_service(instance, &loss, within_days, scope);
        let name = format!("{} {}{in_workload}", kind(node), node.id(instance));
        Some((service, name, unserved_workloads(instance, &loss, within_days)))
    });
    let mut by_service: Vec<(f64, String, Vec<CauseCell>)> = measured.collect();
    // The sort is stable, so nodes with equal service stay in the order of ids.
    by_service.sort_by(|a, b| a.0.total_cmp(&b.0));
    let breaking = by_service.iter().filter(|(service, ..)| *service < service_at_least - BOUND_SLACK);
    MeasuredLimit {
        value: Some(by_service.first().map_or(1.0, |worst| worst.0)),
        causes: breaking.map(|(service, name, _)| format!("{name}: {service:.3}")).collect(),
        cells: broken_cells(&by_service, service_at_least, scope),
        worst: by_service.into_iter().next().filter(|(service, ..)| *service < 1.0).map(|(_, name, _)| name),
    }
}

/// The workloads that the worst node leaves unserved; with `each_workload`, all workloads that break the bound, each
/// under its worst node.
fn broken_cells(
    by_service: &[(f64, String, Vec<CauseCell>)],
    service_at_least: f64,
    scope: Scope,
) -> Vec<CauseCell> {
    if scope == Scope::Portfolio {
        return by_service.first().map(|worst| worst.2.clone()).unwrap_or_default();
    }
    let mut worst: BTreeMap<&str, &CauseCell> = BTreeMap::new();
    let is_broken = |cell: &&CauseCell| 1.0 - cell.contribution < service_at_least - BOUND_SLACK;
    for cell in by_service.iter().flat_map(|node| &node.2).filter(is_broken) {
        let known = worst.entry(&cell.workload).or_insert(cell);
        if cell.contribution > known.contribution {
            *known = cell;
        }
    }
    worst.into_values().cloned().collect()
}

/// Workloads that are not fully served within their recovery objective at some time, the largest shortfall first.
fn unserved_workloads(instance: &Instance, loss: &NodeLoss, within_days: f64) -> Vec<CauseCell> {
    let cell = |(timeline, w): (&Timeline, &ResolvedWorkload)| CauseCell {
        workload: w.workload.id.clone(),
        users: None,
        offer: None,
        contribution: 1.0 - timeline.worst_service_from(within_days),
    };
    let mut cells: Vec<CauseCell> = loss.workloads.iter().zip(&instance.workloads).map(cell).collect();
    cells.retain(|cell| cell.contribution > SERVICE_SLACK);
    cells.sort_by(|a, b| b.contribution.total_cmp(&a.contribution).then(a.workload.cmp(&b.workload)));
    cells
}

fn kind(node: NodeFailure) -> &'static str {
    NodeKind::as_str(node.kind())
}

/// The smallest service and, with `each_workload`, the text ` in WORKLOAD` (ties: the first).
fn worst_service(instance: &Instance, loss: &NodeLoss, within_days: f64, scope: Scope) -> (f64, String) {
    if scope == Scope::Portfolio {
        return (loss.timeline.worst_service_from(within_days), String::new());
    }
    let services = loss.workloads.iter().zip(&instance.workloads);
    let mut worst = (1.0, String::new());
    for (timeline, workload) in services {
        let service = timeline.worst_service_from(within_days);
        if service < worst.0 {
            worst = (service, format!(" in {}", workload.workload.id));
        }
    }
    worst
}

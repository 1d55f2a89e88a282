//! `exposure` as JSON.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::substitutes::substitutes;
use super::{FORMAT_VERSION, number, numbers, object, optional};
use crate::exposure::chokepoints::Chokepoint;
use crate::exposure::diversity::Diversity;
use crate::exposure::minimum_cuts::WorkloadCut;
use crate::exposure::node_losses::{NodeFailure, NodeLoss, SERVICE_DAYS};
use crate::exposure::pair_losses::PairLoss;
use crate::exposure::profile::ExposureProfile;
use crate::exposure::profile::WorkloadExposure;
use crate::exposure::shares::{Concentration, DimensionExposure};
use crate::model::instance::Instance;
use crate::model::limit::{Dimension, Weight};
use crate::units::format_days;

/// The documented `exposure`.
#[must_use]
pub fn exposure(instance: &Instance, exposure: &ExposureProfile) -> Value {
    let node_losses: Vec<Value> = exposure.node_losses.iter().map(|loss| node_loss(instance, loss)).collect();
    let mut value = json!({
        "format_version": FORMAT_VERSION,
        "portfolio": instance.portfolio.name,
        "monthly_cost_usd": number(exposure.monthly_cost.total_usd()),
        "value_usd_per_day": number(exposure.value_usd_per_day),
        "diversity": diversity(&exposure.diversity),
        "node_losses": node_losses,
        "pair_losses": exposure.pair_losses.iter().map(|p| pair_loss(instance, p)).collect::<Vec<Value>>(),
        "chokepoints": exposure.chokepoints.iter().map(|c| chokepoint(instance, c)).collect::<Vec<Value>>(),
        "minimum_cuts": exposure.minimum_cuts.iter().map(|c| minimum_cut(instance, c)).collect::<Vec<Value>>(),
        "substitutes": exposure.substitutes.iter().map(|s| substitutes(instance, s)).collect::<Vec<Value>>(),
    });
    for (key, of_dimensions) in dimensions(&exposure.dimensions) {
        value[key] = of_dimensions;
    }
    value
}

/// The documented `workloads`: each by itself, in the words of the portfolio.
#[must_use]
pub fn by_workload(instance: &Instance, workloads: &[WorkloadExposure]) -> Value {
    object(workloads.iter().map(|w| {
        let parts = dimensions(&w.dimensions).map(|(key, value)| (key.to_owned(), value));
        let parts = parts.into_iter().chain([("diversity".to_owned(), diversity(&w.diversity))]);
        (instance.workloads[w.workload].workload.id.clone(), object(parts))
    }))
}

/// The keys that a portfolio and a workload have alike.
fn dimensions(dimensions: &BTreeMap<Dimension, DimensionExposure>) -> [(&'static str, Value); 4] {
    let each = |of: &dyn Fn(&DimensionExposure) -> Value| {
        object(dimensions.iter().map(|(dimension, e)| (dimension.as_str().to_owned(), of(e))))
    };
    let by_weight = |e: &DimensionExposure, of: &dyn Fn(&Concentration) -> Value| {
        object(Weight::ALL.map(|w| (w.as_str().to_owned(), e.by(w).map_or(Value::Null, of))))
    };
    [
        ("shares", each(&|e| by_weight(e, &|c| numbers(&c.shares)))),
        ("coverage", each(&|e| optional(e.coverage))),
        ("hhi", each(&|e| by_weight(e, &|c| optional(c.hhi)))),
        ("effective_number", each(&|e| by_weight(e, &|c| optional(c.effective_number())))),
    ]
}

fn diversity(diversity: &Diversity) -> Value {
    json!({
        "apparent": diversity.n_contracts,
        "effective_number": numbers(diversity.effective_number.iter().map(|(layer, n)| (layer.as_str(), n))),
        "binding": diversity.binding.map(|(layer, _)| layer.as_str()),
    })
}

fn node_loss(instance: &Instance, loss: &NodeLoss) -> Value {
    let mut service: Vec<(String, Value)> =
        SERVICE_DAYS.iter().zip(loss.service()).map(|(day, s)| (format_days(*day), optional(s))).collect();
    service.push(("end".to_owned(), number(loss.timeline.service_at_end())));
    json!({
        "kind": loss.node.kind().as_str(),
        "id": loss.node.id(instance),
        "service": object(service),
        "time_to_survive_days": optional(loss.timeline.time_to_survive_days()),
        "time_to_recover_days": optional(loss.timeline.time_to_recover_days()),
        "loss_usd": number(loss.loss.total_usd()),
    })
}

fn pair_loss(instance: &Instance, pair: &PairLoss) -> Value {
    json!({
        "nodes": pair.nodes.map(|node| [node.kind().as_str().to_owned(), node.id(instance)]),
        "loss_usd": number(pair.loss_usd),
        "excess_usd": number(pair.excess_usd),
    })
}

fn chokepoint(instance: &Instance, chokepoint: &Chokepoint) -> Value {
    json!({
        "workload": instance.workloads[chokepoint.workload].workload.id,
        "kind": chokepoint.node.kind().as_str(),
        "id": chokepoint.node.id(instance),
        "buffer_days": number(chokepoint.buffer_days),
    })
}

fn minimum_cut(instance: &Instance, cut: &WorkloadCut) -> Value {
    let ids = |nodes: &Vec<NodeFailure>| nodes.iter().map(|node| node.id(instance)).collect::<Vec<String>>();
    json!({
        "workload": instance.workloads[cut.workload].workload.id,
        "kind": cut.kind.as_str(),
        "size": cut.size(),
        "cuts": cut.cuts.iter().map(ids).collect::<Vec<_>>(),
        "days": cut.days.map(number),
    })
}

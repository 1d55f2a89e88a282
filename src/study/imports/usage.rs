//! Records of use as the demand of a portfolio's workloads.

use std::collections::{BTreeMap, BTreeSet};

use super::evidence::Evidence;
use crate::model::gateway::{GatewayUsage, GroupUsage};
use crate::model::instance::{Instance, ResolvedWorkload};
use crate::study::gateway::offers::OfferReader;

/// Records as demand.
#[derive(Debug, Clone, PartialEq)]
pub struct UsageImport {
    /// Every name of the records, ascending.
    pub records: Vec<AssignedUsage>,
    /// Demand by id of the workload, of those that the records show.
    pub demand: BTreeMap<String, WorkloadUsage>,
    /// Workloads that the records do not show.
    pub not_seen: Vec<String>,
}

/// A name of the records with the workload that it is.
#[derive(Debug, Clone, PartialEq)]
pub struct AssignedUsage {
    pub name: String,
    pub usage: GroupUsage,
    /// Id of a workload.
    pub workload: Evidence,
}

/// What the records show of a workload.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct WorkloadUsage {
    /// Per month.
    pub input_mtok: f64,
    /// Per month.
    pub output_mtok: f64,
    /// Share by country; empty where the records do not say it of all.
    pub users: BTreeMap<String, f64>,
}

/// Which workload each name of the records is, and the demand that follows.
///
/// `said`: workloads by name, as the user says. A name like that of a workload is this one; otherwise the workload that alone uses the
/// models of the records.
///
/// # Errors
/// A workload that the user names and that does not exist.
pub fn import(
    instance: &Instance,
    usage: &GatewayUsage,
    reader: &OfferReader<'_>,
    said: &[(String, String)],
) -> Result<UsageImport, String> {
    let workloads = &instance.workloads;
    let is_known = |id: &str| workloads.iter().any(|w| w.workload.id == id);
    if let Some((_, unknown)) = said.iter().find(|(_, id)| !is_known(id)) {
        return Err(unknown.clone());
    }
    let assigned = |(name, used): (&String, &GroupUsage)| AssignedUsage {
        name: name.clone(),
        usage: used.clone(),
        workload: match said.iter().find(|(own, _)| own == name) {
            Some((_, id)) => Evidence::filled(id, "the command line"),
            None => guessed(instance, name, used, reader),
        },
    };
    let records: Vec<AssignedUsage> = usage.by_group.iter().map(assigned).collect();
    let mut demand: BTreeMap<String, WorkloadUsage> = BTreeMap::new();
    let mut without_country: BTreeSet<String> = BTreeSet::new();
    for record in &records {
        let Some(id) = record.workload.known() else { continue };
        let sum = demand.entry(id.to_owned()).or_default();
        sum.input_mtok += record.usage.input_mtok;
        sum.output_mtok += record.usage.output_mtok;
        let mtok = record.usage.input_mtok + record.usage.output_mtok;
        if record.usage.users.is_empty() && mtok > 0.0 {
            without_country.insert(id.to_owned());
        }
        for (country, share) in &record.usage.users {
            *sum.users.entry(country.clone()).or_default() += share * mtok;
        }
    }
    for (id, sum) in &mut demand {
        let total: f64 = sum.users.values().sum();
        if without_country.contains(id) || total <= 0.0 {
            sum.users.clear();
        }
        sum.users.values_mut().for_each(|mtok| *mtok /= total);
    }
    let ids = workloads.iter().map(|w| w.workload.id.clone());
    let not_seen = ids.filter(|id| !demand.contains_key(id)).collect();
    Ok(UsageImport { records, demand, not_seen })
}

fn guessed(instance: &Instance, name: &str, used: &GroupUsage, reader: &OfferReader<'_>) -> Evidence {
    let plain = squeezed(name);
    let named: Vec<&ResolvedWorkload> = instance
        .workloads
        .iter()
        .filter(|w| squeezed(&w.workload.id) == plain || squeezed(&w.workload.name) == plain)
        .collect();
    if let [workload] = named[..] {
        return Evidence::inferred(&workload.workload.id, "the workload is named like it");
    }
    let models: BTreeSet<&str> = used.models.iter().filter_map(|model| reader.named_model(model).0).collect();
    if models.is_empty() {
        return Evidence::missing("the records name no model of the catalog");
    }
    let uses_all = |w: &&ResolvedWorkload| {
        let known: BTreeSet<&str> =
            w.known_models.iter().map(|&m| instance.models[m].model.id.as_str()).collect();
        models.is_subset(&known)
    };
    let users: Vec<&ResolvedWorkload> = instance.workloads.iter().filter(uses_all).collect();
    let listed = models.iter().copied().collect::<Vec<_>>().join(", ");
    match users[..] {
        [workload] => Evidence::inferred(&workload.workload.id, format!("it alone uses {listed}")),
        [] => Evidence::missing(format!("no workload uses {listed}")),
        _ => {
            let ids: Vec<&str> = users.iter().map(|w| w.workload.id.as_str()).collect();
            Evidence::missing(format!("several workloads use {listed}: {}", ids.join(", ")))
        }
    }
}

fn squeezed(name: &str) -> String {
    name.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect()
}

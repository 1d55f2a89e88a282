//! Workloads and the offers behind them, with everyone whom each offer depends on.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::Confidence;
use crate::model::instance::{Instance, JurisdictionIdx, OfferIdx, ResolvedWorkload, SupplierIdx};
use crate::study::supply_chain::{ChainLink, OfferUse};

/// A workload: what the company needs, and what its loss would cost.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct WorkloadAnswer {
    /// Id of the workload.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Class of its data: `public`, `internal`, `personal` or `regulated`.
    pub data: String,
    /// Share of its users by country; adds up to 1.
    pub users: BTreeMap<String, f64>,
    /// Cost of a complete outage, USD a day.
    pub outage_cost_usd_per_day: f64,
    /// Days of every interruption that cost nothing.
    pub recovery_objective_days: f64,
    /// Days of an interruption after which people do the work in another way; null where they cannot.
    pub fallback_after_days: Option<f64>,
}

/// An offer that a workload uses today or under the plan, with who and what is behind it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ServiceChainAnswer {
    /// Id of the workload.
    pub workload: String,
    /// Id of the offer.
    pub offer: String,
    /// What it does for the workload today.
    pub today: OfferUseAnswer,
    /// What it does for the workload under the plan; null when no change is recommended.
    pub plan: Option<OfferUseAnswer>,
    /// Id of the model.
    pub model: String,
    /// Who developed the model.
    pub developer: PartyAnswer,
    /// Developers of the models whose weights it starts from, the nearest first, without the developer itself.
    pub bases: Vec<PartyAnswer>,
    /// Who runs the machines; null where the company does.
    pub host: Option<PartyAnswer>,
    /// Country or bloc of the machines.
    pub region: String,
    /// Whether the region is assumed: a world-wide endpoint counts as located in its host's country.
    pub is_region_assumed: bool,
    /// Whether its price or region is an estimate.
    pub is_estimate: bool,
    /// Chips that it can run on, as alternatives; empty when unknown.
    pub hardware: Vec<HardwareAnswer>,
}

/// What an offer does for a workload.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct OfferUseAnswer {
    /// Share of the workload's demand that it carries, in [0, 1].
    pub share: f64,
    /// Share of the portfolio's value that it carries for the workload, in [0, 1].
    pub value_share: f64,
    /// `hot` or `warm` when it is a standby of the workload; null when it is not.
    pub standby: Option<String>,
}

/// A company in a chain of supply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PartyAnswer {
    /// Id of the supplier.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Country of its headquarters.
    pub country: String,
    /// Name of its topmost parent; its own where it has none.
    pub parent: String,
    /// Country of its topmost parent.
    pub parent_country: String,
}

/// A kind of chip.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct HardwareAnswer {
    /// Id of the hardware.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Name of the vendor.
    pub vendor: String,
    /// Country of the vendor.
    pub country: String,
}

impl WorkloadAnswer {
    /// The documented entry.
    #[must_use]
    pub fn of(workload: &ResolvedWorkload) -> Self {
        let workload = &workload.workload;
        Self {
            id: workload.id.clone(),
            name: workload.name.clone(),
            data: workload.data.as_str().to_owned(),
            users: workload.users.clone(),
            outage_cost_usd_per_day: workload.outage_cost_usd_per_day,
            recovery_objective_days: workload.recovery_objective_days,
            fallback_after_days: workload.fallback.map(|fallback| fallback.after_days),
        }
    }
}

impl ServiceChainAnswer {
    /// The documented entry.
    #[must_use]
    pub fn of(instance: &Instance, link: &ChainLink) -> Self {
        let offer = &instance.offers[link.offer];
        let hardware = |&h: &usize| {
            let hardware = &instance.hardware[h];
            let vendor = &instance.suppliers[hardware.vendor];
            HardwareAnswer {
                id: hardware.hardware.id.clone(),
                name: hardware.hardware.name.clone(),
                vendor: vendor.supplier.name.clone(),
                country: country(instance, vendor.country),
            }
        };
        Self {
            workload: instance.workloads[link.workload].workload.id.clone(),
            offer: offer.id.to_string(),
            today: OfferUseAnswer::of(&link.today),
            plan: link.plan.as_ref().map(OfferUseAnswer::of),
            model: instance.model_of(link.offer).model.id.clone(),
            developer: PartyAnswer::of(instance, instance.model_of(link.offer).developer),
            bases: bases(instance, link.offer).map(|base| PartyAnswer::of(instance, base)).collect(),
            host: offer.host.map(|host| PartyAnswer::of(instance, host)),
            region: country(instance, offer.region),
            is_region_assumed: offer.entry.region_assumed,
            is_estimate: offer.entry.provenance.confidence == Confidence::Estimate,
            hardware: offer.hardware.iter().map(hardware).collect(),
        }
    }
}

impl OfferUseAnswer {
    fn of(used: &OfferUse) -> Self {
        Self {
            share: used.share,
            value_share: used.value_share,
            standby: used.standby.map(|readiness| readiness.as_str().to_owned()),
        }
    }

    /// Whether it carries demand or waits.
    #[must_use]
    pub fn is_used(&self) -> bool {
        self.share > 0.0 || self.standby.is_some()
    }
}

impl PartyAnswer {
    fn of(instance: &Instance, supplier: SupplierIdx) -> Self {
        let own = &instance.suppliers[supplier];
        let top = &instance.suppliers[own.top];
        Self {
            id: own.supplier.id.clone(),
            name: own.supplier.name.clone(),
            country: country(instance, own.country),
            parent: top.supplier.name.clone(),
            parent_country: country(instance, top.country),
        }
    }
}

/// Developers further down the lineage, each once.
fn bases(instance: &Instance, offer: OfferIdx) -> impl Iterator<Item = SupplierIdx> {
    let model = instance.model_of(offer);
    let mut seen = vec![model.developer];
    for base in model.lineage[1..].iter().map(|&base| instance.models[base].developer) {
        if !seen.contains(&base) {
            seen.push(base);
        }
    }
    seen.into_iter().skip(1)
}

fn country(instance: &Instance, jurisdiction: JurisdictionIdx) -> String {
    instance.jurisdictions[jurisdiction].id.clone()
}

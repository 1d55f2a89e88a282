//! Hosts, suppliers, hardware and scenarios as rows.

use schemars::JsonSchema;
use serde::Serialize;

use super::as_of;
use crate::model::instance::{HardwareIdx, Instance, SupplierIdx};
use crate::model::shock::{Scenario, ShockRef};
use crate::model::words::Role;
use crate::study::listing::Census;

/// A supplier that hosts models.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ListedHost {
    /// Id of the host.
    pub host: String,
    /// Name of the host.
    pub name: String,
    /// Country of the headquarters.
    pub jurisdiction: String,
    /// Models that it hosts.
    pub n_models: usize,
    /// Offers that it hosts: one per model and region.
    pub n_offers: usize,
    /// Countries and blocs where it hosts.
    pub regions: Vec<String>,
    /// Date of the entry, `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; null when there is none.
    pub as_of: Option<String>,
}

impl ListedHost {
    /// The documented row.
    #[must_use]
    pub fn of(instance: &Instance, census: &Census, idx: SupplierIdx) -> Self {
        let supplier = &instance.suppliers[idx].supplier;
        let counted = &census.suppliers[idx];
        Self {
            host: supplier.id.clone(),
            name: supplier.name.clone(),
            jurisdiction: supplier.jurisdiction.clone(),
            n_models: counted.hosted.len(),
            n_offers: counted.n_offers,
            regions: counted.regions.iter().map(|&j| instance.jurisdictions[j].id.clone()).collect(),
            as_of: as_of(&supplier.provenance),
        }
    }
}

/// A developer, a host or a maker of hardware.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ListedSupplier {
    /// Id of the supplier.
    pub supplier: String,
    /// Name of the supplier.
    pub name: String,
    /// Country of the headquarters.
    pub jurisdiction: String,
    /// Ids of the suppliers that control it.
    pub parents: Vec<String>,
    /// `developer`, `host` and `hardware`.
    pub roles: Vec<String>,
    /// Models that it develops.
    pub n_models: usize,
    /// Offers that it hosts.
    pub n_offers: usize,
    /// Date of the entry, `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; null when there is none.
    pub as_of: Option<String>,
}

impl ListedSupplier {
    /// The documented row.
    #[must_use]
    pub fn of(instance: &Instance, census: &Census, idx: SupplierIdx) -> Self {
        let supplier = &instance.suppliers[idx].supplier;
        let counted = &census.suppliers[idx];
        let role = |role: &Role| match role {
            Role::Developer => "developer",
            Role::Host => "host",
            Role::Hardware => "hardware",
        };
        Self {
            supplier: supplier.id.clone(),
            name: supplier.name.clone(),
            jurisdiction: supplier.jurisdiction.clone(),
            parents: supplier.parents.clone(),
            roles: supplier.roles.iter().map(|r| role(r).to_owned()).collect(),
            n_models: counted.n_models,
            n_offers: counted.n_offers,
            as_of: as_of(&supplier.provenance),
        }
    }
}

/// A chip, or something that chips are made from.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ListedHardware {
    /// Id of the item.
    pub hardware: String,
    /// Name of the item.
    pub name: String,
    /// Id of the vendor.
    pub vendor: String,
    /// Country of the vendor's headquarters.
    pub jurisdiction: String,
    /// Countries and blocs that control its export besides the vendor's.
    pub controlled_by: Vec<String>,
    /// Offers that can run on it.
    pub n_offers: usize,
    /// Date of the entry, `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; null when there is none.
    pub as_of: Option<String>,
}

impl ListedHardware {
    /// The documented row.
    #[must_use]
    pub fn of(instance: &Instance, census: &Census, idx: HardwareIdx) -> Self {
        let resolved = &instance.hardware[idx];
        let item = &resolved.hardware;
        Self {
            hardware: item.id.clone(),
            name: item.name.clone(),
            vendor: item.vendor.clone(),
            jurisdiction: instance.suppliers[resolved.vendor].supplier.jurisdiction.clone(),
            controlled_by: item.controlled_by.clone(),
            n_offers: census.offers_by_hardware[idx],
            as_of: as_of(&item.provenance),
        }
    }
}

/// A scenario that `stress` can play.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ListedScenario {
    /// Id of the scenario.
    pub scenario: String,
    /// Name of the scenario.
    pub name: String,
    /// Number of events that are written down; what they trigger is not counted.
    pub n_events: usize,
    /// Ids of the shocks, in the order of the events.
    pub shocks: Vec<String>,
    /// Length of the scenario, days; null: the portfolio's horizon.
    pub horizon_days: Option<f64>,
    /// Date of the entry, `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; null when there is none.
    pub as_of: Option<String>,
}

impl ListedScenario {
    /// The documented row.
    #[must_use]
    pub fn of(scenario: &Scenario) -> Self {
        let shock = |shock: &ShockRef| match shock {
            ShockRef::Id(id) => id.clone(),
            ShockRef::Inline(shock) => shock.id.clone(),
        };
        Self {
            scenario: scenario.id.clone(),
            name: scenario.name.clone(),
            n_events: scenario.events.len(),
            shocks: scenario.events.iter().map(|event| shock(&event.shock)).collect(),
            horizon_days: scenario.horizon_days,
            as_of: as_of(&scenario.provenance),
        }
    }
}

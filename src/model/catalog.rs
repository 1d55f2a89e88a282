//! Suppliers, models, hardware and offers, as written in the catalog's files.

use std::collections::BTreeMap;

use super::Provenance;
use super::shock::{Scenario, Shock, Tension};
use super::words::{Access, Openness, Role, SupplierClass};
use crate::units::date::PartialDate;

/// `catalog/`, or a portfolio's own `catalog:` entries.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Catalog {
    pub suppliers: Vec<Supplier>,
    /// What a model's quality points mean.
    pub quality_metric: Option<String>,
    pub models: Vec<Model>,
    pub hardware: Vec<Hardware>,
    pub offers: Vec<OfferEntry>,
    pub tensions: Vec<Tension>,
    /// As written, templates included, until [`crate::shocks::templates::expand`] has put their members here.
    pub shocks: Vec<Shock>,
    /// The templates whose members are among the shocks; empty before.
    pub templates: Vec<Shock>,
    pub scenarios: Vec<Scenario>,
}

/// An organization that develops models, hosts them, or makes hardware.
#[derive(Debug, Clone, PartialEq)]
pub struct Supplier {
    pub id: String,
    pub name: String,
    /// Country of the headquarters.
    pub jurisdiction: String,
    /// Controlling parents; the first is followed for `control`.
    pub parents: Vec<String>,
    pub roles: Vec<Role>,
    /// `None`: it belongs to none, and only templates for all suppliers stand for it.
    pub class: Option<SupplierClass>,
    pub provenance: Provenance,
}

/// A model and its lineage.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    pub id: String,
    pub name: String,
    pub developer: String,
    pub openness: Openness,
    pub license: String,
    /// Whether the license lets a company run it: `yes`, `no`, `conditional`, `unknown`.
    pub commercial_use: Option<String>,
    /// Model whose weights this one starts from.
    pub base: Option<String>,
    pub released: Option<PartialDate>,
    pub context_tokens: Option<u64>,
    /// Parameters in billions.
    pub parameters_b: Option<f64>,
    pub quality: Quality,
    pub provenance: Provenance,
}

impl Model {
    /// Whether the license lets a company use the weights; `None` when that is not known. A closed model is sold for use, and
    /// conditions do not forbid.
    #[must_use]
    pub fn may_be_used(&self) -> Option<bool> {
        match (self.commercial_use.as_deref(), self.openness) {
            (Some("yes" | "conditional"), _) | (None, Openness::Closed) => Some(true),
            (Some("no"), _) => Some(false),
            _ => None,
        }
    }
}

/// Capability points (arena-equivalent Elo).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Quality {
    /// `None`: unrated.
    pub general: Option<f64>,
    pub std_error: Option<f64>,
    /// By language code.
    pub languages: BTreeMap<String, f64>,
}

/// An item of the hardware chain.
#[derive(Debug, Clone, PartialEq)]
pub struct Hardware {
    pub id: String,
    pub name: String,
    pub vendor: String,
    /// Jurisdictions that control its export besides the vendor's.
    pub controlled_by: Vec<String>,
    pub needs: Vec<HardwareNeed>,
    pub provenance: Provenance,
}

/// One need of a hardware item, met while any alternative works.
#[derive(Debug, Clone, PartialEq)]
pub struct HardwareNeed {
    /// Hardware or supplier ids.
    pub any_of: Vec<String>,
    /// Days that the item stays available after all alternatives have stopped.
    pub buffer_days: f64,
}

/// What an offer costs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Price {
    /// USD per million tokens.
    Tokens { input_usd_per_mtok: f64, output_usd_per_mtok: f64 },
    /// One serving unit on the company's own site.
    Replica { fixed_usd_per_month: f64, capacity_mtok_per_month: f64 },
}

/// One entry of `offers.yaml`, which defines one offer per region.
#[derive(Debug, Clone, PartialEq)]
pub struct OfferEntry {
    pub model: String,
    /// Host supplier, or `self`.
    pub host: String,
    pub regions: Vec<String>,
    pub access: Access,
    pub price: Price,
    /// The host's quota for one customer, API offers only.
    pub capacity_mtok_per_month: Option<f64>,
    pub onboarding_days: f64,
    /// `None`: the rule of methodology/supply-graph.md.
    pub developer_buffer_days: Option<f64>,
    /// Alternatives that the offer can run on; empty = unknown.
    pub hardware: Vec<String>,
    pub hardware_buffer_days: f64,
    pub certifications: Vec<String>,
    pub region_assumed: bool,
    /// The host ends the offer on this day; announced, so no shock.
    pub retires: Option<PartialDate>,
    /// What the host names in its place, for readers.
    pub successor: Option<String>,
    pub provenance: Provenance,
}

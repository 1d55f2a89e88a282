//! One portfolio with every id resolved: what all computing rooms read.
//!
//! Lists are sorted by id, so that nothing computed from them depends on the order of entries in the files.

mod canonical;
mod resolve;

use std::collections::BTreeSet;

pub use canonical::catalog as canonical_catalog;
use jiff::civil::Date;

use super::catalog::{Hardware, Model, OfferEntry, Price, Supplier};
use super::contract::RoutingTerms;
use super::jurisdictions::Rule;
use super::portfolio::{Portfolio, Readiness, Workload};
use super::shock::{Scenario, Shock, Tension};
use super::words::{Access, Openness};
use crate::ids::OfferId;
use crate::units::DAYS_PER_MONTH;

/// Index into [`Instance::jurisdictions`].
pub type JurisdictionIdx = usize;
/// Index into [`Instance::suppliers`].
pub type SupplierIdx = usize;
/// Index into [`Instance::models`].
pub type ModelIdx = usize;
/// Index into [`Instance::hardware`].
pub type HardwareIdx = usize;
/// Index into [`Instance::offers`].
pub type OfferIdx = usize;
/// Index into [`Instance::workloads`].
pub type WorkloadIdx = usize;
/// Index into [`Instance::cells`].
pub type CellIdx = usize;

/// Days that an offer of a closed model outlives its developer if host and developer do not control each other: the host
/// holds the weights (methodology/supply-graph.md#needs).
pub const UNRELATED_DEVELOPER_BUFFER_DAYS: f64 = 90.0;

/// A smaller share of a cell counts as none.
pub const LEAST_SHARE: f64 = 1e-6;

/// A portfolio resolved against a catalog and the jurisdictions.
#[derive(Debug, Clone)]
pub struct Instance {
    pub portfolio: Portfolio,
    pub jurisdictions: Vec<ResolvedJurisdiction>,
    pub suppliers: Vec<ResolvedSupplier>,
    pub models: Vec<ResolvedModel>,
    pub hardware: Vec<ResolvedHardware>,
    pub offers: Vec<Offer>,
    pub workloads: Vec<ResolvedWorkload>,
    pub cells: Vec<Cell>,
    pub rules: Vec<ResolvedRule>,
    pub tensions: Vec<Tension>,
    pub shocks: Vec<Shock>,
    pub scenarios: Vec<Scenario>,
    pub headquarters: JurisdictionIdx,
    /// Day 0; `None` when neither the portfolio nor any offer has a date.
    pub starts: Option<Date>,
    /// `[n_suppliers]`: whether the company buys from it as a host today.
    pub known_hosts: Vec<bool>,
}

/// A country or bloc.
#[derive(Debug, Clone)]
pub struct ResolvedJurisdiction {
    pub id: String,
    pub name: String,
    /// Its countries: itself, or a bloc's members. Sorted.
    pub countries: Vec<JurisdictionIdx>,
    pub is_bloc: bool,
}

/// A rule on where demand may be served.
#[derive(Debug, Clone)]
pub struct ResolvedRule {
    pub rule: Rule,
    /// `[n_jurisdictions]`: jurisdictions whose users it protects.
    pub users: Vec<bool>,
    /// `[n_jurisdictions]`: regions that may serve those users; a bloc only if all its members may.
    pub allowed: Vec<bool>,
}

/// A supplier with everyone who controls it.
#[derive(Debug, Clone)]
pub struct ResolvedSupplier {
    pub supplier: Supplier,
    pub country: JurisdictionIdx,
    pub parents: Vec<SupplierIdx>,
    /// Itself and every parent, transitively. Sorted.
    pub controllers: Vec<SupplierIdx>,
    /// Topmost parent, following first parents.
    pub top: SupplierIdx,
    /// `[n_jurisdictions]`: country of the headquarters and its blocs, also for each controller.
    pub under: Vec<bool>,
}

/// A model with its lineage.
#[derive(Debug, Clone)]
pub struct ResolvedModel {
    pub model: Model,
    pub developer: SupplierIdx,
    /// Itself first, then base, base of base, to the root.
    pub lineage: Vec<ModelIdx>,
}

/// A hardware item with resolved needs.
#[derive(Debug, Clone)]
pub struct ResolvedHardware {
    pub hardware: Hardware,
    pub vendor: SupplierIdx,
    /// `[n_jurisdictions]`: whether the vendor is under it, or it or one of its members controls the export.
    pub under: Vec<bool>,
    pub needs: Vec<ResolvedNeed>,
}

/// A hardware item's need.
#[derive(Debug, Clone)]
pub struct ResolvedNeed {
    pub any_of: Vec<Provider>,
    pub buffer_days: f64,
}

/// What a hardware item can need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provider {
    Hardware(HardwareIdx),
    Supplier(SupplierIdx),
}

/// One way to buy or run a model.
#[derive(Debug, Clone)]
pub struct Offer {
    pub id: OfferId,
    pub model: ModelIdx,
    /// `None`: the company itself.
    pub host: Option<SupplierIdx>,
    pub region: JurisdictionIdx,
    pub access: Access,
    pub price: Price,
    /// Quota, mtok per month: the portfolio's, else the catalog's; `None` for self-hosted offers.
    pub capacity_mtok_per_month: Option<f64>,
    pub onboarding_days: f64,
    /// Days that an offer of a closed model outlives its developer.
    pub developer_buffer_days: f64,
    /// Alternatives, in catalog order; empty = unknown.
    pub hardware: Vec<HardwareIdx>,
    pub hardware_buffer_days: f64,
    pub certifications: Vec<String>,
    pub entry: OfferEntry,
}

impl Offer {
    /// Whether the company runs it itself.
    #[must_use]
    pub fn is_self_hosted(&self) -> bool {
        self.host.is_none()
    }

    /// Whether its capacity is fixed by a plan: a quota is declared, or it is self-hosted.
    #[must_use]
    pub fn has_declared_capacity(&self) -> bool {
        self.is_self_hosted() || self.capacity_mtok_per_month.is_some()
    }
}

/// A workload with its cells and standbys.
#[derive(Debug, Clone)]
pub struct ResolvedWorkload {
    pub workload: Workload,
    pub cells: std::ops::Range<CellIdx>,
    pub standby: Vec<Standby>,
    /// Models with a share of it today.
    pub known_models: BTreeSet<ModelIdx>,
}

/// A prepared alternative of a workload.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Standby {
    pub offer: OfferIdx,
    pub readiness: Readiness,
    pub cover: f64,
    /// Days; 0 when hot.
    pub lead_days: f64,
}

/// The unit of demand: one workload's users in one country.
#[derive(Debug, Clone)]
pub struct Cell {
    pub workload: WorkloadIdx,
    pub users: JurisdictionIdx,
    pub users_share: f64,
    pub input_mtok_per_month: f64,
    pub output_mtok_per_month: f64,
    /// Outage cost × users' share.
    pub value_usd_per_day: f64,
    /// Fallback cost × users' share.
    pub fallback_usd_per_day: Option<f64>,
    /// Primary shares today, sorted by offer; sums to 1.
    pub allocation: Vec<(OfferIdx, f64)>,
}

impl Cell {
    /// Input and output tokens a month.
    #[must_use]
    pub fn mtok_per_month(&self) -> f64 {
        self.input_mtok_per_month + self.output_mtok_per_month
    }

    /// Input and output tokens a day.
    #[must_use]
    pub fn mtok_per_day(&self) -> f64 {
        self.mtok_per_month() / DAYS_PER_MONTH
    }
}

fn find_offer(offers: &[Offer], id: &str) -> Option<OfferIdx> {
    let id = OfferId::parse(id)?;
    offers.binary_search_by(|o| o.id.cmp(&id)).ok()
}

impl Instance {
    /// The cell's share of all value, or of all demand if all values are 0.
    #[must_use]
    pub fn value_share(&self, cell: CellIdx) -> f64 {
        let total = self.value_usd_per_day();
        if total > 0.0 {
            return self.cells[cell].value_usd_per_day / total;
        }
        let demand: f64 = self.cells.iter().map(Cell::mtok_per_month).sum();
        self.cells[cell].mtok_per_month() / demand.max(f64::MIN_POSITIVE)
    }

    /// Cost of qualifying one model for the workload, USD.
    #[must_use]
    pub fn qualify_model_usd(&self, workload: WorkloadIdx) -> f64 {
        let own = self.workloads[workload].workload.terms.qualify_model_usd;
        own.unwrap_or(self.portfolio.change.qualify_model_usd)
    }

    /// How finely the workload's demand can be routed.
    #[must_use]
    pub fn routing(&self, workload: WorkloadIdx) -> RoutingTerms {
        let (own, all) = (self.workloads[workload].workload.terms, self.portfolio.routing);
        RoutingTerms {
            smallest_share: own.smallest_share.unwrap_or(all.smallest_share),
            most_offers: own.most_offers.unwrap_or(all.most_offers),
        }
    }

    /// Points by which the workload's mean capability may fall; `None`: by any number.
    #[must_use]
    pub fn keep_quality(&self, workload: WorkloadIdx) -> Option<f64> {
        self.workloads[workload].workload.terms.keep_quality.unwrap_or(self.portfolio.keep_quality)
    }

    /// Days until an offer that was not prepared serves a workload (methodology/routing-and-loss.md).
    ///
    /// Its onboarding, or less if the company knows its host, or host and model, from today. Machines of the company's own must
    /// be bought, so they take their onboarding.
    #[must_use]
    pub fn cold_lead_days(&self, workload: WorkloadIdx, offer: OfferIdx) -> f64 {
        let o = &self.offers[offer];
        if !o.host.is_some_and(|host| self.known_hosts[host]) {
            return o.onboarding_days;
        }
        let leads = self.portfolio.known_leads;
        let is_known_model = self.workloads[workload].known_models.contains(&o.model);
        let known_model = leads.known_model_days.filter(|_| is_known_model);
        let known = leads.known_host_days.into_iter().chain(known_model);
        known.fold(o.onboarding_days, f64::min)
    }

    /// The day on which the host ends the offer, if that is before the end of the horizon.
    #[must_use]
    pub fn retires(&self, offer: OfferIdx) -> Option<Date> {
        let (day, days) = self.retirement_day(offer)?;
        (days < self.portfolio.horizon_days).then_some(day)
    }

    /// The day on which the host ends the offer, and the days from day 0 until then, negative when it is past.
    #[must_use]
    pub fn retirement_day(&self, offer: OfferIdx) -> Option<(Date, f64)> {
        let day = self.offers[offer].entry.retires?.first_day();
        Some((day, f64::from(self.starts?.until(day).ok()?.get_days())))
    }

    /// Index of an offer by its written id.
    #[must_use]
    pub fn offer_idx(&self, id: &str) -> Option<OfferIdx> {
        find_offer(&self.offers, id)
    }

    /// Index of a jurisdiction by id.
    #[must_use]
    pub fn jurisdiction_idx(&self, id: &str) -> Option<JurisdictionIdx> {
        self.jurisdictions.binary_search_by(|j| j.id.as_str().cmp(id)).ok()
    }

    /// Index of a supplier by id.
    #[must_use]
    pub fn supplier_idx(&self, id: &str) -> Option<SupplierIdx> {
        self.suppliers.binary_search_by(|s| s.supplier.id.as_str().cmp(id)).ok()
    }

    /// Index of a hardware item by id.
    #[must_use]
    pub fn hardware_idx(&self, id: &str) -> Option<HardwareIdx> {
        self.hardware.binary_search_by(|h| h.hardware.id.as_str().cmp(id)).ok()
    }

    /// The offer's model.
    #[must_use]
    pub fn model_of(&self, offer: OfferIdx) -> &ResolvedModel {
        &self.models[self.offers[offer].model]
    }

    /// The developer of the offer's model.
    #[must_use]
    pub fn developer_of(&self, offer: OfferIdx) -> SupplierIdx {
        self.model_of(offer).developer
    }

    /// Whether the offer's model is closed.
    #[must_use]
    pub fn is_closed(&self, offer: OfferIdx) -> bool {
        self.model_of(offer).model.openness == Openness::Closed
    }

    /// The cell's workload.
    #[must_use]
    pub fn workload_of(&self, cell: CellIdx) -> &Workload {
        &self.workloads[self.cells[cell].workload].workload
    }

    /// Every (host, region) with an offer, sorted: the sites that can stop. Sites of the company itself cannot.
    #[must_use]
    pub fn host_sites(&self) -> Vec<(SupplierIdx, JurisdictionIdx)> {
        let sites: BTreeSet<_> =
            self.offers.iter().filter_map(|o| o.host.map(|host| (host, o.region))).collect();
        sites.into_iter().collect()
    }

    /// Value of all workloads, USD per day of a complete outage.
    #[must_use]
    pub fn value_usd_per_day(&self) -> f64 {
        self.cells.iter().map(|c| c.value_usd_per_day).sum()
    }
}

//! A tiny study for tests, built entry by entry.
//!
//! It starts with the countries CN, DE, FR, US and the bloc EU (DE, FR), and a company in DE with a site there.
//! Everything else is neutral: prices of 1 USD per mtok, no standbys, no recovery objective, no fees.

use std::collections::BTreeMap;

use super::Provenance;
use super::catalog::{Catalog, Hardware, HardwareNeed, Model, OfferEntry, Price, Quality, Supplier};
use super::contract::{ChangeTerms, RoutingTerms, WorkloadTerms};
use super::instance::Instance;
use super::jurisdictions::{Jurisdiction, JurisdictionKind, Jurisdictions, Standing};
use super::limit::Limit;
use super::limit::{Measure, Scope, Weight};
use super::portfolio::{
    AllocationEntry, Company, Currency, KnownLeads, Portfolio, Readiness, ReadinessTerms, StandbyEntry,
    Workload,
};
use super::words::{Access, DataClass, Openness, Role};
use crate::ids::SELF_HOST;

/// The three files, before they are resolved.
pub(crate) struct Example {
    pub(crate) jurisdictions: Jurisdictions,
    pub(crate) catalog: Catalog,
    pub(crate) portfolio: Portfolio,
}

impl Example {
    /// No suppliers and no workloads yet; the horizon is 100 days.
    pub(crate) fn new() -> Self {
        let country = |id: &str| jurisdiction(id, &[]);
        let jurisdictions = vec![
            country("CN"),
            country("DE"),
            country("FR"),
            country("US"),
            jurisdiction("EU", &["DE", "FR"]),
        ];
        Self {
            jurisdictions: Jurisdictions { jurisdictions, ..Jurisdictions::default() },
            catalog: Catalog::default(),
            portfolio: Portfolio {
                name: "example".to_owned(),
                company: Company {
                    name: "Example".to_owned(),
                    headquarters: "DE".to_owned(),
                    sites: vec!["DE".to_owned()],
                },
                currency: Currency { code: "USD".to_owned(), usd: 1.0 },
                horizon_days: 100.0,
                workloads: Vec::new(),
                surge: 0.0,
                quality_drift_per_year: 0.0,
                readiness: ReadinessTerms {
                    hot_usd_per_month: 0.0,
                    warm_usd_per_month: 0.0,
                    switch_usd: 0.0,
                    ..ReadinessTerms::default()
                },
                capacity: BTreeMap::new(),
                starts: None,
                known_leads: KnownLeads::NONE,
                approved_hosts: None,
                require: Vec::new(),
                forbid: Vec::new(),
                max_turnover_per_quarter: None,
                contracts: Vec::new(),
                change: ChangeTerms {
                    qualify_model_usd: 0.0,
                    qualify_host_usd: 0.0,
                    ..ChangeTerms::default()
                },
                routing: RoutingTerms { smallest_share: 0.0, most_offers: None },
                keep_quality: None,
                limits: Vec::new(),
                catalog: Catalog::default(),
            },
        }
    }

    /// A supplier with every role.
    pub(crate) fn supplier(&mut self, id: &str, country: &str, parents: &[&str]) -> &mut Self {
        self.catalog.suppliers.push(Supplier {
            id: id.to_owned(),
            name: id.to_owned(),
            jurisdiction: country.to_owned(),
            parents: owned(parents),
            class: None,
            roles: vec![Role::Developer, Role::Host, Role::Hardware],
            provenance: Provenance::default(),
        });
        self
    }

    /// A model of 1400 points.
    pub(crate) fn model(
        &mut self,
        id: &str,
        developer: &str,
        openness: Openness,
        base: Option<&str>,
    ) -> &mut Self {
        self.catalog.models.push(Model {
            id: id.to_owned(),
            name: id.to_owned(),
            developer: developer.to_owned(),
            openness,
            license: String::new(),
            commercial_use: Some("yes".to_owned()),
            base: base.map(str::to_owned),
            released: None,
            context_tokens: None,
            parameters_b: None,
            quality: Quality { general: Some(1400.0), ..Quality::default() },
            provenance: Provenance::default(),
        });
        self
    }

    /// A hardware item; `needs`: alternatives and buffer in days.
    pub(crate) fn hardware(&mut self, id: &str, vendor: &str, needs: &[(&[&str], f64)]) -> &mut Self {
        let need =
            |&(any_of, buffer_days): &(&[&str], f64)| HardwareNeed { any_of: owned(any_of), buffer_days };
        self.catalog.hardware.push(Hardware {
            id: id.to_owned(),
            name: id.to_owned(),
            vendor: vendor.to_owned(),
            controlled_by: Vec::new(),
            needs: needs.iter().map(need).collect(),
            provenance: Provenance::default(),
        });
        self
    }

    /// Two workloads of 60 mtok a month each, at an API of 1.2 USD per mtok. Own machines of 100 mtok cost 100 USD a month.
    pub(crate) fn machines_or_api() -> Self {
        let mut example = Self::new();
        example.supplier("lab", "US", &[]).model("open", "lab", Openness::OpenWeights, None);
        example.offer("open", "self", "DE", &[]);
        let api = example.offer("open", "lab", "US", &[]);
        api.price = Price::Tokens { input_usd_per_mtok: 1.2, output_usd_per_mtok: 1.2 };
        for id in ["v", "w"] {
            let workload = example.workload(id, &[("DE", 1.0)], &[("open@lab:US", 1.0)]);
            (workload.input_mtok, workload.output_mtok) = (30.0, 30.0);
        }
        example
    }

    /// An offer in one region, onboarded after the horizon; on `self` a replica of 100 mtok for 100 USD a month.
    pub(crate) fn offer(
        &mut self,
        model: &str,
        host: &str,
        region: &str,
        hardware: &[&str],
    ) -> &mut OfferEntry {
        let is_own = host == SELF_HOST;
        self.catalog.offers.push(OfferEntry {
            model: model.to_owned(),
            host: host.to_owned(),
            regions: vec![region.to_owned()],
            access: if is_own { Access::SelfHosted } else { Access::Api },
            price: if is_own {
                Price::Replica { fixed_usd_per_month: 100.0, capacity_mtok_per_month: 100.0 }
            } else {
                Price::Tokens { input_usd_per_mtok: 1.0, output_usd_per_mtok: 1.0 }
            },
            capacity_mtok_per_month: None,
            onboarding_days: 1000.0,
            developer_buffer_days: None,
            hardware: owned(hardware),
            hardware_buffer_days: 540.0,
            certifications: Vec::new(),
            region_assumed: false,
            retires: None,
            successor: None,
            provenance: Provenance::default(),
        });
        self.catalog.offers.last_mut().expect("just added")
    }

    /// A workload of 100 mtok a month and an outage cost of 1000 USD a day, with users and shares by offer.
    pub(crate) fn workload(
        &mut self,
        id: &str,
        users: &[(&str, f64)],
        shares: &[(&str, f64)],
    ) -> &mut Workload {
        let map = |pairs: &[(&str, f64)]| pairs.iter().map(|&(k, x)| (k.to_owned(), x)).collect();
        self.portfolio.workloads.push(Workload {
            id: id.to_owned(),
            name: id.to_owned(),
            input_mtok: 50.0,
            output_mtok: 50.0,
            users: map(users),
            data: DataClass::Internal,
            languages: Vec::new(),
            min_quality: None,
            min_context: None,
            accept_unrated: false,
            outage_cost_usd_per_day: 1000.0,
            recovery_objective_days: 0.0,
            fallback: None,
            require: Vec::new(),
            forbid: Vec::new(),
            allocation: AllocationEntry::Everywhere(map(shares)),
            standby: Vec::new(),
            terms: WorkloadTerms::default(),
        });
        self.portfolio.workloads.last_mut().expect("just added")
    }

    /// A portfolio-wide limit weighted by value, named by its measure.
    pub(crate) fn limit(&mut self, id: &str, measure: Measure) -> &mut Limit {
        self.portfolio.limits.push(Limit {
            id: Some(id.to_owned()),
            measure,
            scope: Scope::Portfolio,
            weight: Weight::Value,
            accepted: None,
            text: id.to_owned(),
            place: self.portfolio.limits.len(),
        });
        self.portfolio.limits.last_mut().expect("just added")
    }

    /// Resolves the study.
    pub(crate) fn instance(&self) -> Instance {
        Instance::resolve(&self.jurisdictions, &self.catalog, self.portfolio.clone())
    }
}

/// A standby of a workload; a hot one has no lead.
pub(crate) fn standby(offer: &str, readiness: Readiness, cover: f64, lead_days: f64) -> StandbyEntry {
    StandbyEntry {
        offer: offer.to_owned(),
        readiness,
        cover,
        lead_days: Some(lead_days),
        usd_per_month: None,
    }
}

fn owned(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|&id| id.to_owned()).collect()
}

fn jurisdiction(id: &str, members: &[&str]) -> Jurisdiction {
    Jurisdiction {
        id: id.to_owned(),
        name: id.to_owned(),
        kind: if members.is_empty() { JurisdictionKind::Country } else { JurisdictionKind::Bloc },
        members: owned(members),
        standing: Standing::Other,
        path: None,
        indicators: BTreeMap::new(),
        unscored: BTreeMap::new(),
    }
}

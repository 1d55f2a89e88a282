//! One requirement on a plan, and how the files and answers name it.

use super::bounds::{End, ends};
use crate::limits::sizes::Size;
use crate::model::contract::WorkloadTerms;
use crate::model::eligibility::Ineligible;
use crate::model::instance::{CellIdx, Instance, OfferIdx, WorkloadIdx};
use crate::model::limit::Unit;
use crate::planning::request::Request;
use crate::service::setting::Setting;
use crate::study::plan::outcome::DemandKind;

/// One requirement on a plan that can be dropped by itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Demand {
    /// One end of a limit: index in the portfolio's list, end, bound.
    Limit(usize, End, f64),
    Turnover(f64),
    /// Index in the request's floors, share.
    Floor(usize, f64),
    Capacity(OfferIdx, f64),
    /// A rule on the sizes of a workload's plan, and its bound.
    Size(WorkloadIdx, Size, f64),
    Eligibility(WorkloadIdx, Requirement),
}

impl Demand {
    /// The requirement in words.
    pub fn words(self, instance: &Instance, request: &Request) -> String {
        let offer = |offer: OfferIdx| instance.offers[offer].id.to_string();
        match self {
            Self::Limit(at, end, bound) => {
                let limit = &instance.portfolio.limits[at];
                match (ends(&limit.measure).len(), end) {
                    (2.., End::AtLeast) => format!("{}, at least {bound}", limit.name()),
                    (2.., End::AtMost) => format!("{}, at most {bound}", limit.name()),
                    _ => limit.name().to_owned(),
                }
            }
            Self::Turnover(most) => format!("at most {} of the demand moves", share(most)),
            Self::Floor(at, least) => {
                let floor = &request.floors[at];
                let whose = floor.workload.map_or_else(
                    || "all demand".to_owned(),
                    |w| format!("workload '{}'", instance.workloads[w].workload.id),
                );
                format!("at least {} of {whose} on {}", share(least), offer(floor.offer))
            }
            Self::Capacity(o, capacity) => format!("capacity of {}: {capacity} mtok a month", offer(o)),
            Self::Size(workload, size, bound) => {
                format!("workload '{}': {}: {bound}", instance.workloads[workload].workload.id, size.as_str())
            }
            Self::Eligibility(workload, requirement) => {
                let w = &instance.workloads[workload].workload;
                format!("workload '{}': {}", w.id, requirement.words(instance, workload))
            }
        }
    }

    pub fn kind(self) -> DemandKind {
        match self {
            Self::Limit(..) => DemandKind::Limit,
            Self::Turnover(_) => DemandKind::Turnover,
            Self::Floor(..) => DemandKind::Floor,
            Self::Capacity(..) => DemandKind::Capacity,
            Self::Size(..) => DemandKind::Size,
            Self::Eligibility(..) => DemandKind::Eligibility,
        }
    }

    /// Unit of the bound.
    pub fn unit(self, instance: &Instance) -> Option<Unit> {
        match self {
            Self::Limit(at, ..) => Some(instance.portfolio.limits[at].measure.unit()),
            Self::Turnover(_) | Self::Floor(..) => Some(Unit::Share),
            Self::Capacity(..) => Some(Unit::Mtok),
            Self::Size(_, Size::SmallestShare, _) => Some(Unit::Share),
            Self::Size(_, Size::MostOffers, _) => Some(Unit::Count),
            Self::Size(_, Size::KeepQuality, _) => Some(Unit::Points),
            Self::Eligibility(_, requirement) => requirement.unit(),
        }
    }

    /// The required bound; `None` when the requirement is not a number.
    pub fn bound(self, instance: &Instance) -> Option<f64> {
        match self {
            Self::Limit(_, _, bound)
            | Self::Turnover(bound)
            | Self::Floor(_, bound)
            | Self::Capacity(_, bound)
            | Self::Size(_, _, bound) => Some(bound),
            Self::Eligibility(workload, requirement) => requirement.bound(instance, workload),
        }
    }
}

/// A requirement of a workload on its offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Requirement {
    Rated,
    Quality,
    Context,
    Require,
    Forbid,
    InForce,
    Approved,
    Retirement,
    License,
    /// Index in the instance's rules.
    Rule(usize),
}

impl Requirement {
    /// As the files write it.
    pub fn words(self, instance: &Instance, workload: WorkloadIdx) -> String {
        let w = &instance.workloads[workload].workload;
        match self {
            Self::Rated => "accept_unrated: false".to_owned(),
            Self::Quality => format!("min_quality: {}", w.min_quality.unwrap_or_default()),
            Self::Context => format!("min_context: {}", w.min_context.unwrap_or_default()),
            Self::Require => "require".to_owned(),
            Self::Forbid => "forbid".to_owned(),
            Self::InForce => "shocks in force".to_owned(),
            Self::Approved => "approved hosts".to_owned(),
            Self::Retirement => "offers that stay".to_owned(),
            Self::License => "licenses".to_owned(),
            Self::Rule(at) => {
                format!("rule '{}' on where its data may be served", instance.rules[at].rule.id)
            }
        }
    }

    /// Unit of the floor; `None` when it is no number.
    pub fn unit(self) -> Option<Unit> {
        match self {
            Self::Quality => Some(Unit::Points),
            Self::Context => Some(Unit::Tokens),
            _ => None,
        }
    }

    /// The floor; `None` when it is no number.
    pub fn bound(self, instance: &Instance, workload: WorkloadIdx) -> Option<f64> {
        let w = &instance.workloads[workload].workload;
        match self {
            Self::Quality => w.min_quality,
            Self::Context => w.min_context.map(|tokens| tokens as f64),
            _ => None,
        }
    }

    /// The offer's value that the floor is compared with: points of quality, or tokens of context.
    pub fn figure(self, instance: &Instance, cell: CellIdx, offer: OfferIdx) -> Option<f64> {
        match self {
            Self::Quality => {
                let floor = instance.workload_of(cell).min_quality?;
                Some(floor + instance.quality_margin(cell, offer)?)
            }
            Self::Context => instance.model_of(offer).model.context_tokens.map(|tokens| tokens as f64),
            _ => None,
        }
    }
}

/// The bound of a rule on sizes that is in force; `None` where it is switched off.
pub(super) fn size_bound(instance: &Instance, workload: WorkloadIdx, size: Size) -> Option<f64> {
    match size {
        Size::SmallestShare => Some(instance.routing(workload).smallest_share).filter(|share| *share > 0.0),
        Size::MostOffers => instance.routing(workload).most_offers.map(|most| most as f64),
        Size::KeepQuality => instance.keep_quality(workload),
    }
}

/// Sets the bound of a rule on sizes; `None` switches it off.
pub(super) fn set_size(terms: &mut WorkloadTerms, size: Size, bound: Option<f64>) {
    match size {
        Size::SmallestShare => terms.smallest_share = Some(bound.unwrap_or(0.0)),
        Size::MostOffers => terms.most_offers = Some(bound.map(|most| most as usize)),
        Size::KeepQuality => terms.keep_quality = Some(bound),
    }
}

fn share(share: f64) -> String {
    format!("{} %", (share * 1e6).round() / 1e4)
}

/// The requirements that exclude a pair.
pub fn exclusions(setting: &Setting<'_>, cell: CellIdx, offer: OfferIdx) -> Vec<Requirement> {
    let instance = setting.instance;
    let requirement = |reason: Ineligible| match reason {
        Ineligible::Unrated => Requirement::Rated,
        Ineligible::Quality { .. } => Requirement::Quality,
        Ineligible::Context { .. } => Requirement::Context,
        Ineligible::Required => Requirement::Require,
        Ineligible::Forbidden => Requirement::Forbid,
        Ineligible::InForce { .. } => Requirement::InForce,
        Ineligible::Retires { .. } => Requirement::Retirement,
        Ineligible::License | Ineligible::LicenseUnknown => Requirement::License,
        Ineligible::NotApproved { .. } => Requirement::Approved,
        Ineligible::Rule { id } => {
            Requirement::Rule(instance.rules.iter().position(|r| r.rule.id == id).unwrap_or_default())
        }
    };
    setting.law.reasons(instance, cell, offer).into_iter().map(requirement).collect()
}

//! Which offers a cell may newly use (methodology/eligibility.md), apart from shocks in force.

use jiff::civil::Date;

use super::instance::{CellIdx, Instance, OfferIdx};
use super::selector::Selector;

/// Why an offer is not eligible for a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Ineligible {
    /// The model has no rating, but the workload requires one.
    Unrated,
    /// Quality in this field (`general` or a language) is below the floor.
    Quality { field: String, points: f64, floor: f64 },
    /// The context window is smaller than required, or unknown.
    Context { tokens: Option<u64>, floor: u64 },
    /// A rule does not allow this data to be processed in the offer's region.
    Rule { id: String },
    /// A selector of `require` does not match.
    Required,
    /// A selector of `forbid` matches.
    Forbidden,
    /// The host ends the offer before the end of the horizon.
    Retires { day: Date },
    /// The license forbids commercial use.
    License,
    /// Nothing is known of commercial use, and the company would run the weights itself.
    LicenseUnknown,
    /// The host is not among those that the company approves.
    NotApproved { host: String },
    /// A shock in force.
    InForce { shock: String },
}

impl std::fmt::Display for Ineligible {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unrated => write!(f, "the model is unrated and accept_unrated is false"),
            Self::Quality { field, points, floor } => write!(f, "{field} quality {points} is below {floor}"),
            Self::Context { tokens: Some(tokens), floor } => {
                write!(f, "the context window of {tokens} tokens is below {floor}")
            }
            Self::Context { tokens: None, floor } => {
                write!(f, "the context window is unknown, but {floor} tokens are required")
            }
            Self::Rule { id } => write!(f, "rule '{id}' does not allow the region"),
            Self::Required => write!(f, "it does not match 'require'"),
            Self::Retires { day } => write!(f, "its host ends it on {day}"),
            Self::License => write!(f, "its license forbids commercial use"),
            Self::LicenseUnknown => {
                write!(f, "whether its license allows commercial use is not known, which own machines need")
            }
            Self::NotApproved { host } => write!(f, "the host '{host}' is not approved"),
            Self::Forbidden => write!(f, "it matches 'forbid'"),
            Self::InForce { shock } => write!(f, "shock '{shock}', which is in force, excludes it"),
        }
    }
}

impl Instance {
    /// The first reason why the cell may not newly use the offer; `None` when it may.
    #[must_use]
    pub fn ineligible(&self, cell: CellIdx, offer: OfferIdx) -> Option<Ineligible> {
        self.below_quality(cell, offer)
            .or_else(|| self.below_context(cell, offer))
            .or_else(|| self.broken_rule(cell, offer))
            .or_else(|| self.not_for_sale(offer))
            .or_else(|| self.not_approved(offer))
            .or_else(|| self.broken_requirement(cell, offer))
    }

    /// Every reason why the cell may not newly use the offer, one per floor, rule and list; empty when it may.
    #[must_use]
    pub fn reasons(&self, cell: CellIdx, offer: OfferIdx) -> Vec<Ineligible> {
        let quality = self.below_quality(cell, offer).into_iter().chain(self.below_context(cell, offer));
        let rules = self.broken_rules(cell, offer);
        let approval =
            self.retirement(offer).into_iter().chain(self.unlicensed(offer)).chain(self.not_approved(offer));
        quality
            .chain(rules)
            .chain(approval)
            .chain(self.unmatched(cell, offer))
            .chain(self.forbidden(cell, offer))
            .collect()
    }

    fn below_quality(&self, cell: CellIdx, offer: OfferIdx) -> Option<Ineligible> {
        let workload = self.workload_of(cell);
        let quality = &self.model_of(offer).model.quality;
        if quality.general.is_none() && !workload.accept_unrated {
            return Some(Ineligible::Unrated);
        }
        let floor = workload.min_quality?;
        self.quality_figures(cell, offer)
            .find(|(_, points)| *points < floor)
            .map(|(field, points)| Ineligible::Quality { field: field.to_owned(), points, floor })
    }

    /// General quality and the quality in each required language that has a figure.
    fn quality_figures(&self, cell: CellIdx, offer: OfferIdx) -> impl Iterator<Item = (&str, f64)> {
        let quality = &self.model_of(offer).model.quality;
        let languages = &self.workload_of(cell).languages;
        let general = quality.general.map(|points| ("general", points));
        general.into_iter().chain(
            languages.iter().filter_map(|l| quality.languages.get(l).map(|points| (l.as_str(), *points))),
        )
    }

    /// Smallest margin of quality over the floor, points; `None` when the workload has no floor or the model no figure.
    #[must_use]
    pub fn quality_margin(&self, cell: CellIdx, offer: OfferIdx) -> Option<f64> {
        let floor = self.workload_of(cell).min_quality?;
        self.quality_figures(cell, offer).map(|(_, points)| points - floor).reduce(f64::min)
    }

    fn below_context(&self, cell: CellIdx, offer: OfferIdx) -> Option<Ineligible> {
        let floor = self.workload_of(cell).min_context?;
        let tokens = self.model_of(offer).model.context_tokens;
        (tokens.unwrap_or(0) < floor).then_some(Ineligible::Context { tokens, floor })
    }

    fn broken_rule(&self, cell: CellIdx, offer: OfferIdx) -> Option<Ineligible> {
        self.broken_rules(cell, offer).next()
    }

    fn broken_rules(&self, cell: CellIdx, offer: OfferIdx) -> impl Iterator<Item = Ineligible> {
        let data = self.workload_of(cell).data;
        let offer = &self.offers[offer];
        let broken = self.rules.iter().filter(move |r| {
            r.rule.data.contains(&data)
                && r.users[self.cells[cell].users]
                && !r.allowed[offer.region]
                && !(r.rule.except_self_hosted && offer.is_self_hosted())
        });
        broken.map(|r| Ineligible::Rule { id: r.rule.id.clone() })
    }

    fn not_for_sale(&self, offer: OfferIdx) -> Option<Ineligible> {
        self.retirement(offer).or_else(|| self.unlicensed(offer))
    }

    fn retirement(&self, offer: OfferIdx) -> Option<Ineligible> {
        self.retires(offer).map(|day| Ineligible::Retires { day })
    }

    fn unlicensed(&self, offer: OfferIdx) -> Option<Ineligible> {
        match self.model_of(offer).model.may_be_used() {
            Some(true) => None,
            Some(false) => Some(Ineligible::License),
            None => self.offers[offer].is_self_hosted().then_some(Ineligible::LicenseUnknown),
        }
    }

    fn not_approved(&self, offer: OfferIdx) -> Option<Ineligible> {
        let approved = self.portfolio.approved_hosts.as_ref()?;
        let host = &self.offers[offer].id.host;
        (!approved.contains(host)).then(|| Ineligible::NotApproved { host: host.clone() })
    }

    fn broken_requirement(&self, cell: CellIdx, offer: OfferIdx) -> Option<Ineligible> {
        self.unmatched(cell, offer).or_else(|| self.forbidden(cell, offer))
    }

    fn unmatched(&self, cell: CellIdx, offer: OfferIdx) -> Option<Ineligible> {
        let mut required = self.portfolio.require.iter().chain(&self.workload_of(cell).require);
        (!required.all(|s| self.pair_matches(s, cell, offer))).then_some(Ineligible::Required)
    }

    fn forbidden(&self, cell: CellIdx, offer: OfferIdx) -> Option<Ineligible> {
        let mut forbidden = self.portfolio.forbid.iter().chain(&self.workload_of(cell).forbid);
        forbidden.any(|s| self.pair_matches(s, cell, offer)).then_some(Ineligible::Forbidden)
    }

    /// Whether the cell and the offer match every key of the selector.
    #[must_use]
    pub fn pair_matches(&self, selector: &Selector, cell: CellIdx, offer: OfferIdx) -> bool {
        self.offer_matches(selector, offer) && self.cell_matches(selector, cell)
    }
}

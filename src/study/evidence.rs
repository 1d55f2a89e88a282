//! Evidence behind a plan: which offers rest on estimates, and which sources support offers and shocks.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::instance::{Instance, OfferIdx};
use crate::model::jurisdictions::Source;
use crate::model::plan::Plan;
use crate::model::{Confidence, Provenance};
use crate::units::date::PartialDate;

/// Evidence for the offers of a plan.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OfferEvidence {
    pub n_offers: usize,
    /// Offers whose catalog entry is an estimate.
    pub estimated: Vec<OfferIdx>,
    /// Offers of a worldwide endpoint, entered under the host's country.
    pub region_assumed: Vec<OfferIdx>,
    /// Offers without known hardware.
    pub hardware_unknown: Vec<OfferIdx>,
}

impl OfferEvidence {
    /// Evidence for every primary and standby of a plan.
    #[must_use]
    pub fn new(instance: &Instance, plan: &Plan) -> Self {
        let used = offers_of(plan);
        let offers_where = |matches: &dyn Fn(&crate::model::catalog::OfferEntry) -> bool| -> Vec<OfferIdx> {
            used.iter().copied().filter(|&o| matches(&instance.offers[o].entry)).collect()
        };
        Self {
            n_offers: used.len(),
            estimated: offers_where(&|e| e.provenance.confidence == Confidence::Estimate),
            region_assumed: offers_where(&|e| e.region_assumed),
            hardware_unknown: offers_where(&|e| e.hardware.is_empty()),
        }
    }
}

/// Every primary and standby of a plan, ascending.
#[must_use]
pub fn offers_of(plan: &Plan) -> BTreeSet<OfferIdx> {
    let primaries = plan.allocation.iter().flatten().filter(|s| s.1 > 0.0).map(|s| s.0);
    primaries.chain(plan.standby.iter().flatten().map(|s| s.offer)).collect()
}

/// A cited source, with the newest date of a figure taken from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsedSource {
    pub id: String,
    pub title: String,
    pub publisher: String,
    pub year: i64,
    pub locator: String,
    /// `None` when no figure carries a date.
    pub as_of: Option<PartialDate>,
}

/// Sources that the entries cite, sorted by id; a source missing from `known` keeps only its id.
#[must_use]
pub fn used_sources<'a>(known: &[Source], entries: impl Iterator<Item = &'a Provenance>) -> Vec<UsedSource> {
    let mut newest: BTreeMap<&str, Option<PartialDate>> = BTreeMap::new();
    for entry in entries {
        for id in &entry.source {
            let date = newest.entry(id).or_default();
            *date = (*date).max(entry.as_of);
        }
    }
    let used = |(id, as_of): (&str, Option<PartialDate>)| {
        let source = known.iter().find(|s| s.id == id);
        UsedSource {
            id: id.to_owned(),
            title: source.map_or_else(|| id.to_owned(), |s| s.title.clone()),
            publisher: source.map_or_else(String::new, |s| s.publisher.clone()),
            year: source.map_or(0, |s| s.year),
            locator: source.map_or_else(String::new, |s| s.locator.clone()),
            as_of,
        }
    };
    newest.into_iter().map(used).collect()
}

//! How well the figures behind an answer are known: sources, estimates, gaps.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::concentration::ranked;
use crate::model::Confidence;
use crate::model::instance::Instance;
use crate::report::names;
use crate::study::evidence::{OfferEvidence, UsedSource};
use crate::study::results::StudyResults;

/// How well the offers of a plan are known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct EvidenceAnswer {
    /// Number of offers that it uses, standbys included.
    pub n_offers: usize,
    /// Offers of which the price or the region is an estimate.
    pub estimated: Vec<String>,
    /// Offers with a world-wide endpoint that count as located in their host's country.
    pub region_assumed: Vec<String>,
    /// Offers that run on unknown hardware.
    pub hardware_unknown: Vec<String>,
}

/// What the numbers of a shock rest on.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ShockEvidence {
    /// Id of the shock.
    pub shock: String,
    /// Its name.
    pub name: String,
    /// Its part of the average annual loss, in [0, 1].
    pub share_of_aal: f64,
    /// Whether its numbers are estimates.
    pub is_estimate: bool,
    /// Its sources; empty when none is named.
    pub sources: Vec<UsedSourceAnswer>,
}

/// A source that is used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct UsedSourceAnswer {
    /// Id of the source.
    pub id: String,
    /// Title; the id when the list of sources does not know it.
    pub title: String,
    /// Publisher; empty when unknown.
    pub publisher: String,
    /// Year of publication; 0 when unknown.
    pub year: i64,
    /// Where to find it; empty when unknown.
    pub locator: String,
    /// Newest day of the evidence taken from it, as written in the files; null when none is given.
    pub as_of: Option<String>,
}

impl EvidenceAnswer {
    /// How well the offers of a plan are known.
    #[must_use]
    pub fn of(instance: &Instance, found: &OfferEvidence) -> Self {
        let ids = |offers: &[usize]| offers.iter().map(|&offer| names::offer(instance, offer)).collect();
        Self {
            n_offers: found.n_offers,
            estimated: ids(&found.estimated),
            region_assumed: ids(&found.region_assumed),
            hardware_unknown: ids(&found.hardware_unknown),
        }
    }
}

impl ShockEvidence {
    /// Shocks that cause losses, the largest part first.
    #[must_use]
    pub fn list(results: &StudyResults<'_>) -> Vec<Self> {
        let parts: &BTreeMap<String, f64> = &results.simulated.summary.aal_by.shock;
        let all: f64 = parts.values().sum();
        let costly = ranked(parts).into_iter().filter(|(_, usd)| *usd > 0.0);
        costly.map(|(id, usd)| Self::of(results, id, usd / all)).collect()
    }

    fn of(results: &StudyResults<'_>, id: &str, share_of_aal: f64) -> Self {
        let instance = results.session.instance;
        let known = instance.shocks.iter().find(|shock| shock.id == id);
        let sources = results.sources_by_shock.get(id).into_iter().flatten();
        Self {
            shock: id.to_owned(),
            name: names::shock(instance, id),
            share_of_aal,
            is_estimate: known
                .is_some_and(|s| matches!(s.provenance.confidence, Confidence::Estimate | Confidence::Own)),
            sources: sources.map(UsedSourceAnswer::of).collect(),
        }
    }
}

impl UsedSourceAnswer {
    /// The documented entry.
    #[must_use]
    pub fn of(source: &UsedSource) -> Self {
        let UsedSource { id, title, publisher, year, locator, as_of } = source.clone();
        Self { id, title, publisher, year, locator, as_of: as_of.map(|date| date.to_string()) }
    }
}

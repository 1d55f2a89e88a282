//! Offers and models as rows.

use schemars::JsonSchema;
use serde::Serialize;

use super::as_of;
use crate::model::catalog::Price;
use crate::model::instance::{Instance, ModelIdx, OfferIdx};
use crate::report::answer::why::reason;
use crate::study::listing::{Census, OfferEligibility};

/// A way to buy or run a model.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ListedOffer {
    /// Id of the offer.
    pub offer: String,
    /// Id of the model.
    pub model: String,
    /// Id of the host; `self` for the company itself.
    pub host: String,
    /// Country or bloc of the site.
    pub region: String,
    /// Whether the region stands in for a world-wide endpoint.
    pub region_assumed: bool,
    /// `api` or `self_hosted`.
    pub access: String,
    /// General quality, points; null when the model is unrated.
    pub points: Option<f64>,
    /// License of the model.
    pub license: String,
    /// `closed`, `open_weights` or `open_source`.
    pub openness: String,
    /// Price of input, USD per million tokens; null when it is self-hosted.
    pub input_usd_per_mtok: Option<f64>,
    /// Price of output, USD per million tokens; null when it is self-hosted.
    pub output_usd_per_mtok: Option<f64>,
    /// Price of one serving unit, USD a month; null unless it is self-hosted.
    pub replica_usd_per_month: Option<f64>,
    /// Capacity of one serving unit or, of an API, the quota of one customer, millions of tokens a month; null when there is no
    /// quota.
    pub capacity_mtok_per_month: Option<f64>,
    /// Days until it can be used anew.
    pub onboarding_days: f64,
    /// Hardware that it can run on; empty when unknown.
    pub hardware: Vec<String>,
    /// Certificates that it holds.
    pub certifications: Vec<String>,
    /// Date of the entry, `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; null when there is none.
    pub as_of: Option<String>,
    /// How well the figures are known.
    pub confidence: String,
    /// Whether the workload asked about may newly use it: `yes`, `some` (for some of its users) or `no`; null when none was asked about.
    pub eligible: Option<String>,
    /// Countries of the users for whom the workload may use it; empty when no workload was asked about.
    pub eligible_users: Vec<String>,
    /// Why the others may not, in sentences; empty when all may, or no workload was asked about.
    pub reasons: Vec<String>,
}

impl ListedOffer {
    /// The documented row.
    #[must_use]
    pub fn of(instance: &Instance, offer: OfferIdx, eligibility: Option<&OfferEligibility>) -> Self {
        let o = &instance.offers[offer];
        let model = &instance.model_of(offer).model;
        let (tokens, replica) = match o.price {
            Price::Tokens { input_usd_per_mtok, output_usd_per_mtok } => {
                (Some((input_usd_per_mtok, output_usd_per_mtok)), None)
            }
            Price::Replica { fixed_usd_per_month, capacity_mtok_per_month } => {
                (None, Some((fixed_usd_per_month, capacity_mtok_per_month)))
            }
        };
        Self {
            offer: o.id.to_string(),
            model: o.id.model.clone(),
            host: o.id.host.clone(),
            region: o.id.region.clone(),
            region_assumed: o.entry.region_assumed,
            access: o.access.as_str().to_owned(),
            points: model.quality.general,
            license: model.license.clone(),
            openness: model.openness.as_str().to_owned(),
            input_usd_per_mtok: tokens.map(|price| price.0),
            output_usd_per_mtok: tokens.map(|price| price.1),
            replica_usd_per_month: replica.map(|price| price.0),
            capacity_mtok_per_month: replica.map(|price| price.1).or(o.capacity_mtok_per_month),
            onboarding_days: o.onboarding_days,
            hardware: o.hardware.iter().map(|&h| instance.hardware[h].hardware.id.clone()).collect(),
            certifications: o.certifications.clone(),
            as_of: as_of(&o.entry.provenance),
            confidence: o.entry.provenance.confidence.as_str().to_owned(),
            eligible: eligibility.map(|found| word(found).to_owned()),
            eligible_users: eligibility.map(|found| eligible_users(instance, found)).unwrap_or_default(),
            reasons: eligibility.map(|found| reasons(instance, found)).unwrap_or_default(),
        }
    }
}

fn word(found: &OfferEligibility) -> &'static str {
    let n_open = found.cells.iter().filter(|(_, reasons)| reasons.is_empty()).count();
    match n_open {
        0 => "no",
        n if n == found.cells.len() => "yes",
        _ => "some",
    }
}

fn eligible_users(instance: &Instance, found: &OfferEligibility) -> Vec<String> {
    let open = found.cells.iter().filter(|(_, reasons)| reasons.is_empty());
    open.map(|&(cell, _)| instance.jurisdictions[instance.cells[cell].users].id.clone()).collect()
}

/// Each reason once, in the order of the cells; with the users whom it concerns where these are not all.
fn reasons(instance: &Instance, found: &OfferEligibility) -> Vec<String> {
    let mut by_reason: Vec<(String, Vec<&str>)> = Vec::new();
    for (cell, of_cell) in &found.cells {
        let users = instance.jurisdictions[instance.cells[*cell].users].id.as_str();
        for text in of_cell.iter().map(|r| reason(instance, *cell, found.offer, r)) {
            match by_reason.iter_mut().find(|(known, _)| *known == text) {
                Some((_, all)) => all.push(users),
                None => by_reason.push((text, vec![users])),
            }
        }
    }
    let told = |(text, users): (String, Vec<&str>)| {
        if users.len() == found.cells.len() { text } else { format!("users in {}: {text}", users.join(", ")) }
    };
    by_reason.into_iter().map(told).collect()
}

/// A model.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ListedModel {
    /// Id of the model.
    pub model: String,
    /// Name of the model.
    pub name: String,
    /// Id of the developer.
    pub developer: String,
    /// Country of the developer's headquarters.
    pub origin: String,
    /// General quality, points; null when it is unrated.
    pub points: Option<f64>,
    /// Standard error of the points; null when it is unknown.
    pub points_std_error: Option<f64>,
    /// License.
    pub license: String,
    /// `closed`, `open_weights` or `open_source`.
    pub openness: String,
    /// Whether the license lets a company run it; null when the catalog does not say.
    pub commercial_use: Option<String>,
    /// Id of the model whose weights it starts from; null when there is none.
    pub base: Option<String>,
    /// Date of release, `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; null when it is unknown.
    pub released: Option<String>,
    /// Size of the context window, tokens; null when it is unknown.
    pub context_tokens: Option<u64>,
    /// Parameters, billions; null when they are unknown.
    pub parameters_b: Option<f64>,
    /// Number of offers.
    pub n_offers: usize,
    /// Date of the entry, `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; null when there is none.
    pub as_of: Option<String>,
    /// How well the figures are known.
    pub confidence: String,
}

impl ListedModel {
    /// The documented row.
    #[must_use]
    pub fn of(instance: &Instance, census: &Census, idx: ModelIdx) -> Self {
        let resolved = &instance.models[idx];
        let model = &resolved.model;
        Self {
            model: model.id.clone(),
            name: model.name.clone(),
            developer: model.developer.clone(),
            origin: instance.suppliers[resolved.developer].supplier.jurisdiction.clone(),
            points: model.quality.general,
            points_std_error: model.quality.std_error,
            license: model.license.clone(),
            openness: model.openness.as_str().to_owned(),
            commercial_use: model.commercial_use.clone(),
            base: model.base.clone(),
            released: model.released.map(|date| date.to_string()),
            context_tokens: model.context_tokens,
            parameters_b: model.parameters_b,
            n_offers: census.offers_by_model[idx],
            as_of: as_of(&model.provenance),
            confidence: model.provenance.confidence.as_str().to_owned(),
        }
    }
}

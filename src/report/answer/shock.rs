//! `shocks show`: one shock in full, and whom of a portfolio it would hit.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::effect::{EffectAnswer, SelectorAnswer, selector};
use super::shocks::{law, reversed_within};
use super::watch::WatchAnswer;
use super::{FORMAT_VERSION, finite};
use crate::model::instance::Instance;
use crate::model::jurisdictions::{Jurisdictions, Source};
use crate::model::portfolio::Readiness;
use crate::model::shock::{Collateral, CollateralOf, Crowding, Trigger};
use crate::report::names;
use crate::shocks::likelihood::Likelihood;
use crate::study::shocks::{PairEffect, PairHit, ShockFigures, ShockView, TensionHold};

/// One shock in full, and the pairs of users and offers that it would hit.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ShockAnswer {
    /// Version of this format: 1.
    pub format_version: u64,
    /// Name of the portfolio; null without one.
    pub portfolio: Option<String>,
    /// Id of the shock.
    pub id: String,
    /// Name of the shock; null when it has none.
    pub name: Option<String>,
    /// Kind of the shock; `effects` when its effects are written out.
    pub kind: String,
    /// Who acts, as written in the file; null when nobody is named.
    pub by: Option<String>,
    /// `by`, else the country of the supplier or region named, else `none`.
    pub acting_jurisdiction: String,
    /// Name of the acting jurisdiction for readers.
    pub acting_jurisdiction_name: String,
    /// `drawn` (strikes by itself), `triggered` (only after another shock, or in a scenario) or `in_force` (law today).
    pub arrival: String,
    /// Number a year, tensions apart.
    pub rate_per_year: LikelihoodAnswer,
    /// How long it lasts.
    pub duration: DurationAnswer,
    /// Days of notice before it takes effect.
    pub notice_days: f64,
    /// What to watch as an early warning.
    pub watch: Vec<WatchAnswer>,
    /// What it does while it lasts: what its kind expands to.
    pub effects: Vec<EffectAnswer>,
    /// What else goes dark at each developer hit; null when nothing does.
    pub collateral: Option<CollateralAnswer>,
    /// Tensions that raise and lower its rate, by their ids.
    pub tensions: BTreeMap<String, TensionAnswer>,
    /// Shocks that it triggers.
    pub triggers: Vec<TriggerAnswer>,
    /// Shocks that trigger it.
    pub set_off_by: Vec<TriggerAnswer>,
    /// What the rush of others to the remaining offers does; null when there is none.
    pub crowding: Option<CrowdingAnswer>,
    /// How well its numbers are known.
    pub confidence: String,
    /// Sources of its numbers.
    pub sources: Vec<SourceAnswer>,
    /// Day of the evidence, as written in the file; null when none is given.
    pub as_of: Option<String>,
    /// Note on how its numbers were found; null when there is none.
    pub note: Option<String>,
    /// What it would do to each pair of users and offer, one entry per pair and effect; empty without a portfolio.
    pub pairs: Vec<HitAnswer>,
}

/// A rate or probability, with what the evidence leaves open.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct LikelihoodAnswer {
    /// Mean; null where there is none.
    pub mean: Option<f64>,
    /// 5 % quantile; null where the value is assumed.
    pub low: Option<f64>,
    /// 95 % quantile; null where the value is assumed.
    pub high: Option<f64>,
}

/// How long a shock lasts.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct DurationAnswer {
    /// `permanent`, `fixed`, `lognormal` or `mixture` (reversed, or else permanent).
    pub law: String,
    /// Days after which half of all are over; null when more than half are permanent.
    pub median_days: Option<f64>,
    /// Days after which nine in ten are over; null when more than one in ten is permanent.
    pub p90_days: Option<f64>,
    /// Probability that it is reversed; null unless `law` is `mixture`.
    pub reversed: Option<LikelihoodAnswer>,
    /// Duration of those that are reversed; null unless `law` is `mixture`.
    pub reversed_within: Option<QuantilesAnswer>,
}

/// Quantiles of a duration, days.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct QuantilesAnswer {
    /// Days after which half are over.
    pub median_days: f64,
    /// Days after which nine in ten are over.
    pub p90_days: f64,
}

/// What else goes dark at each developer that is hit.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CollateralAnswer {
    /// Probability, drawn for each developer.
    pub probability: f64,
    /// `model`: the same models for every user; `developer`: everything the developer sells.
    pub of: String,
}

/// How a tension changes the rate.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct TensionAnswer {
    /// Sensitivity of the logarithm of the rate to the tension.
    pub sensitivity: f64,
    /// Standard deviation of the tension.
    pub sigma: f64,
    /// Factor on the rate when the tension is one standard deviation higher.
    pub rate_times_per_std_dev: f64,
}

/// Another shock that this one triggers, or that triggers this one.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct TriggerAnswer {
    /// Id of the other shock.
    pub shock: String,
    /// Name of the other shock for readers.
    pub name: String,
    /// Probability that it follows.
    pub probability: f64,
    /// Days until it follows.
    pub after_days: f64,
}

/// What the rush to the remaining offers does.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CrowdingAnswer {
    /// Factor on the capacity of the offers selected.
    pub capacity_times: f64,
    /// Factor on their price.
    pub price_times: f64,
    /// Offers that are crowded.
    #[serde(rename = "where")]
    pub selector: SelectorAnswer,
}

/// A source of a shock's numbers; all but the id are null when the list of sources does not know it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct SourceAnswer {
    /// Id of the source.
    pub id: String,
    /// Title.
    pub title: Option<String>,
    /// Publisher.
    pub publisher: Option<String>,
    /// Year of publication.
    pub year: Option<i64>,
}

/// One effect on one pair of users and offer.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct HitAnswer {
    /// Id of the workload.
    pub workload: String,
    /// Country of the users.
    pub users: String,
    /// Id of the offer.
    pub offer: String,
    /// Key of the effect in the files.
    pub effect: String,
    /// Probability that the effect reaches the pair: below 1 where collateral or a withdrawal decides.
    pub probability: f64,
    /// Days that buffers last; only where `effect` is `stop` or `cut`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after_days: Option<f64>,
    /// Factor, or USD per workload; only where `effect` has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<f64>,
    /// Whether the users may newly use the offer.
    pub eligible: bool,
    /// Share of the users' demand that the offer carries today.
    pub share: f64,
    /// Readiness of the offer as a standby, `hot` or `warm`; null when it is none.
    pub standby: Option<String>,
}

impl ShockAnswer {
    /// The documented `shocks show`.
    #[must_use]
    pub fn of(instance: &Instance, jurisdictions: &Jurisdictions, view: &ShockView<'_>) -> Self {
        let (figures, shock) = (&view.figures, view.figures.shock);
        let triggers = shock.triggers.iter();
        let set_off_by = view.set_off_by.iter();
        let trigger = |id: &str, t: &Trigger| TriggerAnswer::of(instance, id, t);
        Self {
            format_version: FORMAT_VERSION,
            portfolio: Some(instance.portfolio.name.clone()).filter(|name| !name.is_empty()),
            id: shock.id.clone(),
            name: shock.name.clone(),
            kind: figures.kind.to_owned(),
            by: shock.by.clone(),
            acting_jurisdiction: figures.acting_jurisdiction.clone(),
            acting_jurisdiction_name: names::jurisdiction(instance, &figures.acting_jurisdiction),
            arrival: figures.arrival.as_str().to_owned(),
            rate_per_year: LikelihoodAnswer::of(figures.rate_per_year),
            duration: DurationAnswer::of(figures),
            notice_days: shock.notice_days,
            watch: shock.watch.iter().map(WatchAnswer::of).collect(),
            effects: view.effects.iter().map(|effect| EffectAnswer::of(instance, effect)).collect(),
            collateral: shock.collateral.map(CollateralAnswer::of),
            tensions: view.tensions.iter().map(|t| (t.tension.clone(), TensionAnswer::of(t))).collect(),
            triggers: triggers.map(|t| trigger(&t.shock, t)).collect(),
            set_off_by: set_off_by.map(|(cause, t)| trigger(&cause.id, t)).collect(),
            crowding: shock.crowding.as_ref().map(CrowdingAnswer::of),
            confidence: shock.provenance.confidence.as_str().to_owned(),
            sources: shock.provenance.source.iter().map(|id| SourceAnswer::of(jurisdictions, id)).collect(),
            as_of: shock.provenance.as_of.map(|date| date.to_string()),
            note: shock.provenance.note.clone(),
            pairs: view.hits.iter().map(|hit| HitAnswer::of(instance, hit)).collect(),
        }
    }
}

impl LikelihoodAnswer {
    fn of(found: Option<Likelihood>) -> Self {
        let interval = found.and_then(|l| l.interval);
        Self { mean: found.map(|l| l.mean), low: interval.map(|i| i.0), high: interval.map(|i| i.1) }
    }
}

impl DurationAnswer {
    fn of(figures: &ShockFigures<'_>) -> Self {
        let within = |(median_days, p90_days)| QuantilesAnswer { median_days, p90_days };
        Self {
            law: law(figures.shock.duration).to_owned(),
            median_days: finite(figures.median_days),
            p90_days: finite(figures.p90_days),
            reversed: figures.reversed.map(|r| LikelihoodAnswer::of(Some(r))),
            reversed_within: reversed_within(figures.shock.duration).map(within),
        }
    }
}

impl CollateralAnswer {
    fn of(collateral: Collateral) -> Self {
        let of = match collateral.of {
            CollateralOf::Model => "model",
            CollateralOf::Developer => "developer",
        };
        Self { probability: collateral.probability, of: of.to_owned() }
    }
}

impl TensionAnswer {
    fn of(hold: &TensionHold) -> Self {
        Self { sensitivity: hold.sensitivity, sigma: hold.sigma, rate_times_per_std_dev: hold.rate_times }
    }
}

impl TriggerAnswer {
    fn of(instance: &Instance, id: &str, trigger: &Trigger) -> Self {
        Self {
            shock: id.to_owned(),
            name: names::shock(instance, id),
            probability: trigger.probability,
            after_days: trigger.after_days,
        }
    }
}

impl CrowdingAnswer {
    fn of(crowding: &Crowding) -> Self {
        Self {
            capacity_times: crowding.capacity_times,
            price_times: crowding.price_times,
            selector: selector(&crowding.selector),
        }
    }
}

impl SourceAnswer {
    fn of(jurisdictions: &Jurisdictions, id: &str) -> Self {
        let known: Option<&Source> = jurisdictions.sources.iter().find(|s| s.id == id);
        Self {
            id: id.to_owned(),
            title: known.map(|s| s.title.clone()),
            publisher: known.map(|s| s.publisher.clone()),
            year: known.map(|s| s.year),
        }
    }
}

impl HitAnswer {
    fn of(instance: &Instance, hit: &PairHit) -> Self {
        let cell = &instance.cells[hit.cell];
        let (after_days, amount) = match hit.effect {
            PairEffect::Stop { after_days } | PairEffect::Cut { after_days } => (Some(after_days), None),
            PairEffect::CapacityTimes(x)
            | PairEffect::PriceTimes(x)
            | PairEffect::OneOffUsdPerWorkload(x) => (None, Some(x)),
            PairEffect::Unavailable | PairEffect::NoNew | PairEffect::Stale => (None, None),
        };
        Self {
            workload: names::workload(instance, cell.workload).to_owned(),
            users: instance.jurisdictions[cell.users].id.clone(),
            offer: names::offer(instance, hit.offer),
            effect: hit.effect.as_str().to_owned(),
            probability: hit.probability,
            after_days,
            amount,
            eligible: hit.usage.is_eligible,
            share: hit.usage.share,
            standby: hit.usage.standby.map(|readiness: Readiness| readiness.as_str().to_owned()),
        }
    }
}

//! `shocks list` and `shocks show` as JSON, and the list's columns.

use serde_json::{Value, json};

use super::{FORMAT_VERSION, number, object, optional};
use crate::model::instance::Instance;
use crate::model::jurisdictions::{Jurisdictions, Source};
use crate::model::portfolio::Readiness;
use crate::model::shock::{CollateralOf, DurationLaw};
use crate::report::selectors;
use crate::shocks::likelihood::Likelihood;
use crate::study::shocks::{PairEffect, PairHit, ShockFigures, ShockView};

/// Keys of one shock of the list, in the order of the CSV's columns.
pub const LIST_COLUMNS: [&str; 14] = [
    "id",
    "name",
    "kind",
    "by",
    "acting_jurisdiction",
    "arrival",
    "rate_per_year_mean",
    "rate_per_year_low",
    "rate_per_year_high",
    "reversed_probability",
    "median_days",
    "p90_days",
    "notice_days",
    "confidence",
];

/// The shocks of the library with [`LIST_COLUMNS`] as keys.
#[must_use]
pub fn list(shocks: &[ShockFigures<'_>]) -> Value {
    json!({ "format_version": FORMAT_VERSION, "shocks": shocks.iter().map(listed).collect::<Vec<Value>>() })
}

fn listed(figures: &ShockFigures<'_>) -> Value {
    let shock = figures.shock;
    let interval = figures.rate_per_year.and_then(|rate| rate.interval);
    json!({
        "id": shock.id,
        "name": shock.name,
        "kind": figures.kind,
        "by": shock.by,
        "acting_jurisdiction": figures.acting_jurisdiction,
        "arrival": figures.arrival.as_str(),
        "rate_per_year_mean": optional(figures.rate_per_year.map(|rate| rate.mean)),
        "rate_per_year_low": optional(interval.map(|i| i.0)),
        "rate_per_year_high": optional(interval.map(|i| i.1)),
        "reversed_probability": optional(figures.reversed.map(|r| r.mean)),
        "median_days": number(figures.median_days),
        "p90_days": number(figures.p90_days),
        "notice_days": number(shock.notice_days),
        "confidence": shock.provenance.confidence.as_str(),
    })
}

/// The documented `shocks show`.
#[must_use]
pub fn show(instance: &Instance, jurisdictions: &Jurisdictions, view: &ShockView<'_>) -> Value {
    let shock = view.figures.shock;
    let mut value = listed(&view.figures);
    let rest = json!({
        "format_version": FORMAT_VERSION,
        "portfolio": (!instance.portfolio.name.is_empty()).then_some(&instance.portfolio.name),
        "rate_per_year": likelihood(view.figures.rate_per_year),
        "effects": view.effects.iter().map(|e| selectors::effect(instance, e)).collect::<Vec<Value>>(),
        "duration": duration(&view.figures),
        "collateral": shock.collateral.map(|c| json!({
            "probability": number(c.probability),
            "of": match c.of { CollateralOf::Model => "model", CollateralOf::Developer => "developer" },
        })),
        "tensions": object(view.tensions.iter().map(|hold| (hold.tension.clone(), json!({
            "sensitivity": number(hold.sensitivity),
            "sigma": number(hold.sigma),
            "rate_times_per_std_dev": number(hold.rate_times),
        })))),
        "triggers": shock.triggers.iter().map(|t| trigger(&t.shock, t.probability, t.after_days)).collect::<Vec<Value>>(),
        "set_off_by": view.set_off_by.iter().map(|(s, t)| trigger(&s.id, t.probability, t.after_days)).collect::<Vec<Value>>(),
        "crowding": shock.crowding.as_ref().map(|c| json!({
            "capacity_times": number(c.capacity_times),
            "price_times": number(c.price_times),
            "where": selectors::selector(&c.selector),
        })),
        "sources": shock.provenance.source.iter().map(|id| source(jurisdictions, id)).collect::<Vec<Value>>(),
        "as_of": shock.provenance.as_of,
        "note": shock.provenance.note,
        "pairs": view.hits.iter().map(|hit| pair(instance, hit)).collect::<Vec<Value>>(),
    });
    if let (Value::Object(all), Value::Object(rest)) = (&mut value, rest) {
        // The list's flat figures stand under keys of their own here.
        all.retain(|key, _| !key.starts_with("rate_per_year_") && !DURATION_COLUMNS.contains(&key.as_str()));
        all.extend(rest);
    }
    value
}

/// Columns of the list that [`show`] has under `duration`.
const DURATION_COLUMNS: [&str; 3] = ["reversed_probability", "median_days", "p90_days"];

fn likelihood(found: Option<Likelihood>) -> Value {
    let interval = found.and_then(|l| l.interval);
    json!({
        "mean": optional(found.map(|l| l.mean)),
        "low": optional(interval.map(|i| i.0)),
        "high": optional(interval.map(|i| i.1)),
    })
}

fn duration(figures: &ShockFigures<'_>) -> Value {
    let law = match figures.shock.duration {
        DurationLaw::Permanent => "permanent",
        DurationLaw::Fixed { .. } => "fixed",
        DurationLaw::Lognormal { .. } => "lognormal",
        DurationLaw::Mixture { .. } => "mixture",
    };
    json!({
        "law": law,
        "median_days": number(figures.median_days),
        "p90_days": number(figures.p90_days),
        "reversed": figures.reversed.map(|r| likelihood(Some(r))),
        "reversed_within": match figures.shock.duration {
            DurationLaw::Mixture { median_days, p90_days, .. } =>
                json!({ "median_days": number(median_days), "p90_days": number(p90_days) }),
            _ => Value::Null,
        },
    })
}

fn trigger(shock: &str, probability: f64, after_days: f64) -> Value {
    json!({ "shock": shock, "probability": number(probability), "after_days": number(after_days) })
}

fn source(jurisdictions: &Jurisdictions, id: &str) -> Value {
    let known: Option<&Source> = jurisdictions.sources.iter().find(|s| s.id == id);
    json!({
        "id": id,
        "title": known.map(|s| &s.title),
        "publisher": known.map(|s| &s.publisher),
        "year": known.map(|s| s.year),
    })
}

fn pair(instance: &Instance, hit: &PairHit) -> Value {
    let cell = &instance.cells[hit.cell];
    let mut value = json!({
        "workload": instance.workloads[cell.workload].workload.id,
        "users": instance.jurisdictions[cell.users].id,
        "offer": instance.offers[hit.offer].id.to_string(),
        "effect": hit.strike.as_str(),
        "probability": number(hit.probability),
        "eligible": hit.usage.is_eligible,
        "share": number(hit.usage.share),
        "standby": hit.usage.standby.map(Readiness::as_str),
    });
    match hit.strike {
        PairEffect::Stop { after_days } | PairEffect::Cut { after_days } => {
            value["after_days"] = number(after_days)
        }
        PairEffect::CapacityTimes(x) | PairEffect::PriceTimes(x) | PairEffect::OneOffUsdPerWorkload(x) => {
            value["amount"] = number(x);
        }
        PairEffect::Unavailable | PairEffect::NoNew | PairEffect::Stale => {}
    }
    value
}

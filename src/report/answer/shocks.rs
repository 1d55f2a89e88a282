//! `shocks list`: what can happen, how often and for how long.

use schemars::JsonSchema;
use serde::Serialize;

use super::{FORMAT_VERSION, finite};
use crate::model::shock::DurationLaw;
use crate::study::shocks::ShockFigures;

/// The shocks of the library, or those of them that were asked for.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ShocksAnswer {
    /// Version of this format: 1.
    pub format_version: u64,
    /// One entry per shock, by kind. As CSV the keys are columns in this order.
    pub shocks: Vec<ListedShockAnswer>,
}

/// A shock with its figures; a row of the CSV.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ListedShockAnswer {
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
    /// Whose act or event it is: the jurisdiction in `by`, else `supplier ID`, `hardware ID` or `region J`, else `none`.
    pub actor: String,
    /// `drawn` (strikes by itself), `triggered` (only after another shock, or in a scenario) or `in_force` (law today).
    pub arrival: String,
    /// Mean number a year, tensions apart; null unless drawn.
    pub rate_per_year_mean: Option<f64>,
    /// 5 % quantile of the rate, which the number of past events leaves open; null when the rate is assumed.
    pub rate_per_year_low: Option<f64>,
    /// 95 % quantile of the rate; null when the rate is assumed.
    pub rate_per_year_high: Option<f64>,
    /// Mean probability that it is reversed; null unless it may be reversed or be permanent.
    pub reversed_probability: Option<f64>,
    /// Days after which half of all are over; null when more than half are permanent.
    pub median_days: Option<f64>,
    /// Days after which nine in ten are over; null when more than one in ten is permanent.
    pub p90_days: Option<f64>,
    /// Days of notice before it takes effect.
    pub notice_days: f64,
    /// What to watch as an early warning, several joined by semicolons; null where the library names nothing.
    pub watch: Option<String>,
    /// Longest warning, by notice or by what is watched, days.
    pub warning_days: f64,
    /// How well its numbers are known.
    pub confidence: String,
    /// Law of its duration: `permanent`, `fixed`, `lognormal` or `mixture` (reversed, or else permanent).
    pub law: String,
    /// Days after which half of those that are reversed are over; null unless `law` is `mixture`.
    pub reversed_median_days: Option<f64>,
    /// Days after which nine in ten of those that are reversed are over; null unless `law` is `mixture`.
    pub reversed_p90_days: Option<f64>,
}

impl ShocksAnswer {
    /// The documented `shocks list`.
    #[must_use]
    pub fn of(shocks: &[ShockFigures<'_>]) -> Self {
        Self { format_version: FORMAT_VERSION, shocks: shocks.iter().map(ListedShockAnswer::of).collect() }
    }
}

impl ListedShockAnswer {
    /// A shock with its figures.
    #[must_use]
    pub fn of(figures: &ShockFigures<'_>) -> Self {
        let shock = figures.shock;
        let interval = figures.rate_per_year.and_then(|rate| rate.interval);
        let within = reversed_within(shock.duration);
        Self {
            id: shock.id.clone(),
            name: shock.name.clone(),
            kind: figures.kind.to_owned(),
            by: shock.by.clone(),
            acting_jurisdiction: figures.acting_jurisdiction.clone(),
            actor: figures.actor.clone(),
            arrival: figures.arrival.as_str().to_owned(),
            rate_per_year_mean: figures.rate_per_year.map(|rate| rate.mean),
            rate_per_year_low: interval.map(|i| i.0),
            rate_per_year_high: interval.map(|i| i.1),
            reversed_probability: figures.reversed.map(|r| r.mean),
            median_days: finite(figures.median_days),
            p90_days: finite(figures.p90_days),
            notice_days: shock.notice_days,
            watch: (!shock.watch.is_empty())
                .then(|| shock.watch.iter().map(|watch| watch.what.as_str()).collect::<Vec<_>>().join("; ")),
            warning_days: shock.warning_days(),
            confidence: shock.provenance.confidence.as_str().to_owned(),
            law: law(shock.duration).to_owned(),
            reversed_median_days: within.map(|w| w.0),
            reversed_p90_days: within.map(|w| w.1),
        }
    }
}

/// The word of a duration law.
pub(super) fn law(duration: DurationLaw) -> &'static str {
    match duration {
        DurationLaw::Permanent => "permanent",
        DurationLaw::Fixed { .. } => "fixed",
        DurationLaw::Lognormal { .. } => "lognormal",
        DurationLaw::Mixture { .. } => "mixture",
    }
}

/// Median and 90 % quantile of those that are reversed, days.
pub(super) fn reversed_within(duration: DurationLaw) -> Option<(f64, f64)> {
    match duration {
        DurationLaw::Mixture { median_days, p90_days, .. } => Some((median_days, p90_days)),
        _ => None,
    }
}

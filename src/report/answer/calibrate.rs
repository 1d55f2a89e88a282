//! `shocks calibrate`: rates and durations counted from past events.

mod loss;
mod prices;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::FORMAT_VERSION;
pub use loss::{CalibratedLossAnswer, CountedShockAnswer, KindLossAnswer, LossUnderRates};
pub use prices::{CalibratedPricesAnswer, CalibratedSellerAnswer, CountedRateAnswer};

use crate::study::calibrate::{Calibration, DurationFigures, RateFigures};

/// Rates and durations counted from past events, beside those of the library.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CalibrateAnswer {
    /// Version of this format: 1.
    pub format_version: u64,
    /// First day of the window.
    pub from: String,
    /// Day after its last.
    pub to: String,
    /// Number of events that count.
    pub events: usize,
    /// Rates by actor and kind, those of all actors together first.
    pub rates: Vec<CalibratedRateAnswer>,
    /// Durations by group of events, then by actor and kind where at least three ended.
    pub durations: Vec<CalibratedDurationAnswer>,
    /// Moves of list prices; null without a price history.
    pub prices: Option<CalibratedPricesAnswer>,
    /// What the counted rates do to a portfolio; null without one.
    pub portfolio: Option<CalibratedLossAnswer>,
}

/// How often one actor's events of one kind come.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CalibratedRateAnswer {
    /// Id of the jurisdiction that acts, `none` where nobody does, `all` for all together.
    pub actor: String,
    /// Kind of the events.
    pub kind: String,
    /// Number of events.
    pub events: usize,
    /// Length of the window, years of 365.25 days.
    pub years: f64,
    /// Mean of the rate, a year.
    pub mean: f64,
    /// Lower end of the 90 % interval.
    pub low: f64,
    /// Upper end of the 90 % interval.
    pub high: f64,
    /// Sum of the mean rates of the library's shocks of that actor and kind, a year, without templates and tensions; null
    /// where it has none.
    pub library: Option<f64>,
    /// Whether the library's rate lies outside the interval.
    pub parts: bool,
    /// Year → number of events.
    pub by_year: BTreeMap<String, usize>,
}

/// A rate as a row of CSV.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CalibratedRateRow {
    actor: String,
    kind: String,
    events: usize,
    years: f64,
    mean: f64,
    low: f64,
    high: f64,
    library: Option<f64>,
    parts: bool,
}

/// How long events of a group last.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CalibratedDurationAnswer {
    /// What the events have in common.
    pub group: String,
    /// Id of the jurisdiction that acts; null for all.
    pub actor: Option<String>,
    /// Kind of the events; null for several.
    pub kind: Option<String>,
    /// Number of events.
    pub events: usize,
    /// Those that ended, fully or in part, after a known time.
    pub ended: usize,
    /// Those that are known to last longer: in force, permanent, suspended or superseded.
    pub open: usize,
    /// Those whose end is not known.
    pub unknown: usize,
    /// Those that were fully reversed.
    pub reversed: usize,
    /// Lower quartile of those that ended, days; null when none did.
    pub quartile_low_days: Option<f64>,
    /// Median of those that ended, days; null when none did.
    pub median_ended_days: Option<f64>,
    /// Upper quartile of those that ended, days; null when none did.
    pub quartile_high_days: Option<f64>,
    /// Lower quartile of the notice of those whose notice is known, days.
    pub notice_low_days: Option<f64>,
    /// Median of the same, days.
    pub notice_median_days: Option<f64>,
    /// Upper quartile of the same, days.
    pub notice_high_days: Option<f64>,
    /// Product-limit median with open events censored, days; null when more than half go on.
    pub product_limit_median_days: Option<f64>,
    /// Mean of the logarithm of days of one lognormal for all, open events censored; null when fewer than three ended.
    pub mu: Option<f64>,
    /// Standard deviation of that logarithm.
    pub sigma: Option<f64>,
    /// Mean of the probability of being reversed, Beta(1 + reversed, 1 + known - reversed).
    pub reversed_mean: f64,
    /// Lower end of its 90 % interval.
    pub reversed_low: f64,
    /// Upper end of its 90 % interval.
    pub reversed_high: f64,
    /// Median time to reversal of those reversed, lognormal, days; null when fewer than two were.
    pub reversed_median_days: Option<f64>,
    /// 90 % quantile of the same, days.
    pub reversed_p90_days: Option<f64>,
    /// Standard deviation of the logarithm of the same.
    pub reversed_sigma: Option<f64>,
}

impl CalibrateAnswer {
    /// The documented answer.
    #[must_use]
    pub fn of(calibration: &Calibration) -> Self {
        Self {
            format_version: FORMAT_VERSION,
            from: calibration.from.to_string(),
            to: calibration.to.to_string(),
            events: calibration.n_events,
            rates: calibration.rates.iter().map(rate).collect(),
            durations: calibration.durations.iter().map(duration).collect(),
            prices: None,
            portfolio: None,
        }
    }

    /// The rates as rows.
    #[must_use]
    pub fn rate_rows(&self) -> Vec<CalibratedRateRow> {
        let row = |rate: &CalibratedRateAnswer| CalibratedRateRow {
            actor: rate.actor.clone(),
            kind: rate.kind.clone(),
            events: rate.events,
            years: rate.years,
            mean: rate.mean,
            low: rate.low,
            high: rate.high,
            library: rate.library,
            parts: rate.parts,
        };
        self.rates.iter().map(row).collect()
    }
}

fn rate(figures: &RateFigures) -> CalibratedRateAnswer {
    let (low, high) = figures.per_year.interval.unwrap_or((figures.per_year.mean, figures.per_year.mean));
    CalibratedRateAnswer {
        actor: figures.actor.clone(),
        kind: figures.kind.to_owned(),
        events: figures.n_events,
        years: figures.years,
        mean: figures.per_year.mean,
        low,
        high,
        library: figures.library_per_year,
        parts: figures.parts_from_library(),
        by_year: figures.by_year.iter().map(|(year, n)| (year.to_string(), *n)).collect(),
    }
}

fn duration(figures: &DurationFigures) -> CalibratedDurationAnswer {
    let (low, high) = figures.reversed.interval.unwrap_or((figures.reversed.mean, figures.reversed.mean));
    let after = figures.reversed_after.map(|law| (law.median_and_p90(), law.sigma));
    CalibratedDurationAnswer {
        group: figures.group.clone(),
        actor: figures.actor.clone(),
        kind: figures.kind.map(str::to_owned),
        events: figures.n_events,
        ended: figures.n_ended,
        open: figures.n_open,
        unknown: figures.n_unknown,
        reversed: figures.n_reversed,
        quartile_low_days: figures.quartiles_days.map(|q| q[0]),
        median_ended_days: figures.quartiles_days.map(|q| q[1]),
        quartile_high_days: figures.quartiles_days.map(|q| q[2]),
        notice_low_days: figures.notice_quartiles_days.map(|q| q[0]),
        notice_median_days: figures.notice_quartiles_days.map(|q| q[1]),
        notice_high_days: figures.notice_quartiles_days.map(|q| q[2]),
        product_limit_median_days: figures.product_limit_median_days,
        mu: figures.fit.map(|fit| fit.mu),
        sigma: figures.fit.map(|fit| fit.sigma),
        reversed_mean: figures.reversed.mean,
        reversed_low: low,
        reversed_high: high,
        reversed_median_days: after.map(|((median, _), _)| median),
        reversed_p90_days: after.map(|((_, p90), _)| p90),
        reversed_sigma: after.map(|(_, sigma)| sigma),
    }
}

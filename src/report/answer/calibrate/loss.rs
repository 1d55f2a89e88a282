//! What counted rates do to the losses of a portfolio.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::super::simulate::{DoubtedMean, EstimateAnswer};
use super::super::what_if::LossDifference;
use crate::measures::MeasureError;
use crate::model::instance::Instance;
use crate::simulation::summary::BREAKDOWN_LEVEL;
use crate::study::calibrate::CountedLibrary;
use crate::study::simulate::Simulated;
use crate::study::what_if::LossChange;

/// Losses of today's allocation under the rates of the library, and under the counted ones, on the same trials.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CalibratedLossAnswer {
    /// Name of the company.
    pub company: String,
    /// Number of trials.
    pub trials: u64,
    /// Seed of the trials.
    pub seed: u64,
    /// Under the rates of the library.
    pub library: LossUnderRates,
    /// Under the counted rates.
    pub counted: LossUnderRates,
    /// Counted less library, paired by trial.
    pub difference: LossDifference,
    /// Average annual loss by kind of shock, the largest difference first.
    pub by_kind: Vec<KindLossAnswer>,
    /// Shocks whose rate was replaced, in the order of the library.
    pub moved: Vec<CountedShockAnswer>,
}

/// Losses under one set of rates.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct LossUnderRates {
    /// Average annual loss, USD.
    pub aal_usd: DoubtedMean,
    /// CVaR at 0.95, USD over the horizon.
    pub cvar_usd: EstimateAnswer,
}

/// Average annual loss from shocks of a kind.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
pub struct KindLossAnswer {
    /// Kind of the shocks; `effects` where they are written out and stand for no kind of event.
    pub kind: String,
    /// Number of its shocks whose rate was replaced.
    pub moved: usize,
    /// Under the rates of the library, USD a year.
    pub library_usd: f64,
    /// Under the counted rates, USD a year.
    pub counted_usd: f64,
    /// Counted less library, USD a year.
    pub difference_usd: f64,
}

/// A shock whose rate was replaced.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
pub struct CountedShockAnswer {
    /// Id of the shock.
    pub shock: String,
    /// Kind of the events that it stands for.
    pub kind: String,
    /// Id of the jurisdiction that acts, or `none`.
    pub actor: String,
    /// Mean rate of the library, a year.
    pub library: f64,
    /// Mean rate that was counted, a year.
    pub counted: f64,
    /// Factor on prices in the library; null where it was not replaced.
    pub library_price_times: Option<f64>,
    /// Median factor of the counted rises; null where it was not replaced.
    pub counted_price_times: Option<f64>,
}

impl CalibratedLossAnswer {
    /// The documented answer. The runs: under the rates of the library, and under the counted ones.
    ///
    /// # Errors
    /// [`MeasureError`] when a loss overflows.
    pub fn of(
        instance: &Instance,
        counted: &CountedLibrary,
        [before, after]: [&Simulated; 2],
    ) -> Result<Self, MeasureError> {
        let horizon = before.run.horizon_days;
        let moved = counted.moved.iter().map(|moved| CountedShockAnswer {
            shock: instance.shocks[moved.shock].id.clone(),
            kind: moved.kind.to_owned(),
            actor: moved.actor.clone(),
            library: moved.library_per_year,
            counted: moved.counted_per_year,
            library_price_times: moved.price_times.map(|times| times.0),
            counted_price_times: moved.price_times.map(|times| times.1),
        });
        let moved: Vec<CountedShockAnswer> = moved.collect();
        Ok(Self {
            company: instance.portfolio.company.name.clone(),
            trials: before.settings.n_trials,
            seed: before.settings.seed,
            library: LossUnderRates::of(before),
            counted: LossUnderRates::of(after),
            difference: LossDifference::of(&LossChange::new(&after.run.losses, &before.run.losses, horizon)?),
            by_kind: by_kind(instance, &counted.kinds, [before, after], &moved),
            moved,
        })
    }
}

impl LossUnderRates {
    fn of(simulated: &Simulated) -> Self {
        let summary = &simulated.summary;
        let at =
            crate::simulation::summary::CONFIDENCE_LEVELS.iter().position(|level| *level == BREAKDOWN_LEVEL);
        let cvar = at.and_then(|at| summary.cvar.get(at));
        Self {
            aal_usd: DoubtedMean::of(&summary.aal, &summary.doubt),
            cvar_usd: cvar.map_or(EstimateAnswer { value: 0.0, low: None, high: None }, EstimateAnswer::of),
        }
    }
}

fn by_kind(
    instance: &Instance,
    kinds: &[Option<&'static str>],
    [before, after]: [&Simulated; 2],
    moved: &[CountedShockAnswer],
) -> Vec<KindLossAnswer> {
    let mut rows: BTreeMap<&str, KindLossAnswer> = BTreeMap::new();
    for (shock, kind) in instance.shocks.iter().zip(kinds) {
        let usd =
            |simulated: &Simulated| simulated.summary.aal_by.shock.get(&shock.id).copied().unwrap_or(0.0);
        let row = rows.entry(kind.unwrap_or("effects")).or_default();
        row.library_usd += usd(before);
        row.counted_usd += usd(after);
        row.moved += usize::from(moved.iter().any(|moved| moved.shock == shock.id));
    }
    let named = rows.into_iter().map(|(kind, row)| KindLossAnswer {
        kind: kind.to_owned(),
        difference_usd: row.counted_usd - row.library_usd,
        ..row
    });
    let mut rows: Vec<KindLossAnswer> =
        named.filter(|row| row.library_usd != 0.0 || row.counted_usd != 0.0).collect();
    rows.sort_by(|a, b| {
        b.difference_usd.abs().total_cmp(&a.difference_usd.abs()).then_with(|| a.kind.cmp(&b.kind))
    });
    rows
}

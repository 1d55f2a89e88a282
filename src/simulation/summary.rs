//! Measures of the loss distribution (methodology/simulation.md#measures), each with its interval.

use std::collections::BTreeMap;

use super::doubt::Doubt;
use super::parts::Parts;
use super::run::{Run, Runner};
use super::sums::LossTotals;
use crate::measures::moments::{MeanEstimate, average_annual_loss, standard_deviation};
use crate::measures::return_period::{ReturnPeriodLoss, exceedance_curve};
use crate::measures::tail::{
    TailWeights, conditional_value_at_risk_estimate, probability_above, value_at_risk_estimate,
};
use crate::measures::{Estimate, MeasureError};
use crate::units::DAYS_PER_YEAR;

/// Reported confidence levels (methodology/simulation.md).
pub const CONFIDENCE_LEVELS: [f64; 4] = [0.90, 0.95, 0.99, 0.995];
/// Confidence level of the tail that is broken down into parts.
pub const BREAKDOWN_LEVEL: f64 = 0.95;
/// Threshold above which a trial counts as having a loss (methodology/simulation.md), USD.
pub const LOSS_FLOOR_USD: f64 = 0.005;

/// The loss distribution of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    pub n_trials: u64,
    pub horizon_days: f64,
    pub aal: MeanEstimate,
    /// Standard deviation of the loss over the horizon, USD; `None` with one trial.
    pub std_dev_usd: Option<f64>,
    pub probability_of_loss: f64,
    /// In the order of [`CONFIDENCE_LEVELS`].
    pub var: Vec<Estimate>,
    /// In the order of [`CONFIDENCE_LEVELS`].
    pub cvar: Vec<Estimate>,
    pub aep: Vec<ReturnPeriodLoss>,
    pub oep: Vec<ReturnPeriodLoss>,
    /// By workload id: 1 − mean unserved share.
    pub availability: BTreeMap<String, f64>,
    /// Parts of the average annual loss.
    pub aal_by: Parts,
    /// Parts of the CVaR at [`BREAKDOWN_LEVEL`].
    pub cvar_by: Parts,
    /// How far the average annual loss may be off because rates are estimates.
    pub doubt: Doubt,
}

impl Summary {
    /// Measures a run of the simulation; `seed` is the one that the trials were drawn with.
    ///
    /// # Errors
    /// [`MeasureError::NoTrials`] without trials.
    pub fn new(runner: &Runner<'_>, run: &Run, seed: u64) -> Result<Self, MeasureError> {
        let (losses, simulation) = (&run.losses, runner.simulation);
        let per_year = DAYS_PER_YEAR / run.horizon_days;
        let workloads = &simulation.setting.instance.workloads;
        let availability = workloads.iter().zip(run.mean_unserved());
        Ok(Self {
            n_trials: losses.len() as u64,
            horizon_days: run.horizon_days,
            aal: average_annual_loss(losses, run.horizon_days)?,
            std_dev_usd: standard_deviation(losses).ok(),
            probability_of_loss: probability_above(losses, LOSS_FLOOR_USD)?,
            var: each_level(|level| value_at_risk_estimate(losses, level))?,
            cvar: each_level(|level| conditional_value_at_risk_estimate(losses, level))?,
            aep: exceedance_curve(losses, run.horizon_days)?,
            oep: exceedance_curve(&run.occurrence_losses, run.horizon_days)?,
            availability: availability.map(|(w, unserved)| (w.workload.id.clone(), 1.0 - unserved)).collect(),
            aal_by: simulation.parts(&run.sums, per_year / losses.len() as f64),
            cvar_by: tail_parts(runner, run)?,
            doubt: Doubt::of(
                &simulation.setting.instance.shocks,
                &run.sums,
                per_year / losses.len() as f64,
                seed,
                simulation.memory,
            ),
        })
    }

    /// CVaR at a reported level, USD.
    #[must_use]
    pub fn cvar_at(&self, level: f64) -> Option<Estimate> {
        CONFIDENCE_LEVELS.iter().position(|l| *l == level).map(|at| self.cvar[at])
    }
}

fn each_level(
    measure: impl Fn(f64) -> Result<Estimate, MeasureError>,
) -> Result<Vec<Estimate>, MeasureError> {
    CONFIDENCE_LEVELS.into_iter().map(measure).collect()
}

/// Number of trials rerun at a time, so that memory does not grow with the tail.
const TRIALS_PER_BATCH: usize = 65_536;

/// Reruns the trials of the tail, whose weights are now known: those equal to the VaR, and those above it.
fn tail_parts(runner: &Runner<'_>, run: &Run) -> Result<Parts, MeasureError> {
    let weights = TailWeights::new(&run.losses, BREAKDOWN_LEVEL)?;
    let mut distinct = vec![weights.equal, weights.above];
    distinct.retain(|weight| *weight > 0.0);
    distinct.sort_by(f64::total_cmp);
    distinct.dedup();
    let mut parts = Parts::default();
    for weight in distinct {
        let with_losses = (run.first_trial..).zip(&run.losses);
        let lost = with_losses.filter(|(_, loss)| **loss > 0.0 && weights.of(**loss) == weight);
        parts.add(&runner.simulation.parts(&sums_of(runner, lost.map(|(trial, _)| trial)), weight));
    }
    Ok(parts)
}

fn sums_of(runner: &Runner<'_>, mut trials: impl Iterator<Item = u64>) -> LossTotals {
    let mut sums = runner.sums_of(&[]);
    loop {
        let batch: Vec<u64> = trials.by_ref().take(TRIALS_PER_BATCH).collect();
        if batch.is_empty() {
            return sums;
        }
        sums.merge(&runner.sums_of(&batch));
    }
}

//! Value at risk and what lies beyond it.

use super::binomial::quantiles;
use super::moments::deviation;
use super::order::nth_smallest;
use super::{Estimate, MeasureError, NORMAL_97_5, OUTSIDE_EACH_END, check, check_level};

/// Slack in the rank of a value at risk, in trials (methodology/simulation.md): `0.95 × 10000` is 9500 however it rounds.
pub const RANK_SLACK: f64 = 1e-9;

/// Rank of the value at risk among `n_trials` > 0 sorted losses, from 1: ⌈level × n − 1e-9⌉, at least 1.
#[must_use]
pub fn rank(n_trials: usize, level: f64) -> usize {
    ((level * n_trials as f64 - RANK_SLACK).ceil().max(1.0) as usize).min(n_trials)
}

/// The loss that is not exceeded with probability `level`: the ⌈level × n − 1e-9⌉-th smallest of `losses`.
///
/// `losses`: `[n_trials]`, any order. At level 0 this is the smallest loss; towards 1, the largest.
///
/// # Errors
/// [`MeasureError::NoTrials`] when `losses` is empty; [`MeasureError::NotFinite`] when a loss is NaN or infinite;
/// [`MeasureError::LevelOutOfRange`] when the level is not in [0, 1).
pub fn value_at_risk(losses: &[f64], level: f64) -> Result<f64, MeasureError> {
    check(losses)?;
    check_level(level)?;
    Ok(nth_smallest(losses, rank(losses.len(), level)))
}

/// [`value_at_risk`] with its 95 % interval by binomial order statistics.
///
/// The number of trials below the true quantile is binomial; its quantiles at 0.025 and 0.975, the latter plus one,
/// are the ranks of the ends. An end whose rank lies outside the trials is `None`.
///
/// # Errors
/// As [`value_at_risk`].
pub fn value_at_risk_estimate(losses: &[f64], level: f64) -> Result<Estimate, MeasureError> {
    check(losses)?;
    check_level(level)?;
    let n = losses.len();
    let ranks = quantiles(n, level, &[OUTSIDE_EACH_END, 1.0 - OUTSIDE_EACH_END]);
    let (low, high) = (ranks[0], ranks[1] + 1);
    Ok(Estimate {
        value: nth_smallest(losses, rank(n, level)),
        low: (low >= 1).then(|| nth_smallest(losses, low)),
        high: (high <= n).then(|| nth_smallest(losses, high)),
    })
}

/// Mean of the worst `1 - level` of the probability in `losses`: VaR + mean(max(0, L − VaR)) / (1 − level).
///
/// `losses`: `[n_trials]`, any order. The trial on the boundary is split, so the result is continuous in the level.
/// At level 0 this is the mean; towards 1, the maximum. Rockafellar and Uryasev (2002).
///
/// # Errors
/// As [`value_at_risk`].
pub fn conditional_value_at_risk(losses: &[f64], level: f64) -> Result<f64, MeasureError> {
    let var = value_at_risk(losses, level)?;
    Ok(var + mean_excess(losses, var) / (1.0 - level))
}

/// Trials that must lie beyond VaR before the interval of the CVaR means anything.
pub const MIN_TAIL_TRIALS: f64 = 10.0;

/// [`conditional_value_at_risk`] with its normal 95 % interval from the deviation of the mean excess over VaR.
///
/// A loss is never negative, so neither is an end of the interval. There is no interval while fewer than
/// [`MIN_TAIL_TRIALS`] trials lie beyond VaR.
///
/// # Errors
/// As [`value_at_risk`].
pub fn conditional_value_at_risk_estimate(losses: &[f64], level: f64) -> Result<Estimate, MeasureError> {
    let var = value_at_risk(losses, level)?;
    let value = var + mean_excess(losses, var) / (1.0 - level);
    let error = deviation(excess(losses, var)).map(|deviation| deviation / (losses.len() as f64).sqrt());
    let n_beyond = losses.len() as f64 * (1.0 - level);
    let half = error.filter(|_| n_beyond + RANK_SLACK >= MIN_TAIL_TRIALS);
    let half = half.map(|error| NORMAL_97_5 * error / (1.0 - level));
    Ok(Estimate { value, low: half.map(|h| (value - h).max(0.0)), high: half.map(|h| value + h) })
}

fn mean_excess(losses: &[f64], var: f64) -> f64 {
    excess(losses, var).sum::<f64>() / losses.len() as f64
}

fn excess(losses: &[f64], var: f64) -> impl ExactSizeIterator<Item = f64> + Clone + '_ {
    losses.iter().map(move |loss| (loss - var).max(0.0))
}

/// Weights of trials in the conditional value at risk: one for losses above the value at risk, one for losses equal to it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TailWeights {
    pub value_at_risk: f64,
    pub above: f64,
    pub equal: f64,
}

impl TailWeights {
    /// The two weights at a level: 1/((1 − level)·n) above VaR; the rest is shared by the trials equal to it.
    ///
    /// # Errors
    /// As [`value_at_risk`].
    pub fn new(losses: &[f64], level: f64) -> Result<Self, MeasureError> {
        let var = value_at_risk(losses, level)?;
        let above = 1.0 / ((1.0 - level) * losses.len() as f64);
        let n_above = losses.iter().filter(|loss| **loss > var).count();
        let n_equal = losses.iter().filter(|loss| **loss == var).count();
        let equal = (1.0 - above * n_above as f64).max(0.0) / n_equal as f64;
        Ok(Self { value_at_risk: var, above, equal })
    }

    /// Weight of a trial with this loss.
    #[must_use]
    pub fn of(&self, loss: f64) -> f64 {
        match () {
            () if loss == self.value_at_risk => self.equal,
            () if loss > self.value_at_risk => self.above,
            () => 0.0,
        }
    }
}

/// Weight of each trial in the conditional value at risk, `[n_trials]`; sums to 1.
///
/// The weighted mean of any split of the losses is therefore a split of the conditional value at risk.
///
/// # Errors
/// As [`value_at_risk`].
pub fn tail_weights(losses: &[f64], level: f64) -> Result<Vec<f64>, MeasureError> {
    let weights = TailWeights::new(losses, level)?;
    Ok(losses.iter().map(|loss| weights.of(*loss)).collect())
}

/// Share of `losses` that lie strictly above `threshold`.
///
/// # Errors
/// [`MeasureError::NoTrials`] when `losses` is empty; [`MeasureError::NotFinite`] when a loss is NaN or infinite.
pub fn probability_above(losses: &[f64], threshold: f64) -> Result<f64, MeasureError> {
    check(losses)?;
    Ok(losses.iter().filter(|loss| **loss > threshold).count() as f64 / losses.len() as f64)
}

#[cfg(test)]
mod tests;

//! Difference of two loss distributions on the same trials, with a paired interval.

use super::moments::deviation;
use super::tail::value_at_risk;
use super::{Estimate, MeasureError, NORMAL_97_5, check};

/// Contribution of each trial to (1 − w)·E\[loss\] + w·CVaR, `[n_trials]`; the mean is the measure itself.
///
/// For the CVaR this is its influence function, VaR + max(0, L − VaR)/(1 − level) (methodology/optimization.md#paired-intervals).
///
/// # Errors
/// As [`value_at_risk`].
pub fn risk_contributions(losses: &[f64], cvar_weight: f64, level: f64) -> Result<Vec<f64>, MeasureError> {
    let var = value_at_risk(losses, level)?;
    let tail = |loss: f64| var + (loss - var).max(0.0) / (1.0 - level);
    Ok(losses.iter().map(|&loss| (1.0 - cvar_weight) * loss + cvar_weight * tail(loss)).collect())
}

/// Mean of `a − b`, trial by trial, with its normal 95 % interval; one trial has no interval.
///
/// # Errors
/// [`MeasureError::NoTrials`] when there are none; [`MeasureError::NotFinite`] when a difference is not finite.
///
/// # Panics
/// When the lengths differ.
pub fn paired_difference(a: &[f64], b: &[f64]) -> Result<Estimate, MeasureError> {
    assert_eq!(a.len(), b.len(), "the same trials");
    let differences: Vec<f64> = a.iter().zip(b).map(|(a, b)| a - b).collect();
    check(&differences)?;
    let n = differences.len() as f64;
    let value = differences.iter().sum::<f64>() / n;
    let half = deviation(differences.iter().copied()).map(|deviation| NORMAL_97_5 * deviation / n.sqrt());
    Ok(Estimate { value, low: half.map(|h| value - h), high: half.map(|h| value + h) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measures::tail::conditional_value_at_risk;

    /// Losses 0, 0, 10, 30 at level 0.5: VaR is the second smallest, 0; CVaR (10 + 30)/2 = 20, mean 10. Half of each is 15.
    #[test]
    fn contributions_average_to_the_measure() {
        let losses = [0.0, 30.0, 0.0, 10.0];
        let parts = risk_contributions(&losses, 0.5, 0.5).unwrap();
        assert_eq!(parts, [0.0, 45.0, 0.0, 15.0]);
        assert_eq!(parts.iter().sum::<f64>() / 4.0, 15.0);
        assert_eq!(conditional_value_at_risk(&losses, 0.5), Ok(20.0));
    }

    /// Differences 1, 3: mean 2, deviation √2, error 1.
    #[test]
    fn the_interval_is_of_the_differences() {
        let found = paired_difference(&[101.0, 203.0], &[100.0, 200.0]).unwrap();
        assert_eq!(found.value, 2.0);
        assert!((found.high.unwrap() - 2.0 - NORMAL_97_5).abs() < 1e-12);
        assert_eq!(paired_difference(&[1.0], &[0.0]).unwrap().low, None);
        assert_eq!(paired_difference(&[], &[]), Err(MeasureError::NoTrials));
    }
}

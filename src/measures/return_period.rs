//! Losses by return period: exceedance curves of yearly totals (AEP) and of largest occurrences (OEP).

use super::tail::{rank, value_at_risk};
use super::{MeasureError, check};
use crate::units::DAYS_PER_YEAR;

/// Smallest number of trials beyond a reported loss (methodology/simulation.md).
pub const MIN_TRIALS_BEYOND: usize = 10;

/// Return periods that are reported, years (methodology/simulation.md).
pub const RETURN_PERIODS_YEARS: [f64; 8] = [2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0];

/// The loss that is exceeded once in `return_period_years` on average.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReturnPeriodLoss {
    pub return_period_years: f64,
    pub loss: f64,
}

/// Probability that a horizon exceeds the loss of return period T: 1 − (1 − 1/T)^(horizon / 365 days).
///
/// The probability in one year is 1/T, and years are taken as independent.
#[must_use]
pub fn exceedance_probability(return_period_years: f64, horizon_days: f64) -> f64 {
    1.0 - (1.0 - 1.0 / return_period_years).powf(horizon_days / DAYS_PER_YEAR)
}

/// The loss that a trial exceeds with the probability of [`exceedance_probability`].
///
/// `losses`: `[n_trials]`, each trial's total (AEP) or largest occurrence (OEP) over `horizon_days` > 0.
/// `None` when fewer than [`MIN_TRIALS_BEYOND`] trials rank beyond it.
///
/// # Errors
/// [`MeasureError::NoTrials`] when `losses` is empty; [`MeasureError::NotFinite`] when a loss is NaN or infinite;
/// [`MeasureError::ReturnPeriodOutOfRange`] when the return period is below one year or not finite.
pub fn return_period_loss(
    losses: &[f64],
    return_period_years: f64,
    horizon_days: f64,
) -> Result<Option<f64>, MeasureError> {
    check(losses)?;
    if !return_period_years.is_finite() || return_period_years < 1.0 {
        return Err(MeasureError::ReturnPeriodOutOfRange(return_period_years));
    }
    let level = 1.0 - exceedance_probability(return_period_years, horizon_days);
    if losses.len() - rank(losses.len(), level) < MIN_TRIALS_BEYOND {
        return Ok(None);
    }
    value_at_risk(losses, level).map(Some)
}

/// The losses of all [`RETURN_PERIODS_YEARS`] that enough trials support.
///
/// # Errors
/// [`MeasureError::NoTrials`] when `losses` is empty; [`MeasureError::NotFinite`] when a loss is NaN or infinite.
pub fn exceedance_curve(losses: &[f64], horizon_days: f64) -> Result<Vec<ReturnPeriodLoss>, MeasureError> {
    let mut curve = Vec::new();
    for return_period_years in RETURN_PERIODS_YEARS {
        if let Some(loss) = return_period_loss(losses, return_period_years, horizon_days)? {
            curve.push(ReturnPeriodLoss { return_period_years, loss });
        }
    }
    Ok(curve)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one_to(n: u32) -> Vec<f64> {
        (1..=n).map(f64::from).collect()
    }

    /// Of 1..1000 over a year, 10 of 1000 exceed 990: the loss of 100 years. The loss of 200 years has 5 beyond it.
    #[test]
    fn a_loss_needs_ten_trials_beyond_it() {
        let losses = one_to(1000);
        assert_eq!(return_period_loss(&losses, 2.0, 365.0), Ok(Some(500.0)));
        assert_eq!(return_period_loss(&losses, 100.0, 365.0), Ok(Some(990.0)));
        assert_eq!(return_period_loss(&losses, 200.0, 365.0), Ok(None));
        let periods: Vec<f64> =
            exceedance_curve(&losses, 365.0).unwrap().iter().map(|p| p.return_period_years).collect();
        assert_eq!(periods, [2.0, 5.0, 10.0, 20.0, 50.0, 100.0]);
        assert_eq!(exceedance_curve(&one_to(11), 365.0), Ok(vec![]));
    }

    /// Over two years a loss of ten years is exceeded with 1 − 0.9² = 0.19: the 810th of 1000.
    #[test]
    fn a_longer_horizon_exceeds_more_often() {
        assert!((exceedance_probability(10.0, 730.0) - 0.19).abs() < 1e-12);
        assert_eq!(return_period_loss(&one_to(1000), 10.0, 730.0), Ok(Some(810.0)));
    }

    #[test]
    fn a_return_period_below_a_year_is_refused() {
        assert_eq!(return_period_loss(&[1.0], 0.5, 365.0), Err(MeasureError::ReturnPeriodOutOfRange(0.5)));
        assert_eq!(return_period_loss(&[], 2.0, 365.0), Err(MeasureError::NoTrials));
        assert_eq!(return_period_loss(&[f64::NAN], 2.0, 365.0), Err(MeasureError::NotFinite));
    }
}

//! Mean and spread of losses.

use super::{MeasureError, check};
use crate::units::DAYS_PER_YEAR;

/// A mean with its standard error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MeanEstimate {
    pub value: f64,
    /// `None`: one trial only.
    pub std_error: Option<f64>,
}

/// Arithmetic mean.
///
/// # Errors
/// [`MeasureError::NoTrials`] when `values` is empty; [`MeasureError::NotFinite`] when one is NaN or infinite.
pub fn mean(values: &[f64]) -> Result<f64, MeasureError> {
    check(values)?;
    Ok(values.iter().sum::<f64>() / values.len() as f64)
}

/// Standard deviation of the distribution that `values` were drawn from: squared deviations over n − 1.
///
/// # Errors
/// [`MeasureError::NoTrials`] when `values` is empty; [`MeasureError::OneTrial`] when it has one value;
/// [`MeasureError::NotFinite`] when one is NaN or infinite.
pub fn standard_deviation(values: &[f64]) -> Result<f64, MeasureError> {
    check(values)?;
    deviation(values.iter().copied()).ok_or(MeasureError::OneTrial)
}

/// [`standard_deviation`] of an iterator of finite values; `None` for fewer than two.
pub(super) fn deviation(values: impl ExactSizeIterator<Item = f64> + Clone) -> Option<f64> {
    let n = values.len();
    let mean = values.clone().sum::<f64>() / n as f64;
    let squares: f64 = values.map(|x| (x - mean).powi(2)).sum();
    (n > 1).then(|| (squares / (n - 1) as f64).sqrt())
}

/// Standard error of the mean: standard deviation / √n.
///
/// # Errors
/// As [`standard_deviation`].
pub fn standard_error(values: &[f64]) -> Result<f64, MeasureError> {
    Ok(standard_deviation(values)? / (values.len() as f64).sqrt())
}

/// Average annual loss: mean × 365 days / horizon, with its standard error.
///
/// `losses`: `[n_trials]`, over a horizon of `horizon_days` > 0.
///
/// # Errors
/// [`MeasureError::NoTrials`] when `losses` is empty; [`MeasureError::NotFinite`] when one is NaN or infinite.
pub fn average_annual_loss(losses: &[f64], horizon_days: f64) -> Result<MeanEstimate, MeasureError> {
    let per_year = DAYS_PER_YEAR / horizon_days;
    let value = mean(losses)? * per_year;
    Ok(MeanEstimate { value, std_error: standard_error(losses).ok().map(|e| e * per_year) })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2, 4, 9: mean 5, squared deviations 9 + 1 + 16 = 26, variance 13.
    #[test]
    fn the_spread_divides_by_one_less_than_the_trials() {
        let values = [9.0, 2.0, 4.0];
        assert_eq!(mean(&values), Ok(5.0));
        assert_eq!(standard_deviation(&values), Ok(13.0_f64.sqrt()));
        assert_eq!(standard_error(&values), Ok(13.0_f64.sqrt() / 3.0_f64.sqrt()));
    }

    #[test]
    fn too_few_and_broken_values_are_refused() {
        assert_eq!(mean(&[]), Err(MeasureError::NoTrials));
        assert_eq!(mean(&[3.0]), Ok(3.0));
        assert_eq!(standard_deviation(&[3.0]), Err(MeasureError::OneTrial));
        assert_eq!(mean(&[f64::NAN]), Err(MeasureError::NotFinite));
        assert_eq!(standard_error(&[1.0, f64::INFINITY]), Err(MeasureError::NotFinite));
    }

    #[test]
    fn a_loss_of_half_a_year_counts_twice_a_year() {
        let aal = average_annual_loss(&[0.0, 20.0], 182.5).unwrap();
        assert_eq!(aal.value, 20.0);
        // Deviations ±10, variance 200, error 10, times 2.
        assert!((aal.std_error.unwrap() - 20.0).abs() < 1e-12);
        assert_eq!(average_annual_loss(&[5.0], 365.0).unwrap(), MeanEstimate { value: 5.0, std_error: None });
    }
}

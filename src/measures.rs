//! Measures of concentration and of loss: pure functions on slices.
//!
//! Losses are equally likely unless probabilities are given, in any order, and larger is worse.

pub mod binomial;
pub mod censored;
pub mod concentration;
pub mod correlation;
pub mod hermite;
pub mod independent_set;
pub mod line;
pub mod moments;
mod order;
pub mod paired;
pub mod probabilities;
pub mod quantiles;
pub mod return_period;
pub mod split;
pub mod tail;

/// Why a measure has no value.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum MeasureError {
    /// Nothing to measure.
    #[error("there are no trials")]
    NoTrials,
    /// One trial says nothing about the spread.
    #[error("one trial says nothing about the spread")]
    OneTrial,
    /// A value is NaN or infinite.
    #[error("a value is not finite")]
    NotFinite,
    /// A confidence level outside [0, 1).
    #[error("confidence level {0} is not in [0, 1)")]
    LevelOutOfRange(f64),
    /// A return period below one year.
    #[error("return period {0} is not a finite number of years of at least 1")]
    ReturnPeriodOutOfRange(f64),
}

/// A measured value with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    pub value: f64,
    /// `None`: the trials do not bound it from below.
    pub low: Option<f64>,
    /// `None`: the trials do not bound it from above.
    pub high: Option<f64>,
}

/// Probability left outside each end of a 95 % interval.
pub const OUTSIDE_EACH_END: f64 = 0.025;

/// Quantile of the standard normal distribution at 0.975.
pub const NORMAL_97_5: f64 = 1.959_963_984_540_054;

/// Refuses an empty slice and values that are not finite.
fn check(values: &[f64]) -> Result<(), MeasureError> {
    if values.is_empty() {
        return Err(MeasureError::NoTrials);
    }
    if values.iter().any(|x| !x.is_finite()) {
        return Err(MeasureError::NotFinite);
    }
    Ok(())
}

/// Refuses a confidence level outside [0, 1).
fn check_level(level: f64) -> Result<(), MeasureError> {
    if (0.0..1.0).contains(&level) { Ok(()) } else { Err(MeasureError::LevelOutOfRange(level)) }
}

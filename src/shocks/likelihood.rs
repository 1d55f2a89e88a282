//! Rates, probabilities and durations of shocks, with the uncertainty of their estimates.

use crate::measures::quantiles;
use crate::model::shock::{DurationLaw, Frequency};

/// Probability outside each end of the 90 % intervals.
const OUTSIDE_EACH_END: f64 = 0.05;

/// A rate or a probability.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Likelihood {
    pub mean: f64,
    /// 90 % credible interval; `None` if the value is known.
    pub interval: Option<(f64, f64)>,
}

/// Arrivals per year, without tensions: as given, or Gamma(events + 0.5, years).
#[must_use]
pub fn rate_per_year(frequency: Frequency) -> Likelihood {
    match frequency {
        Frequency::PerYear(rate) => Likelihood { mean: rate, interval: None },
        Frequency::Counted { events, years } => {
            let shape = events + 0.5;
            let at = |p| quantiles::gamma(shape, years, p);
            Likelihood {
                mean: shape / years,
                interval: Some((at(OUTSIDE_EACH_END), at(1.0 - OUTSIDE_EACH_END))),
            }
        }
    }
}

/// Probability that a mixture is reversed, Beta(1 + events, 1 + of − events); `None` for other durations.
#[must_use]
pub fn reversal(law: DurationLaw) -> Option<Likelihood> {
    let DurationLaw::Mixture { events, of, .. } = law else { return None };
    let (a, b) = (1.0 + events, 1.0 + of - events);
    let at = |p| quantiles::beta(a, b, p);
    Some(Likelihood { mean: a / (a + b), interval: Some((at(OUTSIDE_EACH_END), at(1.0 - OUTSIDE_EACH_END))) })
}

/// The `p`-quantile of the duration, days; `p` in (0, 1). Infinite where the permanent branch of a mixture begins.
///
/// Scenarios use p = 0.5: a mixture is then permanent if its permanent branch has at least half of the probability.
#[must_use]
pub fn duration_quantile_days(law: DurationLaw, p: f64) -> f64 {
    let lognormal = |median_days: f64, p90_days: f64, p: f64| {
        let sigma = (p90_days / median_days).ln() / quantiles::normal(0.9);
        median_days * (sigma * quantiles::normal(p)).exp()
    };
    match law {
        DurationLaw::Permanent => f64::INFINITY,
        DurationLaw::Fixed { days } => days,
        DurationLaw::Lognormal { median_days, p90_days } => lognormal(median_days, p90_days, p),
        DurationLaw::Mixture { median_days, p90_days, .. } => {
            let reversed = reversal(law).map_or(1.0, |r| r.mean);
            if p >= reversed {
                return f64::INFINITY;
            }
            lognormal(median_days, p90_days, p / reversed)
        }
    }
}

/// Factor on a rate for a rise of the tension by one standard deviation from its mean: e^(σβ).
#[must_use]
pub fn tension_factor(sigma: f64, sensitivity: f64) -> f64 {
    (sigma * sensitivity).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_near(actual: f64, expected: f64) {
        assert!((actual / expected - 1.0).abs() < 1e-9, "{actual} instead of {expected}");
    }

    /// 3.5 events in 2.25 years: Gamma(4, 2.25), mean 16/9. The rate × 4.5 is chi-square with 8 degrees of freedom, whose
    /// 5 % and 95 % quantiles are 2.732637 and 15.507313.
    #[test]
    fn a_counted_rate_has_an_interval() {
        let rate = rate_per_year(Frequency::Counted { events: 3.5, years: 2.25 });
        assert_near(rate.mean, 16.0 / 9.0);
        let (low, high) = rate.interval.unwrap();
        assert_near(low, 2.732_636_793_499_66 / 4.5);
        assert_near(high, 15.507_313_055_865_45 / 4.5);
    }

    /// No event in 3.58 years: Gamma(0.5, 3.58), mean 0.14.
    #[test]
    fn no_event_is_no_rate_of_zero() {
        let rate = rate_per_year(Frequency::Counted { events: 0.0, years: 3.58 });
        assert_near(rate.mean, 0.5 / 3.58);
        assert!(rate.interval.is_some_and(|(low, high)| low > 0.0 && low < rate.mean && rate.mean < high));
    }

    #[test]
    fn a_known_rate_has_no_interval() {
        assert_eq!(rate_per_year(Frequency::PerYear(0.08)), Likelihood { mean: 0.08, interval: None });
    }

    fn mixture(events: f64, of: f64) -> DurationLaw {
        DurationLaw::Mixture { events, of, median_days: 20.0, p90_days: 60.0 }
    }

    /// 0 of 0 reversed: Beta(1, 1) is uniform.
    #[test]
    fn a_reversal_without_counts_is_uniform() {
        let reversed = reversal(mixture(0.0, 0.0)).unwrap();
        assert_near(reversed.mean, 0.5);
        let (low, high) = reversed.interval.unwrap();
        assert!((low - 0.05).abs() < 1e-9 && (high - 0.95).abs() < 1e-9);
        assert_eq!(reversal(DurationLaw::Permanent), None);
    }

    /// Reversed with probability 8/10: the median is the 0.625 quantile of the lognormal, z = 0.318639364; the 0.9 quantile
    /// is infinite.
    #[test]
    fn quantiles_of_a_mixture_include_the_permanent_branch() {
        let sigma = 3.0_f64.ln() / 1.281_551_565_544_600_4;
        let expected = 20.0 * (sigma * 0.318_639_363_964_375_14).exp();
        assert_near(duration_quantile_days(mixture(7.0, 8.0), 0.5), expected);
        assert_eq!(duration_quantile_days(mixture(7.0, 8.0), 0.9), f64::INFINITY);
        // Reversed with probability one half: permanent.
        assert_eq!(duration_quantile_days(mixture(7.0, 14.0), 0.5), f64::INFINITY);
    }

    #[test]
    fn other_durations_have_their_own_quantiles() {
        let lognormal = DurationLaw::Lognormal { median_days: 5.0, p90_days: 11.0 };
        assert_near(duration_quantile_days(lognormal, 0.5), 5.0);
        assert_near(duration_quantile_days(lognormal, 0.9), 11.0);
        assert_near(duration_quantile_days(DurationLaw::Fixed { days: 30.0 }, 0.9), 30.0);
        assert_eq!(duration_quantile_days(DurationLaw::Permanent, 0.1), f64::INFINITY);
    }

    /// Sigma 0.7 at sensitivity 1: e^0.7 = 2.01375.
    #[test]
    fn one_standard_deviation_of_tension_doubles_a_rate() {
        assert_near(tension_factor(0.7, 1.0), 2.013_752_707_470_476_6);
        assert_near(tension_factor(0.7, 1.0) * tension_factor(0.7, -1.0), 1.0);
    }
}

//! Durations of which some are known only to be longer than what was seen: the product-limit median and lognormal fits.

use super::quantiles::{normal, normal_above};

/// Logarithm of a duration and its standard deviation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lognormal {
    /// Mean of the natural logarithm of days.
    pub mu: f64,
    /// Standard deviation of it.
    pub sigma: f64,
}

impl Lognormal {
    /// Median and 90 % quantile.
    #[must_use]
    pub fn median_and_p90(self) -> (f64, f64) {
        (self.mu.exp(), (self.mu + self.sigma * normal(0.9)).exp())
    }
}

/// Median by the product-limit estimate of Kaplan and Meier (1958): the first ended duration at which at most one half goes on.
///
/// `ended`: durations that are known, any order; `censored`: those that are known to be at least this long. `None` when more
/// than one half goes on at the longest, or nothing ended. An end at the time of a censoring comes before it.
#[must_use]
pub fn product_limit_median(ended: &[f64], censored: &[f64]) -> Option<f64> {
    let mut times = ended.to_vec();
    times.sort_by(f64::total_cmp);
    times.dedup();
    let mut surviving = 1.0;
    for time in times {
        let at_risk = ended.iter().chain(censored).filter(|x| **x >= time).count();
        let ends = ended.iter().filter(|x| **x == time).count();
        surviving *= 1.0 - ends as f64 / at_risk as f64;
        if surviving <= 0.5 {
            return Some(time);
        }
    }
    None
}

/// Quantile at `p` in [0, 1] of values in any order, by linear interpolation between neighbors; `None` without values.
#[must_use]
pub fn interpolated_quantile(values: &[f64], p: f64) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = p * (sorted.len().checked_sub(1)? as f64);
    let low = place.floor();
    let (below, above) = (sorted[low as usize], sorted[place.ceil() as usize]);
    Some(below + (above - below) * (place - low))
}

/// Lognormal with the mean and the deviation (n − 1) of the logarithms; `None` with fewer than two durations, or all alike.
///
/// `durations`: > 0, any order.
#[must_use]
pub fn lognormal_of(durations: &[f64]) -> Option<Lognormal> {
    let logs: Vec<f64> = durations.iter().map(|x| x.ln()).collect();
    let n = logs.len() as f64;
    let mu = logs.iter().sum::<f64>() / n;
    let squares: f64 = logs.iter().map(|x| (x - mu).powi(2)).sum();
    let sigma = (squares / (n - 1.0)).sqrt();
    (logs.len() > 1 && sigma > 0.0).then_some(Lognormal { mu, sigma })
}

/// Fewest ended durations that a fit needs.
const FEWEST_ENDED: usize = 3;
/// Change of mu and sigma in a step below which the fit has arrived.
const SETTLED: f64 = 1e-10;
const MOST_STEPS: usize = 200_000;

/// Lognormal of the largest likelihood when some durations are censored on the right; `None` with fewer than three ended
/// durations, or all alike.
///
/// By expectation and maximization (Dempster, Laird and Rubin 1977): each censored logarithm counts with the moments of a normal
/// variable that exceeds it. All durations > 0, any order.
#[must_use]
pub fn fitted_lognormal(ended: &[f64], censored: &[f64]) -> Option<Lognormal> {
    let sorted_logs = |values: &[f64]| {
        let mut logs: Vec<f64> = values.iter().map(|x| x.ln()).collect();
        logs.sort_by(f64::total_cmp);
        logs
    };
    let (seen, bounds) = (sorted_logs(ended), sorted_logs(censored));
    if seen.len() < FEWEST_ENDED || seen.first() == seen.last() {
        return None;
    }
    let n = (seen.len() + bounds.len()) as f64;
    let mut fit = lognormal_of(ended)?;
    for _ in 0..MOST_STEPS {
        let moments: Vec<(f64, f64)> = bounds.iter().map(|bound| moments_above(fit, *bound)).collect();
        let mu = (seen.iter().sum::<f64>() + moments.iter().map(|m| m.0).sum::<f64>()) / n;
        let squares: f64 = seen.iter().map(|x| (x - mu).powi(2)).sum();
        let hidden: f64 = moments.iter().map(|(mean, variance)| variance + (mean - mu).powi(2)).sum();
        let next = Lognormal { mu, sigma: ((squares + hidden) / n).sqrt() };
        let step = (next.mu - fit.mu).abs().max((next.sigma - fit.sigma).abs());
        fit = next;
        if step < SETTLED {
            break;
        }
    }
    Some(fit)
}

/// Mean and variance of a normal variable given that it exceeds `bound`.
fn moments_above(law: Lognormal, bound: f64) -> (f64, f64) {
    let z = (bound - law.mu) / law.sigma;
    let above = normal_above(z);
    let density = (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt();
    // Far in the tail both vanish, and the ratio goes to z + 1/z (Mills 1926).
    let hazard = if above > 1e-300 { density / above } else { z + 1.0 / z };
    (law.mu + law.sigma * hazard, law.sigma.powi(2) * (1.0 + hazard * (z - hazard)).max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 1, 2, 3+, 4: at 1 three of four go on, at 2 two of three of them, so 0.5 at 2.
    #[test]
    fn the_median_counts_censored_durations_until_they_leave() {
        assert_eq!(product_limit_median(&[4.0, 1.0, 2.0], &[3.0]), Some(2.0));
        assert_eq!(product_limit_median(&[1.0], &[2.0, 2.0]), None);
        assert_eq!(product_limit_median(&[], &[2.0]), None);
    }

    #[test]
    fn quantiles_are_interpolated() {
        assert_eq!(interpolated_quantile(&[3.0, 1.0, 2.0, 10.0], 0.5), Some(2.5));
        assert_eq!(interpolated_quantile(&[7.0], 0.9), Some(7.0));
        assert_eq!(interpolated_quantile(&[], 0.5), None);
    }

    /// Without censoring the fit is the mean of logs, and their deviation by n instead of n − 1.
    #[test]
    fn a_fit_without_censoring_is_that_of_the_logarithms() {
        let durations = [1.0, 10.0, 100.0];
        let fit = fitted_lognormal(&durations, &[]).unwrap();
        let ten = 10.0_f64.ln();
        assert!((fit.mu - ten).abs() < 1e-9 && (fit.sigma - ten * (2.0_f64 / 3.0).sqrt()).abs() < 1e-9);
        let own = lognormal_of(&durations).unwrap();
        assert!((own.sigma - ten).abs() < 1e-12);
    }

    /// At the fit no small step in either direction raises the likelihood, and the order of the data does not matter.
    #[test]
    fn a_fit_with_censoring_has_the_largest_likelihood() {
        let (ended, censored) = ([11.0, 12.0, 19.0, 49.0, 58.0, 158.0, 3.0], [122.0]);
        let likelihood = |law: Lognormal| -> f64 {
            let z = |x: &f64| (x.ln() - law.mu) / law.sigma;
            let seen: f64 = ended.iter().map(|x| -0.5 * z(x).powi(2) - law.sigma.ln()).sum();
            seen + censored.iter().map(|x| normal_above(z(x)).ln()).sum::<f64>()
        };
        let fit = fitted_lognormal(&ended, &censored).unwrap();
        for (mu, sigma) in [(1e-3, 0.0), (-1e-3, 0.0), (0.0, 1e-3), (0.0, -1e-3)] {
            assert!(likelihood(fit) > likelihood(Lognormal { mu: fit.mu + mu, sigma: fit.sigma + sigma }));
        }
        let mut other = ended;
        other.reverse();
        assert_eq!(fitted_lognormal(&other, &censored), Some(fit));
        assert_eq!(fitted_lognormal(&ended[..2], &censored), None);
    }
}

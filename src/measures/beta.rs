//! Quantiles of the beta distribution: what a counted number of outcomes leaves open about a probability.

use super::gamma::{away_from_zero, ln_gamma};
use super::normal;
use super::search::root_in_unit;

/// Sum of both parameters from which on the distribution is as good as normal.
const LARGE_SUM: f64 = 1e9;
/// Steps after which the fraction has long converged, for every sum up to [`LARGE_SUM`].
const MAX_STEPS: usize = 200_000;

/// The number that a beta variable with parameters `a` and `b` stays below with probability `p`.
///
/// `a`, `b` > 0; its mean is a / (a + b). In [0, 1]; NaN for `p` outside.
#[must_use]
pub fn quantile(a: f64, b: f64, p: f64) -> f64 {
    if !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    if p == 0.0 || p == 1.0 {
        return p;
    }
    let sum = a + b;
    if sum >= LARGE_SUM {
        let mean = a / sum;
        return (mean + normal::quantile(p) * (mean * (1.0 - mean) / sum).sqrt()).clamp(0.0, 1.0);
    }
    root_in_unit(|x| below(a, b, x) - p)
}

/// Probability that a beta variable is at most `x`: the regularized incomplete beta function.
fn below(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return f64::from(u8::from(x >= 1.0));
    }
    let density = (ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b) + a * x.ln() + b * (-x).ln_1p()).exp();
    // The fraction converges fast on this side only; the other follows by symmetry.
    if x < (a + 1.0) / (a + b + 2.0) {
        density * fraction(a, b, x) / a
    } else {
        1.0 - density * fraction(b, a, 1.0 - x) / b
    }
}

/// The continued fraction of Abramowitz and Stegun 26.5.8, by the method of Lentz.
fn fraction(a: f64, b: f64, x: f64) -> f64 {
    let mut c = 1.0;
    let mut d = 1.0 / away_from_zero(1.0 - (a + b) * x / (a + 1.0));
    let mut value = d;
    for m in 1..MAX_STEPS {
        let m = m as f64;
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut last = 1.0;
        for part in [even, odd] {
            d = 1.0 / away_from_zero(1.0 + part * d);
            c = away_from_zero(1.0 + part / c);
            last = c * d;
            value *= last;
        }
        if (last - 1.0).abs() < f64::EPSILON {
            break;
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_near(actual: f64, expected: f64) {
        assert!((actual - expected).abs() < 1e-11, "{actual} instead of {expected}");
    }

    /// Beta(1, b): P(X ≤ x) = 1 − (1 − x)^b. Beta(a, 1): x^a. Beta(1, 1) is uniform.
    #[test]
    fn one_parameter_of_one_is_a_power() {
        for p in [0.05_f64, 0.5, 0.95] {
            assert_near(quantile(1.0, 1.0, p), p);
            assert_near(quantile(1.0, 37.0, p), 1.0 - (1.0 - p).powf(1.0 / 37.0));
            assert_near(quantile(15.0, 1.0, p), p.powf(1.0 / 15.0));
        }
    }

    /// Beta(2, 2): P(X ≤ x) = 3x² − 2x³, which is 0.15625 at 1/4.
    #[test]
    fn a_cubic_is_inverted() {
        assert_near(quantile(2.0, 2.0, 0.156_25), 0.25);
        assert_near(quantile(2.0, 2.0, 0.5), 0.5);
    }

    /// P(X ≤ x) of Beta(a, b) with whole parameters is the chance of at least `a` successes in a + b − 1 draws of chance x.
    #[test]
    fn it_inverts_the_binomial_tail() {
        let (a, b) = (6_i32, 26_i32);
        for p in [0.05, 0.5, 0.95] {
            let x = quantile(f64::from(a), f64::from(b), p);
            let n = a + b - 1;
            let mut chance = (1.0 - x).powi(n);
            let mut fewer = 0.0;
            for k in 0..a {
                fewer += chance;
                chance *= f64::from(n - k) / f64::from(k + 1) * x / (1.0 - x);
            }
            assert_near(1.0 - fewer, p);
        }
    }

    #[test]
    fn counts_of_any_size_are_taken() {
        assert_eq!((quantile(3.0, 4.0, 0.0), quantile(3.0, 4.0, 1.0)), (0.0, 1.0));
        assert!(quantile(3.0, 4.0, -0.1).is_nan());
        for n in [1e6, 1e15] {
            let (low, high) = (quantile(n, n, 0.05), quantile(n, n, 0.95));
            assert!(low <= 0.5 && 0.5 <= high && high - low < 2e-3, "{low} {high}");
        }
    }
}

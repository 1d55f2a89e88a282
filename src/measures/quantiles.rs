//! Quantiles of the normal, gamma, beta and Student's t distributions.
//!
//! The distributions are those of `statrs`, and so are the quantiles of the normal. The other quantiles are found here by
//! bisection: in statrs 0.19.1, those of the gamma distribution are right to 1e-9 in absolute terms only, and those of the beta
//! distribution (on which Student's rest) can panic or never return.

use statrs::distribution::{Beta, ContinuousCDF, Gamma, Normal};

/// Shape from which the cube of a normal variable is accurate to ten digits (Wilson and Hilferty 1931).
const LARGE_SHAPE: f64 = 1e7;
/// Smaller parameter from which a beta distribution is nearly normal; statrs sums too few terms there.
const LARGE_PARAMETER: f64 = 1e5;
/// Larger parameter from which a beta variable is nearly gamma; rounding spoils the sums of statrs there.
const LARGE_SUM: f64 = 1e8;

/// Quantile of the standard normal distribution at `p`; infinite at 0 and 1, NaN outside [0, 1].
#[must_use]
pub fn normal(p: f64) -> f64 {
    if (0.0..=1.0).contains(&p) { Normal::standard().inverse_cdf(p) } else { f64::NAN }
}

/// Probability that a standard normal variable exceeds `z`.
#[must_use]
pub fn normal_above(z: f64) -> f64 {
    Normal::standard().sf(z)
}

/// Quantile of the gamma distribution with this shape and rate at `p`.
///
/// `shape`, `rate` > 0; the mean is shape / rate. 0 at `p` = 0, infinite at 1, NaN outside [0, 1].
#[must_use]
pub fn gamma(shape: f64, rate: f64, p: f64) -> f64 {
    let Ok(distribution) = Gamma::new(shape, 1.0) else { return f64::NAN };
    if !(p > 0.0 && p < 1.0) {
        return at_end(p, f64::INFINITY);
    }
    let standard = if shape >= LARGE_SHAPE {
        let ninth = 1.0 / (9.0 * shape);
        shape * (1.0 - ninth + normal(p) * ninth.sqrt()).powi(3)
    } else {
        let (mut low, mut high) = (shape, shape);
        while distribution.cdf(high) < p {
            (low, high) = (high, 2.0 * high);
        }
        while low > 0.0 && distribution.cdf(low) > p {
            (low, high) = (low / 2.0, low);
        }
        bisected(low, high, |x| distribution.cdf(x) < p)
    };
    standard / rate
}

/// Quantile of the beta distribution with parameters `a` and `b` at `p`.
///
/// `a`, `b` > 0; the mean is a / (a + b). In [0, 1]; NaN for `p` outside [0, 1].
#[must_use]
pub fn beta(a: f64, b: f64, p: f64) -> f64 {
    let Ok(distribution) = Beta::new(a, b) else { return f64::NAN };
    if !(p > 0.0 && p < 1.0) {
        return at_end(p, 1.0);
    }
    if a.min(b) >= LARGE_PARAMETER {
        return beta_of_large_parameters(a, b, p);
    }
    if a.max(b) >= LARGE_SUM {
        return if a < b { beta_near_0(a, b, p) } else { 1.0 - beta_near_0(b, a, 1.0 - p) };
    }
    bisected(0.0, 1.0, |x| distribution.cdf(x) < p)
}

/// Beta quantile from mean, deviation and skewness: the first terms of Cornish and Fisher (1938).
fn beta_of_large_parameters(a: f64, b: f64, p: f64) -> f64 {
    let (sum, z) = (a + b, normal(p));
    let mean = a / sum;
    let deviation = (mean * (b / sum) / (sum + 1.0)).sqrt();
    let skewness = 2.0 * (b - a) / (sum + 2.0) * ((sum + 1.0) / a / b).sqrt();
    mean + deviation * (z + skewness * (z * z - 1.0) / 6.0)
}

/// Beta quantile for `b` so large that −(b + (a − 1)/2) ln(1 − X) is a gamma variable of shape `a`, up to (a/b)² in relative terms.
fn beta_near_0(a: f64, b: f64, p: f64) -> f64 {
    -(-gamma(a, b + (a - 1.0) / 2.0, p)).exp_m1()
}

/// Quantile of Student's t distribution at `p` in [0.5, 1) with `degrees` > 0 degrees of freedom.
///
/// From the beta distribution: T² = ν(1 − X)/X with X ~ Beta(ν/2, 1/2) (Abramowitz and Stegun 1964, 26.7.1).
#[must_use]
pub fn student(degrees: f64, p: f64) -> f64 {
    let x = beta(degrees / 2.0, 0.5, 2.0 * (1.0 - p));
    (degrees * (1.0 - x) / x).sqrt()
}

/// Quantile at `p` = 0 or 1 of a distribution on [0, `most`]; NaN elsewhere.
fn at_end(p: f64, most: f64) -> f64 {
    if p == 0.0 {
        0.0
    } else if p == 1.0 {
        most
    } else {
        f64::NAN
    }
}

/// The point at which `is_below` turns from true to false, to within two neighboring numbers, by bisection.
fn bisected(mut low: f64, mut high: f64, is_below: impl Fn(f64) -> bool) -> f64 {
    loop {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            return middle;
        }
        if is_below(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
}

#[cfg(test)]
mod tests;

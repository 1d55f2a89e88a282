//! Quantiles of the gamma distribution: what a counted number of events leaves open about a rate.

// The coefficients stand as published, with more digits than an f64 holds.
#![allow(clippy::excessive_precision)]

use std::f64::consts::PI;

use super::normal;
use super::search::root_of_increasing;

/// Shape from which on the cube of a normal variable is right to ten digits (Wilson and Hilferty 1931).
const LARGE_SHAPE: f64 = 1e7;
/// Relative size of a term that changes nothing any more.
const NEGLIGIBLE: f64 = 1e-17;
/// Terms after which a sum has long converged, for every shape up to [`LARGE_SHAPE`].
const MAX_TERMS: usize = 200_000;

/// The number that a gamma variable of this shape and rate stays below with probability `p`.
///
/// `shape`, `rate` > 0; its mean is shape / rate. 0 at `p` = 0, infinite at 1, NaN outside.
#[must_use]
pub fn quantile(shape: f64, rate: f64, p: f64) -> f64 {
    if !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    if p == 0.0 || p == 1.0 {
        return if p == 0.0 { 0.0 } else { f64::INFINITY };
    }
    let standard = if shape >= LARGE_SHAPE {
        let ninth = 1.0 / (9.0 * shape);
        shape * (1.0 - ninth + normal::quantile(p) * ninth.sqrt()).powi(3)
    } else {
        root_of_increasing(shape, |x| below(shape, x) - p)
    };
    standard / rate
}

/// Probability that a gamma variable of this shape and rate 1 is at most `x`: the regularized incomplete gamma function.
fn below(shape: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    let density = (shape * x.ln() - x - ln_gamma(shape)).exp();
    if x < shape + 1.0 { density * series(shape, x) } else { 1.0 - density * fraction(shape, x) }
}

/// Σ xⁿ / (shape (shape + 1) … (shape + n)), Abramowitz and Stegun 6.5.29.
fn series(shape: f64, x: f64) -> f64 {
    let (mut term, mut sum) = (1.0 / shape, 1.0 / shape);
    for n in 1..MAX_TERMS {
        term *= x / (shape + n as f64);
        sum += term;
        if term < sum * NEGLIGIBLE {
            break;
        }
    }
    sum
}

/// The continued fraction of Abramowitz and Stegun 6.5.31, by the method of Lentz.
fn fraction(shape: f64, x: f64) -> f64 {
    let mut b = x + 1.0 - shape;
    let mut c = 1.0 / f64::MIN_POSITIVE;
    let mut d = 1.0 / b;
    let mut value = d;
    for n in 1..MAX_TERMS {
        let a = -(n as f64) * (n as f64 - shape);
        b += 2.0;
        d = 1.0 / away_from_zero(a * d + b);
        c = away_from_zero(b + a / c);
        value *= c * d;
        if (c * d - 1.0).abs() < f64::EPSILON {
            break;
        }
    }
    value
}

/// A divisor of Lentz's method.
pub(super) fn away_from_zero(x: f64) -> f64 {
    if x.abs() < f64::MIN_POSITIVE { f64::MIN_POSITIVE } else { x }
}

/// Logarithm of the gamma function at `x` > 0, about 15 digits (Lanczos 1964, g = 7).
pub(super) fn ln_gamma(x: f64) -> f64 {
    if x < 0.5 {
        return (PI / (PI * x).sin()).ln() - ln_gamma(1.0 - x);
    }
    let x = x - 1.0;
    let parts = LANCZOS.iter().enumerate().map(|(n, c)| c / (x + 1.0 + n as f64));
    let sum = LANCZOS_FIRST + parts.sum::<f64>();
    let t = x + 7.5;
    0.5 * (2.0 * PI).ln() + (x + 0.5) * t.ln() - t + sum.ln()
}

const LANCZOS_FIRST: f64 = 0.999_999_999_999_809_932_3;
const LANCZOS: [f64; 8] = [
    676.520_368_121_885_098_567,
    -1_259.139_216_722_402_870_47,
    771.323_428_777_653_078_849,
    -176.615_029_162_140_599_065,
    12.507_343_278_686_904_814_5,
    -0.138_571_095_265_720_116_9,
    9.984_369_578_019_570_859_56e-6,
    1.505_632_735_149_311_558_3e-7,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_near(actual: f64, expected: f64) {
        assert!((actual / expected - 1.0).abs() < 1e-11, "{actual} instead of {expected}");
    }

    /// Γ(n) = (n − 1)!, Γ(1/2) = √π.
    #[test]
    fn the_gamma_function_is_a_factorial() {
        assert!(ln_gamma(1.0).abs() < 1e-14 && ln_gamma(2.0).abs() < 1e-14);
        assert_near(ln_gamma(11.0), 3_628_800.0_f64.ln());
        assert_near(ln_gamma(0.5), PI.sqrt().ln());
        assert_near(ln_gamma(0.25), 3.625_609_908_221_908_f64.ln());
    }

    /// Shape 1 is the exponential distribution: −ln(1 − p) / rate.
    #[test]
    fn shape_one_is_exponential() {
        for p in [1e-6_f64, 0.05, 0.5, 0.95, 0.999] {
            assert_near(quantile(1.0, 2.25, p), -(-p).ln_1p() / 2.25);
        }
    }

    /// The square of a standard normal variable is gamma with shape 1/2 and rate 1/2: P(Z² ≤ x) = p at x = z², z the normal
    /// quantile at (1 + p)/2.
    #[test]
    fn shape_one_half_is_the_square_of_a_normal_variable() {
        for p in [0.05_f64, 0.5, 0.95] {
            assert_near(quantile(0.5, 0.5, p), normal::quantile(f64::midpoint(1.0, p)).powi(2));
        }
    }

    /// Chi-square with 2k degrees of freedom is gamma with shape k and rate 1/2: tabulated at 8 and at 100 degrees.
    #[test]
    fn it_gives_tabulated_quantiles_of_chi_square() {
        for (degrees, p, expected) in [
            (8.0, 0.05, 2.732_636_793_499_660),
            (8.0, 0.95, 15.507_313_055_865_453),
            (100.0, 0.05, 77.929_465_165_017_37),
            (100.0, 0.95, 124.342_113_404_004_06),
        ] {
            let found = quantile(degrees / 2.0, 0.5, p);
            assert!((found / expected - 1.0).abs() < 1e-9, "{degrees} {p}: {found} instead of {expected}");
        }
    }

    #[test]
    fn the_ends_are_zero_and_infinite() {
        assert_eq!((quantile(0.5, 1.0, 0.0), quantile(0.5, 1.0, 1.0)), (0.0, f64::INFINITY));
        assert!(quantile(0.5, 1.0, 1.1).is_nan());
    }

    /// On both sides of the shape at which the method changes.
    #[test]
    fn a_large_shape_is_nearly_normal() {
        for shape in [0.99 * LARGE_SHAPE, 1.01 * LARGE_SHAPE] {
            let expected = shape + 1.644_853_626_951_472_2 * shape.sqrt();
            assert!((quantile(shape, 1.0, 0.95) / expected - 1.0).abs() < 1e-6);
        }
    }
}

//! Known quantiles, the ends, and counts of any size. Values without a source are from mpmath 1.3 with 40 digits.

use std::f64::consts::PI;

use super::*;

#[track_caller]
fn assert_near(actual: f64, expected: f64, tolerance: f64) {
    assert!((actual / expected - 1.0).abs() < tolerance, "{actual:e} instead of {expected:e}");
}

/// Tables of the standard normal distribution, and far out.
#[test]
fn normal_quantiles_are_those_of_tables() {
    for (p, z) in [
        (0.9, 1.281_551_565_544_600_4),
        (0.95, 1.644_853_626_951_472_7),
        (0.975, 1.959_963_984_540_054),
        (1e-10, -6.361_340_902_404_056),
        (1e-300, -37.047_096_299_361_2),
    ] {
        assert_near(normal(p), z, 1e-12);
    }
    assert_eq!(normal(0.5), 0.0);
    assert!((normal(0.025) + normal(0.975)).abs() < 1e-12);
}

/// Shape 1 is the exponential distribution: −ln(1 − p) / rate.
#[test]
fn a_gamma_of_shape_one_is_exponential() {
    for p in [1e-30_f64, 1e-6, 0.05, 0.5, 0.95, 0.999] {
        assert_near(gamma(1.0, 2.25, p), -(-p).ln_1p() / 2.25, 1e-11);
    }
}

/// The square of a standard normal variable is gamma with shape 1/2 and rate 1/2: P(Z² ≤ x) = p at x = z², z the normal
/// quantile at (1 + p)/2.
#[test]
fn a_gamma_of_shape_one_half_is_the_square_of_a_normal_variable() {
    for p in [0.05_f64, 0.5, 0.95] {
        assert_near(gamma(0.5, 0.5, p), normal(f64::midpoint(1.0, p)).powi(2), 1e-11);
    }
}

/// Chi-square with 2k degrees of freedom is gamma with shape k and rate 1/2: tabulated at 8 and at 100 degrees.
#[test]
fn gamma_quantiles_are_those_of_tables_of_chi_square() {
    for (degrees, p, expected) in [
        (8.0, 0.05, 2.732_636_793_499_66),
        (8.0, 0.95, 15.507_313_055_865_453),
        (100.0, 0.05, 77.929_465_165_017_37),
        (100.0, 0.95, 124.342_113_404_004_06),
    ] {
        assert_near(gamma(degrees / 2.0, 0.5, p), expected, 1e-11);
    }
}

/// P(X ≤ x) of a gamma variable of whole shape k and rate 1 is the chance that a Poisson variable of mean x is k or more.
#[test]
fn a_gamma_of_whole_shape_inverts_the_poisson_tail() {
    for (k, p) in [(2, 0.05), (4, 0.5), (30, 0.95), (30, 0.001)] {
        let x = gamma(f64::from(k), 1.0, p);
        let (mut chance, mut fewer) = ((-x).exp(), 0.0);
        for events in 0..k {
            fewer += chance;
            chance *= x / f64::from(events + 1);
        }
        assert!((1.0 - fewer - p).abs() < 1e-12, "{k}, {p}: {}", 1.0 - fewer);
    }
}

/// Below a shape of 1 the low quantiles are nearly 0, but not 0, and right in all digits.
#[test]
fn a_small_shape_has_tiny_quantiles() {
    for (shape, p, expected) in [
        (0.18, 1e-6, 2.987_064_222_699_944e-34),
        (0.18, 0.025, 8.095_517_363_903_307e-10),
        (0.18, 0.05, 3.807_443_673_054_944e-8),
        (0.18, 0.95, 0.952_210_724_036_072_6),
        (0.5, 0.05, 0.001_966_070_000_009_761_4),
        (3.5, 0.05, 1.083_674_954_649_028_6),
        (1000.5, 0.95, 1_053.090_121_732_644_7),
    ] {
        assert_near(gamma(shape, 1.0, p), expected, 1e-11);
    }
}

/// Mean plus z standard deviations, which is right to about z²/shape of the mean, up to the largest count of a file.
#[test]
fn a_large_shape_is_nearly_normal() {
    for shape in [9.9e6, 1.01e7, 1e9, 1e15] {
        let expected = shape + 1.644_853_626_951_472_7 * f64::sqrt(shape);
        assert_near(gamma(shape, 1.0, 0.95), expected, 1.0 / shape);
    }
}

/// Beta(1, b): P(X ≤ x) = 1 − (1 − x)^b. Beta(a, 1): x^a. Beta(1, 1) is uniform.
#[test]
fn a_beta_with_a_parameter_of_one_is_a_power() {
    for p in [1e-30_f64, 1e-6, 0.05, 0.5, 0.95] {
        assert_near(beta(1.0, 1.0, p), p, 1e-11);
        assert_near(beta(1.0, 37.0, p), -((-p).ln_1p() / 37.0).exp_m1(), 1e-11);
        assert_near(beta(15.0, 1.0, p), p.powf(1.0 / 15.0), 1e-11);
    }
}

/// Beta(2, 2): P(X ≤ x) = 3x² − 2x³, which is 0.15625 at 1/4.
#[test]
fn a_beta_with_two_parameters_of_two_inverts_a_cubic() {
    assert_near(beta(2.0, 2.0, 0.156_25), 0.25, 1e-12);
    assert_near(beta(2.0, 2.0, 0.5), 0.5, 1e-12);
}

/// P(X ≤ x) of Beta(a, b) with whole parameters is the chance of at least `a` successes in a + b − 1 draws of chance x.
#[test]
fn a_beta_with_whole_parameters_inverts_the_binomial_tail() {
    let (a, b) = (6_i32, 26_i32);
    for p in [0.05, 0.5, 0.95] {
        let x = beta(f64::from(a), f64::from(b), p);
        let n = a + b - 1;
        let mut chance = (1.0 - x).powi(n);
        let mut fewer = 0.0;
        for k in 0..a {
            fewer += chance;
            chance *= f64::from(n - k) / f64::from(k + 1) * x / (1.0 - x);
        }
        assert!((1.0 - fewer - p).abs() < 1e-12, "{p}: {}", 1.0 - fewer);
    }
}

#[test]
fn a_beta_of_any_shape_is_right_in_all_digits() {
    for (a, b, p, expected) in [
        (0.5, 0.5, 0.05, 0.006_155_829_702_431_137),
        (0.18, 3.0, 0.05, 1.461_457_252_521_868e-8),
        (2.5, 40.5, 0.95, 0.125_613_167_545_304_54),
        (16.0, 3.0, 0.05, 0.689_737_260_301_789),
        (400.0, 600.0, 0.95, 0.425_584_350_809_306_4),
    ] {
        assert_near(beta(a, b, p), expected, 1e-11);
    }
}

/// The same number of both outcomes: the interval around one half shrinks with 1/√(8n).
#[test]
fn a_beta_takes_counts_of_any_size() {
    for n in [1e4, 1e6, 1e9, 1e15] {
        for p in [0.05, 0.95] {
            let expected = 0.5 + normal(p) / f64::sqrt(8.0 * n);
            assert!((beta(n, n, p) - expected).abs() < 1.0 / n, "{n:e}, {p}: {}", beta(n, n, p));
        }
    }
}

/// None of n, and all of n: 1 − (1 − p)^(1/b), and its complement to 1.
#[test]
fn a_beta_takes_counts_of_one_outcome_only() {
    for n in [1e4, 1e6, 1e8, 1e15] {
        let expected = |p: f64| -((-p).ln_1p() / (n + 1.0)).exp_m1();
        for p in [0.05, 0.95] {
            assert_near(beta(1.0, n + 1.0, p), expected(p), 1e-6);
            assert!((1.0 - beta(n + 1.0, 1.0, p) - expected(1.0 - p)).abs() < 1e-14);
        }
    }
}

/// Both outcomes often, one of them rare: 10^5 of 10^9. Mean 10^-4, deviation 10^-4/√10^5, skewness 2/√10^5.
#[test]
fn a_beta_of_large_counts_is_skewed() {
    let (mean, deviation, z) = (1e-4, 1e-4 / f64::sqrt(1e5), normal(0.95));
    let expected = mean + deviation * (z + (z * z - 1.0) / 3.0 / f64::sqrt(1e5));
    assert_near(beta(1e5, 1e9 - 1e5, 0.95), expected, 1e-6);
}

/// One degree is the Cauchy distribution, tan(π(p − 1/2)); two have (2p − 1)/√(2p(1 − p)); then the usual table.
#[test]
fn student_quantiles_are_those_of_tables() {
    for p in [0.6, 0.95, 0.975, 0.999] {
        assert_near(student(1.0, p), (PI * (p - 0.5)).tan(), 1e-10);
        assert_near(student(2.0, p), (2.0 * p - 1.0) / (2.0 * p * (1.0 - p)).sqrt(), 1e-10);
    }
    for (degrees, p, t) in
        [(4.0, 0.975, 2.776), (9.0, 0.975, 2.262), (4.0, 0.95, 2.132), (49.0, 0.975, 2.010)]
    {
        assert!((student(degrees, p) - t).abs() < 6e-4, "{degrees}, {p}: {}", student(degrees, p));
    }
}

#[test]
fn quantiles_at_0_and_1_are_the_ends_of_the_range() {
    assert_eq!((normal(0.0), normal(1.0)), (f64::NEG_INFINITY, f64::INFINITY));
    assert_eq!((gamma(0.5, 1.0, 0.0), gamma(0.5, 1.0, 1.0)), (0.0, f64::INFINITY));
    assert_eq!((gamma(1e15, 1.0, 0.0), gamma(1e15, 1.0, 1.0)), (0.0, f64::INFINITY));
    assert_eq!((beta(3.0, 4.0, 0.0), beta(3.0, 4.0, 1.0)), (0.0, 1.0));
    assert_eq!((beta(1e15, 1e15, 0.0), beta(1e15, 1e15, 1.0)), (0.0, 1.0));
}

#[test]
fn an_invalid_parameter_has_no_quantile() {
    for x in [0.0, -1.0, f64::NAN] {
        assert!(
            gamma(x, 1.0, 0.5).is_nan() && beta(x, 1.0, 0.5).is_nan() && beta(1.0, x, 0.5).is_nan(),
            "{x}"
        );
    }
}

#[test]
fn a_probability_outside_0_to_1_has_no_quantile() {
    for p in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
        assert!(normal(p).is_nan() && gamma(0.5, 1.0, p).is_nan() && beta(3.0, 4.0, p).is_nan(), "{p}");
    }
}

//! Student's t distribution, for means of a few replications.

use super::beta;

/// Quantile at `p` in [0.5, 1) with `degrees` > 0 degrees of freedom.
///
/// By the beta distribution: T² = ν(1 − X)/X with X ~ Beta(ν/2, 1/2) (Abramowitz and Stegun 1964, 26.7.1).
#[must_use]
pub fn quantile(degrees: f64, p: f64) -> f64 {
    let x = beta::quantile(degrees / 2.0, 0.5, 2.0 * (1.0 - p));
    (degrees * (1.0 - x) / x).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The usual table: 12.706, 2.776, 2.262 at 0.975; 2.132 at 0.95 with four degrees.
    #[test]
    fn it_gives_the_usual_table() {
        for (degrees, p, t) in
            [(1.0, 0.975, 12.706), (4.0, 0.975, 2.776), (9.0, 0.975, 2.262), (4.0, 0.95, 2.132)]
        {
            assert!((quantile(degrees, p) - t).abs() < 6e-4, "{degrees}, {p}: {}", quantile(degrees, p));
        }
    }
}

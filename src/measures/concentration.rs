//! Measures of the concentration of weights.

/// Herfindahl-Hirschman index: the sum of squared shares of `weights`, from 1/n (equal) to 1 (all in one).
///
/// `weights`: ≥ 0, any scale. `None` when they sum to 0 (also when there are none) or one is negative or not finite.
#[must_use]
pub fn hhi(weights: &[f64]) -> Option<f64> {
    let is_weight = |w: &f64| w.is_finite() && *w >= 0.0;
    let largest = weights.iter().copied().fold(0.0, f64::max);
    if largest == 0.0 || !weights.iter().all(is_weight) {
        return None;
    }
    // Scaled by the largest, so that neither the sum nor the squares overflow or vanish.
    let sum: f64 = weights.iter().map(|w| w / largest).sum();
    Some(weights.iter().map(|w| (w / largest / sum).powi(2)).sum())
}

/// Number of equal parts that would be as concentrated: 1/HHI, from 1 to n. `None` where [`hhi`] is.
#[must_use]
pub fn effective_number(weights: &[f64]) -> Option<f64> {
    hhi(weights).map(|hhi| 1.0 / hhi)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Shares 1/2, 1/4, 1/4: 1/4 + 1/16 + 1/16 = 3/8.
    #[test]
    fn hhi_is_the_sum_of_squared_shares() {
        assert_eq!(hhi(&[2.0, 1.0, 1.0]), Some(0.375));
        assert_eq!(effective_number(&[2.0, 1.0, 1.0]), Some(8.0 / 3.0));
        assert_eq!(hhi(&[7.0]), Some(1.0));
        assert_eq!(hhi(&[7.0, 0.0]), Some(1.0));
    }

    #[test]
    fn weights_without_a_sum_have_no_hhi() {
        for weights in [&[][..], &[0.0, 0.0], &[f64::NAN, 1.0], &[f64::INFINITY, 1.0], &[-1.0, 2.0]] {
            assert_eq!(hhi(weights), None, "{weights:?}");
            assert_eq!(effective_number(weights), None, "{weights:?}");
        }
    }

    #[test]
    fn huge_and_tiny_weights_do_not_overflow_or_vanish() {
        assert_eq!(hhi(&[f64::MAX, f64::MAX]), Some(0.5));
        assert_eq!(hhi(&[f64::MIN_POSITIVE, f64::MIN_POSITIVE]), Some(0.5));
    }

    proptest! {
        /// The effective number lies between 1 and the number of weights, and scale does not matter.
        #[test]
        fn effective_number_lies_between_one_and_n(
            weights in prop::collection::vec(0.01..100.0f64, 1..20), scale in 0.1..10.0f64,
        ) {
            let n = effective_number(&weights).unwrap();
            prop_assert!(n >= 1.0 - 1e-12 && n <= weights.len() as f64 + 1e-9);
            let scaled: Vec<f64> = weights.iter().map(|w| w * scale).collect();
            prop_assert!((effective_number(&scaled).unwrap() - n).abs() < 1e-9 * n);
        }
    }
}

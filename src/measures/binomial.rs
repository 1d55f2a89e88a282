//! Quantiles of the binomial distribution, for intervals by order statistics.

/// Relative weight below which a count adds nothing to a sum in double precision.
const NEGLIGIBLE: f64 = 1e-20;

/// Smallest counts k with P(B ≤ k) ≥ each of `probabilities`, B binomial of `n` draws with chance `p`.
///
/// `probabilities`: ascending, in (0, 1). Exact up to rounding: weights relative to the mode follow from the ratio of
/// neighbors, so nothing overflows, and only about 20·√(n·p·(1 − p)) counts near the mode are visited.
#[must_use]
pub fn quantiles(n: usize, p: f64, probabilities: &[f64]) -> Vec<usize> {
    if n == 0 || p <= 0.0 {
        return vec![0; probabilities.len()];
    }
    if p >= 1.0 {
        return vec![n; probabilities.len()];
    }
    let (first, weights) = weights_around_mode(n, p);
    let total: f64 = weights.iter().sum();
    let mut found = Vec::with_capacity(probabilities.len());
    let mut below = 0.0;
    let mut rest = weights.iter().enumerate().peekable();
    for probability in probabilities {
        let mut at = weights.len() - 1;
        while let Some(&(k, weight)) = rest.peek() {
            if below + weight >= probability * total {
                at = k;
                break;
            }
            below += weight;
            rest.next();
        }
        found.push(first + at);
    }
    found
}

/// The first count whose weight is not negligible, and the weights from there on, relative to that of the mode.
fn weights_around_mode(n: usize, p: f64) -> (usize, Vec<f64>) {
    let odds = p / (1.0 - p);
    let mode = (((n + 1) as f64 * p).floor() as usize).min(n);
    // P(k + 1) / P(k)
    let up = |k: usize| (n - k) as f64 / (k + 1) as f64 * odds;
    let mut weights = Vec::new();
    let (mut k, mut weight) = (mode, 1.0);
    while weight > NEGLIGIBLE {
        weights.push(weight);
        if k == 0 {
            break;
        }
        k -= 1;
        weight /= up(k);
    }
    let first = mode + 1 - weights.len();
    weights.reverse();
    let (mut k, mut weight) = (mode, 1.0);
    while k < n {
        weight *= up(k);
        k += 1;
        if weight <= NEGLIGIBLE {
            break;
        }
        weights.push(weight);
    }
    (first, weights)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Four draws at 1/2 have chances 1, 4, 6, 4, 1 of 16: P(B ≤ 0) = 0.0625, P(B ≤ 1) = 0.3125, P(B ≤ 3) = 0.9375.
    #[test]
    fn four_fair_draws() {
        assert_eq!(quantiles(4, 0.5, &[0.05, 0.0626, 0.5, 0.93, 0.94]), [0, 1, 2, 3, 4]);
    }

    #[test]
    fn certain_and_impossible_draws() {
        assert_eq!(quantiles(10, 0.0, &[0.025, 0.975]), [0, 0]);
        assert_eq!(quantiles(10, 1.0, &[0.025, 0.975]), [10, 10]);
        assert_eq!(quantiles(0, 0.3, &[0.5]), [0]);
        assert_eq!(quantiles(1, 0.95, &[0.025, 0.975]), [0, 1]);
    }

    /// At ten million draws the normal approximation with continuity correction is right to one count:
    /// 9 500 000 ± 1.959964 × √475 000 = 9 500 000 ± 1350.8.
    #[test]
    fn ten_million_draws_agree_with_the_normal_distribution() {
        let found = quantiles(10_000_000, 0.95, &[0.025, 0.975]);
        assert!(found[0].abs_diff(9_498_649) <= 1, "{found:?}");
        assert!(found[1].abs_diff(9_501_351) <= 1, "{found:?}");
    }

    proptest! {
        /// The definition itself, on distributions small enough to sum from zero.
        #[test]
        fn a_quantile_is_the_first_count_that_reaches_the_probability(
            n in 1usize..60, p in 0.01..0.99f64, probability in 0.01..0.99f64,
        ) {
            let mut chance = (1.0 - p).powi(i32::try_from(n).unwrap());
            let (mut cumulated, mut k) = (chance, 0);
            while cumulated < probability {
                chance *= (n - k) as f64 / (k + 1) as f64 * p / (1.0 - p);
                k += 1;
                cumulated += chance;
            }
            prop_assume!((cumulated - probability).abs() > 1e-9 && (cumulated - chance - probability).abs() > 1e-9);
            prop_assert_eq!(quantiles(n, p, &[probability]), vec![k]);
        }
    }
}

//! Splitting an amount in proportion to weights.

/// Parts of `amount` in proportion to `weights` (≥ 0, finite), or equal parts if all weights are 0.
///
/// Empty without weights; else the parts sum to `amount` up to rounding.
#[must_use]
pub fn in_proportion(amount: f64, weights: &[f64]) -> Vec<f64> {
    let mut parts = vec![0.0; weights.len()];
    add_in_proportion(&mut parts, amount, weights, |_| true);
    parts
}

/// Splits `amount` in proportion to `weights` (≥ 0, finite) and adds the result to `parts`. If all weights are 0, it is split
/// equally among the indices that `shares` accepts, or dropped if it accepts none.
///
/// `parts`, `weights`: same length. Losses are attributed to event families by this rule, with the loss that each family
/// alone would cause as its weight (methodology/simulation.md).
#[inline]
pub fn add_in_proportion(parts: &mut [f64], amount: f64, weights: &[f64], shares: impl Fn(usize) -> bool) {
    let sum: f64 = weights.iter().sum();
    if sum > 0.0 {
        let scale = amount / sum;
        parts.iter_mut().zip(weights).for_each(|(part, weight)| *part += weight * scale);
        return;
    }
    let n = (0..weights.len()).filter(|&at| shares(at)).count();
    let sharing = parts.iter_mut().enumerate().filter(|(at, _)| shares(*at));
    sharing.for_each(|(_, part)| *part += amount / n as f64);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 12 split by 1 : 3 is 3 and 9; by 0 : 0, 6 and 6; by a single weight, 12.
    #[test]
    fn an_amount_is_split_in_proportion_and_equally_if_all_weights_are_0() {
        assert_eq!(in_proportion(12.0, &[1.0, 3.0]), [3.0, 9.0]);
        assert_eq!(in_proportion(12.0, &[0.0, 0.0]), [6.0, 6.0]);
        assert_eq!(in_proportion(12.0, &[0.0]), [12.0]);
        assert_eq!(in_proportion(12.0, &[]), [0.0; 0]);
        let mut parts = [1.0, 1.0, 1.0];
        add_in_proportion(&mut parts, 12.0, &[0.0; 3], |at| at > 0);
        assert_eq!(parts, [1.0, 7.0, 7.0]);
    }
}

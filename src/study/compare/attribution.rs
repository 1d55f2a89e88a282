//! The value of each group of inputs, averaged over all orders in which they can change, in whole cents
//! (methodology/compare.md#attribution).

/// n!, exact up to 33.
fn factorial(n: usize) -> i128 {
    (1..=n as i128).product()
}

/// Shapley value of each group times `n_groups`!, so that it is a whole number.
///
/// `values`: `[2^n_groups]`, where bit `g` of the index says that group `g` has changed. Shapley (1953).
pub(super) fn average_over_orders(n_groups: usize, values: &[i128]) -> Vec<i128> {
    let value = |group: usize| -> i128 {
        let bit = 1 << group;
        let without = (0..values.len()).filter(|changed| changed & bit == 0);
        without
            .map(|changed| {
                let n_changed = changed.count_ones() as usize;
                let n_orders = factorial(n_changed) * factorial(n_groups - n_changed - 1);
                n_orders * (values[changed | bit] - values[changed])
            })
            .sum()
    };
    (0..n_groups).map(value).collect()
}

/// The values of [`average_over_orders`] in whole cents, whose sum is exact.
///
/// Each is cut towards 0; the cents that are missing go to the largest remainders, the first group first. The opposite values
/// give the opposite result, and a value of 0 stays 0.
pub(super) fn in_whole_cents(values: &[i128], n_groups: usize) -> Vec<i128> {
    let unit = factorial(n_groups);
    let mut whole: Vec<i128> = values.iter().map(|value| value / unit).collect();
    let missing: i128 = values.iter().map(|value| value % unit).sum::<i128>() / unit;
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by_key(|&group| -(values[group] % unit) * missing.signum());
    for &group in order.iter().take(missing.unsigned_abs() as usize) {
        whole[group] += missing.signum();
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Price times amount: 2 × 10 becomes 3 × 16. The price alone adds 10 or 16, the amount alone 12 or 18.
    #[test]
    fn what_two_groups_do_together_is_halved() {
        let values = [20, 30, 32, 48];
        assert_eq!(average_over_orders(2, &values), [10 + 16, 12 + 18]);
        assert_eq!(in_whole_cents(&[26, 30], 2), [13, 15]);
    }

    /// Three groups that change a figure by 1 cent only together: a third of a cent each, and the first gets it.
    #[test]
    fn a_cent_is_not_lost_and_goes_the_same_way_back() {
        let values = [0, 0, 0, 0, 0, 0, 0, 1];
        let parts = average_over_orders(3, &values);
        assert_eq!(parts, [2, 2, 2]);
        assert_eq!(in_whole_cents(&parts, 3), [1, 0, 0]);
        assert_eq!(in_whole_cents(&parts.iter().map(|part| -part).collect::<Vec<_>>(), 3), [-1, 0, 0]);
    }

    /// A group that changes nothing has no part, whatever the others leave.
    #[test]
    fn a_group_without_effect_has_no_part() {
        let values: Vec<i128> = (0..8).map(|changed| [0, 5, 7, 101][changed & 3]).collect();
        let parts = average_over_orders(3, &values);
        assert_eq!(parts[2], 0);
        let whole = in_whole_cents(&parts, 3);
        assert_eq!((whole[2], whole.iter().sum::<i128>()), (0, 101));
    }

    #[test]
    fn nothing_is_attributed_to_no_group() {
        assert!(in_whole_cents(&average_over_orders(0, &[7]), 0).is_empty());
    }
}

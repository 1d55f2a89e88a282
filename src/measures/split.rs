//! A whole split among those who share in it.

/// Parts of `whole` in proportion to `weights` (≥ 0, finite), equally where all of them are 0.
///
/// Empty without weights; else the parts sum to `whole` up to rounding. This is the rule by which a loss is put down
/// to event families, each weighing what it alone would cause (methodology/simulation.md).
#[must_use]
pub fn in_proportion(whole: f64, weights: &[f64]) -> Vec<f64> {
    let sum: f64 = weights.iter().sum();
    let equally = 1.0 / weights.len() as f64;
    weights.iter().map(|weight| whole * if sum > 0.0 { weight / sum } else { equally }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 12 among 1 : 3 is 3 and 9; among nothing, 6 and 6; among one, all of it.
    #[test]
    fn a_whole_is_split_in_proportion_and_equally_where_nothing_weighs() {
        assert_eq!(in_proportion(12.0, &[1.0, 3.0]), [3.0, 9.0]);
        assert_eq!(in_proportion(12.0, &[0.0, 0.0]), [6.0, 6.0]);
        assert_eq!(in_proportion(12.0, &[0.0]), [12.0]);
        assert_eq!(in_proportion(12.0, &[]), [0.0; 0]);
    }
}

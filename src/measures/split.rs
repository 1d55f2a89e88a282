//! A whole split among those who share in it.

/// Parts of `whole` in proportion to `weights` (≥ 0, finite), equally where all of them are 0.
///
/// Empty without weights; else the parts sum to `whole` up to rounding.
#[must_use]
pub fn in_proportion(whole: f64, weights: &[f64]) -> Vec<f64> {
    let mut parts = vec![0.0; weights.len()];
    add_in_proportion(&mut parts, whole, weights, |_| true);
    parts
}

/// Adds to `parts` those of `whole` in proportion to `weights` (≥ 0, finite); where all of them are 0, equally among those
/// that `shares` names, and to nobody where it names none.
///
/// `parts`, `weights`: of one length. This is the rule by which a loss is put down to event families, each weighing what
/// it alone would cause (methodology/simulation.md).
#[inline]
pub fn add_in_proportion(parts: &mut [f64], whole: f64, weights: &[f64], shares: impl Fn(usize) -> bool) {
    let sum: f64 = weights.iter().sum();
    if sum > 0.0 {
        let scale = whole / sum;
        parts.iter_mut().zip(weights).for_each(|(part, weight)| *part += weight * scale);
        return;
    }
    let n = (0..weights.len()).filter(|&at| shares(at)).count();
    let sharing = parts.iter_mut().enumerate().filter(|(at, _)| shares(*at));
    sharing.for_each(|(_, part)| *part += whole / n as f64);
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
        let mut parts = [1.0, 1.0, 1.0];
        add_in_proportion(&mut parts, 12.0, &[0.0; 3], |at| at > 0);
        assert_eq!(parts, [1.0, 7.0, 7.0]);
    }
}

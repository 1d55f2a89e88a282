//! Correlation of two series on the same trials.

/// Spread, relative to the size of the values, below which a series does not vary: what rounding leaves.
const LEAST_SPREAD: f64 = 1e-12;

/// Pearson's correlation, in [-1, 1]; `None` for fewer than two trials, or when a series does not vary.
///
/// # Panics
/// When the lengths differ.
#[must_use]
pub fn correlation(x: &[f64], y: &[f64]) -> Option<f64> {
    assert_eq!(x.len(), y.len(), "the same trials");
    let (x, y) = (centered(x)?, centered(y)?);
    let product: f64 = x.iter().zip(&y).map(|(x, y)| x * y).sum();
    Some(product.clamp(-1.0, 1.0))
}

/// Deviations from the mean, scaled to length 1.
fn centered(values: &[f64]) -> Option<Vec<f64>> {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let largest = values.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
    let length = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>().sqrt();
    let varies = values.len() > 1 && length > LEAST_SPREAD * largest * n.sqrt();
    varies.then(|| values.iter().map(|value| (value - mean) / length).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Deviations (-1, 0, 1) and (-1, 1, 0): product 1, lengths √2 each, so a half.
    #[test]
    fn it_is_one_for_a_line_and_a_half_for_a_swap() {
        let x = [1.0, 2.0, 3.0];
        assert!((correlation(&x, &[10.0, 20.0, 30.0]).unwrap() - 1.0).abs() < 1e-15);
        assert!((correlation(&x, &[3.0, 2.0, 1.0]).unwrap() + 1.0).abs() < 1e-15);
        assert!((correlation(&x, &[1.0, 3.0, 2.0]).unwrap() - 0.5).abs() < 1e-15);
    }

    #[test]
    fn a_series_that_does_not_vary_has_none() {
        assert_eq!(correlation(&[0.1, 0.1, 0.1], &[1.0, 2.0, 3.0]), None);
        assert_eq!(correlation(&[0.0, 0.0], &[1.0, 2.0]), None);
        assert_eq!(correlation(&[1.0], &[1.0]), None);
        assert_eq!(correlation(&[], &[]), None);
    }
}

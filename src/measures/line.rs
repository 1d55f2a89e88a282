//! A straight line through points, and the difference of two slopes.

use super::quantiles::student;
use super::{Estimate, OUTSIDE_EACH_END};

/// Fewest points whose scatter says something about a slope.
pub const MIN_POINTS: usize = 3;

/// A line fitted by least squares.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FittedLine {
    pub slope: f64,
    pub slope_std_error: f64,
    /// Degrees of freedom of the standard error: points less 2.
    pub degrees: f64,
}

impl FittedLine {
    /// Least squares through `(x, y)`; `None` with fewer than [`MIN_POINTS`] points or when all x are equal.
    ///
    /// `error_variance`: known variance of a single y, 0 for none. The variance about the line is taken to be at least that, so
    /// that points that happen to lie on a line do not seem certain.
    #[must_use]
    pub fn through(points: &[(f64, f64)], error_variance: f64) -> Option<Self> {
        let n = points.len();
        if n < MIN_POINTS {
            return None;
        }
        let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / n as f64;
        let (mean_x, mean_y) = (mean(|p| p.0), mean(|p| p.1));
        let spread: f64 = points.iter().map(|(x, _)| (x - mean_x).powi(2)).sum();
        if spread <= 0.0 {
            return None;
        }
        let slope = points.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum::<f64>() / spread;
        let squares: f64 = points.iter().map(|(x, y)| (y - mean_y - slope * (x - mean_x)).powi(2)).sum();
        let degrees = (n - 2) as f64;
        let variance = (squares / degrees).max(error_variance);
        Some(Self { slope, slope_std_error: (variance / spread).sqrt(), degrees })
    }

    /// The slope with its 95 % interval by Student's t.
    #[must_use]
    pub fn slope_estimate(&self) -> Estimate {
        with_interval(self.slope, self.slope_std_error, self.degrees)
    }

    /// This slope less the other, with its 95 % interval; degrees of freedom by Satterthwaite (1946).
    #[must_use]
    pub fn slope_less(&self, other: &Self) -> Estimate {
        let (a, b) = (self.slope_std_error.powi(2), other.slope_std_error.powi(2));
        let spread = a.powi(2) / self.degrees + b.powi(2) / other.degrees;
        let degrees = if spread > 0.0 { (a + b).powi(2) / spread } else { self.degrees + other.degrees };
        with_interval(self.slope - other.slope, (a + b).sqrt(), degrees)
    }
}

fn with_interval(value: f64, std_error: f64, degrees: f64) -> Estimate {
    let half = std_error * student(degrees, 1.0 - OUTSIDE_EACH_END);
    Estimate { value, low: Some(value - half), high: Some(value + half) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Through (0, 0), (1, 2), (2, 1): slope 1/2, squares about the line 0.25 + 1 + 0.25 = 1.5 with one degree of freedom,
    /// spread 2, so the standard error is √0.75. Student's t at 0.975 with one degree of freedom is 12.706.
    #[test]
    fn a_line_by_hand() {
        let line = FittedLine::through(&[(0.0, 0.0), (1.0, 2.0), (2.0, 1.0)], 0.0).unwrap();
        assert!((line.slope - 0.5).abs() < 1e-12 && (line.slope_std_error - 0.75_f64.sqrt()).abs() < 1e-12);
        let estimate = line.slope_estimate();
        assert!((estimate.high.unwrap() - 0.5 - 12.7062 * 0.75_f64.sqrt()).abs() < 1e-3);
        // Points with a known error of variance 8 say less: √(8 / 2).
        let line = FittedLine::through(&[(0.0, 0.0), (1.0, 2.0), (2.0, 1.0)], 8.0).unwrap();
        assert!((line.slope_std_error - 2.0).abs() < 1e-12);
    }

    #[test]
    fn two_points_and_points_above_each_other_have_no_line() {
        assert_eq!(FittedLine::through(&[(0.0, 0.0), (1.0, 1.0)], 0.0), None);
        assert_eq!(FittedLine::through(&[(1.0, 0.0), (1.0, 1.0), (1.0, 2.0)], 0.0), None);
    }

    /// Two slopes with equal errors and 4 degrees of freedom each have 8 together (2.306 at 0.975).
    #[test]
    fn slopes_are_compared_by_satterthwaite() {
        let line = |slope: f64| FittedLine { slope, slope_std_error: 1.0, degrees: 4.0 };
        let difference = line(5.0).slope_less(&line(3.0));
        assert_eq!(difference.value, 2.0);
        assert!((difference.high.unwrap() - 2.0 - 2.3060 * 2.0_f64.sqrt()).abs() < 1e-3);
    }
}

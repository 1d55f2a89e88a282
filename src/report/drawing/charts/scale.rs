//! Axes: where a value lies, and which values are written.

use super::super::paper::{Anchor, Paper, Type};

/// Steps of an axis, as factors of a power of ten.
const STEPS: [f64; 4] = [1.0, 2.0, 2.5, 5.0];

/// A straight axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct AxisScale {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
}

impl AxisScale {
    /// From `low` at the pixel `from` to `high` at the pixel `to`; equal ends are moved apart.
    pub(super) fn new((low, high): (f64, f64), (from, to): (f64, f64)) -> Self {
        let high = if high > low { high } else { low + low.abs().max(1.0) };
        Self { low, high, from, to }
    }

    /// The pixel of a value; what lies beyond an end is drawn at it.
    pub(super) fn at(&self, value: f64) -> f64 {
        let part = ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        self.from + part * (self.to - self.from)
    }

    /// Round values between the ends, about `n` of them.
    pub(super) fn ticks(&self, n: usize) -> Vec<f64> {
        let rough = (self.high - self.low) / n.max(1) as f64;
        let power = 10_f64.powf(rough.log10().floor());
        let step = STEPS.iter().map(|step| step * power).find(|step| *step >= rough).unwrap_or(10.0 * power);
        let (first, last) = ((self.low / step).ceil(), (self.high / step).floor());
        (0..=(last - first).max(0.0) as usize).map(|k| (first + k as f64) * step).collect()
    }
}

/// Lines across a plane at the ticks of its upright axis, with their labels to the left.
pub(super) fn upright(
    paper: &mut Paper,
    scale: AxisScale,
    (left, right): (f64, f64),
    n: usize,
    label: &dyn Fn(f64) -> String,
) {
    for tick in scale.ticks(n) {
        let y = scale.at(tick);
        paper.line((left, y), (right, y), "rule", 1.0);
        paper.text((left - 6.0, y + 4.0), Type::Small, Anchor::End, "muted", &label(tick));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_lie_within_the_ends() {
        assert_eq!(AxisScale::new((0.0, 1.0), (0.0, 100.0)).ticks(4), [0.0, 0.25, 0.5, 0.75, 1.0]);
        assert_eq!(AxisScale::new((0.0, 9.3), (0.0, 100.0)).ticks(3), [0.0, 5.0]);
        assert_eq!(AxisScale::new((40.0, 75.0), (0.0, 100.0)).ticks(4), [40.0, 50.0, 60.0, 70.0]);
    }

    #[test]
    fn a_value_lies_between_the_ends_and_an_axis_of_one_value_is_an_axis() {
        let scale = AxisScale::new((0.0, 10.0), (100.0, 0.0));
        assert_eq!([scale.at(0.0), scale.at(2.5), scale.at(99.0)], [100.0, 75.0, 0.0]);
        assert!(AxisScale::new((5.0, 5.0), (0.0, 100.0)).at(5.0).is_finite());
    }
}

//! Points in a plane as lines of text, at most as wide as is asked for.

/// Characters from left to right where there is room.
pub const MAX_COLUMNS: usize = 72;
/// Lines from top to bottom.
const LINES: usize = 15;
/// An axis whose ends differ by more than this factor has equal factors at equal steps.
const LOGARITHMIC_FROM: f64 = 10.0;
/// What is smaller than this part of the largest is drawn there.
const SMALLEST: f64 = 1e-4;

/// A point with the sign that marks it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlotMark {
    pub x: f64,
    pub y: f64,
    pub sign: char,
}

/// One axis: its ends, and how a value lies between them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Axis {
    pub low: f64,
    pub high: f64,
    pub is_logarithmic: bool,
}

impl Axis {
    fn new(values: impl Iterator<Item = f64>) -> Self {
        let (mut low, mut high) = (f64::INFINITY, 0.0_f64);
        for value in values.filter(|v| v.is_finite()) {
            (low, high) = (low.min(value), high.max(value));
        }
        let low = low.min(high);
        let floor = low.max(high * SMALLEST);
        let is_logarithmic = floor > 0.0 && high / floor > LOGARITHMIC_FROM;
        Self { low: if is_logarithmic { floor } else { low }, high, is_logarithmic }
    }

    /// 0 at the low end, `steps` at the high end.
    fn step(&self, value: f64, steps: usize) -> usize {
        let scale = |x: f64| if self.is_logarithmic { x.max(self.low).ln() } else { x };
        let (low, high) = (scale(self.low), scale(self.high));
        if high <= low {
            return 0;
        }
        let part = ((scale(value) - low) / (high - low)).clamp(0.0, 1.0);
        (part * steps as f64).round() as usize
    }

    /// The value halfway between the ends.
    #[must_use]
    pub fn middle(&self) -> f64 {
        if self.is_logarithmic { (self.low * self.high).sqrt() } else { f64::midpoint(self.low, self.high) }
    }
}

/// A drawn plane.
#[derive(Debug, Clone, PartialEq)]
pub struct Scatter {
    pub x: Axis,
    pub y: Axis,
    /// From the top, each with the value at its height where one is written.
    pub lines: Vec<(Option<f64>, String)>,
}

/// Draws marks on so many columns, at least 1; a later one hides an earlier one at the same place.
#[must_use]
pub fn scatter(marks: &[PlotMark], n_columns: usize) -> Scatter {
    let x = Axis::new(marks.iter().map(|m| m.x));
    let y = Axis::new(marks.iter().map(|m| m.y));
    let mut canvas = vec![vec![' '; n_columns]; LINES];
    for mark in marks.iter().filter(|m| m.x.is_finite() && m.y.is_finite()) {
        let line = LINES - 1 - y.step(mark.y, LINES - 1);
        canvas[line][x.step(mark.x, n_columns - 1)] = mark.sign;
    }
    let label = |line: usize| match line {
        0 => Some(y.high),
        _ if line == LINES / 2 => Some(y.middle()),
        _ if line == LINES - 1 => Some(y.low),
        _ => None,
    };
    let lines = canvas.into_iter().enumerate().map(|(line, signs)| {
        let text: String = signs.into_iter().collect();
        (label(line), format!("│{}", text.trim_end()))
    });
    Scatter { x, y, lines: lines.collect() }
}

/// The axis under a plane with three labels: at its left end, its middle and its right end.
#[must_use]
pub fn axis_below(labels: [String; 3], n_columns: usize) -> [String; 2] {
    let [left, middle, right] = labels;
    let mut text = left;
    for (label, end) in
        [(middle.as_str(), n_columns / 2 + middle.chars().count() / 2), (right.as_str(), n_columns + 1)]
    {
        let start = end.saturating_sub(label.chars().count());
        let gap = start.saturating_sub(text.chars().count()).max(1);
        text.push_str(&" ".repeat(gap));
        text.push_str(label);
    }
    [format!("└{}", "─".repeat(n_columns)), text]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(x: f64, y: f64, sign: char) -> PlotMark {
        PlotMark { x, y, sign }
    }

    /// Ends of both axes are corners; the middle of 1 to 5 is 3.
    #[test]
    fn ends_are_corners() {
        let drawn = scatter(&[mark(1.0, 5.0, 'a'), mark(3.0, 3.0, 'b'), mark(5.0, 1.0, 'c')], MAX_COLUMNS);
        assert_eq!(drawn.lines.len(), LINES);
        assert_eq!(drawn.lines[0], (Some(5.0), "│a".to_owned()));
        assert_eq!(drawn.lines[LINES - 1], (Some(1.0), format!("│{}c", " ".repeat(MAX_COLUMNS - 1))));
        assert_eq!(drawn.lines[LINES / 2].1.chars().filter(|c| *c == 'b').count(), 1);
        assert_eq!(drawn.y.middle(), 3.0);
    }

    /// From 1 to 100 the middle is 10; nothing lies below a ten thousandth of the largest.
    #[test]
    fn wide_axes_have_equal_factors() {
        let drawn = scatter(&[mark(1.0, 0.0, 'a'), mark(100.0, 1e6, 'b')], MAX_COLUMNS);
        assert!(drawn.x.is_logarithmic && (drawn.x.middle() - 10.0).abs() < 1e-9);
        assert_eq!((drawn.y.low, drawn.y.high), (100.0, 1e6));
    }

    #[test]
    fn a_single_point_is_drawn() {
        let drawn = scatter(&[mark(7.0, 0.0, 'a')], MAX_COLUMNS);
        assert!(drawn.lines.iter().any(|line| line.1.contains('a')));
    }

    #[test]
    fn labels_stand_under_the_ends_and_the_middle() {
        let [line, text] = axis_below(["1".to_owned(), "22".to_owned(), "333".to_owned()], MAX_COLUMNS);
        assert_eq!(line.chars().count(), MAX_COLUMNS + 1);
        assert_eq!(text.chars().count(), MAX_COLUMNS + 1);
        assert!(text.starts_with("1 ") && text.ends_with(" 333"));
    }
}

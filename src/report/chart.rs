//! Service over time as a line of blocks, one character per stretch of time; at most as wide as is asked for.

use super::figures::number;

/// Columns of a chart that has room.
pub const MAX_COLUMNS: usize = 62;

/// One block per level: full service only is the full block, and next to none the lowest.
const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Days per column, and columns per tick of the axis: ticks fall on round hours and days.
const SCALES: [(f64, usize); 14] = [
    (1.0 / 96.0, 8),
    (1.0 / 48.0, 12),
    (1.0 / 24.0, 12),
    (1.0 / 12.0, 12),
    (1.0 / 6.0, 12),
    (1.0 / 3.0, 9),
    (0.5, 10),
    (1.0, 10),
    (2.0, 10),
    (3.0, 10),
    (6.0, 10),
    (12.0, 10),
    (30.0, 10),
    (60.0, 10),
];

/// Times nearer than this are one, days.
const SLACK_DAYS: f64 = 1e-9;

/// A stretch of time cut into columns.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Window {
    /// Number of the first column, counted from day 0.
    first: usize,
    n_variables: usize,
    /// Days per column.
    pub column_days: f64,
    columns_per_tick: usize,
}

impl Window {
    /// The finest window of at most `max_columns` that shows `from_day` to `to_day`, with one column more where the horizon
    /// lets it.
    #[must_use]
    pub fn new(from_day: f64, to_day: f64, horizon_days: f64, max_columns: usize) -> Self {
        let cut = |(column_days, columns_per_tick): (f64, usize)| {
            let first = (from_day / column_days + SLACK_DAYS).floor();
            let end = (to_day / column_days - SLACK_DAYS).ceil().max(first) + 1.0;
            let last = (horizon_days / column_days - SLACK_DAYS).ceil();
            let n_variables = (end.min(last) - first).max(1.0) as usize;
            Self { first: first as usize, n_variables, column_days, columns_per_tick }
        };
        let coarsest = SCALES[SCALES.len() - 1];
        let doubled = (1..64).map(|n| (coarsest.0 * 2.0_f64.powi(n), coarsest.1));
        let mut windows = SCALES.into_iter().chain(doubled).map(cut);
        windows.find(|window| window.n_variables <= max_columns).unwrap_or_else(|| cut(coarsest))
    }

    fn day(&self, column: usize) -> f64 {
        (self.first + column) as f64 * self.column_days
    }

    /// Labels over the columns: hours below two days, then days.
    #[must_use]
    pub fn axis(&self) -> String {
        let mut axis = String::new();
        for column in 0..self.n_variables {
            let is_tick = column == 0 || (self.first + column).is_multiple_of(self.columns_per_tick);
            let length = axis.chars().count();
            if is_tick && (length == 0 || length < column) {
                axis.push_str(&" ".repeat(column - length));
                axis.push_str(&label(self.day(column)));
            }
        }
        axis
    }

    /// One block per column, at the lowest service within it.
    ///
    /// `steps`: (day, service from then on), ascending, the first at day 0.
    #[must_use]
    pub fn blocks(&self, steps: &[(f64, f64)]) -> String {
        let ends = steps.iter().skip(1).map(|step| step.0).chain([f64::INFINITY]);
        let stretches: Vec<(f64, f64, f64)> =
            steps.iter().zip(ends).map(|(step, end)| (step.0, end, step.1)).collect();
        let least = |column: usize| {
            let (from, to) = (self.day(column) + SLACK_DAYS, self.day(column + 1) - SLACK_DAYS);
            let within = stretches.iter().filter(|(start, end, _)| *start < to && *end > from);
            within.map(|stretch| stretch.2).fold(1.0, f64::min)
        };
        (0..self.n_variables).map(|column| block(least(column))).collect()
    }
}

fn block(service: f64) -> char {
    let partial = BLOCKS.len() - 1;
    if service >= 1.0 {
        BLOCKS[partial]
    } else {
        BLOCKS[((service.max(0.0) * partial as f64) as usize).min(partial - 1)]
    }
}

fn label(day: f64) -> String {
    let is_whole = (day - day.round()).abs() < SLACK_DAYS;
    match day {
        0.0 => "0".to_owned(),
        _ if day < 2.0 && !is_whole => format!("{}h", number(day * 24.0)),
        _ => format!("{}d", number(day)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From day 0 to day 3 at two hours a column is 36 columns and one; a tick each day. Dark for a day and a half, 18
    /// columns, then half served, at level ⌊0.5 × 7⌋ of 0 to 6, then whole.
    #[test]
    fn an_outage_of_three_days_is_drawn_by_the_hour() {
        let window = Window::new(0.0, 3.0, 365.0, MAX_COLUMNS);
        assert_eq!(window.axis(), "0           1d          2d          3d");
        let blocks = window.blocks(&[(0.0, 0.0), (1.5, 0.5), (3.0, 1.0)]);
        assert_eq!(blocks, format!("{}{}█", "▁".repeat(18), "▄".repeat(18)));
    }

    /// 365 days at six days a column are 61 columns; 60 days lie between two ticks. The last column ends with the horizon.
    #[test]
    fn a_year_fits() {
        let window = Window::new(0.0, 365.0, 365.0, MAX_COLUMNS);
        assert_eq!(window.axis(), "0         60d       120d      180d      240d      300d      360d");
        assert_eq!(window.blocks(&[(0.0, 1.0)]), "█".repeat(61));
    }

    /// Six hours at a quarter of an hour: 24 columns and one; ticks every two hours.
    #[test]
    fn a_day_is_told_in_hours() {
        assert_eq!(Window::new(0.0, 0.25, 365.0, MAX_COLUMNS).axis(), "0       2h      4h      6h");
        assert_eq!(Window::new(1.25, 1.5, 365.0, MAX_COLUMNS).axis(), "30h     32h     34h     36h");
    }

    #[test]
    fn what_lasts_less_than_a_column_is_still_seen() {
        let blocks =
            Window::new(0.0, 300.0, 365.0, MAX_COLUMNS).blocks(&[(0.0, 1.0), (7.0, 0.2), (7.1, 1.0)]);
        assert_eq!(blocks.chars().take(3).collect::<String>(), "█▂█");
    }

    /// 0.999 is not full, and a hundred years still fit.
    #[test]
    fn only_full_service_is_a_full_block_and_no_chart_is_too_wide() {
        assert_eq!([0.0, 0.14, 0.15, 0.5, 0.999, 1.0].map(block), ['▁', '▁', '▂', '▄', '▇', '█']);
        for (from, to) in [(0.0, 0.0), (3.0, 40.0), (0.1, 36_500.0), (364.9, 365.0)] {
            let window = Window::new(from, to, 36_500.0, MAX_COLUMNS);
            assert!((1..=MAX_COLUMNS).contains(&window.blocks(&[(0.0, 1.0)]).chars().count()));
            assert!(window.axis().chars().count() <= MAX_COLUMNS + 8, "{}", window.axis());
        }
    }
}

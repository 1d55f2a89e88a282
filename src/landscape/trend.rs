//! Where a group of models is heading: its lag month by month, and how fast the gap changes (methodology/landscape.md#trend).

use jiff::Span;
use jiff::civil::Date;

use super::lag::{Lag, days_between};
use super::ratings::{ModelGroup, RatedModel, Ratings, records};
use crate::measures::line::FittedLine;
use crate::measures::{Estimate, NORMAL_97_5};
use crate::units::DAYS_PER_YEAR;

/// Months that history and trend look back on.
pub const WINDOW_MONTHS: i64 = 24;

/// Fewest records from which a trend is read.
const MIN_RECORDS: usize = 4;

/// A date further away is no forecast.
const FURTHEST_YEARS: f64 = 10.0;

/// How fast the gap to the models outside a group changes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trend {
    /// Change of the points behind in a year, with its 95 % interval; below 0 the group catches up.
    pub points_per_year: Estimate,
    /// Improvement of the group's best models in a year, with its 95 % interval.
    pub own_points_per_year: Estimate,
    /// Models of the group, and outside, that were better than all before them: what the lines go through.
    pub n_own: usize,
    pub n_others: usize,
}

/// What a trend says of the gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heading {
    /// The whole interval is below 0.
    Closing,
    /// The whole interval is above 0.
    Widening,
    /// The interval holds 0.
    Unclear,
}

impl Trend {
    /// Fits a line to the records of the group and one to those of all others, over the months before the day.
    ///
    /// `None` when one of them has fewer than four records within the window, or all on one day.
    #[must_use]
    pub fn new(ratings: &Ratings, group: &ModelGroup, as_of: Date) -> Option<Self> {
        let from = months_before(as_of, WINDOW_MONTHS);
        let own = within(&records(ratings.of(group, as_of)), from);
        let others = within(&records(ratings.outside(group, as_of)), from);
        if own.len().min(others.len()) < MIN_RECORDS {
            return None;
        }
        let (line, other_line) = (line(&own, from)?, line(&others, from)?);
        Some(Self {
            points_per_year: other_line.slope_less(&line),
            own_points_per_year: line.slope_estimate(),
            n_own: own.len(),
            n_others: others.len(),
        })
    }

    /// Whether the gap closes.
    #[must_use]
    pub fn heading(&self) -> Heading {
        match (self.points_per_year.low, self.points_per_year.high) {
            (_, Some(high)) if high < 0.0 => Heading::Closing,
            (Some(low), _) if low > 0.0 => Heading::Widening,
            _ => Heading::Unclear,
        }
    }

    /// When a group whose best model is `own` reaches `floor` points at its own pace.
    #[must_use]
    pub fn reaches(&self, own: &RatedModel, floor: f64, as_of: Date) -> Forecast {
        let missing = floor - own.points;
        let error = own.std_error.map(|error| NORMAL_97_5 * error);
        let after = |missing: f64, pace: f64| {
            let years = missing.max(0.0) / pace;
            (pace > 0.0 && years <= FURTHEST_YEARS).then(|| days_after(as_of, years * DAYS_PER_YEAR))
        };
        let pace = &self.own_points_per_year;
        Forecast {
            date: after(missing, pace.value),
            earliest: pace.high.zip(error).and_then(|(pace, error)| after(missing - error, pace)),
            latest: pace.low.zip(error).and_then(|(pace, error)| after(missing + error, pace)),
        }
    }
}

/// A date on trend, with the interval that the errors of rating and pace leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forecast {
    /// `None`: not within ten years.
    pub date: Option<Date>,
    pub earliest: Option<Date>,
    /// `None`: no end within ten years.
    pub latest: Option<Date>,
}

/// The lag on the first of each month of the window, and on the last day; from the group's first rated model on.
#[must_use]
pub fn history(ratings: &Ratings, group: &ModelGroup, as_of: Date) -> Vec<Lag> {
    let month = as_of.first_of_month();
    let firsts = (0..WINDOW_MONTHS).rev().map(|n| months_before(month, n)).filter(|day| *day < as_of);
    firsts.chain([as_of]).filter_map(|day| Lag::new(ratings, group, day)).collect()
}

fn within<'a>(models: &[&'a RatedModel], from: Date) -> Vec<&'a RatedModel> {
    models.iter().copied().filter(|m| m.released >= from).collect()
}

fn line(models: &[&RatedModel], from: Date) -> Option<FittedLine> {
    let years = |m: &RatedModel| days_between(from, m.released) / DAYS_PER_YEAR;
    let points: Vec<(f64, f64)> = models.iter().map(|m| (years(m), m.points)).collect();
    let variances: f64 = models.iter().map(|m| m.std_error.unwrap_or(0.0).powi(2)).sum();
    FittedLine::through(&points, variances / points.len().max(1) as f64)
}

fn months_before(day: Date, months: i64) -> Date {
    day.saturating_sub(Span::new().months(months))
}

fn days_after(day: Date, days: f64) -> Date {
    day.saturating_add(Span::new().days(days.round() as i64))
}

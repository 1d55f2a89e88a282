//! How far a group of models lies behind the best (methodology/landscape.md#lag).

use jiff::civil::Date;

use super::ratings::{ModelGroup, RatedModel, Ratings, best};
use crate::measures::{Estimate, NORMAL_97_5};
use crate::units::DAYS_PER_MONTH;

/// A group against all rated models, at one day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lag {
    pub as_of: Date,
    /// Best model of the group by then.
    pub best: RatedModel,
    /// Best model outside the group by then.
    pub rival: Option<RatedModel>,
    /// Points behind the best of all, with the 95 % interval that the errors of the two ratings leave.
    pub points: Estimate,
    /// Months since all models reached what the group has now, with the interval that the errors leave.
    pub months: Estimate,
    /// Whether the first rated model of all was already as good: the lag may be longer.
    pub is_at_least: bool,
}

impl Lag {
    /// Measures the group; `None` when it has no rated model by the day.
    #[must_use]
    pub fn new(ratings: &Ratings, group: &ModelGroup, as_of: Date) -> Option<Self> {
        let own = *best(ratings.of(group, as_of))?;
        let rival = best(ratings.outside(group, as_of)).copied();
        let points = points(&own, rival.as_ref());
        let months = months(ratings, group, &own, points.value, as_of);
        let first = ratings.models.first();
        let is_at_least = points.value > 0.0 && first.is_some_and(|first| first.points >= own.points);
        Some(Self { as_of, best: own, rival, points, months, is_at_least })
    }
}

/// The rival may lead by the difference of the ratings, give or take their joint error; never less than 0.
fn points(own: &RatedModel, rival: Option<&RatedModel>) -> Estimate {
    let Some(rival) = rival else { return exactly(0.0) };
    let lead = rival.points - own.points;
    let half = own.difference_error(rival).map(|error| NORMAL_97_5 * error);
    let at_least_0 = |x: f64| x.max(0.0);
    Estimate {
        value: at_least_0(lead),
        low: half.map(|h| at_least_0(lead - h)),
        high: half.map(|h| at_least_0(lead + h)),
    }
}

/// From the first model that is as good as the group's best; at least from the first rival that surely is, at most from the
/// first that may be (open if that is the first rated model of all).
fn months(ratings: &Ratings, group: &ModelGroup, own: &RatedModel, points: f64, as_of: Date) -> Estimate {
    let since = |model: &RatedModel| months_between(model.released, as_of);
    let rivals = || ratings.outside(group, as_of);
    let reached = ratings.released_by(as_of).find(|m| m.points >= own.points);
    let value = if points > 0.0 { reached.map_or(0.0, since) } else { 0.0 };
    let is_known = rivals().all(|m| own.difference_error(m).is_some());
    if !is_known {
        return Estimate { value, low: None, high: None };
    }
    let lead = |m: &RatedModel, errors: f64| {
        let error = own.difference_error(m).unwrap_or_default();
        m.points + errors * NORMAL_97_5 * error >= own.points
    };
    let surely = rivals().find(|m| lead(m, -1.0)).map_or(0.0, since);
    let possibly = rivals().find(|m| lead(m, 1.0));
    // Before the first rated model nothing is known.
    let is_open = possibly.is_some() && possibly == ratings.models.first();
    let high = possibly.map_or(0.0, since).max(value);
    Estimate { value, low: Some(surely.min(value)), high: (!is_open).then_some(high) }
}

/// Months of 365/12 days from one day to another; negative if it is earlier.
#[must_use]
pub fn months_between(from: Date, to: Date) -> f64 {
    days_between(from, to) / DAYS_PER_MONTH
}

/// Days from one day to another; negative if it is earlier.
#[must_use]
pub fn days_between(from: Date, to: Date) -> f64 {
    f64::from((to - from).get_days())
}

fn exactly(value: f64) -> Estimate {
    Estimate { value, low: Some(value), high: Some(value) }
}

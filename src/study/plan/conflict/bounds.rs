//! Limits with a relaxed bound.

use crate::model::instance::Instance;
use crate::model::limit::{Bound, Measure, Unit};

/// One step of a share, of concentration and of service.
const SHARE_STEP: f64 = 0.01;
/// One step of money, as a share of the bound.
const MONEY_STEP: f64 = 0.01;

/// One end of a limit's bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    AtLeast,
    AtMost,
}

/// The bounded ends of a measure, with their bounds.
#[must_use]
pub fn ends(measure: &Measure) -> Vec<(End, f64)> {
    let bound = measure.bound();
    let ends = [(End::AtLeast, bound.at_least), (End::AtMost, bound.at_most)];
    ends.into_iter().filter_map(|(end, at)| Some((end, at?))).collect()
}

/// The bounded end that is nearer to a value.
#[must_use]
pub fn nearer_end(measure: &Measure, value: f64) -> Option<(End, f64)> {
    ends(measure).into_iter().min_by(|a, b| (a.1 - value).abs().total_cmp(&(b.1 - value).abs()))
}

/// One step of relaxation, in the unit of the bound.
#[must_use]
pub fn step(measure: &Measure, at: f64) -> f64 {
    match measure.unit() {
        Unit::Usd => MONEY_STEP * at,
        Unit::Count => 1.0,
        _ => SHARE_STEP,
    }
}

/// The bound `at` relaxed by `by`, in its own unit; shares stay within [0, 1].
#[must_use]
pub fn loosened(measure: &Measure, end: End, at: f64, by: f64) -> f64 {
    let highest = if measure.unit() == Unit::Usd { f64::INFINITY } else { 1.0 };
    match end {
        End::AtLeast => (at - by).max(0.0),
        End::AtMost => (at + by).min(highest),
    }
}

/// The measure with one end moved to `at`.
#[must_use]
pub fn with_end(measure: &Measure, end: End, at: f64) -> Measure {
    let mut measure = measure.clone();
    match &mut measure {
        Measure::Share { bound, .. } => match end {
            End::AtLeast => bound.at_least = Some(at),
            End::AtMost => bound.at_most = Some(at),
        },
        Measure::MaxShare { at_most: bound, .. }
        | Measure::Hhi { at_most: bound, .. }
        | Measure::Distinct { at_least: bound, .. }
        | Measure::Survives { service_at_least: bound, .. }
        | Measure::Cvar { at_most_usd: bound, .. }
        | Measure::AverageAnnualLoss { at_most_usd: bound }
        | Measure::MonthlyCost { at_most_usd: bound } => *bound = at,
    }
    measure
}

/// The measure without one end; `None` when it has no other end.
#[must_use]
pub fn without_end(measure: &Measure, end: End) -> Option<Measure> {
    let Measure::Share { of, is, bound } = measure else { return None };
    let bound = match end {
        End::AtLeast => Bound { at_least: None, ..*bound },
        End::AtMost => Bound { at_most: None, ..*bound },
    };
    (bound.at_least.is_some() || bound.at_most.is_some()).then(|| Measure::Share {
        of: *of,
        is: is.clone(),
        bound,
    })
}

/// The instance with one end of one limit moved to `at`.
#[must_use]
pub fn with_bound(instance: &Instance, limit: usize, end: End, at: f64) -> Instance {
    let mut instance = instance.clone();
    let measure = &mut instance.portfolio.limits[limit].measure;
    *measure = with_end(measure, end, at);
    instance
}

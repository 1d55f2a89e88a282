//! Lags of groups of models, and what they mean for workloads, in `landscape`.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;

use crate::landscape::lag::Lag;
use crate::landscape::origins::OriginService;
use crate::landscape::trend::Heading;
use crate::model::instance::{Instance, ModelIdx};
use crate::study::landscape::{GroupCourse, Landscape};

/// A group of models against the best of all.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
pub struct LagAnswer {
    /// Selector of the group in one line of YAML.
    pub group: String,
    /// Months since all models reached what the group has now; 0 when it is not behind, null when it has no rated model.
    pub months: Option<f64>,
    /// Lower end of the 95 % interval that the errors of the ratings leave; null when an error is not known.
    pub months_low: Option<f64>,
    /// Upper end of that interval; null also when the first rated model of all may have been as good.
    pub months_high: Option<f64>,
    /// Whether the first rated model of all was already as good, so that the lag may be longer.
    pub months_at_least: bool,
    /// Capability points behind the best model of all; null when the group has no rated model.
    pub points: Option<f64>,
    /// Lower end of the 95 % interval that the errors of the two ratings leave; null when an error is not known.
    pub points_low: Option<f64>,
    /// Upper end of that interval.
    pub points_high: Option<f64>,
    /// Best model of the group; of equals the earliest. Null when it has no rated model.
    pub best_model: Option<String>,
    /// Its capability points.
    pub best_points: Option<f64>,
    /// Its release; a month or year is its first day.
    pub best_released: Option<String>,
    /// Best model outside the group; null without one.
    pub rival: Option<String>,
    /// Day up to which releases count.
    pub as_of: Option<String>,
    /// Mean months behind over the history.
    pub mean_months: Option<f64>,
    /// Mean points behind over the history.
    pub mean_points: Option<f64>,
    /// Change of the points behind in a year; below 0 the group catches up. Null with fewer than four records on one side.
    pub change_points_per_year: Option<f64>,
    /// Lower end of its 95 % interval.
    pub change_low: Option<f64>,
    /// Upper end of its 95 % interval.
    pub change_high: Option<f64>,
    /// `closing` or `widening` when the whole interval is on that side of 0, else `unclear`; null without a change.
    pub heading: Option<String>,
}

impl LagAnswer {
    /// The documented entry.
    #[must_use]
    pub fn of(instance: &Instance, as_of: Option<Date>, course: &GroupCourse) -> Self {
        let lag = course.lag.as_ref();
        let change = course.trend.map(|t| t.points_per_year);
        let id = |model: ModelIdx| instance.models[model].model.id.clone();
        let heading = course.trend.map(|t| match t.heading() {
            Heading::Closing => "closing",
            Heading::Widening => "widening",
            Heading::Unclear => "unclear",
        });
        Self {
            group: course.name.clone(),
            months: lag.map(|l| l.months.value),
            months_low: lag.and_then(|l| l.months.low),
            months_high: lag.and_then(|l| l.months.high),
            months_at_least: lag.is_some_and(|l| l.is_at_least),
            points: lag.map(|l| l.points.value),
            points_low: lag.and_then(|l| l.points.low),
            points_high: lag.and_then(|l| l.points.high),
            best_model: lag.map(|l| id(l.best.model)),
            best_points: lag.map(|l| l.best.points),
            best_released: lag.map(|l| l.best.released.to_string()),
            rival: lag.and_then(|l| l.rival).map(|r| id(r.model)),
            as_of: as_of.map(|day| day.to_string()),
            mean_months: course.mean_months,
            mean_points: course.mean_points,
            change_points_per_year: change.map(|c| c.value),
            change_low: change.and_then(|c| c.low),
            change_high: change.and_then(|c| c.high),
            heading: heading.map(str::to_owned),
        }
    }
}

/// The lag of a group on one day.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct LagMonthAnswer {
    /// Selector of the group.
    pub group: String,
    /// The day: the first of a month, last the day of the answer.
    pub as_of: String,
    /// Months behind.
    pub months: f64,
    /// Points behind.
    pub points: f64,
    /// Best model of the group by then.
    pub best_model: String,
    /// Its capability points: the group's frontier.
    pub best_points: f64,
}

impl LagMonthAnswer {
    /// The documented entries of a group.
    #[must_use]
    pub fn all(instance: &Instance, course: &GroupCourse) -> Vec<Self> {
        let entry = |lag: &Lag| Self {
            group: course.name.clone(),
            as_of: lag.as_of.to_string(),
            months: lag.months.value,
            points: lag.points.value,
            best_model: instance.models[lag.best.model].model.id.clone(),
            best_points: lag.best.points,
        };
        course.history.iter().map(entry).collect()
    }
}

/// What the models of one origin can do for a workload.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct OriginServiceAnswer {
    /// Id of the workload.
    pub workload: String,
    /// Its quality floor, points; null for none.
    pub min_quality: Option<f64>,
    /// Selector of the origin.
    pub group: String,
    /// `today` (all users), `partly` (some users), `not_offered` (a model reaches the floor, no offer is eligible) or `below` (no model reaches it).
    pub service: String,
    /// Share of the workload's users who may newly use an offer of such a model.
    pub users_share: f64,
    /// Rated models of the origin that reach the floor, dated or not.
    pub n_models: u64,
    /// Best rated model of the origin, dated or not; null without one.
    pub best_model: Option<String>,
    /// Its points above the floor, negative below; null without a floor.
    pub margin_points: Option<f64>,
    /// Day on which the origin reaches the floor on its own trend; null when it does today, when there is no trend, or beyond ten years.
    pub expected: Option<String>,
    /// Earliest such day within the 95 % intervals of rating and pace.
    pub expected_earliest: Option<String>,
    /// Latest such day; null when it is open.
    pub expected_latest: Option<String>,
}

impl OriginServiceAnswer {
    /// Every workload with every origin.
    #[must_use]
    pub fn all(instance: &Instance, landscape: &Landscape<'_>) -> Vec<Self> {
        landscape.services.iter().map(|service| Self::of(instance, landscape, service)).collect()
    }

    fn of(instance: &Instance, landscape: &Landscape<'_>, service: &OriginService) -> Self {
        let workload = &instance.workloads[service.workload].workload;
        let word = match service.users_share {
            share if share >= 1.0 - 1e-9 => "today",
            share if share > 0.0 => "partly",
            _ if service.n_models > 0 => "not_offered",
            _ => "below",
        };
        let day = |day: Option<Date>| day.map(|d| d.to_string());
        Self {
            workload: workload.id.clone(),
            min_quality: workload.min_quality,
            group: landscape.origins[service.group].name.clone(),
            service: word.to_owned(),
            users_share: service.users_share,
            n_models: service.n_models as u64,
            best_model: service.best.map(|m| instance.models[m].model.id.clone()),
            margin_points: service.margin,
            expected: day(service.forecast.and_then(|f| f.date)),
            expected_earliest: day(service.forecast.and_then(|f| f.earliest)),
            expected_latest: day(service.forecast.and_then(|f| f.latest)),
        }
    }
}

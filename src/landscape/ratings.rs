//! Rated models in the order of their release, and groups of models (methodology/landscape.md#lag).

use jiff::civil::Date;

use crate::model::instance::{Instance, ModelIdx};
use crate::model::selector::Selector;

/// A rated model with a date of release.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RatedModel {
    pub model: ModelIdx,
    /// A month or year is its first day.
    pub released: Date,
    /// General quality, points.
    pub points: f64,
    /// Standard error of the rating, points.
    pub std_error: Option<f64>,
}

impl RatedModel {
    /// Standard error of the difference of two independent ratings, points; `None` when the error of one is not known.
    #[must_use]
    pub fn difference_error(&self, other: &Self) -> Option<f64> {
        Some(self.std_error?.hypot(other.std_error?))
    }
}

/// The rated models of an instance.
#[derive(Debug, Clone, PartialEq)]
pub struct Ratings {
    /// By release, then by id.
    pub models: Vec<RatedModel>,
    /// Rated models without a date of release, which have no place in time.
    pub undated: Vec<ModelIdx>,
}

impl Ratings {
    /// Orders the rated models.
    #[must_use]
    pub fn new(instance: &Instance) -> Self {
        let mut ratings = Self { models: Vec::new(), undated: Vec::new() };
        for (model, resolved) in instance.models.iter().enumerate() {
            let quality = &resolved.model.quality;
            match (quality.general, resolved.model.released) {
                (Some(points), Some(released)) => ratings.models.push(RatedModel {
                    model,
                    released: released.first_day(),
                    points,
                    std_error: quality.std_error,
                }),
                (Some(_), None) => ratings.undated.push(model),
                (None, _) => {}
            }
        }
        // The instance lists models by id, and the sort is stable.
        ratings.models.sort_by_key(|m| m.released);
        ratings
    }

    /// The newest release; `None` without a dated model.
    #[must_use]
    pub fn newest(&self) -> Option<Date> {
        self.models.last().map(|m| m.released)
    }

    /// Models of a group that were released by the day, in order of release.
    pub fn of<'a>(&'a self, group: &'a ModelGroup, day: Date) -> impl Iterator<Item = &'a RatedModel> {
        self.released_by(day).filter(|m| group.is_member[m.model])
    }

    /// Models outside a group that were released by the day, in order of release.
    pub fn outside<'a>(&'a self, group: &'a ModelGroup, day: Date) -> impl Iterator<Item = &'a RatedModel> {
        self.released_by(day).filter(|m| !group.is_member[m.model])
    }

    /// Models that were released by the day, in order of release.
    pub fn released_by(&self, day: Date) -> impl Iterator<Item = &RatedModel> {
        self.models.iter().take_while(move |m| m.released <= day)
    }
}

/// The best of models in order of release; of equals the earliest, then the first by id.
pub fn best<'a>(models: impl Iterator<Item = &'a RatedModel>) -> Option<&'a RatedModel> {
    models.fold(
        None,
        |best: Option<&RatedModel>, m| {
            if best.is_none_or(|b| m.points > b.points) { Some(m) } else { best }
        },
    )
}

/// Models in order of release that were better than all before.
#[must_use]
pub fn records<'a>(models: impl Iterator<Item = &'a RatedModel>) -> Vec<&'a RatedModel> {
    let mut records: Vec<&RatedModel> = Vec::new();
    for model in models {
        if records.last().is_none_or(|last| model.points > last.points) {
            records.push(model);
        }
    }
    records
}

/// A named group of models.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelGroup {
    /// Its selector in one line of YAML.
    pub name: String,
    /// `[n_models]`
    pub is_member: Vec<bool>,
}

impl ModelGroup {
    /// Models that the selector matches; where it asks for host or region, models with such an offer.
    #[must_use]
    pub fn matching(instance: &Instance, name: String, selector: &Selector) -> Self {
        Self { name, is_member: instance.matching_models(selector) }
    }

    /// All other models.
    #[must_use]
    pub fn complement(&self) -> Self {
        Self { name: self.name.clone(), is_member: self.is_member.iter().map(|is| !is).collect() }
    }

    /// Whether one of the models is a member.
    #[must_use]
    pub fn has_any(&self, ratings: &Ratings) -> bool {
        ratings.models.iter().any(|m| self.is_member[m.model])
    }
}

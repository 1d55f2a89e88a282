//! Scores of jurisdictions, lags of groups of models, and what they mean for the workloads of a portfolio.

use jiff::civil::Date;

use crate::landscape::bands::{EnablerRank, OverallRank, enabler_ranks, overall_ranks};
use crate::landscape::blocs::{BlocGain, bloc_gains};
use crate::landscape::enablers::{ScoreTerms, Scores};
use crate::landscape::lag::Lag;
use crate::landscape::origins::{OriginService, origin_services};
use crate::landscape::paths::{PathEvidence, path_evidence};
use crate::landscape::ratings::{ModelGroup, Ratings};
use crate::landscape::trend::{Trend, history};
use crate::measures::moments::mean;
use crate::model::instance::{Instance, ModelIdx};
use crate::model::jurisdictions::Jurisdictions;
use crate::model::selector::{JurisdictionSet, Selector};
use crate::model::words::Openness;

/// What is asked.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LandscapeQuestion {
    pub terms: ScoreTerms,
    /// Groups of models to show, with their names; empty for the usual ones.
    pub groups: Vec<(String, Selector)>,
    /// Models to do without, with their names.
    pub without: Vec<(String, Selector)>,
    /// Later releases do not count; `None`: the newest release of a rated model.
    pub as_of: Option<Date>,
}

/// The answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Landscape<'a> {
    pub scores: Scores<'a>,
    /// `[n_jurisdictions]`
    pub ranks: Vec<OverallRank>,
    /// `[n_enablers][n_jurisdictions]`
    pub enabler_ranks: Vec<Vec<Option<EnablerRank>>>,
    pub evidence: Vec<PathEvidence<'a>>,
    pub bloc_gains: Vec<BlocGain<'a>>,
    /// `None` when no rated model has a date of release.
    pub as_of: Option<Date>,
    /// Groups that have a rated model by then.
    pub groups: Vec<GroupCourse>,
    /// Models that can be used in the scored jurisdictions.
    pub regions: Vec<GroupCourse>,
    /// What is left without the models to do without.
    pub without: Vec<GroupCourse>,
    /// Rated models without a date of release.
    pub undated: Vec<ModelIdx>,
    /// Origins by which [`Landscape::services`] are listed.
    pub origins: Vec<ModelGroup>,
    pub services: Vec<OriginService>,
}

/// A group of models today, before and on trend.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupCourse {
    pub name: String,
    /// `None` when it has no rated model by the day.
    pub lag: Option<Lag>,
    pub trend: Option<Trend>,
    /// First of each month, and the day.
    pub history: Vec<Lag>,
    /// Means over the history; `None` when it is empty.
    pub mean_months: Option<f64>,
    pub mean_points: Option<f64>,
}

impl GroupCourse {
    fn new(ratings: &Ratings, group: &ModelGroup, as_of: Date) -> Self {
        let history = history(ratings, group, as_of);
        let mean_of = |of: fn(&Lag) -> f64| mean(&history.iter().map(of).collect::<Vec<f64>>()).ok();
        Self {
            name: group.name.clone(),
            lag: Lag::new(ratings, group, as_of),
            trend: Trend::new(ratings, group, as_of),
            mean_months: mean_of(|lag| lag.months.value),
            mean_points: mean_of(|lag| lag.points.value),
            history,
        }
    }
}

impl<'a> Landscape<'a> {
    /// Answers the question; workloads are those of the instance, none when it is the catalog alone.
    #[must_use]
    pub fn new(instance: &Instance, file: &'a Jurisdictions, question: &LandscapeQuestion) -> Self {
        let scores = Scores::new(file, &question.terms);
        let ratings = Ratings::new(instance);
        let as_of = question.as_of.or_else(|| ratings.newest());
        let course = |group: &ModelGroup| as_of.map(|day| GroupCourse::new(&ratings, group, day));
        let named =
            |(name, selector): &(String, Selector)| ModelGroup::matching(instance, name.clone(), selector);
        let origins: Vec<ModelGroup> =
            origins(instance, &scores).into_iter().filter(|group| group.has_any(&ratings)).collect();
        let is_usual = question.groups.is_empty();
        let groups: Vec<ModelGroup> = match is_usual {
            true => usual(instance, &scores).into_iter().filter(|g| g.has_any(&ratings)).collect(),
            false => question.groups.iter().map(named).collect(),
        };
        let groups = groups.iter().filter_map(course).filter(|course| !is_usual || course.lag.is_some());
        let regions = regions(instance, &scores);
        let regions = regions.iter().filter(|_| is_usual).filter_map(course).filter(|c| c.lag.is_some());
        let without = question.without.iter().map(|one| named(one).complement());
        Self {
            ranks: overall_ranks(&scores),
            enabler_ranks: (0..scores.enablers.len()).map(|e| enabler_ranks(&scores, e)).collect(),
            evidence: path_evidence(&scores),
            bloc_gains: bloc_gains(file, &scores, question.terms.uses_unscored),
            as_of,
            groups: groups.collect(),
            regions: regions.collect(),
            without: without.filter_map(|group| course(&group)).collect(),
            services: as_of.map_or_else(Vec::new, |day| origin_services(instance, &ratings, &origins, day)),
            undated: ratings.undated,
            origins,
            scores,
        }
    }
}

/// Open models under any license, and closed ones, as selectors write them.
fn kinds_of_openness() -> [(&'static str, Vec<Openness>); 2] {
    [
        ("[open_weights, open_source]", vec![Openness::OpenWeights, Openness::OpenSource]),
        ("closed", vec![Openness::Closed]),
    ]
}

/// One group per scored jurisdiction: models whose developer is under it.
fn origins(instance: &Instance, scores: &Scores<'_>) -> Vec<ModelGroup> {
    let group = |id: &str| {
        let selector = Selector { origin: Some(listed(id)), ..Selector::default() };
        ModelGroup::matching(instance, format!("{{origin: {id}}}"), &selector)
    };
    scores.jurisdictions.iter().map(|j| group(&j.id)).collect()
}

/// Origins, openness, and each origin with each openness.
fn usual(instance: &Instance, scores: &Scores<'_>) -> Vec<ModelGroup> {
    let mut groups = origins(instance, scores);
    for (word, openness) in kinds_of_openness() {
        let selector = Selector { openness: Some(openness), ..Selector::default() };
        groups.push(ModelGroup::matching(instance, format!("{{openness: {word}}}"), &selector));
    }
    for jurisdiction in &scores.jurisdictions {
        let id = &jurisdiction.id;
        for (word, openness) in kinds_of_openness() {
            let selector =
                Selector { origin: Some(listed(id)), openness: Some(openness), ..Selector::default() };
            groups.push(ModelGroup::matching(
                instance,
                format!("{{origin: {id}, openness: {word}}}"),
                &selector,
            ));
        }
    }
    groups
}

/// One group per scored jurisdiction: models with an offer in it.
fn regions(instance: &Instance, scores: &Scores<'_>) -> Vec<ModelGroup> {
    let group = |id: &str| {
        let selector = Selector { region: Some(listed(id)), ..Selector::default() };
        ModelGroup::matching(instance, format!("{{region: {id}}}"), &selector)
    };
    scores.jurisdictions.iter().map(|j| group(&j.id)).collect()
}

fn listed(id: &str) -> JurisdictionSet {
    JurisdictionSet::Listed(vec![id.to_owned()])
}

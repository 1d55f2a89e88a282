//! `landscape`: scores of jurisdictions, and how far groups of models lie behind the best.

pub mod lags;
pub mod rows;
pub mod standings;
pub mod without;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::FORMAT_VERSION;
use crate::landscape::enablers::{ScoredEnabler, ScoredIndicator};
use crate::model::Confidence;
use crate::model::instance::Instance;
use crate::study::landscape::Landscape;
use lags::{LagAnswer, LagMonthAnswer, OriginServiceAnswer};
use standings::{
    BlocGainAnswer, CarriedAnswer, OverallRankAnswer, PathEvidenceAnswer, StandingAnswer, UnscoredAnswer,
};
use without::WithoutCostAnswer;

/// Where generative AI can come from.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "Landscape")]
pub struct LandscapeAnswer {
    /// Version of this format: 1.
    pub format_version: u64,
    /// Name of the portfolio whose workloads are asked about; null without one.
    pub portfolio: Option<String>,
    /// Day up to which releases count; null when no rated model has a date of release.
    pub as_of: Option<String>,
    /// Jurisdictions that are scored, by id.
    pub set: Vec<String>,
    /// Enabler → its weight in the overall strength.
    pub weights: BTreeMap<String, f64>,
    /// Indicators for which a proxy stands in.
    pub proxies: Vec<ProxyAnswer>,
    /// Jurisdiction → indicator → figure and score; indicators without a figure are absent.
    pub indicators: BTreeMap<String, BTreeMap<String, IndicatorScoreAnswer>>,
    /// Jurisdiction → enabler → score.
    pub enablers: BTreeMap<String, BTreeMap<String, EnablerScoreAnswer>>,
    /// Overall ranks with their bands, the first first.
    pub ranks: Vec<OverallRankAnswer>,
    /// The article's reading of each jurisdiction, by id.
    pub standings: Vec<StandingAnswer>,
    /// Figures for and against these readings. As CSV the keys are columns in this order.
    pub evidence: Vec<PathEvidenceAnswer>,
    /// Blocs beside their best members, per enabler.
    pub blocs: Vec<BlocGainAnswer>,
    /// Which member each indicator of a bloc rests on.
    pub carried: Vec<CarriedAnswer>,
    /// Figures of the scored jurisdictions that are on record and not scored, each with the reason.
    pub unscored: Vec<UnscoredAnswer>,
    /// Groups of models against the best of all.
    pub lag: Vec<LagAnswer>,
    /// Models that can be used in each jurisdiction, against the best of all.
    pub lag_by_region: Vec<LagAnswer>,
    /// What is left without the models of `--without`, named by what is left out.
    pub without: Vec<LagAnswer>,
    /// What doing without them costs the portfolio in money; null without a portfolio or without `--without`.
    pub without_cost: Option<WithoutCostAnswer>,
    /// Lag and best model of the groups of `lag` and `lag_by_region`, month by month.
    pub history: Vec<LagMonthAnswer>,
    /// Rated models without a date of release, which have no place in time.
    pub undated_models: Vec<String>,
    /// Which origins can serve the workloads of the portfolio; empty without one.
    pub workloads: Vec<OriginServiceAnswer>,
}

/// What stands in for an indicator.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ProxyAnswer {
    /// Id of the indicator.
    pub indicator: String,
    /// Name of the indicator.
    pub instead_of: String,
    /// What is measured instead.
    pub name: String,
    /// Unit of the figures.
    pub unit: String,
    /// Period of the figures.
    pub period: String,
}

/// The figure of a jurisdiction and what it scores.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct IndicatorScoreAnswer {
    /// The figure, in the unit of the indicator or of its proxy.
    pub value: f64,
    /// The article's score: the figure as a part of the largest; where lower is better 0 for the lowest and 1 for the highest.
    pub score: f64,
    /// The score turned so that more is stronger.
    pub strength: f64,
    /// Year of the figure.
    pub year: i64,
    /// Ids of its sources.
    pub source: Vec<String>,
    /// How well it is supported; of combined figures, the weakest.
    pub confidence: String,
    /// Whether it is a figure of the indicator's proxy.
    pub is_proxy: bool,
    /// Members of a bloc whose figures are combined; empty for a figure of its own.
    pub members: Vec<String>,
}

/// The score of an enabler.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct EnablerScoreAnswer {
    /// Mean score of the indicators present; null when there is none.
    pub score: Option<f64>,
    /// Mean strength of the indicators present; null when there is none.
    pub strength: Option<f64>,
    /// Share of the enabler's indicators that are present.
    pub coverage: f64,
    /// Smallest strength with one indicator left out; null when fewer than two are scored.
    pub strength_low: Option<f64>,
    /// Largest strength with one indicator left out; null when fewer than two are scored.
    pub strength_high: Option<f64>,
    /// 1 + the number of jurisdictions that are stronger; null without a figure.
    pub rank: Option<u64>,
    /// Best rank with one indicator left out; null when fewer than two are scored.
    pub rank_best: Option<u64>,
    /// Worst rank with one indicator left out; null when fewer than two are scored.
    pub rank_worst: Option<u64>,
    /// Number of figures that the article prints.
    pub n_seed: u64,
    /// Number of figures from public sources.
    pub n_public: u64,
    /// Number of estimates.
    pub n_estimate: u64,
    /// Number of figures of proxies, whatever their support.
    pub n_proxy: u64,
}

impl LandscapeAnswer {
    /// The documented answer. `portfolio`: name of the portfolio asked about.
    #[must_use]
    pub fn of(instance: &Instance, landscape: &Landscape<'_>, portfolio: Option<&str>) -> Self {
        let scores = &landscape.scores;
        let by_jurisdiction = || scores.jurisdictions.iter().enumerate();
        let lags =
            |courses: &[_]| courses.iter().map(|c| LagAnswer::of(instance, landscape.as_of, c)).collect();
        Self {
            format_version: FORMAT_VERSION,
            portfolio: portfolio.map(str::to_owned),
            as_of: landscape.as_of.map(|day| day.to_string()),
            set: scores.jurisdictions.iter().map(|j| j.id.clone()).collect(),
            weights: scores.enablers.iter().map(|e| (e.enabler.id.clone(), e.weight)).collect(),
            proxies: proxies(landscape),
            indicators: by_jurisdiction().map(|(at, j)| (j.id.clone(), indicators(landscape, at))).collect(),
            enablers: by_jurisdiction().map(|(at, j)| (j.id.clone(), enablers(landscape, at))).collect(),
            ranks: OverallRankAnswer::all(landscape),
            standings: scores.jurisdictions.iter().map(|j| StandingAnswer::of(j)).collect(),
            evidence: landscape.evidence.iter().map(PathEvidenceAnswer::of).collect(),
            blocs: landscape.bloc_gains.iter().map(BlocGainAnswer::of).collect(),
            carried: landscape.bloc_gains.iter().flat_map(CarriedAnswer::all).collect(),
            unscored: scores.jurisdictions.iter().flat_map(|j| UnscoredAnswer::all(j)).collect(),
            lag: lags(&landscape.groups),
            lag_by_region: lags(&landscape.regions),
            without: lags(&landscape.without),
            without_cost: None,
            history: landscape
                .groups
                .iter()
                .chain(&landscape.regions)
                .flat_map(|course| LagMonthAnswer::all(instance, course))
                .collect(),
            undated_models: landscape.undated.iter().map(|&m| instance.models[m].model.id.clone()).collect(),
            workloads: OriginServiceAnswer::all(instance, landscape),
        }
    }
}

fn proxies(landscape: &Landscape<'_>) -> Vec<ProxyAnswer> {
    let indicators = landscape.scores.enablers.iter().flat_map(|e| &e.indicators);
    let proxy = |i: &ScoredIndicator<'_>| {
        let proxy = i.indicator.proxy.as_ref().filter(|_| i.is_proxy)?;
        Some(ProxyAnswer {
            indicator: i.indicator.id.clone(),
            instead_of: i.indicator.name.clone(),
            name: proxy.name.clone(),
            unit: proxy.unit.clone(),
            period: proxy.period.clone(),
        })
    };
    indicators.filter_map(proxy).collect()
}

fn indicators(landscape: &Landscape<'_>, jurisdiction: usize) -> BTreeMap<String, IndicatorScoreAnswer> {
    let indicators = landscape.scores.enablers.iter().flat_map(|e| &e.indicators);
    let answer = |i: &ScoredIndicator<'_>| {
        let figure = i.figures[jurisdiction].as_ref()?;
        let score = i.score(jurisdiction)?;
        let owned = |texts: &[&str]| texts.iter().map(|&t| t.to_owned()).collect();
        let answer = IndicatorScoreAnswer {
            value: figure.value,
            score: score.score,
            strength: score.strength,
            year: figure.year,
            source: owned(&figure.sources),
            confidence: figure.confidence.as_str().to_owned(),
            is_proxy: i.is_proxy,
            members: owned(&figure.members),
        };
        Some((i.indicator.id.clone(), answer))
    };
    indicators.filter_map(answer).collect()
}

fn enablers(landscape: &Landscape<'_>, jurisdiction: usize) -> BTreeMap<String, EnablerScoreAnswer> {
    let answer = |(e, scored): (usize, &ScoredEnabler<'_>)| {
        let score = scored.score(jurisdiction, None);
        let rank = landscape.enabler_ranks[e][jurisdiction];
        let band = rank.and_then(|r| r.band);
        let ends = rank.and_then(|r| r.strengths);
        let figures = || scored.indicators.iter().filter_map(|i| i.figures[jurisdiction].as_ref());
        let n_of = |c: Confidence| figures().filter(|f| f.confidence == c).count() as u64;
        let is_proxy = |i: &&ScoredIndicator<'_>| i.is_proxy && i.figures[jurisdiction].is_some();
        let answer = EnablerScoreAnswer {
            score: score.map(|s| s.score),
            strength: score.map(|s| s.strength),
            coverage: scored.coverage(jurisdiction),
            strength_low: ends.map(|e| e.0),
            strength_high: ends.map(|e| e.1),
            rank: rank.map(|r| r.rank as u64),
            rank_best: band.map(|b| b.best as u64),
            rank_worst: band.map(|b| b.worst as u64),
            n_seed: n_of(Confidence::Seed),
            n_public: n_of(Confidence::Public),
            n_estimate: n_of(Confidence::Estimate),
            n_proxy: scored.indicators.iter().filter(is_proxy).count() as u64,
        };
        (scored.enabler.id.clone(), answer)
    };
    landscape.scores.enablers.iter().enumerate().map(answer).collect()
}

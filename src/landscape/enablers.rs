//! Scores of indicators and enablers (methodology/landscape.md#scores).

use std::collections::BTreeMap;

use crate::model::Confidence;
use crate::model::jurisdictions::{
    Better, Combine, Enabler, Indicator, IndicatorValue, Jurisdiction, JurisdictionKind, Jurisdictions,
    Standing,
};

/// What is scored, and from which figures.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoreTerms {
    /// Ids of the jurisdictions to score; `None`: superpowers, middle powers and research hubs, blocs instead of members.
    pub set: Option<Vec<String>>,
    /// Enabler → weight, ≥ 0; an enabler that is not named has weight 1.
    pub weights: BTreeMap<String, f64>,
    /// Whether figures of proxies are used.
    pub uses_proxies: bool,
    /// Whether figures that are on record as unscored fill what is missing.
    pub uses_unscored: bool,
}

impl Default for ScoreTerms {
    fn default() -> Self {
        Self { set: None, weights: BTreeMap::new(), uses_proxies: true, uses_unscored: false }
    }
}

/// Scores of a set of jurisdictions.
#[derive(Debug, Clone, PartialEq)]
pub struct Scores<'a> {
    /// Sorted by id.
    pub jurisdictions: Vec<&'a Jurisdiction>,
    /// Sorted by id.
    pub enablers: Vec<ScoredEnabler<'a>>,
}

/// An enabler with the scores of its indicators.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoredEnabler<'a> {
    pub enabler: &'a Enabler,
    pub weight: f64,
    /// Sorted by id.
    pub indicators: Vec<ScoredIndicator<'a>>,
}

/// An indicator with the figures of the set.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoredIndicator<'a> {
    pub indicator: &'a Indicator,
    /// Whether the figures are those of its proxy.
    pub is_proxy: bool,
    /// `None` when no jurisdiction of the set has a figure.
    pub scale: Option<Scale>,
    /// `[n_jurisdictions]`
    pub figures: Vec<Option<Figure<'a>>>,
}

/// The figure of one jurisdiction.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure<'a> {
    pub value: f64,
    /// Its year; the latest of those that are combined.
    pub year: i64,
    /// Ids of sources, each once.
    pub sources: Vec<&'a str>,
    /// The weakest of those that are combined.
    pub confidence: Confidence,
    /// Members of a bloc whose figures are combined; empty for a figure of its own.
    pub members: Vec<&'a str>,
}

/// Smallest and largest figure of a scored set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    pub low: f64,
    pub high: f64,
    pub better: Better,
}

impl Scale {
    fn new(values: impl Iterator<Item = f64>, better: Better) -> Option<Self> {
        let scale = |s: Option<Self>, x: f64| match s {
            None => Some(Self { low: x, high: x, better }),
            Some(s) => Some(Self { low: s.low.min(x), high: s.high.max(x), better }),
        };
        values.fold(None, scale)
    }

    /// The article's score: 1 for the largest figure; 0 for zero, or where lower is better for the smallest figure.
    ///
    /// Figures outside the scale, as of members of a scored bloc, can lie outside [0, 1].
    #[must_use]
    pub fn score(&self, value: f64) -> f64 {
        let (above, span) = match self.better {
            Better::Higher => (value, self.high),
            Better::Lower => (value - self.low, self.high - self.low),
        };
        if span > 0.0 { above / span } else { 0.0 }
    }

    /// The score, turned around where lower is better: more is stronger.
    #[must_use]
    pub fn strength(&self, value: f64) -> f64 {
        match self.better {
            Better::Higher => self.score(value),
            Better::Lower => 1.0 - self.score(value),
        }
    }
}

/// The score of an enabler.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EnablerScore {
    pub score: f64,
    pub strength: f64,
}

impl<'a> Scores<'a> {
    /// Scores a set; ids of the set that the file does not hold are left out.
    #[must_use]
    pub fn new(file: &'a Jurisdictions, terms: &ScoreTerms) -> Self {
        let jurisdictions = scored_set(file, terms.set.as_deref());
        let enabler = |enabler: &'a Enabler| {
            let mut indicators: Vec<&Indicator> = enabler.indicators.iter().collect();
            indicators.sort_by(|a, b| a.id.cmp(&b.id));
            ScoredEnabler {
                enabler,
                weight: terms.weights.get(&enabler.id).copied().unwrap_or(1.0),
                indicators: indicators
                    .into_iter()
                    .map(|i| indicator(file, &jurisdictions, i, terms))
                    .collect(),
            }
        };
        // Sorted, so that sums do not depend on the order of the file.
        let mut enablers: Vec<ScoredEnabler<'_>> = file.enablers.iter().map(enabler).collect();
        enablers.sort_by(|a, b| a.enabler.id.cmp(&b.enabler.id));
        Self { jurisdictions, enablers }
    }

    /// The jurisdiction's place in the set.
    #[must_use]
    pub fn position(&self, id: &str) -> Option<usize> {
        self.jurisdictions.iter().position(|j| j.id == id)
    }

    /// An indicator of any enabler.
    #[must_use]
    pub fn indicator(&self, id: &str) -> Option<&ScoredIndicator<'a>> {
        self.enablers.iter().flat_map(|e| &e.indicators).find(|i| i.indicator.id == id)
    }
}

impl ScoredIndicator<'_> {
    /// The jurisdiction's score and strength; `None` without a figure.
    #[must_use]
    pub fn score(&self, jurisdiction: usize) -> Option<EnablerScore> {
        let (scale, figure) = (self.scale?, self.figures[jurisdiction].as_ref()?);
        Some(EnablerScore { score: scale.score(figure.value), strength: scale.strength(figure.value) })
    }
}

impl ScoredEnabler<'_> {
    /// Means over the indicators that the jurisdiction has, `without` left aside; `None` when it has none.
    #[must_use]
    pub fn score(&self, jurisdiction: usize, without: Option<usize>) -> Option<EnablerScore> {
        let counted = self.indicators.iter().enumerate().filter(|(i, _)| Some(*i) != without);
        let found: Vec<EnablerScore> = counted.filter_map(|(_, i)| i.score(jurisdiction)).collect();
        let mean = |of: fn(&EnablerScore) -> f64| found.iter().map(of).sum::<f64>() / found.len() as f64;
        (!found.is_empty()).then(|| EnablerScore { score: mean(|s| s.score), strength: mean(|s| s.strength) })
    }

    /// Share of the enabler's indicators that the jurisdiction has; 0 for an enabler without indicators.
    #[must_use]
    pub fn coverage(&self, jurisdiction: usize) -> f64 {
        let present = self.indicators.iter().filter(|i| i.figures[jurisdiction].is_some()).count();
        present as f64 / self.indicators.len().max(1) as f64
    }
}

/// The jurisdictions that are scored, sorted by id, each once.
fn scored_set<'a>(file: &'a Jurisdictions, set: Option<&[String]>) -> Vec<&'a Jurisdiction> {
    let all = || file.jurisdictions.iter();
    let mut scored: Vec<&Jurisdiction> = match set {
        Some(ids) => all().filter(|j| ids.contains(&j.id)).collect(),
        None => {
            let stands = |j: &&Jurisdiction| j.standing != Standing::Other;
            let blocs = || all().filter(stands).filter(|j| j.kind == JurisdictionKind::Bloc);
            let is_member = |j: &Jurisdiction| blocs().any(|bloc| bloc.members.contains(&j.id));
            all().filter(stands).filter(|j| !is_member(j)).collect()
        }
    };
    scored.sort_by(|a, b| a.id.cmp(&b.id));
    scored
}

fn indicator<'a>(
    file: &'a Jurisdictions,
    set: &[&'a Jurisdiction],
    indicator: &'a Indicator,
    terms: &ScoreTerms,
) -> ScoredIndicator<'a> {
    let series = |is_proxy: bool| -> Vec<Option<Figure<'a>>> {
        let wanted = Series { indicator, is_proxy, uses_unscored: terms.uses_unscored };
        set.iter().map(|j| wanted.figure(file, j)).collect()
    };
    let n_known = |figures: &[Option<Figure<'_>>]| figures.iter().flatten().count();
    let own = series(false);
    let proxy = if terms.uses_proxies { series(true) } else { Vec::new() };
    // The two measure different things, so the one that covers more of the set stands alone.
    let is_proxy = n_known(&proxy) > n_known(&own);
    let figures = if is_proxy { proxy } else { own };
    let scale = Scale::new(figures.iter().flatten().map(|f| f.value), indicator.better);
    ScoredIndicator { indicator, is_proxy, scale, figures }
}

/// Which figures of an indicator are read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Series<'a> {
    pub(super) indicator: &'a Indicator,
    pub(super) is_proxy: bool,
    pub(super) uses_unscored: bool,
}

impl<'a> Series<'a> {
    /// The jurisdiction's own figure, else for a bloc what its members' figures combine to.
    fn figure(self, file: &'a Jurisdictions, jurisdiction: &'a Jurisdiction) -> Option<Figure<'a>> {
        if let Some(own) = self.own(jurisdiction) {
            return Some(Figure {
                value: own.value,
                year: own.year,
                sources: own.source.iter().map(String::as_str).collect(),
                confidence: own.confidence,
                members: Vec::new(),
            });
        }
        let mut members: Vec<&Jurisdiction> =
            file.jurisdictions.iter().filter(|j| jurisdiction.members.contains(&j.id)).collect();
        members.sort_by(|a, b| a.id.cmp(&b.id));
        let found: Vec<(&str, &IndicatorValue)> =
            members.into_iter().filter_map(|m| Some((m.id.as_str(), self.own(m)?))).collect();
        self.combined(&found)
    }

    /// The figure that the file holds for the jurisdiction itself.
    pub(super) fn own(self, jurisdiction: &'a Jurisdiction) -> Option<&'a IndicatorValue> {
        let id = &self.indicator.id;
        let scored = jurisdiction.indicators.get(id).filter(|value| value.is_proxy == self.is_proxy);
        let unscored = || jurisdiction.unscored.get(id).map(|entry| &entry.figure);
        scored.or_else(|| if self.uses_unscored && !self.is_proxy { unscored() } else { None })
    }

    fn combined(self, found: &[(&'a str, &'a IndicatorValue)]) -> Option<Figure<'a>> {
        let values = || found.iter().map(|(_, v)| v.value);
        let value = match self.indicator.combine {
            Combine::None => None,
            Combine::Sum => (!found.is_empty()).then(|| values().sum()),
            Combine::Mean => (!found.is_empty()).then(|| values().sum::<f64>() / found.len() as f64),
            Combine::Max => values().reduce(f64::max),
        }?;
        let mut sources: Vec<&str> =
            found.iter().flat_map(|(_, v)| v.source.iter().map(String::as_str)).collect();
        sources.sort_unstable();
        sources.dedup();
        Some(Figure {
            value,
            year: found.iter().map(|(_, v)| v.year).max()?,
            sources,
            confidence: found.iter().map(|(_, v)| v.confidence).max()?,
            members: found.iter().map(|(id, _)| *id).collect(),
        })
    }
}

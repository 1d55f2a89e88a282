//! Ranks, and how far they depend on weights and on single indicators (methodology/landscape.md#ranks).

use super::enablers::Scores;

/// Factors by which each enabler's weight is multiplied, in every combination.
pub const WEIGHT_FACTORS: [f64; 3] = [0.5, 1.0, 2.0];

/// Strengths that differ by less are equal.
const SLACK: f64 = 1e-12;

/// The overall strength of a jurisdiction and its rank.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OverallRank {
    /// Weighted mean of the enablers' strengths; `None` without any figure.
    pub strength: Option<f64>,
    /// 1 + the number of jurisdictions that are stronger.
    pub rank: usize,
    /// Under all weightings.
    pub by_weights: Band,
    /// With each indicator left out in turn.
    pub by_indicator: Band,
    /// Both together.
    pub overall: Band,
}

/// Best and worst rank among variants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Band {
    pub best: usize,
    pub worst: usize,
}

impl Band {
    fn at(rank: usize) -> Self {
        Self { best: rank, worst: rank }
    }

    fn with(self, other: Self) -> Self {
        Self { best: self.best.min(other.best), worst: self.worst.max(other.worst) }
    }

    fn include(&mut self, rank: usize) {
        self.best = self.best.min(rank);
        self.worst = self.worst.max(rank);
    }
}

/// `[n_jurisdictions]`: ranks with their bands.
#[must_use]
pub fn overall_ranks(scores: &Scores<'_>) -> Vec<OverallRank> {
    let weights: Vec<f64> = scores.enablers.iter().map(|e| e.weight).collect();
    let base = Strengths::new(scores, None);
    let strengths: Vec<Option<f64>> = base.overall(&weights);
    let at_base = ranks(&strengths);
    let band = |&rank: &usize| OverallRank {
        strength: None,
        rank,
        by_weights: Band::at(rank),
        by_indicator: Band::at(rank),
        overall: Band::at(rank),
    };
    let mut found: Vec<OverallRank> = at_base.iter().map(band).collect();
    for (rank, strength) in found.iter_mut().zip(&strengths) {
        rank.strength = *strength;
    }
    for weighting in weightings(&weights) {
        let varied = ranks(&base.overall(&weighting));
        found.iter_mut().zip(varied).for_each(|(found, rank)| found.by_weights.include(rank));
    }
    for without in scored_indicators(scores) {
        let varied = ranks(&Strengths::new(scores, Some(without)).overall(&weights));
        found.iter_mut().zip(varied).for_each(|(found, rank)| found.by_indicator.include(rank));
    }
    for rank in &mut found {
        rank.overall = rank.by_weights.with(rank.by_indicator);
    }
    found
}

/// The rank of a jurisdiction in one enabler, and what leaving out an indicator changes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EnablerRank {
    pub rank: usize,
    /// Ranks with each of its indicators left out in turn; `None` when fewer than two are scored.
    pub band: Option<Band>,
    /// Smallest and largest strength with each of its indicators left out, and with all; `None` as above.
    pub strengths: Option<(f64, f64)>,
}

/// `[n_jurisdictions]`: ranks in one enabler; `None` for a jurisdiction without a figure.
#[must_use]
pub fn enabler_ranks(scores: &Scores<'_>, enabler: usize) -> Vec<Option<EnablerRank>> {
    let n = scores.jurisdictions.len();
    let scored = &scores.enablers[enabler];
    let strengths = |without: Option<usize>| -> Vec<Option<f64>> {
        (0..n).map(|j| scored.score(j, without).map(|s| s.strength)).collect()
    };
    let base = strengths(None);
    let has_figures = |i: &usize| scored.indicators[*i].scale.is_some();
    let left_out: Vec<usize> = (0..scored.indicators.len()).filter(has_figures).collect();
    let mut found: Vec<Option<EnablerRank>> = ranks(&base)
        .into_iter()
        .zip(&base)
        .map(|(rank, strength)| {
            let strength = (*strength)?;
            let is_banded = left_out.len() > 1;
            Some(EnablerRank {
                rank,
                band: is_banded.then(|| Band::at(rank)),
                strengths: is_banded.then_some((strength, strength)),
            })
        })
        .collect();
    for without in left_out.iter().filter(|_| left_out.len() > 1) {
        let variant = strengths(Some(*without));
        for ((found, rank), strength) in found.iter_mut().zip(ranks(&variant)).zip(&variant) {
            if let (Some(EnablerRank { band: Some(band), strengths: Some(ends), .. }), Some(strength)) =
                (found.as_mut(), strength)
            {
                band.include(rank);
                *ends = (ends.0.min(*strength), ends.1.max(*strength));
            }
        }
    }
    found
}

/// Every weighting: each weight times each of the factors.
fn weightings(weights: &[f64]) -> Vec<Vec<f64>> {
    let mut all = vec![Vec::new()];
    for weight in weights {
        let longer = |one: &Vec<f64>, factor: &f64| {
            let mut one = one.clone();
            one.push(weight * factor);
            one
        };
        all = all.iter().flat_map(|one| WEIGHT_FACTORS.iter().map(move |f| longer(one, f))).collect();
    }
    all
}

/// (enabler, indicator) of every indicator with figures.
fn scored_indicators<'s>(scores: &'s Scores<'_>) -> impl Iterator<Item = (usize, usize)> + 's {
    scores.enablers.iter().enumerate().flat_map(|(e, enabler)| {
        let scored = enabler.indicators.iter().enumerate().filter(|(_, i)| i.scale.is_some());
        scored.map(move |(i, _)| (e, i))
    })
}

/// Strengths of every enabler, with one indicator left out.
struct Strengths {
    /// `[n_enablers][n_jurisdictions]`
    by_enabler: Vec<Vec<Option<f64>>>,
    n_jurisdictions: usize,
}

impl Strengths {
    fn new(scores: &Scores<'_>, without: Option<(usize, usize)>) -> Self {
        let n_jurisdictions = scores.jurisdictions.len();
        let of = |(e, enabler): (usize, &super::enablers::ScoredEnabler<'_>)| {
            let left_out = without.filter(|(at, _)| *at == e).map(|(_, indicator)| indicator);
            (0..n_jurisdictions).map(|j| enabler.score(j, left_out).map(|s| s.strength)).collect()
        };
        Self { by_enabler: scores.enablers.iter().enumerate().map(of).collect(), n_jurisdictions }
    }

    /// `[n_jurisdictions]`: weighted means over the enablers that a jurisdiction has.
    fn overall(&self, weights: &[f64]) -> Vec<Option<f64>> {
        let mean = |j: usize| {
            let known = self.by_enabler.iter().zip(weights).filter_map(|(e, w)| Some((e[j]?, *w)));
            let (sum, weight) = known.fold((0.0, 0.0), |(sum, weight), (s, w)| (sum + w * s, weight + w));
            (weight > 0.0).then(|| sum / weight)
        };
        (0..self.n_jurisdictions).map(mean).collect()
    }
}

/// 1 + the number of those that are larger; what is unknown comes last.
fn ranks(strengths: &[Option<f64>]) -> Vec<usize> {
    let value = |s: &Option<f64>| s.unwrap_or(f64::NEG_INFINITY);
    let rank = |own: &Option<f64>| 1 + strengths.iter().filter(|s| value(s) > value(own) + SLACK).count();
    strengths.iter().map(rank).collect()
}

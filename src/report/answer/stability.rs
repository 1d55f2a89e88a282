//! How sure the choice of the plan is: the part of `optimize` that comes with every further question.

use schemars::JsonSchema;
use serde::Serialize;

use crate::report::names::candidate;
use crate::study::plan::stability::{CLOSE, Candidate, CandidateName, ReplicatedGap, Stability};

/// Whether other trials would have led to another plan.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct PlanStability {
    /// Plans that keep every limit, the recommended one first.
    pub candidates: Vec<CandidatePlan>,
    /// A plan is close when its objective is within this share of the best candidate's.
    pub close: f64,
    /// New trials that the candidates are measured on.
    pub trials: u64,
    /// Number of bootstrap resamples of these trials.
    pub resamples: u64,
    /// Optimality gap over independent samples; null unless `--replications`.
    pub replicated_gap: Option<SampledGap>,
}

/// A plan that could be chosen.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CandidatePlan {
    /// Name of the plan, as the tables print it.
    pub plan: String,
    /// Where the plan comes from.
    pub origin: CandidateWord,
    /// Planned cost over the horizon plus risk-weighted loss on the new trials, USD.
    pub objective_usd: f64,
    /// Objective less that of the recommended plan, USD; null for that plan itself.
    pub difference_usd: Option<f64>,
    /// Low end of its 95 % interval, USD.
    pub difference_low_usd: Option<f64>,
    /// High end of its 95 % interval, USD.
    pub difference_high_usd: Option<f64>,
    /// Whether the interval contains 0, so that the trials cannot tell it from the recommended plan.
    pub is_too_close_to_tell: bool,
    /// Share of the resamples in which it is close to the best candidate, in [0, 1].
    pub probability_close: f64,
    /// Share of the resamples in which it is the best candidate, in [0, 1].
    pub probability_best: f64,
}

/// Where a candidate comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CandidateWord {
    /// The recommended plan.
    Plan,
    /// Today's allocation.
    Today,
    /// A point of the frontier.
    Frontier,
    /// An alternative.
    Alternative,
}

/// How far the plan may be from the best one for all trials that could be drawn (Mak, Morton and Wood 1999).
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct SampledGap {
    /// Number of independent samples on which a plan was made anew.
    pub replications: usize,
    /// Number of further samples on which no plan was found.
    pub failed: usize,
    /// Trials of each sample.
    pub trials: u64,
    /// Mean over the samples of the plan's objective less the proven bound, USD; null with fewer than two samples.
    pub gap_usd: Option<f64>,
    /// Low end of its 95 % interval, USD.
    pub gap_low_usd: Option<f64>,
    /// High end of its 95 % interval, USD.
    pub gap_high_usd: Option<f64>,
}

impl PlanStability {
    /// The documented answer.
    #[must_use]
    pub fn of(found: &Stability) -> Self {
        Self {
            candidates: found.candidates.iter().map(CandidatePlan::of).collect(),
            close: CLOSE,
            trials: found.n_trials,
            resamples: found.n_resamples,
            replicated_gap: found.replicated.as_ref().map(SampledGap::of),
        }
    }
}

impl CandidatePlan {
    fn of(found: &Candidate) -> Self {
        let difference = found.difference_usd;
        Self {
            plan: candidate(found.name),
            origin: match found.name {
                CandidateName::Plan => CandidateWord::Plan,
                CandidateName::Today => CandidateWord::Today,
                CandidateName::Frontier(_) => CandidateWord::Frontier,
                CandidateName::Alternative(_) => CandidateWord::Alternative,
            },
            objective_usd: found.objective_usd,
            difference_usd: difference.map(|d| d.value),
            difference_low_usd: difference.and_then(|d| d.low),
            difference_high_usd: difference.and_then(|d| d.high),
            is_too_close_to_tell: found.is_too_close_to_tell(),
            probability_close: found.probability_close,
            probability_best: found.probability_best,
        }
    }
}

impl SampledGap {
    fn of(gap: &ReplicatedGap) -> Self {
        Self {
            replications: gap.n_replications,
            failed: gap.n_failed,
            trials: gap.n_trials,
            gap_usd: gap.gap_usd.map(|g| g.value),
            gap_low_usd: gap.gap_usd.and_then(|g| g.low),
            gap_high_usd: gap.gap_usd.and_then(|g| g.high),
        }
    }
}

//! Stability of a decision: would other trials have chosen another plan?
//! (methodology/optimization.md#stable-decisions)

use crate::study::progress::{Progress, Target};
use rayon::prelude::*;

use super::alternatives::AlternativePlans;
use super::context::{MeasuredPlan, PlanContext};
use super::frontier::Frontier;
use super::questions::Questions;
use super::schedule::contributions;
use crate::measures::moments::{mean, standard_error};
use crate::measures::paired::paired_difference;
use crate::measures::tail::value_at_risk;
use crate::measures::{Estimate, OUTSIDE_EACH_END, quantiles};
use crate::planning::sample::evaluate::Objective;
use crate::planning::search::search;
use crate::simulation::draws::Purpose;
use crate::simulation::philox::philox4x32;

/// Relative distance from the best objective within which a plan counts as equally good.
pub const CLOSE: f64 = 0.01;
/// Number of bootstrap resamples of the fresh trials.
const N_RESAMPLES: u32 = 500;
/// Largest number of fresh trials that are resampled; more are cut off.
const MAX_RESAMPLED: usize = 100_000;
/// Largest number of trials of one replication.
const MAX_REPLICATION_TRIALS: u64 = 500;
/// Key that separates the draws of resamples from all other draws.
const RESAMPLE_KEY: u64 = 0x5245_5341_4d50_4c45;

/// Stability of the choice among the plans found.
#[derive(Debug, Clone, PartialEq)]
pub struct Stability {
    /// The recommended plan first.
    pub candidates: Vec<Candidate>,
    /// Fresh trials that were resampled.
    pub n_trials: u64,
    pub n_resamples: u64,
    pub replicated: Option<ReplicatedGap>,
}

/// A plan that could have been chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    pub name: CandidateName,
    /// Objective on fresh trials, ignoring limits, USD.
    pub objective_usd: f64,
    /// Its objective minus the recommended plan's, paired by trial; `None` for the plan itself.
    pub difference_usd: Option<Estimate>,
    /// Share of the resamples in which it is within [`CLOSE`] of the best.
    pub probability_close: f64,
    /// Share of the resamples in which no candidate is better.
    pub probability_best: f64,
}

/// Origin of a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CandidateName {
    Plan,
    Today,
    /// Index of the frontier's point.
    Frontier(usize),
    /// Index in the list of alternatives.
    Alternative(usize),
}

/// Optimality gap of the plan on the true distribution of trials (Mak, Morton and Wood 1999).
#[derive(Debug, Clone, PartialEq)]
pub struct ReplicatedGap {
    /// Samples on which a new plan was made.
    pub n_replications: usize,
    /// Samples left out because the solver found no plan.
    pub n_failed: usize,
    /// Trials of each sample.
    pub n_trials: u64,
    /// Mean over the samples of the plan's objective minus the proven bound, USD, with its t-interval; `None` with
    /// fewer than two samples.
    pub gap_usd: Option<Estimate>,
}

impl Candidate {
    /// Whether the trials cannot distinguish it from the plan: the interval of the difference contains 0.
    #[must_use]
    pub fn is_too_close_to_tell(&self) -> bool {
        self.difference_usd.as_ref().is_some_and(|difference| {
            difference.low.is_none_or(|low| low <= 0.0) && difference.high.is_none_or(|high| high >= 0.0)
        })
    }
}

/// Resamples the candidates that keep all limits, and makes a new plan on each requested replication.
pub(super) fn stability(
    context: &PlanContext<'_>,
    questions: &Questions,
    plan: &MeasuredPlan,
    today: &MeasuredPlan,
    frontier: Option<&Frontier>,
    alternatives: Option<&AlternativePlans>,
) -> Stability {
    let mut named: Vec<(CandidateName, &MeasuredPlan)> = vec![(CandidateName::Plan, plan)];
    let points = frontier.iter().flat_map(|f| f.points.iter().enumerate());
    let others = alternatives.iter().flat_map(|a| a.list.iter().enumerate());
    let all = std::iter::once((CandidateName::Today, today))
        .chain(others.map(|(at, a)| (CandidateName::Alternative(at), &a.measured)))
        .chain(points.map(|(at, p)| (CandidateName::Frontier(at), &p.measured)));
    for (name, measured) in all {
        let is_known = named.iter().any(|(_, known)| known.plan == measured.plan);
        if !is_known && measured.in_sample.broken.is_empty() {
            named.push((name, measured));
        }
    }
    (context.progress)(Progress::Resampling);
    let (candidates, n_trials) = candidates(context, &named);
    Stability {
        candidates,
        n_trials: n_trials as u64,
        n_resamples: u64::from(N_RESAMPLES),
        replicated: questions.replications.map(|n| replicated(context, plan, n)),
    }
}

fn candidates(
    context: &PlanContext<'_>,
    named: &[(CandidateName, &MeasuredPlan)],
) -> (Vec<Candidate>, usize) {
    let objective = &context.request.objective;
    let cost = |m: &MeasuredPlan| m.fresh.figures.planned_usd;
    let n = named[0].1.fresh.losses.len().min(MAX_RESAMPLED);
    let resampled: Vec<Resampled> =
        named.iter().map(|(_, m)| Resampled::new(objective, cost(m), &m.fresh.losses[..n])).collect();
    let seed = context.settings.seed;
    let scores: Vec<Vec<f64>> = (0..N_RESAMPLES)
        .into_par_iter()
        .map(|resample| {
            let counts = counts(seed, resample, n);
            resampled.iter().map(|candidate| candidate.score(&counts)).collect()
        })
        .collect();
    let share_of_resamples = |holds: &dyn Fn(&[f64], f64) -> bool| {
        let best = |scores: &[f64]| scores.iter().copied().fold(f64::INFINITY, f64::min);
        let n = scores.iter().filter(|scores| holds(scores, best(scores))).count();
        n as f64 / f64::from(N_RESAMPLES)
    };
    let values: Vec<Vec<f64>> =
        named.iter().map(|(_, m)| total_contributions(objective, cost(m), &m.fresh.losses)).collect();
    let candidates = named.iter().enumerate().map(|(at, (name, measured))| Candidate {
        name: *name,
        objective_usd: measured.fresh.score_usd(objective),
        difference_usd: (at > 0).then(|| paired_difference(&values[at], &values[0]).ok()).flatten(),
        probability_close: share_of_resamples(&|scores, best| scores[at] <= best + CLOSE * best.abs()),
        probability_best: share_of_resamples(&|scores, best| scores[at] <= best),
    });
    (candidates.collect(), n)
}

/// Planned cost plus each trial's contribution to the weighted risk, USD, `[n_trials]`.
fn total_contributions(objective: &Objective, cost_usd: f64, losses: &[f64]) -> Vec<f64> {
    contributions(objective, losses).into_iter().map(|x| cost_usd + x).collect()
}

/// How often each of `n` trials is drawn in a resample of `n`.
fn counts(seed: u64, resample: u32, n: usize) -> Vec<u32> {
    let mut counts = vec![0; n];
    let key = seed ^ RESAMPLE_KEY;
    for block in 0..n.div_ceil(4) {
        let counter = [block as u32, resample, 0, 0];
        let words = philox4x32(counter, [key as u32, (key >> 32) as u32]);
        for word in words.into_iter().take(n - 4 * block) {
            counts[((u64::from(word) * n as u64) >> 32) as usize] += 1;
        }
    }
    counts
}

/// A candidate's losses, sorted once for all resamples.
struct Resampled {
    cost_usd: f64,
    cvar_weight: f64,
    /// Number of trials in the tail; need not be an integer.
    tail: f64,
    /// (trial, loss), the largest loss first; trials without a loss are left out.
    losses: Vec<(usize, f64)>,
}

impl Resampled {
    fn new(objective: &Objective, cost_usd: f64, losses: &[f64]) -> Self {
        let mut sorted: Vec<(usize, f64)> =
            losses.iter().copied().enumerate().filter(|l| l.1 > 0.0).collect();
        sorted.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let tail = (1.0 - objective.confidence_level) * losses.len() as f64;
        Self { cost_usd, cvar_weight: objective.cvar_weight, tail, losses: sorted }
    }

    fn score(&self, counts: &[u32]) -> f64 {
        let (mut sum, mut tail_sum, mut room) = (0.0, 0.0, self.tail);
        for &(trial, loss) in &self.losses {
            let n = f64::from(counts[trial]);
            sum += n * loss;
            let in_tail = n.min(room);
            tail_sum += in_tail * loss;
            room -= in_tail;
        }
        let (mean, cvar) = (sum / counts.len() as f64, tail_sum / self.tail);
        self.cost_usd + (1.0 - self.cvar_weight) * mean + self.cvar_weight * cvar
    }
}

/// Makes a new plan on each of `n` independent samples.
fn replicated(context: &PlanContext<'_>, plan: &MeasuredPlan, n: u64) -> ReplicatedGap {
    let session = context.session;
    let setting = &session.setting;
    let objective = &context.request.objective;
    let n_trials = context.settings.n_trials.min(MAX_REPLICATION_TRIALS);
    // The plan's VaR comes from the fresh trials, so that no replication's own tail flatters the plan.
    let var = value_at_risk(&plan.fresh.losses, objective.confidence_level).unwrap_or(0.0);
    let cost_usd = plan.in_sample.figures.planned_usd;
    let all = 0..session.instance.workloads.len();
    let mut gaps = Vec::new();
    for replication in 0..n {
        let target = Target::Replication { replication: replication + 1, of: n };
        (context.progress)(Progress::Searching(target));
        let trials = replication * n_trials..(replication + 1) * n_trials;
        let seed = context.settings.seed;
        let sample = session.shortlist_sample_of(seed, Purpose::Replication, trials.clone());
        let on_round = |round: usize, bound_usd: f64, best_usd: f64| {
            (context.progress)(Progress::Round { target, round, bound_usd, best_usd });
        };
        let Ok(found) = search(setting, &sample, &context.request, &on_round) else { continue };
        // The shortlist of this sample may lack some of the plan's offers.
        let losses = session.losses_of(all.clone(), (seed, Purpose::Replication), trials, &plan.plan);
        let value = |loss: &f64| {
            let tail = var + (loss - var).max(0.0) / (1.0 - objective.confidence_level);
            (1.0 - objective.cvar_weight) * loss + objective.cvar_weight * tail
        };
        let objective_usd = cost_usd + losses.iter().map(value).sum::<f64>() / losses.len() as f64;
        if found.bound_usd.is_finite() {
            gaps.push(objective_usd - found.bound_usd);
        }
    }
    ReplicatedGap {
        n_replications: gaps.len(),
        n_failed: n as usize - gaps.len(),
        n_trials,
        gap_usd: gap_interval(&gaps),
    }
}

/// Mean gap with its t-interval, cut off at 0, because no plan is better than the best.
fn gap_interval(gaps: &[f64]) -> Option<Estimate> {
    let (value, error) = (mean(gaps).ok()?, standard_error(gaps).ok()?);
    let half = quantiles::student(gaps.len() as f64 - 1.0, 1.0 - OUTSIDE_EACH_END) * error;
    let at_least_0 = |x: f64| x.max(0.0);
    Some(Estimate {
        value: at_least_0(value),
        low: Some(at_least_0(value - half)),
        high: Some(at_least_0(value + half)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measures::tail::conditional_value_at_risk;

    /// Each trial drawn once gives the sample itself.
    #[test]
    fn a_resample_with_every_trial_once_has_the_sample_s_score() {
        let losses = [5.0, 0.0, 40.0, 10.0, 0.0, 20.0, 0.0];
        let objective = Objective::new(0.25, 0.7);
        let score = Resampled::new(&objective, 100.0, &losses).score(&[1; 7]);
        let cvar = conditional_value_at_risk(&losses, 0.7).unwrap();
        assert!((score - (100.0 + 0.75 * 75.0 / 7.0 + 0.25 * cvar)).abs() < 1e-9);
    }

    #[test]
    fn resamples_have_as_many_trials_and_differ() {
        let (a, b) = (counts(1, 0, 1001), counts(1, 1, 1001));
        assert_eq!((a.iter().sum::<u32>(), b.iter().sum::<u32>()), (1001, 1001));
        assert_ne!(a, b);
        assert_ne!(a, counts(2, 0, 1001));
        // About 1/e of the trials are never drawn.
        let never = a.iter().filter(|n| **n == 0).count();
        assert!((320..420).contains(&never), "{never}");
    }

    /// Gaps 1, 3: mean 2, error 1, t(1) = 12.706.
    #[test]
    fn the_gap_has_a_t_interval_and_is_never_negative() {
        let gap = gap_interval(&[1.0, 3.0]).unwrap();
        assert_eq!((gap.value, gap.low), (2.0, Some(0.0)));
        assert!((gap.high.unwrap() - 14.706).abs() < 1e-2);
        assert_eq!(gap_interval(&[1.0]), None);
    }
}

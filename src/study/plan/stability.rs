//! How sure a decision is: would other trials have chosen another plan? (methodology/optimization.md#stable-decisions)

use crate::study::progress::{Progress, Target};
use rayon::prelude::*;

use super::alternatives::AlternativePlans;
use super::analyses::Questions;
use super::context::{MeasuredPlan, PlanContext};
use super::frontier::Frontier;
use super::schedule::contributions;
use crate::measures::moments::{mean, standard_error};
use crate::measures::paired::paired_difference;
use crate::measures::tail::value_at_risk;
use crate::measures::{Estimate, OUTSIDE_EACH_END, quantiles};
use crate::planning::horizon_months;
use crate::planning::sample::evaluate::{Objective, evaluate};
use crate::planning::search::search;
use crate::simulation::draws::Purpose;
use crate::simulation::philox::philox4x32;

/// A plan whose objective is within this part of the best is as good for a decision.
pub const CLOSE: f64 = 0.01;
/// Times that the fresh trials are drawn anew from themselves.
const N_RESAMPLES: u32 = 500;
/// Fresh trials that are resampled at most, the first.
const MAX_RESAMPLED: usize = 100_000;
/// Trials of one replication at most.
const MAX_REPLICATION_TRIALS: u64 = 500;
/// Tells the draws of resamples from all others.
const RESAMPLE_KEY: u64 = 0x5245_5341_4d50_4c45;

/// How sure the choice among the plans found is.
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
    /// On fresh trials, limits apart, USD.
    pub objective_usd: f64,
    /// Its objective less the recommended plan's, trial by trial; `None` for the plan itself.
    pub difference_usd: Option<Estimate>,
    /// Part of the resamples in which it is within [`CLOSE`] of the best.
    pub probability_close: f64,
    /// Part of the resamples in which none is better.
    pub probability_best: f64,
}

/// Where a candidate comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CandidateName {
    Plan,
    Today,
    /// Index of the point.
    Frontier(usize),
    /// Index in the list.
    Alternative(usize),
}

/// How far the plan may be from the best one on all trials that there could be (Mak, Morton and Wood 1999).
#[derive(Debug, Clone, PartialEq)]
pub struct ReplicatedGap {
    /// Samples on which a plan was made anew.
    pub n_replications: usize,
    /// Samples on which the solver found no plan; they are left out.
    pub n_failed: usize,
    /// Trials of each.
    pub n_trials: u64,
    /// Mean over the samples of: the plan's objective less the proven bound, USD, with its t-interval; `None` with
    /// fewer than two samples.
    pub gap_usd: Option<Estimate>,
}

impl Candidate {
    /// Whether the trials are too few to tell it from the plan: the interval of the difference contains 0.
    #[must_use]
    pub fn is_too_close_to_tell(&self) -> bool {
        self.difference_usd.as_ref().is_some_and(|difference| {
            difference.low.is_none_or(|low| low <= 0.0) && difference.high.is_none_or(|high| high >= 0.0)
        })
    }
}

/// Resamples the candidates that keep all limits, and makes the plan anew on as many samples as are asked for.
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
    let months = horizon_months(&context.session.setting);
    let cost = |m: &MeasuredPlan| m.fresh.figures.monthly_cost_usd * months;
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
    let part = |is_so: &dyn Fn(&[f64], f64) -> bool| {
        let best = |scores: &[f64]| scores.iter().copied().fold(f64::INFINITY, f64::min);
        let so = scores.iter().filter(|scores| is_so(scores, best(scores))).count();
        so as f64 / f64::from(N_RESAMPLES)
    };
    let values: Vec<Vec<f64>> =
        named.iter().map(|(_, m)| total_contributions(objective, cost(m), &m.fresh.losses)).collect();
    let candidates = named.iter().enumerate().map(|(at, (name, measured))| Candidate {
        name: *name,
        objective_usd: measured.fresh.score_usd(&context.session.setting, objective),
        difference_usd: (at > 0).then(|| paired_difference(&values[at], &values[0]).ok()).flatten(),
        probability_close: part(&|scores, best| scores[at] <= best + CLOSE * best.abs()),
        probability_best: part(&|scores, best| scores[at] <= best),
    });
    (candidates.collect(), n)
}

/// Planned cost and what each trial adds to the weighted risk.
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
    /// Trials of the tail, of `n`.
    tail: f64,
    /// Largest first: trial and loss; those without a loss are left out.
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

/// Makes the plan anew on `n` samples of their own.
fn replicated(context: &PlanContext<'_>, plan: &MeasuredPlan, n: u64) -> ReplicatedGap {
    let session = context.session;
    let setting = &session.setting;
    let objective = &context.request.objective;
    let n_trials = context.settings.n_trials.min(MAX_REPLICATION_TRIALS);
    // The plan's tail begins where it begins on the fresh trials: so no sample flatters it.
    let var = value_at_risk(&plan.fresh.losses, objective.confidence_level).unwrap_or(0.0);
    let cost_usd = plan.in_sample.figures.monthly_cost_usd * horizon_months(setting);
    let mut gaps = Vec::new();
    for replication in 0..n {
        let target = Target::Replication { replication: replication + 1, of: n };
        (context.progress)(Progress::Searching(target));
        let trials = replication * n_trials..(replication + 1) * n_trials;
        let seed = context.settings.seed;
        let program = session.program_of(seed, Purpose::Replication, trials.clone());
        let told = |round: usize, bound_usd: f64, best_usd: f64| {
            (context.progress)(Progress::Round { target, round, bound_usd, best_usd });
        };
        let Ok(found) = search(setting, &program, &context.request, &told) else { continue };
        // What plans are made of here need not hold all of the plan's offers.
        let own = session.compiled_for(seed, Purpose::Replication, trials, &[&plan.plan]);
        let losses = evaluate(setting, &own, objective, &plan.plan).losses;
        let value = |loss: &f64| {
            let tail = var + (loss - var).max(0.0) / (1.0 - objective.confidence_level);
            (1.0 - objective.cvar_weight) * loss + objective.cvar_weight * tail
        };
        let own_usd = cost_usd + losses.iter().map(value).sum::<f64>() / losses.len() as f64;
        if found.bound_usd.is_finite() {
            gaps.push(own_usd - found.bound_usd);
        }
    }
    ReplicatedGap {
        n_replications: gaps.len(),
        n_failed: n as usize - gaps.len(),
        n_trials,
        gap_usd: gap_interval(&gaps),
    }
}

/// Mean gap with its t-interval; a plan is never better than the best, so nothing lies below 0.
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

    /// Each trial drawn once is the sample itself.
    #[test]
    fn a_resample_with_every_trial_once_has_the_sample_s_score() {
        let losses = [5.0, 0.0, 40.0, 10.0, 0.0, 20.0, 0.0];
        let objective = Objective::new(0.25, 0.7);
        let score = Resampled::new(&objective, 100.0, &losses).score(&[1; 7]);
        let cvar = conditional_value_at_risk(&losses, 0.7).unwrap();
        assert!((score - (100.0 + 0.75 * 75.0 / 7.0 + 0.25 * cvar)).abs() < 1e-9);
    }

    #[test]
    fn a_resample_draws_as_many_trials_and_not_the_same_again() {
        let (a, b) = (counts(1, 0, 1001), counts(1, 1, 1001));
        assert_eq!((a.iter().sum::<u32>(), b.iter().sum::<u32>()), (1001, 1001));
        assert_ne!(a, b);
        assert_ne!(a, counts(2, 0, 1001));
        // About 1/e are never drawn.
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

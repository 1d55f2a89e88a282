//! Stratified choice of trials: most trials of a sample are alike, and few decide on the tail.
//!
//! Trials are sorted by their loss under a reference plan. The worst are all kept; the others fall into strata, of which
//! some trials stand for all (Cochran 1977, chapter 5). Losses of good plans rise and fall with those of the reference plan,
//! so that a quarter of the trials measures a plan nearly as well as all of them.

use crate::measures::probabilities::TrialProbabilities;

/// Trials that are all kept, relative to the size of the tail.
const WHOLE: f64 = 1.3;
/// Strata of the other trials.
const N_STRATA: usize = 12;
/// Places at which strata may begin and end.
const N_PLACES: usize = 120;
/// Trials of a stratum, at least.
const LEAST_PER_STRATUM: usize = 20;

/// Trials chosen from a sample.
#[derive(Debug, Clone, PartialEq)]
pub struct StratifiedTrials {
    /// Indices in the sample: the pilot trials in their order, then the others ascending.
    pub trials: Vec<usize>,
    /// Of each chosen trial.
    pub probabilities: TrialProbabilities,
}

/// Chooses about `n_wanted` trials by their losses under a reference plan. The first `n_pilot` trials are always among them.
///
/// `losses`: `[n_trials]`; `level`: from which the tail begins; `random`: a random number of each trial.
#[must_use]
pub fn stratified_trials(
    losses: &[f64],
    (n_pilot, n_wanted): (usize, usize),
    level: f64,
    random: impl Fn(usize) -> u64,
) -> StratifiedTrials {
    let n_trials = losses.len();
    let mut order: Vec<usize> = (0..n_trials).collect();
    order.sort_by(|a, b| losses[*b].total_cmp(&losses[*a]).then(a.cmp(b)));
    let n_whole = ((WHOLE * (1.0 - level) * n_trials as f64).ceil() as usize).min(n_trials);
    let (whole, rest) = order.split_at(n_whole);
    let sorted: Vec<f64> = rest.iter().map(|&trial| losses[trial]).collect();
    let strata = strata(&sorted);
    let spread: f64 = strata.iter().map(|own| own.spread).sum();
    let mut chosen: Vec<(usize, f64)> = whole.iter().map(|&trial| (trial, 1.0)).collect();
    for Stratum { places, spread: own } in strata {
        let mut trials = rest[places].to_vec();
        let n_pilots = trials.iter().filter(|trial| **trial < n_pilot).count();
        let part = if spread > 0.0 { own / spread } else { 0.0 };
        let n = (part * n_wanted.saturating_sub(n_whole) as f64).round() as usize;
        let n = n.max(n_pilots).max(LEAST_PER_STRATUM).min(trials.len());
        trials.sort_by_key(|&trial| (trial >= n_pilot, random(trial), trial));
        let stands_for = trials.len() as f64 / n as f64;
        chosen.extend(trials[..n].iter().map(|&trial| (trial, stands_for)));
    }
    chosen.sort_unstable_by_key(|own| own.0);
    let probabilities = chosen.iter().map(|own| own.1 / n_trials as f64).collect();
    StratifiedTrials {
        trials: chosen.into_iter().map(|own| own.0).collect(),
        probabilities: TrialProbabilities::unequal(probabilities),
    }
}

/// A stratum of sorted losses.
struct Stratum {
    places: std::ops::Range<usize>,
    /// Number of losses times their deviation, to which the best allocation is proportional (Neyman 1934).
    spread: f64,
}

/// The strata of sorted losses with the least sum of spreads, found by dynamic programming over a grid of places.
fn strata(sorted: &[f64]) -> Vec<Stratum> {
    let n_places = N_PLACES.min(sorted.len());
    let place = |at: usize| at * sorted.len() / n_places.max(1);
    let mut sums = vec![(0.0, 0.0)];
    for &loss in sorted {
        let (sum, squares) = sums[sums.len() - 1];
        sums.push((sum + loss, squares + loss * loss));
    }
    let spread = |from: usize, to: usize| {
        let n = (to - from) as f64;
        let (sum, squares) = (sums[to].0 - sums[from].0, sums[to].1 - sums[from].1);
        (n * squares - sum * sum).max(0.0).sqrt()
    };
    // least[k][at]: sum of spreads of the losses before a place in k strata, and where the last of them begins.
    let mut least = vec![vec![(f64::INFINITY, 0); n_places + 1]; N_STRATA + 1];
    least[0][0].0 = 0.0;
    for k in 1..=N_STRATA {
        for at in 1..=n_places {
            for from in 0..at {
                let sum = least[k - 1][from].0 + spread(place(from), place(at));
                if sum < least[k][at].0 {
                    least[k][at] = (sum, from);
                }
            }
        }
    }
    let mut strata = Vec::new();
    let mut k = (0..=N_STRATA).rev().find(|&k| least[k][n_places].0.is_finite()).unwrap_or(0);
    let mut at = n_places;
    while at > 0 {
        let from = least[k][at].1;
        let places = place(from)..place(at);
        strata.push(Stratum { spread: spread(places.start, places.end), places });
        (k, at) = (k - 1, from);
    }
    strata.reverse();
    strata
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that look random.
    fn mixed(trial: usize) -> u64 {
        (trial as u64 + 1)
            .wrapping_mul(0x9E37_79B9_7F4A_7C15)
            .rotate_left(29)
            .wrapping_mul(0xD6E8_FEB8_6659_FD93)
    }

    /// Losses of 2,000 trials: none in half of them, up to 20,000 in the worst.
    fn losses() -> Vec<f64> {
        let unit = |trial: usize| mixed(trial + 77) as f64 / u64::MAX as f64;
        (0..2000).map(|trial| if unit(trial) < 0.5 { 0.0 } else { 20_000.0 * unit(trial).powi(6) }).collect()
    }

    #[test]
    fn the_worst_and_the_pilots_are_chosen_and_each_stratum_keeps_its_weight() {
        let losses = losses();
        let chosen = stratified_trials(&losses, (100, 600), 0.95, mixed);
        assert_eq!(chosen.trials[..100], (0..100).collect::<Vec<_>>());
        assert!(chosen.trials.is_sorted() && (500..=800).contains(&chosen.trials.len()));
        let total: f64 = chosen.probabilities.every_trial().iter().map(|own| own.1).sum();
        assert!((total - 1.0).abs() < 1e-9, "{total}");
        let mut order: Vec<usize> = (0..2000).collect();
        order.sort_by(|a, b| losses[*b].total_cmp(&losses[*a]).then(a.cmp(b)));
        for trial in &order[..130] {
            let at = chosen.trials.binary_search(trial).expect("the worst are kept");
            assert!((chosen.probabilities.of(at) - 1.0 / 2000.0).abs() < 1e-15);
        }
    }

    /// Over many choices, the error of the mean is a third of that of as many trials drawn at random, for the reference plan
    /// and for a plan whose losses go with its own; the error of the tail is none, or a tenth.
    #[test]
    fn measures_of_the_chosen_trials_are_those_of_all() {
        let losses = losses();
        let all = TrialProbabilities::equal(losses.len());
        let noise = |trial: usize| 0.8 + 0.2 * mixed(trial + 5) as f64 / u64::MAX as f64;
        let other: Vec<f64> = losses.iter().enumerate().map(|(trial, loss)| loss * noise(trial)).collect();
        for (plan, tail_part) in [(&losses, 1e-12), (&other, 0.1)] {
            let exact = [all.mean(plan), all.conditional_value_at_risk(plan, 0.95).unwrap()];
            let errors = |probabilities: &TrialProbabilities, trials: &[usize]| {
                let own: Vec<f64> = trials.iter().map(|&trial| plan[trial]).collect();
                let cvar = probabilities.conditional_value_at_risk(&own, 0.95).unwrap();
                [probabilities.mean(&own) - exact[0], cvar - exact[1]].map(|error| error * error)
            };
            let (mut chosen, mut drawn) = ([0.0; 2], [0.0; 2]);
            for k in 0..60 {
                let random = |trial: usize| mixed(trial + 2000 * k);
                let own = stratified_trials(&losses, (0, 600), 0.95, random);
                let mut trials: Vec<usize> = (0..2000).collect();
                trials.sort_by_key(|&trial| random(trial));
                trials.truncate(own.trials.len());
                let equal = TrialProbabilities::equal(trials.len());
                let found = [errors(&own.probabilities, &own.trials), errors(&equal, &trials)];
                for at in 0..2 {
                    chosen[at] += found[0][at];
                    drawn[at] += found[1][at];
                }
            }
            let [mean, tail] = [0, 1].map(|at: usize| (chosen[at] / drawn[at]).sqrt());
            assert!(mean < 1.0 / 3.0 && tail <= tail_part, "{mean} {tail}");
        }
    }

    /// Averaged over many choices, the mean of any losses is that of all trials, whatever plan chose the strata.
    #[test]
    fn the_choice_is_unbiased() {
        let losses = losses();
        let other: Vec<f64> = (0..2000).map(|trial| (mixed(trial + 31) % 1000) as f64).collect();
        let exact = TrialProbabilities::equal(2000).mean(&other);
        let means: Vec<f64> = (0..400)
            .map(|k| {
                let chosen = stratified_trials(&losses, (0, 400), 0.95, |trial| mixed(trial + 2000 * k));
                let own: Vec<f64> = chosen.trials.iter().map(|&trial| other[trial]).collect();
                chosen.probabilities.mean(&own)
            })
            .collect();
        let mean = means.iter().sum::<f64>() / 400.0;
        let error = crate::measures::moments::standard_error(&means).unwrap();
        assert!((mean - exact).abs() < 4.0 * error && error < 2.0, "{mean} {exact} {error}");
    }

    /// Few losses, or equal ones, are no reason to stop.
    #[test]
    fn small_samples_are_kept_whole() {
        for losses in [vec![], vec![3.0], vec![0.0; 15]] {
            let chosen = stratified_trials(&losses, (0, 10), 0.95, mixed);
            assert_eq!(chosen.trials.len(), losses.len());
        }
    }
}

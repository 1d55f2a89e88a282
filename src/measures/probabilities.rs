//! Probabilities of trials: all equal, or those of a stratified sample.

use std::sync::Arc;

use super::tail::{RANK_SLACK, conditional_value_at_risk, tail_weights, value_at_risk};
use super::{MeasureError, check, check_level};

/// Probability of each trial of a sample; they sum to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct TrialProbabilities {
    n_trials: usize,
    /// `[n_trials]`; `None`: all are equal.
    unequal: Option<Arc<[f64]>>,
}

/// The worst trials of a sample, down to the value at risk.
struct WorstTrials {
    /// (trial, probability), the worst first; the last one has the value at risk.
    trials: Vec<(usize, f64)>,
    value_at_risk: f64,
}

impl TrialProbabilities {
    /// `n_trials` equally likely trials.
    #[must_use]
    pub fn equal(n_trials: usize) -> Self {
        Self { n_trials, unequal: None }
    }

    /// Trials with these probabilities, `[n_trials]`, that sum to 1.
    #[must_use]
    pub fn unequal(probabilities: Vec<f64>) -> Self {
        Self { n_trials: probabilities.len(), unequal: Some(probabilities.into()) }
    }

    /// Number of trials.
    #[must_use]
    pub fn n_trials(&self) -> usize {
        self.n_trials
    }

    /// Probability of a trial.
    #[must_use]
    pub fn of(&self, trial: usize) -> f64 {
        self.unequal.as_ref().map_or(1.0 / self.n_trials as f64, |all| all[trial])
    }

    /// Every trial with its probability.
    #[must_use]
    pub fn every_trial(&self) -> Vec<(usize, f64)> {
        (0..self.n_trials).map(|trial| (trial, self.of(trial))).collect()
    }

    /// Expected value; 0 without trials. `values`: `[n_trials]`.
    #[must_use]
    pub fn mean(&self, values: &[f64]) -> f64 {
        match &self.unequal {
            None => values.iter().sum::<f64>() / values.len().max(1) as f64,
            Some(all) => values.iter().zip(all.iter()).map(|(value, p)| p * value).sum(),
        }
    }

    /// Largest weight of a trial in the mean of the worst 1 − `level`: its probability over 1 − `level`.
    #[must_use]
    pub fn largest_tail_weight(&self, trial: usize, level: f64) -> f64 {
        match &self.unequal {
            None => 1.0 / ((1.0 - level) * self.n_trials.max(1) as f64).max(f64::MIN_POSITIVE),
            Some(all) => all[trial] / (1.0 - level),
        }
    }

    /// Number of trials that the worst 1 − `level` holds at most: all of the least likely. Need not be an integer.
    #[must_use]
    pub fn tail_size(&self, level: f64) -> f64 {
        match &self.unequal {
            None => (1.0 - level) * self.n_trials.max(1) as f64,
            Some(all) => {
                let mut sorted = all.to_vec();
                sorted.sort_by(f64::total_cmp);
                let mut left = 1.0 - level;
                let within = |p: &&f64| {
                    left -= **p;
                    left > -RANK_SLACK
                };
                sorted.iter().take_while(within).count().max(1) as f64
            }
        }
    }

    /// The loss that is not exceeded with probability `level`. `losses`: `[n_trials]`.
    ///
    /// # Errors
    /// As [`value_at_risk`].
    pub fn value_at_risk(&self, losses: &[f64], level: f64) -> Result<f64, MeasureError> {
        match &self.unequal {
            None => value_at_risk(losses, level),
            Some(all) => Ok(WorstTrials::new(all, losses, level)?.value_at_risk),
        }
    }

    /// Mean of the worst 1 − `level` of the probability: VaR + E\[max(0, L − VaR)\] / (1 − level). `losses`: `[n_trials]`.
    ///
    /// # Errors
    /// As [`value_at_risk`].
    pub fn conditional_value_at_risk(&self, losses: &[f64], level: f64) -> Result<f64, MeasureError> {
        let Some(all) = &self.unequal else { return conditional_value_at_risk(losses, level) };
        let WorstTrials { trials, value_at_risk } = WorstTrials::new(all, losses, level)?;
        let excess: f64 = trials.iter().map(|&(trial, p)| p * (losses[trial] - value_at_risk)).sum();
        Ok(value_at_risk + excess / (1.0 - level))
    }

    /// Trials of the tail, (trial, weight in the conditional value at risk), ascending; weights are positive and sum to 1.
    /// Trials whose loss is the value at risk share what the worse ones leave.
    ///
    /// # Errors
    /// As [`value_at_risk`].
    pub fn tail(&self, losses: &[f64], level: f64) -> Result<Vec<(usize, f64)>, MeasureError> {
        let Some(all) = &self.unequal else {
            let weights = tail_weights(losses, level)?;
            return Ok(weights.into_iter().enumerate().filter(|(_, weight)| *weight > 0.0).collect());
        };
        let WorstTrials { trials, value_at_risk } = WorstTrials::new(all, losses, level)?;
        let above = trials.into_iter().filter(|own| losses[own.0] > value_at_risk);
        let mut tail: Vec<(usize, f64)> = above.map(|(trial, p)| (trial, p / (1.0 - level))).collect();
        let left = (1.0 - tail.iter().map(|own| own.1).sum::<f64>()).max(0.0);
        let equal = || (0..losses.len()).filter(|&trial| losses[trial] == value_at_risk);
        let sum: f64 = equal().map(|trial| all[trial]).sum();
        tail.extend(equal().map(|trial| (trial, left * all[trial] / sum)).filter(|own| own.1 > 0.0));
        tail.sort_unstable_by_key(|own| own.0);
        Ok(tail)
    }
}

impl WorstTrials {
    /// `probabilities`, `losses`: `[n_trials]`.
    fn new(probabilities: &[f64], losses: &[f64], level: f64) -> Result<Self, MeasureError> {
        check(losses)?;
        check_level(level)?;
        let worst_first = |a: &usize, b: &usize| losses[*b].total_cmp(&losses[*a]).then(a.cmp(b));
        let mut order: Vec<usize> = (0..losses.len()).collect();
        // Most of the order is not needed: the tail is looked for in the worst trials, and more of them as long as these
        // have too little probability.
        let (mut sorted, mut trials) = (0, Vec::new());
        let mut left = 1.0 - level;
        while sorted < order.len() {
            let more = (order.len() / 8).max(32).min(order.len() - sorted);
            let rest = &mut order[sorted..];
            if more < rest.len() {
                rest.select_nth_unstable_by(more, worst_first);
            }
            rest[..more].sort_unstable_by(worst_first);
            for &trial in &rest[..more] {
                left -= probabilities[trial];
                trials.push((trial, probabilities[trial]));
                if left <= RANK_SLACK {
                    return Ok(Self { trials, value_at_risk: losses[trial] });
                }
            }
            sorted += more;
        }
        // Probabilities that fall short of 1 by rounding.
        let value_at_risk = trials.last().map_or(0.0, |own| losses[own.0]);
        Ok(Self { trials, value_at_risk })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Losses 40 (probability 0.02), 10 (0.06), 5 (0.42), 0 (0.5): the worst 5 % are the 40 and half of the 10.
    #[test]
    fn the_tail_of_unequal_trials_is_split_at_its_boundary() {
        let own = TrialProbabilities::unequal(vec![0.5, 0.06, 0.02, 0.42]);
        let losses = [0.0, 10.0, 40.0, 5.0];
        assert!((own.mean(&losses) - 3.5).abs() < 1e-12);
        assert_eq!(own.value_at_risk(&losses, 0.95), Ok(10.0));
        let cvar = own.conditional_value_at_risk(&losses, 0.95).unwrap();
        assert!((cvar - (0.02 * 40.0 + 0.03 * 10.0) / 0.05).abs() < 1e-12, "{cvar}");
        let tail = own.tail(&losses, 0.95).unwrap();
        assert_eq!(tail.iter().map(|own| own.0).collect::<Vec<_>>(), [1, 2]);
        assert!((tail[0].1 - 0.6).abs() < 1e-12 && (tail[1].1 - 0.4).abs() < 1e-12, "{tail:?}");
        assert!((own.largest_tail_weight(2, 0.95) - 0.4).abs() < 1e-12);
    }

    /// A trial with k times the probability counts like k equal trials.
    #[test]
    fn probabilities_count_like_repeated_trials() {
        let times = [1_usize, 3, 2, 5, 1, 4, 7, 1];
        let losses = [9.0, 1.0, 4.0, 0.0, 30.0, 4.0, 2.0, 11.0];
        let n: usize = times.iter().sum();
        let own = TrialProbabilities::unequal(times.iter().map(|&k| k as f64 / n as f64).collect());
        let repeated: Vec<f64> =
            losses.iter().zip(times).flat_map(|(&loss, k)| std::iter::repeat_n(loss, k)).collect();
        for level in [0.0, 0.3, 0.5, 0.75, 0.9, 0.99] {
            let equal = TrialProbabilities::equal(n);
            assert_eq!(own.value_at_risk(&losses, level), equal.value_at_risk(&repeated, level), "{level}");
            let both = [(&own, &losses[..]), (&equal, &repeated[..])];
            let [a, b] = both.map(|(own, losses)| own.conditional_value_at_risk(losses, level).unwrap());
            assert!((a - b).abs() < 1e-12, "{level}: {a} {b}");
            let tail = own.tail(&losses, level).unwrap();
            let (sum, of_tail) =
                tail.iter().fold((0.0, 0.0), |(sum, loss), own| (sum + own.1, loss + own.1 * losses[own.0]));
            assert!((sum - 1.0).abs() < 1e-12 && (of_tail - a).abs() < 1e-12, "{level}: {tail:?}");
        }
        let least = own.tail_size(1.0 - 3.0 / n as f64);
        assert!((least - 3.0).abs() < 1e-12, "{least}");
    }
}

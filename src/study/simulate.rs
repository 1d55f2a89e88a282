//! Simulation of a plan on all trials, on one shard of them, or on as many as the requested precision needs.

use std::ops::Range;

use crate::costs::MonthlyCost;
use crate::simulation::draws::Rates;
use crate::simulation::run::Run;
use crate::simulation::summary::Summary;

/// Largest number of trials of a study.
pub const MAX_TRIALS: u64 = 1_000_000_000;
/// Largest number of trials that nobody asked for by number, and that a server runs for a request.
pub const MAX_UNASKED_TRIALS: u64 = 10_000_000;

/// How trials are drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SimulateSettings {
    pub n_trials: u64,
    pub seed: u64,
    pub rates: Rates,
}

/// A plan's loss distribution.
#[derive(Debug, Clone, PartialEq)]
pub struct Simulated {
    pub settings: SimulateSettings,
    pub monthly_cost: MonthlyCost,
    pub run: Run,
    pub summary: Summary,
    pub remarks: Remarks,
}

/// Which trials are run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Extent {
    /// All trials of the settings.
    All,
    /// One shard of the trials of the settings.
    Shard(Shard),
    /// The trials of the settings, and more until the half width of the CVaR's interval is at most this share of the
    /// CVaR, > 0.
    Converge(f64),
}

/// One of `of` equal parts of the trials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// From 1.
    pub index: u64,
    pub of: u64,
}

impl Shard {
    /// The shard's part of `0..n_trials`. Shards are adjacent, and their sizes differ by at most one trial.
    #[must_use]
    pub fn range(&self, n_trials: u64) -> Range<u64> {
        let end = |index: u64| (u128::from(n_trials) * u128::from(index) / u128::from(self.of)) as u64;
        end(self.index - 1)..end(self.index)
    }
}

/// Remarks on a simulation that did not simply run the requested trials.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Remarks {
    /// Trials requested, when the run stopped before it had them all.
    pub asked_trials: Option<u64>,
    pub convergence: Option<Convergence>,
    /// Set when only a shard of the study's trials was run.
    pub shard: Option<ShardRemark>,
}

/// Precision of the CVaR against its target.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Convergence {
    /// Requested half width of the interval, as a share of the CVaR.
    pub target: f64,
    /// Half width reached, as a share of the CVaR; `None`: a single trial has no interval.
    pub width: Option<f64>,
}

impl Convergence {
    #[must_use]
    pub fn is_reached(&self) -> bool {
        self.width.is_some_and(|width| width <= self.target)
    }
}

/// The shard of a study's trials that was run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShardRemark {
    pub shard: Shard,
    pub first_trial: u64,
    /// Trials of all shards together.
    pub total_trials: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 10 trials in 3 parts: 0 to 2, 3 to 5, 6 to 9.
    #[test]
    fn shards_join_without_gap_or_overlap() {
        let ranges = [1, 2, 3].map(|index| Shard { index, of: 3 }.range(10));
        assert_eq!(ranges, [0..3, 3..6, 6..10]);
        assert_eq!(Shard { index: u64::MAX, of: u64::MAX }.range(10), 9..10);
    }
}

//! Simulation of a plan on all trials, on one shard of them, or on as many as the requested precision needs.

use std::ops::Range;

use super::session::Session;
use crate::costs::MonthlyCost;
use crate::measures::tail::conditional_value_at_risk_estimate;
use crate::measures::{Estimate, MeasureError};
use crate::model::plan::Plan;
use crate::simulation::draws::{Purpose, Rates, Sampler};
use crate::simulation::run::{EventSink, Run, RunControl, Runner, Simulation};
use crate::simulation::summary::{BREAKDOWN_LEVEL, Summary};

/// Largest number of trials of a study.
pub const MAX_TRIALS: u64 = 10_000_000;
/// Largest factor by which the number of trials grows between two checks of the interval (methodology/simulation.md).
const MAX_GROWTH: u64 = 4;
/// Safety factor on the number of trials that the interval seems to need (methodology/simulation.md).
const SAFETY: f64 = 1.1;

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

impl Session<'_> {
    /// A plan's loss distribution on the trials of `extent`.
    ///
    /// `control` may end the run early; `lengthen` receives the new total whenever the number of trials grows.
    ///
    /// # Errors
    /// [`MeasureError::NoTrials`] when no trial was run; [`MeasureError::NotFinite`] when a loss overflows.
    pub fn simulate_extent(
        &self,
        plan: &Plan,
        settings: SimulateSettings,
        extent: Extent,
        control: RunControl<'_>,
        mut events: Option<EventSink<'_>>,
        lengthen: &dyn Fn(u64),
    ) -> Result<Simulated, MeasureError> {
        let simulation = self.simulation(plan, settings);
        let runner = simulation.runner();
        let mut trials = match extent {
            Extent::Shard(shard) => shard.range(settings.n_trials),
            Extent::All | Extent::Converge(_) => 0..settings.n_trials,
        };
        let mut run = runner.run(trials.clone(), control, events.as_mut().map(|sink| &mut **sink as _));
        let mut remarks = Remarks::default();
        if let Extent::Converge(target) = extent {
            loop {
                let width = relative_half_width(&run)?;
                let convergence = Convergence { target, width };
                remarks.convergence = Some(convergence);
                let is_stopped = (run.losses.len() as u64) < trials.end;
                if convergence.is_reached() || is_stopped || trials.end >= MAX_TRIALS {
                    break;
                }
                trials.end = next_n_trials(trials.end, width, target);
                lengthen(trials.end);
                runner.extend(&mut run, trials.end, control, events.as_mut().map(|sink| &mut **sink as _));
            }
        }
        if let Extent::Shard(shard) = extent {
            let (first_trial, total_trials) = (trials.start, settings.n_trials);
            remarks.shard = Some(ShardRemark { shard, first_trial, total_trials });
        }
        let asked = trials.end - trials.start;
        remarks.asked_trials = Some(asked).filter(|asked| (run.losses.len() as u64) < *asked);
        self.summarized(&runner, plan, settings, run, remarks)
    }

    /// The loss distribution of trials that were run elsewhere.
    ///
    /// # Errors
    /// The same as [`Session::simulate_extent`].
    pub fn simulated_elsewhere(
        &self,
        plan: &Plan,
        settings: SimulateSettings,
        run: Run,
    ) -> Result<Simulated, MeasureError> {
        self.summarized(&self.simulation(plan, settings).runner(), plan, settings, run, Remarks::default())
    }

    fn simulation(&self, plan: &Plan, settings: SimulateSettings) -> Simulation<'_> {
        let SimulateSettings { seed, rates, .. } = settings;
        let sampler = Sampler::new(self.instance, &self.shocks, seed, Purpose::InSample, rates);
        Simulation::new(&self.setting, &self.shocks, sampler, plan)
    }

    fn summarized(
        &self,
        runner: &Runner<'_>,
        plan: &Plan,
        settings: SimulateSettings,
        run: Run,
        remarks: Remarks,
    ) -> Result<Simulated, MeasureError> {
        let summary = Summary::new(runner, &run)?;
        Ok(Simulated { settings, monthly_cost: self.setting.monthly_cost(plan), run, summary, remarks })
    }
}

/// Half width of the 95 % interval of the CVaR as a share of it; 0 where nothing is lost.
fn relative_half_width(run: &Run) -> Result<Option<f64>, MeasureError> {
    let Estimate { value, high, .. } = conditional_value_at_risk_estimate(&run.losses, BREAKDOWN_LEVEL)?;
    Ok(if value == 0.0 { Some(0.0) } else { high.map(|high| (high - value) / value) })
}

/// Number of trials at which to check the interval next; its width falls with the square root of the number.
fn next_n_trials(n_trials: u64, width: Option<f64>, target: f64) -> u64 {
    let most = (n_trials * MAX_GROWTH).min(MAX_TRIALS);
    let needed = width.map_or(f64::INFINITY, |width| n_trials as f64 * (width / target).powi(2) * SAFETY);
    (needed.ceil() as u64).clamp((n_trials + 1).min(most), most)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A width 1.25 times too large needs 1.25² × 1.1 = 1.71875 times the trials; growth is at most fourfold, up to ten
    /// million trials.
    #[test]
    fn trials_grow_with_the_square_of_the_width() {
        assert_eq!(next_n_trials(10_000, Some(0.3125), 0.25), 17_188);
        assert_eq!(next_n_trials(10_000, Some(0.04), 0.02), 40_000);
        assert_eq!(next_n_trials(10_000, None, 0.02), 40_000);
        assert_eq!(next_n_trials(4_000_000, Some(1.0), 0.02), MAX_TRIALS);
    }

    /// 10 trials in 3 parts: 0 to 2, 3 to 5, 6 to 9.
    #[test]
    fn shards_join_without_gap_or_overlap() {
        let ranges = [1, 2, 3].map(|index| Shard { index, of: 3 }.range(10));
        assert_eq!(ranges, [0..3, 3..6, 6..10]);
        assert_eq!(Shard { index: u64::MAX, of: u64::MAX }.range(10), 9..10);
    }
}

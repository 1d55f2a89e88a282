//! Trials of a plan: all of them, one shard, or as many as the requested precision needs.

use super::session::Session;
use super::simulate::{
    Convergence, Extent, MAX_UNASKED_TRIALS, Remarks, ShardRemark, SimulateSettings, Simulated,
};
use crate::measures::tail::conditional_value_at_risk_estimate;
use crate::measures::{Estimate, MeasureError};
use crate::model::plan::Plan;
use crate::simulation::draws::{Purpose, Sampler};
use crate::simulation::memory::TrialMemory;
use crate::simulation::run::{EventSink, Run, RunControl, Runner, Simulation};
use crate::simulation::summary::{BREAKDOWN_LEVEL, Summary};

/// Largest factor by which the number of trials grows between two checks of the interval (methodology/simulation.md).
const MAX_GROWTH: u64 = 4;
/// Safety factor on the number of trials that the interval seems to need (methodology/simulation.md).
const SAFETY: f64 = 1.1;

impl Session<'_> {
    /// A plan's loss distribution; `done` receives the number of trials that ended since its last call.
    ///
    /// # Errors
    /// [`MeasureError::NoTrials`] without trials.
    pub fn simulate(
        &self,
        plan: &Plan,
        settings: SimulateSettings,
        done: &(dyn Fn(u64) + Sync),
    ) -> Result<Simulated, MeasureError> {
        self.simulate_extent(
            plan,
            settings,
            Extent::All,
            RunControl { done, ..RunControl::SILENT },
            None,
            &|_| (),
        )
    }

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
                if convergence.is_reached() || is_stopped || trials.end >= MAX_UNASKED_TRIALS {
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

    /// Like [`Session::simulate_extent`] on all trials; takes over from `memory` what simulations of similar plans have found
    /// out, which changes no result, and leaves there what this one does.
    ///
    /// # Errors
    /// The same as [`Session::simulate_extent`].
    pub fn simulate_remembering(
        &self,
        plan: &Plan,
        settings: SimulateSettings,
        control: RunControl<'_>,
        memory: &TrialMemory,
    ) -> Result<Simulated, MeasureError> {
        let SimulateSettings { n_trials, seed, rates } = settings;
        let simulation = self.simulation(plan, settings).remembering(memory, seed, rates);
        let runner = simulation.runner();
        let run = runner.run(0..n_trials, control, None);
        let asked = Some(n_trials).filter(|asked| (run.losses.len() as u64) < *asked);
        let remarks = Remarks { asked_trials: asked, ..Remarks::default() };
        self.summarized(&runner, plan, settings, run, remarks)
    }

    /// Losses of a plan on all trials of the settings, without the measures of [`Session::simulate`].
    pub(super) fn losses(&self, plan: &Plan, settings: SimulateSettings) -> Vec<f64> {
        let simulation = self.simulation(plan, settings);
        simulation.runner().run(0..settings.n_trials, RunControl::SILENT, None).losses
    }

    /// Draws the trials on which plans are measured.
    pub(super) fn sampler(&self, settings: SimulateSettings) -> Sampler {
        let SimulateSettings { seed, rates, .. } = settings;
        Sampler::new(self.instance, &self.shocks, seed, Purpose::InSample, rates)
    }

    fn simulation<'s>(&'s self, plan: &Plan, settings: SimulateSettings) -> Simulation<'s> {
        Simulation::new(&self.setting, &self.shocks, self.sampler(settings), plan)
    }

    fn summarized(
        &self,
        runner: &Runner<'_>,
        plan: &Plan,
        settings: SimulateSettings,
        run: Run,
        remarks: Remarks,
    ) -> Result<Simulated, MeasureError> {
        let summary = Summary::new(runner, &run, settings.seed)?;
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
    let most = (n_trials * MAX_GROWTH).min(MAX_UNASKED_TRIALS);
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
        assert_eq!(next_n_trials(4_000_000, Some(1.0), 0.02), MAX_UNASKED_TRIALS);
    }
}

//! Trials of a plan: losses, unserved demand, and whose doing they are.

use rayon::prelude::*;

use super::attribution::{Parts, Touch, attribute};
use super::draws::Sampler;
use crate::model::plan::Plan;
use crate::service::course::follow;
use crate::service::disruption::Disruption;
use crate::service::frame::{CellFrame, Roles};
use crate::service::loss::{CellPlan, cell_loss, cell_outcome};
use crate::service::setting::Setting;
use crate::shocks::resolve::ResolvedShock;

/// Trials summed in one piece; fixed, so that sums do not depend on the number of threads.
const TRIALS_PER_CHUNK: u64 = 64;

/// A plan's trials.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    pub horizon_days: f64,
    /// `[n_trials]`: loss over the horizon, USD.
    pub losses: Vec<f64>,
    /// `[n_trials]`: loss of the trial's largest event family, USD.
    pub occurrence_losses: Vec<f64>,
    /// `[n_workloads]`: mean unserved share, before and past the recovery objective.
    pub mean_unserved: Vec<f64>,
    /// Mean loss over the horizon in parts, USD.
    pub mean_parts: Parts,
}

/// Everything that stays the same from trial to trial.
pub struct Simulation<'a> {
    pub setting: &'a Setting<'a>,
    pub shocks: &'a [ResolvedShock],
    pub sampler: Sampler<'a>,
    frames: Vec<CellFrame>,
    plans: Vec<CellPlan>,
    /// `[n_shocks]`: acting jurisdiction.
    actors: Vec<String>,
    pub(super) touch: Touch,
}

struct TrialOutcome {
    loss: f64,
    largest_family: f64,
    /// `[n_workloads]`
    unserved: Vec<f64>,
    parts: Parts,
}

impl<'a> Simulation<'a> {
    /// Prepares a plan for trials.
    #[must_use]
    pub fn new(
        setting: &'a Setting<'a>,
        shocks: &'a [ResolvedShock],
        sampler: Sampler<'a>,
        plan: &Plan,
    ) -> Self {
        let frames = CellFrame::all(setting, &Roles::of_plan(plan), shocks);
        let plans = frames
            .iter()
            .map(|frame| CellPlan::new(frame, setting.instance.cells[frame.cell].workload, plan))
            .collect();
        let actors = shocks
            .iter()
            .map(|s| crate::shocks::actor::acting_jurisdiction(setting.instance, &s.shock))
            .collect();
        let touch = Touch::new(setting, shocks, &frames);
        Self { setting, shocks, sampler, frames, plans, actors, touch }
    }

    /// Runs trials `0..n_trials`; `done` hears how many more have ended.
    #[must_use]
    pub fn run(&self, n_trials: u64, done: &(dyn Fn(u64) + Sync)) -> Run {
        let chunks: Vec<Run> = (0..n_trials.div_ceil(TRIALS_PER_CHUNK))
            .into_par_iter()
            .map(|chunk| {
                let start = chunk * TRIALS_PER_CHUNK;
                let end = (start + TRIALS_PER_CHUNK).min(n_trials);
                let run = self.chunk(start..end);
                done(end - start);
                run
            })
            .collect();
        let mut whole = self.empty();
        for chunk in chunks {
            whole.losses.extend(chunk.losses);
            whole.occurrence_losses.extend(chunk.occurrence_losses);
            for (sum, part) in whole.mean_unserved.iter_mut().zip(&chunk.mean_unserved) {
                *sum += part;
            }
            whole.mean_parts.add(&chunk.mean_parts, 1.0);
        }
        let n = n_trials.max(1) as f64;
        whole.mean_unserved.iter_mut().for_each(|sum| *sum /= n);
        whole.mean_parts.scale(1.0 / n);
        whole
    }

    /// Parts of the weighted mean loss over some trials: what a tail consists of.
    #[must_use]
    pub fn weighted_parts(&self, weights: &[(u64, f64)]) -> Parts {
        let chunks: Vec<Parts> = weights
            .par_chunks(TRIALS_PER_CHUNK as usize)
            .map(|chunk| {
                let mut parts = Parts::default();
                for &(trial, weight) in chunk {
                    parts.add(&self.trial(trial).parts, weight);
                }
                parts
            })
            .collect();
        let mut whole = Parts::default();
        chunks.iter().for_each(|parts| whole.add(parts, 1.0));
        whole
    }

    /// `[n_trials]`: losses only, USD, at a fraction of the time of [`Self::run`].
    #[must_use]
    pub fn losses(&self, n_trials: u64) -> Vec<f64> {
        (0..n_trials).into_par_iter().map(|trial| self.losses_by_cell(trial).iter().sum()).collect()
    }

    /// `[n_cells]`: losses of one trial, USD.
    fn losses_by_cell(&self, trial: u64) -> Vec<f64> {
        let occurrences = self.sampler.trial(trial);
        let horizon = self.setting.horizon_days();
        let disruption = Disruption::new(&self.setting.graph, self.shocks, &occurrences, horizon);
        let loss = |cell: usize| {
            if self.touch.any(cell, &occurrences) { self.cell_loss_usd(cell, &disruption) } else { 0.0 }
        };
        (0..self.frames.len()).map(loss).collect()
    }

    fn empty(&self) -> Run {
        Run {
            horizon_days: self.setting.horizon_days(),
            losses: Vec::new(),
            occurrence_losses: Vec::new(),
            mean_unserved: vec![0.0; self.setting.instance.workloads.len()],
            mean_parts: Parts::default(),
        }
    }

    /// Sums, not means, over a range of trials.
    fn chunk(&self, trials: std::ops::Range<u64>) -> Run {
        let mut run = self.empty();
        for trial in trials {
            let outcome = self.trial(trial);
            run.losses.push(outcome.loss);
            run.occurrence_losses.push(outcome.largest_family);
            for (sum, unserved) in run.mean_unserved.iter_mut().zip(&outcome.unserved) {
                *sum += unserved;
            }
            run.mean_parts.add(&outcome.parts, 1.0);
        }
        run
    }

    fn trial(&self, trial: u64) -> TrialOutcome {
        let instance = self.setting.instance;
        let horizon = self.setting.horizon_days();
        let mut unserved = vec![0.0; instance.workloads.len()];
        let mut loss_by_cell = vec![0.0; instance.cells.len()];
        let occurrences = self.sampler.trial(trial);
        let disruption = Disruption::new(&self.setting.graph, self.shocks, &occurrences, horizon);
        for (frame, plan) in self.frames.iter().zip(&self.plans) {
            if !self.touch.any(frame.cell, &occurrences) {
                continue;
            }
            let course = follow(frame, &disruption);
            if course.is_calm() {
                continue;
            }
            let outcome = cell_outcome(frame, plan, &course);
            loss_by_cell[frame.cell] = outcome.loss.total_usd();
            unserved[instance.cells[frame.cell].workload] +=
                outcome.unserved_days() / horizon * frame.users_share;
        }
        let (parts, largest_family) = attribute(self, &occurrences, &loss_by_cell);
        TrialOutcome { loss: loss_by_cell.iter().sum(), largest_family, unserved, parts }
    }

    /// Loss of the plan in one cell under some occurrences, USD.
    pub(super) fn cell_loss_usd(&self, cell: usize, disruption: &Disruption<'_>) -> f64 {
        let frame = &self.frames[cell];
        cell_loss(frame, &self.plans[cell], &follow(frame, disruption)).total_usd()
    }

    pub(super) fn actor(&self, shock: usize) -> &str {
        &self.actors[shock]
    }
}

//! Runs trials of a plan: losses, unserved demand, and their breakdown.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use super::draws::{Rates, Sampler};
use super::engine::Engine;
pub use super::families::EventLoss;
use super::memory::{Recollection, TrialMemory};
use super::parts::{Attribution, Parts};
use super::sums::{LossTotals, amount};
use super::worker::Worker;
use crate::model::instance::WorkloadIdx;
use crate::model::plan::Plan;
use crate::service::setting::Setting;
use crate::shocks::resolve::ResolvedShock;

/// Number of trials that a thread takes at a time.
const TRIALS_PER_CHUNK: usize = 64;
/// Number of trials between two checks for a stop; a started wave is always completed.
const TRIALS_PER_WAVE: usize = 4096;

/// Losses of consecutive trials.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// Number of the first trial.
    pub first_trial: u64,
    pub horizon_days: f64,
    /// `[n_trials]`: loss over the horizon, USD.
    pub losses: Vec<f64>,
    /// `[n_trials]`: loss of the trial's largest event family, USD.
    pub occurrence_losses: Vec<f64>,
    /// Totals over all trials, by shock and workload.
    pub sums: LossTotals,
}

impl Run {
    /// `[n_workloads]`: mean unserved share, before and past the recovery objective.
    #[must_use]
    pub fn mean_unserved(&self) -> Vec<f64> {
        let days = self.horizon_days * self.losses.len().max(1) as f64;
        self.sums.unserved_days.iter().map(|&steps| amount(steps) / days).collect()
    }
}

/// Receives the losses of event families, in order of trials.
pub type EventSink<'a> = &'a mut dyn FnMut(&[EventLoss]);

/// Progress reports and the stop signal of a run.
#[derive(Clone, Copy)]
pub struct RunControl<'a> {
    /// Called with the number of trials that have just finished.
    pub done: &'a (dyn Fn(u64) + Sync),
    /// If set, the run ends after the current wave of trials.
    pub stop: &'a AtomicBool,
}

static NEVER: AtomicBool = AtomicBool::new(false);

impl RunControl<'_> {
    /// Reports no progress, and never stops.
    pub const SILENT: RunControl<'static> = RunControl { done: &|_| (), stop: &NEVER };

    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

/// A plan ready for trials.
pub struct Simulation<'a> {
    pub setting: &'a Setting<'a>,
    engine: Engine<'a>,
    sampler: Sampler,
    /// `[n_shocks]`
    attributions: Vec<Attribution>,
    recollection: Option<Recollection<'a>>,
    pub(super) memory: Option<&'a TrialMemory>,
}

impl<'a> Simulation<'a> {
    /// Prepares a plan for trials.
    #[must_use]
    pub fn new(setting: &'a Setting<'a>, shocks: &'a [ResolvedShock], sampler: Sampler, plan: &Plan) -> Self {
        Self::of_workloads(setting, shocks, sampler, plan, 0..setting.instance.workloads.len())
    }

    /// Prepares the demand of some workloads for trials: each loses what it loses in a simulation of all.
    #[must_use]
    pub fn of_workloads(
        setting: &'a Setting<'a>,
        shocks: &'a [ResolvedShock],
        sampler: Sampler,
        plan: &Plan,
        workloads: Range<WorkloadIdx>,
    ) -> Self {
        let engine = Engine::new(setting, shocks, plan, workloads);
        let sampler = sampler.only(&engine.matters());
        let attributions = shocks.iter().map(|s| Attribution::of(setting.instance, &s.shock)).collect();
        Self { setting, engine, sampler, attributions, recollection: None, memory: None }
    }

    /// Takes over from `memory` what earlier simulations have found out, and leaves there what this one does. `seed`, `rates`:
    /// those of the sampler. No result depends on it.
    #[must_use]
    pub fn remembering(mut self, memory: &'a TrialMemory, seed: u64, rates: Rates) -> Self {
        let recollection = memory.recall(&self.engine, (seed, rates));
        recollection.remind(&mut self.engine);
        self.recollection = Some(recollection);
        self.memory = Some(memory);
        self
    }

    /// The same with another bound on what trials remember of the shocks' impacts, bytes. No result depends on it.
    #[must_use]
    pub fn remembering_at_most(mut self, max_bytes: usize) -> Self {
        self.engine.remember(max_bytes);
        self
    }

    /// About what trials remember of the shocks' impacts now, bytes: at most the bound and what one trial a thread adds.
    #[must_use]
    pub fn n_remembered_bytes(&self) -> usize {
        self.engine.memory.read().unwrap_or_else(PoisonError::into_inner).n_bytes()
    }

    /// A runner, whose workers keep remembered states from one run to the next.
    #[must_use]
    pub fn runner(&self) -> Runner<'_> {
        Runner { simulation: self, idle: Mutex::new(Vec::new()) }
    }

    /// Totals by id, each multiplied by `factor`.
    #[must_use]
    pub fn parts(&self, sums: &LossTotals, factor: f64) -> Parts {
        Parts::new(self.setting.instance, &self.attributions, sums, factor)
    }

    fn no_sums(&self) -> LossTotals {
        LossTotals::new(self.engine.shocks.len(), self.setting.instance.workloads.len())
    }
}

/// A pool of workers that threads take and return, so that remembered states are reused.
pub struct Runner<'a> {
    pub simulation: &'a Simulation<'a>,
    idle: Mutex<Vec<Worker<'a>>>,
}

impl<'a> Runner<'a> {
    /// Runs trials; returns fewer if `control` stops it.
    #[must_use]
    pub fn run(&self, trials: Range<u64>, control: RunControl<'_>, events: Option<EventSink<'_>>) -> Run {
        let mut run = Run {
            first_trial: trials.start,
            horizon_days: self.simulation.setting.horizon_days(),
            losses: Vec::new(),
            occurrence_losses: Vec::new(),
            sums: self.simulation.no_sums(),
        };
        self.extend(&mut run, trials.end, control, events);
        run
    }

    /// Runs the following trials, up to `end`; otherwise like [`Self::run`].
    pub fn extend(
        &self,
        run: &mut Run,
        end: u64,
        control: RunControl<'_>,
        mut events: Option<EventSink<'_>>,
    ) {
        let n = usize::try_from(end.saturating_sub(run.first_trial)).expect("trials fit into memory");
        run.losses.reserve_exact(n.saturating_sub(run.losses.len()));
        run.occurrence_losses.reserve_exact(n.saturating_sub(run.occurrence_losses.len()));
        let keeps_events = events.is_some();
        while run.losses.len() < n && !control.is_stopped() {
            let from = run.losses.len();
            let to = n.min(from + TRIALS_PER_WAVE);
            run.losses.resize(to, 0.0);
            run.occurrence_losses.resize(to, 0.0);
            let chunks = run.losses[from..].par_chunks_mut(TRIALS_PER_CHUNK);
            let chunks = chunks.zip(run.occurrence_losses[from..].par_chunks_mut(TRIALS_PER_CHUNK));
            let first = run.first_trial + from as u64;
            let found: Vec<Vec<EventLoss>> = chunks
                .enumerate()
                .map(|(chunk, (losses, largest))| {
                    let start = first + (chunk * TRIALS_PER_CHUNK) as u64;
                    let found = self.work(|worker| worker.chunk(start, losses, largest, keeps_events));
                    (control.done)(losses.len() as u64);
                    found
                })
                .collect();
            if let Some(sink) = &mut events {
                found.iter().for_each(|losses| sink(losses));
            }
        }
        run.sums.merge(&self.take_sums());
    }

    /// Totals over some trials, without weights.
    #[must_use]
    pub fn sums_of(&self, trials: &[u64]) -> LossTotals {
        trials.par_chunks(TRIALS_PER_CHUNK).for_each(|chunk| {
            self.work(|worker| {
                for &trial in chunk {
                    worker.trial(trial);
                }
            });
        });
        self.take_sums()
    }

    fn work<T>(&self, task: impl FnOnce(&mut Worker<'a>) -> T) -> T {
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = idle().pop();
        let Simulation { engine, sampler, recollection, .. } = self.simulation;
        let mut worker = taken.unwrap_or_else(|| Worker::new(engine, sampler, recollection.as_ref()));
        let result = task(&mut worker);
        idle().push(worker);
        result
    }

    /// Takes the totals of all workers since the last call; they do not depend on which worker ran which trial.
    fn take_sums(&self) -> LossTotals {
        let mut sums = self.simulation.no_sums();
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        for worker in idle.iter_mut() {
            sums.merge(&std::mem::replace(&mut worker.sums, self.simulation.no_sums()));
        }
        sums
    }
}

impl Drop for Runner<'_> {
    /// Leaves what the workers have found out.
    fn drop(&mut self) {
        let Some(recollection) = &self.simulation.recollection else { return };
        let idle = self.idle.get_mut().unwrap_or_else(PoisonError::into_inner);
        idle.drain(..).for_each(|worker| worker.end(recollection));
        recollection.end(&self.simulation.engine);
    }
}

//! Trials of a plan: losses, unserved demand, and whose doing they are.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use super::draws::Sampler;
use super::engine::Engine;
pub use super::families::EventLoss;
use super::parts::Parts;
use super::sums::{LossTotals, amount};
use super::worker::Worker;
use crate::model::plan::Plan;
use crate::service::setting::Setting;
use crate::shocks::actor::acting_jurisdiction;
use crate::shocks::resolve::ResolvedShock;

/// Trials that a thread takes at a time.
const TRIALS_PER_CHUNK: usize = 64;
/// Trials after which a stop is listened to; what is done then is whole.
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
    /// Over all trials, in parts.
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

/// Hears the losses of event families, trial by trial in order.
pub type EventSink<'a> = &'a mut dyn FnMut(&[EventLoss]);

/// What a run hears from outside and tells.
#[derive(Clone, Copy)]
pub struct RunControl<'a> {
    /// Hears how many more trials have ended.
    pub done: &'a (dyn Fn(u64) + Sync),
    /// Set: end after the trials at hand.
    pub stop: &'a AtomicBool,
}

static NEVER: AtomicBool = AtomicBool::new(false);

impl RunControl<'_> {
    /// Tells nobody, and is never stopped.
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
    /// `[n_shocks]`: acting jurisdiction.
    actors: Vec<String>,
}

impl<'a> Simulation<'a> {
    /// Prepares a plan for trials.
    #[must_use]
    pub fn new(setting: &'a Setting<'a>, shocks: &'a [ResolvedShock], sampler: Sampler, plan: &Plan) -> Self {
        let engine = Engine::new(setting, shocks, plan);
        let sampler = sampler.only(&engine.matters());
        let actors = shocks.iter().map(|s| acting_jurisdiction(setting.instance, &s.shock)).collect();
        Self { setting, engine, sampler, actors }
    }

    /// Workers for the trials; what they learn in one run serves the next.
    #[must_use]
    pub fn runner(&self) -> Runner<'_> {
        Runner { simulation: self, idle: Mutex::new(Vec::new()) }
    }

    /// Totals under their names, each multiplied by `factor`.
    #[must_use]
    pub fn parts(&self, sums: &LossTotals, factor: f64) -> Parts {
        Parts::new(self.setting.instance, &self.actors, sums, factor)
    }

    fn no_sums(&self) -> LossTotals {
        LossTotals::new(self.engine.shocks.len(), self.setting.instance.workloads.len())
    }
}

/// Workers that threads take and give back, so that what one learned is not learned again.
pub struct Runner<'a> {
    pub simulation: &'a Simulation<'a>,
    idle: Mutex<Vec<Worker<'a>>>,
}

impl<'a> Runner<'a> {
    /// Runs trials; ends early, with fewer, when the watch says so.
    #[must_use]
    pub fn run(&self, trials: Range<u64>, watch: RunControl<'_>, events: Option<EventSink<'_>>) -> Run {
        let mut run = Run {
            first_trial: trials.start,
            horizon_days: self.simulation.setting.horizon_days(),
            losses: Vec::new(),
            occurrence_losses: Vec::new(),
            sums: self.simulation.no_sums(),
        };
        self.extend(&mut run, trials.end, watch, events);
        run
    }

    /// Runs the trials that follow, up to `end`; as [`Self::run`].
    pub fn extend(&self, run: &mut Run, end: u64, watch: RunControl<'_>, mut events: Option<EventSink<'_>>) {
        let n = usize::try_from(end.saturating_sub(run.first_trial)).expect("trials fit into memory");
        run.losses.reserve_exact(n.saturating_sub(run.losses.len()));
        run.occurrence_losses.reserve_exact(n.saturating_sub(run.occurrence_losses.len()));
        let keeps_events = events.is_some();
        while run.losses.len() < n && !watch.is_stopped() {
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
                    (watch.done)(losses.len() as u64);
                    found
                })
                .collect();
            if let Some(hear) = &mut events {
                found.iter().for_each(|losses| hear(losses));
            }
        }
        run.sums.merge(&self.take_sums());
    }

    /// Totals over some trials, each of which counts once.
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
        let Simulation { engine, sampler, .. } = self.simulation;
        let mut worker = taken.unwrap_or_else(|| Worker::new(engine, sampler));
        let result = task(&mut worker);
        idle().push(worker);
        result
    }

    /// What all of them added up since this was asked last: the same whoever did what.
    fn take_sums(&self) -> LossTotals {
        let mut sums = self.simulation.no_sums();
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        for worker in idle.iter_mut() {
            sums.merge(&std::mem::replace(&mut worker.sums, self.simulation.no_sums()));
        }
        sums
    }
}

//! What simulations of similar plans leave to each other: losses of groups of cells that a change leaves as they are, and
//! draws for the doubt about rates.
//!
//! No result depends on it. A loss is taken over only where all that it is computed from is equal: the draws of the trial, the
//! outages, and everything that is known of the group. What depends on other groups too is computed anew.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::doubt::{DoubtDraws, DoubtLaw};
use super::draws::Rates;
use super::engine::Engine;
use super::impact_memory::GroupMemory;
use super::sink::Total;
use super::timeline::{GroupTimeline, KnownStates};
use crate::graph::outage::Outage;
use crate::ids::OfferId;
use crate::model::instance::{OfferIdx, WorkloadIdx};
use crate::model::shock::{Shock, Tension};
use crate::service::cell_groups::CellGroup;
use crate::service::cell_model::CellModel;
use crate::service::cell_plan::CellPlan;

/// Groups that are kept, at most; the longest unused are dropped first.
const MAX_GROUPS: usize = 512;
/// Groups of which impacts and states are kept, at most; about a MiB each.
const MAX_LEARNED: usize = 128;
/// Losses that are kept, at most, of all groups together; 24 bytes each.
const MAX_LOSSES: usize = 4 << 20;
/// Draws for the doubt that are kept, at most; 32 KiB each.
const MAX_DRAWS: usize = 1024;

/// What simulations leave to each other.
#[derive(Debug, Default)]
pub struct TrialMemory {
    followed: Mutex<Followed>,
    draws: Mutex<HashMap<DoubtLaw, Arc<DoubtDraws>>>,
}

/// Groups that were followed in one world, the latest first.
#[derive(Debug, Default)]
struct Followed {
    world: Option<Arc<World>>,
    groups: Vec<Arc<FollowedGroup>>,
}

/// What the losses of all groups depend on.
#[derive(Debug, PartialEq)]
struct World {
    draws: (u64, Rates),
    horizon_days: f64,
    shocks: Vec<Shock>,
    tensions: Vec<Tension>,
    suppliers: Vec<String>,
    offers: Vec<OfferId>,
    outages: Vec<Outage>,
    combining: Vec<BTreeSet<OfferIdx>>,
}

impl World {
    fn of(engine: &Engine<'_>, draws: (u64, Rates)) -> Self {
        let instance = engine.setting.instance;
        Self {
            draws,
            horizon_days: engine.horizon_days(),
            shocks: engine.shocks.iter().map(|own| own.shock.clone()).collect(),
            tensions: instance.tensions.clone(),
            suppliers: instance.suppliers.iter().map(|own| own.supplier.id.clone()).collect(),
            offers: instance.offers.iter().map(|offer| offer.id.clone()).collect(),
            outages: engine.outages.clone(),
            combining: engine.combining.clone(),
        }
    }
}

/// A group of cells, and its losses in trials in which events interact.
#[derive(Debug)]
pub(super) struct FollowedGroup {
    workload: WorkloadIdx,
    cell_model: CellModel,
    plan: CellPlan,
    /// Ascending by trial: the loss of its first cell.
    losses: Mutex<Arc<Vec<(u64, Total)>>>,
    /// Of each thread.
    states: Mutex<Vec<KnownStates>>,
    impacts: Mutex<Option<GroupMemory>>,
}

impl FollowedGroup {
    fn new(group: &CellGroup) -> Self {
        Self {
            workload: group.workload,
            cell_model: group.cell_model.clone(),
            plan: group.plan.clone(),
            losses: Mutex::default(),
            states: Mutex::default(),
            impacts: Mutex::default(),
        }
    }

    fn is_like(&self, group: &CellGroup) -> bool {
        self.workload == group.workload && self.plan == group.plan && self.cell_model == group.cell_model
    }
}

/// What is known of the groups of one plan.
#[derive(Debug)]
pub(super) struct Recollection<'a> {
    memory: &'a TrialMemory,
    world: Arc<World>,
    /// `[n_groups]`
    groups: Vec<Arc<FollowedGroup>>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl TrialMemory {
    /// What is known of the groups of an engine. `draws`: seed and rates of its trials.
    pub(super) fn recall<'a>(&'a self, engine: &Engine<'_>, draws: (u64, Rates)) -> Recollection<'a> {
        let world = World::of(engine, draws);
        let mut followed = locked(&self.followed);
        let world = match &followed.world {
            Some(own) if **own == world => Arc::clone(own),
            _ => {
                followed.groups.clear();
                Arc::clone(followed.world.insert(Arc::new(world)))
            }
        };
        let group = |own: &CellGroup| {
            let known = followed.groups.iter().find(|group| group.is_like(own));
            known.map_or_else(|| Arc::new(FollowedGroup::new(own)), Arc::clone)
        };
        let groups = engine.groups.iter().map(group).collect();
        Recollection { memory: self, world, groups }
    }

    /// The draws of a law, which are made once.
    pub(super) fn draws(&self, law: DoubtLaw) -> Arc<DoubtDraws> {
        let mut draws = locked(&self.draws);
        if draws.len() >= MAX_DRAWS && !draws.contains_key(&law) {
            draws.clear();
        }
        Arc::clone(draws.entry(law).or_insert_with_key(|law| Arc::new(law.draws())))
    }
}

impl Recollection<'_> {
    /// `[n_groups]`: the losses that are known.
    pub(super) fn losses(&self) -> Vec<Arc<Vec<(u64, Total)>>> {
        self.groups.iter().map(|group| Arc::clone(&locked(&group.losses))).collect()
    }

    /// Timelines go on with the states that others of equal groups have met.
    pub(super) fn teach(&self, timelines: &mut [GroupTimeline<'_>]) {
        for (timeline, group) in timelines.iter_mut().zip(&self.groups) {
            if let Some(states) = locked(&group.states).pop() {
                timeline.go_on(states);
            }
        }
    }

    /// The engine goes on with the impacts of equal groups.
    pub(super) fn remind(&self, engine: &mut Engine<'_>) {
        let memory = engine.memory.get_mut().unwrap_or_else(PoisonError::into_inner);
        for (place, group) in self.groups.iter().enumerate() {
            if let Some(impacts) = locked(&group.impacts).clone() {
                memory.go_on(place, impacts);
            }
        }
    }

    /// Keeps what a worker has found out: losses by group and trial, and the states of its timelines.
    pub(super) fn keep(&self, losses: &mut Vec<(u32, u64, Total)>, timelines: Vec<GroupTimeline<'_>>) {
        losses.sort_unstable_by_key(|&(group, trial, _)| (group, trial));
        for new in losses.chunk_by(|a, b| a.0 == b.0) {
            let mut own = locked(&self.groups[new[0].0 as usize].losses);
            let mut all: Vec<(u64, Total)> = own.to_vec();
            all.extend(new.iter().map(|&(_, trial, total)| (trial, total)));
            all.sort_unstable_by_key(|loss| loss.0);
            all.dedup_by_key(|loss| loss.0);
            *own = Arc::new(all);
        }
        losses.clear();
        for (timeline, group) in timelines.into_iter().zip(&self.groups) {
            let mut states = locked(&group.states);
            if states.len() < rayon::current_num_threads() {
                states.push(timeline.into_known());
            }
        }
    }

    /// Keeps the impacts of the engine, puts the groups of this plan first, and drops what is too much.
    pub(super) fn end(&self, engine: &Engine<'_>) {
        let memory = engine.memory.read().unwrap_or_else(PoisonError::into_inner);
        for (place, group) in self.groups.iter().enumerate().take(MAX_LEARNED) {
            *locked(&group.impacts) = Some(memory.known(place));
        }
        let mut followed = locked(&self.memory.followed);
        if !followed.world.as_ref().is_some_and(|world| Arc::ptr_eq(world, &self.world)) {
            return;
        }
        let is_own = |group: &Arc<FollowedGroup>| self.groups.iter().any(|own| Arc::ptr_eq(own, group));
        let others: Vec<Arc<FollowedGroup>> =
            followed.groups.drain(..).filter(|group| !is_own(group)).collect();
        let mut n_losses = 0;
        followed.groups = self.groups.iter().cloned().chain(others).take(MAX_GROUPS).collect();
        for group in followed.groups.iter().skip(MAX_LEARNED) {
            locked(&group.states).clear();
            *locked(&group.impacts) = None;
        }
        followed.groups.retain(|group| {
            n_losses += locked(&group.losses).len();
            n_losses <= MAX_LOSSES
        });
    }
}

/// The loss of a group in a trial, if it is known.
pub(super) fn known_loss(losses: &[(u64, Total)], trial: u64) -> Option<Total> {
    losses.binary_search_by_key(&trial, |loss| loss.0).ok().map(|at| losses[at].1)
}

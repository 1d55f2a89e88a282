//! One thread's work: trial by trial, from draws to losses by workload and event family.
//!
//! Most occurrences do not interact, so their costs follow from their durations. A timeline is computed only for groups in
//! which events overlap.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLockReadGuard};

mod interactions;

use super::draws::{Sampler, Scratch};
use super::engine::{Engine, Variant, choose};
use super::event::{Event, TrialLoss};
use super::families::{EventLoss, Families};
use super::history::History;
use super::impact_memory::ImpactMemory;
use super::memory::{Recollection, known_loss};
use super::prices::PriceUplifts;
use super::sink::Total;
use super::sums::LossTotals;
use super::timeline::{Buffers, GroupTimeline};
use crate::service::cell_groups::CellGroup;
use crate::service::disruption::Occurrence;

/// State of a group in a trial.
#[derive(Debug, Clone, Copy)]
struct GroupTrial {
    /// Sum of the stand-alone losses of the events.
    apart: Total,
    /// Latest end of the events with a cost.
    busy_until: f64,
    /// Latest end of the events that make primaries stale.
    stale_until: f64,
    /// Sum of one-off costs, USD.
    one_off_usd: f64,
    /// Whether one-off costs do not simply add up.
    is_irregular: bool,
    is_touched: bool,
    overlaps: bool,
    is_displaced: bool,
    /// Events overlap whose combined effect in the supply graph is larger.
    combines: bool,
}

impl GroupTrial {
    const CALM: Self = Self {
        apart: Total { usd: 0.0, unserved_days: 0.0 },
        busy_until: f64::NEG_INFINITY,
        stale_until: f64::NEG_INFINITY,
        one_off_usd: 0.0,
        is_irregular: false,
        is_touched: false,
        overlaps: false,
        is_displaced: false,
        combines: false,
    };
}

/// The memory that a thread keeps from trial to trial; no result depends on it.
#[derive(Debug)]
pub(super) struct Worker<'a> {
    engine: &'a Engine<'a>,
    sampler: &'a Sampler,
    timelines: Vec<GroupTimeline<'a>>,
    buffers: Buffers,
    /// The group that this thread begins with where impacts are new to all threads.
    first: usize,
    /// Variants of the memory's `generation` that this thread has met.
    variants: Vec<Arc<Variant>>,
    generation: u64,
    /// `[n_shocks]`: variant of an occurrence without drawn developers.
    plain_variants: Vec<Option<usize>>,
    /// `[n_shocks]`: so far, in the trials of this thread.
    n_occurrences: Vec<u32>,
    /// Variant by shock and drawn developers.
    chosen_variants: HashMap<Vec<usize>, usize>,
    draw_key: Vec<usize>,
    scratch: Scratch,
    occurrences: Vec<Occurrence>,
    events: Vec<Event>,
    /// `[n_shocks]`: latest end of the events of a shock so far; only meaningful while events are marked.
    latest_ends: Vec<f64>,
    /// Events without impact on any loss.
    idle: Vec<Event>,
    groups: Vec<GroupTrial>,
    /// Groups with a loss and interacting events.
    joint: Vec<usize>,
    /// `[n_groups]`: weight of a group, in multiples of its first cell's users; 0 if a twin represents it.
    weights: Vec<f64>,
    split_twins: Vec<usize>,
    touched: Vec<usize>,
    histories: Vec<History>,
    uplifts: PriceUplifts,
    families: Families,
    pub(super) sums: LossTotals,
    /// `None` if they are not requested.
    event_losses: Option<Vec<EventLoss>>,
    /// `[n_groups]`: losses that earlier simulations have found, ascending by trial; empty if there are none.
    known_losses: Vec<Arc<Vec<(u64, Total)>>>,
    /// Group, trial and loss, as far as nothing but the group decides on it.
    found_losses: Vec<(u32, u64, Total)>,
    /// Whether the loss that is computed depends on events that do not affect the group by themselves.
    needs_history: bool,
}

impl<'a> Worker<'a> {
    pub(super) fn new(
        engine: &'a Engine<'a>,
        sampler: &'a Sampler,
        recollection: Option<&Recollection<'_>>,
    ) -> Self {
        let n_workloads = engine.setting.instance.workloads.len();
        let mut timelines = engine.timelines();
        if let Some(own) = recollection {
            own.teach(&mut timelines);
        }
        Self {
            engine,
            sampler,
            timelines,
            buffers: Buffers::default(),
            first: engine.groups.len() * rayon::current_thread_index().unwrap_or(0)
                / rayon::current_num_threads().max(1),
            variants: Vec::new(),
            generation: 0,
            plain_variants: vec![None; engine.shocks.len()],
            n_occurrences: vec![0; engine.shocks.len()],
            chosen_variants: HashMap::new(),
            draw_key: Vec::new(),
            scratch: Scratch::default(),
            occurrences: Vec::new(),
            events: Vec::new(),
            latest_ends: vec![f64::NEG_INFINITY; engine.shocks.len()],
            idle: Vec::new(),
            joint: Vec::new(),
            groups: vec![GroupTrial::CALM; engine.groups.len()],
            weights: engine.twins.unsplit_weights().to_vec(),
            split_twins: Vec::new(),
            touched: Vec::new(),
            histories: Vec::new(),
            uplifts: PriceUplifts::new(engine.profiles.n),
            families: Families::new(n_workloads),
            sums: LossTotals::new(engine.shocks.len(), n_workloads),
            event_losses: None,
            known_losses: recollection.map(Recollection::losses).unwrap_or_default(),
            found_losses: Vec::new(),
            needs_history: false,
        }
    }

    /// Leaves what it has found out.
    pub(super) fn end(mut self, recollection: &Recollection<'_>) {
        recollection.keep(&mut self.found_losses, self.timelines);
    }

    /// Runs trials from `start`, one per element of `losses` and `largest`; returns the losses of event families if
    /// `keeps_events`.
    pub(super) fn chunk(
        &mut self,
        start: u64,
        losses: &mut [f64],
        largest: &mut [f64],
        keeps_events: bool,
    ) -> Vec<EventLoss> {
        self.event_losses = keeps_events.then(Vec::new);
        for ((trial, loss), largest) in (start..).zip(losses).zip(largest) {
            let lost = self.trial(trial);
            (*loss, *largest) = (lost.all, lost.largest_family);
        }
        self.event_losses.take().unwrap_or_default()
    }

    /// Runs a trial and adds it to the sums.
    pub(super) fn trial(&mut self, trial: u64) -> TrialLoss {
        let is_complete = self.sampler.draw(trial, &mut self.scratch, &mut self.occurrences);
        self.sums.n_truncated += u64::from(!is_complete);
        let memory = self.memory();
        self.set_events(&memory);
        drop(memory);
        self.families.begin(&self.occurrences, &mut self.events, &mut self.idle);
        self.add_stand_alone_losses();
        self.find_combinations();
        for at in 0..self.touched.len() {
            let group = self.touched[at];
            let is_joint = self.is_joint(group);
            let total = if is_joint { self.joint_loss(trial, group) } else { self.groups[group].apart };
            let CellGroup { workload, cell_model, .. } = &self.engine.groups[group];
            let scale = self.weights[group];
            let unserved_days = total.unserved_days * cell_model.users_share * scale;
            self.families.add_group(*workload, total.usd * scale, unserved_days, is_joint);
            if is_joint && total.usd > 0.0 {
                self.joint.push(group);
            }
        }
        self.add_waves();
        self.attribute_joint_losses();
        let loss = self.families.settle(trial, &self.occurrences, &mut self.sums, self.event_losses.as_mut());
        self.histories.clear();
        for group in self.touched.drain(..) {
            self.groups[group] = GroupTrial::CALM;
        }
        loss
    }

    /// The loss of a group in which events interact, which may be known.
    fn joint_loss(&mut self, trial: u64, group: usize) -> Total {
        if self.known_losses.is_empty() || self.groups[group].combines {
            return self.joint(group);
        }
        if let Some(total) = known_loss(&self.known_losses[group], trial) {
            return total;
        }
        self.needs_history = false;
        let total = self.joint(group);
        if !self.needs_history {
            self.found_losses.push((u32::try_from(group).expect("fewer than 2^32 groups"), trial, total));
        }
        total
    }

    /// Records the families that affect a workload with a loss to which no family contributes by itself.
    fn attribute_joint_losses(&mut self) {
        for group in self.joint.drain(..) {
            let workload = self.engine.groups[group].workload;
            if !self.families.is_unattributed(workload) {
                continue;
            }
            for event in self.events.iter().chain(&self.idle) {
                if self.engine.affects(group, &self.occurrences[event.occurrence]) {
                    self.families.add_affecting(workload, event.family);
                }
            }
        }
    }

    /// The memory with room for a trial; forgets the variants of what the memory has forgotten.
    fn memory(&mut self) -> RwLockReadGuard<'a, ImpactMemory> {
        let shared = &self.engine.memory;
        let read = || shared.read().unwrap_or_else(PoisonError::into_inner);
        let mut memory = read();
        if memory.is_full() {
            drop(memory);
            shared.write().unwrap_or_else(PoisonError::into_inner).make_room(&self.n_occurrences);
            memory = read();
        }
        if memory.generation != self.generation {
            self.generation = memory.generation;
            self.variants.clear();
            self.plain_variants.fill(None);
            self.chosen_variants.clear();
        }
        memory
    }

    fn set_events(&mut self, memory: &ImpactMemory) {
        self.events.clear();
        self.idle.clear();
        for occurrence in 0..self.occurrences.len() {
            let Occurrence { start, end, .. } = self.occurrences[occurrence];
            if end <= start {
                continue;
            }
            let variant = self.variant(occurrence, memory);
            let is_idle = self.variants[variant].impacts.is_empty();
            let events = if is_idle { &mut self.idle } else { &mut self.events };
            events.push(Event { start, end, variant, family: 0, occurrence, repeats: false });
        }
        self.events.sort_by(|a, b| a.start.total_cmp(&b.start));
        self.mark_repeats();
        let shock = |event: &Event| self.occurrences[event.occurrence].shock;
        let shocks = self.events.iter().map(shock);
        self.engine.twins.split(shocks, &mut self.split_twins, &mut self.weights);
        self.uplifts.clear();
        for event in &self.events {
            for &(profile, factor) in &self.variants[event.variant].uplifts {
                self.uplifts.add(profile, (event.start, event.end), factor, shock(event));
            }
        }
    }

    /// Marks events that begin while an earlier one of their shock is on. Events are sorted by start, so the latest end of
    /// the earlier ones decides.
    fn mark_repeats(&mut self) {
        for event in &self.events {
            self.latest_ends[self.occurrences[event.occurrence].shock] = f64::NEG_INFINITY;
        }
        for event in &mut self.events {
            let latest_end = &mut self.latest_ends[self.occurrences[event.occurrence].shock];
            event.repeats = event.start <= *latest_end;
            *latest_end = latest_end.max(event.end);
        }
    }

    fn variant(&mut self, occurrence: usize, memory: &ImpactMemory) -> usize {
        let occurrence = &self.occurrences[occurrence];
        let n_occurrences = &mut self.n_occurrences[occurrence.shock];
        *n_occurrences = n_occurrences.saturating_add(1);
        let is_plain = occurrence.collateral.is_empty() && occurrence.withdrawn.is_empty();
        choose(occurrence, |_| true, |_| true, &mut self.draw_key);
        let known = if is_plain {
            self.plain_variants[occurrence.shock]
        } else {
            self.chosen_variants.get(&self.draw_key).copied()
        };
        known.unwrap_or_else(|| {
            let variant = self.variants.len();
            let found = memory.variant(&self.draw_key).unwrap_or_else(|| {
                let (timelines, buffers) = (&mut self.timelines, &mut self.buffers);
                let new = self.engine.variant(occurrence, memory, self.first, timelines, buffers);
                memory.keep(&self.draw_key, new)
            });
            self.variants.push(found);
            if is_plain {
                self.plain_variants[occurrence.shock] = Some(variant);
            } else {
                self.chosen_variants.insert(self.draw_key.clone(), variant);
            }
            variant
        })
    }

    /// Adds the stand-alone loss of each event in each group, and marks groups in which events overlap.
    fn add_stand_alone_losses(&mut self) {
        let shock = |event: &Event| self.occurrences[event.occurrence].shock;
        for (at, event) in self.events.iter().enumerate() {
            let days = event.end.min(self.engine.horizon_days()) - event.start;
            let variant = &self.variants[event.variant];
            for costly in &variant.costly {
                let group = costly.group as usize;
                let weight = self.weights[group];
                if weight == 0.0 {
                    continue;
                }
                let own = &mut self.groups[group];
                if !own.is_touched {
                    own.is_touched = true;
                    self.touched.push(group);
                }
                own.overlaps |= event.start <= own.busy_until;
                own.busy_until = own.busy_until.max(event.end);
                let is_displaced = days > costly.displaces_after;
                own.is_displaced |= is_displaced;
                if costly.one_off_usd > 0.0 {
                    let impact = variant.placed(costly.place);
                    let before = if event.repeats { &self.events[..at] } else { &[] };
                    let mut earlier = before
                        .iter()
                        .filter(|e| e.meets(event))
                        .filter(|e| shock(e) == shock(event))
                        .filter_map(|e| self.variants[e.variant].impact(group))
                        .filter(|earlier| !earlier.one_offs.is_empty());
                    match earlier.next() {
                        None => own.one_off_usd += costly.one_off_usd,
                        // The same effects are active already.
                        Some(first) if first.one_offs == impact.one_offs => {}
                        Some(_) => own.is_irregular = true,
                    }
                }
                if costly.makes_primaries_stale {
                    own.is_displaced |= event.start <= own.stale_until;
                    own.stale_until = own.stale_until.max(event.end);
                }
                let mut usd = costly.one_off_usd + costly.dearer_usd_per_day * days;
                if is_displaced {
                    let displaced = variant.placed(costly.place).displaced(days);
                    usd += displaced.usd;
                    own.apart.unserved_days += displaced.unserved_days;
                }
                own.apart.usd += usd;
                self.families.add_alone(costly.workload as usize, event.family, usd * weight);
            }
        }
    }

    /// Marks groups in which stops, cuts or missing updates of different events overlap and have a combined effect.
    fn find_combinations(&mut self) {
        for at in 0..self.events.len() {
            let later = self.events[at];
            if !self.variants[later.variant].may_combine {
                continue;
            }
            for place in 0..at {
                let earlier = self.events[place];
                let may_combine = self.variants[earlier.variant].may_combine;
                if may_combine && earlier.variant != later.variant && earlier.meets(&later) {
                    self.combine(earlier.variant, later.variant);
                }
            }
        }
    }

    fn combine(&mut self, earlier: usize, later: usize) {
        for place in 0..self.variants[later].impacts.len() {
            let (group, impact) = &self.variants[later].impacts[place];
            let group = *group;
            let other = self.variants[earlier].impact(group);
            let is_simulated = self.weights[group] > 0.0;
            if !is_simulated
                || self.groups[group].combines
                || !other.is_some_and(|own| impact.combines_with(own))
            {
                continue;
            }
            let history = self.history(None);
            if !self.histories[history].combines(&self.engine.groups[group].cell_model) {
                continue;
            }
            let own = &mut self.groups[group];
            own.combines = true;
            if !own.is_touched {
                own.is_touched = true;
                self.touched.push(group);
            }
        }
    }

    /// Index of the history of all events, or of those of one family.
    fn history(&mut self, family: Option<usize>) -> usize {
        let known = self.histories.iter().position(|history| history.family == family);
        known.unwrap_or_else(|| {
            let events = self.events.iter().filter(|e| family.is_none_or(|family| e.family == family));
            let occurrences = events.map(|event| self.occurrences[event.occurrence].clone()).collect();
            self.histories.push(History::new(self.engine, family, occurrences));
            self.histories.len() - 1
        })
    }

    /// Whether events interact in the group, so that their stand-alone losses do not add up.
    fn is_joint(&self, group: usize) -> bool {
        let own = &self.groups[group];
        if own.combines || own.overlaps {
            return true;
        }
        let has_impact = |e: &&Event| self.variants[e.variant].impact(group).is_some();
        own.is_displaced && self.events.iter().filter(has_impact).nth(1).is_some()
    }
}

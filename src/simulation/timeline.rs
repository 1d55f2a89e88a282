//! The timeline of one group of cells in a trial, computed only at changes, with the rules of the room `service`.
//!
//! Between two changes only the slices age. The cost of a state per day is computed by `service` once per distinct set of
//! levels, alternatives and ages, and remembered (methodology/simulation.md).

use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::sync::Arc;

mod changes;
mod outage;

use super::active::{ActiveSegments, View};
use super::classes::{ClassSet, Touched, WatchedClasses};
use super::impact::{GroupImpact, Segment, primaries};
use super::key::Folded;
use super::sink::Sink;
use crate::graph::down::Down;
use crate::service::cell_groups::CellGroup;
use crate::service::cell_model::{CellModel, Class, Local};
use crate::service::state::{ClassStates, ColdLeads, extra_usd_per_mtok};
use crate::service::trajectory::Slice;

/// The costs of a group to compute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    Everything,
    /// Costs beyond one-off effects and price increases of served primaries.
    Displacement,
}

/// An impact from `start` to `end`, days.
#[derive(Debug, Clone, Copy)]
pub(super) struct ImpactInterval<'a> {
    pub(super) start: f64,
    pub(super) end: f64,
    pub(super) impact: &'a GroupImpact,
}

/// A group of cells, with the remembered costs of its states.
#[derive(Debug)]
pub(super) struct GroupTimeline<'a> {
    pub(super) group: &'a CellGroup,
    horizon_days: f64,
    /// Segments of the events that are followed.
    segments: Vec<Arc<Segment>>,
    /// Classes of primaries or possible standbys.
    active_classes: ClassSet,
    /// `[n_classes]`: the segment that makes the class unusable once it has gone stale, when it was needed.
    expiry: Vec<Option<Arc<Segment>>>,
    primaries: Vec<Primary>,
    known: KnownStates,
    /// States remembered before the memory is cleared.
    max_known: usize,
    /// `[n_segments]`: number of active impacts that contain the segment.
    counts: Vec<u32>,
    changes: Vec<Change>,
    stale: Vec<(Class, Down)>,
    slices: Vec<Slice>,
    state: ActiveSegments,
    /// Classes on which the costs since the last relevant change depend.
    watch: WatchedClasses,
    /// All classes watched so far; `None` if they are not recorded.
    asked: Option<Touched>,
    /// The cold offers that may serve displaced demand.
    cold: ColdLeads,
}

/// Lists that are only used while events are followed, so that one timeline after the other fills the same ones.
#[derive(Debug, Default)]
pub(super) struct Buffers {
    segments: Vec<Arc<Segment>>,
    counts: Vec<u32>,
    changes: Vec<Change>,
    stale: Vec<(Class, Down)>,
    slices: Vec<Slice>,
}

/// What states of a group cost, by the hash of all that determines it: outage cost, USD per day, and unserved share. No result
/// depends on which are known.
pub(super) type KnownStates = HashMap<u128, (f64, f64), BuildHasherDefault<Folded>>;

#[derive(Debug)]
struct Primary {
    class: Class,
    share: f64,
    /// Planned cost, USD per day.
    spend: f64,
    /// Members with a share, and their mtok per day.
    members: Vec<(Local, f64)>,
    kept: f64,
}

/// The costs that a change affects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Matter {
    Nothing,
    /// Only the extra cost.
    Price,
    Everything,
}

#[derive(Debug, Clone, Copy)]
struct Change {
    at: f64,
    segment: u32,
    is_on: bool,
    /// Replaces the segment's warning, days.
    warning: Option<f64>,
}

impl<'a> GroupTimeline<'a> {
    /// `max_known`: states whose costs are remembered, at most.
    pub(super) fn new(group: &'a CellGroup, horizon_days: f64, max_known: usize) -> Self {
        let (cell_model, plan) = (&group.cell_model, &group.plan);
        let primary = |class: Class| {
            let shares = cell_model.classes[class].members.iter().map(|&m| (m, plan.share[m]));
            let members = shares.filter(|(_, s)| *s > 0.0).map(|(m, s)| (m, s * cell_model.mtok_per_day));
            let members: Vec<(Local, f64)> = members.collect();
            Primary {
                class,
                share: plan.class_shares()[class],
                spend: members.iter().map(|(m, mtok)| mtok * cell_model.members[*m].price).sum(),
                members,
                kept: 1.0,
            }
        };
        let mut active_classes = ClassSet::new(cell_model.classes.len());
        cell_model.active_classes.iter().for_each(|&class| active_classes.insert(class));
        Self {
            group,
            active_classes,
            horizon_days,
            segments: Vec::new(),
            expiry: vec![None; cell_model.classes.len()],
            max_known,
            primaries: primaries(cell_model, plan).into_iter().map(primary).collect(),
            known: HashMap::default(),
            counts: Vec::new(),
            changes: Vec::new(),
            stale: Vec::new(),
            slices: Vec::new(),
            state: ActiveSegments::new(cell_model.classes.len()),
            watch: WatchedClasses::new(cell_model.classes.len()),
            asked: None,
            cold: ColdLeads { free: f64::INFINITY, closed: Vec::new() },
        }
    }

    /// Goes on with the states that a timeline of an equal group has met.
    pub(super) fn go_on(&mut self, known: KnownStates) {
        self.known = known;
    }

    /// Ends with the states that it has met.
    pub(super) fn into_known(self) -> KnownStates {
        self.known
    }

    /// Reports the costs of the group under impacts sorted by start.
    pub(super) fn follow(
        &mut self,
        impact_intervals: &[ImpactInterval<'_>],
        asked: Asked,
        buffers: &mut Buffers,
        sink: &mut impl Sink,
    ) {
        if asked == Asked::Everything {
            self.charge_one_offs(impact_intervals, sink);
        }
        self.exchange(buffers);
        self.set_changes(impact_intervals);
        self.run(asked, sink);
        self.slices.clear();
        self.segments.clear();
        self.counts.clear();
        self.exchange(buffers);
        self.state.clear();
        self.primaries.iter_mut().for_each(|primary| primary.kept = 1.0);
    }

    /// Takes lists, or gives them back.
    fn exchange(&mut self, buffers: &mut Buffers) {
        std::mem::swap(&mut self.segments, &mut buffers.segments);
        std::mem::swap(&mut self.counts, &mut buffers.counts);
        std::mem::swap(&mut self.changes, &mut buffers.changes);
        std::mem::swap(&mut self.stale, &mut buffers.stale);
        std::mem::swap(&mut self.slices, &mut buffers.slices);
    }

    /// Like [`Self::follow`]; also returns the classes on which the outcome depends.
    pub(super) fn follow_noting(
        &mut self,
        impact_interval: ImpactInterval<'_>,
        asked: Asked,
        buffers: &mut Buffers,
        sink: &mut impl Sink,
    ) -> Touched {
        self.asked = Some(Touched::new(self.group.cell_model.classes.len()));
        self.follow(&[impact_interval], asked, buffers, sink);
        self.asked.take().expect("set above")
    }

    fn run(&mut self, asked: Asked, sink: &mut impl Sink) {
        self.watch_primaries(asked);
        let mut next = 0;
        // Days since which the extra cost, and the slices, are constant.
        let (mut since, mut displaced_since, mut usd_per_day) = (0.0, 0.0, 0.0);
        while next < self.changes.len() {
            let (first, at) = (next, self.changes[next].at);
            while next < self.changes.len() && self.changes[next].at == at {
                next += 1;
            }
            let changed = first..next;
            let matter = self.matter(&self.changes[changed.clone()], asked);
            if matter != Matter::Nothing {
                if usd_per_day != 0.0 {
                    sink.piece(since, at, usd_per_day, 0.0);
                }
                (since, usd_per_day) = (at, 0.0);
            }
            if matter == Matter::Everything {
                self.outage(displaced_since, at, sink);
                displaced_since = at;
            }
            let mut closes = false;
            for change in changed.clone() {
                closes |= !self.segments[self.changes[change].segment as usize].no_new.is_empty();
                self.apply(self.changes[change]);
            }
            if closes {
                self.state.close(&self.segments, at);
            }
            match matter {
                Matter::Nothing => {}
                Matter::Everything if asked == Asked::Displacement && self.keeps_all() => {
                    self.restore_all(at, sink);
                }
                Matter::Everything => {
                    self.forget_watched();
                    self.state.refresh(&self.segments);
                    self.watch_primaries(asked);
                    self.set_kept(changed, at, sink);
                    usd_per_day = self.extra_usd_per_day(asked);
                    if !self.slices.is_empty() {
                        self.order_alternatives();
                    }
                }
                Matter::Price => {
                    self.state.refresh(&self.segments);
                    usd_per_day = self.extra_usd_per_day(asked);
                }
            }
        }
        if usd_per_day != 0.0 {
            sink.piece(since, self.horizon_days, usd_per_day, 0.0);
        }
        self.outage(displaced_since, self.horizon_days, sink);
        self.forget_watched();
        let cell_model = &self.group.cell_model;
        for slice in &self.slices {
            let end = (f64::INFINITY, self.horizon_days);
            pay_switch(cell_model, &self.primaries, slice, slice.amount(), end, sink);
        }
    }

    /// The costs to compute again when segments begin and end.
    fn matter(&self, changes: &[Change], asked: Asked) -> Matter {
        let mut segments = changes.iter().map(|change| &self.segments[change.segment as usize]);
        if asked == Asked::Displacement && self.slices.is_empty() {
            let lowers = segments.any(|segment| !segment.lowers.is_empty());
            return if lowers { Matter::Everything } else { Matter::Nothing };
        }
        let mut matter = Matter::Nothing;
        for segment in segments {
            if self.watch.otherwise.has_any_of(&segment.touches.otherwise) {
                return Matter::Everything;
            }
            if self.watch.price.has_any_of(&segment.touches.price) {
                matter = Matter::Price;
            }
        }
        // The order of standbys may depend on their prices.
        if matter == Matter::Price && self.has_order() { Matter::Everything } else { matter }
    }

    /// Whether the order of standbys matters, because they open at different times.
    fn has_order(&self) -> bool {
        self.group.cell_model.warm_leads.len() > 1
    }

    /// Whether no active segment lowers the kept share of a primary.
    fn keeps_all(&self) -> bool {
        self.state.on.iter().all(|&segment| self.segments[segment as usize].lowers.is_empty())
    }

    /// Restores all slices on day `at`.
    fn restore_all(&mut self, at: f64, sink: &mut impl Sink) {
        let (cell_model, horizon_days) = (&self.group.cell_model, self.horizon_days);
        for slice in self.slices.drain(..) {
            pay_switch(cell_model, &self.primaries, &slice, slice.amount(), (at, horizon_days), sink);
        }
        self.primaries.iter_mut().for_each(|primary| primary.kept = 1.0);
    }

    fn watch_primaries(&self, asked: Asked) {
        for primary in &self.primaries {
            self.watch.otherwise.note(primary.class);
            if asked == Asked::Everything {
                self.watch.price.note(primary.class);
            }
        }
    }

    fn forget_watched(&mut self) {
        if let Some(asked) = &mut self.asked {
            self.watch.add_to(asked);
        }
        self.watch.clear();
    }

    /// Sorts the slices and determines the cold offers for the state from now on.
    fn order_alternatives(&mut self) {
        // The latest announcement first: a slice that has waited longer has all the alternatives of the others.
        self.slices.sort_by(|a, b| b.announced().total_cmp(&a.announced()).then(a.class.cmp(&b.class)));
        self.watch.otherwise.note_all(&self.active_classes);
        if self.has_order() {
            self.watch.price.note_all(&self.active_classes);
        }
        let view = View { active: &self.state, watch: &self.watch };
        self.cold = ColdLeads::new(&self.group.cell_model, &view);
    }

    fn apply(&mut self, change: Change) {
        let count = &mut self.counts[change.segment as usize];
        if change.is_on {
            *count += 1;
            if *count == 1 {
                self.state.on.push(change.segment);
            }
        } else {
            *count -= 1;
            if *count == 0 {
                self.state.on.retain(|segment| *segment != change.segment);
            }
        }
    }

    /// Updates kept shares and slices.
    fn set_kept(&mut self, changed: std::ops::Range<usize>, at: f64, sink: &mut impl Sink) {
        let cell_model = &self.group.cell_model;
        let view = View { active: &self.state, watch: &self.watch };
        for place in 0..self.primaries.len() {
            let (class, before) = (self.primaries[place].class, self.primaries[place].kept);
            let kept = view.kept(class);
            if kept < before {
                let begun = self.changes[changed.clone()].iter().filter(|c| c.is_on);
                let warnings = begun.filter_map(|c| {
                    let own = self.segments[c.segment as usize].lowers.iter().find(|own| own.0 == class)?;
                    Some(c.warning.unwrap_or(own.1))
                });
                let warning = warnings.reduce(f64::min).unwrap_or(0.0);
                self.slices.push(Slice { class, low: kept, high: before, date: at, warning });
            } else if kept > before {
                restore(&mut self.slices, class, kept, |slice, amount| {
                    pay_switch(cell_model, &self.primaries, slice, amount, (at, self.horizon_days), sink);
                });
            }
            self.primaries[place].kept = kept;
        }
    }

    /// The extra cost from now on, USD per day.
    fn extra_usd_per_day(&self, asked: Asked) -> f64 {
        let cell_model = &self.group.cell_model;
        let view = View { active: &self.state, watch: &self.watch };
        let mut usd_per_day = 0.0;
        for primary in &self.primaries {
            // A served primary has no cost beyond its price increase.
            if primary.kept == 1.0 && asked == Asked::Displacement {
                continue;
            }
            let state = view.state(primary.class);
            if primary.kept < 1.0 || state.price_factor > 1.0 {
                for &(member, mtok) in &primary.members {
                    usd_per_day += mtok * extra_usd_per_mtok(cell_model, &view, &state, member);
                }
                if asked == Asked::Displacement {
                    usd_per_day -= primary.spend * (state.price_factor - 1.0).max(0.0);
                }
            }
        }
        usd_per_day
    }
}

/// Restores the slices of a class up to the level `kept`, the lowest levels first, because those fell last.
fn restore(slices: &mut Vec<Slice>, class: Class, kept: f64, mut restored: impl FnMut(&Slice, f64)) {
    slices.retain_mut(|slice| {
        if slice.class != class || slice.low >= kept {
            return true;
        }
        if slice.high <= kept {
            restored(slice, slice.amount());
            return false;
        }
        restored(slice, kept - slice.low);
        slice.low = kept;
        true
    });
}

/// Charges the switch of a part of a slice that is restored on day `at`, if it has to switch.
fn pay_switch(
    cell_model: &CellModel,
    primaries: &[Primary],
    slice: &Slice,
    amount: f64,
    (at, horizon): (f64, f64),
    sink: &mut impl Sink,
) {
    if let Some(due) = slice.switches_on(cell_model.recovery_objective_days, at, horizon) {
        let share = primaries.iter().find(|c| c.class == slice.class).map_or(0.0, |c| c.share);
        sink.once(due, cell_model.switch_usd * amount * share);
    }
}

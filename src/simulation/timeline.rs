//! One group of cells through a trial: change points only, priced and routed by the rules of the room `service`.
//!
//! Between change points nothing changes but the age of what is displaced. What a state costs a day is asked of
//! `service` once per distinct set of levels, alternatives and ages, and remembered (methodology/simulation.md).

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

/// What of a group's costs is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    Everything,
    /// What comes on top of one-off effects and of dearer prices of primaries that are served.
    Displacement,
}

/// A impact from `start` to `end`, days.
#[derive(Debug, Clone, Copy)]
pub(super) struct ImpactInterval<'a> {
    pub(super) start: f64,
    pub(super) end: f64,
    pub(super) impact: &'a GroupImpact,
}

/// A group with what is known about its states.
#[derive(Debug)]
pub(super) struct GroupTimeline<'a> {
    pub(super) group: &'a CellGroup,
    horizon_days: f64,
    pub(super) segments: Vec<Segment>,
    /// What occurrences do to the group, by shock and chosen developers; `None`: nothing that counts.
    pub(super) impacts: HashMap<Vec<usize>, Option<Arc<GroupImpact>>>,
    /// Classes that carry or may stand by.
    parts: ClassSet,
    /// By class: the segment that is on once a lack of updates has made the class useless, `NONE` until asked for.
    expiry: Vec<u32>,
    primaries: Vec<Primary>,
    /// (outage, USD per day; unserved share) by the hash of all that decides them.
    known: HashMap<u128, (f64, f64), BuildHasherDefault<Folded>>,
    /// Times an segment is on, `[n_items]`.
    counts: Vec<u32>,
    changes: Vec<Change>,
    stale: Vec<(Class, Down)>,
    slices: Vec<Slice>,
    state: ActiveSegments,
    /// Classes on which the costs since the last change that mattered depend.
    watch: WatchedClasses,
    /// All that were ever watched, while this is to be known.
    asked: Option<Touched>,
    /// Who may serve what is displaced, cold.
    cold: ColdLeads,
}

const NONE: u32 = u32::MAX;

#[derive(Debug)]
struct Primary {
    class: Class,
    share: f64,
    /// Planned, USD per day.
    spend: f64,
    /// Members with a share, and mtok a day that they carry.
    members: Vec<(Local, f64)>,
    kept: f64,
}

/// What a change bears on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Matter {
    Nothing,
    /// The extra cost alone.
    Price,
    Everything,
}

#[derive(Debug, Clone, Copy)]
struct Change {
    at: f64,
    segment: u32,
    is_on: bool,
    /// In place of the segment's own, days.
    warning: Option<f64>,
}

impl<'a> GroupTimeline<'a> {
    pub(super) fn new(group: &'a CellGroup, horizon_days: f64) -> Self {
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
        let mut parts = ClassSet::new(cell_model.classes.len());
        cell_model.active_classes.iter().for_each(|&class| parts.insert(class));
        Self {
            group,
            parts,
            horizon_days,
            segments: Vec::new(),
            impacts: HashMap::new(),
            expiry: vec![NONE; cell_model.classes.len()],
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

    /// Forgets segments and states.
    pub(super) fn clear(&mut self) {
        self.segments.clear();
        self.impacts.clear();
        self.expiry.fill(NONE);
        self.counts.clear();
        self.known.clear();
    }

    /// Follows the group through impacts, sorted by start.
    pub(super) fn follow(
        &mut self,
        impact_intervals: &[ImpactInterval<'_>],
        asked: Asked,
        sink: &mut impl Sink,
    ) {
        if asked == Asked::Everything {
            self.charge_one_offs(impact_intervals, sink);
        }
        self.set_changes(impact_intervals);
        self.run(asked, sink);
        self.slices.clear();
        self.state.on.iter().for_each(|&segment| self.counts[segment as usize] = 0);
        self.state.clear();
        self.primaries.iter_mut().for_each(|primary| primary.kept = 1.0);
    }

    /// As [`Self::follow`], and returns the classes on which the outcome depends.
    pub(super) fn follow_noting(
        &mut self,
        impact_interval: ImpactInterval<'_>,
        asked: Asked,
        sink: &mut impl Sink,
    ) -> Touched {
        self.asked = Some(Touched::new(self.group.cell_model.classes.len()));
        self.follow(&[impact_interval], asked, sink);
        self.asked.take().expect("noted until it is taken")
    }

    fn run(&mut self, asked: Asked, sink: &mut impl Sink) {
        self.watch_carriers(asked);
        let mut next = 0;
        // Since when the extra cost, and what is displaced, are what they are.
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
                Matter::Everything if asked == Asked::Displacement && self.is_whole() => {
                    self.give_all_back(at, sink);
                }
                Matter::Everything => {
                    self.forget_watched();
                    self.state.refresh(&self.segments);
                    self.watch_carriers(asked);
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

    /// What has to be asked anew when segments begin and end.
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
        // Which standby is asked first may follow from the price.
        if matter == Matter::Price && self.has_order() { Matter::Everything } else { matter }
    }

    /// Whether it matters which standby is asked first: one opens before the other.
    fn has_order(&self) -> bool {
        self.group.cell_model.warm_leads.len() > 1
    }

    /// Whether nothing that is on lowers what a primary keeps.
    fn is_whole(&self) -> bool {
        self.state.on.iter().all(|&segment| self.segments[segment as usize].lowers.is_empty())
    }

    fn give_all_back(&mut self, at: f64, sink: &mut impl Sink) {
        let (cell_model, horizon_days) = (&self.group.cell_model, self.horizon_days);
        for slice in self.slices.drain(..) {
            pay_switch(cell_model, &self.primaries, &slice, slice.amount(), (at, horizon_days), sink);
        }
        self.primaries.iter_mut().for_each(|primary| primary.kept = 1.0);
    }

    fn watch_carriers(&self, asked: Asked) {
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

    /// Looks up who may serve what is displaced from now on.
    fn order_alternatives(&mut self) {
        // The youngest first: who waits longest has all the alternatives of the others.
        self.slices.sort_by(|a, b| b.announced().total_cmp(&a.announced()).then(a.class.cmp(&b.class)));
        self.watch.otherwise.note_all(&self.parts);
        if self.has_order() {
            self.watch.price.note_all(&self.parts);
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

    /// Brings kept levels and slices up to date.
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
                give_back(&mut self.slices, class, kept, |slice, amount| {
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
            // Who is served pays what its dearer prices cost, and no more.
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

/// Takes a class's slices back up to the level `kept`, the lowest levels first, and those fell last.
fn give_back(slices: &mut Vec<Slice>, class: Class, kept: f64, mut returned: impl FnMut(&Slice, f64)) {
    slices.retain_mut(|slice| {
        if slice.class != class || slice.low >= kept {
            return true;
        }
        if slice.high <= kept {
            returned(slice, slice.amount());
            return false;
        }
        returned(slice, kept - slice.low);
        slice.low = kept;
        true
    });
}

/// Charges a switch if the part of the slice, taken back at `at`, has to.
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

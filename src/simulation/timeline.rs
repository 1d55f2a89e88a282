//! One group of cells through a trial: change points only, priced and routed by the rules of the room `service`.
//!
//! Between change points nothing changes but the age of what is displaced. What a state costs a day is asked of
//! `service` once per distinct set of levels, alternatives and ages, and remembered (methodology/simulation.md).

use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::sync::Arc;

mod changes;
mod outage;

use super::active::{ActiveItems, View};
use super::classes::{ClassSet, Touched, Watch};
use super::key::Folded;
use super::strike::{Item, Strike, carriers};
use crate::graph::down::Down;
use crate::service::cell_groups::CellGroup;
use crate::service::cell_model::{CellFrame, Class, Local};
use crate::service::state::{ClassStates, ColdLeads, extra_usd_per_mtok};
use crate::service::trajectory::Slice;

/// Where a timeline's costs go.
pub(super) trait Sink {
    /// From `start` to `end`, days: USD per day, unserved share. Pieces may lie over each other and add up.
    fn piece(&mut self, start: f64, end: f64, usd_per_day: f64, unserved: f64);
    /// Once at an instant, USD.
    fn once(&mut self, at: f64, usd: f64);
}

/// Adds all up.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Total {
    pub(super) usd: f64,
    pub(super) unserved_days: f64,
}

impl Sink for Total {
    #[inline]
    fn piece(&mut self, start: f64, end: f64, usd_per_day: f64, unserved: f64) {
        let days = end - start;
        self.usd += usd_per_day * days;
        self.unserved_days += unserved * days;
    }

    #[inline]
    fn once(&mut self, _at: f64, usd: f64) {
        self.usd += usd;
    }
}

/// What of a group's costs is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    Everything,
    /// What comes on top of one-off effects and of dearer prices of carriers that are served.
    Displacement,
}

/// A strike from `start` to `end`, days.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spell<'a> {
    pub(super) start: f64,
    pub(super) end: f64,
    pub(super) strike: &'a Strike,
}

/// A group with what is known about its states.
#[derive(Debug)]
pub(super) struct GroupTimeline<'a> {
    pub(super) group: &'a CellGroup,
    horizon_days: f64,
    pub(super) items: Vec<Item>,
    /// What occurrences do to the group, by shock and chosen developers; `None`: nothing that counts.
    pub(super) strikes: HashMap<Vec<usize>, Option<Arc<Strike>>>,
    /// Classes that carry or may stand by.
    parts: ClassSet,
    /// By class: the item that is on once a lack of updates has made the class useless, `NONE` until asked for.
    expiry: Vec<u32>,
    carriers: Vec<Carrier>,
    /// (outage, USD per day; unserved share) by the hash of all that decides them.
    known: HashMap<u128, (f64, f64), BuildHasherDefault<Folded>>,
    /// Times an item is on, `[n_items]`.
    counts: Vec<u32>,
    changes: Vec<Change>,
    stale: Vec<(Class, Down)>,
    slices: Vec<Slice>,
    state: ActiveItems,
    /// Classes on which the costs since the last change that mattered depend.
    watch: Watch,
    /// All that were ever watched, while this is to be known.
    asked: Option<Touched>,
    /// Who may serve what is displaced, cold.
    cold: ColdLeads,
}

const NONE: u32 = u32::MAX;

#[derive(Debug)]
struct Carrier {
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
    item: u32,
    is_on: bool,
    /// In place of the item's own, days.
    warning: Option<f64>,
}

impl<'a> GroupTimeline<'a> {
    pub(super) fn new(group: &'a CellGroup, horizon_days: f64) -> Self {
        let (frame, plan) = (&group.frame, &group.plan);
        let carrier = |class: Class| {
            let shares = frame.classes[class].members.iter().map(|&m| (m, plan.share[m]));
            let members = shares.filter(|(_, s)| *s > 0.0).map(|(m, s)| (m, s * frame.mtok_per_day));
            let members: Vec<(Local, f64)> = members.collect();
            Carrier {
                class,
                share: plan.class_shares()[class],
                spend: members.iter().map(|(m, mtok)| mtok * frame.members[*m].price).sum(),
                members,
                kept: 1.0,
            }
        };
        let mut parts = ClassSet::new(frame.classes.len());
        frame.parts.iter().for_each(|&class| parts.insert(class));
        Self {
            group,
            parts,
            horizon_days,
            items: Vec::new(),
            strikes: HashMap::new(),
            expiry: vec![NONE; frame.classes.len()],
            carriers: carriers(frame, plan).into_iter().map(carrier).collect(),
            known: HashMap::default(),
            counts: Vec::new(),
            changes: Vec::new(),
            stale: Vec::new(),
            slices: Vec::new(),
            state: ActiveItems::new(frame.classes.len()),
            watch: Watch::new(frame.classes.len()),
            asked: None,
            cold: ColdLeads { free: f64::INFINITY, closed: Vec::new() },
        }
    }

    /// Forgets items and states.
    pub(super) fn clear(&mut self) {
        self.items.clear();
        self.strikes.clear();
        self.expiry.fill(NONE);
        self.counts.clear();
        self.known.clear();
    }

    /// Follows the group through strikes, sorted by start.
    pub(super) fn follow(&mut self, spells: &[Spell<'_>], asked: Asked, sink: &mut impl Sink) {
        if asked == Asked::Everything {
            self.charge_one_offs(spells, sink);
        }
        self.set_changes(spells);
        self.run(asked, sink);
        self.slices.clear();
        self.state.on.iter().for_each(|&item| self.counts[item as usize] = 0);
        self.state.clear();
        self.carriers.iter_mut().for_each(|carrier| carrier.kept = 1.0);
    }

    /// As [`Self::follow`], and returns the classes on which the outcome depends.
    pub(super) fn follow_noting(&mut self, spell: Spell<'_>, asked: Asked, sink: &mut impl Sink) -> Touched {
        self.asked = Some(Touched::new(self.group.frame.classes.len()));
        self.follow(&[spell], asked, sink);
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
                closes |= !self.items[self.changes[change].item as usize].no_new.is_empty();
                self.apply(self.changes[change]);
            }
            if closes {
                self.state.close(&self.items, at);
            }
            match matter {
                Matter::Nothing => {}
                Matter::Everything if asked == Asked::Displacement && self.is_whole() => {
                    self.give_all_back(at, sink);
                }
                Matter::Everything => {
                    self.forget_watched();
                    self.state.refresh(&self.items);
                    self.watch_carriers(asked);
                    self.set_kept(changed, at, sink);
                    usd_per_day = self.extra_usd_per_day(asked);
                    if !self.slices.is_empty() {
                        self.order_alternatives();
                    }
                }
                Matter::Price => {
                    self.state.refresh(&self.items);
                    usd_per_day = self.extra_usd_per_day(asked);
                }
            }
        }
        if usd_per_day != 0.0 {
            sink.piece(since, self.horizon_days, usd_per_day, 0.0);
        }
        self.outage(displaced_since, self.horizon_days, sink);
        self.forget_watched();
        let frame = &self.group.frame;
        for slice in &self.slices {
            let end = (f64::INFINITY, self.horizon_days);
            pay_switch(frame, &self.carriers, slice, slice.amount(), end, sink);
        }
    }

    /// What has to be asked anew when items begin and end.
    fn matter(&self, changes: &[Change], asked: Asked) -> Matter {
        let mut items = changes.iter().map(|change| &self.items[change.item as usize]);
        if asked == Asked::Displacement && self.slices.is_empty() {
            let lowers = items.any(|item| !item.lowers.is_empty());
            return if lowers { Matter::Everything } else { Matter::Nothing };
        }
        let mut matter = Matter::Nothing;
        for item in items {
            if self.watch.otherwise.has_any_of(&item.touches.otherwise) {
                return Matter::Everything;
            }
            if self.watch.price.has_any_of(&item.touches.price) {
                matter = Matter::Price;
            }
        }
        // Which standby is asked first may follow from the price.
        if matter == Matter::Price && self.has_order() { Matter::Everything } else { matter }
    }

    /// Whether it matters which standby is asked first: one opens before the other.
    fn has_order(&self) -> bool {
        self.group.frame.warm_leads.len() > 1
    }

    /// Whether nothing that is on lowers what a carrier keeps.
    fn is_whole(&self) -> bool {
        self.state.on.iter().all(|&item| self.items[item as usize].lowers.is_empty())
    }

    fn give_all_back(&mut self, at: f64, sink: &mut impl Sink) {
        let (frame, horizon_days) = (&self.group.frame, self.horizon_days);
        for slice in self.slices.drain(..) {
            pay_switch(frame, &self.carriers, &slice, slice.amount(), (at, horizon_days), sink);
        }
        self.carriers.iter_mut().for_each(|carrier| carrier.kept = 1.0);
    }

    fn watch_carriers(&self, asked: Asked) {
        for carrier in &self.carriers {
            self.watch.otherwise.note(carrier.class);
            if asked == Asked::Everything {
                self.watch.price.note(carrier.class);
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
        self.cold = ColdLeads::new(&self.group.frame, &view);
    }

    fn apply(&mut self, change: Change) {
        let count = &mut self.counts[change.item as usize];
        if change.is_on {
            *count += 1;
            if *count == 1 {
                self.state.on.push(change.item);
            }
        } else {
            *count -= 1;
            if *count == 0 {
                self.state.on.retain(|item| *item != change.item);
            }
        }
    }

    /// Brings kept levels and slices up to date.
    fn set_kept(&mut self, changed: std::ops::Range<usize>, at: f64, sink: &mut impl Sink) {
        let frame = &self.group.frame;
        let view = View { active: &self.state, watch: &self.watch };
        for place in 0..self.carriers.len() {
            let (class, before) = (self.carriers[place].class, self.carriers[place].kept);
            let kept = view.kept(class);
            if kept < before {
                let begun = self.changes[changed.clone()].iter().filter(|c| c.is_on);
                let warnings = begun.filter_map(|c| {
                    let own = self.items[c.item as usize].lowers.iter().find(|own| own.0 == class)?;
                    Some(c.warning.unwrap_or(own.1))
                });
                let warning = warnings.reduce(f64::min).unwrap_or(0.0);
                self.slices.push(Slice { class, low: kept, high: before, date: at, warning });
            } else if kept > before {
                give_back(&mut self.slices, class, kept, |slice, amount| {
                    pay_switch(frame, &self.carriers, slice, amount, (at, self.horizon_days), sink);
                });
            }
            self.carriers[place].kept = kept;
        }
    }

    /// The extra cost from now on, USD per day.
    fn extra_usd_per_day(&self, asked: Asked) -> f64 {
        let frame = &self.group.frame;
        let view = View { active: &self.state, watch: &self.watch };
        let mut usd_per_day = 0.0;
        for carrier in &self.carriers {
            // Who is served pays what its dearer prices cost, and no more.
            if carrier.kept == 1.0 && asked == Asked::Displacement {
                continue;
            }
            let state = view.state(carrier.class);
            if carrier.kept < 1.0 || state.price_factor > 1.0 {
                for &(member, mtok) in &carrier.members {
                    usd_per_day += mtok * extra_usd_per_mtok(frame, &view, &state, member);
                }
                if asked == Asked::Displacement {
                    usd_per_day -= carrier.spend * (state.price_factor - 1.0).max(0.0);
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
    frame: &CellFrame,
    carriers: &[Carrier],
    slice: &Slice,
    amount: f64,
    (at, horizon): (f64, f64),
    sink: &mut impl Sink,
) {
    if let Some(due) = slice.switches_on(frame.recovery_objective_days, at, horizon) {
        let share = carriers.iter().find(|c| c.class == slice.class).map_or(0.0, |c| c.share);
        sink.once(due, frame.switch_usd * amount * share);
    }
}

//! One group of cells through a trial: change points only, priced and routed by the rules of the room `service`.
//!
//! Between change points nothing changes but the age of what is displaced. What a state costs is asked of [`Known`].

use super::known::{Carrier, Known, opening};
use super::strike::{Item, Strike};
use crate::graph::down::{Down, after_buffer, union};
use crate::service::cell_groups::CellGroup;
use crate::service::course::Slice;
use crate::service::frame::{CellFrame, Class};

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

/// A group that can be followed through strikes.
#[derive(Debug)]
pub(super) struct GroupTimeline<'a> {
    horizon_days: f64,
    known: Known<'a>,
    /// By class: the item that is on once a lack of updates has made the class useless, `NONE` until asked for.
    expiry: Vec<u32>,
    changes: Vec<Change>,
    stale: Vec<(Class, Down)>,
    now: Now,
}

const NONE: u32 = u32::MAX;

#[derive(Debug, Clone, Copy)]
struct Change {
    at: f64,
    item: u32,
    is_on: bool,
    /// In place of the item's own, days.
    warning: Option<f64>,
}

/// Where the timeline stands.
#[derive(Debug)]
struct Now {
    /// Items that are on, in the order in which they began.
    on: Vec<u32>,
    /// Sum of their tokens.
    token: u128,
    /// `[n_items]`: times each is on.
    counts: Vec<u32>,
    /// Classes under `no_new`, ascending, and since when without a break.
    closed: Vec<(Class, f64)>,
    /// By carrier: the level that is kept.
    kept: Vec<f64>,
    /// What is displaced, the youngest first.
    slices: Vec<Slice>,
}

impl Now {
    fn apply(&mut self, change: Change, items: &[Item]) {
        let count = &mut self.counts[change.item as usize];
        let token = items[change.item as usize].token;
        if change.is_on {
            *count += 1;
            if *count == 1 {
                self.on.push(change.item);
                self.token = self.token.wrapping_add(token);
            }
        } else {
            *count -= 1;
            if *count == 0 {
                self.on.retain(|item| *item != change.item);
                self.token = self.token.wrapping_sub(token);
            }
        }
    }

    /// Brings `closed` up to date with what is on from the instant `at`.
    fn close(&mut self, items: &[Item], at: f64) {
        let mut closed: Vec<Class> =
            self.on.iter().flat_map(|&item| items[item as usize].no_new.iter().copied()).collect();
        closed.sort_unstable();
        closed.dedup();
        let since = |class: Class| {
            let place = self.closed.binary_search_by_key(&class, |own| own.0);
            (class, place.map_or(at, |place| self.closed[place].1))
        };
        self.closed = closed.into_iter().map(since).collect();
    }

    fn reset(&mut self) {
        self.on.drain(..).for_each(|item| self.counts[item as usize] = 0);
        self.token = 0;
        self.closed.clear();
        self.kept.fill(1.0);
        self.slices.clear();
    }
}

impl<'a> GroupTimeline<'a> {
    pub(super) fn new(group: &'a CellGroup, horizon_days: f64) -> Self {
        let known = Known::new(group);
        let now = Now {
            on: Vec::new(),
            token: 0,
            counts: Vec::new(),
            closed: Vec::new(),
            kept: vec![1.0; known.carriers.len()],
            slices: Vec::new(),
        };
        let expiry = vec![NONE; group.frame.classes.len()];
        Self { horizon_days, known, expiry, changes: Vec::new(), stale: Vec::new(), now }
    }

    /// Everything that can be on.
    pub(super) fn items(&mut self) -> &mut Vec<Item> {
        &mut self.known.items
    }

    /// Forgets items and states.
    pub(super) fn clear(&mut self) {
        self.known.clear();
        self.expiry.fill(NONE);
        self.now.counts.clear();
    }

    /// Follows the group through strikes, sorted by start.
    pub(super) fn follow(&mut self, spells: &[Spell<'_>], asked: Asked, sink: &mut impl Sink) {
        self.known.bound_memory();
        if asked == Asked::Everything {
            charge_one_offs(spells, sink);
        }
        self.set_changes(spells);
        self.run(asked, sink);
        self.now.reset();
    }

    fn set_changes(&mut self, spells: &[Spell<'_>]) {
        self.changes.clear();
        self.stale.clear();
        for spell in spells {
            for &(delay, item) in &spell.strike.steps {
                self.add_changes(item, spell.start + delay, spell.end, None);
            }
            for stale in &spell.strike.stale {
                let down = Down { start: spell.start + stale.delay, end: spell.end, warning: stale.warning };
                self.stale.push((stale.class, down));
            }
        }
        if !self.stale.is_empty() {
            self.expire();
        }
        self.changes.sort_by(|a, b| a.at.total_cmp(&b.at));
        self.now.counts.resize(self.known.items.len(), 0);
    }

    /// An item is on from `start` to `end`, days.
    fn add_changes(&mut self, item: u32, start: f64, end: f64, warning: Option<f64>) {
        if start < end && start < self.horizon_days {
            self.changes.push(Change { at: start, item, is_on: true, warning });
            if end < self.horizon_days {
                self.changes.push(Change { at: end, item, is_on: false, warning: None });
            }
        }
    }

    /// Turns times without updates into times of a class being useless.
    fn expire(&mut self) {
        let mut stale = std::mem::take(&mut self.stale);
        stale.sort_by_key(|(class, _)| *class);
        for own in stale.chunk_by(|a, b| a.0 == b.0) {
            let class = own[0].0;
            let buffer_days = self.known.group.frame.classes[class].stale_buffer_days;
            if let [(_, only)] = own {
                self.add_expiry(class, only.start + buffer_days, only.end, only.warning + buffer_days);
                continue;
            }
            for down in after_buffer(&union(own.iter().map(|(_, down)| *down).collect()), buffer_days) {
                self.add_expiry(class, down.start, down.end, down.warning);
            }
        }
        self.stale = stale;
    }

    fn add_expiry(&mut self, class: Class, start: f64, end: f64, warning: f64) {
        if self.expiry[class] == NONE {
            self.expiry[class] = u32::try_from(self.known.items.len()).expect("fewer than 2^32 items");
            let is_carrier = self.known.carriers.iter().any(|carrier| carrier.class == class);
            let n_classes = self.known.group.frame.classes.len();
            self.known.items.push(Item::expired(class, is_carrier, n_classes));
        }
        self.add_changes(self.expiry[class], start, end, Some(warning));
    }

    fn run(&mut self, asked: Asked, sink: &mut impl Sink) {
        let (mut next, mut since, mut place) = (0, 0.0, None);
        while next < self.changes.len() {
            let (first, at) = (next, self.changes[next].at);
            let (mut closes, mut lowers) = (false, false);
            while next < self.changes.len() && self.changes[next].at == at {
                let change = self.changes[next];
                let item = &self.known.items[change.item as usize];
                closes |= !item.no_new.is_empty();
                lowers |= !item.lowers.is_empty();
                self.now.apply(change, &self.known.items);
                next += 1;
            }
            if closes {
                self.now.close(&self.known.items, at);
            }
            if asked == Asked::Displacement && self.now.slices.is_empty() && !lowers {
                continue;
            }
            if place == Some(Known::UNREMEMBERED) {
                // The next such state takes its place.
                self.settle(Known::UNREMEMBERED, since, at, asked, sink);
                since = at;
            }
            let Now { token, on, closed, .. } = &self.now;
            let new = self.known.state_of(*token, on, closed);
            if place.is_some_and(|old| self.known.state(old).is_like(self.known.state(new))) {
                continue;
            }
            if let Some(old) = place.filter(|_| since < at) {
                self.settle(old, since, at, asked, sink);
            }
            self.set_kept(new, first..next, at, sink);
            (since, place) = (at, Some(new));
        }
        if let Some(old) = place {
            self.settle(old, since, self.horizon_days, asked, sink);
        }
        for slice in &self.now.slices {
            let (whole, never) = (slice.amount(), f64::INFINITY);
            pay_switch(&self.known, slice, whole, (never, self.horizon_days), sink);
        }
    }

    /// Brings kept levels and slices up to date with a state.
    fn set_kept(&mut self, place: usize, changed: std::ops::Range<usize>, at: f64, sink: &mut impl Sink) {
        let known = &self.known;
        let state = known.state(place);
        let mut fell = false;
        for (own, carrier) in known.carriers.iter().enumerate() {
            let (class, before, kept) = (carrier.class, self.now.kept[own], state.kept[own]);
            if kept < before {
                let begun = self.changes[changed.clone()].iter().filter(|c| c.is_on);
                let warnings = begun.filter_map(|c| {
                    let own = known.items[c.item as usize].lowers.iter().find(|own| own.0 == class)?;
                    Some(c.warning.unwrap_or(own.1))
                });
                let warning = warnings.reduce(f64::min).unwrap_or(0.0);
                self.now.slices.push(Slice { class, low: kept, high: before, date: at, warning });
                fell = true;
            } else if kept > before {
                give_back(&mut self.now.slices, class, kept, |slice, amount| {
                    pay_switch(known, slice, amount, (at, self.horizon_days), sink);
                });
            }
            self.now.kept[own] = kept;
        }
        if fell {
            // Who waits longest has all the alternatives of the others.
            let order = |a: &Slice, b: &Slice| b.announced().total_cmp(&a.announced());
            self.now.slices.sort_by(|a, b| order(a, b).then(a.class.cmp(&b.class)));
        }
    }

    /// Charges what a time in one state cost.
    fn settle(&mut self, place: usize, start: f64, end: f64, asked: Asked, sink: &mut impl Sink) {
        let state = self.known.state(place);
        let usd_per_day = match asked {
            Asked::Everything => state.usd_per_day,
            Asked::Displacement => state.displaced_usd_per_day,
        };
        if usd_per_day != 0.0 {
            sink.piece(start, end, usd_per_day, 0.0);
        }
        let Some(youngest) = self.now.slices.first() else { return };
        let end = end.min(opening(&state.cold, youngest.announced()));
        let mut from = start;
        while from < end {
            let to = self.next_threshold(place, from, end);
            let (usd_per_day, unserved) = self.known.moment(place, &self.now.slices, from, to);
            sink.piece(from, to, usd_per_day, unserved);
            from = to;
        }
    }

    /// The first instant after `from` at which a slice passes the objective, a lead or the fallback, at most `end`.
    fn next_threshold(&self, place: usize, from: f64, end: f64) -> f64 {
        let frame = &self.known.group.frame;
        let cold = &self.known.state(place).cold;
        let mut next = end;
        let mut consider = |t: f64| {
            if t > from && t < next {
                next = t;
            }
        };
        for slice in &self.now.slices {
            consider(slice.date + frame.recovery_objective_days);
            consider(slice.announced() + frame.fallback_after_days);
            consider(opening(cold, slice.announced()));
            frame.warm_leads.iter().for_each(|lead| consider(slice.announced() + lead));
        }
        next
    }
}

fn charge_one_offs(spells: &[Spell<'_>], sink: &mut impl Sink) {
    for (at, spell) in spells.iter().enumerate() {
        for &(key, class, usd) in &spell.strike.one_offs {
            // Intervals that touch are one.
            let is_active = |earlier: &Spell<'_>| {
                let mut own = earlier.strike.one_offs.iter();
                earlier.end >= spell.start && own.any(|own| (own.0, own.1) == (key, class))
            };
            if spell.end > spell.start && !spells[..at].iter().any(is_active) {
                sink.once(spell.start, usd);
            }
        }
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

/// Charges a switch if the part of the slice, taken back at `at`, was displaced just after its time equaled the
/// objective, and before the horizon.
fn pay_switch(
    known: &Known<'_>,
    slice: &Slice,
    amount: f64,
    (at, horizon): (f64, f64),
    sink: &mut impl Sink,
) {
    let frame: &CellFrame = &known.group.frame;
    let due = slice.date + frame.recovery_objective_days;
    if due < horizon && at > due {
        let carrier = |c: &&Carrier| c.class == slice.class;
        let share = known.carriers.iter().find(carrier).map_or(0.0, |c| c.share);
        sink.once(due, frame.switch_usd * amount * share);
    }
}

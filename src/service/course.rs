//! The course of one cell through a disruption: stretches of constant state, and the slices displaced in each.

use std::collections::BTreeMap;

use super::disruption::{Disruption, Occurrence};
use super::frame::{CellFrame, Class};
use crate::graph::down::{Down, after_buffer, union};
use crate::graph::outage::Outage;
use crate::shocks::resolve::ResolvedShock;

/// State of a class that something strikes, over one stretch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClassState {
    pub class: Class,
    /// Up, and no effect makes it unavailable.
    pub is_usable: bool,
    /// k: product of active capacity factors.
    pub capacity: f64,
    /// F: product of active price factors.
    pub price_factor: f64,
    /// Since when it may not be newly activated without a break, days.
    pub no_new_since: Option<f64>,
}

impl ClassState {
    /// A class that nothing strikes.
    #[must_use]
    pub fn untouched(class: Class) -> Self {
        Self { class, is_usable: true, capacity: 1.0, price_factor: 1.0, no_new_since: None }
    }

    /// κ: what is kept of a share.
    #[must_use]
    pub fn kept(&self) -> f64 {
        if self.is_usable { self.capacity } else { 0.0 }
    }
}

/// A displaced part of a class's primary share: the levels `(low, high]` of κ, dated when κ last fell below them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Slice {
    pub class: Class,
    pub low: f64,
    pub high: f64,
    /// Day of the fall.
    pub date: f64,
    /// Notice of the shock that caused it, plus the buffers on the way, days.
    pub warning: f64,
}

impl Slice {
    /// Part of the class's share.
    #[must_use]
    pub fn amount(&self) -> f64 {
        self.high - self.low
    }

    /// Days since the fall at `t`.
    #[must_use]
    pub fn time(&self, t: f64) -> f64 {
        t - self.date
    }

    /// Day of the announcement: `elapsed` counts from here.
    #[must_use]
    pub fn announced(&self) -> f64 {
        self.date - self.warning
    }
}

/// A stretch of time in which no class's state changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Stretch {
    pub start: f64,
    pub end: f64,
    /// Classes that something strikes, ascending; empty when no carrier loses anything.
    pub states: Vec<ClassState>,
    /// Displaced slices of carriers, per class from the earliest date on.
    pub slices: Vec<Slice>,
}

/// One cell through a disruption.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Course {
    /// From day 0 to the horizon without gaps; empty when nothing strikes the cell.
    pub stretches: Vec<Stretch>,
    /// By class: part of its share that switches over the horizon, for [`CellFrame::switch_usd`].
    pub switched: Vec<(Class, f64)>,
    /// By class: one-off cost per unit of its share, USD.
    pub one_off_usd: Vec<(Class, f64)>,
}

impl Course {
    /// Whether nothing strikes the cell.
    #[must_use]
    pub fn is_calm(&self) -> bool {
        self.stretches.is_empty() && self.one_off_usd.is_empty()
    }
}

/// What an occurrence does to a class while it lasts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Influence {
    /// Not usable.
    Down {
        warning: f64,
    },
    NoNew,
    Capacity {
        key: usize,
        factor: f64,
        warning: f64,
    },
    Price {
        key: usize,
        factor: f64,
    },
}

/// One influence on one class, from `start` to `end`, days.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Active {
    pub class: Class,
    pub start: f64,
    pub end: f64,
    pub influence: Influence,
}

impl Active {
    /// The effect it comes from, for factors.
    fn key(&self) -> Option<usize> {
        match self.influence {
            Influence::Capacity { key, .. } | Influence::Price { key, .. } => Some(key),
            Influence::Down { .. } | Influence::NoNew => None,
        }
    }

    /// The warning it gives, if alone it would lower κ.
    #[must_use]
    pub fn lowers_with_warning(&self) -> Option<f64> {
        match self.influence {
            Influence::Down { warning } => Some(warning),
            Influence::Capacity { factor, warning, .. } if factor < 1.0 => Some(warning),
            _ => None,
        }
    }
}

/// Follows a cell through a disruption.
///
/// The course is calm when nothing strikes a carrier of the cell. Other classes are looked at only while some carrier is
/// displaced.
#[must_use]
pub fn follow(frame: &CellFrame, disruption: &Disruption<'_>) -> Course {
    let horizon = disruption.horizon_days;
    let carried = |class: Class| frame.classes[class].is_carrier;
    let collected = Struck { frame, disruption, wanted: &carried, spans: None }.collect();
    if collected.active.is_empty() && collected.one_offs.is_empty() {
        return Course::default();
    }
    let mut active = collected.active;
    let lowered = active.iter().filter(|a| a.lowers_with_warning().is_some());
    let displaced = union(lowered.map(|a| Down { start: a.start, end: a.end, warning: 0.0 }).collect());
    let mut times: Vec<f64> = active.iter().flat_map(|a| [a.start, a.end]).collect();
    if !displaced.is_empty() {
        let other = |class: Class| !carried(class);
        let others = Struck { frame, disruption, wanted: &other, spans: Some(&displaced) }.collect();
        times.extend(
            others.active.iter().flat_map(|a| [a.start, a.end]).filter(|t| is_within(&displaced, *t)),
        );
        active.extend(others.active);
    }
    // By effect within a class, so that products of factors do not depend on which shock came first.
    active
        .sort_by(|a, b| a.class.cmp(&b.class).then(a.key().cmp(&b.key())).then(a.start.total_cmp(&b.start)));
    times.push(0.0);
    times.retain(|t| *t >= 0.0 && *t < horizon);
    times.sort_unstable_by(f64::total_cmp);
    times.dedup();
    let mut stretches: Vec<Stretch> = times
        .iter()
        .enumerate()
        .map(|(i, &start)| Stretch {
            start,
            end: times.get(i + 1).copied().unwrap_or(horizon),
            states: Vec::new(),
            slices: Vec::new(),
        })
        .collect();
    let mut switched = Vec::new();
    let groups: Vec<Group<'_>> = active.chunk_by(|a, b| a.class == b.class).map(Group::new).collect();
    let (carriers, _): (Vec<_>, Vec<_>) = groups.iter().partition(|group| carried(group.class));
    for group in &carriers {
        let amount = add_slices(frame, group.active, &mut stretches, horizon);
        if amount > 0.0 {
            switched.push((group.class, amount));
        }
    }
    for stretch in &mut stretches {
        // A stretch in which no carrier loses anything costs nothing, whatever befalls the others.
        let struck = |group: &Group<'_>| group.state(stretch.start);
        if stretch.slices.is_empty() {
            if carriers.iter().any(|group| factors(group.active, stretch.start).1 > 1.0) {
                stretch.states = carriers.iter().filter_map(|group| struck(group)).collect();
            }
        } else {
            stretch.states = groups.iter().filter_map(struck).collect();
        }
    }
    let one_off_usd = onsets(frame, &collected.one_offs, horizon);
    Course { stretches, switched, one_off_usd }
}

fn is_within(spans: &[Down], t: f64) -> bool {
    spans.iter().any(|span| span.start <= t && t < span.end)
}

/// All that strikes one class.
struct Group<'a> {
    class: Class,
    /// By effect, then by start.
    active: &'a [Active],
    /// Times under `no_new`.
    closed: Vec<Down>,
}

impl<'a> Group<'a> {
    fn new(active: &'a [Active]) -> Self {
        let closed = active.iter().filter(|a| matches!(a.influence, Influence::NoNew));
        let closed = closed.map(|a| Down { start: a.start, end: a.end, warning: 0.0 }).collect();
        Self { class: active[0].class, active, closed: union(closed) }
    }

    /// The class's state at `t`; `None` when nothing strikes it then.
    fn state(&self, t: f64) -> Option<ClassState> {
        let (capacity, price_factor) = factors(self.active, t);
        let no_new_since = self.closed.iter().find(|d| d.start <= t && t < d.end).map(|d| d.start);
        let is_usable = !is_down(self.active, t);
        let is_struck = !is_usable || capacity != 1.0 || price_factor != 1.0 || no_new_since.is_some();
        is_struck.then_some(ClassState { class: self.class, is_usable, capacity, price_factor, no_new_since })
    }
}

/// k and F at `t`: products of the active factors.
fn factors(group: &[Active], t: f64) -> (f64, f64) {
    let (mut kept, mut price) = (1.0, 1.0);
    let is_active = |a: &&Active| a.start <= t && t < a.end;
    for (at, active) in group.iter().enumerate().filter(|(_, a)| is_active(a)) {
        // One shock counts once however many of its occurrences overlap: the first active one of each effect.
        let is_first = || !group[..at].iter().filter(is_active).any(|earlier| earlier.key() == active.key());
        match active.influence {
            Influence::Capacity { factor, .. } if is_first() => kept *= factor,
            Influence::Price { factor, .. } if is_first() => price *= factor,
            _ => {}
        }
    }
    (kept, price)
}

fn is_down(group: &[Active], t: f64) -> bool {
    group.iter().any(|a| matches!(a.influence, Influence::Down { .. }) && a.start <= t && t < a.end)
}

/// Puts the class's slices into each stretch; returns the part of its share that is still displaced just after its
/// time equals the recovery objective, summed over falls.
fn add_slices(frame: &CellFrame, group: &[Active], stretches: &mut [Stretch], horizon: f64) -> f64 {
    let class = group[0].class;
    let mut kept_before = 1.0;
    let mut displaced: Vec<Slice> = Vec::new();
    let mut switched = 0.0;
    let mut recover = |slice: &Slice, amount: f64, at: f64| {
        let due = slice.date + frame.recovery_objective_days;
        if due < horizon && at > due {
            switched += amount;
        }
    };
    for stretch in stretches.iter_mut() {
        let t = stretch.start;
        let kept = if is_down(group, t) { 0.0 } else { factors(group, t).0 };
        if kept < kept_before {
            let starting = group.iter().filter(|a| a.start == t);
            let warning = starting.filter_map(Active::lowers_with_warning).reduce(f64::min).unwrap_or(0.0);
            displaced.push(Slice { class, low: kept, high: kept_before, date: t, warning });
        }
        // A rise gives back the lowest levels first, and those fell last.
        while let Some(last) = displaced.last_mut().filter(|s| s.low < kept) {
            if last.high <= kept {
                recover(last, last.amount(), t);
                displaced.pop();
            } else {
                recover(last, kept - last.low, t);
                last.low = kept;
                break;
            }
        }
        kept_before = kept;
        stretch.slices.extend_from_slice(&displaced);
    }
    displaced.iter().for_each(|slice| recover(slice, slice.amount(), f64::INFINITY));
    switched
}

/// One-off costs by class: at each onset that does not fall into a time when the effect is already active.
fn onsets(frame: &CellFrame, one_offs: &[OneOff], horizon: f64) -> Vec<(Class, f64)> {
    let mut by_effect: BTreeMap<(usize, Class), (f64, Vec<Down>)> = BTreeMap::new();
    for one_off in one_offs {
        let down = Down { start: one_off.start, end: one_off.end, warning: 0.0 };
        by_effect.entry((one_off.key, one_off.class)).or_insert((one_off.usd, Vec::new())).1.push(down);
    }
    let mut by_class: BTreeMap<Class, f64> = BTreeMap::new();
    for ((_, class), (usd, times)) in by_effect {
        let n = union(times).iter().filter(|d| d.start < horizon).count();
        *by_class.entry(class).or_default() += usd * frame.users_share * n as f64;
    }
    by_class.into_iter().collect()
}

/// A cost at the onset of an effect, unless the same effect is active already.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OneOff {
    /// The effect it comes from.
    pub key: usize,
    pub class: Class,
    /// Per workload.
    pub usd: f64,
    pub start: f64,
    pub end: f64,
}

/// All that strikes a cell.
#[derive(Debug, Clone, Default)]
pub struct Collected {
    /// The expiry of stale classes apart.
    pub active: Vec<Active>,
    pub one_offs: Vec<OneOff>,
    /// Classes whose updates stop and that live off what they have, with when: sorted, disjoint times.
    pub stale: BTreeMap<Class, Vec<Down>>,
}

impl Collected {
    /// Collects what occurrences and what follows from them in the supply graph do to the classes of a cell.
    #[must_use]
    pub fn new(
        frame: &CellFrame,
        shocks: &[ResolvedShock],
        occurrences: &[Occurrence],
        outage: &Outage,
    ) -> Self {
        collect(frame, shocks, (occurrences, outage), &|_| true, None)
    }

    /// Adds the times at which classes without updates fall below what is asked of them.
    fn expire(&mut self, frame: &CellFrame) {
        for (&class, times) in &self.stale {
            let expired = after_buffer(times, frame.classes[class].stale_buffer_days);
            self.active.extend(expired.iter().map(|d| Active {
                class,
                start: d.start,
                end: d.end,
                influence: Influence::Down { warning: d.warning },
            }));
        }
    }
}

/// What strikes some classes of a cell, at some times.
struct Struck<'a> {
    frame: &'a CellFrame,
    disruption: &'a Disruption<'a>,
    wanted: &'a dyn Fn(Class) -> bool,
    /// Times that count; `None`: all. Newcomers shut out and stale updates count whenever they began.
    spans: Option<&'a [Down]>,
}

impl Struck<'_> {
    fn collect(&self) -> Collected {
        let Disruption { shocks, occurrences, outage, .. } = self.disruption;
        let mut collected = collect(self.frame, shocks, (occurrences, outage), self.wanted, self.spans);
        collected.expire(self.frame);
        collected
    }
}

fn collect(
    frame: &CellFrame,
    shocks: &[ResolvedShock],
    (occurrences, outage): (&[Occurrence], &Outage),
    wanted: &dyn Fn(Class) -> bool,
    spans: Option<&[Down]>,
) -> Collected {
    let counts = |start: f64, end: f64| {
        spans.is_none_or(|spans| spans.iter().any(|span| start < span.end && span.start < end))
    };
    let mut active = Vec::new();
    let mut one_offs = Vec::new();
    let mut stale: BTreeMap<Class, Vec<Down>> = BTreeMap::new();
    for occurrence in occurrences {
        let shock = &frame.shocks[occurrence.shock];
        let warning = shocks[occurrence.shock].shock.notice_days;
        let (start, end) = (occurrence.start, occurrence.end);
        if end <= start {
            continue;
        }
        let mut strike = |classes: &[Class], influence: Influence| {
            let wanted = classes.iter().copied().filter(|class| wanted(*class));
            active.extend(wanted.map(|class| Active { class, start, end, influence }));
        };
        strike(&shock.no_new, Influence::NoNew);
        for &class in shock.stale.iter().filter(|class| wanted(**class)) {
            stale.entry(class).or_default().push(Down { start, end, warning });
        }
        if !counts(start, end) {
            continue;
        }
        strike(&shock.unavailable, Influence::Down { warning });
        for f in &shock.capacities {
            strike(&f.classes, Influence::Capacity { key: f.key, factor: f.factor, warning });
        }
        for f in &shock.prices {
            strike(&f.classes, Influence::Price { key: f.key, factor: f.factor });
        }
        for (developer, classes) in &shock.collateral {
            if occurrence.collateral.binary_search(developer).is_ok() {
                strike(classes, Influence::Down { warning });
            }
        }
        let charge = |classes: &[Class], key: usize, usd: f64| -> Vec<OneOff> {
            let wanted = classes.iter().copied().filter(|class| wanted(*class));
            wanted.map(|class| OneOff { key, class, usd, start, end }).collect()
        };
        for f in &shock.one_offs {
            one_offs.extend(charge(&f.classes, f.key, f.factor));
        }
        for (developer, classes) in &shock.withdrawal {
            if occurrence.withdrawn.binary_search(developer).is_ok() {
                strike(classes, Influence::Down { warning });
                continue;
            }
            if let Some((key, factor)) = shock.withdrawal_price {
                strike(classes, Influence::Price { key, factor });
            }
            if let Some((key, usd)) = shock.withdrawal_one_off {
                one_offs.extend(charge(classes, key, usd));
            }
        }
    }
    let mut graph = |offers: &BTreeMap<usize, Vec<Down>>, influence: fn(&Down) -> Influence| {
        for (&offer, times) in offers {
            if let Some(class) = frame.class_led_by(offer).filter(|class| wanted(*class)) {
                let add = |d: &Down| Active { class, start: d.start, end: d.end, influence: influence(d) };
                active.extend(times.iter().map(add));
            }
        }
    };
    graph(&outage.down, |d| Influence::Down { warning: d.warning });
    graph(&outage.no_new, |_| Influence::NoNew);
    for (&offer, times) in &outage.stale {
        if let Some(class) = frame.class_led_by(offer).filter(|class| wanted(*class)) {
            stale.entry(class).or_default().extend(times);
        }
    }
    stale.retain(|class, _| frame.classes[*class].stale_buffer_days.is_finite());
    stale.values_mut().for_each(|times| *times = union(std::mem::take(times)));
    Collected { active, one_offs, stale }
}

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
    /// Classes that something strikes at some time of the course, ascending; empty when no carrier loses anything.
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
/// The course is calm when nothing strikes the cell.
#[must_use]
pub fn follow(frame: &CellFrame, disruption: &Disruption<'_>) -> Course {
    let mut collected = Collected::new(frame, disruption.shocks, disruption.occurrences, &disruption.outage);
    collected.expire(frame);
    if collected.active.is_empty() && collected.one_offs.is_empty() {
        return Course::default();
    }
    let horizon = disruption.horizon_days;
    // By effect within a class, so that products of factors do not depend on which shock came first.
    collected
        .active
        .sort_by(|a, b| a.class.cmp(&b.class).then(a.key().cmp(&b.key())).then(a.start.total_cmp(&b.start)));
    let mut times: Vec<f64> = collected.active.iter().flat_map(|a| [a.start, a.end]).collect();
    times.push(0.0);
    times.retain(|t| *t >= 0.0 && *t < horizon);
    times.sort_by(f64::total_cmp);
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
    let groups: Vec<&[Active]> = collected.active.chunk_by(|a, b| a.class == b.class).collect();
    let is_carried = |group: &&&[Active]| frame.classes[group[0].class].is_carrier;
    for group in groups.iter().filter(is_carried) {
        let amount = add_slices(frame, group, &mut stretches, horizon);
        if amount > 0.0 {
            switched.push((group[0].class, amount));
        }
    }
    for stretch in &mut stretches {
        // A stretch in which no carrier loses anything costs nothing, whatever befalls the others.
        let is_dearer = |group: &&[Active]| factors(group, stretch.start).1 > 1.0;
        if !stretch.slices.is_empty() || groups.iter().filter(is_carried).any(is_dearer) {
            stretch.states = groups.iter().map(|group| class_state(group, stretch.start)).collect();
        }
    }
    let one_off_usd = onsets(frame, &collected.one_offs, horizon);
    Course { stretches, switched, one_off_usd }
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

fn class_state(group: &[Active], t: f64) -> ClassState {
    let (capacity, price_factor) = factors(group, t);
    ClassState {
        class: group[0].class,
        is_usable: !is_down(group, t),
        capacity,
        price_factor,
        no_new_since: no_new_since(group, t),
    }
}

/// Start of the unbroken time under `no_new` that covers `t`.
fn no_new_since(group: &[Active], t: f64) -> Option<f64> {
    let no_new = group.iter().filter(|a| matches!(a.influence, Influence::NoNew));
    let times = union(no_new.map(|a| Down { start: a.start, end: a.end, warning: 0.0 }).collect());
    times.iter().find(|d| d.start <= t && t < d.end).map(|d| d.start)
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
        collect(frame, shocks, occurrences, outage)
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

fn collect(
    frame: &CellFrame,
    shocks: &[ResolvedShock],
    occurrences: &[Occurrence],
    outage: &Outage,
) -> Collected {
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
            active.extend(classes.iter().map(|&class| Active { class, start, end, influence }));
        };
        strike(&shock.unavailable, Influence::Down { warning });
        strike(&shock.no_new, Influence::NoNew);
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
            classes.iter().map(|&class| OneOff { key, class, usd, start, end }).collect()
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
        for &class in &shock.stale {
            stale.entry(class).or_default().push(Down { start, end, warning });
        }
    }
    let mut graph = |offers: &BTreeMap<usize, Vec<Down>>, influence: fn(&Down) -> Influence| {
        for (&offer, times) in offers {
            if let Some(class) = frame.class_led_by(offer) {
                let add = |d: &Down| Active { class, start: d.start, end: d.end, influence: influence(d) };
                active.extend(times.iter().map(add));
            }
        }
    };
    graph(&outage.down, |d| Influence::Down { warning: d.warning });
    graph(&outage.no_new, |_| Influence::NoNew);
    for (&offer, times) in &outage.stale {
        if let Some(class) = frame.class_led_by(offer) {
            stale.entry(class).or_default().extend(times);
        }
    }
    stale.retain(|class, _| frame.classes[*class].stale_buffer_days.is_finite());
    stale.values_mut().for_each(|times| *times = union(std::mem::take(times)));
    Collected { active, one_offs, stale }
}

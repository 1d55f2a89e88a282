//! The trajectory of one cell through a disruption: intervals of constant state, and the displaced slices in each.

use std::collections::BTreeMap;
use std::sync::Arc;

mod collect;
mod phases;

pub use self::collect::{CellHit, Collected, Influence, OneOff};
use self::phases::{HitPatterns, Phase};
use super::cell_model::{CellModel, Class};
use super::disruption::Disruption;
use crate::graph::down::{Down, union};

/// Times that differ by less than this are equal, days: sums in another order differ by rounding. An outage of ten days
/// is not longer than an objective of ten.
pub const SLACK_DAYS: f64 = 1e-9;

/// State of an affected class over one interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClassState {
    pub class: Class,
    /// Up, and no effect makes it unavailable.
    pub is_usable: bool,
    /// k: product of active capacity factors.
    pub capacity: f64,
    /// F: product of active price factors.
    pub price_factor: f64,
    /// Day since which it may not be newly activated, without a break; `None` if it may.
    pub no_new_since: Option<f64>,
}

impl ClassState {
    /// The state of a class that nothing affects.
    #[must_use]
    pub fn untouched(class: Class) -> Self {
        Self { class, is_usable: true, capacity: 1.0, price_factor: 1.0, no_new_since: None }
    }

    /// κ: the part of a share that is kept.
    #[must_use]
    pub fn kept(&self) -> f64 {
        if self.is_usable { self.capacity } else { 0.0 }
    }
}

/// A displaced part of a class's primary share: the levels `(low, high]` of κ, with the day on which κ last fell below them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Slice {
    pub class: Class,
    pub low: f64,
    pub high: f64,
    /// Day of the fall.
    pub date: f64,
    /// Notice of the shock that caused the fall, plus the buffers on the way, days.
    pub warning: f64,
}

impl Slice {
    /// Size of the slice, as a part of the class's share.
    #[must_use]
    pub fn amount(&self) -> f64 {
        self.high - self.low
    }

    /// Days since the fall at `t`.
    #[must_use]
    pub fn time(&self, t: f64) -> f64 {
        t - self.date
    }

    /// The day on which the slice switches if it comes back on day `back_at`: it is still displaced just after its time
    /// reaches the objective, before the horizon. `None` if it does not switch.
    #[must_use]
    pub fn switches_on(&self, objective_days: f64, back_at: f64, horizon_days: f64) -> Option<f64> {
        let due = self.date + objective_days;
        (due < horizon_days && back_at > due + SLACK_DAYS).then_some(due)
    }

    /// Day of the announcement, from which `elapsed` counts.
    #[must_use]
    pub fn announced(&self) -> f64 {
        self.date - self.warning
    }
}

/// A interval of time in which no class's state changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Interval {
    pub start: f64,
    pub end: f64,
    /// Empty while no primary is displaced or more expensive.
    pub states: IntervalStates,
    /// Displaced slices of primaries, by class, earliest date first.
    pub slices: Vec<Slice>,
}

/// The states of the affected classes of a cell. Classes with the same hits share one, so that an interval costs as much as it
/// has different states, not classes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct IntervalStates {
    /// `[n_classes]`: place of the class's state, or `UNAFFECTED`; one list for all intervals of a trajectory.
    places: Arc<[u32]>,
    /// `None`: nothing affects these classes now. The `class` of a state is that of one of them.
    shared: Vec<Option<ClassState>>,
}

/// The place of a class without a state.
const UNAFFECTED: u32 = u32::MAX;

impl IntervalStates {
    /// States of different classes.
    #[must_use]
    pub fn of(n_classes: usize, states: impl Iterator<Item = ClassState>) -> Self {
        let mut places = vec![UNAFFECTED; n_classes];
        let mut shared = Vec::new();
        for (place, state) in (0..).zip(states) {
            places[state.class] = place;
            shared.push(Some(state));
        }
        Self { places: places.into(), shared }
    }

    /// Whether no class is affected, or none that matters.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.shared.is_empty()
    }

    /// The state of a class; `None` if nothing affects it.
    #[must_use]
    #[inline]
    pub fn get(&self, class: Class) -> Option<ClassState> {
        let place = *self.places.get(class)? as usize;
        let state = (*self.shared.get(place)?)?;
        Some(ClassState { class, ..state })
    }

    /// States of the affected classes, ascending.
    pub fn iter(&self) -> impl Iterator<Item = ClassState> + '_ {
        (0..self.places.len()).filter_map(|class| self.get(class))
    }
}

/// The trajectory of one cell through a disruption.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CellTrajectory {
    /// From day 0 to the horizon without gaps; empty when nothing affects the cell.
    pub intervals: Vec<Interval>,
    /// Part of the share that switches over the horizon, by class; each unit costs [`CellModel::switch_usd`].
    pub switched: Vec<(Class, f64)>,
    /// One-off cost per unit of share, by class, USD.
    pub one_off_usd: Vec<(Class, f64)>,
}

impl CellTrajectory {
    /// Whether nothing affects the cell.
    #[must_use]
    pub fn is_calm(&self) -> bool {
        self.intervals.is_empty() && self.one_off_usd.is_empty()
    }
}

/// Computes the trajectory of a cell through a disruption.
///
/// The trajectory is calm when nothing affects a primary of the cell. Other classes matter only while some primary is
/// displaced.
#[must_use]
pub fn simulate_cell(cell_model: &CellModel, disruption: &Disruption<'_>) -> CellTrajectory {
    let Disruption { shocks, occurrences, outage_by_times, horizon_days, .. } = disruption;
    let is_primary = |class: &Class| cell_model.classes[*class].is_primary;
    let mut collected = Collected::new(cell_model, shocks, occurrences, outage_by_times);
    collected.expire(cell_model);
    collected.one_offs.retain(|one_off| is_primary(&one_off.class));
    let hits = &collected.hits;
    if collected.one_offs.is_empty() && !hits.iter().any(|hit| hit.classes.iter().any(is_primary)) {
        return CellTrajectory::default();
    }
    let mut patterns = HitPatterns::new(cell_model, hits, *horizon_days);
    let mut displaced = Displaced::new(cell_model, patterns.all.len(), *horizon_days);
    let times = instants(cell_model, hits, *horizon_days);
    let mut intervals = Vec::with_capacity(times.len());
    for (place, &start) in times.iter().enumerate() {
        patterns.advance(start, |pattern, phase| displaced.change(pattern, phase));
        // An interval costs nothing while no primary is displaced or more expensive, whatever happens to the other classes.
        let matters = displaced.is_any() || patterns.raises_prices();
        let states = if matters { patterns.states() } else { IntervalStates::default() };
        let end = times.get(place + 1).copied().unwrap_or(*horizon_days);
        intervals.push(Interval { start, end, states, slices: displaced.slices(&patterns) });
    }
    let one_off_usd = one_off_costs(cell_model, &collected.one_offs, *horizon_days);
    CellTrajectory { intervals, switched: displaced.switched(&patterns), one_off_usd }
}

/// Days within the horizon on which the state of a primary changes, or, while some primary is displaced, the state of
/// another class. Ascending; the first is day 0.
fn instants(cell_model: &CellModel, hits: &[CellHit<'_>], horizon_days: f64) -> Vec<f64> {
    let is_primary = |class: &Class| cell_model.classes[*class].is_primary;
    let hits_primaries = |hit: &&CellHit<'_>| hit.classes.iter().any(is_primary);
    let (on_primaries, others): (Vec<_>, Vec<_>) = hits.iter().partition(hits_primaries);
    let lowering = on_primaries.iter().filter(|hit| hit.influence.lowers_with_warning().is_some());
    let displaced =
        union(lowering.map(|hit| Down { start: hit.start, end: hit.end, warning: 0.0 }).collect());
    let is_displaced = |t: &f64| displaced.iter().any(|span| span.start <= *t && *t < span.end);
    let mut times = Vec::with_capacity(2 * hits.len() + 1);
    times.extend(on_primaries.iter().flat_map(|hit| [hit.start, hit.end]));
    times.extend(others.iter().flat_map(|hit| [hit.start, hit.end]).filter(is_displaced));
    times.push(0.0);
    times.retain(|t| *t >= 0.0 && *t < horizon_days);
    times.sort_unstable_by(f64::total_cmp);
    times.dedup();
    times
}

/// The displaced slices at the current instant, which only moves forward.
struct Displaced<'a> {
    cell_model: &'a CellModel,
    horizon_days: f64,
    /// `[n_patterns]`: slices of each primary of the pattern, earliest date first; their `class` is not set.
    slices: Vec<Vec<Slice>>,
    /// `[n_patterns]`: part of a primary's share that is still displaced just after its time reaches the recovery
    /// objective, summed over falls.
    switched: Vec<f64>,
}

impl<'a> Displaced<'a> {
    fn new(cell_model: &'a CellModel, n_patterns: usize, horizon_days: f64) -> Self {
        let slices = vec![Vec::new(); n_patterns];
        Self { cell_model, horizon_days, slices, switched: vec![0.0; n_patterns] }
    }

    fn is_any(&self) -> bool {
        self.slices.iter().any(|slices| !slices.is_empty())
    }

    /// Updates the slices of a pattern that begins a phase.
    fn change(&mut self, pattern: usize, phase: &Phase) {
        let (kept, t) = (phase.kept(), phase.start);
        // The last slice has the lowest level; without slices everything is kept.
        let kept_before = self.slices[pattern].last().map_or(1.0, |last| last.low);
        if kept < kept_before {
            let slice = Slice { class: 0, low: kept, high: kept_before, date: t, warning: phase.warning };
            self.slices[pattern].push(slice);
            return;
        }
        // A rise restores the lowest levels first, and those fell last.
        while let Some(last) = self.slices[pattern].pop_if(|last| last.low < kept) {
            self.recover(pattern, &last, kept.min(last.high) - last.low, t);
            if last.high > kept {
                self.slices[pattern].push(Slice { low: kept, ..last });
                return;
            }
        }
    }

    /// Records that `amount` of a slice is restored on day `at`.
    fn recover(&mut self, pattern: usize, slice: &Slice, amount: f64, at: f64) {
        if slice.switches_on(self.cell_model.recovery_objective_days, at, self.horizon_days).is_some() {
            self.switched[pattern] += amount;
        }
    }

    /// Slices of all primaries, by class ascending, earliest date first.
    fn slices(&self, patterns: &HitPatterns) -> Vec<Slice> {
        let n = self.slices.iter().zip(&patterns.all).map(|(own, all)| own.len() * all.n_classes).sum();
        let mut slices = Vec::with_capacity(n);
        for (class, place) in self.primaries(patterns) {
            slices.extend(self.slices[place].iter().map(|slice| Slice { class, ..*slice }));
        }
        slices
    }

    /// Part of the share that switches over the horizon, by class; classes without any are left out.
    fn switched(mut self, patterns: &HitPatterns) -> Vec<(Class, f64)> {
        for pattern in 0..self.slices.len() {
            for slice in std::mem::take(&mut self.slices[pattern]) {
                self.recover(pattern, &slice, slice.amount(), f64::INFINITY);
            }
        }
        let all = self.primaries(patterns).map(|(class, place)| (class, self.switched[place]));
        all.filter(|(_, amount)| *amount > 0.0).collect()
    }

    fn primaries<'b>(&'b self, patterns: &'b HitPatterns) -> impl Iterator<Item = (Class, usize)> + 'b {
        let is_primary = |&(class, _): &(Class, usize)| self.cell_model.classes[class].is_primary;
        patterns.affected.iter().copied().filter(is_primary)
    }
}

/// One-off costs by class: charged at each onset at which the effect is not active already.
fn one_off_costs(cell_model: &CellModel, one_offs: &[OneOff], horizon: f64) -> Vec<(Class, f64)> {
    let mut by_effect: BTreeMap<(usize, Class), (f64, Vec<Down>)> = BTreeMap::new();
    for one_off in one_offs {
        let down = Down { start: one_off.start, end: one_off.end, warning: 0.0 };
        by_effect.entry((one_off.key, one_off.class)).or_insert((one_off.usd, Vec::new())).1.push(down);
    }
    let mut by_class: BTreeMap<Class, f64> = BTreeMap::new();
    for ((_, class), (usd, times)) in by_effect {
        let n = union(times).iter().filter(|d| d.start < horizon).count();
        *by_class.entry(class).or_default() += usd * cell_model.users_share * n as f64;
    }
    by_class.into_iter().collect()
}

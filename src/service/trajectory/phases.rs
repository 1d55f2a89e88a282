//! Phases of constant state of each class. Classes with the same hits share their phases.

use std::sync::Arc;

use super::collect::{CellHit, Influence};
use super::{ClassState, IntervalStates, UNAFFECTED};
use crate::graph::down::{Down, union};
use crate::service::cell_model::{CellModel, Class};

/// A phase of constant state; it lasts until the next phase of the same classes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Phase {
    pub(super) start: f64,
    /// State of the first class of the pattern; `None` if nothing affects it.
    state: Option<ClassState>,
    /// Smallest warning of the hits that begin at `start` and would lower κ by themselves, days; 0 without any.
    pub(super) warning: f64,
}

impl Phase {
    pub(super) fn kept(&self) -> f64 {
        self.state.map_or(1.0, |state| state.kept())
    }
}

/// Classes with the same hits.
#[derive(Debug)]
pub(super) struct HitPattern {
    pub(super) n_classes: usize,
    pub(super) has_primaries: bool,
    /// Index of its first phase, and the index after its last.
    first: usize,
    end: usize,
    /// Index of the next phase to begin.
    next: usize,
}

/// The affected classes of a cell at the current instant, which only moves forward.
#[derive(Debug)]
pub(super) struct HitPatterns {
    /// Ordered by their first class.
    pub(super) all: Vec<HitPattern>,
    /// Affected classes, ascending, each with the index of its pattern in `all`.
    pub(super) affected: Vec<(Class, usize)>,
    /// `[n_classes]`: index of its pattern in `all`, or `UNAFFECTED`.
    places: Arc<[u32]>,
    phases: Vec<Phase>,
}

impl HitPatterns {
    /// The patterns before the first phase has begun.
    pub(super) fn new(cell_model: &CellModel, hits: &[CellHit<'_>], horizon_days: f64) -> Self {
        let marks = marks(cell_model.classes.len(), hits);
        let mut own = Self {
            all: Vec::with_capacity(hits.len()),
            affected: Vec::with_capacity(cell_model.classes.len()),
            places: Arc::default(),
            phases: Vec::with_capacity(4 * hits.len()),
        };
        let mut distinct: Vec<&[u64]> = Vec::new();
        let mut effect_intervals = EffectIntervals { horizon_days, ..EffectIntervals::default() };
        for (class, marks) in marks.chunks_exact(hits.len().div_ceil(64).max(1)).enumerate() {
            if marks.iter().all(|word| *word == 0) {
                continue;
            }
            // The first word usually tells two patterns apart.
            let is_same = |known: &&[u64]| known[0] == marks[0] && known[1..] == marks[1..];
            let place = distinct.iter().position(is_same).unwrap_or_else(|| {
                distinct.push(marks);
                let first = own.phases.len();
                effect_intervals.add_phases(class, ones(marks).map(|at| &hits[at]), &mut own.phases);
                let end = own.phases.len();
                own.all.push(HitPattern { n_classes: 0, has_primaries: false, first, end, next: first });
                distinct.len() - 1
            });
            own.all[place].n_classes += 1;
            own.all[place].has_primaries |= cell_model.classes[class].is_primary;
            own.affected.push((class, place));
        }
        let mut places = vec![UNAFFECTED; cell_model.classes.len()];
        for &(class, place) in &own.affected {
            places[class] = u32::try_from(place).expect("fewer than 2^32 patterns");
        }
        own.places = places.into();
        own
    }

    /// Moves forward to day `t`; calls `changed` with the index and the phase of each pattern of primaries that begins a phase.
    pub(super) fn advance(&mut self, t: f64, mut changed: impl FnMut(usize, &Phase)) {
        for (place, pattern) in self.all.iter_mut().enumerate() {
            while pattern.next < pattern.end && self.phases[pattern.next].start <= t {
                if pattern.has_primaries {
                    changed(place, &self.phases[pattern.next]);
                }
                pattern.next += 1;
            }
        }
    }

    /// The current state of a pattern; its `class` is that of the first class.
    fn state(&self, pattern: &HitPattern) -> Option<ClassState> {
        self.phases[pattern.first..pattern.next].last()?.state
    }

    /// Whether the price of some primary is raised now.
    pub(super) fn raises_prices(&self) -> bool {
        let mut primaries = self.all.iter().filter(|own| own.has_primaries);
        primaries.any(|own| self.state(own).is_some_and(|state| state.price_factor > 1.0))
    }

    /// The current states.
    pub(super) fn states(&self) -> IntervalStates {
        let shared = self.all.iter().map(|own| self.state(own)).collect();
        IntervalStates { places: Arc::clone(&self.places), shared }
    }
}

/// `[n_classes × n_words]`, row-major: bit set of the hits on each class.
fn marks(n_classes: usize, hits: &[CellHit<'_>]) -> Vec<u64> {
    let n_words = hits.len().div_ceil(64);
    let mut marks = vec![0; n_classes * n_words];
    for (at, hit) in hits.iter().enumerate() {
        hit.classes.iter().for_each(|class| marks[class * n_words + at / 64] |= 1 << (at % 64));
    }
    marks
}

/// Indices of the bits that are set, ascending.
fn ones(words: &[u64]) -> impl Iterator<Item = usize> + '_ {
    words.iter().enumerate().flat_map(|(at, &word)| {
        let rest = std::iter::successors(Some(word), |word| Some(word & word.wrapping_sub(1)));
        rest.take_while(|word| *word != 0).map(move |word| 64 * at + word.trailing_zeros() as usize)
    })
}

/// A hit without its classes.
#[derive(Debug, Clone, Copy)]
struct EffectInterval {
    start: f64,
    end: f64,
    influence: Influence,
}

impl EffectInterval {
    fn is_on(&self, t: f64) -> bool {
        self.start <= t && t < self.end
    }
}

/// The effect intervals of one pattern; the memory is reused for the next pattern.
#[derive(Debug, Default)]
struct EffectIntervals {
    horizon_days: f64,
    /// Sorted by effect, then by start.
    effect_intervals: Vec<EffectInterval>,
    times: Vec<f64>,
    /// Times under `no_new`, days.
    closed: Vec<Down>,
}

impl EffectIntervals {
    /// Appends the phases of a pattern to `phases`; `class` is its first class.
    fn add_phases<'a>(
        &mut self,
        class: Class,
        hits: impl Iterator<Item = &'a CellHit<'a>>,
        phases: &mut Vec<Phase>,
    ) {
        let Self { horizon_days, effect_intervals, times, closed } = self;
        effect_intervals.clear();
        effect_intervals.extend(hits.map(|hit| EffectInterval {
            start: hit.start,
            end: hit.end,
            influence: hit.influence,
        }));
        // Sorted by effect, so that products of factors do not depend on which shock came first.
        effect_intervals
            .sort_by(|a, b| a.influence.key().cmp(&b.influence.key()).then(a.start.total_cmp(&b.start)));
        times.clear();
        times.extend(effect_intervals.iter().flat_map(|e| [e.start.max(0.0), e.end]));
        times.retain(|t| *t >= 0.0 && *t < *horizon_days);
        times.sort_unstable_by(f64::total_cmp);
        times.dedup();
        let no_new = effect_intervals.iter().filter(|e| matches!(e.influence, Influence::NoNew));
        closed.clear();
        closed.extend(no_new.map(|e| Down { start: e.start, end: e.end, warning: 0.0 }));
        if !closed.is_empty() {
            *closed = union(std::mem::take(closed));
        }
        phases.extend(self.times.iter().map(|&start| self.phase(class, start)));
    }

    fn phase(&self, class: Class, start: f64) -> Phase {
        let begins = self.effect_intervals.iter().filter(|e| e.start == start);
        let warning = begins.filter_map(|e| e.influence.lowers_with_warning()).reduce(f64::min);
        Phase { start, state: self.state(class, start), warning: warning.unwrap_or(0.0) }
    }

    /// The state of the class on day `t`; `None` if nothing affects it then.
    fn state(&self, class: Class, t: f64) -> Option<ClassState> {
        let (capacity, price_factor) = self.factors(t);
        let no_new_since = self.closed.iter().find(|d| d.start <= t && t < d.end).map(|d| d.start);
        let is_down = |effect_interval: &EffectInterval| {
            matches!(effect_interval.influence, Influence::Down { .. }) && effect_interval.is_on(t)
        };
        let is_usable = !self.effect_intervals.iter().any(is_down);
        let is_affected = !is_usable || capacity != 1.0 || price_factor != 1.0 || no_new_since.is_some();
        is_affected.then_some(ClassState { class, is_usable, capacity, price_factor, no_new_since })
    }

    /// k and F on day `t`: products of the active factors.
    fn factors(&self, t: f64) -> (f64, f64) {
        let (mut kept, mut price) = (1.0, 1.0);
        for (at, effect_interval) in self.effect_intervals.iter().enumerate() {
            let (of, factor, key) = match effect_interval.influence {
                Influence::Capacity { factor, key, .. } => (&mut kept, factor, key),
                Influence::Price { factor, key } => (&mut price, factor, key),
                _ => continue,
            };
            // A shock counts once, no matter how many of its occurrences overlap: only the first active one of each effect counts.
            let is_same = |earlier: &&EffectInterval| earlier.influence.key() == Some(key);
            let mut earlier = self.effect_intervals[..at].iter().rev().take_while(is_same);
            if effect_interval.is_on(t) && !earlier.any(|earlier| earlier.is_on(t)) {
                *of *= factor;
            }
        }
        (kept, price)
    }
}

//! The active segments of a group at one time, and the resulting states of its classes.

use std::sync::Arc;

use super::classes::{ClassSet, WatchedClasses};
use super::impact::{Segment, SegmentFactor};
use crate::service::cell_model::Class;
use crate::service::state::ClassStates;
use crate::service::trajectory::ClassState;

/// Active factors; each effect counts once per class.
#[derive(Debug, Default)]
struct Factors {
    on: Vec<SegmentFactor>,
}

impl Factors {
    /// Adds factors, but not to classes on which the same effect is active already: a shock counts once, no matter how many
    /// of its occurrences overlap.
    fn extend(&mut self, factors: &[SegmentFactor]) {
        for factor in factors {
            let mut own = factor.clone();
            for earlier in self.on.iter().filter(|earlier| earlier.key == own.key) {
                own.classes.remove(&earlier.classes);
            }
            self.on.push(own);
        }
    }

    /// Product of the factors on a class.
    #[inline]
    fn on(&self, class: Class) -> f64 {
        let mut product = 1.0;
        for own in &self.on {
            if own.classes.contains(class) {
                product *= own.factor;
            }
        }
        product
    }
}

/// Active segments, in the order in which they began.
#[derive(Debug)]
pub(super) struct ActiveSegments {
    pub(super) on: Vec<u32>,
    prices: Factors,
    capacities: Factors,
    down: ClassSet,
    /// Classes under `no_new`, ascending, each with the day since which it is closed without a break.
    pub(super) closed: Vec<(Class, f64)>,
}

/// The states of classes under the active segments; records which classes are read.
pub(super) struct View<'a> {
    pub(super) active: &'a ActiveSegments,
    /// Records the classes that are read.
    pub(super) watch: &'a WatchedClasses,
}

impl View<'_> {
    /// κ of a class.
    #[inline]
    pub(super) fn kept(&self, class: Class) -> f64 {
        self.watch.otherwise.note(class);
        if self.active.down.contains(class) { 0.0 } else { self.active.capacities.on(class) }
    }

    /// F of a class.
    #[inline]
    pub(super) fn price_factor(&self, class: Class) -> f64 {
        self.watch.price.note(class);
        self.active.prices.on(class)
    }
}

impl ClassStates for View<'_> {
    #[inline]
    fn state(&self, class: Class) -> ClassState {
        ClassState { price_factor: self.price_factor(class), ..self.unpriced(class) }
    }

    #[inline]
    fn is_usable(&self, class: Class) -> bool {
        self.watch.otherwise.note(class);
        !self.active.down.contains(class)
    }

    #[inline]
    fn price_factor_if_usable(&self, class: Class) -> Option<f64> {
        self.is_usable(class).then(|| self.price_factor(class))
    }

    #[inline]
    fn unpriced(&self, class: Class) -> ClassState {
        self.watch.otherwise.note(class);
        let ActiveSegments { capacities, down, closed, .. } = self.active;
        ClassState {
            class,
            is_usable: !down.contains(class),
            capacity: capacities.on(class),
            price_factor: 1.0,
            no_new_since: if closed.is_empty() { None } else { self.active.closed_since(class) },
        }
    }
}

impl ActiveSegments {
    pub(super) fn new(n_classes: usize) -> Self {
        Self {
            on: Vec::new(),
            prices: Factors::default(),
            capacities: Factors::default(),
            down: ClassSet::new(n_classes),
            closed: Vec::new(),
        }
    }

    /// Recomputes everything but `closed` from the active segments.
    pub(super) fn refresh(&mut self, segments: &[Arc<Segment>]) {
        self.down.clear();
        self.prices.on.clear();
        self.capacities.on.clear();
        for &segment in &self.on {
            let own = &segments[segment as usize];
            self.down.extend(&own.down);
            self.prices.extend(&own.prices);
            self.capacities.extend(&own.capacities);
        }
    }

    /// Recomputes `closed` from the segments that are active from day `at`.
    pub(super) fn close(&mut self, segments: &[Arc<Segment>], at: f64) {
        let mut closed: Vec<Class> =
            self.on.iter().flat_map(|&segment| segments[segment as usize].no_new.iter().copied()).collect();
        closed.sort_unstable();
        closed.dedup();
        if closed.len() != self.closed.len() || closed.iter().zip(&self.closed).any(|(a, b)| *a != b.0) {
            let since = |class: Class| (class, self.closed_since(class).unwrap_or(at));
            self.closed = closed.into_iter().map(since).collect();
        }
    }

    #[inline]
    pub(super) fn closed_since(&self, class: Class) -> Option<f64> {
        let place = self.closed.binary_search_by_key(&class, |own| own.0).ok()?;
        Some(self.closed[place].1)
    }

    pub(super) fn clear(&mut self) {
        self.on.clear();
        self.closed.clear();
    }
}

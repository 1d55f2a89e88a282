//! What trials remember: the impact of each shock on each group of cells, shared by all threads and bounded in bytes.
//!
//! No result depends on what is remembered. Impacts are only forgotten between trials, so that within a trial the same
//! impact is the same object.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::engine::Variant;
use super::impact::{GroupImpact, Segment};

/// Bytes for impacts: what every study may use, or this for each group of cells if that is more, so that a larger portfolio
/// does not forget what it needs in every trial.
const LEAST_BYTES: usize = 64 << 20;
const BYTES_PER_GROUP: usize = 64 << 10;

/// Different segments of one step of a shock that are compared with, at most; the latest, because neighbors are alike.
const MAX_SEGMENTS: usize = 32;

/// The developers drawn for an occurrence of a shock, as far as they matter: the shock, the place where the second list
/// begins, and the two lists.
pub(super) type ImpactKey = [usize];

/// Number of entries of an [`ImpactKey`] without drawn developers.
pub(super) const PLAIN: usize = 2;

/// Impacts on one group.
#[derive(Debug, Clone)]
pub(super) struct GroupMemory {
    /// `[n_shocks]`: impact of the shock without drawn developers; the outer `None` until it is known, the inner if no loss
    /// can depend on it.
    plain: Vec<Option<Option<Arc<GroupImpact>>>>,
    /// The same by shock and drawn developers.
    drawn: HashMap<Box<ImpactKey>, Option<Arc<GroupImpact>>>,
}

/// Remembered impacts, and the variants made of them.
#[derive(Debug)]
pub(super) struct ImpactMemory {
    groups: Vec<Mutex<GroupMemory>>,
    /// `[n_shocks]`, by step: the latest segments of the shock without drawn developers. Equal ones of several groups are
    /// kept once.
    segments: Vec<Mutex<Vec<Vec<Arc<Segment>>>>>,
    /// By shock and drawn developers.
    variants: Mutex<HashMap<Box<ImpactKey>, Arc<Variant>>>,
    /// Counts how often something was forgotten.
    pub(super) generation: u64,
    /// Of all.
    n_bytes: AtomicUsize,
    /// `[n_shocks]`: of impacts and variants without drawn developers.
    plain_bytes: Vec<AtomicUsize>,
    drawn_bytes: AtomicUsize,
    max_bytes: usize,
}

impl ImpactMemory {
    /// An empty memory with the bound for a number of groups.
    pub(super) fn new(n_groups: usize, n_shocks: usize) -> Self {
        Self::bounded(n_groups, n_shocks, LEAST_BYTES.max(BYTES_PER_GROUP * n_groups))
    }

    /// An empty memory that forgets between two trials when it holds more than `max_bytes`.
    pub(super) fn bounded(n_groups: usize, n_shocks: usize, max_bytes: usize) -> Self {
        let empty = || Mutex::new(GroupMemory { plain: vec![None; n_shocks], drawn: HashMap::new() });
        Self {
            groups: (0..n_groups).map(|_| empty()).collect(),
            segments: (0..n_shocks).map(|_| Mutex::default()).collect(),
            variants: Mutex::default(),
            generation: 0,
            n_bytes: AtomicUsize::new(0),
            plain_bytes: (0..n_shocks).map(|_| AtomicUsize::new(0)).collect(),
            drawn_bytes: AtomicUsize::new(0),
            max_bytes,
        }
    }

    /// A copy of what is known of a group.
    pub(super) fn known(&self, group: usize) -> GroupMemory {
        locked(&self.groups[group]).clone()
    }

    /// Goes on with what was known of an equal group.
    pub(super) fn go_on(&mut self, group: usize, known: GroupMemory) {
        for (impact, bytes) in known.plain.iter().zip(&mut self.plain_bytes) {
            let own = impact.iter().flatten().map(|impact| impact.n_bytes()).sum::<usize>();
            *bytes.get_mut() += own;
            *self.n_bytes.get_mut() += own;
        }
        let impacts = known.drawn.iter();
        let n_bytes = |(choice, impact): (&Box<_>, &Option<Arc<GroupImpact>>)| {
            impact.as_ref().map_or(0, |impact| impact.n_bytes()) + entry_bytes(choice)
        };
        let own = impacts.map(n_bytes).sum::<usize>();
        *self.drawn_bytes.get_mut() += own;
        *self.n_bytes.get_mut() += own;
        *self.groups[group].get_mut().unwrap_or_else(PoisonError::into_inner) = known;
    }

    /// About what is remembered, bytes.
    pub(super) fn n_bytes(&self) -> usize {
        self.n_bytes.load(Ordering::Relaxed)
    }

    pub(super) fn is_full(&self) -> bool {
        self.n_bytes() > self.max_bytes
    }

    /// Forgets the impacts of drawn developers if the memory is full; if that would not free a quarter, also those of the
    /// shocks that have occurred least, until a quarter is free. `n_occurrences`: `[n_shocks]`.
    pub(super) fn make_room(&mut self, n_occurrences: &[u32]) {
        if !self.is_full() {
            return;
        }
        self.generation += 1;
        let n_bytes = self.n_bytes.get_mut();
        *n_bytes -= std::mem::take(self.drawn_bytes.get_mut());
        let mut rarest: Vec<usize> = (0..n_occurrences.len()).collect();
        rarest.sort_by_key(|&shock| n_occurrences[shock]);
        let mut is_forgotten = vec![false; rarest.len()];
        for shock in rarest {
            if *n_bytes <= self.max_bytes / 4 * 3 {
                break;
            }
            *n_bytes -= std::mem::take(self.plain_bytes[shock].get_mut());
            is_forgotten[shock] = true;
        }
        for group in &mut self.groups {
            let group = group.get_mut().unwrap_or_else(PoisonError::into_inner);
            group.drawn = HashMap::new();
            for (impact, _) in group.plain.iter_mut().zip(&is_forgotten).filter(|(_, forgotten)| **forgotten)
            {
                *impact = None;
            }
        }
        for (segments, _) in self.segments.iter_mut().zip(&is_forgotten).filter(|(_, forgotten)| **forgotten)
        {
            *segments = Mutex::default();
        }
        let variants = self.variants.get_mut().unwrap_or_else(PoisonError::into_inner);
        variants.retain(|choice, _| choice.len() == PLAIN && !is_forgotten[choice[0]]);
    }

    /// The impact on a group, from `compute` if it is new. Threads that ask for the same impact compute it once.
    pub(super) fn impact(
        &self,
        group: usize,
        choice: &ImpactKey,
        compute: impl FnOnce() -> Option<GroupImpact>,
    ) -> Option<Arc<GroupImpact>> {
        let is_plain = choice.len() == PLAIN;
        let mut known = locked(&self.groups[group]);
        let found = if is_plain { known.plain[choice[0]].clone() } else { known.drawn.get(choice).cloned() };
        if let Some(impact) = found {
            return impact;
        }
        let mut impact = compute();
        let n_shared = match &mut impact {
            Some(impact) if is_plain => self.share(choice[0], impact),
            _ => 0,
        };
        let impact = impact.map(Arc::new);
        let n_bytes = impact.as_ref().map_or(0, |impact| impact.n_bytes() - n_shared);
        if is_plain {
            known.plain[choice[0]] = Some(impact.clone());
            self.add(choice, n_bytes);
        } else {
            known.drawn.insert(choice.into(), impact.clone());
            self.add(choice, n_bytes + entry_bytes(choice));
        }
        impact
    }

    /// Replaces the segments of an impact by equal ones of other groups; returns what these take, bytes.
    ///
    /// Only segments of the same step of the same shock are compared, so those of one group stay different objects.
    fn share(&self, shock: usize, impact: &mut GroupImpact) -> usize {
        let mut of_shock = locked(&self.segments[shock]);
        let n_steps = of_shock.len().max(impact.steps.len());
        of_shock.resize_with(n_steps, Vec::new);
        let mut n_shared = 0;
        for ((_, own), latest) in impact.steps.iter_mut().zip(of_shock.iter_mut()) {
            if let Some(same) = latest.iter().rev().find(|same| *same == own) {
                n_shared += own.n_bytes();
                *own = Arc::clone(same);
                continue;
            }
            if latest.len() == MAX_SEGMENTS {
                latest.remove(0);
            }
            latest.push(Arc::clone(own));
        }
        n_shared
    }

    /// The variant of an occurrence; [`Self::keep`] remembers it.
    pub(super) fn variant(&self, choice: &ImpactKey) -> Option<Arc<Variant>> {
        locked(&self.variants).get(choice).cloned()
    }

    /// Remembers a variant, unless another thread was faster; returns the one that is remembered.
    pub(super) fn keep(&self, choice: &ImpactKey, variant: Variant) -> Arc<Variant> {
        let mut variants = locked(&self.variants);
        if let Some(known) = variants.get(choice) {
            return Arc::clone(known);
        }
        self.add(choice, variant.n_bytes() + entry_bytes(choice));
        let variant = Arc::new(variant);
        variants.insert(choice.into(), Arc::clone(&variant));
        variant
    }

    fn add(&self, choice: &ImpactKey, n_bytes: usize) {
        let of_kind = if choice.len() == PLAIN { &self.plain_bytes[choice[0]] } else { &self.drawn_bytes };
        of_kind.fetch_add(n_bytes, Ordering::Relaxed);
        self.n_bytes.fetch_add(n_bytes, Ordering::Relaxed);
    }
}

fn locked<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

/// About what a key takes in a map, with its value.
fn entry_bytes(choice: &ImpactKey) -> usize {
    64 + size_of_val(choice)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulation::classes::Touched;

    /// An impact whose steps, a day apart, make the given classes unusable.
    fn impact(classes: &[usize]) -> GroupImpact {
        let step = |(day, &class): (usize, &usize)| (day as f64, Arc::new(Segment::expired(class, true, 4)));
        GroupImpact {
            steps: classes.iter().enumerate().map(step).collect(),
            one_offs: Box::default(),
            one_off_usd: 0.0,
            dearer_usd_per_day: 0.0,
            displaces_after: 0.0,
            has_memory: false,
            makes_primaries_stale: false,
            costs: true,
            stale: Box::default(),
            may_combine: false,
            touches: Touched::new(4),
            lone: None,
            uplifts: Box::default(),
        }
    }

    /// What groups have in common is kept, and counted, once; the segments of one impact stay apart, as events that overlap
    /// count them.
    #[test]
    fn equal_segments_of_groups_are_one() {
        let memory = ImpactMemory::bounded(2, 1, usize::MAX);
        let first = memory.impact(0, &[0, 2], || Some(impact(&[1, 1, 2]))).unwrap();
        assert!(!Arc::ptr_eq(&first.steps[0].1, &first.steps[1].1));
        assert_eq!(memory.n_bytes(), first.n_bytes());
        let second = memory.impact(1, &[0, 2], || Some(impact(&[1, 3, 2]))).unwrap();
        let are_same = |step: usize| Arc::ptr_eq(&first.steps[step].1, &second.steps[step].1);
        assert_eq!([0, 1, 2].map(are_same), [true, false, true]);
        let shared = first.steps[0].1.n_bytes() + first.steps[2].1.n_bytes();
        assert_eq!(memory.n_bytes(), first.n_bytes() + second.n_bytes() - shared);
        // Those of drawn developers are not shared: an event of each may overlap in one group.
        let drawn = memory.impact(1, &[0, 2, 7], || Some(impact(&[1]))).unwrap();
        assert!(!Arc::ptr_eq(&first.steps[0].1, &drawn.steps[0].1));
    }

    /// Four shocks of equal size, with room for three and a half: the two rarest go, so that a quarter is free.
    #[test]
    fn the_rarest_shocks_are_forgotten_first() {
        let n_bytes = impact(&[1]).n_bytes();
        let mut memory = ImpactMemory::bounded(1, 4, 7 * n_bytes / 2);
        for shock in 0..4 {
            let _ = memory.impact(0, &[shock, 2], || Some(impact(&[1])));
        }
        assert!(memory.is_full());
        memory.make_room(&[5, 9, 1, 7]);
        // Three quarters of the room are 2.625 of them.
        assert_eq!(memory.n_bytes(), 2 * n_bytes);
        let is_known = |shock: usize| {
            let mut is_new = false;
            let _ = memory.impact(0, &[shock, 2], || {
                is_new = true;
                None
            });
            !is_new
        };
        assert_eq!([0, 1, 2, 3].map(is_known), [false, true, false, true]);
    }
}

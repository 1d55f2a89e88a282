//! What trials remember: the impact of each shock on each group of cells, shared by all threads and bounded in bytes.
//!
//! No result depends on what is remembered. Impacts are only forgotten between trials, so that within a trial the same
//! impact is the same object.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::engine::Variant;
use super::impact::GroupImpact;

/// Bytes for impacts: what every study may use, and more for each group of cells, so that a larger portfolio does not
/// forget what it needs in every trial.
const LEAST_BYTES: usize = 64 << 20;
const BYTES_PER_GROUP: usize = 128 << 10;

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
    /// By shock and drawn developers.
    variants: Mutex<HashMap<Box<ImpactKey>, Arc<Variant>>>,
    /// Counts how often something was forgotten.
    pub(super) generation: u64,
    plain_bytes: AtomicUsize,
    drawn_bytes: AtomicUsize,
    max_bytes: usize,
}

impl ImpactMemory {
    /// An empty memory with the bound for a number of groups.
    pub(super) fn new(n_groups: usize, n_shocks: usize) -> Self {
        Self::bounded(n_groups, n_shocks, LEAST_BYTES + BYTES_PER_GROUP * n_groups)
    }

    /// An empty memory that forgets between two trials when it holds more than `max_bytes`.
    pub(super) fn bounded(n_groups: usize, n_shocks: usize, max_bytes: usize) -> Self {
        let empty = || Mutex::new(GroupMemory { plain: vec![None; n_shocks], drawn: HashMap::new() });
        Self {
            groups: (0..n_groups).map(|_| empty()).collect(),
            variants: Mutex::default(),
            generation: 0,
            plain_bytes: AtomicUsize::new(0),
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
        let impacts = known.plain.iter().flatten().flatten();
        *self.plain_bytes.get_mut() += impacts.map(|impact| impact.n_bytes()).sum::<usize>();
        let impacts = known.drawn.iter();
        let n_bytes = |(choice, impact): (&Box<_>, &Option<Arc<GroupImpact>>)| {
            impact.as_ref().map_or(0, |impact| impact.n_bytes()) + entry_bytes(choice)
        };
        *self.drawn_bytes.get_mut() += impacts.map(n_bytes).sum::<usize>();
        *self.groups[group].get_mut().unwrap_or_else(PoisonError::into_inner) = known;
    }

    /// About what is remembered, bytes.
    pub(super) fn n_bytes(&self) -> usize {
        self.plain_bytes.load(Ordering::Relaxed) + self.drawn_bytes.load(Ordering::Relaxed)
    }

    pub(super) fn is_full(&self) -> bool {
        self.n_bytes() > self.max_bytes
    }

    /// Forgets the impacts of drawn developers if the memory is full; everything if that would not free a quarter.
    pub(super) fn make_room(&mut self) {
        if !self.is_full() {
            return;
        }
        self.generation += 1;
        let forgets_all = *self.drawn_bytes.get_mut() < self.max_bytes / 4;
        for group in &mut self.groups {
            let group = group.get_mut().unwrap_or_else(PoisonError::into_inner);
            group.drawn = HashMap::new();
            if forgets_all {
                group.plain.fill(None);
            }
        }
        let variants = self.variants.get_mut().unwrap_or_else(PoisonError::into_inner);
        variants.retain(|choice, _| !forgets_all && choice.len() == PLAIN);
        *self.drawn_bytes.get_mut() = 0;
        if forgets_all {
            *self.plain_bytes.get_mut() = 0;
        }
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
        let impact = compute().map(Arc::new);
        let n_bytes = impact.as_ref().map_or(0, |impact| impact.n_bytes());
        if is_plain {
            known.plain[choice[0]] = Some(impact.clone());
            self.add(choice, n_bytes);
        } else {
            known.drawn.insert(choice.into(), impact.clone());
            self.add(choice, n_bytes + entry_bytes(choice));
        }
        impact
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
        let of_kind = if choice.len() == PLAIN { &self.plain_bytes } else { &self.drawn_bytes };
        of_kind.fetch_add(n_bytes, Ordering::Relaxed);
    }
}

fn locked<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

/// About what a key takes in a map, with its value.
fn entry_bytes(choice: &ImpactKey) -> usize {
    64 + size_of_val(choice)
}

//! The items of a group that are on at one time, and the states of its classes that follow.

use super::classes::{ClassSet, Watch};
use super::strike::{Item, ItemFactor};
use crate::service::course::ClassState;
use crate::service::frame::Class;
use crate::service::state::ClassStates;

/// Items that are on, in the order in which they began.
#[derive(Debug)]
pub(super) struct ActiveItems {
    pub(super) on: Vec<u32>,
    /// Those of `on` with factors.
    priced: Vec<u32>,
    squeezed: Vec<u32>,
    down: ClassSet,
    /// Classes under `no_new`, ascending, and since when without a break.
    pub(super) closed: Vec<(Class, f64)>,
    /// Some shock has two items on, whose factors may be the same effect.
    has_twins: bool,
}

/// The classes' states while some items are on.
pub(super) struct View<'a> {
    pub(super) items: &'a [Item],
    pub(super) active: &'a ActiveItems,
    /// Notes of which classes somebody asked.
    pub(super) watch: &'a Watch,
}

impl ClassStates for View<'_> {
    #[inline]
    fn state(&self, class: Class) -> ClassState {
        self.watch.price.note(class);
        let ActiveItems { priced, has_twins, .. } = self.active;
        let price_factor = product(self.items, priced, class, *has_twins, |item| &item.prices);
        ClassState { price_factor, ..self.unpriced(class) }
    }

    #[inline]
    fn is_usable(&self, class: Class) -> bool {
        self.watch.otherwise.note(class);
        !self.active.down.contains(class)
    }

    #[inline]
    fn unpriced(&self, class: Class) -> ClassState {
        self.watch.otherwise.note(class);
        let ActiveItems { squeezed, down, closed, has_twins, .. } = self.active;
        ClassState {
            class,
            is_usable: !down.contains(class),
            capacity: product(self.items, squeezed, class, *has_twins, |item| &item.capacities),
            price_factor: 1.0,
            no_new_since: if closed.is_empty() { None } else { self.active.closed_since(class) },
        }
    }
}

/// Product of the factors that items put on a class.
#[inline]
fn product(
    items: &[Item],
    on: &[u32],
    class: Class,
    has_twins: bool,
    factors: impl Fn(&Item) -> &[ItemFactor],
) -> f64 {
    let mut product = 1.0;
    for (at, &item) in on.iter().enumerate() {
        for own in factors(&items[item as usize]).iter().filter(|own| own.classes.contains(class)) {
            // One shock counts once however many of its occurrences overlap.
            let is_repeated = has_twins
                && on[..at].iter().any(|&earlier| {
                    let mut earlier = factors(&items[earlier as usize]).iter();
                    earlier.any(|f| f.key == own.key && f.classes.contains(class))
                });
            if !is_repeated {
                product *= own.factor;
            }
        }
    }
    product
}

impl ActiveItems {
    pub(super) fn new(n_classes: usize) -> Self {
        Self {
            on: Vec::new(),
            priced: Vec::new(),
            squeezed: Vec::new(),
            down: ClassSet::new(n_classes),
            closed: Vec::new(),
            has_twins: false,
        }
    }

    /// Brings all but `closed` up to date with what is on.
    pub(super) fn refresh(&mut self, items: &[Item]) {
        self.down.clear();
        self.priced.clear();
        self.squeezed.clear();
        self.has_twins = false;
        for (place, &item) in self.on.iter().enumerate() {
            let own = &items[item as usize];
            self.down.extend(&own.down);
            if !own.prices.is_empty() {
                self.priced.push(item);
            }
            if !own.capacities.is_empty() {
                self.squeezed.push(item);
            }
            self.has_twins |= self.on[..place].iter().any(|&other| items[other as usize].shock == own.shock);
        }
    }

    /// Brings `closed` up to date with what is on from the instant `at`.
    pub(super) fn close(&mut self, items: &[Item], at: f64) {
        let mut closed: Vec<Class> =
            self.on.iter().flat_map(|&item| items[item as usize].no_new.iter().copied()).collect();
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

//! Sets of a frame's classes: who is struck, and who was asked.

use std::cell::Cell;

use crate::service::frame::Class;

/// A set of a frame's classes, as bits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ClassSet(Box<[u64]>);

impl ClassSet {
    /// The empty set among so many classes.
    pub(super) fn new(n_classes: usize) -> Self {
        Self(vec![0; n_classes.div_ceil(64)].into_boxed_slice())
    }

    pub(super) fn insert(&mut self, class: Class) {
        self.0[class / 64] |= 1 << (class % 64);
    }

    #[inline]
    pub(super) fn contains(&self, class: Class) -> bool {
        self.0[class / 64] >> (class % 64) & 1 == 1
    }

    /// Adds another set's classes.
    #[inline]
    pub(super) fn extend(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(own, word)| *own |= word);
    }

    pub(super) fn clear(&mut self) {
        self.0.fill(0);
    }

    #[inline]
    fn meets(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).any(|(own, word)| own & word != 0)
    }
}

/// Classes whose price, or whose state otherwise, changes or is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Touched {
    pub(super) price: ClassSet,
    pub(super) otherwise: ClassSet,
}

impl Touched {
    pub(super) fn new(n_classes: usize) -> Self {
        Self { price: ClassSet::new(n_classes), otherwise: ClassSet::new(n_classes) }
    }

    pub(super) fn extend(&mut self, other: &Self) {
        self.price.extend(&other.price);
        self.otherwise.extend(&other.otherwise);
    }

    #[inline]
    pub(super) fn meets(&self, other: &Self) -> bool {
        self.price.meets(&other.price) || self.otherwise.meets(&other.otherwise)
    }
}

/// Classes that were looked at, noted by whoever looks.
#[derive(Debug)]
pub(super) struct Noted(Box<[Cell<u64>]>);

impl Noted {
    pub(super) fn new(n_classes: usize) -> Self {
        Self(vec![Cell::new(0); n_classes.div_ceil(64)].into_boxed_slice())
    }

    #[inline]
    pub(super) fn note(&self, class: Class) {
        let word = &self.0[class / 64];
        word.set(word.get() | 1 << (class % 64));
    }

    #[inline]
    pub(super) fn has_any_of(&self, classes: &ClassSet) -> bool {
        self.0.iter().zip(&classes.0).any(|(own, word)| own.get() & word != 0)
    }

    pub(super) fn clear(&self) {
        self.0.iter().for_each(|word| word.set(0));
    }

    fn add_to(&self, classes: &mut ClassSet) {
        self.0.iter().zip(&mut classes.0).for_each(|(own, word)| *word |= own.get());
    }
}

/// Classes of which somebody asked the price, or the state otherwise.
#[derive(Debug)]
pub(super) struct Watch {
    pub(super) price: Noted,
    pub(super) otherwise: Noted,
}

impl Watch {
    pub(super) fn new(n_classes: usize) -> Self {
        Self { price: Noted::new(n_classes), otherwise: Noted::new(n_classes) }
    }

    pub(super) fn clear(&self) {
        self.price.clear();
        self.otherwise.clear();
    }

    pub(super) fn add_to(&self, asked: &mut Touched) {
        self.price.add_to(&mut asked.price);
        self.otherwise.add_to(&mut asked.otherwise);
    }
}

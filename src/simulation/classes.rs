//! Sets of classes of a cell model: affected classes, and classes whose state was read.

use std::cell::Cell;

use super::impact::list_bytes;
use crate::service::cell_model::Class;

/// Words stored without allocation; almost no cell model has more classes than fit.
const WORDS: usize = 2;

/// A set of classes of a cell model, one bit each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ClassSet {
    words: [u64; WORDS],
    /// Words of the remaining classes.
    more: Box<[u64]>,
}

impl ClassSet {
    /// The empty set for a cell model with `n_classes` classes.
    pub(super) fn new(n_classes: usize) -> Self {
        let n_more = n_classes.div_ceil(64).saturating_sub(WORDS);
        Self { words: [0; WORDS], more: vec![0; n_more].into_boxed_slice() }
    }

    /// What it takes beyond itself, about, bytes.
    pub(super) fn n_bytes(&self) -> usize {
        list_bytes(&self.more)
    }

    #[inline]
    pub(super) fn insert(&mut self, class: Class) {
        let at = class / 64;
        let word = if at < WORDS { &mut self.words[at] } else { &mut self.more[at - WORDS] };
        *word |= 1 << (class % 64);
    }

    #[inline]
    pub(super) fn contains(&self, class: Class) -> bool {
        let at = class / 64;
        let word = if at < WORDS { self.words[at] } else { self.more[at - WORDS] };
        word >> (class % 64) & 1 == 1
    }

    /// Adds another set's classes.
    #[inline]
    pub(super) fn extend(&mut self, other: &Self) {
        self.combine(other, |own, other| *own |= other);
    }

    /// Removes another set's classes.
    #[inline]
    pub(super) fn remove(&mut self, other: &Self) {
        self.combine(other, |own, other| *own &= !other);
    }

    #[inline]
    fn combine(&mut self, other: &Self, combine: impl Fn(&mut u64, u64)) {
        self.words.iter_mut().zip(other.words).for_each(|(own, word)| combine(own, word));
        self.more.iter_mut().zip(&*other.more).for_each(|(own, word)| combine(own, *word));
    }

    #[inline]
    pub(super) fn clear(&mut self) {
        self.words = [0; WORDS];
        // A loop, because `memset` of zero words causes a processor fault where it uses masked stores.
        self.more.iter_mut().for_each(|word| *word = 0);
    }

    /// Whether the sets have a class in common.
    #[inline]
    pub(super) fn meets(&self, other: &Self) -> bool {
        let mut common = 0;
        self.words.iter().zip(other.words).for_each(|(own, word)| common |= own & word);
        common != 0 || self.more.iter().zip(&*other.more).any(|(own, word)| own & word != 0)
    }
}

/// Classes whose price, or any other part of their state, changes or is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Touched {
    pub(super) price: ClassSet,
    pub(super) otherwise: ClassSet,
}

impl Touched {
    pub(super) fn new(n_classes: usize) -> Self {
        Self { price: ClassSet::new(n_classes), otherwise: ClassSet::new(n_classes) }
    }

    /// What it takes beyond itself, about, bytes.
    pub(super) fn n_bytes(&self) -> usize {
        self.price.n_bytes() + self.otherwise.n_bytes()
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

/// Classes whose state was read, recorded through a shared reference.
#[derive(Debug)]
pub(super) struct Noted {
    words: [Cell<u64>; WORDS],
    more: Box<[Cell<u64>]>,
}

impl Noted {
    pub(super) fn new(n_classes: usize) -> Self {
        let ClassSet { more, .. } = ClassSet::new(n_classes);
        Self { words: Default::default(), more: more.into_iter().map(Cell::new).collect() }
    }

    fn all(&self) -> impl Iterator<Item = &Cell<u64>> {
        self.words.iter().chain(&*self.more)
    }

    #[inline]
    pub(super) fn note(&self, class: Class) {
        let at = class / 64;
        let word = if at < WORDS { &self.words[at] } else { &self.more[at - WORDS] };
        word.set(word.get() | 1 << (class % 64));
    }

    /// Records all classes of a set.
    #[inline]
    pub(super) fn note_all(&self, classes: &ClassSet) {
        self.words.iter().zip(classes.words).for_each(|(own, word)| own.set(own.get() | word));
        self.more.iter().zip(&*classes.more).for_each(|(own, word)| own.set(own.get() | word));
    }

    #[inline]
    pub(super) fn has_any_of(&self, classes: &ClassSet) -> bool {
        let mut common = 0;
        self.words.iter().zip(classes.words).for_each(|(own, word)| common |= own.get() & word);
        common != 0 || self.more.iter().zip(&*classes.more).any(|(own, word)| own.get() & word != 0)
    }

    #[inline]
    pub(super) fn clear(&self) {
        self.all().for_each(|word| word.set(0));
    }

    fn add_to(&self, classes: &mut ClassSet) {
        let words = classes.words.iter_mut().chain(&mut *classes.more);
        self.all().zip(words).for_each(|(own, word)| *word |= own.get());
    }
}

/// Classes whose price, or any other part of their state, was read.
#[derive(Debug)]
pub(super) struct WatchedClasses {
    pub(super) price: Noted,
    pub(super) otherwise: Noted,
}

impl WatchedClasses {
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

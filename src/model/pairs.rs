//! Sets of (cell, offer) pairs.

use super::instance::{CellIdx, OfferIdx};

const WORD_BITS: usize = 64;

/// A set of pairs, `[n_cells × n_offers]` bits, row-major by cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairSet {
    words_per_cell: usize,
    words: Vec<u64>,
}

impl PairSet {
    /// The empty set.
    #[must_use]
    pub fn empty(n_cells: usize, n_offers: usize) -> Self {
        let words_per_cell = n_offers.div_ceil(WORD_BITS);
        Self { words_per_cell, words: vec![0; words_per_cell * n_cells] }
    }

    /// Adds a pair.
    pub fn insert(&mut self, cell: CellIdx, offer: OfferIdx) {
        self.words[cell * self.words_per_cell + offer / WORD_BITS] |= 1 << (offer % WORD_BITS);
    }

    /// Removes a pair.
    pub fn remove(&mut self, cell: CellIdx, offer: OfferIdx) {
        self.words[cell * self.words_per_cell + offer / WORD_BITS] &= !(1 << (offer % WORD_BITS));
    }

    /// Whether the pair is in the set.
    #[must_use]
    pub fn contains(&self, cell: CellIdx, offer: OfferIdx) -> bool {
        self.words[cell * self.words_per_cell + offer / WORD_BITS] >> (offer % WORD_BITS) & 1 == 1
    }

    /// Whether no pair is in the set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|w| *w == 0)
    }

    /// Number of pairs.
    #[must_use]
    pub fn len(&self) -> usize {
        self.words.iter().map(|w| w.count_ones() as usize).sum()
    }

    /// The cell's offers, ascending.
    pub fn offers(&self, cell: CellIdx) -> impl Iterator<Item = OfferIdx> + '_ {
        let start = cell * self.words_per_cell;
        self.words[start..start + self.words_per_cell].iter().enumerate().flat_map(|(w, &word)| {
            let mut rest = word;
            std::iter::from_fn(move || {
                if rest == 0 {
                    return None;
                }
                let bit = rest.trailing_zeros() as usize;
                rest &= rest - 1;
                Some(w * WORD_BITS + bit)
            })
        })
    }

    /// Adds every pair of `other`.
    pub fn extend(&mut self, other: &Self) {
        for (a, b) in self.words.iter_mut().zip(&other.words) {
            *a |= b;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_lists_its_offers_in_order_across_words() {
        let mut set = PairSet::empty(3, 130);
        for offer in [129, 0, 64, 63] {
            set.insert(1, offer);
        }
        assert_eq!(set.offers(1).collect::<Vec<_>>(), [0, 63, 64, 129]);
        assert_eq!(set.offers(0).count() + set.offers(2).count(), 0);
        set.remove(1, 64);
        assert!(!set.contains(1, 64) && set.contains(1, 63));
        assert_eq!(set.len(), 3);
    }
}

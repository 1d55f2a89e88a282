//! Sets of (cell, offer) pairs.

use std::collections::HashMap;

use super::instance::{CellIdx, OfferIdx};

const WORD_BITS: usize = 64;

/// A set of pairs: a row of bits for each cell. Cells with the same offers may share a row ([`PairSet::packed`]).
#[derive(Debug, Clone)]
pub struct PairSet {
    words_per_cell: usize,
    /// `[n_cells]`: index of the cell's row.
    row_by_cell: Vec<u32>,
    /// `[n_rows × words_per_cell]`, row-major.
    words: Vec<u64>,
}

impl PartialEq for PairSet {
    fn eq(&self, other: &Self) -> bool {
        let n_cells = self.row_by_cell.len();
        n_cells == other.row_by_cell.len() && (0..n_cells).all(|cell| self.row(cell) == other.row(cell))
    }
}

impl Eq for PairSet {}

impl PairSet {
    /// The empty set.
    #[must_use]
    pub fn empty(n_cells: usize, n_offers: usize) -> Self {
        let words_per_cell = n_offers.div_ceil(WORD_BITS);
        Self { words_per_cell, row_by_cell: vec![0; n_cells], words: vec![0; words_per_cell] }
    }

    /// The same set with every distinct row kept once: most shocks treat thousands of cells alike.
    #[must_use]
    pub fn packed(self) -> Self {
        let mut rows: HashMap<&[u64], u32> = HashMap::new();
        let mut words = Vec::new();
        let row_by_cell = (0..self.row_by_cell.len())
            .map(|cell| {
                let (row, next) = (self.row(cell), rows.len());
                *rows.entry(row).or_insert_with(|| {
                    words.extend_from_slice(row);
                    u32::try_from(next).expect("fewer than 2^32 cells")
                })
            })
            .collect();
        Self { words_per_cell: self.words_per_cell, row_by_cell, words }
    }

    /// Gives each cell a row of its own.
    fn unpack(&mut self) {
        let n_cells = self.row_by_cell.len();
        if self.words.len() == n_cells * self.words_per_cell {
            return;
        }
        self.words = (0..n_cells).flat_map(|cell| self.row(cell)).copied().collect();
        self.row_by_cell = (0..).take(n_cells).collect();
    }

    fn row(&self, cell: CellIdx) -> &[u64] {
        let start = self.row_by_cell[cell] as usize * self.words_per_cell;
        &self.words[start..start + self.words_per_cell]
    }

    /// Adds a pair.
    pub fn insert(&mut self, cell: CellIdx, offer: OfferIdx) {
        self.unpack();
        self.words[cell * self.words_per_cell + offer / WORD_BITS] |= 1 << (offer % WORD_BITS);
    }

    /// Removes a pair.
    pub fn remove(&mut self, cell: CellIdx, offer: OfferIdx) {
        self.unpack();
        self.words[cell * self.words_per_cell + offer / WORD_BITS] &= !(1 << (offer % WORD_BITS));
    }

    /// Whether the pair is in the set.
    #[must_use]
    #[inline]
    pub fn contains(&self, cell: CellIdx, offer: OfferIdx) -> bool {
        let row = self.row_by_cell[cell] as usize;
        self.words[row * self.words_per_cell + offer / WORD_BITS] >> (offer % WORD_BITS) & 1 == 1
    }

    /// Whether no pair is in the set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.row_by_cell.is_empty() || self.words.iter().all(|w| *w == 0)
    }

    /// Whether the cell has no pair in the set.
    #[must_use]
    pub fn is_empty_in(&self, cell: CellIdx) -> bool {
        self.row(cell).iter().all(|w| *w == 0)
    }

    /// Number of pairs.
    #[must_use]
    pub fn len(&self) -> usize {
        let words = (0..self.row_by_cell.len()).flat_map(|cell| self.row(cell));
        words.map(|w| w.count_ones() as usize).sum()
    }

    /// The cell's offers, ascending.
    pub fn offers(&self, cell: CellIdx) -> impl Iterator<Item = OfferIdx> + '_ {
        self.row(cell).iter().enumerate().flat_map(|(w, &word)| {
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
        if other.is_empty() {
            return;
        }
        self.unpack();
        for cell in 0..self.row_by_cell.len() {
            let own = &mut self.words[cell * self.words_per_cell..][..self.words_per_cell];
            own.iter_mut().zip(other.row(cell)).for_each(|(a, b)| *a |= b);
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

    /// Two of three cells have the same offers; what is added to one of them later stays its own.
    #[test]
    fn cells_that_share_a_row_stay_apart() {
        let mut set = PairSet::empty(3, 70);
        for cell in [0, 2] {
            set.insert(cell, 69);
        }
        let mut packed = set.clone().packed();
        assert!(packed == set && packed.words.len() == 2 * packed.words_per_cell);
        assert_eq!((packed.len(), packed.contains(2, 69), packed.contains(1, 69)), (2, true, false));
        packed.insert(2, 3);
        assert_eq!((packed.contains(0, 3), packed.contains(2, 3)), (false, true));
        packed.extend(&set);
        assert_eq!(packed.packed().offers(2).collect::<Vec<_>>(), [3, 69]);
    }
}

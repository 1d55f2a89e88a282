//! The size of a largest independent set: items of which no two conflict.

/// Number of items up to which the answer is exact.
pub const MAX_EXACT: usize = 24;

/// The size of a largest set without a conflict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IndependentSet {
    pub size: usize,
    /// Whether `size` is exact; with more than [`MAX_EXACT`] items it is a lower bound, found greedily.
    pub is_exact: bool,
}

/// A largest independent set of `n` items; `conflict` is symmetric and only called with i < j.
#[must_use]
pub fn largest_independent(n: usize, conflict: impl Fn(usize, usize) -> bool) -> IndependentSet {
    let mut conflicts = vec![Vec::new(); n];
    for i in 0..n {
        for j in (i + 1..n).filter(|&j| conflict(i, j)) {
            conflicts[i].push(j);
            conflicts[j].push(i);
        }
    }
    let size = search(&conflicts, (0..n).collect(), n <= MAX_EXACT);
    IndependentSet { size, is_exact: n <= MAX_EXACT }
}

/// Branches on the item with the most conflicts. Takes an item with at most one conflict at once: some optimum has it.
fn search(conflicts: &[Vec<usize>], open: Vec<usize>, is_exact: bool) -> usize {
    let degree = |i: usize| conflicts[i].iter().filter(|j| open.contains(j)).count();
    let Some(&fewest) = open.iter().min_by_key(|&&i| degree(i)) else { return 0 };
    let without = |taken: usize| -> Vec<usize> {
        open.iter().copied().filter(|&j| j != taken && !conflicts[taken].contains(&j)).collect()
    };
    if degree(fewest) <= 1 || !is_exact {
        return 1 + search(conflicts, without(fewest), is_exact);
    }
    let most = *open.iter().max_by_key(|&&i| degree(i)).expect("not empty");
    let taken = 1 + search(conflicts, without(most), is_exact);
    let left: Vec<usize> = open.iter().copied().filter(|&j| j != most).collect();
    taken.max(search(conflicts, left, is_exact))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A ring of five has an independent set of two. Without conflicts, all items are independent.
    #[test]
    fn known_sizes() {
        let ring = |i: usize, j: usize| j - i == 1 || j - i == 4;
        assert_eq!(largest_independent(5, ring), IndependentSet { size: 2, is_exact: true });
        assert_eq!(largest_independent(0, |_, _| true).size, 0);
        assert_eq!(largest_independent(24, |_, _| true).size, 1);
        assert_eq!(largest_independent(25, |_, _| false), IndependentSet { size: 25, is_exact: false });
    }

    proptest! {
        /// Compared with all subsets of nine items.
        #[test]
        fn equals_brute_force(edges in prop::collection::vec(any::<bool>(), 81)) {
            let conflict = |i: usize, j: usize| edges[i * 9 + j];
            let is_free = |set: &u32| {
                let is_in = |i: &usize| set >> i & 1 == 1;
                (0..9).filter(is_in).all(|i| (i + 1..9).filter(is_in).all(|j| !conflict(i, j)))
            };
            let brute = (0u32..512).filter(is_free).map(u32::count_ones).max().unwrap();
            prop_assert_eq!(largest_independent(9, conflict).size, brute as usize);
        }
    }
}

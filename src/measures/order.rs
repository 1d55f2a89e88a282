//! Selection of the n-th smallest of many values, without a sorted copy.

/// Bits that one pass distinguishes.
const BITS_PER_PASS: u32 = 11;
/// Number of values up to which they are gathered and selected from; more are first narrowed down by counting.
const MAX_GATHERED: usize = 2048;

/// The `rank`-th smallest of `values` by [`f64::total_cmp`], from 1; memory does not grow with their number.
///
/// Counts the values by their leading bits, keeps those with the bits of the one sought, and selects among them once they
/// are few (radix selection).
///
/// # Panics
/// When the rank is 0 or beyond the values.
pub(super) fn nth_smallest(values: &[f64], rank: usize) -> f64 {
    assert!((1..=values.len()).contains(&rank), "rank {rank} of {}", values.len());
    let (mut rank, mut n, mut open_bits, mut prefix) = (rank, values.len(), u64::BITS, 0);
    while n > MAX_GATHERED && open_bits > 0 {
        let bits = BITS_PER_PASS.min(open_bits);
        let mut counts = [0_usize; 1 << BITS_PER_PASS];
        for value in begin_with(values, open_bits, prefix) {
            counts[(leading(key(value), open_bits - bits) & ((1 << bits) - 1)) as usize] += 1;
        }
        open_bits -= bits;
        let mut digit = 0;
        while counts[digit] < rank {
            rank -= counts[digit];
            digit += 1;
        }
        n = counts[digit];
        prefix = (prefix << bits) | digit as u64;
    }
    if open_bits == 0 {
        return value_of(prefix);
    }
    let mut gathered: Vec<f64> = begin_with(values, open_bits, prefix).collect();
    *gathered.select_nth_unstable_by(rank - 1, f64::total_cmp).1
}

/// Values whose keys, without the last `open_bits`, are `prefix`.
fn begin_with(values: &[f64], open_bits: u32, prefix: u64) -> impl Iterator<Item = f64> + '_ {
    values.iter().copied().filter(move |value| leading(key(*value), open_bits) == prefix)
}

fn leading(key: u64, open_bits: u32) -> u64 {
    key.checked_shr(open_bits).unwrap_or(0)
}

const SIGN: u64 = 1 << 63;

/// An integer key with the same order as the values.
fn key(value: f64) -> u64 {
    let bits = value.to_bits();
    if bits & SIGN == 0 { bits | SIGN } else { !bits }
}

fn value_of(key: u64) -> f64 {
    f64::from_bits(if key & SIGN == 0 { !key } else { key & !SIGN })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Compared with sorting, for values of any sign and size, with ties, both few enough to gather and too many.
        #[test]
        fn it_agrees_with_sorting(
            seeds in prop::collection::vec((-3i32..4, any::<f64>()), 1..60), times in 1usize..200, at in 0.0..1.0f64,
        ) {
            let once = seeds.iter().map(|&(whole, any)| if any.is_finite() && any > 0.0 { any } else { f64::from(whole) });
            let once: Vec<f64> = once.collect();
            let values: Vec<f64> = (0..times).flat_map(|n| once.iter().map(move |x| x * (1.0 + (n % 7) as f64))).collect();
            prop_assume!(values.iter().all(|x| x.is_finite()));
            let rank = 1 + (at * values.len() as f64) as usize;
            let found = nth_smallest(&values, rank);
            let mut sorted = values;
            sorted.sort_by(f64::total_cmp);
            prop_assert_eq!(found.to_bits(), sorted[rank - 1].to_bits());
        }
    }

    /// 3000 equal values stay together down to the last bit.
    #[test]
    fn ties_beyond_what_is_gathered_are_found() {
        let mut values = vec![0.0; 3000];
        values.extend((1..=3000).map(f64::from));
        assert_eq!([1, 3000, 3001, 6000].map(|rank| nth_smallest(&values, rank)), [0.0, 0.0, 1.0, 3000.0]);
    }
}

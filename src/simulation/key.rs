//! Hash keys of remembered states.

use std::hash::Hasher;

/// A hash of 128 bits: among a billion distinct states, the probability that any two collide is below 10⁻²⁰.
#[derive(Debug, Clone, Copy)]
pub(super) struct StateKey(pub(super) u128);

impl StateKey {
    #[inline]
    pub(super) fn add(&mut self, word: u64) {
        // The multiplier of PCG64 (O'Neill 2014).
        const MULTIPLIER: u128 = 0x2360_ed05_1fc6_5da4_4385_df64_9fcc_f645;
        self.0 = (self.0 ^ u128::from(word)).wrapping_mul(MULTIPLIER);
        self.0 ^= self.0 >> 71;
    }
}

/// A hasher for keys that are hashes already.
#[derive(Debug, Default)]
pub(super) struct Folded(u64);

impl Hasher for Folded {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = self.0.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u128(&mut self, key: u128) {
        self.0 = key as u64 ^ (key >> 64) as u64;
    }
}

//! Philox 4x32-10, a counter-based generator: every draw has an address, so no draw depends on another.
//!
//! Salmon, Moraes, Dror and Shaw (2011), "Parallel random numbers: as easy as 1, 2, 3", SC11.

use rand::rand_core::{Infallible, TryRng};

const MULTIPLIER_0: u32 = 0xD251_1F53;
const MULTIPLIER_1: u32 = 0xCD9E_8D57;
const WEYL_0: u32 = 0x9E37_79B9;
const WEYL_1: u32 = 0xBB67_AE85;
const ROUNDS: usize = 10;

/// One block of four words for a counter and a key.
#[must_use]
pub fn philox4x32(mut counter: [u32; 4], mut key: [u32; 2]) -> [u32; 4] {
    for _ in 0..ROUNDS {
        let (high_0, low_0) = multiply(MULTIPLIER_0, counter[0]);
        let (high_1, low_1) = multiply(MULTIPLIER_1, counter[2]);
        counter = [high_1 ^ counter[1] ^ key[0], low_1, high_0 ^ counter[3] ^ key[1], low_0];
        key = [key[0].wrapping_add(WEYL_0), key[1].wrapping_add(WEYL_1)];
    }
    counter
}

fn multiply(a: u32, b: u32) -> (u32, u32) {
    let product = u64::from(a) * u64::from(b);
    ((product >> 32) as u32, product as u32)
}

/// A stream of words at one address.
#[derive(Debug, Clone)]
pub struct Stream {
    key: [u32; 2],
    /// The last word is the block counter.
    counter: [u32; 4],
    block: [u32; 4],
    used: usize,
}

impl Stream {
    /// The stream at (key, trial, occurrence). Different addresses share none of their first 2^32 blocks.
    ///
    /// # Panics
    /// When the trial is 2^32 or more.
    #[must_use]
    pub fn new(key: u64, trial: u64, occurrence: u64) -> Self {
        let trial = u32::try_from(trial).expect("fewer than 2^32 trials");
        Self {
            key: [key as u32, (key >> 32) as u32],
            counter: [trial, occurrence as u32, (occurrence >> 32) as u32, 0],
            block: [0; 4],
            used: 4,
        }
    }

    fn word(&mut self) -> u32 {
        if self.used == self.block.len() {
            self.block = philox4x32(self.counter, self.key);
            self.counter[3] = self.counter[3].wrapping_add(1);
            self.used = 0;
        }
        self.used += 1;
        self.block[self.used - 1]
    }
}

impl TryRng for Stream {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.word())
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let low = u64::from(self.word());
        Ok(u64::from(self.word()) << 32 | low)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(4) {
            chunk.copy_from_slice(&self.word().to_le_bytes()[..chunk.len()]);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Known answers of the Random123 distribution, `kat_vectors`, philox4x32 10.
    #[test]
    fn it_gives_the_known_answers_of_random123() {
        assert_eq!(philox4x32([0; 4], [0; 2]), [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
        assert_eq!(
            philox4x32([u32::MAX; 4], [u32::MAX; 2]),
            [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
        );
        assert_eq!(
            philox4x32([0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0]),
            [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
        );
    }

    #[test]
    fn addresses_give_different_streams_and_the_same_address_the_same() {
        let first = |key, trial, occurrence| Stream::new(key, trial, occurrence).word();
        assert_eq!(first(1, 2, 3), first(1, 2, 3));
        let addresses =
            [(1, 2, 0), (2, 1, 0), (1, 3, 0), (1, 2, 1), (1, 2, 1 << 32), (1 << 32, 2, 0), (1, 0, 2)];
        let mut words: Vec<u32> = addresses.map(|(key, trial, n)| first(key, trial, n)).into();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), addresses.len());
    }
}

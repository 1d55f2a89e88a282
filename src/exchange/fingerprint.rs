//! One number for everything that a study's numbers depend on but seed, rates and trials.

use std::fmt::{self, Write};

use crate::model::instance::Instance;

/// FNV-1a, 128 bits (Fowler, Noll, Vo): against mistakes, not against malice.
struct Fnv(u128);

const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;

impl Write for Fnv {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            self.0 = (self.0 ^ u128::from(byte)).wrapping_mul(PRIME);
        }
        Ok(())
    }
}

/// The program, with the version that its numbers may depend on.
#[must_use]
pub fn program() -> String {
    format!("multipolar {}", env!("CARGO_PKG_VERSION"))
}

/// Fingerprint of a portfolio with its catalog and jurisdictions, and of the program: 32 hexadecimal digits.
///
/// The instance is sorted, so the order of entries in catalog and jurisdictions does not count.
#[must_use]
pub fn fingerprint(instance: &Instance) -> String {
    let mut hash = Fnv(OFFSET);
    // Every number of the text reads back exactly, so instances that differ have different texts. Nothing here can fail.
    let _ = write!(hash, "{} {instance:?}", program());
    format!("{:032x}", hash.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Published value of the 128-bit FNV-1a of `foobar`.
    #[test]
    fn the_hash_is_the_published_one() {
        let mut hash = Fnv(OFFSET);
        hash.write_str("foobar").unwrap();
        assert_eq!(format!("{:032x}", hash.0), "343e1662793c64bf6f0d3597ba446f18");
    }
}

//! A fingerprint of everything that results depend on, except seed, rates and trials.

use std::fmt::{self, Write};

use crate::model::catalog::Catalog;
use crate::model::instance::Instance;

/// FNV-1a, 128 bits (Fowler, Noll, Vo): protects against mistakes, not against tampering.
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

/// Name and version of the program; results may depend on the version.
#[must_use]
pub fn program() -> String {
    format!("multipolar {}", env!("CARGO_PKG_VERSION"))
}

/// Fingerprint of a portfolio with its catalog and jurisdictions, and of the program: 32 hexadecimal digits.
///
/// Every list is sorted, so the order of entries in the files does not matter.
#[must_use]
pub fn fingerprint(instance: &Instance) -> String {
    let mut hash = Fnv(OFFSET);
    let mut instance = instance.clone();
    // What these say is in the instance's own lists, sorted.
    instance.portfolio.catalog = Catalog::default();
    instance.portfolio.workloads.clear();
    instance.portfolio.limits.iter_mut().for_each(|limit| limit.place = 0);
    // Every number reads back exactly from the text, so different instances have different texts. Hashing cannot fail.
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

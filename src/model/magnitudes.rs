//! How large and how small the numbers of a file may be: the one place of these bounds, each with its unit.
//!
//! Between them there is room for anything that exists. Beyond them a number is a slip of the unit, and it would ruin
//! the linear programs, whose solvers know no more than about fifteen digits, and the exact sums of losses.

/// The numbers that one quantity may have.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Magnitude {
    /// Smallest number, 0 apart.
    pub least: f64,
    /// Largest number.
    pub most: f64,
    /// Whether 0 is allowed although it is less than `least`.
    pub may_be_zero: bool,
    /// What the number counts, in the plural, for messages; empty for a factor.
    pub unit: &'static str,
}

/// Demand and declared capacity. The largest providers write about 1e9 million tokens a month for all their customers.
pub const MTOK_PER_MONTH: Magnitude =
    Magnitude { least: 1e-6, most: 1e10, may_be_zero: true, unit: "million tokens a month" };

/// Capacity of one replica. A machine that writes one token in 25 seconds makes 0.1 million in a month.
pub const REPLICA_MTOK_PER_MONTH: Magnitude = Magnitude { least: 0.1, may_be_zero: false, ..MTOK_PER_MONTH };

/// Price by the token. The dearest listed model costs less than a thousand.
pub const USD_PER_MTOK: Magnitude =
    Magnitude { least: 1e-6, most: 1e5, may_be_zero: true, unit: "USD a million tokens" };

/// Any amount of money: costs, fees, bounds of limits. A trillion is more than any company turns over in a year.
pub const USD: Magnitude = Magnitude { least: 0.01, most: 1e12, may_be_zero: true, unit: "USD" };

/// Rent of one replica. A billion a month is more than the largest data center costs.
pub const REPLICA_USD_PER_MONTH: Magnitude = Magnitude { most: 1e9, unit: "USD a month", ..USD };

/// Worth of one unit of a currency. Of those in use, the smallest is worth some 1e-6 USD.
pub const USD_PER_CURRENCY_UNIT: Magnitude =
    Magnitude { least: 1e-9, most: 1e9, may_be_zero: false, unit: "USD for one unit of the currency" };

/// Factor on prices.
pub const PRICE_FACTOR: Magnitude = Magnitude { least: 1e-3, most: 1e3, may_be_zero: false, unit: "" };

/// Load above a primary's own share, as a part of that share.
pub const SURGE: Magnitude = Magnitude { least: 1e-6, most: 1e3, may_be_zero: true, unit: "" };

/// Capability, its error and its drift. Ratings of models have four digits.
pub const POINTS: Magnitude = Magnitude { least: 1e-6, most: 1e6, may_be_zero: true, unit: "points" };

/// Events that were counted.
pub const EVENTS: Magnitude = Magnitude { least: 1e-3, most: 1e9, may_be_zero: true, unit: "events" };

/// Years in which events were counted. Less than half a day observes nothing.
pub const YEARS: Magnitude = Magnitude { least: 1e-3, most: 1e6, may_be_zero: false, unit: "years" };

/// Keys of a dimension that a limit may ask for.
pub const KEYS: Magnitude = Magnitude { least: 1.0, most: 1e4, may_be_zero: false, unit: "keys" };

/// Size of a model. The largest has a few thousand billion parameters.
pub const BILLION_PARAMETERS: Magnitude =
    Magnitude { least: 1e-6, most: 1e9, may_be_zero: false, unit: "billion parameters" };

impl Magnitude {
    /// Whether the quantity may have this value. NaN and infinity are never allowed.
    #[must_use]
    pub fn allows(&self, value: f64) -> bool {
        (self.least..=self.most).contains(&value) || (self.may_be_zero && value == 0.0)
    }

    /// The allowed numbers in words, such as `0, or from 0.01 to 1e12 USD`.
    #[must_use]
    pub fn words(&self) -> String {
        let zero = if self.may_be_zero { "0, or " } else { "" };
        let (least, most) = (number(self.least), number(self.most));
        format!("{zero}from {least} to {most} {}", self.unit).trim_end().to_owned()
    }
}

/// A bound as a reader would write it: powers of ten where zeros would have to be counted.
fn number(bound: f64) -> String {
    if (1e-3..1e5).contains(&bound) { bound.to_string() } else { format!("{bound:e}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bounds_themselves_are_allowed_and_what_lies_beyond_is_not() {
        for inside in [0.0, 0.01, 1e12] {
            assert!(USD.allows(inside), "{inside}");
        }
        for outside in [-0.01, 0.009, 1.1e12, f64::NAN, f64::INFINITY] {
            assert!(!USD.allows(outside), "{outside}");
        }
        assert!(!REPLICA_MTOK_PER_MONTH.allows(0.0) && REPLICA_MTOK_PER_MONTH.allows(0.1));
    }

    #[test]
    fn the_words_say_the_bounds_and_the_unit() {
        assert_eq!(USD.words(), "0, or from 0.01 to 1e12 USD");
        assert_eq!(PRICE_FACTOR.words(), "from 0.001 to 1000");
        assert_eq!(USD_PER_MTOK.words(), "0, or from 1e-6 to 1e5 USD a million tokens");
    }
}

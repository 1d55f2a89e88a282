//! Today's date, the only use of the clock: it decides which exceptions to limits have expired.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Today in UTC.
#[must_use]
pub(super) fn today() -> Date {
    TimeZone::UTC.to_datetime(Timestamp::now()).date()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    /// The clock shows a date after this test was written.
    #[test]
    fn today_is_between_2026_and_2200() {
        assert!((date(2026, 1, 1)..date(2200, 1, 1)).contains(&today()));
    }
}

//! Today's date, the only thing the clock is asked for: it decides which exceptions to limits have ended.

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

    /// The clock of whoever runs this is not before this was written.
    #[test]
    fn today_is_a_day_of_our_time() {
        assert!((date(2026, 1, 1)..date(2200, 1, 1)).contains(&today()));
    }
}

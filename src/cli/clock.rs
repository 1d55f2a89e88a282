//! The clock. Today's date decides which exceptions to limits have expired; the time stands in the manifest of a report.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Unit};

/// Today in UTC.
#[must_use]
pub(super) fn today() -> Date {
    TimeZone::UTC.to_datetime(Timestamp::now()).date()
}

/// The instant, in UTC to the second: `2026-11-30T09:15:00Z`.
#[must_use]
pub(super) fn now() -> String {
    let now = Timestamp::now();
    now.round(Unit::Second).unwrap_or(now).to_string()
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

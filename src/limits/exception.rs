//! Exceptions to limits, and whether they still hold.

use crate::model::limit::Accepted;

/// An exception as of today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    pub by: String,
    /// Last day on which it holds, `YYYY-MM-DD`.
    pub until: String,
    pub reason: String,
    pub is_valid: bool,
}

impl Exception {
    /// Compares the last day with today; a date that is none makes the exception void.
    pub(super) fn new(accepted: &Accepted, today: &str) -> Self {
        let is_valid = match (date(&accepted.until), date(today)) {
            (Some(until), Some(today)) => today <= until,
            _ => false,
        };
        Self {
            by: accepted.by.clone(),
            until: accepted.until.clone(),
            reason: accepted.reason.clone(),
            is_valid,
        }
    }
}

/// Year, month and day of `YYYY-MM-DD`.
fn date(text: &str) -> Option<(u16, u8, u8)> {
    let mut parts = text.trim().splitn(3, '-');
    let (year, month, day) =
        (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    ((1..=12).contains(&month) && (1..=31).contains(&day)).then_some((year, month, day))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_valid(until: &str, today: &str) -> bool {
        let accepted = Accepted { by: "board".to_owned(), until: until.to_owned(), reason: String::new() };
        Exception::new(&accepted, today).is_valid
    }

    #[test]
    fn an_exception_holds_on_its_last_day_and_not_after() {
        assert!(is_valid("2026-12-31", "2026-12-31"));
        assert!(is_valid("2027-01-01", "2026-12-31"));
        assert!(!is_valid("2026-12-31", "2027-01-01"));
        assert!(!is_valid("2026-09-30", "2026-10-01"));
    }

    #[test]
    fn a_date_that_is_none_voids_the_exception() {
        for until in ["", "soon", "2026", "2026-13-01", "2026-12-32", "2026-12-31x"] {
            assert!(!is_valid(until, "2026-01-01"), "{until}");
        }
        assert!(!is_valid("2026-12-31", "today"));
    }
}

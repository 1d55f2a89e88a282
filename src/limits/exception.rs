//! Exceptions to limits, and whether they are still valid.

use jiff::civil::Date;

use crate::model::limit::Accepted;

/// An accepted exception, judged on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    pub by: String,
    /// Last day on which it is valid.
    pub until: Date,
    pub reason: String,
    pub is_valid: bool,
}

impl Exception {
    /// Judges an exception on a day; without a day it is not valid.
    pub(super) fn new(accepted: &Accepted, today: Option<Date>) -> Self {
        Self {
            by: accepted.by.clone(),
            until: accepted.until,
            reason: accepted.reason.clone(),
            is_valid: today.is_some_and(|today| today <= accepted.until),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::date::parse_day;

    fn is_valid(until: &str, today: &str) -> bool {
        let until = parse_day(until).unwrap();
        let accepted = Accepted { by: "board".to_owned(), until, reason: String::new() };
        Exception::new(&accepted, Some(parse_day(today).unwrap())).is_valid
    }

    #[test]
    fn an_exception_is_valid_on_its_last_day_and_not_after() {
        assert!(is_valid("2026-12-31", "2026-12-31"));
        assert!(is_valid("2027-01-01", "2026-12-31"));
        assert!(!is_valid("2026-12-31", "2027-01-01"));
        assert!(!is_valid("2026-09-30", "2026-10-01"));
    }

    #[test]
    fn without_a_day_no_exception_is_valid() {
        let until = parse_day("9999-12-31").unwrap();
        let accepted = Accepted { by: "board".to_owned(), until, reason: String::new() };
        assert!(!Exception::new(&accepted, None).is_valid);
    }
}

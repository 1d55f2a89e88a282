//! Dates of the calendar and their written form (`2026`, `2026-10`, `2026-10-31`).

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Serialize, Serializer};

const DAY_FORM: &str = "YYYY-MM-DD";
const DATE_FORMS: &str = "YYYY, YYYY-MM or YYYY-MM-DD";

/// Why a text is not a date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DateError {
    /// The text has another form, or is less exact than required. `forms`: what is allowed.
    #[error("'{text}' is not a date: write {forms}")]
    Malformed { text: String, forms: &'static str },
    /// The month or day does not exist. `range`: which do.
    #[error("'{text}' is not in the calendar: {range}")]
    NotInCalendar { text: String, range: String },
}

/// How exact a date is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Precision {
    Year,
    Month,
    Day,
}

/// A year, a month or a day. It sorts by its first day, the coarser first, and prints as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PartialDate {
    first_day: Date,
    precision: Precision,
}

impl PartialDate {
    /// The day itself, or the first one of its month or year.
    #[must_use]
    pub fn first_day(self) -> Date {
        self.first_day
    }
}

impl From<Date> for PartialDate {
    fn from(day: Date) -> Self {
        Self { first_day: day, precision: Precision::Day }
    }
}

impl FromStr for PartialDate {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        let parts: Vec<&str> = text.split('-').collect();
        let written = match parts[..] {
            [year] => Some((Precision::Year, [year, "01", "01"])),
            [year, month] => Some((Precision::Month, [year, month, "01"])),
            [year, month, day] => Some((Precision::Day, [year, month, day])),
            _ => None,
        };
        let numbers = written.and_then(|(precision, [year, month, day])| {
            Some((precision, digits(year, 4)?, digits(month, 2)? as i8, digits(day, 2)? as i8))
        });
        let (precision, year, month, day) =
            numbers.ok_or_else(|| DateError::Malformed { text: text.to_owned(), forms: DATE_FORMS })?;
        let first_day = Date::new(year, month, day)
            .map_err(|_| DateError::NotInCalendar { text: text.to_owned(), range: range(year, month) })?;
        Ok(Self { first_day, precision })
    }
}

/// Which days the month has; if there is no such month, which months there are.
fn range(year: i16, month: i8) -> String {
    Date::new(year, month, 1).map_or_else(
        |_| "months go from 01 to 12".to_owned(),
        |first| format!("the days of that month go from 01 to {}", first.days_in_month()),
    )
}

/// The number in a text of exactly `n_digits` digits.
fn digits(text: &str, n_digits: usize) -> Option<i16> {
    let is_number = text.len() == n_digits && text.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = (self.first_day.year(), self.first_day.month(), self.first_day.day());
        match self.precision {
            Precision::Year => write!(f, "{year:04}"),
            Precision::Month => write!(f, "{year:04}-{month:02}"),
            Precision::Day => write!(f, "{year:04}-{month:02}-{day:02}"),
        }
    }
}

impl Serialize for PartialDate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Whole days from one day to another; negative when `to` is the earlier.
#[must_use]
pub fn days_between(from: Date, to: Date) -> f64 {
    (to.duration_since(from).as_hours() / 24) as f64
}

/// Reads a day, `2026-10-31`.
///
/// # Errors
/// [`DateError::Malformed`] when the text has another form, such as that of a year or month;
/// [`DateError::NotInCalendar`] when there is no such day.
pub fn parse_day(text: &str) -> Result<Date, DateError> {
    match text.parse() {
        Ok(PartialDate { first_day, precision: Precision::Day }) => Ok(first_day),
        Err(error @ DateError::NotInCalendar { .. }) => Err(error),
        Ok(_) | Err(DateError::Malformed { .. }) => {
            Err(DateError::Malformed { text: text.to_owned(), forms: DAY_FORM })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_prints_as_it_was_written() {
        for text in ["2026", "2026-10", "2026-10-31", "2024-02-29", "2000-02-29", "0000", "9999-12-31"] {
            assert_eq!(text.parse::<PartialDate>().map(|date| date.to_string()), Ok(text.to_owned()));
        }
        assert_eq!(parse_day("2026-10-31").unwrap().to_string(), "2026-10-31");
    }

    #[track_caller]
    fn message(text: &str) -> String {
        text.parse::<PartialDate>().unwrap_err().to_string()
    }

    /// Every fourth year has a 29 February, but of the years divisible by 100 only every fourth.
    #[test]
    fn what_is_not_in_the_calendar_is_refused() {
        for (text, days) in [
            ("2026-02-29", 28),
            ("2026-02-31", 28),
            ("1900-02-29", 28),
            ("2024-02-30", 29),
            ("2026-04-31", 30),
            ("2026-01-00", 31),
        ] {
            let expected =
                format!("'{text}' is not in the calendar: the days of that month go from 01 to {days}");
            assert_eq!(message(text), expected);
            assert_eq!(parse_day(text).unwrap_err().to_string(), expected);
        }
        for text in ["2026-13", "2026-00", "2026-13-01"] {
            assert_eq!(message(text), format!("'{text}' is not in the calendar: months go from 01 to 12"));
        }
    }

    #[test]
    fn what_has_another_form_is_refused() {
        for text in [
            "",
            "26",
            "soon",
            "20260",
            "2026-1-1",
            "2026-10-31-1",
            "2026-10-",
            "+026",
            "-2026",
            " 2026",
            "31.12.2026",
            "20261231",
            "2026-12-31T00:00",
            "２０２６",
        ] {
            assert_eq!(message(text), format!("'{text}' is not a date: write YYYY, YYYY-MM or YYYY-MM-DD"));
            let day = parse_day(text).unwrap_err().to_string();
            assert_eq!(day, format!("'{text}' is not a date: write YYYY-MM-DD"));
        }
    }

    #[test]
    fn a_year_or_month_has_a_first_day_but_is_not_a_day() {
        for (text, first_day) in
            [("2026", "2026-01-01"), ("2026-10", "2026-10-01"), ("2026-10-31", "2026-10-31")]
        {
            assert_eq!(text.parse::<PartialDate>().map(PartialDate::first_day), parse_day(first_day));
        }
        let message = parse_day("2026-10").unwrap_err().to_string();
        assert_eq!(message, "'2026-10' is not a date: write YYYY-MM-DD");
    }

    #[test]
    fn dates_sort_by_their_first_day_and_the_coarser_first() {
        let written = ["2025-12-31", "2026", "2026-01", "2026-01-01", "2026-01-02", "2026-02"];
        let dates = written.map(|text| text.parse::<PartialDate>().unwrap());
        assert!(dates.is_sorted());
    }
}

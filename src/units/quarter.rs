//! Quarters of the calendar year and their written form (`2026Q4`).

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;

/// A quarter of a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Quarter {
    year: i16,
    /// 1 to 4.
    number: i8,
}

/// A text that is not a quarter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{text}' is not a quarter: write the year, Q, and 1 to 4, such as 2026Q4")]
pub struct QuarterError {
    pub text: String,
}

impl Quarter {
    /// The quarter of a day.
    #[must_use]
    pub fn of(day: Date) -> Self {
        Self { year: day.year(), number: (day.month() - 1) / 3 + 1 }
    }
}

impl FromStr for Quarter {
    type Err = QuarterError;

    fn from_str(text: &str) -> Result<Self, QuarterError> {
        let is_year = |year: &str| year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit());
        let parts = text.split_once('Q').filter(|(year, _)| is_year(year));
        let number = |text: &str| ["1", "2", "3", "4"].iter().position(|known| *known == text);
        let quarter = parts.and_then(|(year, quarter)| {
            Some(Self { year: year.parse().ok()?, number: number(quarter)? as i8 + 1 })
        });
        quarter.ok_or_else(|| QuarterError { text: text.to_owned() })
    }
}

impl fmt::Display for Quarter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}Q{}", self.year, self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_quarter_prints_as_it_was_written_and_sorts_by_time() {
        let quarters = ["2025Q4", "2026Q1", "2026Q2", "2026Q3", "2026Q4", "2027Q1"];
        let read = quarters.map(|text| text.parse::<Quarter>().unwrap());
        assert_eq!(read.map(|quarter| quarter.to_string()), quarters);
        assert!(read.is_sorted());
        for text in [
            "", "2026", "2026Q0", "2026Q5", "2026q4", "26Q4", "2026Q41", "+026Q4", "2026-Q4", "../Q4",
            " 2026Q4",
        ] {
            assert!(text.parse::<Quarter>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_day_is_in_the_quarter_of_its_month() {
        for (month, day, expected) in [
            (1, 1, "2026Q1"),
            (3, 31, "2026Q1"),
            (4, 1, "2026Q2"),
            (9, 30, "2026Q3"),
            (10, 1, "2026Q4"),
            (12, 31, "2026Q4"),
        ] {
            assert_eq!(Quarter::of(date(2026, month, day)).to_string(), expected);
        }
    }
}

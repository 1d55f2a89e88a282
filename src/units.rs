//! Units of time and their written form (`4h`, `30d`, `2w`, `1y`).

pub mod date;
pub mod quarter;

/// Days per year, by convention.
pub const DAYS_PER_YEAR: f64 = 365.0;

/// Days per month, by convention: 365/12.
pub const DAYS_PER_MONTH: f64 = DAYS_PER_YEAR / MONTHS_PER_YEAR;

/// Months in a year.
pub const MONTHS_PER_YEAR: f64 = 12.0;

/// Hours in a day.
pub const HOURS_PER_DAY: f64 = 24.0;

/// Why a text is not a duration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DurationError {
    /// No unit, an unknown unit, or no number before it.
    #[error("'{0}' is not a duration: write a number and one of h, d, w, y, such as 4h, 30d, 2w, 1y")]
    Malformed(String),
    /// Negative or not finite.
    #[error("'{0}' is not a duration: it must be zero or more, and finite")]
    OutOfRange(String),
}

/// Reads a duration; returns days, ≥ 0 and finite.
///
/// # Errors
/// [`DurationError::Malformed`] when the text is not a number followed by `h`, `d`, `w` or `y`;
/// [`DurationError::OutOfRange`] when it is negative or not finite.
pub fn parse_days(text: &str) -> Result<f64, DurationError> {
    let malformed = || DurationError::Malformed(text.to_owned());
    let trimmed = text.trim();
    let unit = trimmed.chars().last().ok_or_else(malformed)?;
    let days_per_unit = match unit {
        'h' => 1.0 / HOURS_PER_DAY,
        'd' => 1.0,
        'w' => 7.0,
        'y' => DAYS_PER_YEAR,
        _ => return Err(malformed()),
    };
    let number = trimmed[..trimmed.len() - unit.len_utf8()].trim_end();
    if !number.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-' | '+' | 'e' | 'E')) {
        return Err(malformed());
    }
    let amount: f64 = number.parse().map_err(|_| malformed())?;
    let days = amount * days_per_unit;
    if !days.is_finite() || days < 0.0 {
        return Err(DurationError::OutOfRange(text.to_owned()));
    }
    Ok(days)
}

/// Writes days in the largest unit that keeps the number whole, else in days with one decimal.
#[must_use]
pub fn format_days(days: f64) -> String {
    let whole = |x: f64| (x - x.round()).abs() < 1e-9;
    if days > 0.0 && whole(days / DAYS_PER_YEAR) {
        format!("{:.0}y", days / DAYS_PER_YEAR)
    } else if whole(days) {
        format!("{days:.0}d")
    } else if days < 2.0 && whole(days * 24.0) {
        format!("{:.0}h", days * 24.0)
    } else {
        format!("{days:.1}d")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_unit_is_worth_its_days() {
        assert_eq!(parse_days("4h"), Ok(4.0 / 24.0));
        assert_eq!(parse_days("30d"), Ok(30.0));
        assert_eq!(parse_days("2w"), Ok(14.0));
        assert_eq!(parse_days("1y"), Ok(365.0));
        assert_eq!(parse_days("0d"), Ok(0.0));
        assert_eq!(parse_days("1.5d"), Ok(1.5));
    }

    #[test]
    fn what_is_not_a_duration_is_refused() {
        for text in ["", "d", "30", "30m", "thirty d", "infd", "nand", "1d2h", "д"] {
            assert!(matches!(parse_days(text), Err(DurationError::Malformed(_))), "{text}");
        }
        for text in ["-1d", "1e400d"] {
            assert!(matches!(parse_days(text), Err(DurationError::OutOfRange(_))), "{text}");
        }
    }

    #[test]
    fn a_written_duration_reads_back() {
        for text in ["4h", "30d", "1y", "2y", "0d"] {
            assert_eq!(format_days(parse_days(text).unwrap()), text);
        }
        assert_eq!(format_days(18.25), "18.2d");
    }
}

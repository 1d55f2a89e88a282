//! Figures as people read them: money, shares, days, intervals. Files for machines carry the exact numbers instead.

use super::locale::current;
use crate::measures::moments::MeanEstimate;
use crate::measures::{Estimate, NORMAL_97_5};
use crate::units::DAYS_PER_YEAR;

/// What stands for a figure that does not exist.
pub const ABSENT: &str = "–";

/// USD with thousands separators, from a million on with three digits and a unit: `182,340`, `1.82 M`, `12.3 bn`.
#[must_use]
pub fn usd(amount: f64) -> String {
    if !amount.is_finite() {
        return ABSENT.to_owned();
    }
    let sign = if amount <= -0.5 { "-" } else { "" };
    let size = amount.abs();
    match size {
        // Below, three digits would be written as 1000 M and 1000 bn.
        _ if size >= 999.5e6 => format!("{sign}{} bn", three_digits(size / 1e9)),
        _ if size >= 1e6 - 0.5 => format!("{sign}{} M", three_digits(size / 1e6)),
        _ => format!("{sign}{}", with_separators(size.round())),
    }
}

/// USD with its sign, `+` for more: `+1,350`, `-1.82 M`, `±0`.
#[must_use]
pub fn usd_change(amount: f64) -> String {
    if amount.abs() < 0.5 {
        "±0".to_owned()
    } else if amount > 0.0 {
        format!("+{}", usd(amount))
    } else {
        usd(amount)
    }
}

fn three_digits(number: f64) -> String {
    match number {
        _ if number >= 99.95 => with_separators(number.round()),
        _ if number >= 9.995 => decimal(number, 1),
        _ => decimal(number, 2),
    }
}

/// A whole number ≥ 0 with separators between thousands.
fn with_separators(whole: f64) -> String {
    let digits = format!("{whole:.0}");
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(current().separator());
        }
        out.push(digit);
    }
    out
}

/// A count with separators between thousands.
#[must_use]
pub fn count(n: u64) -> String {
    with_separators(n as f64)
}

/// A number of things: `1 host`, `7 hosts`.
#[must_use]
pub fn counted(n: usize, thing: &str) -> String {
    if n == 1 { format!("1 {thing}") } else { format!("{} {thing}s", count(n as u64)) }
}

/// A share in percent: whole above 10 %, one decimal below; what is neither nothing nor everything never reads so.
#[must_use]
pub fn percent(share: f64) -> String {
    let percent = share * 100.0;
    match percent {
        _ if !percent.is_finite() => ABSENT.to_owned(),
        _ if percent < 1e-7 => "0 %".to_owned(),
        _ if percent < 0.05 => format!("< {} %", decimal(0.1, 1)),
        _ if percent < 9.95 => format!("{} %", number(percent)),
        _ if percent > 99.5 && percent < 100.0 - 1e-7 => format!("{} %", decimal(percent.min(99.99), 2)),
        _ => format!("{percent:.0} %"),
    }
}

/// A number with one decimal, none where it is whole.
#[must_use]
pub fn number(x: f64) -> String {
    match x {
        _ if !x.is_finite() => ABSENT.to_owned(),
        _ if (x - x.round()).abs() < 0.05 => format!("{:.0}", x.round() + 0.0),
        _ => decimal(x, 1),
    }
}

/// A number with so many decimals: `0.50`.
#[must_use]
pub fn decimal(x: f64, n_decimals: usize) -> String {
    let text = format!("{x:.n_decimals$}");
    match current().decimal_mark() {
        '.' => text,
        mark => text.replace('.', mark.encode_utf8(&mut [0; 4])),
    }
}

/// Months until a change is paid back, as a column shows them: `3.0`, `24.8`.
#[must_use]
pub fn payback(months: Option<f64>) -> String {
    months.map_or_else(|| ABSENT.to_owned(), |months| decimal(months, 1))
}

/// A time in words: `at once`, `4 hours`, `1 day`, `18 days`, `2 years`.
#[must_use]
pub fn days(days: f64) -> String {
    let counted = |n: f64, unit: &str| {
        let n = number(n);
        if n == "1" { format!("1 {unit}") } else { format!("{n} {unit}s") }
    };
    match days {
        _ if !days.is_finite() => "never".to_owned(),
        _ if days <= 0.0 => "at once".to_owned(),
        _ if days < 1.0 - 1e-9 => counted(days * 24.0, "hour"),
        _ if days >= 2.0 * DAYS_PER_YEAR => counted(days / DAYS_PER_YEAR, "year"),
        _ => counted(days, "day"),
    }
}

/// A mean with its 95 % interval.
#[must_use]
pub fn mean_interval(mean: &MeanEstimate) -> Estimate {
    let half = mean.std_error.map(|error| NORMAL_97_5 * error);
    Estimate { value: mean.value, low: half.map(|h| mean.value - h), high: half.map(|h| mean.value + h) }
}

/// A confidence level as a key of JSON and a word of tables: `0.95`, `0.995`.
#[must_use]
pub fn level(confidence_level: f64) -> String {
    let text = format!("{confidence_level}");
    // The documents write 0.90 with two decimals.
    if text.len() == 3 { format!("{text}0") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_reads_at_every_size() {
        for (amount, text) in [
            (0.0, "0"),
            (-0.2, "0"),
            (4.4, "4"),
            (999.6, "1,000"),
            (182_340.0, "182,340"),
            (999_999.4, "999,999"),
            (999_999.7, "1.00 M"),
            (1_821_000.0, "1.82 M"),
            (9_996_000.0, "10.0 M"),
            (123_456_000.0, "123 M"),
            (999_600_000.0, "1.00 bn"),
            (-1_821_000.0, "-1.82 M"),
            (2.5e13, "25,000 bn"),
            (f64::INFINITY, ABSENT),
        ] {
            assert_eq!(usd(amount), text, "{amount}");
        }
        assert_eq!((usd_change(1350.0), usd_change(-0.1)), ("+1,350".to_owned(), "±0".to_owned()));
    }

    #[test]
    fn a_share_that_is_not_all_or_nothing_does_not_read_so() {
        for (share, text) in [
            (0.0, "0 %"),
            (0.0001, "< 0.1 %"),
            (0.042, "4.2 %"),
            (0.05, "5 %"),
            (0.82, "82 %"),
            (0.99997, "99.99 %"),
            (0.9967, "99.67 %"),
            (1.0, "100 %"),
            (1.0 - 1e-12, "100 %"),
        ] {
            assert_eq!(percent(share), text, "{share}");
        }
    }

    #[test]
    fn times_read_in_the_unit_that_fits() {
        for (d, text) in [
            (0.0, "at once"),
            (4.0 / 24.0, "4 hours"),
            (1.0 / 24.0, "1 hour"),
            (1.0, "1 day"),
            (18.0, "18 days"),
            (6.5, "6.5 days"),
            (365.0, "365 days"),
            (729.0, "729 days"),
            (730.0, "2 years"),
            (1085.0, "3 years"),
            (f64::INFINITY, "never"),
        ] {
            assert_eq!(days(d), text, "{d}");
        }
    }

    #[test]
    fn one_thing_is_no_plural() {
        assert_eq!([0, 1, 1200].map(|n| counted(n, "host")), ["0 hosts", "1 host", "1,200 hosts"]);
    }

    #[test]
    fn levels_are_written_with_two_digits_or_more() {
        assert_eq!([0.9, 0.95, 0.99, 0.995].map(level), ["0.90", "0.95", "0.99", "0.995"]);
    }
}

//! Values of flags: numbers in their range, shares, days.

use jiff::civil::Date;

use crate::stress::reverse::MOST_SHOCKS;
use crate::study::simulate::{MAX_TRIALS, Shard};
use crate::units::date::{PartialDate, parse_day};
use crate::units::parse_days;
use crate::units::quarter::{Quarter, QuarterError};

/// Largest number of workloads, offers or countries of a generated portfolio.
const MAX_SIZE: u64 = 100_000;

/// Largest number of sets of shocks that are listed.
const MAX_SETS: usize = 10_000;

/// Largest weight of an enabler.
const MAX_WEIGHT: f64 = 1e6;

/// Most characters of a name that is given on the command line.
const MAX_TEXT: usize = 200;

/// Largest number of threads.
const MAX_THREADS: usize = 1024;

pub(super) fn threads(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(n) if (1..=MAX_THREADS).contains(&n) => Ok(n),
        _ => Err(format!("write a number from 1 to {MAX_THREADS}")),
    }
}

/// A number of bytes with its unit.
pub(super) fn bytes(text: &str) -> Result<u64, String> {
    const UNITS: [(&str, f64); 9] = [
        ("KIB", 1024.0),
        ("MIB", 1_048_576.0),
        ("GIB", 1_073_741_824.0),
        ("TIB", 1_099_511_627_776.0),
        ("KB", 1e3),
        ("MB", 1e6),
        ("GB", 1e9),
        ("TB", 1e12),
        ("B", 1.0),
    ];
    let typed = text.trim().to_ascii_uppercase();
    let unit = UNITS.into_iter().find_map(|(unit, times)| Some((typed.strip_suffix(unit)?, times)));
    let amount = unit.and_then(|(number, times)| Some(number.trim_end().parse::<f64>().ok()? * times));
    let amount = amount.filter(|bytes| (1.0..1e18).contains(bytes));
    amount
        .map(|bytes| bytes as u64)
        .ok_or_else(|| "write a size with its unit, such as 500MB, 2GB or 1.5GiB".to_owned())
}

pub(super) fn size(text: &str) -> Result<usize, String> {
    let size = text.parse().ok().filter(|n| (1..=MAX_SIZE).contains(n));
    size.map(|n| n as usize).ok_or_else(|| format!("write a number from 1 to {MAX_SIZE}"))
}

pub(super) fn size_pair(text: &str) -> Result<(usize, usize), String> {
    let (workloads, offers) = text.split_once(',').ok_or("write two numbers, such as 20,60")?;
    Ok((size(workloads.trim())?, size(offers.trim())?))
}

/// A weight of an enabler: `capital=2`.
pub(super) fn enabler_weight(text: &str) -> Result<(String, f64), String> {
    let said = "write an enabler and its weight, 0 or more, such as capital=2";
    let (enabler, weight) = text.split_once('=').ok_or(said)?;
    let weight = weight.trim().parse().ok().filter(|w| (0.0..=MAX_WEIGHT).contains(w)).ok_or(said)?;
    Ok((enabler.trim().to_owned(), weight))
}

/// A day, or the first day of a month or year.
pub(super) fn any_date(text: &str) -> Result<Date, String> {
    text.parse().map(PartialDate::first_day).map_err(|error| error.to_string())
}

pub(super) fn share(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|x| (0.0..=1.0).contains(x))
        .ok_or_else(|| "write a number from 0 to 1".to_owned())
}

/// An amount above 0, in USD.
pub(super) fn positive_usd(text: &str) -> Result<f64, String> {
    let usd = text.parse().ok().filter(|usd: &f64| usd.is_finite() && *usd > 0.0);
    usd.ok_or_else(|| "write an amount above 0 in USD, such as 5000000 or 5e6".to_owned())
}

pub(super) fn set_size(text: &str) -> Result<usize, String> {
    let size = text.parse().ok().filter(|n| (1..=MOST_SHOCKS).contains(n));
    size.ok_or_else(|| format!("write a number from 1 to {MOST_SHOCKS}"))
}

pub(super) fn n_sets(text: &str) -> Result<usize, String> {
    let n = text.parse().ok().filter(|n| (1..=MAX_SETS).contains(n));
    n.ok_or_else(|| format!("write a number from 1 to {MAX_SETS}"))
}

/// A share above 0, as a number or in percent.
pub(super) fn positive_share(text: &str) -> Result<f64, String> {
    let share = match text.strip_suffix('%') {
        Some(percent) => percent.trim_end().parse().map(|percent: f64| percent / 100.0),
        None => text.parse(),
    };
    let share = share.ok().filter(|share| *share > 0.0 && *share <= 1.0);
    share.ok_or_else(|| "write a share of more than 0 and at most 1, such as 2% or 0.02".to_owned())
}

/// An offer, with a share after `=`.
pub(super) fn offer_share(text: &str) -> Result<(String, Option<f64>), String> {
    match text.rsplit_once('=') {
        None => Ok((text.to_owned(), None)),
        Some((offer, share)) => Ok((offer.to_owned(), Some(positive_share(share)?))),
    }
}

pub(super) fn shard(text: &str) -> Result<Shard, String> {
    let numbers = text.split_once('/').and_then(|(i, n)| Some((i.parse().ok()?, n.parse().ok()?)));
    let shard = numbers.map(|(index, of)| Shard { index, of });
    let shard = shard.filter(|shard| (1..=shard.of).contains(&shard.index) && shard.of <= MAX_TRIALS);
    shard.ok_or_else(|| "write the part and the number of parts, such as 1/3, 2/3 or 3/3".to_owned())
}

pub(super) fn level(text: &str) -> Result<f64, String> {
    let level = text.parse().ok().filter(|x| (0.0..1.0).contains(x));
    level.ok_or_else(|| "write a number of at least 0 and less than 1, such as 0.95".to_owned())
}

pub(super) fn quarter(text: &str) -> Result<Quarter, String> {
    text.parse().map_err(|error: QuarterError| error.to_string())
}

/// A name or another short text in one line.
pub(super) fn short_text(text: &str) -> Result<String, String> {
    let text = text.trim();
    let is_allowed =
        !text.is_empty() && text.chars().count() <= MAX_TEXT && !text.chars().any(char::is_control);
    let text = is_allowed.then(|| text.to_owned());
    text.ok_or_else(|| format!("write one line of at most {MAX_TEXT} characters"))
}

pub(super) fn duration(text: &str) -> Result<f64, String> {
    parse_days(text).map_err(|error| error.to_string())
}

pub(super) fn day(text: &str) -> Result<Date, String> {
    parse_day(text).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_outside_their_range_are_refused() {
        for text in ["-0.1", "1.1", "NaN", "inf", "half", ""] {
            assert!(share(text).is_err(), "{text}");
        }
        assert_eq!((share("0"), share("1")), (Ok(0.0), Ok(1.0)));
        assert!(level("1").is_err());
        assert_eq!(
            (positive_share("2%"), positive_share("0.02"), positive_share("100 %")),
            (Ok(0.02), Ok(0.02), Ok(1.0))
        );
        for text in ["0", "0%", "101%", "-1%", "NaN", "%", "two"] {
            assert!(positive_share(text).is_err(), "{text}");
        }
        assert_eq!((positive_usd("5e6"), positive_usd("0.5")), (Ok(5e6), Ok(0.5)));
        for text in ["0", "-1", "NaN", "inf", "1e999", "five", ""] {
            assert!(positive_usd(text).is_err(), "{text}");
        }
        assert_eq!((set_size("3"), n_sets("50")), (Ok(3), Ok(50)));
        assert!(set_size("0").is_err() && set_size("6").is_err() && n_sets("0").is_err());
        assert_eq!(shard("2/3"), Ok(Shard { index: 2, of: 3 }));
        for text in ["0/3", "4/3", "1/0", "1", "/", "-1/3", "1/3/5", "1/1000000001"] {
            assert!(shard(text).is_err(), "{text}");
        }
        assert_eq!(short_text(" A. Muñoz "), Ok("A. Muñoz".to_owned()));
        for text in ["", "  ", "a\nb", "\u{7}", &"x".repeat(201)] {
            assert!(short_text(text).is_err(), "{text}");
        }
        for text in ["2", "GB", "-1GB", "0MB", "1e40GB", "NaNGB", "2 gigabytes", ""] {
            assert!(bytes(text).is_err(), "{text}");
        }
        assert_eq!(
            (bytes("2GB"), bytes("1.5 GiB"), bytes("500mb")),
            (Ok(2_000_000_000), Ok(1_610_612_736), Ok(500_000_000))
        );
        assert!(threads("0").is_err() && threads("1025").is_err());
        assert_eq!(day("2024-02-29").map(|day| day.to_string()), Ok("2024-02-29".to_owned()));
        for text in
            ["2026-02-31", "2026-02-29", "2026-12", "31.12.2026", "2026-1-1", "today", "+026-01-01", ""]
        {
            assert!(day(text).is_err(), "{text}");
        }
    }
}

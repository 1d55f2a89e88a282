//! Inputs that differ, in words.

use crate::report::figures::{count, days, percent};
use crate::report::selectors::selector_words;
use crate::study::compare::inputs::{InputChange, InputValue};

/// Digits after the point of a number that is no whole one.
const DECIMALS: usize = 4;

/// A number with thousands separators and at most four digits after the point: `1,200`, `0.15`.
#[must_use]
pub fn quantity(x: f64) -> String {
    if !x.is_finite() || x.abs() >= 1e15 {
        return format!("{x}");
    }
    let text = format!("{:.DECIMALS$}", x.abs());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let fraction = fraction.trim_end_matches('0');
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), count);
    let sign = if x < 0.0 && (whole != "0" || !fraction.is_empty()) { "-" } else { "" };
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

/// The value without its unit, and the unit.
fn parts(value: &InputValue) -> (String, &'static str) {
    match value {
        InputValue::Text(text) => (text.clone(), ""),
        InputValue::Number { value, unit } => (quantity(*value), *unit),
        InputValue::Share(share) => (percent(*share), ""),
        InputValue::Days(n) => (if *n == 0.0 { "0 days".to_owned() } else { days(*n) }, ""),
        InputValue::Flag(flag) => (if *flag { "yes" } else { "no" }.to_owned(), ""),
        InputValue::Names(names) if names.is_empty() => ("none".to_owned(), ""),
        InputValue::Names(names) => (names.join(", "), ""),
        InputValue::Shares(shares) => {
            let of = |(name, share): &(String, f64)| format!("{name} {}", percent(*share));
            (shares.iter().map(of).collect::<Vec<_>>().join(", "), "")
        }
        InputValue::Named(name, value) => (format!("{name} {}", with_unit(parts(value))), ""),
        InputValue::Joined(list) => {
            (list.iter().map(|value| with_unit(parts(value))).collect::<Vec<_>>().join(", "), "")
        }
        InputValue::Selectors(list) => {
            (list.iter().map(selector_words).collect::<Vec<_>>().join(" and "), "")
        }
    }
}

/// The same with every digit, for values that read alike otherwise.
fn exact(value: &InputValue) -> (String, &'static str) {
    match value {
        InputValue::Number { value, unit } => (format!("{value}"), *unit),
        InputValue::Share(share) => (format!("{} %", share * 100.0), ""),
        InputValue::Days(n) => (format!("{n} days"), ""),
        InputValue::Shares(shares) => {
            let of = |(name, share): &(String, f64)| format!("{name} {} %", share * 100.0);
            (shares.iter().map(of).collect::<Vec<_>>().join(", "), "")
        }
        InputValue::Named(name, value) => (format!("{name} {}", with_unit(exact(value))), ""),
        InputValue::Joined(list) => {
            (list.iter().map(|value| with_unit(exact(value))).collect::<Vec<_>>().join(", "), "")
        }
        other => parts(other),
    }
}

fn with_unit((text, unit): (String, &str)) -> String {
    if unit.is_empty() { text } else { format!("{text} {unit}") }
}

/// A value as text, and its unit.
type Told = (String, &'static str);

/// Texts of both values, told apart where they differ.
fn pair(change: &InputChange) -> (Option<Told>, Option<Told>) {
    let of = |value: &Option<InputValue>, words: fn(&InputValue) -> Told| value.as_ref().map(words);
    let (from, to) = (of(&change.from, parts), of(&change.to, parts));
    if from == to { (of(&change.from, exact), of(&change.to, exact)) } else { (from, to) }
}

/// Both values with their units.
#[must_use]
pub fn values(change: &InputChange) -> (Option<String>, Option<String>) {
    let (from, to) = pair(change);
    (from.map(with_unit), to.map(with_unit))
}

/// `contact_center: demand 1,200 → 1,500 million tokens a month`.
#[must_use]
pub fn sentence(change: &InputChange) -> String {
    let what = &change.what;
    match pair(change) {
        (None, None) => format!("{what} changed"),
        (None, Some(to)) => format!("{what}: new, {}", with_unit(to)),
        (Some(from), None) => format!("{what}: gone, was {}", with_unit(from)),
        (Some((from, unit)), Some(to)) if unit == to.1 => format!("{what} {from} → {}", with_unit(to)),
        (Some(from), Some(to)) => format!("{what} {} → {}", with_unit(from), with_unit(to)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(what: &str, from: Option<InputValue>, to: Option<InputValue>) -> InputChange {
        InputChange { group: None, what: what.to_owned(), from, to, is_used: true }
    }

    #[test]
    fn a_change_is_a_sentence() {
        let number = |value| Some(InputValue::Number { value, unit: "million tokens a month" });
        for (change, text) in [
            (
                change("contact_center: demand", number(1200.0), number(1500.0)),
                "contact_center: demand 1,200 → 1,500 million tokens a month",
            ),
            (change("workload x", None, number(0.15)), "workload x: new, 0.15 million tokens a month"),
            (change("workload x", number(7.0), None), "workload x: gone, was 7 million tokens a month"),
            (change("shock s: crowding", None, None), "shock s: crowding changed"),
            (
                change("surge", Some(InputValue::Share(0.5)), Some(InputValue::Share(0.500_001))),
                "surge 50 % → 50.0001 %",
            ),
        ] {
            assert_eq!(sentence(&change), text);
        }
    }

    #[test]
    fn numbers_read_at_every_size() {
        for (x, text) in [
            (0.0, "0"),
            (1234567.0, "1,234,567"),
            (0.15, "0.15"),
            (-2.5, "-2.5"),
            (1e16, "10000000000000000"),
            (-0.00001, "0"),
        ] {
            assert_eq!(quantity(x), text);
        }
    }
}

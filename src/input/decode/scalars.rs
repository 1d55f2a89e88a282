//! Decoders of scalars and lists of them: text, numbers in a range, durations, dates, words of a fixed list.

use jiff::civil::Date;

use crate::ids::nearest;
use crate::input::at::At;
use crate::input::diagnostic::quoted;
use crate::input::tree::YamlValue;
use crate::model::magnitudes::Magnitude;
use crate::units::date::{DateError, PartialDate, parse_day};
use crate::units::{DAYS_PER_YEAR, DurationError, parse_days};

/// Words of the files and what they mean.
pub(crate) type Choices<T> = &'static [(&'static str, T)];

/// The numbers a field may hold.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Range {
    allowed: Allowed,
    /// Used instead of a wrong number.
    pub(crate) fallback: f64,
}

#[derive(Debug, Clone, Copy)]
enum Allowed {
    /// Numbers without a unit: which they are, in words, and how to mend another.
    Where { holds: fn(f64) -> bool, words: &'static str, help: &'static str },
    /// The numbers of a quantity.
    Quantity(Magnitude),
}

/// The help for a wrong share.
const SHARES: &str = "write a share as a part of 1: 25 % is 0.25";

impl Range {
    pub(crate) const SHARE: Self = Self::of(|x| (0.0..=1.0).contains(&x), "from 0 to 1", SHARES, 0.0);
    pub(crate) const INSIDE_UNIT: Self =
        Self::of(|x| x > 0.0 && x < 1.0, "more than 0 and less than 1", SHARES, 0.5);
    pub(crate) const POSITIVE_SHARE: Self =
        Self::of(|x| x > 0.0 && x <= 1.0, "more than 0 and at most 1", SHARES, 1.0);
    pub(crate) const BELOW_ONE: Self =
        Self::of(|x| (0.0..1.0).contains(&x), "from 0 to below 1", SHARES, 0.0);
    pub(crate) const NOT_NEGATIVE: Self =
        Self::of(|x| x >= 0.0, "0 or more", "write a number of 0 or more", 0.0);
    /// Arrivals a year; at most one an hour.
    pub(crate) const RATE: Self =
        Self::of(is_rate, "from 0 to 8760 a year", "write how often it happens in a year", 0.0);
    pub(crate) const SIGMA: Self = Self::of(
        |x| (0.0..=10.0).contains(&x),
        "from 0 to 10",
        "a standard deviation of 1 already multiplies rates by 2.7",
        0.0,
    );
    pub(crate) const SENSITIVITY: Self =
        Self::of(|x| x.abs() <= 10.0, "from -10 to 10", "1 is the sensitivity that 'sigma' refers to", 0.0);
    pub(crate) const ANY: Self = Self::of(|_| true, "a number", "write a number", 0.0);

    const fn of(holds: fn(f64) -> bool, words: &'static str, help: &'static str, fallback: f64) -> Self {
        Self { allowed: Allowed::Where { holds, words, help }, fallback }
    }

    /// The numbers of a quantity; its fallback is 0 or, where that is not allowed, 1.
    pub(crate) const fn within(quantity: Magnitude) -> Self {
        let fallback = if quantity.may_be_zero { 0.0 } else { 1.0 };
        Self { allowed: Allowed::Quantity(quantity), fallback }
    }

    fn holds(&self, value: f64) -> bool {
        match &self.allowed {
            Allowed::Where { holds, .. } => holds(value),
            Allowed::Quantity(quantity) => quantity.allows(value),
        }
    }

    fn words(&self) -> String {
        match &self.allowed {
            Allowed::Where { words, .. } => (*words).to_owned(),
            Allowed::Quantity(quantity) => quantity.words(),
        }
    }

    /// How to mend a number that is not allowed.
    fn help(&self, value: f64) -> String {
        let quantity = match &self.allowed {
            Allowed::Where { help, .. } => return (*help).to_owned(),
            Allowed::Quantity(quantity) => quantity,
        };
        let is_tiny = value > 0.0 && value < quantity.least;
        match (is_tiny && quantity.may_be_zero, quantity.unit) {
            (true, "") => "write 0 for nothing".to_owned(),
            (true, unit) => format!("check the unit, which is {unit}, or write 0 for nothing"),
            (false, "") => "write a number in this range".to_owned(),
            (false, unit) => format!("check the unit: the value is in {unit}"),
        }
    }
}

/// Largest number of arrivals a year: one an hour.
pub(crate) const MAX_RATE_PER_YEAR: f64 = 8760.0;

/// Whether a number of arrivals a year can be simulated.
pub(crate) fn is_rate(per_year: f64) -> bool {
    (0.0..=MAX_RATE_PER_YEAR).contains(&per_year)
}

/// Longest duration in a file, days: a hundred years.
pub(crate) const MAX_DAYS: f64 = 100.0 * DAYS_PER_YEAR;

/// Longest text, bytes.
const MAX_TEXT_BYTES: usize = 20_000;
/// Longest name, bytes.
const MAX_NAME_BYTES: usize = 200;

/// Largest number in a file; products of a few such numbers stay finite.
const MAX_NUMBER: f64 = 1e15;

/// Largest whole number that is read exactly, 2^53.
const MAX_WHOLE: f64 = 9_007_199_254_740_992.0;

/// Whether a text in quotes would be what is wanted without them.
fn is_unquotable(text: &str, wanted: &str) -> bool {
    let is_number = text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.'))
        && text.parse().is_ok_and(f64::is_finite);
    match wanted {
        "a number" | "a whole number" => is_number,
        "true or false" => matches!(text, "true" | "false"),
        _ => false,
    }
}

impl<'a> At<'a> {
    /// Reports a value of the wrong type.
    pub(crate) fn wrong_type(&self, wanted: &str) {
        let help = match &self.node.value {
            YamlValue::Number { .. } | YamlValue::Bool(_) if wanted == "text" => {
                format!("write it in quotes: {}", self.shown().replace('\'', "\""))
            }
            YamlValue::Text(text) if self.is_quoted() && is_unquotable(text, wanted) => {
                format!("remove the quotes: {text}")
            }
            _ => format!("write {wanted} here"),
        };
        self.error("wrong-type", format!("expected {wanted}, found {}", self.shown()), Some(help));
    }

    /// Text, not empty.
    pub(crate) fn text(&self) -> Option<String> {
        match &self.node.value {
            YamlValue::Text(text) if text.trim().is_empty() => {
                let help = "write a text, or leave the key out if it is optional";
                self.error("empty-text", "the text is empty".into(), Some(help.into()));
                None
            }
            YamlValue::Text(text) if text.len() > MAX_TEXT_BYTES => {
                let message =
                    format!("the text has {} bytes; at most {MAX_TEXT_BYTES} are allowed", text.len());
                self.error("text-too-long", message, Some("shorten it".into()));
                None
            }
            YamlValue::Text(text) => Some(text.clone()),
            _ => {
                self.wrong_type("text");
                None
            }
        }
    }

    /// The name of another entry: text of moderate length.
    pub(crate) fn name(&self) -> Option<String> {
        let text = self.text()?;
        if text.len() <= MAX_NAME_BYTES {
            return Some(text);
        }
        let message = format!("{} is longer than {MAX_NAME_BYTES} bytes", quoted(&text));
        self.error("invalid-id", message, Some("choose a shorter one".into()));
        None
    }

    /// The id of an entry: text without blanks and without the characters that join ids.
    pub(crate) fn id(&self) -> Option<String> {
        let text = self.name()?;
        if text.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '@' | '|' | ',')) {
            let message =
                format!("{} is not a valid id: blanks, '@', '|' and ',' are not allowed", quoted(&text));
            self.error("invalid-id", message, Some("join words by '-' or '_'".into()));
        }
        Some(text)
    }

    /// A finite number in a range.
    pub(crate) fn number(&self, range: Range) -> Option<f64> {
        let value = match &self.node.value {
            YamlValue::Number { value, .. } => *value,
            // YAML takes a number too large for the machine, such as 1e400, for text.
            YamlValue::Text(text) if !self.is_quoted() && text.parse().is_ok_and(f64::is_infinite) => {
                f64::INFINITY
            }
            _ => {
                self.wrong_type("a number");
                return None;
            }
        };
        if !value.is_finite() {
            let message = format!("{} is not a finite number", self.shown());
            self.error("not-finite", message, Some(format!("write a number: {}", range.words())));
            return None;
        }
        let words = match () {
            () if !range.holds(value) => range.words(),
            () if value.abs() > MAX_NUMBER => "at most 1e15".to_owned(),
            () => return Some(value),
        };
        let message = format!("{} is out of range: it must be {words}", self.shown());
        self.error("out-of-range", message, Some(range.help(value)));
        None
    }

    /// A whole number of 0 or more.
    pub(crate) fn whole(&self) -> Option<u64> {
        let value = self.number(Range::NOT_NEGATIVE)?;
        if value.fract() != 0.0 || value > MAX_WHOLE {
            self.wrong_type("a whole number");
            return None;
        }
        Some(value as u64)
    }

    /// A year, such as 2026.
    pub(crate) fn year(&self) -> Option<i64> {
        self.whole().and_then(|year| i64::try_from(year).ok())
    }

    /// A duration, days.
    pub(crate) fn days(&self) -> Option<f64> {
        let text = match &self.node.value {
            YamlValue::Text(text) => text.as_str(),
            YamlValue::Number { written, .. } => written,
            _ => {
                self.wrong_type("a duration such as 4h, 30d, 2w, 1y");
                return None;
            }
        };
        let (problem, help) = match parse_days(text) {
            Ok(days) if days <= MAX_DAYS => return Some(days),
            Err(DurationError::OutOfRange(_)) if text.trim_start().starts_with('-') => {
                ("is negative: a duration is 0 or more", "remove the minus sign")
            }
            Ok(_) | Err(DurationError::OutOfRange(_)) => {
                ("is longer than a hundred years", "write at most 100y")
            }
            Err(DurationError::Malformed(_)) => {
                ("is not a duration", "write a number and one of h, d, w, y, such as 4h, 30d, 2w, 1y")
            }
        };
        self.error("invalid-duration", format!("{} {problem}", quoted(text)), Some(help.into()));
        None
    }

    /// A year, month or day: `2026`, `2026-10`, `2026-10-31`; quotes may be left out.
    pub(crate) fn date(&self) -> Option<PartialDate> {
        self.read_date(str::parse)
    }

    /// A day: `2026-10-31`; quotes may be left out.
    pub(crate) fn day(&self) -> Option<Date> {
        self.read_date(parse_day)
    }

    fn read_date<T>(&self, read: impl Fn(&str) -> Result<T, DateError>) -> Option<T> {
        let text = match &self.node.value {
            YamlValue::Text(text) => text.as_str(),
            YamlValue::Number { whole: true, written, .. } => written,
            _ => {
                self.wrong_type("a date");
                return None;
            }
        };
        let (problem, help) = match read(text) {
            Ok(date) => return Some(date),
            Err(DateError::Malformed { forms, .. }) => ("is not a date", format!("write {forms}")),
            Err(DateError::NotInCalendar { range, .. }) => ("is not in the calendar", range),
        };
        self.error("invalid-date", format!("{} {problem}", quoted(text)), Some(help));
        None
    }

    /// `true` or `false`.
    pub(crate) fn flag(&self) -> Option<bool> {
        if let YamlValue::Bool(value) = self.node.value {
            return Some(value);
        }
        self.wrong_type("true or false");
        None
    }

    /// The meaning of a word of a fixed list.
    pub(crate) fn choice<T: Copy>(&self, choices: Choices<T>) -> Option<T> {
        let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
        let found = self.word(&words)?;
        choices.iter().find(|(word, _)| *word == found).map(|(_, value)| *value)
    }

    /// A word of a fixed list.
    pub(crate) fn word<'w>(&self, words: &[&'w str]) -> Option<&'w str> {
        let text = match &self.node.value {
            YamlValue::Text(text) => text.as_str(),
            YamlValue::Bool(true) => "true",
            YamlValue::Bool(false) => "false",
            YamlValue::Number { written, .. } => written,
            _ => {
                self.wrong_type("text");
                return None;
            }
        };
        let found = words.iter().find(|word| **word == text);
        if found.is_none() {
            let message = format!("unknown value {}; allowed: {}", quoted(text), words.join(", "));
            let help = match nearest(text, words.iter().copied()) {
                Some(name) => format!("did you mean '{name}'?"),
                None => "write one of these words".to_owned(),
            };
            self.error("unknown-value", message, Some(help));
        }
        found.copied()
    }

    /// The items of a list; a single value is a list of one.
    pub(crate) fn items(&self) -> Vec<At<'a>> {
        match &self.node.value {
            YamlValue::List(items) => (0..items.len()).map(|i| self.index(i)).collect(),
            _ => vec![self.index(0)],
        }
    }

    /// Texts, or one text. A wrong item becomes an empty text, so that positions are kept.
    pub(crate) fn texts(&self) -> Vec<String> {
        self.items().iter().map(|at| at.text().unwrap_or_default()).collect()
    }

    /// Texts, or one text; must not be an empty list.
    pub(crate) fn some_texts(&self) -> Vec<String> {
        self.refuse_empty_list();
        self.texts()
    }

    /// Words of a fixed list, or one word; must not be an empty list.
    pub(crate) fn choices<T: Copy>(&self, choices: Choices<T>) -> Vec<T> {
        self.refuse_empty_list();
        self.items().iter().filter_map(|at| at.choice(choices)).collect()
    }

    /// Reports a list without items.
    pub(crate) fn refuse_empty_list(&self) {
        let is_empty = match &self.node.value {
            YamlValue::List(items) => items.is_empty(),
            _ => false,
        };
        if is_empty {
            self.error(
                "empty-list",
                "the list is empty".into(),
                Some("name at least one, or leave the key out".into()),
            );
        }
    }
}

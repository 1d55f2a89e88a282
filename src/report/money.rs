//! Amounts of money in texts for people: written down exactly, shown in the reader's currency when the text is.
//!
//! All amounts of the answers are in USD. A sentence or a cell names an amount with [`amount`] or [`money`] and the currency
//! with [`CODE`]; both are marks. [`DisplayCurrency::shown`] puts figures and the code in their places: a
//! [`Grid`](super::grid::Grid) does so when it is drawn, a page once it is complete.

use std::borrow::Cow;

use super::figures::{ABSENT, usd, usd_change};
use crate::measures::Estimate;
use crate::model::portfolio::Currency;

/// Marks around an amount, for private use in Unicode. In a name that contains them, only what reads as an amount changes.
const OPEN: char = '\u{e000}';
const CLOSE: char = '\u{e001}';
/// First within the marks where the sign is always shown.
const SIGNED: char = '±';

/// Stands for the code of the currency, such as `EUR`, in any text that is shown in a currency.
pub const CODE: &str = "\u{e002}";

/// Stands for the code of the currency in the name of a column: `>loss, ¤`.
pub const CODE_IN_COLUMN: char = '¤';

/// An amount without its currency, for cells and after [`CODE`]: `1,820,000 USD` reads `1.82 M`, in EUR at 1.1 `1.65 M`.
#[must_use]
pub fn amount(amount_usd: f64) -> String {
    if amount_usd.is_finite() { format!("{OPEN}{amount_usd}{CLOSE}") } else { ABSENT.to_owned() }
}

/// An amount with its sign, `+` for more: `+1,350`.
#[must_use]
pub fn amount_change(amount_usd: f64) -> String {
    if amount_usd.is_finite() { format!("{OPEN}{SIGNED}{amount_usd}{CLOSE}") } else { ABSENT.to_owned() }
}

/// An amount with its currency, for sentences: `EUR 1.65 M`.
#[must_use]
pub fn money(amount_usd: f64) -> String {
    format!("{CODE} {}", amount(amount_usd))
}

/// `value (low to high)`; an end that the trials do not bound is open.
#[must_use]
pub fn amount_estimate(estimate: &Estimate) -> String {
    format!("{} {}", amount(estimate.value), amount_interval(estimate))
}

/// `(low to high)`.
#[must_use]
pub fn amount_interval(estimate: &Estimate) -> String {
    match (estimate.low, estimate.high) {
        (None, None) => "(no interval)".to_owned(),
        (Some(low), None) => format!("(at least {})", amount(low.max(0.0))),
        (None, Some(high)) => format!("(at most {})", amount(high)),
        (Some(low), Some(high)) => format!("({} to {})", amount(low.max(0.0)), amount(high)),
    }
}

/// The currency that amounts are shown in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DisplayCurrency {
    code: [char; 3],
    /// What one unit is worth, USD; above 0.
    usd: f64,
}

impl DisplayCurrency {
    /// Amounts as they are computed.
    pub const USD: Self = Self { code: ['U', 'S', 'D'], usd: 1.0 };

    /// The company's own currency; USD if its code or its worth cannot be.
    #[must_use]
    pub fn own(currency: &Currency) -> Self {
        Self::of(&currency.code, currency.usd)
    }

    /// The currency with this code, one unit of which is worth `usd` dollars.
    #[must_use]
    pub fn of(code: &str, usd: f64) -> Self {
        let letters: Vec<char> = code.chars().collect();
        match <[char; 3]>::try_from(letters) {
            Ok(code) if usd.is_finite() && usd > 0.0 => Self { code, usd },
            _ => Self::USD,
        }
    }

    /// Three letters of ISO 4217.
    #[must_use]
    pub fn code(self) -> String {
        self.code.iter().collect()
    }

    /// What one unit is worth, USD.
    #[must_use]
    pub fn usd(self) -> f64 {
        self.usd
    }

    /// Whether amounts are shown as they are computed.
    #[must_use]
    pub fn is_usd(self) -> bool {
        self == Self::USD
    }

    /// The text with figures and code in the places of their marks. What is no amount between marks stays as it is.
    #[must_use]
    pub fn shown(self, text: &str) -> String {
        let named: Cow<'_, str> =
            if text.contains(CODE) { text.replace(CODE, &self.code()).into() } else { text.into() };
        let mut out = String::with_capacity(named.len());
        let mut rest = &*named;
        while let Some((before, after)) = rest.split_once(OPEN) {
            out.push_str(before);
            rest = match after.split_once(CLOSE).and_then(|(own, then)| Some((self.figure(own)?, then))) {
                Some((figure, then)) => {
                    out.push_str(&figure);
                    then
                }
                None => {
                    out.push(OPEN);
                    after
                }
            };
        }
        out + rest
    }

    /// What stands between two marks, as a figure in this currency.
    fn figure(self, marked: &str) -> Option<String> {
        let (number, write): (_, fn(f64) -> String) = match marked.strip_prefix(SIGNED) {
            Some(number) => (number, usd_change),
            None => (marked, usd),
        };
        number.parse::<f64>().ok().map(|amount_usd| write(amount_usd / self.usd))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn euro() -> DisplayCurrency {
        DisplayCurrency::of("EUR", 1.25)
    }

    /// 1,000 USD at 1.25 USD a euro are 800 EUR.
    #[test]
    fn amounts_are_divided_by_the_worth_of_one_unit() {
        let text = format!(
            "{} in all, {} more, {}; nothing: {}",
            money(1000.0),
            amount_change(2500.0),
            amount_change(-2.5e6),
            amount(f64::INFINITY)
        );
        assert_eq!(euro().shown(&text), "EUR 800 in all, +2,000 more, -2.00 M; nothing: –");
        assert_eq!(DisplayCurrency::USD.shown(&text), "USD 1,000 in all, +2,500 more, -2.50 M; nothing: –");
    }

    /// Figures are rounded after they are converted: 0.5 USD are 0.4 EUR, which is nothing.
    #[test]
    fn rounding_follows_the_currency() {
        assert_eq!(euro().shown(&amount_change(0.6)), "±0");
        assert_eq!(DisplayCurrency::USD.shown(&amount_change(0.6)), "+1");
        assert_eq!(DisplayCurrency::of("JPY", 0.0066).shown(&amount(0.6)), "91");
    }

    #[test]
    fn an_interval_that_is_open_says_so() {
        let shown = |low, high| euro().shown(&amount_estimate(&Estimate { value: 5000.0, low, high }));
        assert_eq!(shown(Some(-3.0), Some(9000.0)), "4,000 (0 to 7,200)");
        assert_eq!(shown(Some(125.0), None), "4,000 (at least 100)");
        assert_eq!(shown(None, None), "4,000 (no interval)");
    }

    #[test]
    fn a_text_without_amounts_stays_as_it_is() {
        for text in ["", "100 %", "costs ¤ 5", "\u{e000}", "a\u{e000}b\u{e001}c", "\u{e001}\u{e000}1"] {
            assert_eq!(euro().shown(text), text);
        }
    }

    #[test]
    fn what_is_no_currency_is_shown_in_usd() {
        for (code, usd) in [("", 1.0), ("EURO", 1.0), ("EUR", 0.0), ("EUR", f64::NAN)] {
            assert!(DisplayCurrency::of(code, usd).is_usd(), "{code} {usd}");
        }
    }
}

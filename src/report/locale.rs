//! How figures are written in a language: the decimal mark, and what separates thousands.

use std::cell::Cell;

/// A language, as far as figures are concerned. Words stay English.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Locale {
    /// `1,234.5`
    #[default]
    English,
    /// `1.234,5`
    German,
    /// `1 234,5`, with narrow spaces that do not break
    French,
}

impl Locale {
    /// Tag of the language, as in HTML: `en`.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::French => "fr",
        }
    }

    /// Between the whole and the part.
    #[must_use]
    pub fn decimal_mark(self) -> char {
        match self {
            Self::English => '.',
            Self::German | Self::French => ',',
        }
    }

    /// Between thousands.
    #[must_use]
    pub fn separator(self) -> char {
        match self {
            Self::English => ',',
            Self::German => '.',
            Self::French => '\u{202f}',
        }
    }
}

thread_local! {
    /// A figure is written deep inside tables and sentences, so that its language would be an argument of nearly every
    /// function of this room. It is that of the caller of [`in_locale`] instead.
    static CURRENT: Cell<Locale> = const { Cell::new(Locale::English) };
}

/// Puts the language back, also when what is written panics.
struct Former(Locale);

impl Drop for Former {
    fn drop(&mut self) {
        CURRENT.set(self.0);
    }
}

/// What `write` returns, with figures in a language. On other threads they stay English.
pub fn in_locale<T>(locale: Locale, write: impl FnOnce() -> T) -> T {
    let _former = Former(CURRENT.replace(locale));
    write()
}

/// The language in which figures are written now.
#[must_use]
pub fn current() -> Locale {
    CURRENT.get()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::figures::{count, decimal, percent, usd};

    #[test]
    fn figures_have_the_marks_of_their_language_and_english_comes_back() {
        let all = || (usd(182_340.4), usd(1_821_000.0), percent(0.042), decimal(0.5, 2), count(1000));
        let written = |locale| in_locale(locale, all);
        let texts = |a: &str, b: &str, c: &str, d: &str, e: &str| {
            (a.to_owned(), b.to_owned(), c.to_owned(), d.to_owned(), e.to_owned())
        };
        let english = texts("182,340", "1.82 M", "4.2 %", "0.50", "1,000");
        assert_eq!(all(), english);
        assert_eq!(written(Locale::German), texts("182.340", "1,82 M", "4,2 %", "0,50", "1.000"));
        assert_eq!(
            written(Locale::French),
            texts("182\u{202f}340", "1,82 M", "4,2 %", "0,50", "1\u{202f}000")
        );
        assert!(std::panic::catch_unwind(|| in_locale(Locale::German, || panic!("stopped"))).is_err());
        assert_eq!(all(), english);
    }
}

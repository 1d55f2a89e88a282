//! What a table is drawn on: how wide it is, whether it shows color, and in which currency.

use crate::report::money::DisplayCurrency;

/// A terminal, or paper: a file or a pipe.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Screen {
    /// Characters of a line.
    pub width: usize,
    pub is_colored: bool,
    /// Whether what does not fit is set anew, one entry below the other; paper lets a line grow longer instead.
    pub is_strict: bool,
    /// What amounts are shown in.
    pub currency: DisplayCurrency,
}

impl Screen {
    /// A file or a pipe: of a fixed width, so that the same answer has the same bytes everywhere.
    pub const PAPER: Self =
        Self { width: 120, is_colored: false, is_strict: false, currency: DisplayCurrency::USD };

    /// The narrowest terminal that tables are set for; what does not fit is wrapped by the terminal itself.
    pub const LEAST_WIDTH: usize = 40;

    /// Lines of running text are no longer, however wide the terminal: longer ones are hard to read.
    pub const TEXT_WIDTH: usize = 120;

    /// A terminal of so many characters.
    #[must_use]
    pub fn terminal(width: usize, is_colored: bool) -> Self {
        Self { width: width.max(Self::LEAST_WIDTH), is_colored, is_strict: true, ..Self::PAPER }
    }

    /// Here, with amounts in this currency.
    #[must_use]
    pub fn in_currency(self, currency: DisplayCurrency) -> Self {
        Self { currency, ..self }
    }

    /// Characters of a line of running text.
    #[must_use]
    pub fn text_width(self) -> usize {
        self.width.min(Self::TEXT_WIDTH)
    }
}

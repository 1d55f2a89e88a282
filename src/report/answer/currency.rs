//! The currency of a portfolio, beside figures in USD.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::portfolio::Currency;
use crate::report::money::DisplayCurrency;

/// The currency that amounts are shown to people in. An amount in USD over `currency_usd` is the amount in it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CurrencyAnswer {
    /// Code of the portfolio's currency. Figures are in USD all the same.
    pub currency: String,
    /// Value of one unit of that currency, USD.
    pub currency_usd: f64,
}

impl CurrencyAnswer {
    /// A portfolio's own.
    #[must_use]
    pub fn of(currency: &Currency) -> Self {
        Self { currency: currency.code.clone(), currency_usd: currency.usd }
    }
}

impl From<DisplayCurrency> for CurrencyAnswer {
    fn from(currency: DisplayCurrency) -> Self {
        Self { currency: currency.code(), currency_usd: currency.usd() }
    }
}

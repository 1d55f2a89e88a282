//! Dated prices of models, as a public price list records them.

use jiff::civil::Date;

use super::price_list::ListedTokenPrice;

/// Prices over time.
#[derive(Debug, Clone, PartialEq)]
pub struct PriceHistory {
    /// The day up to which it goes.
    pub dated: Date,
    /// In the order of seller and model.
    pub series: Vec<PriceSeries>,
    /// Models whose entries cannot be read.
    pub n_unreadable: usize,
}

/// The list price of a model at its seller.
#[derive(Debug, Clone, PartialEq)]
pub struct PriceSeries {
    /// As the list names it.
    pub seller: String,
    pub model: String,
    /// In the order of time.
    pub steps: Vec<PriceStep>,
}

/// A price, until the next one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PriceStep {
    /// First day on which it is known to hold; `None` where that is not known.
    pub from: Option<Date>,
    /// Whether it is known to be new on that day, and not only seen for the first time.
    pub is_change: bool,
    /// `None`: not sold.
    pub price: Option<ListedTokenPrice>,
}

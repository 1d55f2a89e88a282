//! Events that came after the catalog was made, as a file of signals holds them.

use jiff::civil::Date;

use super::history::HistoricalEvent;

/// A new event, and what its file says of whom it concerns.
#[derive(Debug, Clone, PartialEq)]
pub struct Signal {
    pub event: HistoricalEvent,
    /// Shocks of the library that it is an occurrence of; empty: found by actor and kind.
    pub shocks: Vec<String>,
    /// Suppliers whose own event it is.
    pub suppliers: Vec<String>,
    /// Models whose offers end.
    pub models: Vec<String>,
    /// Day on which they end.
    pub retires: Option<Date>,
    /// Why it does not count in rates, beside what the event itself says; `None`: nothing stands against it.
    pub set_aside: Option<String>,
}

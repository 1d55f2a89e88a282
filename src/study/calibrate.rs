//! Rates and durations counted from past events, beside those of the library (methodology/history.md).

mod counted;
mod durations;
mod prices;
pub(super) mod rates;

use jiff::civil::Date;

use crate::model::history::{EASING, EventHistory, HistoricalEvent};
use crate::model::instance::Instance;
pub use counted::{CountedLibrary, CountedShock, with_counted_rates};
pub use durations::DurationFigures;
pub use prices::{PriceFigures, SellerPrices, price_moves};
pub use rates::{EVERYONE, RateFigures, posterior};

/// Rates and durations of a window.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibration {
    pub from: Date,
    /// Day after the last.
    pub to: Date,
    /// Events that count.
    pub n_events: usize,
    /// All actors together first, then each; by kind.
    pub rates: Vec<RateFigures>,
    /// Groups of events with a common law, then actors and kinds of which enough have ended.
    pub durations: Vec<DurationFigures>,
}

/// Counts the events of a window. `known`: the catalog's own history, which says which kind of event a shock of the library is.
#[must_use]
pub fn calibrate(
    instance: &Instance,
    known: &EventHistory,
    events: &[HistoricalEvent],
    from: Date,
    to: Date,
) -> Calibration {
    let mut counted: Vec<&HistoricalEvent> =
        events.iter().filter(|event| event.is_counted && event.is_within(from, to)).collect();
    counted.sort_by(|a, b| a.date.cmp(&b.date).then_with(|| a.id.cmp(&b.id)));
    let library = rates::library_rates(instance, known);
    Calibration {
        from,
        to,
        n_events: counted.len(),
        rates: rates::rates(&counted, from, to, &library),
        durations: durations::durations(&counted, to),
    }
}

/// Whether an event takes something away.
fn is_adverse(event: &HistoricalEvent) -> bool {
    event.kind != EASING
}

//! Receivers of the costs of a group's timeline.

/// Receives the costs of a timeline.
pub(super) trait Sink {
    /// A constant cost rate, USD per day, and unserved share from `start` to `end`, days. Overlapping pieces add up.
    fn piece(&mut self, start: f64, end: f64, usd_per_day: f64, unserved: f64);
    /// A cost at one instant, USD.
    fn once(&mut self, at: f64, usd: f64);
}

/// Sum of all costs.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Total {
    pub(super) usd: f64,
    pub(super) unserved_days: f64,
}

impl Sink for Total {
    #[inline]
    fn piece(&mut self, start: f64, end: f64, usd_per_day: f64, unserved: f64) {
        let days = end - start;
        self.usd += usd_per_day * days;
        self.unserved_days += unserved * days;
    }

    #[inline]
    fn once(&mut self, _at: f64, usd: f64) {
        self.usd += usd;
    }
}

//! Where the costs of a group's timeline go.

/// Where a timeline's costs go.
pub(super) trait Sink {
    /// From `start` to `end`, days: USD per day, unserved share. Pieces may lie over each other and add up.
    fn piece(&mut self, start: f64, end: f64, usd_per_day: f64, unserved: f64);
    /// Once at an instant, USD.
    fn once(&mut self, at: f64, usd: f64);
}

/// Adds all up.
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

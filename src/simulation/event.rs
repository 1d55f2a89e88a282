//! Events and losses of one trial.

/// Losses of one trial, USD.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct TrialLoss {
    pub(super) all: f64,
    /// Loss of the largest event family.
    pub(super) largest_family: f64,
}

/// An occurrence with an impact on some group.
#[derive(Debug, Clone, Copy)]
pub(super) struct Event {
    pub(super) start: f64,
    pub(super) end: f64,
    pub(super) variant: usize,
    /// Index of its family within the trial.
    pub(super) family: usize,
    /// Index of its occurrence within the trial.
    pub(super) occurrence: usize,
    /// An earlier event of the same shock overlaps or touches this one.
    pub(super) repeats: bool,
}

impl Event {
    /// Whether the events overlap or touch.
    pub(super) fn meets(&self, other: &Self) -> bool {
        self.start <= other.end && other.start <= self.end
    }
}

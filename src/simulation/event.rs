//! An event of a trial, and the losses of one trial.

/// Losses of one trial, USD.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct TrialLoss {
    pub(super) all: f64,
    /// Of the largest event family.
    pub(super) largest_family: f64,
}

/// An occurrence that touches some group.
#[derive(Debug, Clone, Copy)]
pub(super) struct Event {
    pub(super) start: f64,
    pub(super) end: f64,
    pub(super) variant: usize,
    /// Place among the trial's families.
    pub(super) family: usize,
    /// Place among the trial's occurrences.
    pub(super) occurrence: usize,
    /// An earlier one of the same shock is on, or ends now.
    pub(super) repeats: bool,
}

impl Event {
    /// Whether both are on at one time, or touch.
    pub(super) fn meets(&self, other: &Self) -> bool {
        self.start <= other.end && other.start <= self.end
    }
}

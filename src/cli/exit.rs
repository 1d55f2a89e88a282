//! Exit codes (reference/exit-codes.md).

use std::process::ExitCode;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Exit {
    Done = 0,
    /// A bug in multipolar.
    Bug = 1,
    Usage = 2,
    InvalidInput = 3,
    NoFeasiblePlan = 4,
    /// Stopped before a usable answer.
    Stopped = 5,
    /// A file could not be read or written.
    File = 6,
    /// A limit is breached, or a primary ineligible.
    Breached = 7,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

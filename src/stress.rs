//! Scenarios: what happens for certain, hour by hour (methodology/shocks.md).

pub mod outcome;
pub mod scenario;

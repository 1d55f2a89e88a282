//! Scenarios: what happens for certain, hour by hour (contract 2.6).

pub mod outcome;
pub mod scenario;

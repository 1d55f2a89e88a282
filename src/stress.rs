//! Scenarios: what happens for certain, hour by hour (methodology/shocks.md).
//!
//! [`scenario`] writes out what happens, [`outcome`] what a plan goes through: loss and its causes, service over time, who
//! takes over, which limits break. [`reverse`] goes the other way: which shocks would cause a given loss.

mod causes;
mod crisis;
pub mod outcome;
mod played;
pub mod reverse;
pub mod scenario;
mod takeovers;

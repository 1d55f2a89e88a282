//! Monte Carlo simulation: draws of shocks, and the loss distribution of a plan (methodology/simulation.md).

mod active;
pub mod availability;
mod classes;
pub mod counts;
pub mod doubt;
pub mod draws;
mod engine;
mod event;
mod families;
mod history;
mod impact;
mod impact_memory;
mod interactions;
mod key;
pub mod memory;
pub mod parts;
pub mod philox;
mod prices;
mod response;
pub mod run;
mod sink;
pub mod summary;
pub mod sums;
mod timeline;
mod twins;
mod worker;

//! Monte Carlo: draws of shocks, and the distribution of a plan's loss (methodology/simulation.md).

mod active;
mod classes;
pub mod counts;
pub mod draws;
mod engine;
mod families;
mod history;
mod interactions;
mod key;
mod kin;
pub mod parts;
pub mod philox;
mod prices;
mod response;
pub mod run;
mod strike;
pub mod summary;
pub mod sums;
mod timeline;
mod worker;

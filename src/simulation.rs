//! Monte Carlo: draws of shocks, and the distribution of a plan's loss (methodology/simulation.md).

pub mod attribution;
pub mod draws;
pub mod philox;
pub mod run;
pub mod summary;

//! Monte Carlo: draws of shocks, and the distribution of a plan's loss (contract section 6).

pub mod attribution;
pub mod draws;
pub mod philox;
pub mod run;
pub mod summary;

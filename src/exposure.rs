//! Exposure: what a plan depends on, and what a failure would cost (methodology/exposure.md).
//!
//! [`shares`] and [`diversity`] measure concentration by dimension; [`node_losses`] and [`pair_losses`] stop one node, or
//! two; [`chokepoints`] and [`minimum_cuts`] find what a workload cannot do without; [`substitutes`] counts what could
//! replace it. [`profile`] holds all of it for one plan.

pub mod chokepoints;
pub mod diversity;
pub mod minimum_cuts;
pub mod node_losses;
pub mod pair_losses;
pub mod profile;
pub mod shares;
pub mod substitutes;

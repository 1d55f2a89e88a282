//! Exposure of a plan: its dependencies, and what their failure would cost (methodology/exposure.md).
//!
//! [`shares`] and [`diversity`] measure concentration by dimension; [`node_losses`] and [`pair_losses`] compute the
//! loss when one or two nodes fail; [`chokepoints`] and [`minimum_cuts`] find the nodes that a workload cannot do
//! without; [`substitutes`] counts possible replacements; [`retirements`] lists announced ends. [`profile`] computes all
//! of these for one plan.

pub mod chokepoints;
pub mod diversity;
pub mod minimum_cuts;
pub mod node_losses;
pub mod pair_losses;
pub mod profile;
pub mod retirements;
pub mod shares;
pub mod substitutes;

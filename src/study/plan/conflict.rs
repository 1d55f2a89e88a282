//! Requirements that cannot hold together.
//!
//! [`requirements`] lists what a plan has to keep; [`iis`] finds an irreducible infeasible subset of it, and how far
//! each member would have to be relaxed; [`no_offers`] finds it without a search where a workload has no offer;
//! [`bounds`] relaxes the bound of a limit.

pub(super) mod bounds;
pub(super) mod iis;
pub(super) mod no_offers;
pub(super) mod requirements;
#[cfg(test)]
mod tests;

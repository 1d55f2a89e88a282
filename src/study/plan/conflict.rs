//! Requirements that cannot hold together.
//!
//! [`demand`] is a requirement on a plan; [`requirements`] lists them and searches for a plan that keeps them; [`iis`] finds
//! an irreducible infeasible subset of them, and how far each member would have to be relaxed; [`no_offers`] finds it without
//! a search where a workload has no offer; [`bounds`] relaxes the bound of a limit.

pub(super) mod bounds;
pub(super) mod demand;
pub(super) mod iis;
pub(super) mod no_offers;
pub(super) mod requirements;
#[cfg(test)]
mod tests;

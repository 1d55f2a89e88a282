//! Requirements that cannot hold together.
//!
//! [`requirements`] are what a plan is asked to keep, piece by piece; [`iis`] finds an irreducible infeasible subset of
//! them and how far each would have to give; [`bounds`] writes a limit with another bound.

pub(super) mod bounds;
pub(super) mod iis;
pub(super) mod requirements;

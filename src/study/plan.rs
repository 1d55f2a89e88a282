//! A better plan, and what people ask about it.
//!
//! [`recommend`] goes from settings to a recommended plan, [`analyses`] adds what is asked about it: [`frontier`],
//! [`alternatives`], [`stability`]. [`why_not`] explains why an offer is not in the plan, [`sovereignty`] compares plans
//! under rules on suppliers, [`conflict`] finds requirements that cannot hold together, [`shadow_prices`] prices active
//! limits, [`hedge_values`] values standbys and second sources, [`schedule`] orders the changes, [`changes`] tells options two
//! plans differ. [`outcome`] holds the answers.

pub mod alternatives;
pub mod analyses;
pub mod changes;
mod conflict;
pub mod context;
pub mod frontier;
pub mod hedge_values;
pub mod outcome;
pub mod recommend;
mod samples;
pub mod schedule;
mod shadow_prices;
pub mod sovereignty;
pub mod stability;
pub mod why_not;

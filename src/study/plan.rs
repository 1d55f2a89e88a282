//! The recommended plan and the analyses of it.
//!
//! [`recommend`] goes from settings to a recommended plan; [`analyses`] adds [`frontier`], [`alternatives`] and
//! [`stability`] on request. [`why_not`] explains why an offer is not in the plan, [`sovereignty`] compares plans
//! under rules on suppliers, `conflict` finds requirements that cannot hold together, `shadow_prices` prices
//! active limits, [`hedge_values`] values standbys and second sources, [`schedule`] orders the changes, [`changes`]
//! lists the differences between two plans. [`outcome`] holds the types of the answers.

pub mod alternatives;
pub mod analyses;
pub mod changes;
mod conflict;
pub mod context;
pub mod frontier;
pub mod hedge_values;
pub mod ladder;
pub mod outcome;
pub mod questions;
pub mod recommend;
mod recommended_rung;
pub mod runners_up;
pub(in crate::study) mod samples;
pub mod schedule;
mod shadow_prices;
pub mod sovereignty;
pub mod sovereignty_rule;
pub mod stability;
pub mod why_not;

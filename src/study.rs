//! A study: what the commands ask of the rooms to the left, put together once for all who show it.
//!
//! [`session`] answers each question about one portfolio, [`plan`] that for a better one, [`answers`] what is asked besides:
//! [`frontier`], [`alternatives`], [`stability`]; [`moves`] puts its steps in order; [`changes`] says how two plans differ; [`trials`] says which
//! trials are run, and until when; [`evidence`] says how well the figures behind a plan are known; [`generate`] makes portfolios to measure with;
//! [`shocks`] looks things up in the library; [`dossier`] holds all answers of a report. [`why`] says why an offer is not in
//! the plan, [`sovereignty`] what plans under rules on suppliers cost; `conflict` and `prices` say what limits do to a plan.

pub mod alternatives;
pub mod answers;
mod bounds;
pub mod changes;
mod conflict;
mod demands;
pub mod dossier;
pub mod evidence;
pub mod frontier;
pub mod generate;
pub mod moves;
pub mod plan;
mod prices;
pub mod session;
pub mod shocks;
pub mod sovereignty;
pub mod stability;
pub mod trials;
pub mod why;

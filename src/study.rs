//! A study: what the commands ask of the rooms to the left, put together once for all who show it.
//!
//! [`session`] answers each question about one portfolio, [`plan`] that for a better one, [`answers`] what is asked besides:
//! [`frontier`], [`alternatives`], [`stability`]; [`moves`] puts its steps in order; [`changes`] says how two plans differ; [`trials`] says which
//! trials are run, and until when; [`evidence`] says how well the figures behind a plan are known; [`generate`] makes portfolios to measure with;
//! [`shocks`] looks things up in the library; [`dossier`] holds all answers of a report.

pub mod alternatives;
pub mod answers;
pub mod changes;
pub mod dossier;
pub mod evidence;
pub mod frontier;
pub mod generate;
pub mod moves;
pub mod plan;
pub mod session;
pub mod shocks;
pub mod stability;
pub mod trials;

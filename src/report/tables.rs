//! Answers as tables for people, each under the question it answers and over a line on how sure it is.

pub mod alternatives;
pub mod bounds;
pub mod calibrate;
pub mod catalog;
pub mod check;
pub mod compare;
mod cost_and_risk;
pub mod diversify;
pub mod diversity;
pub mod exposure;
pub mod frontier;
pub mod gateway;
pub mod imports;
pub mod ladder;
pub mod landscape;
pub mod list;
pub mod moves;
pub mod optimize;
pub mod plan;
pub mod registers;
pub mod replay;
pub mod reverse;
pub mod shocks;
pub mod signals;
pub mod simulate;
pub mod sovereignty;
pub mod stability;
pub mod stress;
pub mod substitutes;
pub mod watch;
pub mod why;

/// Rows of a ranking that are shown.
pub const SHOWN: usize = 10;

//! Tests of the simulation: draws, closed forms, breakdowns, and agreement with the rules.

mod agreement;
mod closed_forms;
mod draws;
mod extents;
mod parts;
mod remembering;

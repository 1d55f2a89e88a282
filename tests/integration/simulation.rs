//! Draws, closed forms, breakdowns, and the simulator against the rules.

mod agreement;
mod closed_forms;
mod draws;
mod extents;
mod parts;

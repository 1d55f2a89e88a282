//! The simulator against closed forms (methodology/simulation.md), and what must not move its draws.

mod closed_forms;
mod draws;
mod parts;

//! The simulator against closed forms (contract section 6), and what must not move its draws.

mod closed_forms;
mod draws;
mod parts;

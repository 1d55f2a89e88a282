//! Routing and loss (methodology/routing-and-loss.md): what a disruption does to each cell, priced and routed in one place.
//!
//! [`setting::Setting`] holds what stays the same during a study. A [`disruption::Disruption`] is what happens in one
//! trial or scenario. [`trajectory`] follows one cell through it; [`state`] turns each interval of time into rows that give
//! the loss of *any* plan, for the simulator, the stress test and the planner alike; [`routing`] says who takes over.

pub mod cell_groups;
pub mod cell_model;
pub mod cell_plan;
pub mod disruption;
pub mod loss;
pub mod routing;
pub mod setting;
pub mod state;
pub mod timeline;
pub mod trajectory;

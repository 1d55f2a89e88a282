//! Routing and loss of a plan in each cell under a disruption (methodology/routing-and-loss.md).
//!
//! [`setting::Setting`] holds the fixed data of a study. A [`disruption::Disruption`] describes one trial or scenario.
//! [`trajectory`] computes the path of one cell through it. [`state`] turns each sub-interval into rows that give the loss
//! of *any* plan; simulator, stress test and planner all use them. [`routing`] tells who takes over.

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

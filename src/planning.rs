//! The planner: chooses offers, shares, standbys and replicas that balance cost and risk (methodology/optimization.md).
//!
//! [`sample`] compiles trials once into rows that give the loss of any plan. [`formulation`] writes decisions, planned
//! cost and limits as one mixed-integer program. [`search`] solves it: a small one in its [`extensive_form`], a large
//! one by [`column_generation`], in which every workload plans for itself at common dual values. Only [`solver`] names
//! a solver. [`request`] defines what the caller asks for, [`outcome`] what the caller gets.

pub mod column_generation;
pub mod extensive_form;
pub mod formulation;
pub mod outcome;
pub mod request;
pub mod sample;
pub mod search;
pub mod solver;

use crate::service::setting::Setting;
use crate::units::DAYS_PER_MONTH;

/// USD per unit of money in the program: keeps its coefficients of similar size.
pub const USD_PER_UNIT: f64 = 1000.0;

/// Length of the horizon, in months.
#[must_use]
pub fn horizon_months(setting: &Setting<'_>) -> f64 {
    setting.horizon_days() / DAYS_PER_MONTH
}

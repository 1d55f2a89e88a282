//! The planner: which offers, at which shares, with which standbys, at what price of safety (methodology/optimization.md).
//!
//! [`sample`] compiles trials once into rows that give the loss of any plan. [`formulation`] writes decisions, planned cost
//! and limits as one mixed-integer program. [`search`] solves it: in its [`extensive_form`] where it is small, else by
//! [`column_generation`], in which every workload plans for itself at common prices. [`solver`] is the only room that
//! names one. [`request`] says what is asked, [`outcome`] what comes back.

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

/// Money in the program is counted in units of so many USD, so that its numbers are of like size.
pub const USD_PER_UNIT: f64 = 1000.0;

/// Months of the horizon.
#[must_use]
pub fn horizon_months(setting: &Setting<'_>) -> f64 {
    setting.horizon_days() / DAYS_PER_MONTH
}

//! The planner: which offers, at which shares, with which standbys, at what price of safety (methodology/optimization.md).
//!
//! [`program`] compiles trials once into rows that give the loss of any plan; [`master`] writes decisions, cost and
//! limits as one mixed-integer program and takes the loss in by [`linearize`]d lower bounds; [`optimize`] solves it
//! until bound and plan meet, and measures every plan with the rows themselves.

pub mod blocks;
pub mod branch;
pub mod columns;
pub mod coordinate;
pub mod evaluate;
pub mod experience;
pub mod hedges;
pub mod limits;
pub mod linearize;
pub mod live;
pub mod lp;
pub mod master;
pub mod menu;
pub mod mixer;
pub mod optimize;
pub mod outcome;
pub mod pick;
pub mod pricing;
pub mod program;
pub mod request;
pub mod shortlist;
pub mod solver;
pub mod survival;
pub mod whole;

use crate::service::setting::Setting;
use crate::units::DAYS_PER_MONTH;

/// Money in the program is counted in units of so many USD, so that its numbers are of like size.
pub const USD_PER_UNIT: f64 = 1000.0;

/// Months of the horizon.
#[must_use]
pub fn horizon_months(setting: &Setting<'_>) -> f64 {
    setting.horizon_days() / DAYS_PER_MONTH
}

//! From values with places to the types of `model`: reports every wrong value, and goes on with a harmless one.
//!
//! A decoder returns its type whatever the file says, so that lists keep their positions and all problems of a file are
//! found in one run; nothing decoded leaves the room while the log holds an error.

mod fields;
mod scalars;

pub(super) mod catalog;
pub(super) mod effects;
pub(super) mod jurisdictions;
pub(super) mod kinds;
pub(super) mod limits;
pub(super) mod offers;
pub(super) mod portfolio;
pub(super) mod provenance;
pub(super) mod scenarios;
pub(super) mod selectors;
pub(super) mod shocks;
pub(super) mod workloads;

pub(super) use fields::Fields;

use super::diagnostic::quoted;

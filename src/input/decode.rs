//! Decoding values with places into the types of `model`: each wrong value is reported and replaced by a harmless default.
//!
//! A decoder always returns its type, so that lists keep their positions and all problems of a file are found in one run.
//! Nothing decoded leaves the room while the log holds an error.

mod fields;
pub(super) mod scalars;

pub(super) mod catalog;
pub(super) mod contracts;
pub(super) mod effects;
pub(super) mod history;
pub(super) mod jurisdictions;
pub(super) mod kinds;
pub(super) mod limits;
pub(super) mod offers;
pub(super) mod portfolio;
pub(super) mod provenance;
pub(super) mod scenarios;
pub(super) mod selectors;
pub(super) mod shocks;
mod templates;
pub(super) mod workloads;

pub(super) use fields::Fields;

use super::diagnostic::quoted;

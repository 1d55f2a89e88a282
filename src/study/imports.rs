//! Portfolios made from what a company has: each value stated, inferred by a rule that is named, or asked.

pub mod draft;
pub mod evidence;
pub mod inventory;
pub mod usage;

//! Scenarios by hand in a small world (`world.rs`): v = 1,000 USD a day, 100 days (methodology/shocks.md).

mod causes;
mod limits;
mod over_time;
mod reverse;

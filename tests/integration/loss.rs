//! Hand-derived losses of methodology/routing-and-loss.md in a small world (`world.rs`): v = 1,000 USD a day, 100 days.

mod buffers;
mod costs;
mod kinds;
mod outage;
mod properties;
mod rules_and_markets;

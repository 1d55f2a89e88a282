//! What stands on what: the supply graph, and what is down, since when, once nodes stop.

pub mod cuts;
pub mod dependence;
pub mod dimension;
pub mod down;
pub mod outage;
pub mod portfolio;
#[cfg(test)]
mod random;
pub mod reliance;
pub mod single_points;
pub mod stop_class;
pub mod supply;

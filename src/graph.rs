//! The supply graph, and the down times of its nodes when some of them stop.

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

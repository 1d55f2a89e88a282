//! Shocks: kinds expanded into effects, effects resolved to pairs and nodes, and the law in force.

pub mod actor;
pub mod effect;
pub mod expand;
mod key;
pub mod kind;
pub mod kinds;
pub mod law;
pub mod likelihood;
pub mod named;
mod reach;
pub mod resolve;
pub mod templates;

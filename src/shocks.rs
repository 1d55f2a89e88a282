//! What shocks do: kinds expanded into effects, effects resolved to the pairs and nodes they touch, law in force.

pub mod actor;
pub mod effect;
pub mod expand;
pub mod law;
pub mod likelihood;
pub mod resolve;

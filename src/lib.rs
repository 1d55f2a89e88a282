//! multipolar: a GenAI supply-portfolio risk planner.
//!
//! Reads what a company uses, builds the supply graph behind it, measures concentration, simulates shocks and plans a
//! diversified portfolio. `ARCHITECTURE.md` shows the rooms and the order in which they may see each other.

pub mod cli;
pub mod costs;
pub mod exchange;
pub mod exposure;
pub mod files;
pub mod graph;
pub mod ids;
pub mod input;
pub mod landscape;
pub mod limits;
pub mod measures;
pub mod model;
pub mod planning;
pub mod report;
pub mod server;
pub mod service;
pub mod shocks;
pub mod simulation;
pub mod stress;
pub mod study;
pub mod units;

//! All integration tests, in one binary: one link instead of one per file.

mod citations;
mod cli;
mod data;
mod determinism;
mod golden;
mod hits;
mod input;
mod kinds;
mod layers;
mod loss;
mod planning;
mod quickstart;
mod simulation;
mod stress;
mod world;

//! All integration tests, in one binary: one link instead of one per file.

mod change;
mod citations;
mod cli;
mod compare;
mod corpus;
mod data;
mod determinism;
mod diversify;
#[cfg(all(unix, feature = "highs"))]
mod documents;
mod golden;
mod history;
mod hits;
mod input;
mod kinds;
mod known;
mod landscape;
mod layers;
mod loss;
mod pages;
mod planning;
mod quickstart;
mod reference;
mod serve;
mod simulation;
mod stress;
mod templates;
mod world;

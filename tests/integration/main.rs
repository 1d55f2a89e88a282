//! All integration tests, in one binary: one link instead of one per file.

mod cli;
mod input;
mod layers;

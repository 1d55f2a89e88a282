//! LiteLLM's configuration: read, written as a portfolio, and made from a plan.

pub mod config;
mod deployments;
mod includes;
mod nodes;
pub mod portfolio_file;
mod secrets;
mod settings;
pub mod spend;

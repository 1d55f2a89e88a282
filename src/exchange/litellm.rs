//! LiteLLM's configuration: read, written as a portfolio, and made from a plan.

pub mod config;
mod deployments;
mod includes;
mod nodes;
pub mod plan_file;
pub(super) mod secrets;
mod settings;
pub mod snippet;

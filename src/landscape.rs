//! Where generative AI can come from: how strong jurisdictions are in what it takes, and how far the models of a group lie
//! behind the best (methodology/landscape.md).
//!
//! [`enablers`] scores jurisdictions, [`bands`] says how far their ranks depend on weights and on single indicators, [`paths`]
//! sets figures against the article's reading of each, [`blocs`] compares a bloc with its members. [`ratings`] orders rated
//! models by release, [`lag`] measures a group against them, [`trend`] says where it is heading, [`origins`] what that means
//! for the workloads of a portfolio.

pub mod bands;
pub mod blocs;
pub mod enablers;
pub mod lag;
pub mod origins;
pub mod paths;
pub mod ratings;
pub mod trend;

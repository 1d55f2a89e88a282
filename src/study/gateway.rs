//! The configuration of a model gateway in the words of the catalog: what its deployments are, and who serves which group.

pub mod export;
mod hosts;
pub mod import;
pub mod offers;
mod regions;
pub mod routes;
pub mod routing;

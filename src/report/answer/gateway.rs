//! `import litellm` and `routes`: a gateway's configuration in the words of the catalog.

pub mod import;
pub mod routes;

//! `import litellm` and `routes` as tables.

pub mod import;
pub mod routes;

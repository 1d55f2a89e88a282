//! Files for other programs: tables of trials and events, merging of shards, and portfolios as YAML.

mod broken;
mod columns;
pub mod fingerprint;
pub mod manifest;
pub mod merge;
pub mod portfolio_yaml;
mod reader;
#[cfg(feature = "parquet")]
mod row_groups;
mod sheet;
pub mod table_path;
pub mod writer;

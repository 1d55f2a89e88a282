//! Results for other programs, and back: tables of trials and their events, and shards of a study put together.

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

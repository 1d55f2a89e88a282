//! Files for other programs: tables of trials and events, merging of shards, portfolios and offers as YAML.

pub mod altered;
pub mod answer_rows;
mod broken;
pub mod catalog_yaml;
mod columns;
pub mod cyclonedx;
pub mod dora;
pub mod draft_file;
pub mod fingerprint;
#[cfg(any(test, feature = "parquet"))]
mod held;
pub mod inventory;
pub mod litellm;
pub mod manifest;
pub mod merge;
pub mod patch;
pub mod portfolio_yaml;
mod reader;
pub mod recorded;
pub mod report_folder;
pub mod routers;
#[cfg(feature = "parquet")]
mod row_groups;
mod sheet;
#[cfg(feature = "parquet")]
mod sheet_groups;
pub mod starter;
pub mod table_path;
pub mod usage;
pub mod writer;

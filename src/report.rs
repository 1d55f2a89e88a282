//! Answers as text: tables for people, JSON and CSV for machines, the report page; and the one place that writes files.
//!
//! [`answer`] holds each command's answer as one struct: JSON and CSV are its serialization with exact numbers, [`tables`],
//! [`page`] and [`html`] round it for reading. Nothing here computes a result or reads
//! the clock, so the same answer has the same bytes.

pub mod answer;
pub mod chart;
pub mod check;
pub mod csv;
pub mod decision_record;
pub mod drawing;
pub mod explanations;
pub mod faces;
pub mod figures;
pub mod grid;
pub mod html;
pub mod locale;
pub mod money;
pub mod names;
pub mod page;
#[cfg(feature = "pdf")]
mod pdf;
pub mod pictures;
pub mod progress;
pub mod prometheus;
pub mod scatter;
pub mod schema_page;
pub mod sections;
pub mod selectors;
pub mod since;
pub mod tables;
mod typst_page;
pub mod verdict;
mod xlsx;

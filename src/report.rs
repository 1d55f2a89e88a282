//! Answers as text: tables for people, JSON and CSV for machines, the report page; and the one place that writes files.
//!
//! [`tables`] and [`page`] round for reading; [`json`] carries exact numbers. Nothing here computes a result or reads
//! the clock, so the same answer has the same bytes.

pub mod chart;
pub mod check;
pub mod csv;
pub mod drawing;
pub mod figures;
pub mod grid;
pub mod json;
pub mod names;
pub mod page;
pub mod scatter;
pub mod selectors;
pub mod tables;
pub mod verdict;

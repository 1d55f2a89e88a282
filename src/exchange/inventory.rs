//! What a company uses as one table, as CSV or in a workbook: written as a template, and read.

pub mod columns;
mod csv_table;
pub mod reader;
pub mod template;
mod xlsx_table;

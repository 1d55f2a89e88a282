//! Bills of materials in the form of CycloneDX: written from a plan, and read as a list of what a company uses.

pub mod bom;
mod citations;
pub mod reader;

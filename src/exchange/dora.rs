//! A draft of the register of information under DORA (Regulation (EU) 2022/2554, art. 28; format: Implementing Regulation (EU)
//! 2024/2956): what a portfolio knows of it, what is missing, and what an offline check finds.

pub mod lint;
pub mod package;
pub mod register;
pub mod templates;
pub mod workbook;

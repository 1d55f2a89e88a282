//! The sections in their order.

mod annexes;
mod appetite;
mod concentration;
mod contracts;
mod data;
mod decision;
mod dependencies;
mod exit;
mod history;
mod location;
mod method;
mod roadmap;
mod scenarios;
mod warning;

use super::ReportCover;
use super::page::ReportSection;
use crate::report::answer::results::ResultsAnswer;

/// All sections, the annexes last.
pub(super) fn all(results: &ResultsAnswer, cover: ReportCover<'_>) -> Vec<ReportSection> {
    vec![
        decision::section(results, cover),
        history::section(),
        appetite::section(results),
        dependencies::section(results),
        concentration::section(results),
        scenarios::section(results),
        exit::section(results),
        location::section(results),
        contracts::section(results),
        roadmap::section(results),
        warning::section(results),
        data::section(results),
        method::section(results),
        annexes::section(results),
    ]
}

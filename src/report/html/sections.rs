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

use super::page::PageSection;
use crate::report::answer::results::ResultsAnswer;
use crate::report::money::DisplayCurrency;

/// All sections, the annexes last.
pub(super) fn all(results: &ResultsAnswer, currency: DisplayCurrency) -> Vec<PageSection> {
    vec![
        decision::section(results, currency),
        history::section(results.compare.as_ref(), currency),
        appetite::section(results),
        dependencies::section(results),
        concentration::section(results),
        scenarios::section(results, currency),
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

//! 2: what changed since the last report.

use super::super::markup::Markup;
use super::super::page::ReportSection;

pub(super) fn section() -> ReportSection {
    ReportSection {
        number: 2,
        title: "Changes since the last report",
        answer: "There is no earlier period to compare with; this report is the first.".to_owned(),
        body: Markup::default(),
    }
}

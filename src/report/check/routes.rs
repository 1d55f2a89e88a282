//! Findings on a gateway's routes, in the forms of `check`.

use super::findings::{Finding, Level};
use crate::report::answer::gateway::routes::{RouteFindingAnswer, RoutesAnswer};

/// Every finding, in the order of the answer.
#[must_use]
pub fn route_findings(answer: &RoutesAnswer) -> Vec<Finding> {
    answer.findings.iter().map(finding).collect()
}

fn finding(found: &RouteFindingAnswer) -> Finding {
    Finding {
        rule: found.code.clone(),
        level: match found.severity.as_str() {
            "error" => Level::Error,
            "warning" => Level::Warning,
            _ => Level::Note,
        },
        file: found.file.clone(),
        line: usize::try_from(found.line).ok(),
        column: usize::try_from(found.column).ok(),
        title: found.code.clone(),
        message: format!("{} (help: {})", found.message, found.help),
        identity: format!("{}|{}", found.group, found.message),
        excuse: None,
    }
}

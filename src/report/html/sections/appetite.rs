//! 3: risk appetite against position.

use super::super::markup::Markup;
use super::super::page::{PageSection, sub_heading};
use super::super::table::{DataTable, TableField};
use super::super::words::{limit_field, limit_name, loss_limit_note};
use crate::report::answer::check::LimitAnswer;
use crate::report::answer::results::ResultsAnswer;
use crate::report::figures::{ABSENT, counted};
use crate::report::tables::check::bounds;

pub(super) fn section(results: &ResultsAnswer) -> PageSection {
    let limits = &results.check.limits;
    PageSection {
        number: 3,
        title: "Risk appetite against position",
        answer: answer(results),
        body: table(results).markup().and(loss_limit_note(limits)).and(exceptions(limits)),
    }
}

fn n_breached(limits: &[LimitAnswer]) -> usize {
    limits.iter().filter(|limit| limit.breached).count()
}

fn answer(results: &ResultsAnswer) -> String {
    let limits = &results.check.limits;
    if limits.is_empty() {
        return "The portfolio states no limits, so its appetite for risk is not known.".to_owned();
    }
    let today = match n_breached(limits) {
        0 => format!("All of {} are kept today", counted(limits.len(), "limit")),
        n => format!(
            "{n} of {} {} breached today",
            counted(limits.len(), "limit"),
            if n == 1 { "is" } else { "are" }
        ),
    };
    match results.plan.as_ref().map(|plan| n_breached(&plan.limits)) {
        None => format!("{today}."),
        Some(0) => format!("{today}; none is breached under the plan."),
        Some(n) => format!("{today}; {n} under the plan."),
    }
}

fn table(results: &ResultsAnswer) -> DataTable {
    let mut table =
        DataTable::new("limits", &["limit", "allowed", "today", "plan", "where it is worst today"]);
    for (at, limit) in results.check.limits.iter().enumerate() {
        let plan = results.plan.as_ref().and_then(|plan| plan.limits.get(at));
        table.row([
            limit_name(limit),
            bounds(&limit.unit, limit.at_least, limit.at_most).into(),
            limit_field(limit),
            plan.map_or_else(|| TableField::from(ABSENT), limit_field),
            limit.worst.clone().unwrap_or_default().into(),
        ]);
    }
    table
}

fn exceptions(limits: &[LimitAnswer]) -> Markup {
    let mut table =
        DataTable::new("accepted exceptions", &["limit", "accepted by", "until", "reason", "state"]);
    for limit in limits {
        if let Some(exception) = &limit.accepted {
            table.row([
                limit.limit.clone().into(),
                exception.by.clone().into(),
                exception.until.clone().into(),
                exception.reason.clone().into(),
                if exception.valid { "valid" } else { "expired" }.into(),
            ]);
        }
    }
    if table.is_empty() {
        Markup::default()
    } else {
        sub_heading("Accepted exceptions", "").and(table.markup())
    }
}

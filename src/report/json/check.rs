//! `check` as JSON.

use serde_json::{Value, json};

use super::{FORMAT_VERSION, number, optional};
use crate::input::diagnostic::{Diagnostic, has_errors};
use crate::limits::{CauseCell, LimitOutcome};
use crate::report::check::CheckedPortfolio;

/// The documented `check` over one or more portfolios: problems and limits of all, each limit with its portfolio.
#[must_use]
pub fn check(portfolios: &[CheckedPortfolio]) -> Value {
    let problems = portfolios.iter().flat_map(|p| &p.problems).map(problem).collect::<Vec<Value>>();
    let limits: Vec<Value> = portfolios.iter().flat_map(|p| limits(&p.portfolio, &p.limits)).collect();
    let each = portfolios.iter().map(|p| {
        json!({ "portfolio": p.portfolio, "file": p.file, "valid": p.is_valid(), "breached": p.is_breached })
    });
    json!({
        "format_version": FORMAT_VERSION,
        "valid": portfolios.iter().all(CheckedPortfolio::is_valid),
        "breached": portfolios.iter().any(|p| p.is_breached),
        "problems": problems,
        "limits": limits,
        "portfolios": each.collect::<Vec<Value>>(),
    })
}

impl CheckedPortfolio {
    /// Whether it can be computed with.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        !has_errors(&self.problems)
    }
}

fn problem(diagnostic: &Diagnostic) -> Value {
    json!({
        "code": diagnostic.code,
        "severity": diagnostic.severity.as_str(),
        "file": diagnostic.file,
        "line": diagnostic.line,
        "column": diagnostic.column,
        "path": diagnostic.path,
        "message": diagnostic.message,
        "help": diagnostic.help,
    })
}

/// Each limit with its portfolio.
#[must_use]
pub fn limits(portfolio: &str, outcomes: &[LimitOutcome]) -> Vec<Value> {
    outcomes.iter().map(|limit| limit_outcome(portfolio, limit)).collect()
}

fn limit_outcome(portfolio: &str, limit: &LimitOutcome) -> Value {
    json!({
        "portfolio": portfolio,
        "limit": limit.name,
        "value": optional(limit.value),
        "bound": number(limit.bound()),
        "kept": limit.kept,
        "breached": limit.is_breached(),
        "accepted": limit.accepted.as_ref().map(|e| {
            json!({ "by": e.by, "until": e.until, "reason": e.reason, "valid": e.is_valid })
        }),
        "worst": limit.worst,
        "causes": limit.causes,
        "cells": limit.cells.iter().map(cause_cell).collect::<Vec<Value>>(),
    })
}

fn cause_cell(cell: &CauseCell) -> Value {
    json!({
        "workload": cell.workload,
        "users": cell.users,
        "offer": cell.offer,
        "contribution": number(cell.contribution),
    })
}

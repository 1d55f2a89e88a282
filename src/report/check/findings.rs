//! What a reviewer of a portfolio is to be told: problems of its files, broken limits, and excused ones.

use std::fmt::Write;

use super::{CheckedPortfolio, INELIGIBLE_ALLOCATION, LimitPlace, RETIRES_WITHIN_NOTICE};
use crate::input::diagnostic::{Diagnostic, Severity};
use crate::limits::LimitOutcome;

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// The gate is shut: an error of a file, a broken limit, an ineligible primary, an offer in use that retires too soon.
    Error,
    Warning,
    /// Worth knowing.
    Note,
    /// A limit that is broken with a valid exception.
    Excused,
}

/// One thing to tell, with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// A diagnostic's code, or `limit-` and the measure.
    pub rule: String,
    pub level: Level,
    pub file: String,
    /// From 1.
    pub line: Option<usize>,
    /// From 1.
    pub column: Option<usize>,
    /// What it is about: the limit's name, or the diagnostic's code.
    pub title: String,
    pub message: String,
    /// Stays the same while lines move: path inside the file, or the limit's name.
    pub identity: String,
    /// Who accepted it, until when, and why.
    pub excuse: Option<String>,
}

/// Everything to tell about a portfolio: problems in the order of the file, then limits in theirs.
#[must_use]
pub fn findings(portfolio: &CheckedPortfolio) -> Vec<Finding> {
    let limits = portfolio.limits.iter().zip(&portfolio.places);
    let broken = limits.filter(|(outcome, _)| outcome.kept == Some(false));
    let of_limits = broken.map(|(outcome, place)| limit(&portfolio.file, outcome, place));
    portfolio.problems.iter().map(problem).chain(of_limits).collect()
}

fn problem(diagnostic: &Diagnostic) -> Finding {
    let is_gate = [INELIGIBLE_ALLOCATION, RETIRES_WITHIN_NOTICE].contains(&diagnostic.code);
    let is_grave = is_gate || diagnostic.severity == Severity::Error;
    let mut message = diagnostic.message.clone();
    if let Some(help) = &diagnostic.help {
        let _ = write!(message, " (help: {help})");
    }
    Finding {
        rule: diagnostic.code.to_owned(),
        level: if is_grave { Level::Error } else { Level::Warning },
        file: diagnostic.file.clone(),
        line: diagnostic.line,
        column: diagnostic.column,
        title: diagnostic.code.to_owned(),
        message,
        identity: format!("{}: {}", diagnostic.path, diagnostic.message),
        excuse: None,
    }
}

fn limit(file: &str, outcome: &LimitOutcome, place: &LimitPlace) -> Finding {
    let excuse = (!outcome.is_breached()).then(|| excuse(outcome)).flatten();
    Finding {
        rule: format!("limit-{}", place.measure.as_str()),
        level: if excuse.is_some() { Level::Excused } else { Level::Error },
        file: file.to_owned(),
        line: Some(place.line),
        column: Some(place.column),
        title: outcome.name.clone(),
        message: format!("limit {} is broken: {}", outcome.name, place.message),
        identity: outcome.name.clone(),
        excuse,
    }
}

/// Who accepted a broken limit, until when, and why.
#[must_use]
pub fn excuse(outcome: &LimitOutcome) -> Option<String> {
    let exception = outcome.accepted.as_ref()?;
    Some(format!("accepted by {} until {}: {}", exception.by, exception.until, exception.reason))
}

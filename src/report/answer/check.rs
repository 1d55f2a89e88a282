//! `check`: whether the files are valid and the limits kept.

use schemars::JsonSchema;
use serde::Serialize;

use super::{FORMAT_VERSION, finite};
use crate::input::diagnostic::Diagnostic;
use crate::limits::{CauseCell, Exception, LimitOutcome};
use crate::model::limit::Measure;
use crate::report::answer::currency::CurrencyAnswer;
use crate::report::check::CheckedPortfolio;
use crate::report::names::limit_words;

/// Whether portfolios may be used as they are: problems of their files, and limits kept or breached.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CheckAnswer {
    /// Version of this format: 1.
    pub format_version: u64,
    /// Whether no file has an error.
    pub valid: bool,
    /// Whether some limit is breached without a valid exception, some offer in use is not eligible, or one retires within the
    /// notice.
    pub breached: bool,
    /// Problems of all files, in the order of the portfolios and their lines.
    pub problems: Vec<ProblemAnswer>,
    /// Limits of all portfolios that are valid, in the order of the files.
    pub limits: Vec<LimitAnswer>,
    /// One entry per portfolio, in the order asked.
    pub portfolios: Vec<CheckedPortfolioAnswer>,
}

/// The verdict on one portfolio.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CheckedPortfolioAnswer {
    /// Name of the portfolio: its file without folder and ending.
    pub portfolio: String,
    /// The file as named on the command line.
    pub file: String,
    /// Whether its files have no error.
    pub valid: bool,
    /// Whether a limit is breached without a valid exception, an offer in use is not eligible, or one retires within the notice.
    pub breached: bool,
    /// Errors in its files.
    pub n_errors: usize,
    /// Warnings on its files.
    pub n_warnings: usize,
    /// Limits that it states; 0 when it is not valid. They stand in `limits` in the order of the portfolios.
    pub n_limits: usize,
    /// Limits of the portfolio that are kept.
    pub n_kept: usize,
    /// Offers in use, as primary or standby, that their hosts end within the notice (`--notice`), or already have.
    pub n_retiring: usize,
    #[serde(flatten)]
    pub currency: CurrencyAnswer,
}

/// A problem in a file.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ProblemAnswer {
    /// Code of the diagnostic, listed in the reference of diagnostics.
    pub code: String,
    /// `error` or `warning`.
    pub severity: String,
    /// The file as named on the command line.
    pub file: String,
    /// Line, from 1; null when the whole file is meant.
    pub line: Option<usize>,
    /// Column in characters, from 1; null when the whole file is meant.
    pub column: Option<usize>,
    /// Place inside the file, such as `workloads[3].min_quality`; empty for the whole file.
    pub path: String,
    /// What is wrong, with the value in quotes.
    pub message: String,
    /// How to fix it; null when the message says it all.
    pub help: Option<String>,
}

/// A limit and whether it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct LimitAnswer {
    /// Name of the portfolio.
    pub portfolio: String,
    /// The limit's `id`, else its one-line text.
    pub limit: String,
    /// What it measures: `share`, `max_share`, `hhi`, `distinct`, `survives`, `cvar`, `average_annual_loss` or `monthly_cost`.
    pub measure: String,
    /// The limit in words, for readers.
    pub says: String,
    /// What `value` and the bounds are counted in: `share` (0 to 1), `hhi` (0 to 1), `count` or `usd`.
    pub unit: String,
    /// Measured value, in the unit of the limit; null when it was not measured.
    pub value: Option<f64>,
    /// Smallest value allowed; null when there is none.
    pub at_least: Option<f64>,
    /// Largest value allowed; null when there is none.
    pub at_most: Option<f64>,
    /// The bound that the value breaks; when it breaks none, the nearer one.
    pub bound: Option<f64>,
    /// Whether the value is within the bounds; null when it was not measured.
    pub kept: Option<bool>,
    /// Whether it is broken without a valid exception. `kept` false and `breached` false is an accepted exception.
    pub breached: bool,
    /// The exception that the portfolio states; null when there is none.
    pub accepted: Option<ExceptionAnswer>,
    /// Where the value lies: the key, node or workload that is worst; null when that is the portfolio as a whole.
    pub worst: Option<String>,
    /// What breaks the limit, the most important first, 5 at most; empty when it is kept.
    pub causes: Vec<String>,
    /// Every workload, users and offer that break the limit, the largest part first; empty when it is kept, and for limits on
    /// losses.
    pub cells: Vec<CauseCellAnswer>,
}

/// An accepted exception to a limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ExceptionAnswer {
    /// Who accepted it.
    pub by: String,
    /// Last day on which it holds, `YYYY-MM-DD`.
    pub until: String,
    /// Why.
    pub reason: String,
    /// Whether it still holds today.
    pub valid: bool,
}

/// A part of what breaks a limit.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CauseCellAnswer {
    /// Id of the workload.
    pub workload: String,
    /// Country of the users; null for the workload as a whole.
    pub users: Option<String>,
    /// Id of the offer; null for the workload as a whole.
    pub offer: Option<String>,
    /// Its part of the share or HHI, or USD a month; for `survives` the unserved share of the workload.
    pub contribution: f64,
}

impl CheckAnswer {
    /// The documented `check` over one or more portfolios.
    #[must_use]
    pub fn of(portfolios: &[CheckedPortfolio]) -> Self {
        let limits = |p: &CheckedPortfolio| {
            let limits = p.places.iter().zip(&p.limits);
            limits
                .map(|(place, limit)| LimitAnswer::of(&p.portfolio, &place.measure, limit))
                .collect::<Vec<_>>()
        };
        Self {
            format_version: FORMAT_VERSION,
            valid: portfolios.iter().all(CheckedPortfolio::is_valid),
            breached: portfolios.iter().any(|p| p.is_breached),
            problems: portfolios.iter().flat_map(|p| &p.problems).map(ProblemAnswer::of).collect(),
            limits: portfolios.iter().flat_map(limits).collect(),
            portfolios: portfolios.iter().map(CheckedPortfolioAnswer::of).collect(),
        }
    }
}

impl CheckAnswer {
    /// Each portfolio with its limits.
    pub fn by_portfolio(&self) -> impl Iterator<Item = (&CheckedPortfolioAnswer, &[LimitAnswer])> {
        let mut rest = self.limits.as_slice();
        self.portfolios.iter().map(move |portfolio| {
            let (limits, others) = rest.split_at(portfolio.n_limits.min(rest.len()));
            rest = others;
            (portfolio, limits)
        })
    }
}

impl CheckedPortfolioAnswer {
    fn of(checked: &CheckedPortfolio) -> Self {
        let n_errors = checked.n_errors();
        Self {
            portfolio: checked.portfolio.clone(),
            file: checked.file.clone(),
            valid: checked.is_valid(),
            breached: checked.is_breached,
            n_errors,
            n_warnings: checked.problems.len() - n_errors,
            n_limits: checked.limits.len(),
            n_kept: checked.limits.iter().filter(|limit| limit.kept == Some(true)).count(),
            n_retiring: checked.n_retiring,
            currency: checked.currency.into(),
        }
    }
}

impl ProblemAnswer {
    pub(super) fn of(diagnostic: &Diagnostic) -> Self {
        Self {
            code: diagnostic.code.to_owned(),
            severity: diagnostic.severity.as_str().to_owned(),
            file: diagnostic.file.clone(),
            line: diagnostic.line,
            column: diagnostic.column,
            path: diagnostic.path.clone(),
            message: diagnostic.message.clone(),
            help: diagnostic.help.clone(),
        }
    }
}

impl LimitAnswer {
    /// A limit of a portfolio, with what was measured.
    #[must_use]
    pub fn of(portfolio: &str, measure: &Measure, outcome: &LimitOutcome) -> Self {
        Self {
            portfolio: portfolio.to_owned(),
            limit: outcome.name.clone(),
            measure: measure.as_str().to_owned(),
            says: limit_words(measure),
            unit: measure.unit().as_str().to_owned(),
            value: outcome.value,
            at_least: outcome.at_least,
            at_most: outcome.at_most,
            bound: finite(outcome.bound()),
            kept: outcome.kept,
            breached: outcome.is_breached(),
            accepted: outcome.accepted.as_ref().map(ExceptionAnswer::of),
            worst: outcome.worst.clone(),
            causes: outcome.causes.clone(),
            cells: outcome.cells.iter().map(CauseCellAnswer::of).collect(),
        }
    }
}

impl ExceptionAnswer {
    fn of(exception: &Exception) -> Self {
        Self {
            by: exception.by.clone(),
            until: exception.until.to_string(),
            reason: exception.reason.clone(),
            valid: exception.is_valid,
        }
    }
}

impl CauseCellAnswer {
    fn of(cell: &CauseCell) -> Self {
        Self {
            workload: cell.workload.clone(),
            users: cell.users.clone(),
            offer: cell.offer.clone(),
            contribution: cell.contribution,
        }
    }
}

//! What `serve` says of a request that gets no answer.

use schemars::JsonSchema;
use serde::Serialize;

use super::FORMAT_VERSION;
use super::check::ProblemAnswer;
use crate::input::diagnostic::Diagnostic;

/// A request that gets no answer.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct RefusalAnswer {
    /// Version of this format: 1.
    pub format_version: u64,
    /// What kind of refusal it is.
    pub code: RefusalCode,
    /// What is wrong.
    pub message: String,
    /// Problems of the changed portfolio, as `check` tells them; empty for other refusals.
    pub problems: Vec<ProblemAnswer>,
}

/// Kind of a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RefusalCode {
    /// The token is missing or wrong.
    Unauthorized,
    /// The request comes from another page, or names another host.
    Forbidden,
    /// There is nothing at this address.
    NotFound,
    /// The address does not take this method.
    MethodNotAllowed,
    /// The body is not JSON, or has unknown or missing keys.
    BadRequest,
    /// The body is too large.
    TooLarge,
    /// The body did not come in time.
    TooSlow,
    /// A name in the request is unknown, or a value is out of range.
    InvalidRequest,
    /// The changed portfolio is not valid.
    InvalidPortfolio,
    /// Too many jobs wait already.
    Busy,
    /// A bug in the program.
    Bug,
}

impl RefusalAnswer {
    /// A refusal without problems of a portfolio.
    #[must_use]
    pub fn new(code: RefusalCode, message: String) -> Self {
        Self { format_version: FORMAT_VERSION, code, message, problems: Vec::new() }
    }

    /// Says what is wrong with the changed portfolio.
    pub fn set_problems(&mut self, problems: &[Diagnostic]) {
        self.problems = problems.iter().map(ProblemAnswer::of).collect();
    }
}

//! Requests that are refused, and answers as responses.

use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::input::InputError;
use crate::input::edit::EditError;
use crate::report::answer::refusal::{RefusalAnswer, RefusalCode};
use crate::report::answer::value_of;

/// Why a request gets no answer.
#[derive(Debug, Clone)]
pub(super) struct Refusal {
    status: StatusCode,
    answer: Box<RefusalAnswer>,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, code: RefusalCode, message: impl Into<String>) -> Self {
        Self { status, answer: Box::new(RefusalAnswer::new(code, message.into())) }
    }

    /// What is wrong.
    pub(super) fn message(&self) -> &str {
        &self.answer.message
    }

    /// The body is not what it must be.
    pub(super) fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, RefusalCode::BadRequest, message)
    }

    /// A name is unknown, or a value is out of range.
    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, RefusalCode::InvalidRequest, message)
    }

    pub(super) fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, RefusalCode::NotFound, format!("there is no {what}"))
    }

    /// The fault is ours.
    pub(super) fn bug() -> Self {
        let message = "this is a bug in multipolar, not in your request; please report it with the request";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, RefusalCode::Bug, message)
    }
}

impl From<InputError> for Refusal {
    fn from(error: InputError) -> Self {
        let message = "the changed portfolio is not valid";
        let mut refusal = Self::new(StatusCode::UNPROCESSABLE_ENTITY, RefusalCode::InvalidPortfolio, message);
        refusal.answer.set_problems(error.diagnostics());
        refusal
    }
}

impl From<EditError> for Refusal {
    fn from(error: EditError) -> Self {
        let mut refusal = Self::invalid(error.to_string());
        if let EditError::Unreadable(problems) = &error {
            refusal.answer.set_problems(problems);
        }
        refusal
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        json(self.status, value_of(&*self.answer).to_string())
    }
}

/// A response of JSON text.
pub(super) fn json(status: StatusCode, text: String) -> Response {
    typed(status, "application/json", text.into())
}

/// A response of some content type.
pub(super) fn typed(status: StatusCode, content_type: &'static str, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static(content_type));
    response
}

/// An answer as the text of its JSON.
pub(super) fn text_of(answer: &impl Serialize) -> String {
    value_of(answer).to_string()
}

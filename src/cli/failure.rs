//! Why a command gave no answer, and its exit code.

use super::exit::Exit;
use super::messages::escaped;
use crate::files::WriteError;
use crate::input::InputError;
use crate::measures::MeasureError;
use crate::report::faces::FaceError;
use crate::server::ServeError;
use crate::stress::scenario::ScenarioError;
use crate::study::plan::why_not::UnknownName;
use crate::study::results::StudyError;
use crate::study::session::OptimizeError;

/// Why a command gave no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error("{0}")]
    Input(#[from] InputError),
    /// A value on the command line that is read like one of a file.
    #[error("{0}")]
    Typed(InputError),
    #[error("error: {0}")]
    Write(#[from] WriteError),
    #[error("error: the answer cannot be written to stdout: {0}")]
    Stdout(String),
    #[error("error: {0}")]
    Usage(String),
    #[error("error: {0}")]
    Scenario(#[from] ScenarioError),
    #[error("error: {0}")]
    Measure(#[from] MeasureError),
    #[error("error: {0}")]
    Optimize(#[from] OptimizeError),
    #[error("error: {0}")]
    Stopped(String),
    /// A face of a report cannot be made: a bug.
    #[error("error: {0}")]
    Face(#[from] FaceError),
    #[error("error: {0}")]
    Start(String),
    /// More memory is needed than may be used.
    #[error("error: {0}")]
    TooLarge(String),
}

impl Failure {
    /// A name on the command line that is unknown.
    pub(super) fn unknown_name(unknown: UnknownName) -> Self {
        let (what, id, help) = (unknown.what, escaped(&unknown.id), unknown.help);
        Self::Usage(format!("there is no {what} '{id}'\n  = help: {help}"))
    }

    /// The exit code.
    pub(super) fn exit(&self) -> Exit {
        match self {
            Self::Input(InputError::Unreadable(_)) | Self::Write(_) | Self::Stdout(_) => Exit::File,
            Self::Input(InputError::Invalid(_)) | Self::Scenario(_) => Exit::InvalidInput,
            Self::Usage(_) | Self::Typed(_) => Exit::Usage,
            Self::Face(_) => Exit::Bug,
            // `--trials` is at least 1, so no trials means that the run was stopped; otherwise a loss is not finite.
            Self::Measure(MeasureError::NoTrials) => Exit::Stopped,
            Self::Measure(_) => Exit::InvalidInput,
            Self::Optimize(_) | Self::Stopped(_) | Self::Start(_) | Self::TooLarge(_) => Exit::Stopped,
        }
    }
}

impl From<ServeError> for Failure {
    fn from(error: ServeError) -> Self {
        match error {
            ServeError::Input(error) => Self::Input(error),
            start @ ServeError::Start(_) => Self::Start(start.to_string()),
        }
    }
}

impl From<StudyError> for Failure {
    fn from(error: StudyError) -> Self {
        match error {
            StudyError::Scenario(error) => Self::Scenario(error),
            StudyError::Measure(error) => Self::Measure(error),
        }
    }
}

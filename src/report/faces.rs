//! The files of a report: each is the same answer in another form, made by one function.

use super::answer::results::ResultsAnswer;
use super::locale::{Locale, in_locale};
use super::money::DisplayCurrency;
#[cfg(feature = "pdf")]
use super::pdf;
use super::{html, page, typst_page, xlsx};

/// How faces are written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FaceSettings {
    /// What amounts are shown in.
    pub currency: DisplayCurrency,
    /// How figures are written; while a face is made, all of [`figures`](super::figures) follow it.
    pub locale: Locale,
}

/// A face that could not be made, for a reason that is no fault of the user.
#[derive(Debug, thiserror::Error)]
#[error("{file} cannot be made: {reason}")]
pub struct FaceError {
    pub file: &'static str,
    pub reason: String,
}

/// Makes the bytes of a face; the same answer and settings give the same bytes. The error says why it cannot be made.
pub type Render = fn(&ResultsAnswer, &FaceSettings) -> Result<Vec<u8>, String>;

/// One face.
#[derive(Debug, Clone, Copy)]
pub struct Face {
    /// What it is, for people: `report to read`.
    pub name: &'static str,
    /// Its file in the folder of the report.
    pub file: &'static str,
    pub render: Render,
}

/// Source of the printed report.
pub const PRINT: &str = "report.typ";

/// The printed report itself, in a program built with the feature `pdf`; else it is made of [`PRINT`].
pub const PDF: Option<&str> = if cfg!(feature = "pdf") { Some("report.pdf") } else { None };

/// All faces, the first to read first. `results.json`, `manifest.json` and `inputs/` are written besides.
pub const FACES: &[Face] = &[
    Face { name: "to read in a browser", file: "report.html", render: html::report_face },
    Face { name: "one page for the board", file: "board.html", render: html::board_face },
    Face { name: "to read as Markdown", file: "report.md", render: page::face },
    Face { name: "for spreadsheets", file: "report.xlsx", render: xlsx::face },
    Face { name: "for print, by `typst compile`", file: PRINT, render: typst_page::face },
    #[cfg(feature = "pdf")]
    Face { name: "for print", file: "report.pdf", render: pdf::face },
];

/// The bytes of every face, in the order of [`FACES`].
///
/// # Errors
/// [`FaceError`] when one cannot be made.
pub fn rendered(
    results: &ResultsAnswer,
    settings: &FaceSettings,
) -> Result<Vec<(&'static str, Vec<u8>)>, FaceError> {
    let one = |face: &Face| match (face.render)(results, settings) {
        Ok(bytes) => Ok((face.file, bytes)),
        Err(reason) => Err(FaceError { file: face.file, reason }),
    };
    in_locale(settings.locale, || FACES.iter().map(one).collect())
}

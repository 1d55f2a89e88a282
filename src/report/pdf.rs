//! `report.pdf`: the printed report, compiled from the source of `report.typ` (feature `pdf`).
//!
//! It conforms to PDF/UA-1 (ISO 14289-1:2014), so that it can be read aloud: tagged, with title, language, bookmarks and headings
//! of tables. Nothing in it comes from the machine: the fonts are in the binary, no file is read, and there is no clock.

use std::sync::LazyLock;

use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, Source};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World, comemo};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use super::answer::results::ResultsAnswer;
use super::faces::FaceSettings;
use super::typst_page;

/// What every compilation shares.
static PARTS: LazyLock<TypstParts> = LazyLock::new(TypstParts::new);

/// The PDF as a face of a report.
pub(super) fn face(results: &ResultsAnswer, settings: &FaceSettings) -> Result<Vec<u8>, String> {
    let compiled = pdf(&typst_page::source(results, settings));
    // What typst remembers for a next compilation would stay in memory.
    comemo::evict(0);
    compiled
}

/// The PDF of a source; the error tells what typst says of it.
fn pdf(source: &str) -> Result<Vec<u8>, String> {
    let document = document(source)?;
    let standards = PdfStandards::new(&[PdfStandard::Ua_1]).map_err(|error| error.message().to_string())?;
    let creator = concat!("multipolar ", env!("CARGO_PKG_VERSION")).to_owned();
    let options = PdfOptions { standards, creator: Smart::Custom(Some(creator)), ..PdfOptions::default() };
    typst_pdf::pdf(&document, &options).map_err(|errors| told(&errors))
}

/// The pages of a source.
fn document(source: &str) -> Result<PagedDocument, String> {
    let page = PrintedPage(Source::detached(PARTS.legible(source)));
    typst::compile::<PagedDocument>(&page).output.map_err(|errors| told(&errors))
}

/// Messages and hints, in one line.
fn told(errors: &[SourceDiagnostic]) -> String {
    let one = |error: &SourceDiagnostic| {
        let hints = error.hints.iter().map(|hint| format!(" ({})", hint.v));
        format!("{}{}", error.message, hints.collect::<String>())
    };
    errors.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// The library of typst, and fonts.
struct TypstParts {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
}

impl TypstParts {
    /// With regular and bold, which is all that the report uses. The condensed faces leave room in wide tables.
    fn new() -> Self {
        let files = [dejavu::sans_condensed::regular(), dejavu::sans_condensed::bold()];
        let fonts: Vec<Font> = files.into_iter().flat_map(|file| Font::iter(Bytes::new(file))).collect();
        Self {
            library: LazyHash::new(Library::default()),
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            fonts,
        }
    }

    /// The source with characters that a font lacks named by their number: PDF/UA-1 refuses a character that cannot be shown.
    /// All of them are inside strings of typst, as everything is that comes from a file.
    fn legible(&self, source: &str) -> String {
        let has = |c: char| {
            let is_private = matches!(c, '\u{e000}'..='\u{f8ff}');
            let is_shown = |font: &Font| font.info().coverage.contains(u32::from(c));
            c.is_ascii() || (!is_private && self.fonts.iter().all(is_shown))
        };
        let mut out = String::with_capacity(source.len());
        for c in source.chars() {
            if has(c) {
                out.push(c);
            } else {
                out.push_str(&format!("(U+{:04X})", u32::from(c)));
            }
        }
        out
    }
}

/// The world of a compilation: one source and the fonts.
struct PrintedPage(Source);

impl World for PrintedPage {
    fn library(&self) -> &LazyHash<Library> {
        &PARTS.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &PARTS.book
    }

    fn main(&self) -> FileId {
        self.0.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.0.id() { Ok(self.0.clone()) } else { Err(FileError::AccessDenied) }
    }

    /// None: the report is complete in itself.
    fn file(&self, _: FileId) -> FileResult<Bytes> {
        Err(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        PARTS.fonts.get(index).cloned()
    }

    /// None, so that the same report has the same bytes on any day.
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

#[cfg(test)]
mod tests {
    use typst::layout::{Frame, FrameItem};

    use super::*;

    /// Texts of a page, in the order in which they are read.
    fn read(frame: &Frame, out: &mut Vec<String>) {
        for (_, item) in frame.items() {
            match item {
                FrameItem::Group(group) => read(&group.frame, out),
                FrameItem::Text(text) => out.push(text.text.to_string()),
                _ => {}
            }
        }
    }

    fn texts(source: &str) -> String {
        let mut out = Vec::new();
        for page in document(source).unwrap().pages() {
            read(&page.frame, &mut out);
        }
        out.join(" ")
    }

    #[test]
    fn what_no_font_has_is_named_and_the_rest_is_kept() {
        // Chinese and private; Latin, Hebrew and Arabic, and a place where a word may be broken.
        let source = "\u{4e2d} \u{e000} caf\u{e9} \u{5e9} \u{645} \u{200b}";
        let named = "(U+4E2D) (U+E000) caf\u{e9} \u{5e9} \u{645} \u{200b}";
        assert_eq!(PARTS.legible(source), named);
    }

    /// Rows are read one after the other, and a heading before what it stands over.
    #[test]
    fn texts_are_read_in_their_order() {
        let source = "#set document(title: \"T\")\n#heading(level: 1, \"One\")\n#table(columns: 2, table.header([a], [b]), [c], [d])";
        assert_eq!(texts(source), "One a b c d");
    }

    /// No file and no clock can be reached, and what cannot be printed for everyone is an error.
    #[test]
    fn nothing_comes_from_the_machine() {
        for (source, says) in [
            ("#read(\"/etc/passwd\")", "denied"),
            ("#import \"x.typ\": y", "denied"),
            ("#import \"@preview/a:0.1.0\": y", "denied"),
            ("#datetime.today()", "date"),
            ("no title", "title"),
            (
                "#set document(title: \"T\")\n#image(bytes(\"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'/>\"))",
                "alt",
            ),
        ] {
            let error = pdf(source).unwrap_err();
            assert!(error.contains(says), "{source}: {error}");
        }
    }
}

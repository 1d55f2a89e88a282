//! `report.typ`: the report for print, as source for typst, which makes a PDF of it.

use super::answer::results::ResultsAnswer;
use super::drawing::palette::on_paper;
use super::faces::FaceSettings;
use super::figures::count;
use super::money::DisplayCurrency;
use super::pictures::{ReportPicture, exceedance, frontier, options};
use super::sections::{ColumnKind, ReportSection, TypedColumn, TypedTable, sections};
use crate::input::diagnostic::printable;

/// Where a long word may be broken.
const BREAK: char = '\u{200b}';
/// Columns of a table beyond which it is printed on a wide page.
const MOST_COLUMNS: usize = 8;
/// Characters of a line of words in a table; longer texts take several.
const WIDEST: usize = 34;
/// Characters of such a line in a table of many columns.
const WIDEST_OF_MANY: usize = 20;
/// Lines that a heading of a column takes at most, where there is room.
const HEADING_LINES: usize = 3;
/// Rows of a table that is not divided between two pages.
const ON_ONE_PAGE: usize = 6;
/// Characters of room beside those of a column.
const MARGIN: usize = 3;
/// Characters after which a word may be broken anywhere.
const LONGEST_WORD: usize = 18;

/// The source as a face of a report.
pub(super) fn face(results: &ResultsAnswer, settings: &FaceSettings) -> Result<Vec<u8>, String> {
    Ok(source(results, settings).into_bytes())
}

/// The whole source. Every text in it is a string of typst, so that no name can be markup or code.
pub(super) fn source(results: &ResultsAnswer, settings: &FaceSettings) -> String {
    let currency = settings.currency;
    let title = format!("Supply plan of {}", results.company.name);
    let mut out = format!(
        "// Makes a PDF: typst compile --pdf-standard ua-1 report.typ\n\
         #let company = {}\n#let period = {}\n#set document(title: {}, author: (), date: none)\n{PREAMBLE}",
        string(&breakable(&results.company.name)),
        string(&results.report.period),
        string(&title),
    );
    out.push_str(&format!("#set text(lang: {})\n", string("en")));
    out.push_str(&front(results, &title, currency));
    for section in sections(results) {
        let charts: Vec<ReportPicture> = match section.number {
            1 => [options(results, currency), frontier(results, currency)].into_iter().flatten().collect(),
            6 => exceedance(results, currency).into_iter().collect(),
            _ => Vec::new(),
        };
        out.push_str(&printed(&section, &charts, currency));
    }
    out
}

/// Page, fonts, headings and tables: the look of the report.
const PREAMBLE: &str = r##"#let ink = rgb("#1b1f24")
#let muted = rgb("#5b6470")
#let rule = rgb("#c5ccd3")
#let panel = rgb("#eef1f5")
#set page(
  paper: "a4",
  margin: (x: 18mm, top: 18mm, bottom: 20mm),
  footer: context text(8pt, fill: muted)[#company, #period #h(1fr) #counter(page).display("1 / 1", both: true)],
)
#set text(font: ("Inter", "Segoe UI", "Liberation Sans", "DejaVu Sans"), size: 9.5pt, fill: ink, number-width: "tabular", fallback: true)
#set par(leading: 0.62em, justify: false)
#show title: set text(20pt, weight: 600)
#set heading(numbering: none)
#show heading.where(level: 1): it => block(above: 1.8em, below: 0.8em, sticky: true, text(15pt, weight: 600, it.body))
#show heading.where(level: 2): it => block(above: 1.4em, below: 0.6em, sticky: true, text(10.5pt, weight: 600, it.body))
#set table(stroke: none, inset: (x: 4pt, y: 3.2pt), fill: (_, y) => if y == 0 { panel })
#show table: set text(7.8pt)
#show table: set par(leading: 0.45em)
#show table.cell.where(y: 0): set text(weight: 600)
#let says(body) = block(below: 0.8em, sticky: true, text(10.5pt, body))
#let tells(body) = block(below: 0.6em, sticky: true, text(9.5pt, body))
#let chart(drawing, finding, alternative) = block(breakable: false, above: 1.2em, below: 1.2em)[
  #tells(strong(finding))
  #image(bytes(drawing), format: "svg", width: 120mm, alt: alternative)
]
#let note(body) = block(above: 0.6em, text(8pt, fill: muted, body))
"##;

/// Title, who and when, and the contents.
fn front(results: &ResultsAnswer, title: &str, currency: DisplayCurrency) -> String {
    let report = &results.report;
    let mut lines = vec![format!("Period {}", report.period)];
    lines.extend(report.catalog_date.as_ref().map(|date| format!("Catalog as of {date}")));
    lines.extend(report.prepared_by.as_ref().map(|name| format!("Prepared by {name}")));
    lines.extend(report.owner.as_ref().map(|name| format!("Owner of the decision: {name}")));
    lines.push(format!("Amounts in {}", currency.code()));
    format!(
        "#title[#{}]\n#v(0.2em)\n#text(9.5pt, fill: muted)[#{}]\n#v(1em)\n#outline(title: [Contents], depth: 1)\n",
        string(&breakable(title)),
        string(&lines.join(" · ")),
    )
}

fn printed(section: &ReportSection, charts: &[ReportPicture], currency: DisplayCurrency) -> String {
    let mut out =
        format!("\n#heading(level: 1, {})\n", string(&format!("{}. {}", section.number, section.title)));
    for says in &section.says {
        out.push_str(&format!("#says[#{}]\n", string(&currency.shown(says))));
    }
    out.extend(charts.iter().map(|chart| drawn(chart, currency)));
    for table in section.tables.iter().filter(|table| !table.rows.is_empty()) {
        out.push_str(&tabled(table, currency));
    }
    out
}

/// A chart with what it shows, and a description for those who do not see it.
fn drawn(chart: &ReportPicture, currency: DisplayCurrency) -> String {
    let finding = currency.shown(&chart.finding);
    let drawing = currency.shown(&on_paper(&chart.svg)).replace('\n', "");
    let alternative = format!("{finding}. {}", chart.drawn);
    format!("#chart({}, {}, {})\n", string(&drawing), string(&finding), string(&alternative))
}

fn tabled(table: &TypedTable, currency: DisplayCurrency) -> String {
    let shown = table.shown_columns();
    let is_wide = shown.len() > MOST_COLUMNS;
    let widest = if is_wide { WIDEST_OF_MANY } else { WIDEST };
    let widths: Vec<String> = shown.iter().map(|&at| width(table, at, widest, currency)).collect();
    let aligns: Vec<&str> =
        shown.iter().map(|&at| if is_text(table.columns[at]) { "left" } else { "right" }).collect();
    let mut out = format!("#heading(level: 2, {})\n", string(table.title));
    if !table.says.is_empty() {
        out.push_str(&format!("#tells[#{}]\n", string(&currency.shown(&table.says))));
    }
    let is_short = table.rows.len().min(table.n_printed) <= ON_ONE_PAGE;
    let small = if is_wide { "#show table: set text(6.6pt)\n" } else { "" };
    let left = table.rows.len().saturating_sub(table.n_printed);
    let has_note = left > 0 || !table.note.is_empty();
    // A note stays with its table.
    out.push_str(&format!("#block(breakable: {}, sticky: {})[{small}", !is_short, is_short && has_note));
    out.push_str(&format!(
        "#table(\n  columns: ({},),\n  align: ({},),\n  table.header({}),\n  table.hline(stroke: 0.6pt + rule),\n",
        widths.join(", "),
        aligns.join(", "),
        shown.iter().map(|&at| cell(&currency.shown(&table.columns[at].heading()))).collect::<Vec<_>>().join(", "),
    ));
    for row in table.rows.iter().take(table.n_printed) {
        let cells: Vec<String> =
            shown.iter().map(|&at| cell(&currency.shown(&table.columns[at].shown(&row[at])))).collect();
        out.push_str(&format!("  {},\n", cells.join(", ")));
    }
    out.push_str("  table.hline(stroke: 0.6pt + rule),\n)]\n");
    if left > 0 {
        let more = format!("{} more in report.xlsx.", count(left as u64));
        out.push_str(&format!("#note[#{}]\n", string(&more)));
    }
    if !table.note.is_empty() {
        out.push_str(&format!("#note[#{}]\n", string(table.note)));
    }
    out
}

fn is_text(column: TypedColumn) -> bool {
    column.kind == ColumnKind::Text
}

/// The part of a line that a column takes, in characters: what its longest word, its longest figure and most of its texts need.
fn width(table: &TypedTable, at: usize, widest: usize, currency: DisplayCurrency) -> String {
    let column = table.columns[at];
    let heading = currency.shown(&column.heading());
    let longest_word =
        |text: &str| text.split([' ', BREAK]).map(|word| word.chars().count()).max().unwrap_or(0);
    let texts = table.rows.iter().take(table.n_printed).map(|row| currency.shown(&column.shown(&row[at])));
    let (mut word, mut whole) = (0, 0);
    for text in texts {
        word = word.max(longest_word(&breakable(&text)));
        whole = whole.max(text.chars().count());
    }
    let needed = match is_text(column) {
        true => whole.clamp(word, widest.max(word)),
        false => whole,
    };
    let in_few_lines = heading.chars().count().div_ceil(HEADING_LINES);
    format!("{}fr", needed.max(bold(longest_word(&heading)) + 1).max(bold(in_few_lines)) + MARGIN)
}

/// Characters of plain type that take the room of so many in bold.
fn bold(n: usize) -> usize {
    (n * 5).div_ceil(4)
}

/// A cell with a text.
fn cell(text: &str) -> String {
    format!("[#{}]", string(&breakable(text)))
}

/// The text with places where long words, such as ids of offers, may be broken.
fn breakable(text: &str) -> String {
    let mut out = String::new();
    for (nth, word) in text.split(' ').enumerate() {
        if nth > 0 {
            out.push(' ');
        }
        let is_long = word.chars().count() > LONGEST_WORD;
        let mut n_since = 0;
        for c in word.chars() {
            out.push(c);
            n_since += 1;
            let is_place = matches!(c, '@' | ':' | '_' | '/') && n_since > 3;
            if c == '-' {
                // After a hyphen, a line may end anyway.
                n_since = 0;
            } else if is_long && (is_place || n_since >= LONGEST_WORD) {
                out.push(BREAK);
                n_since = 0;
            }
        }
    }
    out
}

/// Whether a character is a picture, which few fonts of text have: a PDF for everyone must not lack a character.
fn is_picture(c: char) -> bool {
    matches!(c, '\u{2600}'..='\u{27bf}' | '\u{fe00}'..='\u{fe0f}' | '\u{1f000}'..='\u{1faff}')
}

/// A string of typst: in it, only a backslash and a quote mean anything. Pictures are named by their number.
fn string(text: &str) -> String {
    let kept: String = text.split(BREAK).map(printable).collect::<Vec<_>>().join("\u{200b}");
    let named = |c: char| if is_picture(c) { format!("(U+{:04X})", u32::from(c)) } else { c.to_string() };
    let kept: String = kept.chars().map(named).collect();
    format!("\"{}\"", kept.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_leaves_its_string() {
        assert_eq!(string(r#"a"] #panic("x") \" $"#), r#""a\"] #panic(\"x\") \\\" $""#);
        assert_eq!(string("\u{1f680} now"), "\"(U+1F680) now\"");
        assert_eq!(string("a\nb\u{202e}"), r#""a\\u{a}b\\u{202e}""#);
    }

    #[test]
    fn only_long_words_may_be_broken() {
        assert_eq!(breakable("plain words-here"), "plain words-here");
        assert_eq!(breakable("mistral-large-3@mistral:EU"), "mistral-large-3@mistral:\u{200b}EU");
    }
}

//! `report.xlsx`: every table of the report on a sheet of its own, with exact figures, and charts of the main ones.

mod charts;

use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, Table, TableColumn, TableStyle, Url, Workbook,
    Worksheet, XlsxError,
};

use super::answer::results::ResultsAnswer;
use super::faces::FaceSettings;
use super::money::DisplayCurrency;
use super::sections::{ColumnKind, ReportSection, TypedColumn, TypedTable, TypedValue, sections};
use crate::input::diagnostic::printable;

/// Characters of a text that a cell shows; Excel takes up to 32,767.
const LONGEST_TEXT: usize = 8_000;
/// Row of the header of every table, from 0: title and what it means stand above.
const HEADER_ROW: u32 = 3;
/// Widths of columns, characters.
const WIDTHS: (usize, usize) = (9, 48);
/// Characters of a column name after which it is wrapped.
const HEADER_WIDTH: usize = 18;
/// Width of what a section says, characters.
const SAYS_WIDTH: usize = 90;
/// Height of a line, points.
const LINE_HEIGHT: f64 = 15.0;
/// Year in which every workbook says that it was made, so that the same report has the same bytes; the manifest has the time.
const YEAR_MADE: u16 = 2000;
/// Accent and rule, as on the pages of the report.
const ACCENT: u32 = 0x00_1F_4E_79;
const PANEL: u32 = 0x00_EE_F1_F5;

/// The workbook as a face of a report.
pub(super) fn face(results: &ResultsAnswer, settings: &FaceSettings) -> Result<Vec<u8>, String> {
    workbook(results, settings.currency).map_err(|error| error.to_string())
}

fn workbook(results: &ResultsAnswer, currency: DisplayCurrency) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let made = ExcelDateTime::from_ymd(YEAR_MADE, 1, 1)?;
    let company = safe(&results.company.name);
    let title = format!("Supply plan of {company}, {}", results.report.period);
    let author = results.report.prepared_by.as_deref().map(safe).unwrap_or_default();
    let properties = DocProperties::new().set_title(&title).set_author(author).set_creation_datetime(&made);
    book.set_properties(&properties);
    let formats = Formats::new();
    let sections = sections(results);
    summary(book.add_worksheet(), &title, &sections, currency, &formats)?;
    for section in &sections {
        for table in section.tables.iter().filter(|table| !table.rows.is_empty()) {
            let sheet = book.add_worksheet();
            sheet.set_name(sheet_name(section, table))?;
            sheet.set_tab_color(if section.number % 2 == 1 { Color::RGB(ACCENT) } else { Color::RGB(PANEL) });
            page_of(sheet, &title)?;
            filled(sheet, table, currency, &formats)?;
            charts::add(sheet, &sheet_name(section, table), table, currency)?;
        }
    }
    book.save_to_buffer()
}

/// `6 Losses`: the number of the section, and the table.
fn sheet_name(section: &ReportSection, table: &TypedTable) -> String {
    format!("{} {}", section.number, table.name)
}

/// Text that a cell shows as it is: nothing in it steers or reorders, and it is not too long.
fn safe(text: &str) -> String {
    let shown = printable(text);
    if shown.chars().count() <= LONGEST_TEXT {
        return shown;
    }
    shown.chars().take(LONGEST_TEXT).chain(['…']).collect()
}

/// Formats that cells share.
struct Formats {
    title: Format,
    says: Format,
    header: Format,
    text: Format,
    absent: Format,
}

impl Formats {
    fn new() -> Self {
        let plain = || Format::new().set_font_name("Calibri").set_font_size(11).set_align(FormatAlign::Top);
        Self {
            title: plain().set_font_size(16).set_bold(),
            says: plain().set_font_color(Color::RGB(0x00_55_55_55)),
            header: plain()
                .set_bold()
                .set_text_wrap()
                .set_align(FormatAlign::Bottom)
                .set_background_color(Color::RGB(PANEL)),
            text: plain().set_text_wrap().set_indent(1),
            absent: plain().set_font_color(Color::RGB(0x00_99_99_99)).set_align(FormatAlign::Right),
        }
    }

    fn number(&self, code: &str) -> Format {
        Format::new()
            .set_font_name("Calibri")
            .set_font_size(11)
            .set_align(FormatAlign::Top)
            .set_num_format(code)
    }
}

/// How a page of a sheet is printed: A4, wide, on as many pages as it takes, with company and page below.
fn page_of(sheet: &mut Worksheet, title: &str) -> Result<(), XlsxError> {
    /// ISO A4 in the list of paper sizes.
    const A4: u8 = 9;
    // In footers `&` begins a command, and a footer has at most 255 characters.
    let title: String = title.chars().take(100).collect();
    sheet.set_paper_size(A4).set_landscape().set_print_fit_to_pages(1, 0);
    sheet.set_footer(format!("&L{}&R&P / &N", title.replace('&', "&&")));
    sheet.set_repeat_rows(HEADER_ROW, HEADER_ROW)?;
    Ok(())
}

/// The first sheet: what each section says, with links to its tables.
fn summary(
    sheet: &mut Worksheet,
    title: &str,
    sections: &[ReportSection],
    currency: DisplayCurrency,
    formats: &Formats,
) -> Result<(), XlsxError> {
    sheet.set_name("Summary")?;
    page_of(sheet, title)?;
    sheet.set_column_width(0, 34)?.set_column_width(1, SAYS_WIDTH as f64)?.set_column_width(2, 52)?;
    sheet.set_row_height(0, 24)?;
    sheet.write_string_with_format(0, 0, title, &formats.title)?;
    let amounts = format!(
        "Amounts are in {}. Figures are exact; a dash stands for a figure that does not exist.",
        currency.code()
    );
    sheet.write_string_with_format(1, 0, amounts, &formats.says)?;
    for (column, name) in ["section", "what it says", "tables"].into_iter().enumerate() {
        sheet.write_string_with_format(HEADER_ROW, column as u16, name, &formats.header)?;
    }
    let mut row = HEADER_ROW + 1;
    for section in sections {
        let heading = format!("{} {}", section.number, section.title);
        sheet.write_string_with_format(row, 0, heading, &formats.text)?;
        let says = currency.shown(&section.says.join(" "));
        sheet.write_string_with_format(row, 1, safe(&says), &formats.text)?;
        let n_lines = says.chars().count().div_ceil(SAYS_WIDTH).max(1);
        sheet.set_row_height(row, LINE_HEIGHT * n_lines as f64)?;
        for table in section.tables.iter().filter(|table| !table.rows.is_empty()) {
            let target =
                Url::new(format!("internal:'{}'!A1", sheet_name(section, table))).set_text(table.title);
            sheet.write_url(row, 2, target)?;
            row += 1;
        }
        row += u32::from(section.tables.iter().all(|table| table.rows.is_empty()));
    }
    sheet.set_freeze_panes(HEADER_ROW + 1, 0)?;
    Ok(())
}

/// Title, note and the table itself.
fn filled(
    sheet: &mut Worksheet,
    table: &TypedTable,
    currency: DisplayCurrency,
    formats: &Formats,
) -> Result<(), XlsxError> {
    sheet.write_string_with_format(0, 0, table.title, &formats.title)?;
    let notes = [currency.shown(&table.says), table.note.to_owned()];
    for (nth, note) in notes.iter().filter(|note| !note.is_empty()).enumerate() {
        sheet.write_string_with_format(1 + nth as u32, 0, safe(note), &formats.says)?;
    }
    let names: Vec<String> = table.columns.iter().map(|column| currency.shown(&column.heading())).collect();
    for (at, column) in table.columns.iter().enumerate() {
        let width = width_of(table, at, &names[at]);
        sheet.set_column_width(at as u16, width as f64)?;
        for (nth, row) in table.rows.iter().enumerate() {
            write(sheet, (HEADER_ROW + 1 + nth as u32, at as u16), *column, &row[at], currency, formats)?;
        }
    }
    let columns: Vec<TableColumn> = names
        .iter()
        .map(|name| TableColumn::new().set_header(name).set_header_format(&formats.header))
        .collect();
    let named = Table::new().set_name(table.name).set_style(TableStyle::Light1).set_columns(&columns);
    sheet.set_row_height(0, 24)?.set_row_height(HEADER_ROW, 34)?;
    let last = (HEADER_ROW + table.rows.len() as u32, table.columns.len() as u16 - 1);
    sheet.add_table(HEADER_ROW, 0, last.0, last.1, &named)?;
    sheet.set_freeze_panes(HEADER_ROW + 1, 1)?;
    Ok(())
}

fn width_of(table: &TypedTable, at: usize, name: &str) -> usize {
    let texts = table.rows.iter().map(|row| match &row[at] {
        TypedValue::Text(text) => text.chars().count(),
        // Thousands separators and decimals.
        TypedValue::Number(x) => format!("{x:.0}").len() * 4 / 3 + 3,
        TypedValue::Measured(x, _) => format!("{x:.0}").len() * 4 / 3 + 6,
        TypedValue::Absent => 1,
    });
    let header = name
        .split(' ')
        .map(|word| word.chars().count())
        .max()
        .unwrap_or(0)
        .max(name.chars().count().min(HEADER_WIDTH));
    // Beside the name stands the arrow of the filter.
    texts.max().unwrap_or(0).max(header + 3).clamp(WIDTHS.0, WIDTHS.1)
}

/// Writes one cell: text always as text, also where it begins like a formula; figures as numbers.
fn write(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    of: TypedColumn,
    value: &TypedValue,
    currency: DisplayCurrency,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let (x, code) = match value {
        TypedValue::Absent => {
            sheet.write_string_with_format(row, column, super::figures::ABSENT, &formats.absent)?;
            return Ok(());
        }
        TypedValue::Text(text) => {
            sheet.write_string_with_format(row, column, safe(&currency.shown(text)), &formats.text)?;
            return Ok(());
        }
        TypedValue::Measured(x, unit) => match unit.as_str() {
            "share" => (*x, "0.0%".to_owned()),
            "usd" => (*x / currency.usd(), format!("#,##0 \"{}\"", currency.code())),
            "hhi" => (*x, "0.000".to_owned()),
            _ => (*x, "#,##0.##".to_owned()),
        },
        TypedValue::Number(x) => match of.kind {
            ColumnKind::Amount => (*x / currency.usd(), "#,##0".to_owned()),
            ColumnKind::Share => (*x, "0.0%".to_owned()),
            ColumnKind::Count | ColumnKind::Number(0) => (*x, "#,##0".to_owned()),
            ColumnKind::Days => (*x, "#,##0.0".to_owned()),
            ColumnKind::Number(n) => (*x, format!("#,##0.{}", "0".repeat(n))),
            ColumnKind::Text => (*x, "General".to_owned()),
        },
    };
    sheet.write_number_with_format(row, column, x, &formats.number(&code))?;
    Ok(())
}

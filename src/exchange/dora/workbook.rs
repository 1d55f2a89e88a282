//! The draft as a workbook: a sheet for each template, and one that lists what is missing.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};

use super::register::DoraRegister;
use super::templates::TEMPLATES;
use crate::report::answer::dora::RegisterGapAnswer;

/// Year in which every workbook says that it was made, so that the same draft has the same bytes.
const YEAR_MADE: u16 = 2000;
const WIDTH: f64 = 24.0;
const PROVISIONAL_FILL: u32 = 0x00_FF_F2_CC;

/// The workbook.
///
/// # Errors
/// A text why it cannot be made.
pub fn workbook(register: &DoraRegister, gaps: &[RegisterGapAnswer]) -> Result<Vec<u8>, String> {
    built(register, gaps).map_err(|error| error.to_string())
}

fn built(register: &DoraRegister, gaps: &[RegisterGapAnswer]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let made = ExcelDateTime::from_ymd(YEAR_MADE, 1, 1)?;
    book.set_properties(
        &DocProperties::new().set_title("Draft register of information").set_creation_datetime(&made),
    );
    let head = Format::new().set_bold();
    let open = Format::new().set_background_color(PROVISIONAL_FILL);
    let sheet = book.add_worksheet();
    sheet.set_name("Gaps")?;
    for (at, name) in ["template", "column", "name", "kind", "rows", "why"].into_iter().enumerate() {
        sheet.write_string_with_format(0, at as u16, name, &head)?;
        sheet.set_column_width(at as u16, WIDTH)?;
    }
    for (nth, gap) in gaps.iter().enumerate() {
        let row = nth as u32 + 1;
        let texts = [(0, &gap.template), (1, &gap.column), (2, &gap.name), (3, &gap.kind), (5, &gap.why)];
        for (at, text) in texts {
            sheet.write_string(row, at, text)?;
        }
        sheet.write_number(row, 4, gap.n_rows as f64)?;
    }
    for (template, rows) in TEMPLATES.iter().zip(&register.rows) {
        let sheet = book.add_worksheet();
        sheet.set_name(template.id)?;
        for (at, column) in template.columns.iter().enumerate() {
            let at = at as u16;
            sheet.write_string_with_format(0, at, column.name, &head)?;
            sheet.write_string_with_format(1, at, column.code, &head)?;
            sheet.set_column_width(at, WIDTH)?;
        }
        for (nth, row) in rows.iter().enumerate() {
            for (at, cell) in row.iter().enumerate() {
                let place = (nth as u32 + 2, at as u16);
                if cell.is_empty() || cell.starts_with(super::register::PROVISIONAL) {
                    // What the company must fill in is colored. Text is written as text, so that no formula runs.
                    sheet.write_string_with_format(place.0, place.1, cell, &open)?;
                } else {
                    sheet.write_string(place.0, place.1, cell)?;
                }
            }
        }
        sheet.set_freeze_panes(2, 1)?;
    }
    book.save_to_buffer()
}

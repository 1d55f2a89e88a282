//! Writing an inventory: the table with a portfolio filled in, or its header alone.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};

use super::columns::COLUMNS;
use crate::model::portfolio::{AllocationEntry, Portfolio, Workload};
use crate::report::csv::Sheet;
use crate::units::format_days;

/// Year in which every workbook says that it was made, so that the same table has the same bytes.
const YEAR_MADE: u16 = 2000;
const WIDTH: f64 = 22.0;
/// Columns that hold numbers.
const NUMBERS: [&str; 6] =
    ["input_mtok", "output_mtok", "outage_cost_usd_per_day", "min_quality", "share", "cover"];

/// Values of one row by column.
type Filled = Vec<(&'static str, String)>;

/// The rows of a portfolio: its workloads, shares and standbys. Rules, limits, contracts, fallbacks and catalog entries of its own are
/// not a part of the table.
#[must_use]
pub fn rows(portfolio: &Portfolio) -> Vec<Vec<String>> {
    let mut filled: Vec<Filled> = portfolio.workloads.iter().flat_map(of_workload).collect();
    if let Some(first) = filled.first_mut() {
        first.push(("company", portfolio.company.name.clone()));
        first.push(("headquarters", portfolio.company.headquarters.clone()));
    }
    let cell = |row: &Filled, name: &str| {
        row.iter().find(|(column, _)| *column == name).map(|(_, value)| value.clone()).unwrap_or_default()
    };
    filled.iter().map(|row| COLUMNS.iter().map(|column| cell(row, column.name)).collect()).collect()
}

fn of_workload(w: &Workload) -> Vec<Filled> {
    let mut rows: Vec<Filled> = Vec::new();
    let groups = match &w.allocation {
        AllocationEntry::Everywhere(shares) => vec![(None, shares)],
        AllocationEntry::ByCountry { by_country, default } => {
            let countries = by_country.iter().map(|(country, shares)| (Some(country), shares));
            countries.chain(default.iter().map(|shares| (None, shares))).collect()
        }
    };
    for (users, shares) in groups {
        for (offer, share) in shares {
            rows.push(vec![
                ("role", "primary".to_owned()),
                ("users_in", users.cloned().unwrap_or_default()),
                ("share", share.to_string()),
                ("offer", offer.clone()),
            ]);
        }
    }
    for standby in &w.standby {
        rows.push(vec![
            ("role", standby.readiness.as_str().to_owned()),
            ("cover", standby.cover.to_string()),
            ("lead", standby.lead_days.map(format_days).unwrap_or_default()),
            ("offer", standby.offer.clone()),
        ]);
    }
    for row in &mut rows {
        row.push(("workload", w.id.clone()));
    }
    if let Some(first) = rows.first_mut() {
        let users: Vec<String> =
            w.users.iter().map(|(country, share)| format!("{country}={share}")).collect();
        first.extend([
            ("name", w.name.clone()),
            ("data", w.data.as_str().to_owned()),
            ("users", users.join("; ")),
            ("input_mtok", w.input_mtok.to_string()),
            ("output_mtok", w.output_mtok.to_string()),
            ("outage_cost_usd_per_day", w.outage_cost_usd_per_day.to_string()),
            ("recovery_objective", format_days(w.recovery_objective_days)),
            ("min_quality", w.min_quality.map(|floor| floor.to_string()).unwrap_or_default()),
        ]);
    }
    rows
}

/// The table as CSV. Text that would be a formula has an apostrophe before it, which is taken off when it is read.
#[must_use]
pub fn csv(rows: &[Vec<String>]) -> String {
    let names: Vec<&str> = COLUMNS.iter().map(|column| column.name).collect();
    let mut sheet = Sheet::of_texts(&names);
    for row in rows {
        sheet.row(row.iter().map(|cell| cell.as_str().into()));
    }
    sheet.to_text()
}

/// The table as a workbook, with a sheet that explains its columns.
///
/// # Errors
/// A text why it cannot be made.
pub fn workbook(rows: &[Vec<String>]) -> Result<Vec<u8>, String> {
    built(rows).map_err(|error| error.to_string())
}

fn built(rows: &[Vec<String>]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let made = ExcelDateTime::from_ymd(YEAR_MADE, 1, 1)?;
    book.set_properties(&DocProperties::new().set_title("Inventory of uses").set_creation_datetime(&made));
    let head = Format::new().set_bold();
    let sheet = book.add_worksheet();
    sheet.set_name("Inventory")?;
    for (at, column) in COLUMNS.iter().enumerate() {
        let at = at as u16;
        sheet.write_string_with_format(0, at, column.name, &head)?;
        sheet.set_column_width(at, WIDTH)?;
        for (nth, row) in rows.iter().enumerate() {
            let (cell, place) = (&row[usize::from(at)], nth as u32 + 1);
            match cell.parse::<f64>() {
                Ok(number) if NUMBERS.contains(&column.name) => sheet.write_number(place, at, number)?,
                // Text is written as text, so that no formula runs.
                _ if cell.is_empty() => continue,
                _ => sheet.write_string(place, at, cell)?,
            };
        }
    }
    sheet.set_freeze_panes(1, 3)?;
    let guide = book.add_worksheet();
    guide.set_name("Columns")?;
    guide.set_column_width(0, WIDTH)?.set_column_width(1, 90)?;
    for (nth, column) in COLUMNS.iter().enumerate() {
        guide.write_string_with_format(nth as u32, 0, column.name, &head)?;
        guide.write_string(nth as u32, 1, column.says)?;
    }
    book.save_to_buffer()
}

//! Reading an inventory: one table, as CSV or as a sheet of a workbook.

use std::collections::BTreeMap;
use std::path::Path;

use super::columns::COLUMNS;
use super::{csv_table, xlsx_table};
use crate::ids::nearest;
use crate::input::diagnostic::{Diagnostic, quoted};
use crate::input::{InputError, file_bytes, file_text};
use crate::model::inventory::{Inventory, ListedUse, ListedWorkload};
use crate::model::portfolio::Readiness;
use crate::model::words::DataClass;
use crate::units::{format_days, parse_days};

/// Largest file, bytes.
const MOST_BYTES: usize = 8 * 1024 * 1024;
/// Longest text that is kept, characters.
const LONGEST: usize = 200;
/// What every ZIP archive, and so every workbook, begins with.
const ARCHIVE: &[u8] = b"PK";

/// Form of a table, in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableForm {
    Csv,
    Xlsx,
}

impl TableForm {
    /// The name of the form.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "an inventory as CSV",
            Self::Xlsx => "an inventory as XLSX",
        }
    }
}

/// Reads an inventory. A workbook is told by its content.
///
/// # Errors
/// [`InputError::Unreadable`] when the file cannot be read; [`InputError::Invalid`] when it is too large, no table, or a cell does not
/// hold what its column says. All problems are told.
pub fn read_inventory(path: &Path) -> Result<(TableForm, Inventory), InputError> {
    let bytes = file_bytes(path)?;
    let file = path.display().to_string();
    let refused = |code, message: String, help: &str| {
        InputError::Invalid(vec![Diagnostic::of_file(code, &file, message, Some(help.to_owned()))])
    };
    if bytes.len() > MOST_BYTES {
        let message = format!("the file has {} bytes; at most {MOST_BYTES} are allowed", bytes.len());
        return Err(refused(
            "file-too-large",
            message,
            "an inventory has one row for each offer of a workload",
        ));
    }
    let help = "`multipolar export inventory` writes a template";
    let (form, rows) = if bytes.starts_with(ARCHIVE) {
        let rows = xlsx_table::rows(&bytes);
        let rows =
            rows.map_err(|why| refused("bad-workbook", format!("the workbook cannot be read: {why}"), help))?;
        (TableForm::Xlsx, rows)
    } else {
        let text = file_text(path, bytes)?;
        let rows = csv_table::rows(&text);
        let rows = rows.map_err(|why| refused("csv-syntax", format!("the file is no table: {why}"), help))?;
        (TableForm::Csv, rows)
    };
    let mut table = TableReader { file: &file, problems: Vec::new() };
    let inventory = table.inventory(&rows);
    if table.problems.is_empty() { Ok((form, inventory)) } else { Err(InputError::Invalid(table.problems)) }
}

struct TableReader<'a> {
    file: &'a str,
    problems: Vec<Diagnostic>,
}

/// A row with the columns of its table.
struct TableRow<'a> {
    /// From 1, the header included.
    number: usize,
    cells: &'a [String],
    places: &'a BTreeMap<&'static str, usize>,
}

impl TableRow<'_> {
    /// A cell without blanks around it, and without the apostrophe that makes text of what would be a formula; `None` when empty.
    fn get(&self, column: &str) -> Option<&str> {
        let cell = self.cells.get(*self.places.get(column)?)?.trim();
        let text = match cell.strip_prefix('\'') {
            Some(rest) if rest.starts_with(['=', '+', '-', '@']) => rest,
            _ => cell,
        };
        (!text.is_empty()).then_some(text)
    }

    fn kept(&self, column: &str) -> Option<String> {
        Some(self.get(column)?.chars().take(LONGEST).collect())
    }
}

impl TableReader<'_> {
    fn problem(&mut self, code: &'static str, line: usize, path: String, message: String, help: &str) {
        self.problems.push(Diagnostic {
            line: Some(line),
            column: Some(1),
            path,
            ..Diagnostic::of_file(code, self.file, message, Some(help.to_owned()))
        });
    }

    fn inventory(&mut self, rows: &[Vec<String>]) -> Inventory {
        let mut inventory = Inventory::default();
        let Some((header, rows)) = rows.split_first() else {
            self.problem(
                "inventory-column",
                1,
                String::new(),
                "the table has no header".to_owned(),
                "the first row names the columns",
            );
            return inventory;
        };
        let places = self.header(header);
        if !self.problems.is_empty() {
            return inventory;
        }
        let mut by_id: BTreeMap<String, usize> = BTreeMap::new();
        for (nth, cells) in rows.iter().enumerate() {
            let row = TableRow { number: nth + 2, cells, places: &places };
            if cells.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            inventory.company = inventory.company.or_else(|| row.kept("company"));
            if let Some(country) = self.country(&row, "headquarters") {
                inventory.headquarters.get_or_insert(country);
            }
            let Some(id) = row.kept("workload") else {
                if COLUMNS.iter().skip(2).any(|column| row.get(column.name).is_some()) {
                    let message = "the row names no workload".to_owned();
                    self.problem(
                        "inventory-value",
                        row.number,
                        "workload".to_owned(),
                        message,
                        "write what the model is needed for",
                    );
                }
                continue;
            };
            let at = *by_id.entry(id.clone()).or_insert_with(|| {
                let place = format!("Row {}.", row.number);
                let name = row.kept("name").unwrap_or_else(|| id.clone());
                inventory.workloads.push(ListedWorkload { id, name, place, ..ListedWorkload::default() });
                inventory.workloads.len() - 1
            });
            self.row(&row, &mut inventory.workloads[at]);
        }
        inventory
    }

    /// Places of the known columns.
    fn header(&mut self, header: &[String]) -> BTreeMap<&'static str, usize> {
        let mut places = BTreeMap::new();
        for (at, cell) in header.iter().enumerate().filter(|(_, cell)| !cell.trim().is_empty()) {
            let name = cell.trim().to_lowercase();
            let Some(column) = COLUMNS.iter().find(|column| column.name == name) else {
                let near = nearest(&name, COLUMNS.iter().map(|column| column.name));
                let help = near.map_or_else(
                    || "`multipolar export inventory` writes a template".to_owned(),
                    |near| format!("did you mean '{near}'?"),
                );
                let message = format!("there is no column {}", quoted(cell));
                self.problem("inventory-column", 1, String::new(), message, &help);
                continue;
            };
            if places.insert(column.name, at).is_some() {
                let message = format!("the column '{name}' is there twice");
                self.problem("inventory-column", 1, String::new(), message, "keep one of them");
            }
        }
        if self.problems.is_empty() && !places.contains_key("workload") {
            let message = "the column 'workload' is missing".to_owned();
            self.problem("inventory-column", 1, String::new(), message, "the first row names the columns");
        }
        places
    }

    fn wrong(&mut self, row: &TableRow<'_>, column: &str, expected: &str) {
        let cell = row.get(column).unwrap_or_default();
        let message = format!("{} is not {expected}", quoted(cell));
        let column = COLUMNS.iter().find(|known| known.name == column);
        let (path, help) = column.map_or(("", ""), |column| (column.name, column.says));
        self.problem("inventory-value", row.number, path.to_owned(), message, help);
    }

    /// A number of at least 0; a percent sign divides by 100.
    fn number(&mut self, row: &TableRow<'_>, column: &str, most: f64) -> Option<f64> {
        let cell = row.get(column)?;
        let (digits, unit) = cell.strip_suffix('%').map_or((cell, 1.0), |digits| (digits.trim(), 100.0));
        // A comma is the decimal mark where there is no point.
        let digits = if digits.contains('.') { digits.to_owned() } else { digits.replace(',', ".") };
        let number = digits.parse::<f64>().ok().map(|x| x / unit);
        let number = number.filter(|x| x.is_finite() && (0.0..=most).contains(x));
        if number.is_none() {
            self.wrong(
                row,
                column,
                &if most == 1.0 {
                    "a share from 0 to 1".to_owned()
                } else {
                    format!("a number from 0 to {most}")
                },
            );
        }
        number
    }

    fn duration(&mut self, row: &TableRow<'_>, column: &str) -> Option<String> {
        let days = parse_days(row.get(column)?);
        if days.is_err() {
            self.wrong(row, column, "a time");
        }
        days.ok().map(format_days)
    }

    fn country(&mut self, row: &TableRow<'_>, column: &str) -> Option<String> {
        let country = row.get(column)?.to_uppercase();
        if is_code(&country) {
            return Some(country);
        }
        self.wrong(row, column, "a country's two letters");
        None
    }

    fn row(&mut self, row: &TableRow<'_>, workload: &mut ListedWorkload) {
        const MOST: f64 = 1e12;
        let input = self.number(row, "input_mtok", MOST);
        let output = self.number(row, "output_mtok", MOST);
        match (input, output) {
            (Some(input), Some(output)) => workload.demand = workload.demand.or(Some((input, output))),
            (None, None) => {}
            _ => {
                let message = "input_mtok and output_mtok belong together".to_owned();
                self.problem(
                    "inventory-value",
                    row.number,
                    "input_mtok".to_owned(),
                    message,
                    "write both, 0 for none",
                );
            }
        }
        let outage = self.number(row, "outage_cost_usd_per_day", MOST);
        workload.outage_cost_usd_per_day = workload.outage_cost_usd_per_day.or(outage);
        let floor = self.number(row, "min_quality", MOST);
        workload.min_quality = workload.min_quality.or(floor);
        let recovery = self.duration(row, "recovery_objective");
        workload.recovery_objective = workload.recovery_objective.take().or(recovery);
        if let Some(word) = row.get("data") {
            match DataClass::parse(&word.to_lowercase()) {
                Some(class) => workload.data = workload.data.or(Some(class)),
                None => self.wrong(row, "data", "a class of data"),
            }
        }
        if let (Some(text), true) = (row.get("users"), workload.users.is_empty()) {
            match user_shares(text) {
                Some(users) => workload.users = users,
                None => self.wrong(row, "users", "a list of countries and shares"),
            }
        }
        let standby = match row.get("role").map(str::to_lowercase).as_deref() {
            None | Some("primary") => None,
            Some("hot") => Some(Readiness::Hot),
            Some("warm") => Some(Readiness::Warm),
            Some(_) => {
                self.wrong(row, "role", "a role");
                None
            }
        };
        let [offer, model, host, region] =
            ["offer", "model", "host", "region"].map(|column| row.kept(column));
        let name = offer.clone().or_else(|| model.clone()).or_else(|| host.clone()).unwrap_or_default();
        let used = ListedUse {
            name,
            place: format!("row {}", row.number),
            offer,
            model,
            host,
            region,
            users: self.country(row, "users_in"),
            share: self.number(row, "share", 1.0),
            standby,
            cover: self.number(row, "cover", 1.0),
            lead: self.duration(row, "lead"),
        };
        workload.uses.extend((!used.name.is_empty()).then_some(used));
    }
}

fn is_code(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase())
}

/// `DE=0.6; FR=0.4`, or a single country.
fn user_shares(text: &str) -> Option<BTreeMap<String, f64>> {
    let entry = |entry: &str| {
        let (country, share) = entry.split_once('=').unwrap_or((entry, "1"));
        let country = country.trim().to_uppercase();
        let share = share.trim().replace(',', ".").parse::<f64>().ok()?;
        (is_code(&country) && (0.0..=1.0).contains(&share)).then_some((country, share))
    };
    text.split(';').map(str::trim).filter(|part| !part.is_empty()).map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_of_users_are_read_as_people_write_them() {
        let users = |text: &str| user_shares(text).map(|users| users.into_iter().collect::<Vec<_>>());
        assert_eq!(users("DE=0.6; fr=0,4"), Some(vec![("DE".into(), 0.6), ("FR".into(), 0.4)]));
        assert_eq!(users("GB"), Some(vec![("GB".into(), 1.0)]));
        for text in ["Germany=1", "DE=x", "DE=2", "D\nE=1"] {
            assert_eq!(user_shares(text), None, "{text}");
        }
    }
}

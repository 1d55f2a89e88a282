//! Answers as CSV (RFC 4180): a line of column names, then one line per row; exact numbers, nothing for what does not exist.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::answer::{schema_of, value_of};

/// Lines of the same columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Sheet {
    /// A sheet without rows.
    #[must_use]
    pub fn new(columns: &[&str]) -> Self {
        Self { columns: columns.iter().map(|&c| c.to_owned()).collect(), rows: Vec::new() }
    }

    /// A sheet of flat structs: the names of their fields are the columns.
    ///
    /// # Panics
    /// When a field is neither a scalar nor an `Option` of one.
    #[must_use]
    pub fn of<T: Serialize + Default>(rows: &[T]) -> Self {
        let columns = columns::<T>();
        let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
        Self::of_objects(&columns, &rows.iter().map(value_of).collect::<Vec<Value>>())
    }

    /// A sheet of JSON objects: each column holds the value under its name, so that both formats say the same.
    #[must_use]
    pub fn of_objects<'a>(columns: &[&str], objects: impl IntoIterator<Item = &'a Value>) -> Self {
        let mut sheet = Self::new(columns);
        for object in objects {
            sheet.row(columns.iter().map(|column| field(&object[column])));
        }
        sheet
    }

    /// A sheet of structs whose fields are scalars or lists of texts; the texts of a list are joined by semicolons. The names of
    /// the fields are the columns, in the order of their declaration.
    ///
    /// # Panics
    /// When a field may be absent from the JSON: it would be no column.
    #[must_use]
    pub fn of_entries<T: Serialize + JsonSchema>(entries: &[T]) -> Self {
        let schema = schema_of::<T>();
        let required = schema["required"].as_array().expect("a struct with fields");
        let columns: Vec<&str> = required.iter().filter_map(Value::as_str).collect();
        let joined = |value: &Value| match value {
            Value::Array(items) => {
                plain(&items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("; "))
            }
            scalar => field(scalar),
        };
        let mut sheet = Self::new(&columns);
        for entry in entries.iter().map(value_of) {
            assert_eq!(
                entry.as_object().map(serde_json::Map::len),
                Some(columns.len()),
                "a field is no column"
            );
            sheet.row(columns.iter().map(|column| joined(&entry[column])));
        }
        sheet
    }

    /// Adds a row.
    ///
    /// # Panics
    /// When it has not one field per column.
    pub fn row(&mut self, fields: impl IntoIterator<Item = String>) {
        let row: Vec<String> = fields.into_iter().collect();
        assert_eq!(row.len(), self.columns.len(), "a row of {:?}", self.columns);
        self.rows.push(row);
    }

    /// The whole text, each line ending in a newline.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        for line in std::iter::once(&self.columns).chain(&self.rows) {
            writer.write_record(line).expect("memory takes lines of one length");
        }
        let bytes = writer.into_inner().expect("memory can be flushed");
        String::from_utf8(bytes).expect("made of text")
    }
}

/// Names of a struct's fields in the order of their declaration, also where there is no row to read them from.
fn columns<T: Serialize + Default>() -> Vec<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.serialize(T::default()).expect("a row has scalars only");
    let bytes = writer.into_inner().expect("memory can be flushed");
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    reader.headers().expect("just written").iter().map(str::to_owned).collect()
}

/// A JSON scalar as a field: numbers shortest, so that they read back exactly; `null` is empty; text so that a spreadsheet shows it and does not run it.
#[must_use]
pub fn field(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => plain(text),
        other => other.to_string(),
    }
}

/// Text that a spreadsheet shows and does not run: an apostrophe before what would begin a formula, and no control
/// characters but the end of a line (OWASP, CSV Injection).
fn plain(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let shown = |c: char| if c.is_control() && c != '\n' { char::REPLACEMENT_CHARACTER } else { c };
    let apostrophe = is_formula.then_some('\'');
    apostrophe.into_iter().chain(text.chars().map(shown)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn fields_are_quoted_where_needed_and_numbers_are_exact() {
        let objects = [
            json!({"id": "a", "name": "Say \"no\", twice", "x": 0.1}),
            json!({"id": "b", "name": "two\nlines", "x": null}),
            json!({"id": "c", "name": "ä", "x": 16.0 / 9.0}),
        ];
        assert_eq!(
            Sheet::of_objects(&["id", "name", "x"], &objects).to_text(),
            "id,name,x\na,\"Say \"\"no\"\", twice\",0.1\nb,\"two\nlines\",\nc,ä,1.7777777777777777\n"
        );
    }

    /// A number below 0 is a number, a name that begins with `-` is text.
    #[test]
    fn text_that_would_be_a_formula_stays_text() {
        let objects = [
            json!({"id": "=HYPERLINK(\"http://x\")", "x": -1.5}),
            json!({"id": "@sum", "x": null}),
            json!({"id": "-a", "x": null}),
            json!({"id": "a\u{1b}[31m=b", "x": null}),
        ];
        assert_eq!(
            Sheet::of_objects(&["id", "x"], &objects).to_text(),
            "id,x\n\"'=HYPERLINK(\"\"http://x\"\")\",-1.5\n'@sum,\n'-a,\na\u{fffd}[31m=b,\n"
        );
    }

    #[derive(Default, Serialize)]
    struct Row {
        workload: &'static str,
        loss_usd: f64,
        day: Option<f64>,
    }

    #[test]
    fn the_fields_of_a_struct_are_columns_in_their_order() {
        let rows = [
            Row { workload: "support, chat", loss_usd: -0.0, day: None },
            Row { workload: "b", loss_usd: f64::NAN, day: Some(0.25) },
        ];
        assert_eq!(Sheet::of(&rows).to_text(), "workload,loss_usd,day\n\"support, chat\",0.0,\nb,,0.25\n");
        assert_eq!(Sheet::of::<Row>(&[]).to_text(), "workload,loss_usd,day\n");
    }

    #[test]
    fn a_sheet_without_rows_has_its_columns() {
        assert_eq!(Sheet::new(&["a", "b"]).to_text(), "a,b\n");
    }
}

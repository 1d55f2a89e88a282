//! Answers as CSV (RFC 4180): a line of column names, then one line per row; exact numbers, nothing for what does not exist.

pub mod simulate;

use serde_json::Value;

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

    /// A sheet of JSON objects: each column holds the value under its name, so that both formats say the same.
    #[must_use]
    pub fn of_objects<'a>(columns: &[&str], objects: impl IntoIterator<Item = &'a Value>) -> Self {
        let mut sheet = Self::new(columns);
        for object in objects {
            sheet.row(columns.iter().map(|column| field(&object[column])));
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

/// A JSON scalar as a field: numbers shortest, so that they read back exactly; `null` is empty.
#[must_use]
pub fn field(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
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

    #[test]
    fn a_sheet_without_rows_has_its_columns() {
        assert_eq!(Sheet::new(&["a", "b"]).to_text(), "a,b\n");
    }
}

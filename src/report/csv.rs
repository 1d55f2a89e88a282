//! Rows of an answer: columns with a name and a type, and one cell per column, absent where there is no such value.
//! As CSV (RFC 4180), numbers are exact, and what is absent is empty.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::answer::{schema_of, value_of};

/// What the cells of a column are, where they are not absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellKind {
    /// `true` or `false`.
    Flag,
    /// Whole numbers.
    Whole,
    /// Numbers; also where a column holds numbers and flags.
    Number,
    /// Text; also where a column holds more than numbers and flags.
    Text,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetColumn {
    pub name: String,
    pub kind: CellKind,
}

/// Lines of the same columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    columns: Vec<SheetColumn>,
    /// `[n_rows][n_columns]`: JSON scalars.
    rows: Vec<Vec<Value>>,
}

impl Sheet {
    /// A sheet without rows, whose columns are text.
    #[must_use]
    pub fn of_texts(columns: &[&str]) -> Self {
        Self { columns: columns.iter().map(|&name| text_column(name)).collect(), rows: Vec::new() }
    }

    /// A sheet of structs whose fields are scalars or lists of texts: the names of the fields are the columns, in the order of
    /// their declaration. The texts of a list are joined by semicolons.
    ///
    /// # Panics
    /// When a field may be absent from the JSON: it would be no column.
    #[must_use]
    pub fn of<T: Serialize + JsonSchema>(entries: &[T]) -> Self {
        Self::of_keyed([], entries.iter().map(|entry| ([], entry)))
    }

    /// As [`Self::of`], with columns of text before the fields, and their values before each struct.
    ///
    /// # Panics
    /// As [`Self::of`].
    #[must_use]
    pub fn of_keyed<'a, T: Serialize + JsonSchema + 'a, const N: usize>(
        keys: [&str; N],
        entries: impl IntoIterator<Item = ([&'a str; N], &'a T)>,
    ) -> Self {
        let fields = columns::<T>();
        let mut sheet = Self { columns: keys.into_iter().map(text_column).collect(), rows: Vec::new() };
        sheet.columns.extend(fields.iter().cloned());
        for (values, entry) in entries {
            let entry = value_of(entry);
            assert_eq!(
                entry.as_object().map(serde_json::Map::len),
                Some(fields.len()),
                "a field is no column"
            );
            let cells = fields.iter().map(|column| joined(&entry[&column.name]));
            sheet.row(values.into_iter().map(Value::from).chain(cells));
        }
        sheet
    }

    /// Adds a row of scalars.
    ///
    /// # Panics
    /// When it has not one cell per column.
    pub fn row(&mut self, cells: impl IntoIterator<Item = Value>) {
        let row: Vec<Value> = cells.into_iter().collect();
        assert_eq!(row.len(), self.columns.len(), "a row of {:?}", self.columns);
        self.rows.push(row);
    }

    /// The columns, in their order.
    #[must_use]
    pub fn columns(&self) -> &[SheetColumn] {
        &self.columns
    }

    /// `[n_rows][n_columns]`: JSON scalars, `null` for what is absent.
    #[must_use]
    pub fn rows(&self) -> &[Vec<Value>] {
        &self.rows
    }

    /// The whole text, each line ending in a newline.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let names = self.columns.iter().map(|column| column.name.clone()).collect();
        let rows = self.rows.iter().map(|row| row.iter().map(field).collect());
        for line in std::iter::once::<Vec<String>>(names).chain(rows) {
            writer.write_record(line).expect("memory takes lines of one length");
        }
        let bytes = writer.into_inner().expect("memory can be flushed");
        String::from_utf8(bytes).expect("made of text")
    }
}

fn text_column(name: &str) -> SheetColumn {
    SheetColumn { name: name.to_owned(), kind: CellKind::Text }
}

/// The fields of a struct in the order of their declaration, by its schema.
fn columns<T: JsonSchema>() -> Vec<SheetColumn> {
    let schema = schema_of::<T>();
    let names = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let column = |name: &str| SheetColumn {
        name: name.to_owned(),
        kind: kind(&words(&schema["properties"][name], &schema["$defs"])),
    };
    names.map(column).collect()
}

/// The types that a schema allows, as JSON Schema names them.
fn words<'s>(schema: &'s Value, definitions: &'s Value) -> Vec<&'s str> {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.strip_prefix("#/$defs/")) {
        return words(&definitions[name], definitions);
    }
    if let Some(choices) = schema["anyOf"].as_array().or_else(|| schema["oneOf"].as_array()) {
        return choices.iter().flat_map(|choice| words(choice, definitions)).collect();
    }
    match &schema["type"] {
        Value::String(word) => vec![word],
        Value::Array(words) => words.iter().filter_map(Value::as_str).collect(),
        // A word of a closed list.
        _ => vec!["string"],
    }
}

fn kind(words: &[&str]) -> CellKind {
    let only = |known: &[&str]| words.iter().all(|word| *word == "null" || known.contains(word));
    if only(&["boolean"]) {
        CellKind::Flag
    } else if only(&["integer"]) {
        CellKind::Whole
    } else if only(&["integer", "number", "boolean"]) {
        CellKind::Number
    } else {
        CellKind::Text
    }
}

/// A scalar as it is; the texts of a list in one.
fn joined(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("; ").into(),
        scalar => scalar.clone(),
    }
}

/// A JSON scalar as a field: numbers shortest, so that they read back exactly; `null` is empty; text so that a spreadsheet
/// shows it and does not run it.
fn field(value: &Value) -> String {
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

    fn text(columns: &[&str], rows: &[[Value; 2]]) -> String {
        let mut sheet = Sheet::of_texts(columns);
        rows.iter().for_each(|row| sheet.row(row.clone()));
        sheet.to_text()
    }

    #[test]
    fn fields_are_quoted_where_needed_and_numbers_are_exact() {
        let rows = [
            [json!("Say \"no\", twice"), json!(0.1)],
            [json!("two\nlines"), json!(null)],
            [json!("ä"), json!(16.0 / 9.0)],
        ];
        assert_eq!(
            text(&["name", "x"], &rows),
            "name,x\n\"Say \"\"no\"\", twice\",0.1\n\"two\nlines\",\nä,1.7777777777777777\n"
        );
    }

    /// A number below 0 is a number, a name that begins with `-` is text.
    #[test]
    fn text_that_would_be_a_formula_stays_text() {
        let rows = [
            [json!("=HYPERLINK(\"http://x\")"), json!(-1.5)],
            [json!("@sum"), json!(null)],
            [json!("-a"), json!(null)],
            [json!("a\u{1b}[31m=b"), json!(null)],
        ];
        assert_eq!(
            text(&["id", "x"], &rows),
            "id,x\n\"'=HYPERLINK(\"\"http://x\"\")\",-1.5\n'@sum,\n'-a,\na\u{fffd}[31m=b,\n"
        );
    }

    #[derive(Serialize, JsonSchema)]
    #[serde(rename_all = "lowercase")]
    enum Word {
        Kept,
    }

    #[derive(Serialize, JsonSchema)]
    #[serde(untagged)]
    enum Mixed {
        Count(u64),
        Truth(bool),
        Number(Option<f64>),
    }

    #[derive(Serialize, JsonSchema)]
    struct Row {
        workload: &'static str,
        loss_usd: f64,
        day: Option<f64>,
        n: Option<u64>,
        is_used: Option<bool>,
        word: Option<Word>,
        mixed: Mixed,
        names: Vec<&'static str>,
    }

    #[test]
    fn the_fields_of_a_struct_are_columns_in_their_order() {
        let mut row = Row {
            workload: "support, chat",
            loss_usd: -0.0,
            day: None,
            n: Some(3),
            is_used: None,
            word: Some(Word::Kept),
            mixed: Mixed::Count(7),
            names: vec!["a", "b"],
        };
        let head = "workload,loss_usd,day,n,is_used,word,mixed,names\n";
        let first = "\"support, chat\",0.0,,3,,kept,7,a; b\n";
        assert_eq!(Sheet::of(std::slice::from_ref(&row)).to_text(), format!("{head}{first}"));
        row = Row {
            loss_usd: f64::NAN,
            day: Some(0.25),
            is_used: Some(false),
            mixed: Mixed::Truth(true),
            ..row
        };
        let second = "\"support, chat\",,0.25,3,false,kept,true,a; b\n";
        assert_eq!(Sheet::of(&[row]).to_text(), format!("{head}{second}"));
        let none = Sheet::of::<Row>(&[]);
        assert_eq!(none.to_text(), head);
        let kinds: Vec<CellKind> = none.columns().iter().map(|column| column.kind).collect();
        use CellKind::{Flag, Number, Text, Whole};
        assert_eq!(kinds, [Text, Number, Number, Whole, Flag, Text, Number, Text]);
        assert!(matches!(Mixed::Number(None), Mixed::Number(None)));
    }

    #[test]
    fn keys_are_columns_before_the_fields() {
        #[derive(Serialize, JsonSchema)]
        struct Score {
            score: f64,
        }
        let sheet = Sheet::of_keyed(["jurisdiction", "enabler"], [(["FR", "talent"], &Score { score: 0.5 })]);
        assert_eq!(sheet.to_text(), "jurisdiction,enabler,score\nFR,talent,0.5\n");
    }
}

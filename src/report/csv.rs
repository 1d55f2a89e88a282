//! Rows for spreadsheets: one line of column names, then one line per row, fields quoted where they must be (RFC 4180).

use serde_json::Value;

/// Rows under their columns, each line ending in a newline.
///
/// Cells are the values of the JSON answers, so that figures read the same in both; `null` is an empty field.
///
/// # Panics
/// When a row has not one cell per column.
#[must_use]
pub fn to_text(columns: &[&str], rows: impl IntoIterator<Item = Vec<Value>>) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(columns).expect("memory takes every byte");
    for row in rows {
        writer.write_record(row.iter().map(field)).expect("one cell per column");
    }
    let bytes = writer.into_inner().expect("memory takes every byte");
    String::from_utf8(bytes).expect("columns and cells are text")
}

fn field(cell: &Value) -> String {
    match cell {
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
    fn fields_are_quoted_where_they_must_be_and_nothing_is_empty() {
        let text = to_text(
            &["id", "loss_usd"],
            [vec![json!("a, \"b\""), json!(1.5)], vec![json!("c"), json!(null)]],
        );
        assert_eq!(text, "id,loss_usd\n\"a, \"\"b\"\"\",1.5\nc,\n");
    }
}

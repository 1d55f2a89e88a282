//! Rows of an answer as Parquet: the columns of its CSV with their types, each of which may be null.

use std::sync::Arc;

use parquet::basic::{Repetition, Type as Physical};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::Type;
use serde_json::Value;

use super::row_groups::{ROWS, column_type, properties};
use crate::report::csv::{CellKind, Sheet};

/// The file of a sheet. Text is as in the JSON: what keeps a spreadsheet from running it belongs to CSV alone.
///
/// # Errors
/// When a whole number does not fit 64 bits with a sign.
pub(super) fn bytes(sheet: &Sheet) -> Result<Vec<u8>, ParquetError> {
    let fields = sheet.columns().iter().map(|column| {
        let physical = match column.kind {
            CellKind::Flag => Physical::BOOLEAN,
            CellKind::Whole => Physical::INT64,
            CellKind::Number => Physical::DOUBLE,
            CellKind::Text => Physical::BYTE_ARRAY,
        };
        column_type(&column.name, physical, Repetition::OPTIONAL)
    });
    let schema = Type::group_type_builder("rows").with_fields(fields.collect::<Result<_, _>>()?).build()?;
    let mut writer = SerializedFileWriter::new(Vec::new(), Arc::new(schema), properties())?;
    for rows in sheet.rows().chunks(ROWS) {
        let mut group = writer.next_row_group()?;
        for (at, column) in sheet.columns().iter().enumerate() {
            let Some(mut cells) = group.next_column()? else { break };
            let values = || rows.iter().map(|row| &row[at]);
            match column.kind {
                CellKind::Flag => write::<BoolType>(&mut cells, values(), flag)?,
                CellKind::Whole => write::<Int64Type>(&mut cells, values(), whole)?,
                CellKind::Number => write::<DoubleType>(&mut cells, values(), number)?,
                CellKind::Text => write::<ByteArrayType>(&mut cells, values(), text)?,
            }
            cells.close()?;
        }
        group.close()?;
    }
    writer.into_inner()
}

/// Writes the cells of one column: a level of 1 for each that is there, 0 for each that is absent.
fn write<'v, T: DataType>(
    column: &mut SerializedColumnWriter<'_>,
    values: impl Iterator<Item = &'v Value> + Clone,
    read: impl Fn(&Value) -> Option<T::T>,
) -> Result<(), ParquetError> {
    let levels: Vec<i16> = values.clone().map(|value| i16::from(!value.is_null())).collect();
    let there = values.filter(|value| !value.is_null());
    let misplaced = |value: &Value| ParquetError::General(format!("{value} is not of its column's type"));
    let there =
        there.map(|value| read(value).ok_or_else(|| misplaced(value))).collect::<Result<Vec<_>, _>>()?;
    column.typed::<T>().write_batch(&there, Some(&levels), None).map(drop)
}

fn flag(value: &Value) -> Option<bool> {
    value.as_bool()
}

fn whole(value: &Value) -> Option<i64> {
    value.as_i64()
}

/// A flag among numbers is 1 or 0.
fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_bool().map(|truth| f64::from(u8::from(truth))))
}

fn text(value: &Value) -> Option<ByteArray> {
    Some(match value {
        Value::String(text) => ByteArray::from(text.as_str()),
        other => ByteArray::from(other.to_string().as_str()),
    })
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::fs::File;

    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::Field;
    use proptest::prelude::*;
    use schemars::JsonSchema;
    use serde::Serialize;

    use super::*;

    #[derive(Serialize, JsonSchema)]
    struct NumberRow {
        name: String,
        x: Option<f64>,
        n: u64,
        is_so: bool,
    }

    fn cells(sheet: &Sheet) -> Vec<Vec<Field>> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.parquet");
        fs::write(&path, bytes(sheet).unwrap()).unwrap();
        let reader = SerializedFileReader::new(File::open(&path).unwrap()).unwrap();
        let row = |row: Result<parquet::record::Row, ParquetError>| {
            row.unwrap().get_column_iter().map(|(_, cell)| cell.clone()).collect()
        };
        reader.get_row_iter(None).unwrap().map(row).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        /// Every number reads back to the last bit, and none where there is none. Minus 0 is 0 in every answer.
        #[test]
        fn numbers_read_back_exactly(numbers in prop::collection::vec(prop::option::of(any::<f64>()), 0..40)) {
            let measured = |x: &Option<f64>| NumberRow { name: String::new(), x: *x, n: 1, is_so: false };
            let read = cells(&Sheet::of(&numbers.iter().map(measured).collect::<Vec<_>>()));
            let finite = |x: &Option<f64>| x.filter(|x| x.is_finite());
            let expected = numbers.iter().map(|x| finite(x).map(|x| (x + 0.0).to_bits()));
            let found = read.iter().map(|row| match row[1] {
                Field::Double(x) => Some(x.to_bits()),
                _ => None,
            });
            prop_assert!(found.eq(expected));
        }
    }

    /// More rows than a row group holds: all are there, in their order.
    #[test]
    fn rows_go_on_in_the_next_row_group() {
        let row = |n: u64| NumberRow { name: format!("=a{n}"), x: None, n, is_so: n % 2 == 1 };
        let read = cells(&Sheet::of(&(0..ROWS as u64 + 3).map(row).collect::<Vec<_>>()));
        assert_eq!(read.len(), ROWS + 3);
        for (at, row) in (0..).zip(&read) {
            let expected =
                [Field::Str(format!("=a{at}")), Field::Null, Field::Long(at), Field::Bool(at % 2 == 1)];
            assert!(*row == expected, "{row:?}");
        }
    }

    #[test]
    fn a_number_that_does_not_fit_is_refused() {
        let row = NumberRow { name: String::new(), x: None, n: u64::MAX, is_so: true };
        assert!(bytes(&Sheet::of(&[row])).unwrap_err().to_string().contains("is not of its column"));
    }
}

//! Tables as Parquet: required columns, and row groups with a fixed number of rows.

use std::fs::File;
use std::io;
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::column::reader::ColumnReader;
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader, RowGroupReader, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;

use super::broken::Broken;
use super::columns::{Field, TableColumn, ValueKind};
use super::held::held;
use crate::files::PendingFile;

/// Rows of a row group, all of which are in memory at once.
pub(super) const ROWS: usize = 65_536;
/// Who writes a file, without a version: the same table has the same bytes.
const WRITER: &str = "multipolar";

/// The fields of one column.
enum Values {
    Whole(Vec<i64>),
    Number(Vec<f64>),
    Text(Vec<ByteArray>),
}

impl Values {
    fn new(kind: ValueKind) -> Self {
        match kind {
            ValueKind::Whole => Self::Whole(Vec::new()),
            ValueKind::Number => Self::Number(Vec::new()),
            ValueKind::Text => Self::Text(Vec::new()),
        }
    }
}

pub(super) fn io_error(error: ParquetError) -> io::Error {
    io::Error::other(error)
}

/// How every table is written.
pub(super) fn properties() -> Arc<WriterProperties> {
    let snappy = WriterProperties::builder().set_compression(Compression::SNAPPY);
    Arc::new(snappy.set_created_by(WRITER.to_owned()).build())
}

/// A column; bytes are text.
pub(super) fn column_type(
    name: &str,
    physical: Physical,
    repetition: Repetition,
) -> Result<Arc<Type>, ParquetError> {
    let logical = (physical == Physical::BYTE_ARRAY).then_some(LogicalType::String);
    let builder = Type::primitive_type_builder(name, physical);
    builder.with_repetition(repetition).with_logical_type(logical).build().map(Arc::new)
}

fn schema(columns: &[TableColumn]) -> Result<Type, ParquetError> {
    let field = |&(name, kind): &TableColumn| {
        let physical = match kind {
            ValueKind::Whole => Physical::INT64,
            ValueKind::Number => Physical::DOUBLE,
            ValueKind::Text => Physical::BYTE_ARRAY,
        };
        column_type(name, physical, Repetition::REQUIRED)
    };
    let fields = columns.iter().map(field).collect::<Result<Vec<_>, _>>()?;
    Type::group_type_builder("trials").with_fields(fields).build()
}

pub(super) struct RowGroupWriter {
    writer: SerializedFileWriter<PendingFile>,
    values: Vec<Values>,
    n_rows: usize,
}

impl RowGroupWriter {
    pub(super) fn new(file: PendingFile, columns: &[TableColumn]) -> io::Result<Self> {
        let schema = Arc::new(schema(columns).map_err(io_error)?);
        let writer = SerializedFileWriter::new(file, schema, properties()).map_err(io_error)?;
        let values = columns.iter().map(|column| Values::new(column.1)).collect();
        Ok(Self { writer, values, n_rows: 0 })
    }

    pub(super) fn row(&mut self, fields: &[Field<'_>]) -> io::Result<()> {
        for (values, field) in self.values.iter_mut().zip(fields) {
            match (values, field) {
                (Values::Whole(list), Field::Whole(n)) => {
                    list.push(i64::try_from(*n).map_err(io::Error::other)?);
                }
                (Values::Number(list), Field::Number(x)) => list.push(*x),
                (Values::Text(list), Field::Text(text)) => list.push(ByteArray::from(*text)),
                _ => return Err(io::ErrorKind::InvalidInput.into()),
            }
        }
        self.n_rows += 1;
        if self.n_rows == ROWS { self.flush().map_err(io_error) } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), ParquetError> {
        let mut group = self.writer.next_row_group()?;
        let mut columns = self.values.iter_mut();
        while let (Some(mut column), Some(values)) = (group.next_column()?, columns.next()) {
            match values {
                Values::Whole(list) => {
                    column.typed::<Int64Type>().write_batch(list, None, None)?;
                    list.clear();
                }
                Values::Number(list) => {
                    column.typed::<DoubleType>().write_batch(list, None, None)?;
                    list.clear();
                }
                Values::Text(list) => {
                    column.typed::<ByteArrayType>().write_batch(list, None, None)?;
                    list.clear();
                }
            }
            column.close()?;
        }
        group.close()?;
        self.n_rows = 0;
        Ok(())
    }

    pub(super) fn finish(mut self) -> io::Result<PendingFile> {
        if self.n_rows > 0 {
            self.flush().map_err(io_error)?;
        }
        self.writer.into_inner().map_err(io_error)
    }
}

/// Passes every row of a table to `each`.
///
/// The reader of the format panics at some damaged pages, which is held here: for a file it is a fault of the file.
pub(super) fn read(
    file: File,
    columns: &[TableColumn],
    each: &mut dyn FnMut(&[Field<'_>]) -> Result<(), String>,
) -> Result<(), Broken> {
    held(|| read_groups(file, columns, each))
        .unwrap_or_else(|| Err(Broken::Content("it is damaged".to_owned())))
}

fn read_groups(
    file: File,
    columns: &[TableColumn],
    each: &mut dyn FnMut(&[Field<'_>]) -> Result<(), String>,
) -> Result<(), Broken> {
    let broken = |error: ParquetError| Broken::Content(error.to_string());
    let n_bytes = file.metadata().map_or(0, |metadata| metadata.len());
    let reader = SerializedFileReader::new(file).map_err(broken)?;
    let found = reader.metadata().file_metadata().schema().get_fields();
    if !found.iter().map(|field| field.name()).eq(columns.iter().map(|column| column.0)) {
        return Err(Broken::Content("its columns are not those of this kind of table".to_owned()));
    }
    let mut n_before = 0;
    for group in 0..reader.num_row_groups() {
        let group = reader.get_row_group(group).map_err(broken)?;
        let n = usize::try_from(group.metadata().num_rows()).unwrap_or(usize::MAX);
        if n > ROWS {
            return Err(Broken::Content(format!("a row group has more than {ROWS} rows")));
        }
        let chunks = group.metadata().columns();
        if chunks.len() != columns.len() || !chunks.iter().all(|chunk| is_inside(chunk, n_bytes)) {
            return Err(Broken::Content("a column lies outside the file".to_owned()));
        }
        let values = (0..columns.len()).map(|at| column(group.as_ref(), at, columns[at].1, n));
        let values = values.collect::<Result<Vec<_>, _>>().map_err(broken)?;
        for row in 0..n {
            let fields: Option<Vec<Field<'_>>> = values.iter().map(|column| field(column, row)).collect();
            let checked =
                fields.ok_or_else(|| "a field is missing".to_owned()).and_then(|fields| each(&fields));
            checked.map_err(|what| Broken::Content(format!("row {}: {what}", n_before + row + 1)))?;
        }
        n_before += n;
    }
    Ok(())
}

/// Whether a column of a row group lies in the file, as it says; the reader takes its word for it.
fn is_inside(chunk: &ColumnChunkMetaData, n_bytes: u64) -> bool {
    let start = chunk.dictionary_page_offset().unwrap_or_else(|| chunk.data_page_offset());
    let end = u64::try_from(start).ok().zip(u64::try_from(chunk.compressed_size()).ok());
    end.and_then(|(start, length)| start.checked_add(length)).is_some_and(|end| end <= n_bytes)
}

fn column(group: &dyn RowGroupReader, at: usize, kind: ValueKind, n: usize) -> Result<Values, ParquetError> {
    let mut values = Values::new(kind);
    match (group.get_column_reader(at)?, &mut values) {
        (ColumnReader::Int64ColumnReader(mut reader), Values::Whole(list)) => {
            reader.read_records(n, None, None, list)?;
        }
        (ColumnReader::DoubleColumnReader(mut reader), Values::Number(list)) => {
            reader.read_records(n, None, None, list)?;
        }
        (ColumnReader::ByteArrayColumnReader(mut reader), Values::Text(list)) => {
            reader.read_records(n, None, None, list)?;
        }
        _ => return Err(ParquetError::General("a column has another type".to_owned())),
    }
    Ok(values)
}

fn field(values: &Values, row: usize) -> Option<Field<'_>> {
    Some(match values {
        Values::Whole(list) => Field::Whole(u64::try_from(*list.get(row)?).ok()?),
        Values::Number(list) => Field::Number(list.get(row).copied().filter(|x| x.is_finite())?),
        Values::Text(list) => Field::Text(list.get(row)?.as_utf8().ok()?),
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::exchange::columns::{EVENTS, TRIALS};
    use crate::files::take_names;

    /// A table of trials.
    fn table(n: u64) -> Vec<u8> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.parquet");
        let mut writer = RowGroupWriter::new(PendingFile::create(&path).unwrap(), &TRIALS).unwrap();
        for trial in 0..n {
            let loss = Field::Number(trial as f64 / 4.0);
            writer.row(&[Field::Whole(trial), loss, Field::Number(0.0)]).unwrap();
        }
        take_names(vec![writer.finish().unwrap()]).unwrap();
        fs::read(&path).unwrap()
    }

    /// The rows of a table of trials, or why there are none.
    fn rows(bytes: &[u8], columns: &[TableColumn]) -> Result<u64, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.parquet");
        fs::write(&path, bytes).unwrap();
        let mut n = 0;
        let counted = read(File::open(&path).unwrap(), columns, &mut |_| {
            n += 1;
            Ok(())
        });
        match counted {
            Ok(()) => Ok(n),
            Err(Broken::Content(what)) => Err(what),
            Err(Broken::Unreadable(error)) => Err(error.to_string()),
        }
    }

    #[test]
    fn what_is_no_table_of_trials_is_refused() {
        let good = table(3);
        assert_eq!(rows(&good, &TRIALS), Ok(3));
        assert!(rows(&good, &EVENTS).unwrap_err().contains("its columns are not those"));
        for bytes in [&b""[..], b"PAR1", b"PAR1PAR1", b"trial,loss_usd\n0,1\n", &[0; 64]] {
            assert!(rows(bytes, &TRIALS).is_err(), "{bytes:?}");
        }
        for end in 0..good.len() {
            assert!(rows(&good[..end], &TRIALS).is_err(), "cut at {end} of {}", good.len());
        }
    }

    /// Bytes that were changed, one at a time: in the pages, their headers, and the counts and places of the footer.
    #[test]
    fn changed_bytes_are_read_or_refused_but_never_panic() {
        let good = table(3);
        let (mut n_read, mut n_refused) = (0, 0);
        for at in 0..good.len() {
            for change in [0x01, 0x10, 0x7f, 0x80, 0xff] {
                let mut bytes = good.clone();
                bytes[at] ^= change;
                match std::panic::catch_unwind(|| rows(&bytes, &TRIALS)) {
                    Ok(Ok(n)) => {
                        n_read += 1;
                        assert!(n <= ROWS as u64);
                    }
                    Ok(Err(what)) => {
                        n_refused += 1;
                        assert!(!what.is_empty());
                    }
                    Err(_) => panic!("byte {at} changed by {change:#x}"),
                }
            }
        }
        assert!(n_read > 0 && n_refused > 0);
    }
}

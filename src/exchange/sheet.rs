//! Tables as CSV (RFC 4180): numbers in the shortest form that reads back exactly.

use std::io::{self, Read, Write};

use csv::StringRecord;

use super::broken::Broken;
use super::columns::{Field, TableColumn, ValueKind};

pub(super) struct SheetWriter<W: Write> {
    writer: csv::Writer<W>,
    digits: String,
}

impl<W: Write> SheetWriter<W> {
    pub(super) fn new(inner: W, columns: &[TableColumn]) -> io::Result<Self> {
        let mut writer = csv::Writer::from_writer(inner);
        writer.write_record(columns.iter().map(|column| column.0))?;
        Ok(Self { writer, digits: String::new() })
    }

    pub(super) fn row(&mut self, fields: &[Field<'_>]) -> io::Result<()> {
        use std::fmt::Write as _;
        for field in fields {
            self.digits.clear();
            let text = match field {
                Field::Text(text) => text,
                Field::Whole(n) => {
                    write!(self.digits, "{n}").map_err(io::Error::other)?;
                    self.digits.as_str()
                }
                Field::Number(x) => {
                    write!(self.digits, "{x}").map_err(io::Error::other)?;
                    self.digits.as_str()
                }
            };
            self.writer.write_field(text)?;
        }
        self.writer.write_record(None::<&[u8]>)?;
        Ok(())
    }

    pub(super) fn finish(self) -> io::Result<W> {
        self.writer.into_inner().map_err(csv::IntoInnerError::into_error)
    }
}

/// Passes every row of a table to `each`.
pub(super) fn read(
    file: impl Read,
    columns: &[TableColumn],
    each: &mut dyn FnMut(&[Field<'_>]) -> Result<(), String>,
) -> Result<(), Broken> {
    let mut reader = csv::Reader::from_reader(file);
    let headers = reader.headers().map_err(broken)?;
    if !headers.iter().eq(columns.iter().map(|column| column.0)) {
        let names: Vec<&str> = columns.iter().map(|column| column.0).collect();
        return Err(Broken::Content(format!("the first line must be `{}`", names.join(","))));
    }
    let mut record = StringRecord::new();
    while reader.read_record(&mut record).map_err(broken)? {
        let fields: Option<Vec<Field<'_>>> =
            record.iter().zip(columns).map(|(text, column)| field(text, column.1)).collect();
        let checked =
            fields.ok_or_else(|| "a field is not a number".to_owned()).and_then(|fields| each(&fields));
        let line = record.position().map_or(0, csv::Position::line);
        checked.map_err(|what| Broken::Content(format!("line {line}: {what}")))?;
    }
    Ok(())
}

fn field(text: &str, kind: ValueKind) -> Option<Field<'_>> {
    Some(match kind {
        ValueKind::Whole => Field::Whole(text.parse().ok()?),
        ValueKind::Number => Field::Number(text.parse().ok().filter(|x: &f64| x.is_finite())?),
        ValueKind::Text => Field::Text(text),
    })
}

fn broken(error: csv::Error) -> Broken {
    let text = error.to_string();
    match error.into_kind() {
        csv::ErrorKind::Io(error) => Broken::Unreadable(error),
        _ => Broken::Content(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::columns::{EVENTS, TRIALS};
    use proptest::prelude::*;

    proptest! {
        /// Every loss reads back to the last bit.
        #[test]
        fn numbers_read_back_exactly(losses in prop::collection::vec(any::<f64>(), 1..20)) {
            let losses: Vec<f64> = losses.into_iter().filter(|x| x.is_finite()).collect();
            let mut writer = SheetWriter::new(Vec::new(), &TRIALS).unwrap();
            for (trial, loss) in (0..).zip(&losses) {
                writer.row(&[Field::Whole(trial), Field::Number(*loss), Field::Number(0.0)]).unwrap();
            }
            let bytes = writer.finish().unwrap();
            let mut found = Vec::new();
            read(&bytes[..], &TRIALS, &mut |fields| {
                let Field::Number(loss) = fields[1] else { return Err("not a number".to_owned()) };
                found.push(loss.to_bits());
                Ok(())
            }).unwrap();
            prop_assert_eq!(found, losses.iter().map(|x| x.to_bits()).collect::<Vec<_>>());
        }
    }

    #[test]
    fn an_invalid_table_is_reported_with_its_line() {
        let message = |text: &str| match read(text.as_bytes(), &TRIALS, &mut |_| Ok(())) {
            Err(Broken::Content(what)) => what,
            other => panic!("{other:?}"),
        };
        assert!(message("trial,loss\n").contains("the first line must be `trial,loss_usd,"));
        let head = "trial,loss_usd,largest_event_loss_usd\n0,1,1\n";
        assert!(message(&format!("{head}1,much,0\n")).starts_with("line 3: a field is not a number"));
        assert!(message(&format!("{head}1,inf,0\n")).starts_with("line 3: a field is not a number"));
        assert!(message(&format!("{head}1,0\n")).contains("line: 3"));
        assert!(EVENTS.iter().any(|column| column.1 == ValueKind::Text));
    }
}

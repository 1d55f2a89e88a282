//! `--out FILE.parquet`: the rows of `--format csv` with their types, read back with the reader of the format.

use super::Folder;

/// Refused before anything is read, and no file is made.
#[test]
fn parquet_is_for_rows_and_for_programs_built_with_it() {
    let folder = Folder::new();
    let refused = |arguments: &[&str], says: &str| {
        let ended = folder.run(arguments);
        assert_eq!((ended.code, ended.stdout.as_str()), (2, ""), "{arguments:?}");
        assert!(ended.stderr.contains(says), "{arguments:?}: {}", ended.stderr);
        assert!(!folder.path("x.parquet").exists());
    };
    let is_built = cfg!(feature = "parquet");
    let rows = if is_built { "add --format csv" } else { "cargo build --release --features parquet" };
    refused(&["list", "offers", "--out", "x.parquet"], rows);
    refused(&["check", "missing.yaml", "--out", "x.PARQUET"], rows);
    refused(&["explain", "--out", "x.parquet"], rows);
    refused(&["stress", "missing.yaml", "--format", "json", "--out", "x.parquet"], rows);
    if !is_built {
        refused(&["list", "offers", "--format", "csv", "--out", "x.parquet"], rows);
    }
}

#[cfg(feature = "parquet")]
mod built {
    use std::fs::{self, File};

    use parquet::basic::Type as Physical;
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::Field;

    use super::Folder;
    use crate::cli::shipped;

    /// Names and types of the columns, and the cells by row.
    type Read = (Vec<(String, Physical)>, Vec<Vec<Field>>);

    fn read(folder: &Folder, name: &str) -> Read {
        let reader = SerializedFileReader::new(File::open(folder.path(name)).unwrap()).unwrap();
        let fields = reader.metadata().file_metadata().schema().get_fields();
        let columns =
            fields.iter().map(|field| (field.name().to_owned(), field.get_physical_type())).collect();
        let rows = reader.get_row_iter(None).unwrap();
        let cells =
            rows.map(|row| row.unwrap().get_column_iter().map(|(_, cell)| cell.clone()).collect()).collect();
        (columns, cells)
    }

    /// Whether a cell says what the field of the CSV says, to the last bit.
    fn is_same(cell: &Field, csv: &str) -> bool {
        match cell {
            Field::Null => csv.is_empty(),
            Field::Bool(truth) => csv == truth.to_string(),
            Field::Long(n) => csv == n.to_string(),
            Field::Double(x) => match csv {
                "true" => *x == 1.0,
                "false" => *x == 0.0,
                number => number.parse::<f64>().is_ok_and(|number| number.to_bits() == x.to_bits()),
            },
            // An apostrophe before what a spreadsheet would run is CSV's alone.
            Field::Str(text) => csv == text || csv.strip_prefix('\'') == Some(text),
            other => panic!("{other:?}"),
        }
    }

    /// Both files of one command, compared cell by cell; returns what was read.
    fn compared(folder: &Folder, arguments: &[&str]) -> Read {
        let run = |out: &str| {
            let ended = folder.run(&[arguments, &["--format", "csv", "--out", out]].concat());
            assert_eq!(ended.code, 0, "{arguments:?}: {}", ended.stderr);
        };
        run("rows.csv");
        run("rows.parquet");
        let bytes = fs::read(folder.path("rows.parquet")).unwrap();
        run("rows.parquet");
        assert!(bytes == fs::read(folder.path("rows.parquet")).unwrap(), "{arguments:?}: other bytes");
        let (columns, cells) = read(folder, "rows.parquet");
        let mut csv = csv::Reader::from_path(folder.path("rows.csv")).unwrap();
        let names: Vec<String> = csv.headers().unwrap().iter().map(str::to_owned).collect();
        assert!(columns.iter().map(|column| &column.0).eq(&names), "{arguments:?}: {columns:?}");
        let lines: Vec<csv::StringRecord> = csv.records().map(Result::unwrap).collect();
        assert_eq!(lines.len(), cells.len(), "{arguments:?}");
        for (line, row) in lines.iter().zip(&cells) {
            for ((text, cell), name) in line.iter().zip(row).zip(&names) {
                assert!(is_same(cell, text), "{arguments:?} {name}: {cell:?}, {text}");
            }
        }
        (columns, cells)
    }

    fn kind(read: &Read, column: &str) -> Physical {
        read.0.iter().find(|(name, _)| name == column).unwrap_or_else(|| panic!("no column {column}")).1
    }

    #[test]
    fn rows_are_those_of_the_csv_with_types_whatever_the_command() {
        let folder = Folder::new();
        let stress = ["stress", "tiny.yaml", "--shock", "openai_outage"];
        let summary = compared(&folder, &stress);
        assert_eq!(kind(&summary, "loss_usd"), Physical::DOUBLE);
        assert_eq!(kind(&summary, "workload"), Physical::BYTE_ARRAY);
        assert!(summary.1.iter().flatten().any(|cell| *cell == Field::Null), "something is absent");
        compared(&folder, &[&stress[..], &["--table", "timeline"]].concat());
        let limits = compared(&folder, &[&stress[..], &["--table", "broken-limits"]].concat());
        assert_eq!(kind(&limits, "broken_before"), Physical::BOOLEAN);
        let offers = compared(&folder, &["list", "offers"]);
        assert!(offers.1.len() > 100);
        for list in ["models", "scenarios", "limits"] {
            compared(&folder, &["list", list, "tiny.yaml"]);
        }
        let shocks = compared(&folder, &["shocks", "list"]);
        assert!(shocks.1.len() > 20);
        let indicators = compared(&folder, &["landscape", "--table", "indicators"]);
        assert_eq!(indicators.0[0].0, "jurisdiction");
        compared(&folder, &["landscape", "--table", "ranks"]);
        compared(&folder, &["catalog", "status", "--table", "ending"]);
        compared(&folder, &["shocks", "calibrate", "--table", "rates"]);
        compared(&folder, &["export", "uk-register", &shipped("quickstart")]);
        // Numbers of different measures, a truth among them.
        let measures = compared(&folder, &["simulate", "tiny.yaml", "--trials", "100"]);
        assert_eq!(kind(&measures, "value"), Physical::DOUBLE);
        let replayed = compared(&folder, &["replay", "tiny.yaml"]);
        assert!(replayed.0.iter().any(|column| column.1 == Physical::DOUBLE));
    }

    /// The types follow from the command, not from the rows.
    #[test]
    fn a_list_without_rows_has_its_columns_with_their_types() {
        let folder = Folder::new();
        let (columns, cells) = compared(&folder, &["exposure", "tiny.yaml"]);
        assert!(cells.is_empty());
        let of = |name: &str| columns.iter().find(|column| column.0 == name).unwrap().1;
        assert_eq!(
            [of("offer"), of("days"), of("share")],
            [Physical::BYTE_ARRAY, Physical::DOUBLE, Physical::DOUBLE]
        );
    }
}

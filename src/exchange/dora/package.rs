//! The draft as an xBRL-CSV report package: a folder, or a ZIP archive of one.

use std::io::{Cursor, Write};
use std::path::Path;

use serde_json::json;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::register::DoraRegister;
use super::templates::TEMPLATES;
use crate::files::{PendingTree, WriteError, write_bytes_atomically};

const REPORT_PACKAGE: &str = "https://xbrl.org/report-package/2023";
const XBRL_CSV: &str = "https://xbrl.org/2021/xbrl-csv";
/// Entry point of the taxonomy.
const MODULE: &str = "http://www.eba.europa.eu/eu/fr/xbrl/crr/fws/dora/4.0/mod/dora.json";
/// Precision of amounts: thousands.
const DECIMALS_MONETARY: &str = "-3";

/// Files of the package below its root folder, with their content.
#[must_use]
pub fn files(register: &DoraRegister) -> Vec<(String, String)> {
    let package = json!({"documentInfo": {"documentType": REPORT_PACKAGE}});
    let report = json!({
        "documentInfo": {"documentType": XBRL_CSV, "extends": [MODULE]},
        "eba:generatingSoftwareInformation": concat!("multipolar ", env!("CARGO_PKG_VERSION")),
    });
    let mut files = vec![
        ("META-INF/reportPackage.json".to_owned(), format!("{package:#}\n")),
        ("reports/report.json".to_owned(), format!("{report:#}\n")),
        ("reports/parameters.csv".to_owned(), parameters(register)),
        ("reports/FilingIndicators.csv".to_owned(), indicators(register)),
    ];
    for (template, rows) in TEMPLATES.iter().zip(&register.rows) {
        let columns: Vec<String> = template.columns.iter().map(|column| column.code.to_owned()).collect();
        let lines: Vec<&Vec<String>> = std::iter::once(&columns).chain(rows).collect();
        files.push((format!("reports/{}.csv", template.id.to_lowercase()), csv(&lines)));
    }
    files
}

fn parameters(register: &DoraRegister) -> String {
    let filing = &register.filing;
    let entity = filing.lei.as_deref().map(|lei| format!("rs:{lei}.IND")).unwrap_or_default();
    let date = filing.date.map(|date| date.to_string()).unwrap_or_default();
    let lines = [
        ["name", "value"].map(str::to_owned),
        ["entityID".to_owned(), entity],
        ["refPeriod".to_owned(), date],
        ["baseCurrency".to_owned(), format!("iso4217:{}", register.currency)],
        ["decimalsInteger".to_owned(), "0".to_owned()],
        ["decimalsMonetary".to_owned(), DECIMALS_MONETARY.to_owned()],
    ]
    .map(|line| line.to_vec());
    csv(&lines.iter().collect::<Vec<_>>())
}

/// Which templates hold rows (rule 808: one that is reported is not empty).
fn indicators(register: &DoraRegister) -> String {
    let head = vec!["templateID".to_owned(), "reported".to_owned()];
    let line = |(template, rows): (&super::templates::DoraTemplate, &Vec<Vec<String>>)| {
        vec![template.id.to_owned(), (!rows.is_empty()).to_string()]
    };
    let lines: Vec<Vec<String>> =
        std::iter::once(head).chain(TEMPLATES.iter().zip(&register.rows).map(line)).collect();
    csv(&lines.iter().collect::<Vec<_>>())
}

/// Lines that end as the format wants them: carriage return and line feed.
fn csv(lines: &[&Vec<String>]) -> String {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for line in lines {
        // Writing into memory does not fail, and all lines have one length.
        let _ = writer.write_record(line.iter());
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

/// Writes the package: an archive where the path ends in `.zip`, else a folder, which is replaced. The root folder of an archive has
/// its name.
///
/// # Errors
/// [`WriteError`] when it cannot be written.
pub fn write(path: &Path, register: &DoraRegister) -> Result<(), WriteError> {
    let is_zip = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("zip"));
    if !is_zip {
        if let Some(other) = other_entry(path) {
            let reason = format!("'{other}' in it is no part of a package: name a new folder");
            return Err(WriteError { path: path.to_owned(), reason });
        }
        let mut tree = PendingTree::create(path)?;
        for (name, text) in files(register) {
            tree.write(Path::new(&name), text.as_bytes())?;
        }
        return tree.finish();
    }
    let root = path.file_stem().unwrap_or_default().to_string_lossy();
    let bytes = archive(&root, register)
        .map_err(|error| WriteError { path: path.to_owned(), reason: error.to_string() })?;
    write_bytes_atomically(path, &bytes)
}

/// Something in a folder that no package has, so that the folder is not replaced.
fn other_entry(path: &Path) -> Option<String> {
    let entries = std::fs::read_dir(path).ok()?;
    let names = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.into_iter().filter(|name| !["META-INF", "reports"].contains(&name.as_str())).min()
}

/// The archive; its files have one time, so that the same draft has the same bytes.
fn archive(root: &str, register: &DoraRegister) -> zip::result::ZipResult<Vec<u8>> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(zip::DateTime::default());
    for (name, text) in files(register) {
        archive.start_file(format!("{root}/{name}"), options)?;
        archive.write_all(text.as_bytes())?;
    }
    Ok(archive.finish()?.into_inner())
}

//! A workbook as its readers see it: an archive of XML, read without the crate that wrote it.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use quick_xml::Reader;
use quick_xml::events::Event;
use zip::ZipArchive;

/// What a cell holds.
#[derive(Debug, Clone, PartialEq)]
pub enum SheetCell {
    Empty,
    Text(String),
    Number(f64),
}

/// The sheets of a workbook in their order, with their names.
pub struct Sheets {
    pub sheets: Vec<(String, Vec<Vec<SheetCell>>)>,
    /// Cells with a formula.
    pub n_formulas: usize,
    /// Names of the charts and tables in the archive.
    pub parts: Vec<String>,
}

/// Names of elements with their attributes, and texts.
enum Piece {
    Begin(String, BTreeMap<String, String>),
    End,
    Text(String),
}

fn pieces(xml: &str) -> Vec<Piece> {
    let mut reader = Reader::from_str(xml);
    let mut found = Vec::new();
    let name = |text: &str| text.to_owned();
    let unescaped = |text: &str| quick_xml::escape::unescape(text).unwrap().into_owned();
    loop {
        match reader.read_event().expect("well-formed XML") {
            Event::Start(e) | Event::Empty(e) => {
                let attributes = e.attributes().map(|a| {
                    let a = a.unwrap();
                    (name(a.key.as_ref()), unescaped(&name(&a.value)))
                });
                found.push(Piece::Begin(name(e.name().as_ref()), attributes.collect()));
            }
            Event::End(_) => found.push(Piece::End),
            Event::Text(e) => found.push(Piece::Text(name(&e))),
            Event::GeneralRef(e) => found.push(Piece::Text(unescaped(&format!("&{};", name(&e))))),
            Event::Eof => return found,
            _ => {}
        }
    }
}

/// The column of a cell: `C7` is 2.
fn column(place: &str) -> usize {
    let letters = place.bytes().take_while(u8::is_ascii_uppercase);
    letters.fold(0, |n, letter| n * 26 + usize::from(letter - b'A') + 1) - 1
}

impl Sheets {
    pub fn read(path: &Path) -> Self {
        let mut archive = ZipArchive::new(File::open(path).unwrap()).unwrap();
        let parts: Vec<String> = archive.file_names().map(str::to_owned).collect();
        let mut part = |name: &str| {
            let mut text = String::new();
            archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
            pieces(&text)
        };
        let mut texts: Vec<String> = Vec::new();
        for piece in part("xl/sharedStrings.xml") {
            match piece {
                Piece::Begin(name, _) if name == "si" => texts.push(String::new()),
                Piece::Text(text) => texts.last_mut().into_iter().for_each(|last| *last += &text),
                _ => {}
            }
        }
        let names = part("xl/workbook.xml").into_iter().filter_map(|piece| match piece {
            Piece::Begin(name, attributes) if name == "sheet" => Some(attributes["name"].clone()),
            _ => None,
        });
        let (mut sheets, mut n_formulas) = (Vec::new(), 0);
        for (nth, sheet) in names.collect::<Vec<_>>().into_iter().enumerate() {
            let mut rows: Vec<Vec<SheetCell>> = Vec::new();
            let (mut at, mut is_text, mut is_value) = ((0, 0), false, false);
            for piece in part(&format!("xl/worksheets/sheet{}.xml", nth + 1)) {
                match piece {
                    Piece::Begin(name, own) if name == "row" => at.0 = own["r"].parse::<usize>().unwrap() - 1,
                    Piece::Begin(name, own) if name == "c" => {
                        at.1 = column(&own["r"]);
                        is_text = own.get("t").is_some_and(|kind| kind == "s");
                    }
                    Piece::Begin(name, _) if name == "f" => n_formulas += 1,
                    Piece::Begin(name, _) => is_value = name == "v",
                    Piece::End => is_value = false,
                    Piece::Text(text) if is_value => {
                        rows.resize(rows.len().max(at.0 + 1), Vec::new());
                        let row = &mut rows[at.0];
                        row.resize(row.len().max(at.1 + 1), SheetCell::Empty);
                        let read = |text: &str| text.parse::<f64>().unwrap();
                        row[at.1] = match is_text {
                            true => SheetCell::Text(texts[read(&text) as usize].clone()),
                            false => SheetCell::Number(read(&text)),
                        };
                    }
                    Piece::Text(_) => {}
                }
            }
            sheets.push((sheet, rows));
        }
        Self { sheets, n_formulas, parts }
    }

    /// The rows of a sheet.
    pub fn rows(&self, sheet: &str) -> &[Vec<SheetCell>] {
        let found = self.sheets.iter().find(|(name, _)| name == sheet);
        let names = || self.sheets.iter().map(|(name, _)| name).collect::<Vec<_>>();
        found.map_or_else(|| panic!("no '{sheet}' in {:?}", names()), |(_, rows)| rows)
    }

    /// The numbers of a column below its header in the fourth row.
    pub fn numbers(&self, sheet: &str, column: &str) -> Vec<f64> {
        let rows = self.rows(sheet);
        let at = rows[3].iter().position(|cell| *cell == SheetCell::Text(column.to_owned()));
        let at = at.unwrap_or_else(|| panic!("no '{column}' in {:?}", rows[3]));
        let number = |row: &Vec<SheetCell>| match row.get(at) {
            Some(SheetCell::Number(x)) => Some(*x),
            _ => None,
        };
        rows[4..].iter().filter_map(number).collect()
    }

    /// All texts.
    pub fn texts(&self) -> String {
        let cells = self.sheets.iter().flat_map(|(_, rows)| rows.iter().flatten());
        cells
            .filter_map(|cell| if let SheetCell::Text(text) = cell { Some(text.as_str()) } else { None })
            .collect()
    }
}

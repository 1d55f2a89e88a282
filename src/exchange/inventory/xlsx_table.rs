//! A table from a workbook (XLSX): the cells of one sheet as text. A formula stays the text of a formula, and nothing is computed.
//!
//! An archive is measured while it is unpacked, so that a small file cannot become a large one.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use zip::ZipArchive;

/// Most bytes that a part of the archive may have unpacked, and most parts.
const MOST_UNPACKED: u64 = 32 * 1024 * 1024;
const MOST_PARTS: usize = 1_000;
/// Most rows, columns, and characters of a cell.
const MOST_ROWS: usize = 20_000;
const MOST_COLUMNS: usize = 200;
const MOST_CHARACTERS: usize = 32_767;
/// The sheet that is read where there is one of this name; otherwise the first.
const SHEET: &str = "inventory";

/// The rows of a workbook, the header first; `Err`: why it cannot be read.
pub(super) fn rows(bytes: &[u8]) -> Result<Vec<Vec<String>>, String> {
    let mut archive =
        ZipArchive::new(Cursor::new(bytes)).map_err(|error| format!("it is no archive: {error}"))?;
    if archive.len() > MOST_PARTS {
        return Err(format!("it has {} parts; at most {MOST_PARTS} are allowed", archive.len()));
    }
    let book = part(&mut archive, "xl/workbook.xml")?.ok_or("it holds no workbook")?;
    let links = part(&mut archive, "xl/_rels/workbook.xml.rels")?.unwrap_or_default();
    let texts = part(&mut archive, "xl/sharedStrings.xml")?.unwrap_or_default();
    let texts = shared_texts(&texts)?;
    let sheet = sheet_path(&book, &links)?;
    let sheet = part(&mut archive, &sheet)?.ok_or("its sheet is missing")?;
    cells(&sheet, &texts)
}

/// A part of the archive as text; `None` when it is not there.
fn part(archive: &mut ZipArchive<Cursor<&[u8]>>, name: &str) -> Result<Option<String>, String> {
    let Ok(found) = archive.by_name(name) else { return Ok(None) };
    let mut bytes = Vec::new();
    let read = found.take(MOST_UNPACKED + 1).read_to_end(&mut bytes);
    read.map_err(|error| format!("'{name}' cannot be unpacked: {error}"))?;
    if bytes.len() as u64 > MOST_UNPACKED {
        return Err(format!("'{name}' has more than {MOST_UNPACKED} bytes unpacked"));
    }
    String::from_utf8(bytes).map(Some).map_err(|_| format!("'{name}' is not UTF-8"))
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let all = element.attributes().filter_map(Result::ok);
    let own = all.into_iter().find(|a| a.key.0.rsplit(':').next() == Some(name))?;
    own.normalized_value(XmlVersion::Implicit1_0).ok().map(std::borrow::Cow::into_owned)
}

/// The name of an element without its prefix.
fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

fn broken(error: quick_xml::Error) -> String {
    format!("its XML is broken: {error}")
}

/// The path of the sheet that is read.
fn sheet_path(book: &str, links: &str) -> Result<String, String> {
    let mut sheets: Vec<(String, String)> = Vec::new();
    let mut reader = Reader::from_str(book);
    loop {
        match reader.read_event().map_err(broken)? {
            Event::Start(e) | Event::Empty(e) if local(e.name().0) == "sheet" => {
                let id = e.attributes().filter_map(Result::ok).find(|a| a.key.0.ends_with(":id"));
                let id = id.and_then(|a| {
                    a.normalized_value(XmlVersion::Implicit1_0).ok().map(std::borrow::Cow::into_owned)
                });
                sheets.extend(attribute(&e, "name").zip(id));
            }
            Event::Eof => break,
            _ => {}
        }
    }
    let named = sheets.iter().find(|(name, _)| name.eq_ignore_ascii_case(SHEET));
    let (_, id) = named.or(sheets.first()).ok_or("it has no sheet")?;
    let mut reader = Reader::from_str(links);
    loop {
        match reader.read_event().map_err(broken)? {
            Event::Start(e) | Event::Empty(e) if attribute(&e, "Id").as_ref() == Some(id) => {
                let target = attribute(&e, "Target").unwrap_or_default();
                return Ok(target.strip_prefix('/').map_or_else(|| format!("xl/{target}"), str::to_owned));
            }
            Event::Eof => return Err("its sheet is missing".to_owned()),
            _ => {}
        }
    }
}

/// Texts that cells refer to by their place.
fn shared_texts(xml: &str) -> Result<Vec<String>, String> {
    let mut texts = Vec::new();
    let mut reader = Reader::from_str(xml);
    let (mut is_text, mut is_phonetic) = (false, false);
    loop {
        match reader.read_event().map_err(broken)? {
            Event::Start(e) if local(e.name().0) == "si" => texts.push(String::new()),
            Event::Empty(e) if local(e.name().0) == "si" => texts.push(String::new()),
            Event::Start(e) => match local(e.name().0) {
                "t" => is_text = !is_phonetic,
                // How a text is spoken is no part of it.
                "rPh" => is_phonetic = true,
                _ => {}
            },
            Event::End(e) => match local(e.name().0) {
                "t" => is_text = false,
                "rPh" => is_phonetic = false,
                _ => {}
            },
            Event::Eof => return Ok(texts),
            event if is_text => {
                if let Some(text) = texts.last_mut() {
                    append(text, &event);
                }
            }
            _ => {}
        }
    }
}

/// Adds what an event says in characters, as far as a cell may go.
fn append(text: &mut String, event: &Event<'_>) {
    let more = match event {
        Event::Text(more) => more.xml10_content().into_owned(),
        Event::CData(more) => more.clone().into_inner().into_owned(),
        Event::GeneralRef(name) => character(&name.clone().into_inner()),
        _ => return,
    };
    if text.len() + more.len() <= MOST_CHARACTERS * 4 {
        text.push_str(&more);
    }
}

/// What a reference stands for; one that is not built in stays as it is written, and is never looked up.
fn character(name: &str) -> String {
    let number = name.strip_prefix('#').and_then(|number| match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok(),
        None => number.parse().ok(),
    });
    let built_in = BTreeMap::from([("amp", '&'), ("lt", '<'), ("gt", '>'), ("quot", '"'), ("apos", '\'')]);
    let found = number.and_then(char::from_u32).or_else(|| built_in.get(name).copied());
    found.map_or_else(|| format!("&{name};"), String::from)
}

/// A cell that is being read.
#[derive(Default)]
struct OpenCell {
    column: usize,
    kind: String,
    value: String,
    formula: Option<String>,
}

impl OpenCell {
    fn text(self, texts: &[String]) -> String {
        if let Some(formula) = self.formula {
            return format!("={formula}");
        }
        match self.kind.as_str() {
            "s" => self
                .value
                .trim()
                .parse()
                .ok()
                .and_then(|at: usize| texts.get(at))
                .cloned()
                .unwrap_or_default(),
            "b" => if self.value.trim() == "1" { "true" } else { "false" }.to_owned(),
            _ => self.value,
        }
    }
}

fn cells(xml: &str, texts: &[String]) -> Result<Vec<Vec<String>>, String> {
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut cell: Option<OpenCell> = None;
    let mut within = String::new();
    let mut reader = Reader::from_str(xml);
    loop {
        let event = reader.read_event().map_err(broken)?;
        match &event {
            Event::Start(e) | Event::Empty(e) if local(e.name().0) == "row" => {
                let at = attribute(e, "r").and_then(|r| r.parse::<usize>().ok()).unwrap_or(rows.len() + 1);
                if at > MOST_ROWS || rows.len() >= MOST_ROWS {
                    return Err(format!("its sheet has more than {MOST_ROWS} rows"));
                }
                // Rows that are left out are empty, so that rows have the numbers that the spreadsheet shows.
                rows.resize_with(at.max(rows.len() + 1), Vec::new);
            }
            Event::Start(e) if local(e.name().0) == "c" => {
                let column = match attribute(e, "r").as_deref().map(column_of) {
                    Some(Some(column)) => column,
                    Some(None) => return Err("a cell has no place".to_owned()),
                    None => rows.last().map_or(0, Vec::len),
                };
                if column >= MOST_COLUMNS {
                    return Err(format!("its sheet has more than {MOST_COLUMNS} columns"));
                }
                let kind = attribute(e, "t").unwrap_or_default();
                cell = Some(OpenCell { column, kind, ..OpenCell::default() });
            }
            Event::Start(e) => {
                local(e.name().0).clone_into(&mut within);
                if let (Some(cell), "f") = (&mut cell, within.as_str()) {
                    cell.formula = Some(String::new());
                }
            }
            Event::Empty(e) if local(e.name().0) == "f" => {
                if let Some(cell) = &mut cell {
                    cell.formula = Some(String::new());
                }
            }
            Event::End(e) if local(e.name().0) == "c" => {
                let Some(row) = rows.last_mut() else {
                    return Err("a cell stands outside of a row".to_owned());
                };
                if let Some(done) = cell.take() {
                    let at = done.column;
                    if row.len() <= at {
                        row.resize(at + 1, String::new());
                    }
                    row[at] = done.text(texts);
                }
            }
            Event::End(_) => within.clear(),
            Event::Eof => return Ok(rows),
            event => {
                if let Some(cell) = &mut cell {
                    match (within.as_str(), &mut cell.formula) {
                        ("v" | "t", _) => append(&mut cell.value, event),
                        ("f", Some(formula)) => append(formula, event),
                        _ => {}
                    }
                }
            }
        }
    }
}

/// The column of a place such as `AB12`, from 0.
fn column_of(place: &str) -> Option<usize> {
    let letters = place.bytes().take_while(u8::is_ascii_uppercase);
    let column = letters.fold(0_usize, |column, letter| {
        column.saturating_mul(26).saturating_add(usize::from(letter - b'A') + 1)
    });
    column.checked_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    const BOOK: &str = r#"<workbook xmlns:r="x"><sheets><sheet name="Notes" r:id="a"/><sheet name="Inventory" r:id="b"/></sheets></workbook>"#;
    const LINKS: &str = r#"<Relationships><Relationship Id="a" Target="n.xml"/><Relationship Id="b" Target="/xl/s.xml"/></Relationships>"#;

    fn book(sheet: &[u8], texts: &str) -> Vec<u8> {
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default();
        let parts: [(&str, &[u8]); 4] = [
            ("xl/workbook.xml", BOOK.as_bytes()),
            ("xl/_rels/workbook.xml.rels", LINKS.as_bytes()),
            ("xl/sharedStrings.xml", texts.as_bytes()),
            ("xl/s.xml", sheet),
        ];
        for (name, bytes) in parts {
            archive.start_file(name, options).unwrap();
            archive.write_all(bytes).unwrap();
        }
        archive.finish().unwrap().into_inner()
    }

    #[test]
    fn cells_of_every_kind_are_text_at_their_places() {
        let texts = "<sst><si><t>a &amp; b</t></si><si><r><t>two</t></r><r><t> runs</t></r><rPh><t>no</t></rPh></si></sst>";
        let sheet = r#"<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="s"><v>1</v></c></row>
            <row r="3"><c r="A3"><v>0.25</v></c><c r="B3" t="b"><v>1</v></c><c r="C3" t="inlineStr"><is><t>x&#x41;</t></is></c>
            <c r="D3" t="str"><f>HYPERLINK(&quot;http://x&quot;)</f><v>seen</v></c></row></sheetData></worksheet>"#;
        let rows = rows(&book(sheet.as_bytes(), texts)).unwrap();
        assert_eq!(rows[0], ["a & b", "", "two runs"]);
        assert!(rows[1].is_empty());
        assert_eq!(rows[2], ["0.25", "true", "xA", "=HYPERLINK(\"http://x\")"]);
    }

    /// 64 MiB of blanks are a few dozen kB packed; entities are never looked up; a place beyond all sheets is none.
    #[test]
    fn what_would_grow_is_refused() {
        let bomb = book(&vec![b' '; 64 << 20], "<sst/>");
        assert!(bomb.len() < 1 << 20);
        assert!(rows(&bomb).unwrap_err().contains("bytes unpacked"));
        let told = |sheet: &str| rows(&book(sheet.as_bytes(), "<sst/>")).unwrap_err();
        assert!(told(r#"<x><row r="9999999"><c r="A1"><v>1</v></c></row></x>"#).contains("rows"));
        assert!(told(r#"<x><row r="1"><c r="ZZZZZZZZZZZZZZZZ1"><v>1</v></c></row></x>"#).contains("columns"));
        assert!(told("<x><row").contains("broken"));
        let entity = "<!DOCTYPE x [<!ENTITY e 'eeeeeeee'>]><x><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>&e;</t></is></c></row></x>";
        assert_eq!(rows(&book(entity.as_bytes(), "<sst/>")).unwrap()[0], ["&e;"]);
        assert!(rows(b"PK no archive").is_err() && rows(b"").is_err());
    }
}

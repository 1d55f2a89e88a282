//! `report.html` and `board.html`: whole, safe, without a network, and with the figures of the JSON.

use std::collections::BTreeSet;

use multipolar::report::figures::usd;
use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::Value;

use super::Folder;

/// Bytes that a page must stay below.
const MOST_BYTES: usize = 1_000_000;
/// Elements that load or run something.
const FORBIDDEN: [&str; 9] = ["script", "link", "img", "iframe", "object", "embed", "audio", "video", "form"];

/// What a page holds, as far as it is looked at.
#[derive(Default)]
struct Seen {
    ids: Vec<String>,
    references: BTreeSet<String>,
    /// Caption of each table → texts of its rows' cells.
    tables: Vec<(String, Vec<Vec<String>>)>,
    text: String,
}

/// Reads a page as XML, which it is but for its void elements; panics where a tag is not closed, and where something is
/// loaded or run.
fn read(page: &str) -> Seen {
    assert!(page.len() < MOST_BYTES, "{} bytes", page.len());
    assert!(page.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"));
    for wrong in ["url(", "@import", "http://", "javascript:alert"] {
        assert!(!page.contains(wrong), "{wrong}");
    }
    let well_formed = page.split("<meta ").enumerate().map(|(n, part)| match (n, part.split_once('>')) {
        (0, _) | (_, None) => part.to_owned(),
        (_, Some((attributes, rest))) => format!("<meta {attributes}/>{rest}"),
    });
    let well_formed: String = well_formed.collect();
    let mut reader = Reader::from_str(&well_formed);
    let mut seen = Seen::default();
    let mut in_cell = false;
    loop {
        let event = reader.read_event().unwrap_or_else(|error| panic!("{error}"));
        match event {
            Event::Start(tag) | Event::Empty(tag) => {
                let name = tag.name().as_ref().to_owned();
                assert!(!FORBIDDEN.contains(&name.as_str()), "<{name}>");
                for attribute in tag.attributes() {
                    let attribute = attribute.unwrap();
                    let key = attribute.key.as_ref().to_owned();
                    let value = attribute.value.to_string();
                    assert!(
                        !key.starts_with("on")
                            && !["src", "srcset", "style", "action"].contains(&key.as_str()),
                        "{key}"
                    );
                    match key.as_str() {
                        "id" => seen.ids.push(value),
                        "href" => {
                            let place = value.strip_prefix('#').expect("a link inside the page");
                            seen.references.insert(place.to_owned());
                        }
                        "aria-labelledby" => seen.references.extend(value.split(' ').map(str::to_owned)),
                        "aria-label" => seen.tables.push((value, Vec::new())),
                        _ => {}
                    }
                }
                if let Some((_, rows)) = seen.tables.last_mut() {
                    if name == "tr" {
                        rows.push(Vec::new());
                    } else if let ("th" | "td", Some(row)) = (name.as_str(), rows.last_mut()) {
                        row.push(String::new());
                        in_cell = true;
                    } else if name == "small" || name == "span" {
                        in_cell = false;
                    }
                }
            }
            Event::End(tag) if matches!(tag.name().as_ref(), "td" | "th") => in_cell = false,
            Event::Text(text) => {
                let text = text.to_string();
                seen.text.push_str(&text);
                if let (true, Some(cell)) = (
                    in_cell,
                    seen.tables
                        .last_mut()
                        .and_then(|(_, rows)| rows.last_mut())
                        .and_then(|row| row.last_mut()),
                ) {
                    cell.push_str(&text);
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    let unique: BTreeSet<&String> = seen.ids.iter().collect();
    assert_eq!(unique.len(), seen.ids.len(), "an id is used twice: {:?}", seen.ids);
    for reference in &seen.references {
        assert!(seen.ids.contains(reference), "#{reference} is nowhere");
    }
    seen
}

/// Rows of the first table with this caption, without its head.
fn rows<'a>(seen: &'a Seen, caption: &str) -> &'a [Vec<String>] {
    let table = seen.tables.iter().find(|(name, _)| name == caption);
    &table.unwrap_or_else(|| panic!("no table '{caption}'")).1[1..]
}

/// Pages of a report in a folder; both are read.
pub(super) fn check_pages(folder: &Folder, report: &str) -> [String; 2] {
    ["report.html", "board.html"].map(|name| {
        let page = folder.read(&format!("{report}/{name}"));
        read(&page);
        page
    })
}

/// Each number of the tables is that of `results.json`, in the currency of the portfolio.
#[test]
fn the_pages_say_what_the_json_says() {
    let folder = Folder::new();
    let ended = folder.run(&["report", "tiny.yaml", "--trials", "50", "--today", "2026-11-29"]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let [report, board] = check_pages(&folder, "reports/tiny/2026Q4");
    let results: Value = serde_json::from_str(&folder.read("reports/tiny/2026Q4/results.json")).unwrap();
    let worth = results["company"]["currency_usd"].as_f64().unwrap();
    let own =
        |value: &Value| value.as_f64().map_or_else(|| "–".to_owned(), |amount_usd| usd(amount_usd / worth));
    let ladder = results["optimize"]["ladder"].as_array().unwrap();
    assert!(!ladder.is_empty());
    let (seen, seen_on_board) = (read(&report), read(&board));
    for (seen, name) in [(&seen, "report"), (&seen_on_board, "board")] {
        let options = rows(seen, "options");
        for row in options {
            let known = ladder.iter().any(|rung| {
                let fresh = &rung["figures"]["out_of_sample"];
                row[1] == own(&fresh["monthly_cost_usd"])
                    && row[2] == own(&fresh["aal_usd"])
                    && row[3] == own(&fresh["cvar_usd"])
                    && row[5] == own(&rung["cash_usd"])
            });
            assert!(known, "{name}: {row:?}");
        }
        assert_eq!(options[0][0], "Do nothing");
    }
    assert_eq!(rows(&seen, "options").len(), ladder.len());
    let average = rows(&seen, "average and worst years");
    assert_eq!(average[0][1], own(&results["simulate"]["aal_usd"]["value"]));
    assert_eq!(average[0][3], own(&results["simulate"]["cvar_usd"]["0.95"]["value"]));
    let nodes = results["exposure"]["node_losses"].as_array().unwrap();
    for row in rows(&seen, "dependencies by loss") {
        assert!(
            nodes.iter().any(|node| node["name"] == row[0] && own(&node["loss_usd"]) == row[1]),
            "{row:?}"
        );
    }
    let scenarios = results["stress"]["scenarios"].as_array().unwrap();
    for row in rows(&seen, "scenarios by loss") {
        let scenario = scenarios.iter().find(|scenario| scenario["name"] == row[0]).unwrap();
        assert_eq!(row[1], own(&scenario["loss_usd"]), "{row:?}");
    }
    let headings =
        ["1Decision", "7Substitutability and exit", "13Method, convergence and limitations", "14Annexes"];
    let at = headings.map(|heading| seen.text.rfind(heading).unwrap_or_else(|| panic!("no '{heading}'")));
    assert!(at.is_sorted(), "{at:?}");
    assert_eq!(report.matches("<h1>").count(), 1);
}

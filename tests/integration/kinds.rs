//! A kind of shock is documented and tested: what is easily forgotten when one is added.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use multipolar::shocks::kinds::KINDS;

/// The text of a page under a heading of the second level.
fn section(page: &str, heading: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/src").join(page);
    let text = fs::read_to_string(path).unwrap();
    let section = text.split_once(&format!("\n## {heading}\n")).unwrap_or_else(|| panic!("{heading}")).1;
    section.split("\n## ").next().unwrap_or_default().to_owned()
}

/// Words in backquotes in the first column of each row of the table whose header begins with `column`.
fn first_column(text: &str, column: &str) -> Vec<String> {
    let table = text.split_once(&format!("\n| {column} |")).unwrap_or_else(|| panic!("{column}")).1;
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    rows.flat_map(|line| quoted(line.split('|').nth(1).unwrap_or_default())).collect()
}

fn quoted(text: &str) -> Vec<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// In the order of the list, so that the page reads as the program thinks; no row is left of a kind that is gone.
#[test]
fn every_kind_has_its_line_in_the_methodology() {
    let told = first_column(&section("methodology/shocks.md", "Kinds"), "kind");
    let kinds: Vec<&str> = KINDS.iter().map(|kind| kind.name).collect();
    assert_eq!(told, kinds);
}

/// The reference has a heading for each kind, in the order of the list, and under it a line for each of its keys.
#[test]
fn every_kind_has_its_keys_in_the_reference() {
    let shock = section("reference/catalog-files.md", "shock");
    let told: Vec<(&str, BTreeSet<String>)> = shock
        .split("\n### `kind: ")
        .skip(1)
        .map(|part| {
            (part.split('`').next().unwrap_or_default(), part.split("\n### ").next().unwrap_or_default())
        })
        .map(|(kind, part)| (kind, first_column(part, "key").into_iter().collect()))
        .collect();
    let of_all = ["kind", "by"];
    let declared: Vec<(&str, BTreeSet<String>)> = KINDS
        .iter()
        .map(|kind| (kind.name, of_all.into_iter().chain(kind.keys.iter().map(|key| key.name))))
        .map(|(kind, keys)| (kind, keys.map(str::to_owned).collect()))
        .collect();
    assert_eq!(told, declared);
}

/// Losses and hits are derived by hand in these files; a kind is in one of them as `kind: NAME`.
#[test]
fn every_kind_has_a_loss_derived_by_hand() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/integration");
    let mut files = vec![tests.join("hits.rs")];
    files.extend(fs::read_dir(tests.join("loss")).unwrap().map(|entry| entry.unwrap().path()));
    let is_word = |c: char| c.is_ascii_lowercase() || c == '_';
    let derived: BTreeSet<String> = files
        .iter()
        .flat_map(|file| {
            let text = fs::read_to_string(file).unwrap();
            let names = text.split("kind: ").skip(1);
            names
                .map(|rest| rest.split(|c| !is_word(c)).next().unwrap_or_default().to_owned())
                .collect::<Vec<_>>()
        })
        .collect();
    for kind in KINDS {
        assert!(derived.contains(kind.name), "{}: no loss is derived by hand: {derived:?}", kind.name);
    }
}

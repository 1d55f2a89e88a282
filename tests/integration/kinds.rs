//! A kind of shock is documented and tested: what is easily forgotten when one is added.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use multipolar::shocks::kinds::KINDS;

/// Words in backquotes in the first and second column of a table's rows under `heading`, whose header begins with `kind`.
fn rows(page: &str, heading: &str) -> Vec<(Vec<String>, Vec<String>)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/src").join(page);
    let text = fs::read_to_string(path).unwrap();
    let section = text.split_once(&format!("\n## {heading}\n")).unwrap_or_else(|| panic!("{heading}")).1;
    let section = section.split("\n## ").next().unwrap_or_default();
    let table = section.split_once("\n| kind |").unwrap_or_else(|| panic!("{page}: a table of kinds")).1;
    table.lines().skip(2).take_while(|line| line.starts_with('|')).map(row).collect()
}

fn row(line: &str) -> (Vec<String>, Vec<String>) {
    let mut columns = line.split('|').skip(1);
    let mut words = || quoted(columns.next().unwrap_or_default());
    (words(), words())
}

fn quoted(text: &str) -> Vec<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// In the order of the list, so that the page reads as the program thinks; no row is left of a kind that is gone.
#[test]
fn every_kind_has_its_line_in_the_methodology() {
    let told: Vec<String> =
        rows("methodology/shocks.md", "Kinds").into_iter().flat_map(|(kinds, _)| kinds).collect();
    let kinds: Vec<&str> = KINDS.iter().map(|kind| kind.name).collect();
    assert_eq!(told, kinds);
}

/// The reference lists each kind with its own keys, in the order of the list.
#[test]
fn every_kind_has_its_keys_in_the_reference() {
    let told = rows("reference/catalog-files.md", "`shocks.yaml`");
    for (kind, (names, keys)) in KINDS.iter().zip(&told) {
        let own: Vec<&str> = kind.keys.iter().map(|key| key.name).collect();
        let keys: Vec<&str> = keys.iter().map(String::as_str).filter(|word| !word.starts_with('[')).collect();
        assert_eq!((names.as_slice(), keys), ([kind.name.to_owned()].as_slice(), own));
    }
    assert_eq!(told.len(), KINDS.len());
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

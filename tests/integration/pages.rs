//! The documents for users and contributors, and the parts that tests read of them.

use std::collections::BTreeSet;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// The repository's root, which is the working directory of the documents.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// One document.
pub struct Page {
    /// Below the root.
    pub name: String,
    pub path: PathBuf,
    pub text: String,
}

/// The documents at the root and all under `docs/`, by path.
pub fn pages() -> Vec<Page> {
    let mut paths = files(&root().join("docs"), "md");
    paths.extend(["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"].map(|name| root().join(name)));
    paths.sort();
    let page = |path: PathBuf| Page {
        name: path.strip_prefix(root()).unwrap().display().to_string(),
        text: fs::read_to_string(&path).unwrap(),
        path,
    };
    paths.into_iter().map(page).collect()
}

/// Files below a folder whose names end with an extension.
pub fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|e| e == extension) {
            found.push(path);
        }
    }
    found
}

/// One fenced block.
#[derive(Debug)]
pub struct Block {
    /// What follows the opening fence: the language, and words after it.
    pub info: String,
    /// Its lines in the document, from 0, without the fences.
    pub lines: Range<usize>,
    /// These lines.
    pub text: Vec<String>,
}

/// The fenced blocks of a document, in order.
pub fn blocks(text: &str) -> Vec<Block> {
    let mut found: Vec<Block> = Vec::new();
    let mut open: Option<Block> = None;
    for (number, line) in text.lines().enumerate() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(info)) => {
                open = Some(Block { info: info.to_owned(), lines: number + 1..number + 1, text: Vec::new() });
            }
            (Some(_), Some(_)) => found.extend(open.take()),
            (Some(block), None) => {
                block.text.push(line.to_owned());
                block.lines.end = number + 1;
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block is not closed");
    found
}

/// The lines outside of blocks.
pub fn prose(text: &str) -> Vec<&str> {
    let inside: BTreeSet<usize> =
        blocks(text).into_iter().flat_map(|b| b.lines.start - 1..=b.lines.end).collect();
    let lines = text.lines().enumerate().filter(|(number, _)| !inside.contains(number));
    lines.map(|(_, line)| line).collect()
}

/// The pieces of code in a line.
pub fn code_spans(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

#[test]
fn blocks_and_prose_are_told_apart() {
    let text = "a `b c`\n```sh slow\n`x`\ny\n```\n`d` e `f`";
    let found = blocks(text);
    assert_eq!((found.len(), found[0].info.as_str(), found[0].lines.clone()), (1, "sh slow", 2..4));
    assert_eq!(found[0].text, ["`x`", "y"]);
    assert_eq!(prose(text), ["a `b c`", "`d` e `f`"]);
    let spans: Vec<&str> = prose(text).into_iter().flat_map(code_spans).collect();
    assert_eq!(spans, ["b c", "d", "f"]);
}

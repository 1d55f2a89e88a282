//! What code and documents cite exists: pages and headings, files, names of the code, and numbers of its constants.

mod code;
mod links;

use std::fs;
use std::path::{Path, PathBuf};

use crate::pages::{files, root};

/// A page cited in a text as `methodology/NAME.md` or `reference/NAME.md`, with the heading that is named beside it.
#[derive(Debug, PartialEq)]
struct Citation {
    page: String,
    /// As `#anchor` after the name, or in quotes: `NAME.md, "Heading"`.
    heading: Option<Heading>,
}

#[derive(Debug, PartialEq)]
enum Heading {
    Anchor(String),
    Words(String),
}

/// The pages that a text cites.
fn cited(text: &str) -> Vec<Citation> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '.');
    let mut found = Vec::new();
    for (at, _) in text.match_indices(".md") {
        let (before, after) = (&text[..at], &text[at + 3..]);
        let start = before
            .rfind(|c| !is_part(c))
            .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
        let page = format!("{}.md", &before[start..]);
        if page.starts_with("methodology/") || page.starts_with("reference/") {
            found.push(Citation { page, heading: heading_in(after) });
        }
    }
    found
}

/// The heading at the beginning of what follows a page's name.
fn heading_in(after: &str) -> Option<Heading> {
    if let Some(anchor) = after.strip_prefix('#') {
        let end = anchor.find(|c: char| !c.is_alphanumeric() && c != '-' && c != '_').unwrap_or(anchor.len());
        return Some(Heading::Anchor(anchor[..end].to_owned()));
    }
    let (words, _) = after.strip_prefix(", \"")?.split_once('"')?;
    Some(Heading::Words(words.to_owned()))
}

/// Why a citation leads nowhere.
fn wrong(citation: &Citation) -> Option<String> {
    let Ok(text) = fs::read_to_string(root().join("docs/src").join(&citation.page)) else {
        return Some(format!("there is no page {}", citation.page));
    };
    let headings = links::headings(&text);
    let is_there = match &citation.heading {
        None => true,
        Some(Heading::Anchor(anchor)) => headings.iter().any(|heading| links::anchor(heading) == *anchor),
        Some(Heading::Words(words)) => headings.contains(words),
    };
    (!is_there).then(|| format!("{} has no heading {:?}", citation.page, citation.heading))
}

/// Our code: the library, the program and the tests.
fn sources() -> Vec<PathBuf> {
    ["src", "tests", "benches"].iter().flat_map(|folder| files(&root().join(folder), "rs")).collect()
}

fn is_this_test(path: &Path) -> bool {
    path.ends_with("citations.rs") || path.parent().is_some_and(|folder| folder.ends_with("citations"))
}

#[test]
fn a_citation_is_found_in_a_comment() {
    let text = "/// Slack (methodology/simulation.md): see reference/outputs.md.\nfoo/methodology/x.md";
    let pages = |text: &str| cited(text).into_iter().map(|c| c.page).collect::<Vec<_>>();
    assert_eq!(pages(text), ["methodology/simulation.md", "reference/outputs.md"]);
    let anchor = cited("(methodology/shocks.md#duration)").remove(0);
    assert_eq!(anchor.heading, Some(Heading::Anchor("duration".to_owned())));
    let words = cited("(methodology/shocks.md, \"Duration\")").remove(0);
    assert_eq!(words.heading, Some(Heading::Words("Duration".to_owned())));
    assert_eq!((wrong(&anchor), wrong(&words)), (None, None));
    assert!(wrong(&cited("methodology/shocks.md#no-such-heading")[0]).is_some());
    assert!(wrong(&cited("methodology/shocks.md, \"No such heading\"")[0]).is_some());
    assert!(wrong(&cited("methodology/no-such-page.md")[0]).is_some());
}

#[test]
fn every_page_and_heading_that_the_code_cites_exists() {
    let mut n_citations = 0;
    let mut told = Vec::new();
    for file in sources().iter().filter(|path| !is_this_test(path)) {
        for citation in cited(&fs::read_to_string(file).unwrap()) {
            n_citations += 1;
            told.extend(wrong(&citation).map(|why| format!("{}: {why}", file.display())));
        }
    }
    assert!(told.is_empty(), "{}", told.join("\n"));
    assert!(n_citations > 40, "only {n_citations} citations: are they still read?");
}

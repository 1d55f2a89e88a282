//! Links between documents lead somewhere.

use crate::pages::{Page, pages, prose};

/// The headings of a page, without `#`.
pub fn headings(text: &str) -> Vec<String> {
    let of = |line: &str| line.starts_with('#').then(|| line.trim_start_matches('#').trim().to_owned());
    prose(text).into_iter().filter_map(of).collect()
}

/// A heading as the end of an address: small letters, digits, and hyphens for spaces.
pub fn anchor(heading: &str) -> String {
    let kept = heading.to_lowercase().replace(' ', "-");
    kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect()
}

/// Targets of the links of a page.
fn targets(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for line in prose(text) {
        let after = line.match_indices("](").map(|(at, _)| &line[at + 2..]);
        found.extend(after.filter_map(|after| Some(after.split_once(')')?.0)));
    }
    found
}

/// Why a link leads nowhere; links to other sites are not followed.
fn wrong(page: &Page, target: &str) -> Option<String> {
    if target.contains("://") || target.starts_with("mailto:") {
        return None;
    }
    let (file, heading) =
        target.split_once('#').map_or((target, None), |(file, heading)| (file, Some(heading)));
    let path = if file.is_empty() { page.path.clone() } else { page.path.parent()?.join(file) };
    if !path.exists() {
        return Some(format!("{}: there is no {target}", page.name));
    }
    let heading = heading?;
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    let is_there = headings(&text).iter().any(|own| anchor(own) == heading);
    (!is_there).then(|| format!("{}: there is no heading for {target}", page.name))
}

#[test]
fn every_link_of_the_documents_leads_somewhere() {
    let pages = pages();
    let links: Vec<(&Page, &str)> = pages
        .iter()
        .flat_map(|page| targets(&page.text).into_iter().map(move |target| (page, target)))
        .collect();
    let told: Vec<String> = links.iter().filter_map(|(page, target)| wrong(page, target)).collect();
    assert!(told.is_empty(), "{}", told.join("\n"));
    assert!(links.len() > 60, "only {} links: are they still read?", links.len());
}

/// A page that the summary does not name is not in the book.
#[test]
fn every_page_of_the_book_is_in_its_summary() {
    let pages = pages();
    let summary = pages.iter().find(|page| page.name == "docs/src/SUMMARY.md").unwrap();
    let named = targets(&summary.text);
    let own = pages.iter().filter_map(|page| page.name.strip_prefix("docs/src/"));
    let missing: Vec<&str> = own.filter(|name| *name != "SUMMARY.md" && !named.contains(name)).collect();
    assert!(missing.is_empty(), "docs/src/SUMMARY.md does not name {missing:?}");
    let decisions = pages.iter().find(|page| page.name == "docs/src/decisions.md").unwrap();
    for page in pages.iter().filter(|page| page.name.starts_with("docs/decisions/")) {
        let link = format!("../{}", page.name.trim_start_matches("docs/"));
        assert!(
            targets(&decisions.text).contains(&link.as_str()),
            "docs/src/decisions.md does not link {link}"
        );
    }
}

#[test]
fn a_link_that_leads_nowhere_is_found() {
    let pages = pages();
    let page = pages.iter().find(|page| page.name == "docs/src/methodology/README.md").unwrap();
    assert_eq!(targets("see [a](b.md#c) and [d](e)\n```\n[x](y)\n```"), ["b.md#c", "e"]);
    assert_eq!(anchor("Routing, and *loss*: `p*`"), "routing-and-loss-p");
    assert_eq!(wrong(page, "shocks.md#duration"), None);
    assert_eq!(wrong(page, "#sets"), None);
    assert_eq!(wrong(page, "https://example.com/x.md"), None);
    assert!(wrong(page, "shock.md").is_some());
    assert!(wrong(page, "shocks.md#durations").is_some());
}
